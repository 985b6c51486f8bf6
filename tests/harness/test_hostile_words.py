"""Numbers, names and paths on the command line that are meant to break it: one sentence each."""

from __future__ import annotations

import os
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cli import main
from tests.material.refusals import refused

ENDLESS, HUGE = "9" * 5000, "1" + "0" * 30

RUN = {"--cells": "0", "--batch": "8", "--workers": "1"}
SEARCH = {"--searchers": "random", "--budget": "5", "--seeds": "2", "--workers": "1"}

WORDS = [
    *(("run", "--cells", word) for word in (ENDLESS, f"random:{ENDLESS}", f"stratified:{HUGE}")),
    *(("run", "--cells", word) for word in (f"0,{HUGE}", "²", "@/dev/zero", "@/tmp")),
    *(("run", "--batch", word) for word in (ENDLESS, HUGE, "100000000", "-1")),
    *(("run", "--seeds", word) for word in (ENDLESS, HUGE, "1000000000", "0")),
    *(("run", "--shard", word) for word in (f"3/{HUGE}", f"{ENDLESS}/2", f"{ENDLESS}/{ENDLESS}")),
    *(("run", "--epochs", word) for word in (ENDLESS, HUGE)),
    *(("run", "--accuracy-seed", word) for word in (ENDLESS, HUGE, "-1")),
    *(("run", "--stack", word) for word in (ENDLESS, HUGE)),
    *(("run", "--workers", word) for word in (ENDLESS, "1000000000")),
    *(("run", "--supernet-seeds", word) for word in (ENDLESS, "1000000000")),
    ("run", "--device", f"cuda:{ENDLESS}"),
    ("run", "--proxies", "+".join(["snip"] * 20_000)),
    ("run", "--proxies", "params + params"),
    ("run", "--proxies", "x" * 200_000),
    ("run", "--proxy-file", "/dev/zero"),
    ("run", "--truth", "/dev/zero"),
    *(("search", "--budget", word) for word in (ENDLESS, f"{ENDLESS}s", f"0.{'0' * 5000}1s")),
    *(("search", "--seeds", word) for word in (ENDLESS, "1000000000")),
    *(("search", "--signal-seed", word) for word in (ENDLESS, HUGE)),
    *(("search", "--signal-epochs", word) for word in (ENDLESS, HUGE)),
    *(("search", "--rerank", word) for word in (ENDLESS, "-1")),
    ("search", "--searchers", f"regularized_evolution:population={ENDLESS}"),
    ("search", "--searchers", "random:" * 10_000),
]


def words(command: str, option: str, word: str, out: Path) -> list[str]:
    given = {"run": RUN, "search": SEARCH}[command] | {"--out": str(out)} | {option: word}
    return [command, *(f"{name}={value}" for name, value in given.items())]


@pytest.mark.parametrize(("command", "option", "word"), WORDS)
def test_what_no_run_can_mean_is_refused(
    command: str, option: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(words(command, option, word, tmp_path / "run"), capsys)
    assert len(said) < 2100
    assert said.isprintable() or said[:-1].isprintable()
    assert not (tmp_path / "run").exists()


def test_a_minibatch_of_noise_that_fits_no_memory_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = words("run", "--batch", "1000000", tmp_path / "run")
    assert "--batch" in refused([*argv, "--images=noise"], capsys)


@pytest.mark.parametrize("option", ["--out", "--truth", "--images", "--cells", "--proxies"])
@pytest.mark.parametrize("word", ["a\0b", "a\udcffb"], ids=["NUL", "surrogate"])
def test_what_is_no_text_is_refused(
    option: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(words("run", option, word, tmp_path / "run"), capsys)
    assert "should be UTF-8 text" in said
    said.encode("utf-8")


@pytest.mark.parametrize(
    ("option", "name"),
    [("--cells", "@pipe"), ("--images", "pipe.npz"), ("--truth", "pipe.parquet")],
)
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(
    option: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / name.removeprefix("@")
    os.mkfifo(pipe)
    word = f"@{pipe}" if name.startswith("@") else str(pipe)
    assert "pipe or a device" in refused(words("run", option, word, tmp_path / "run"), capsys)


def test_a_number_in_a_file_of_cells_is_cut_in_the_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = tmp_path / "cells.txt"
    cells.write_text(f"0\n{ENDLESS}\n")
    said = refused(words("run", "--cells", f"@{cells}", tmp_path / "run"), capsys)
    assert "99 … 99" in said
    assert len(said) < 400


OPTIONS = sorted({(command, option) for command, option, _ in WORDS} - {("run", "--truth")})


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(OPTIONS), st.text(st.characters(codec=None), min_size=1, max_size=12))
def test_any_text_is_refused_or_understood_before_anything_runs(
    option: tuple[str, str], word: str
) -> None:
    """A word that is refused is so in one sentence; the folder cannot be made, so none runs."""
    said = StringIO()
    with redirect_stderr(said):
        assert main(words(*option, word, Path("/proc/harness"))) == 2
    lines = [line for line in said.getvalue().splitlines() if not line.startswith("harness: scor")]
    assert len(lines) == 1
    assert lines[0].startswith("harness: ")
    assert lines[0].isprintable()
