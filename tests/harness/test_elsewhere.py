"""Scores computed elsewhere, beside those of a run."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.errors import BadInput
from harness.cli import main
from harness.judging.external import read_scores
from harness.runs.run_folder import RunFolder
from tests.material.own_proxy import score

pytestmark = pytest.mark.usefixtures("undrawn")


def test_scores_from_elsewhere_join_the_table(tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert score(out, "--proxies", "params,snip") == 0
    scores = pd.read_parquet(out / "scores.parquet")
    mine = scores[scores["proxy"] == "snip"]
    by_arch = mine[["arch", "score"]].iloc[1:]  # one cell is missing
    by_arch.to_csv(tmp_path / "theirs.csv", index=False)
    by_index = mine[["index", "score"]].assign(score=-mine["score"])
    by_index.to_csv(tmp_path / "turned.csv", index=False)
    by_index.to_csv(tmp_path / "=cmd.csv", index=False)
    more = [
        x for n in ("theirs", "turned", "=cmd") for x in ("--scores", str(tmp_path / f"{n}.csv"))
    ]
    assert main(["report", "--out", str(out), *more]) == 0
    rows = pd.read_csv(out / "correlations.csv").query("statistic == 'kendall' and cells == 'all'")
    rows = rows.set_index("proxy")
    assert rows.loc["theirs", ["n", "undefined", "family"]].tolist() == [24, 1, "elsewhere"]
    assert rows.loc["turned", "value"] == pytest.approx(-rows.loc["snip", "value"])
    assert "| theirs § |" in (out / "table.md").read_text()
    assert "theirs.csv" in (page := (out / "report.html").read_text())
    tables = [(out / f"{name}.csv").read_text() for name in ("leaderboard", "table")]
    assert all("\n'=cmd," in table and "\n=cmd" not in table for table in tables)
    assert re.search(r"\n&#0*39;=cmd,|\n'=cmd,|\\n'=cmd,", page)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cell,score\n1,2\n", "should have a column `score` and one of"),
        ("index,score\n99999,1\n", "None of its 1 rows does"),
        ("index,score\n1,1\n1,2\n", "one row a cell"),
        ("", "cannot be read"),
        ("index,score\n" + "9" * 30 + ",2\n", "None of its 1 rows does"),
        ("index,score\n0," + "9" * 400 + "\n", "None of its 1 rows does"),
        ("index,score\n0,=cmd|calc\n", "The score of index 0 is `=cmd|calc`."),
        (
            "index,score\n0,1\n7,2\n11,x\n",
            "or nothing where there is none. The score of index 11 is `x`.",
        ),
        ("index,score\n0,inf\n", "does: the score of index 0 is `inf`."),
    ],
)
def test_a_table_of_scores_that_is_none_is_refused(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert score(out, "--proxies", "params", cells="0,7,11") == 0
    other = tmp_path / "other.csv"
    other.write_text(text)
    assert main(["report", "--out", str(out), "--scores", str(other)]) == 2
    assert said in capsys.readouterr().err


CELLS = pd.DataFrame({"index": [0, 7], "arch": ["a", "b"], "class": ["a", "b"]})
VALUES = st.text(st.characters(codec="utf-8"), max_size=8) | st.integers().map(str)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    head=st.sampled_from(["index,score", "arch,score", "score", ""]),
    rows=st.lists(st.tuples(VALUES, VALUES), max_size=4),
    raw=st.none() | st.binary(max_size=40),
)
def test_any_csv_is_scores_or_refused(
    head: str, rows: list[tuple[str, str]], raw: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "any.csv"
    text = "\n".join([head, *map(",".join, rows)])
    path.write_bytes(text.encode() if raw is None else raw)
    with suppress(BadInput):
        assert len(read_scores(path, CELLS)) == 2
    path.rename(tmp_path / "costs.csv")
    with suppress(BadInput):
        assert list(RunFolder(tmp_path).read_costs()) == ["proxy", "seconds", "n", "units"]


def test_a_file_s_scores_keep_their_direction_whatever_they_are_called(tmp_path: Path) -> None:
    """`ntk_condition` is better small; a CSV of that name is larger-better like any other."""
    out = tmp_path / "run"
    assert score(out, "--proxies", "params") == 0
    mine = pd.read_parquet(out / "scores.parquet")[["index", "score"]]
    for name in ("fine", "ntk_condition"):
        mine.to_csv(tmp_path / f"{name}.csv", index=False)
    files = [x for n in ("fine", "ntk_condition") for x in ("--scores", str(tmp_path / f"{n}.csv"))]
    assert main(["report", "--out", str(out), *files]) == 0
    rows = pd.read_csv(out / "correlations.csv").query("statistic == 'kendall' and cells == 'all'")
    values = rows.set_index("proxy")["value"]
    assert values["fine"] == values["ntk_condition"] == values["params"] > 0


def test_scores_of_one_name_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    assert score(out, "--proxies", "snip+params", cells="stratified:5") == 0
    mine = pd.read_parquet(out / "scores.parquet").query("proxy == 'params'")[["index", "score"]]
    (tmp_path / "b").mkdir()
    for path in ("mine.csv", "b/mine.csv", "snip+params.csv"):
        mine.to_csv(tmp_path / path, index=False)
    for files in (["mine.csv", "b/mine.csv"], ["snip+params.csv"]):
        more = [x for f in files for x in ("--scores", str(tmp_path / f))]
        assert main(["report", "--out", str(out), *more]) == 2
        assert "already: rename the file" in capsys.readouterr().err


def test_half_scored_files_are_shown_side_by_side(tmp_path: Path) -> None:
    """No cell has all scores, so likeness cannot be told; the report is written all the same."""
    out = tmp_path / "run"
    assert score(out, "--proxies", "params,snip") == 0
    mine = pd.read_parquet(out / "scores.parquet").query("proxy == 'snip'")[["index", "score"]]
    mine.iloc[:12].to_csv(tmp_path / "left$x_$.csv", index=False)
    mine.iloc[12:].to_csv(tmp_path / "right|y.csv", index=False)
    files = [x for n in ("left$x_$", "right|y") for x in ("--scores", str(tmp_path / f"{n}.csv"))]
    assert main(["report", "--out", str(out), *files]) == 0
    assert "right/y" in (out / "table.md").read_text()
