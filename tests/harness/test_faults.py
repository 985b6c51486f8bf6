"""Calls of the system that a command makes on its folder fail, or kill it, each once."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from shutil import rmtree

import pandas as pd
import pytest

from tests.material.commit import commit
from tests.material.forked import Forked, forked
from tests.material.small_run import scores

WRITER = re.compile(r"\.[0-9a-f]{12}\.part$")
"""What an unfinished file is called by its writer."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forked]:
    with forked(tmp_path_factory.mktemp("forked")) as forks:
        yield forks


def scored(out: Path, shard: str = "1/1") -> list[str]:
    options = {"proxies": "params,snip,random", "cells": "0,11", "shard": shard, "out": out}
    fixed = {"benchmark": "mini", "batch": 8, "workers": 1}
    return ["score", *(f"--{name}={value}" for name, value in (fixed | options).items())]


CHANGING = {"open64", "open", "write", "pwrite64", "ftruncate64", "rename", "unlink", "mkdir"}
"""What leaves a folder other than it was: between two of these a kill finds nothing new."""


def places(calls: list[str]) -> dict[int, str]:
    """Return the number of the first call of each kind on each file, from 1, and the call."""
    named = [WRITER.sub(".part", call) for call in calls]
    return {named.index(call) + 1: call for call in dict.fromkeys(named)}


def drawn(calls: dict[int, str]) -> dict[int, str]:
    """Return every sixth call, which sixth by the commit; all with ``FAULTS=all``."""
    if os.environ.get("FAULTS") == "all":
        return calls
    sixth = int(commit(), 16) % 6
    return {number: call for i, (number, call) in enumerate(calls.items()) if i % 6 == sixth}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "dies"),
    [("score", False), ("score", True), ("merge", False)],
    ids=["score fails", "score dies", "merge fails"],
)
def test_a_fault_at_any_call_loses_nothing(
    command: str,
    dies: bool,
    run: Forked,
    tmp_path: Path,
) -> None:
    """It is one sentence or does no harm; the same command again ends with the same scores."""
    whole, out = tmp_path / "whole", tmp_path / "run"
    shards = [tmp_path / "1", tmp_path / "2"]
    if command == "merge":
        assert all(not run(scored(shard, f"{shard.name}/2")).code for shard in shards)
    merged = ["merge", *map(str, shards), "--out"]
    argv = {at: scored(at) if command == "score" else [*merged, str(at)] for at in (whole, out)}
    first = run(argv[whole], whole)
    assert first.code == 0, first.error
    expected, found = scores(whole), drawn(places(first.calls))
    if dies:
        found = {n: call for n, call in found.items() if call.split()[0] in CHANGING}
    done = 0
    for number, call in found.items():
        ended = run(argv[out], out, number, dies)
        if dies:
            assert ended.code == -signal.SIGKILL, call
        elif ended.code:
            assert ended.code == 2, (call, ended)
            assert ended.error.startswith("harness: "), call
            assert ended.error.count("\n") == 1, call
        if ended.code:
            again = run(argv[out])
            assert again.code == 0, (call, again)
        pd.testing.assert_frame_equal(scores(out), expected)
        rmtree(out)
        done += 1
    print(f"{done} faults in `harness {command}`: each once, {'a kill' if dies else 'an error'}")
    steps = [call.partition(" ") for call in map(partial(WRITER.sub, ".part"), first.calls)]
    renamed = [at for at, (call, _, _path) in enumerate(steps) if call == "rename"]
    assert renamed
    for at in renamed:
        unfinished = f"{steps[at][2]}.part"
        assert "fsync" in {call for call, _, path in steps[:at] if path == unfinished}
    assert {call.split()[0] for call in places(first.calls).values()} >= {
        "open64",
        "write",
        "rename",
    }
