"""What shipped tables have is told without reading them, and told alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import extents
from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from tests.material.refusals import refused

SHIPPED = [name for name, space in BENCHMARKS.items() if space.truth]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_file_holds_what_the_tables_have(name: str) -> None:
    space = BENCHMARKS[name]
    assert extents.shipped(space.truth) == extents.extents_of(space)
    assert extents.shipped_costs(space.truth) == extents.costs_of(space)


def test_the_file_is_as_its_command_writes_it() -> None:
    assert extents.FILE.read_bytes() == extents.content()


def test_of_other_tables_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, mini = AccuracyName("digits", "x-test", 17, None), BENCHMARKS["mini"]
    assert extents.check_stored(mini, str(tmp_path / "table.parquet"), name) is None
    with pytest.raises(BadInput, match=r"table of mini. Found `built-in`, that of nats-tss"):
        extents.check_stored(mini, "built-in", name)
    for damaged in ("", "[]", '{"embedded": 3}', '{"embedded": [[1, 2]]}'):
        monkeypatch.setattr(extents, "FILE", tmp_path / "extents.json")
        extents.FILE.write_text(damaged)
        assert extents.shipped("embedded") == {}
        assert extents.shipped_costs("embedded") is None


REFUSED = {
    "index": ["score", "--cells", "0,600"],
    "string": ["score", "--cells", "0,|nor_conv_3x3~1|"],
    "digits": ["score", "--cells", "007"],
    "too many": ["score", "--cells", "random:601"],
    "too many classes": ["score", "--cells", "stratified:601"],
    "none": ["score", "--cells", "random:0"],
    "epochs": ["score", "--epochs", "17"],
    "split": ["score", "--split", "xtest"],
    "seed": ["score", "--accuracy-seed", "99"],
    "judged epochs": ["search", "--budget", "9", "--epochs", "17"],
    "signal's epochs": ["search", "--budget", "9", "--signal-epochs", "17"],
    "signal's split": ["search", "--budget", "9", "--signal-split", "xvalid"],
    "signal's dataset": ["search", "--budget", "9", "--signal-dataset", "digit"],
    "signal's seed": ["search", "--budget", "9", "--signal-seed", "99"],
    "rerank": ["search", "--budget", "9", "--rerank", "2", "--signal-epochs", "3"],
    "seconds that nobody measured": ["search", "--budget", "100s"],
    "a cost that nobody has": ["search", "--budget", "9", "--objectives", "error,latency"],
    "a cost of another dataset": [
        *("search", "--benchmark", "nats-tss", "--dataset", "cifar10-valid", "--budget", "9"),
        *("--split", "x-valid", "--objectives", "error,edgegpu_latency"),
    ],
    "no candidate of all": ["score", "--benchmark", "nas-bench-macro", "--cells", "20002345"],
    "a seed of another split": [
        *("search", "--benchmark", "nats-tss", "--budget", "9"),
        *("--signal-dataset", "cifar100", "--signal-split", "x-test", "--signal-seed", "777"),
    ],
    "a seed of few": ["search", "--benchmark", "nats-tss", "--budget", "9", "--signal-seed", "777"],
}


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
def test_it_is_said_alike_whether_the_table_is_read(
    words: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = [*words, "--out", str(tmp_path / "out")]
    if words[0] == "score":
        command += ["--images", "noise", "--proxies", "params"]
    with monkeypatch.context() as unread:
        unread.setattr("harness.scoring.flow.read_truth", None)
        unread.setattr("harness.searching.problems.read_truth", None)
        said = refused(command, capsys)
    monkeypatch.setattr(extents, "FILE", tmp_path / "none.json")
    assert refused(command, capsys) == said


def test_what_only_the_table_knows_is_left_to_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cell of the space that the embedded sample lacks."""
    lacking = BENCHMARKS["nats-tss"].examples.connected[0]
    words = ["score", "--proxies", "params", "--cells", lacking, "--out", str(tmp_path / "out")]
    assert "have the accuracy asked for, by string or index, 0 to 599." in refused(words, capsys)
