"""Reading a run folder writes nothing there; shards put together lose nothing."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from tests.material.new_process import forget

pytestmark = pytest.mark.usefixtures("undrawn")

RUN = ["score", "--cells", "stratified:12", "--batch", "8", "--workers", "1"]
NAMES = ["--proxies", "snip,params,snip+params"]


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("shards")
    for i in (1, 2):
        out = ["--out", str(folder / str(i))]
        assert main([*RUN, *NAMES, "--shard", f"{i}/2", *out]) == 0
    return folder / "1", folder / "2"


def copies(shards: tuple[Path, Path], folder: Path) -> list[Path]:
    return [Path(shutil.copytree(shard, folder / shard.name)) for shard in shards]


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_folder_that_is_read_stays_as_it_was(shards: tuple[Path, Path], tmp_path: Path) -> None:
    mine, other = copies(shards, tmp_path)
    assert main(["report", "--out", str(other)]) == 0
    (other / "combinations.parquet").unlink()
    before = contents(other)
    assert main(["report", "--out", str(mine), "--with", str(other)]) == 0
    assert main(["baseline", str(other), str(tmp_path / "baseline.json")]) == 0
    assert contents(other) == before
    compare = ["compare", str(other), "--baseline", str(tmp_path / "baseline.json")]
    assert main(compare) in (0, 3)
    assert contents(other) == before
    assert main([*compare, "--margin", "2", "--out", str(tmp_path / "gate")]) in (0, 3)
    assert contents(other) == before


def change(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store / "scores.sqlite")) as connection, connection:
        connection.execute(statement)


FAIL = "UPDATE scores SET status = 'failed', score = NULL, reason = 'no luck'"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_score_beats_a_failed_one_in_either_order(
    order: tuple[int, int], shards: tuple[Path, Path], tmp_path: Path
) -> None:
    good, bad = Path(shutil.copytree(shards[0], tmp_path / "good")), tmp_path / "bad"
    shutil.copytree(good, bad)
    change(bad, FAIL + " WHERE proxy = 'snip'")
    runs = [str((good, bad)[i]) for i in order]
    before = [contents(good), contents(bad)]
    assert main(["merge", *runs, str(shards[1]), "--out", str(tmp_path / "merged")]) == 0
    assert [contents(good), contents(bad)] == before
    rows = pd.read_parquet(tmp_path / "merged" / "scores.parquet")
    assert set(rows["status"]) == {"ok"}


def test_what_is_merged_already_is_not_lost(
    shards: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = Path(shutil.copytree(shards[0], tmp_path / "good")), tmp_path / "bad"
    shutil.copytree(good, bad)
    change(bad, FAIL + " WHERE proxy = 'snip'")
    out = tmp_path / "merged"
    assert main(["merge", str(good), str(shards[1]), "--out", str(out)]) == 0
    assert main(["merge", str(bad), str(shards[1]), "--out", str(out)]) == 0
    assert set(pd.read_parquet(out / "scores.parquet")["status"]) == {"ok"}
    change(out, "UPDATE scores SET score = 77 WHERE proxy = 'snip'")
    capsys.readouterr()
    assert main(["merge", str(good), str(shards[1]), "--out", str(out)]) == 2
    assert f"`{out}` holds 77" in capsys.readouterr().err


@pytest.mark.parametrize(("size", "factor"), [(1, 2), (1e-12, -0.5), (1e12, 1.01)])
def test_a_contradiction_names_both(
    size: float,
    factor: float,
    shards: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever the size of a proxy's scores."""
    good, bad = Path(shutil.copytree(shards[0], tmp_path / "good")), tmp_path / "bad"
    change(good, f"UPDATE scores SET score = {size} * score WHERE proxy = 'snip'")
    shutil.copytree(good, bad)
    change(bad, f"UPDATE scores SET score = {factor} * score WHERE proxy = 'snip'")
    capsys.readouterr()
    assert main(["merge", str(good), str(bad), "--out", str(tmp_path / "merged")]) == 2
    said = capsys.readouterr().err
    assert "Of snip for" in said
    assert f"`{good}` holds" in said
    assert f"`{bad}` holds" in said
    assert not (tmp_path / "merged").exists()


