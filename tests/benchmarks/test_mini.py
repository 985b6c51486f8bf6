"""The embedded benchmark: its images, its build, and that its accuracies can be had again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.mini import build, digits
from benchmarks.mini.train import FULL, SHORT, train
from benchmarks.nasbench201.cell import Cell, representative
from benchmarks.sources import MINI, read_truth
from benchmarks.space import EMBEDDED

STORED = json.loads((MINI.parent / "provenance.json").read_text())
TABLE = read_truth("embedded", 1)
FINAL = AccuracyName("digits", "x-test", FULL.epochs, None)


def test_the_images_are_those_it_was_trained_on() -> None:
    for split, wanted in STORED["images"]["sha256"].items():
        images, classes = digits.images(split)
        found = hashlib.sha256(images.tobytes() + classes.astype("<i8").tobytes()).hexdigest()
        assert found == wanted


def test_splits_are_composed_from_disjoint_digits() -> None:
    ranges = sorted(digits.SPLITS.values())
    assert all(a[1] <= b[0] for a, b in pairwise(ranges))
    assert ranges[-1][1] == 1797


def test_the_dataset_is_declared_as_it_is() -> None:
    train_images, classes = digits.images("train")
    declared = BENCHMARKS["mini"].dataset("digits")
    assert train_images.shape[1:] == (declared.pixels, declared.pixels, 3)
    assert set(np.bincount(classes)) == {len(classes) // 10}
    np.testing.assert_allclose(train_images.mean((0, 1, 2)), declared.mean, atol=0.01)
    np.testing.assert_allclose(train_images.std((0, 1, 2)), declared.std, atol=0.01)


def test_the_table_holds_every_cell_seed_split_and_fidelity_once() -> None:
    names = TABLE.names()
    assert set(names["n"]) == {STORED["cells"]}
    assert len(names) == STORED["seeds"] * 2 * 2
    assert STORED["cells"] >= 600
    assert STORED["seeds"] >= 4
    assert set(names["epochs"]) == {FULL.epochs, SHORT.epochs}
    cells = [Cell.parse(arch) for arch in TABLE.candidates]
    assert all(representative(cell) == cell for cell in cells)
    assert sum(not cell.connected for cell in cells) == 1
    assert [str(cell) for cell in build.chosen_cells(STORED["cells"])] == [str(c) for c in cells]


def test_the_file_is_small() -> None:
    assert MINI.stat().st_size < 1_000_000


def test_the_disconnected_cell_stays_at_chance() -> None:
    candidates = TABLE.candidates
    index = candidates[candidates == str(Cell(("none",) * 6))].index[0]
    assert TABLE.accuracy(FINAL)[index] == pytest.approx(10, abs=0.01)


@pytest.mark.slow
def test_training_again_gives_the_stored_accuracy_within_seed_noise() -> None:
    trials = TABLE.trials(replace(FINAL, epochs=SHORT.epochs)).accuracy
    noise = float(np.sqrt(trials.var(axis=1).mean()))
    for index in trials.index[[5]]:
        (found,) = train(Cell.parse(TABLE.candidates[index]), [0], SHORT)
        assert abs(found["x-test"] - trials.loc[index].mean()) < 4 * noise


@pytest.mark.slow
def test_a_killed_build_resumes_and_ends_with_the_same_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["--classes=1", "--workers=1", f"--work={tmp_path / 'work.jsonl'}", f"--out={tmp_path}"]

    def built(seeds: int) -> None:
        monkeypatch.setattr(sys, "argv", ["build", *words, f"--seeds={seeds}"])
        build.main()

    command = [sys.executable, "-m", "benchmarks.mini.build", *words, "--seeds=1"]
    process = subprocess.Popen(command)
    while process.poll() is None and not build.done(tmp_path / "work.jsonl"):
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = build.done(tmp_path / "work.jsonl")
    assert 0 < len(before) <= 2
    with (tmp_path / "work.jsonl").open("a") as work:
        work.write('\n{"job": ["half a li')
    built(1)
    after = build.done(tmp_path / "work.jsonl")
    assert len(after) == 2
    assert all(after[job] == result for job, result in before.items())
    assert (tmp_path / "accuracy.parquet").exists()
    assert json.loads((tmp_path / "provenance.json").read_text())["trainings"] == 2
    (tmp_path / "work.jsonl").unlink()
    kept = build.built(tmp_path)
    assert {job: result["x-test"] for job, result in kept.items()} == {
        job: result["x-test"] for job, result in after.items()
    }
    left: list[build.Job] = []

    def stopped(batches: list[list[build.Job]], _: int) -> None:
        left.extend(job for batch in batches for job in batch)
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "trained", stopped)
    with pytest.raises(KeyboardInterrupt):
        built(2)  # more seeds: what is there is not trained again
    assert left == [job._replace(seed=1) for job in after]


@pytest.mark.parametrize("name", ["accuracy.parquet", "accuracy.json"])
def test_a_damaged_table_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in MINI.parent.glob("accuracy.*"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= file.name == name
        (tmp_path / file.name).write_bytes(content)
    monkeypatch.setattr("benchmarks.sources.MINI", tmp_path / MINI.name)
    with pytest.raises(BadInput, match=r"accuracy.parquet` should be as it came .* another"):
        read_truth(EMBEDDED, 1)
    (tmp_path / name).unlink()
    with pytest.raises(BadInput, match=r"accuracy.parquet` should be as it came .* No such file"):
        read_truth(EMBEDDED, 1)


def test_damaged_images_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = digits.HANDWRITING
    shutil.copy(file.with_suffix(".json"), tmp_path)
    (tmp_path / file.name).write_bytes(file.read_bytes()[:-100])
    monkeypatch.setattr(digits, "HANDWRITING", tmp_path / file.name)
    with pytest.raises(BadInput, match=r"handwriting.npz` should be as it came with this project"):
        digits.images.__wrapped__("train")
