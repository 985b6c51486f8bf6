"""PyTorch's settings of the whole process, which somebody else's code has to leave as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

SETTINGS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "set_default_dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "set_default_device": (torch.get_default_device, torch.set_default_device),
    "set_grad_enabled": (torch.is_grad_enabled, torch.set_grad_enabled),
    "set_num_threads": (torch.get_num_threads, torch.set_num_threads),
    "use_deterministic_algorithms": (
        torch.are_deterministic_algorithms_enabled,
        torch.use_deterministic_algorithms,
    ),
}
"""What reads a setting and what changes it, by the name of the latter."""


class ChangedSetting(RuntimeError):
    """Somebody else's code left a setting changed, with which others would score otherwise."""


@contextmanager
def settings_kept() -> Iterator[None]:
    """Put PyTorch's settings back, whatever is done inside.

    Raises:
        ChangedSetting: one was changed; it is as it was before.
    """
    before = {name: read() for name, (read, _) in SETTINGS.items()}
    changed: list[str] = []
    try:
        yield
    finally:
        for name, (read, change) in SETTINGS.items():
            if read() != before[name]:
                change(before[name])
                changed.append(name)
    if changed:
        raise ChangedSetting(
            "it should leave PyTorch's settings as they were, and changes them by "
            f"{', '.join(f'`torch.{name}`' for name in changed)}"
        )