def test_rounding_is_no_contradiction_and_is_said(
    shards: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, other = Path(shutil.copytree(shards[0], tmp_path / "good")), tmp_path / "other"
    shutil.copytree(good, other)
    change(other, "UPDATE scores SET score = 1.001 * score WHERE proxy = 'snip'")
    runs = [str(good), str(other), str(shards[1])]
    capsys.readouterr()
    assert main(["merge", *runs, "--out", str(tmp_path / "merged")]) == 0
    said = capsys.readouterr().err
    assert "differ by rounding, by at most 1.0e-03 of their size; those of the first" in said
    merged = pd.read_parquet(tmp_path / "merged" / "scores.parquet").set_index(["arch", "proxy"])
    first = pd.read_parquet(good / "scores.parquet").set_index(["arch", "proxy"])
    snip = first.xs("snip", level="proxy")["score"]
    found = merged.xs("snip", level="proxy")["score"].reindex(snip.index)
    assert found.to_list() == snip.to_list()


def test_a_shard_without_its_store_is_refused(
    shards: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = copies(shards, tmp_path)
    (second / "scores.sqlite").unlink()
    capsys.readouterr()
    assert main(["merge", str(first), str(second), "--out", str(tmp_path / "merged")]) == 2
    assert "should be a store of scores. There is no such file" in capsys.readouterr().err
    assert not (second / "scores.sqlite").exists()
    assert not (tmp_path / "merged").exists()


def test_what_a_killed_run_left_is_read_where_it_lies(
    shards: tuple[Path, Path], tmp_path: Path
) -> None:
    """A store whose last block still stands in the log beside it, unchanged by it."""
    first, second = copies(shards, tmp_path)
    connection = sqlite3.connect(second / "scores.sqlite")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(FAIL + " WHERE proxy = 'params'")
    connection.commit()
    log = (second / "scores.sqlite-wal").read_bytes()
    store = (second / "scores.sqlite").read_bytes()
    connection.close()
    (second / "scores.sqlite-wal").write_bytes(log)
    (second / "scores.sqlite").write_bytes(store)
    before = contents(second)
    assert main(["merge", str(first), str(second), "--out", str(tmp_path / "merged")]) == 0
    rows = pd.read_parquet(tmp_path / "merged" / "scores.parquet")
    assert (rows[rows["proxy"] == "params"]["status"] == "failed").any()
    assert contents(second) == before


OWN = """
from torch import Tensor

from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="nobody")
def own(loss: LossGradients) -> Tensor:
    return loss.grads[0].norm()
"""


@pytest.mark.parametrize("gone", [False, True])
def test_shards_of_a_proxy_file_are_put_together(
    gone: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each was scored where its own copy of the file lies, and may be there no more."""
    file = tmp_path / "own.py"
    file.write_text(OWN)
    merging = ["merge", str(tmp_path / "1"), str(tmp_path / "2"), "--out", str(tmp_path / "all")]
    copies = [tmp_path / f"checkout{i}" / "own.py" for i in (1, 2)]
    try:
        for i, copy in enumerate(copies, 1):
            copy.parent.mkdir()
            shutil.copy(file, copy)
            more = ["--proxy-file", str(copy), "--proxies", "own"]
            assert main([*RUN, *more, "--shard", f"{i}/2", "--out", str(tmp_path / str(i))]) == 0
            forget()
        if gone:
            for copy in copies:
                copy.unlink()
            assert main(merging) == 2
            assert "does not exist: give `--proxy-file`" in capsys.readouterr().err
            merging += ["--proxy-file", str(file)]
        assert main(merging) == 0
        assert len(pd.read_parquet(tmp_path / "all" / "scores.parquet")) == 12
    finally:
        forget()


@pytest.mark.usefixtures("forgotten")
def test_what_another_formula_made_is_said_and_computed_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.py"
    more = ["--proxies", "own", "--proxy-file", str(file)]
    for i, sign in ((1, ""), (2, "-")):
        file.write_text(OWN.replace("return ", f"return {sign}"))
        assert main([*RUN, *more, "--shard", f"{i}/2", "--out", str(tmp_path / str(i))]) == 0
    capsys.readouterr()
    shards = [str(tmp_path / "1"), str(tmp_path / "2")]
    assert main(["merge", *shards, "--out", str(tmp_path / "merged")]) == 0
    said = capsys.readouterr().err
    assert "made scores, which are computed again: 6 of own." in said
    merged = pd.read_parquet(tmp_path / "merged" / "scores.parquet")
    assert (merged["score"] < 0).all()
