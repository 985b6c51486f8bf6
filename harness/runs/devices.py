"""Which device is used, by how many processes, and how many candidates stand in one network."""

from __future__ import annotations

import os

import torch

from benchmarks.errors import BadInput

SIDE_BY_SIDE = {"cpu": 1, "cuda": 16}
"""Candidates in one network, unless the user says how many: a GPU is far too large for one."""


def default_workers() -> int:
    """Return how many processes may run at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workers_for(device: str) -> int:
    """Return how many processes use a device: one a core, a GPU is given one."""
    return 1 if device.startswith("cuda") else default_workers()


def resolve_device(name: str) -> tuple[str, str]:
    """Return the device to use and, where it is not the one asked for, a sentence that says so."""
    if name == "auto":
        return ("cuda:0" if torch.cuda.is_available() else "cpu"), ""
    if name.startswith("cuda") and not torch.cuda.is_available():
        return "cpu", f"`--device {name}` was asked for; no GPU is usable here, so the CPU is used."
    if name.startswith("cuda:") and int(name[5:]) >= torch.cuda.device_count():
        raise BadInput(
            f"`--device` should be one of {torch.cuda.device_count()} GPUs, counted from 0. Found "
            f"`{name}`."
        )
    return ("cuda:0" if name == "cuda" else name), ""
