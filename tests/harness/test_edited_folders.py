"""Run folders and baselines that somebody edited, damaged or sent: nothing in them is believed."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.errors import BadInput
from benchmarks.processes import Pool
from harness.cli import main
from harness.reporting.baseline import read
from harness.reporting.report import report
from harness.runs.plan import Plan
from tests.material.refusals import refused

TRAPPED = '''
from pathlib import Path
import torch
from torch import Tensor
from proxies import proxy
from proxies.records import CellCounts

Path(TRAP).touch()

@proxy(larger_is_better=False, source="nobody yet")
def trapped(counts: CellCounts) -> Tensor:
    """Minus the parameters, of which larger predicts better.

    It says so here.
    """
    return torch.tensor(-float(counts.params))
'''

RUN = ["run", "--cells", "stratified:40", "--batch", "8", "--workers", "1"]

pytestmark = pytest.mark.usefixtures("forgotten", "undrawn")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "run"
    assert main([*RUN, "--proxies", "params,random", "--out", str(out)]) == 0
    assert main(["baseline", str(out), str(out / "baseline.json")]) == 0
    return out


@pytest.fixture
def run(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "run"))


def compare(run: Path) -> list[str]:
    return ["compare", str(run), "--baseline", str(run / "baseline.json")]


STRANGE: list[Any] = [[], {}, None, "x", -1, 1.5, True, 10**30, "\udcff", [[["x"]]]]


def edited(path: Path, *place: Any, to: Any) -> None:
    """Put something else at a place in a JSON file."""
    whole = part = json.loads(path.read_text())
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = to
    path.write_text(json.dumps(whole))


@pytest.mark.parametrize("field", ["formula", "family", "kendall", "missing", "probes", "ranks"])
def test_a_baseline_of_other_kinds_is_no_baseline(
    field: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [value for value in STRANGE if not fits(field, value)]
    for value in wrong:
        shutil.copy(run / "baseline.json", run / "edited.json")
        edited(run / "edited.json", "proxies", "params", field, to=value)
        with pytest.raises(BadInput, match="should be a baseline"):
            read(run / "edited.json")
    edited(run / "baseline.json", "proxies", "params", field, to=wrong[0])
    assert "drifted" not in refused(compare(run), capsys)


def fits(field: str, value: Any) -> bool:
    text = isinstance(value, str) and value.isascii()
    known = {"kendall": [-1], "missing": [], "probes": [{}]}.get(field, [])
    return (field in ("formula", "family") and text) or value in known


@pytest.mark.parametrize(
    "content",
    [b"", b"[", b"\xff\xfe", b"[" * 10**5, b"9" * 5000, b"null", b"[]", b'{"format": 1}'],
    ids=["empty", "cut", "bytes", "deep", "digits", "null", "list", "bare"],
)
@pytest.mark.parametrize("name", ["baseline.json", "plan.json", "proxies.json"])
def test_what_is_no_json_of_ours_is_refused(
    name: str, content: bytes, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / name).write_bytes(content)
    refused(compare(run), capsys)


PLAN = json.loads(Plan(*[""] * 4, 1, None, "", "true", 8, *[""] * 2, 1, "cpu", "1/1").text({}))


@pytest.mark.parametrize("field", PLAN["settings"])
def test_a_plan_of_other_kinds_is_no_plan(field: str, run: Path) -> None:
    for value in STRANGE:
        shutil.copy(run / "plan.json", run / "edited.json")
        edited(run / "edited.json", "settings", field, to=value)
        with suppress(BadInput):
            found = getattr(Plan.read(run / "edited.json")[0], field)
            kinds = (str, bool, tuple, type(None))
            assert isinstance(found, kinds) or 0 <= found <= 10**6
            assert type(value) is type(found) or (value == [] and found == ())


def frame(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    def edit(run: Path) -> None:
        change(pd.read_parquet(run / "scores.parquet")).to_parquet(run / "scores.parquet")

    return edit


def content(name: str, written: bytes) -> Callable[[Path], None]:
    return lambda run: (run / name).write_bytes(written) and None  # type: ignore[func-returns-value]


EDITS: dict[str, Callable[[Path], None]] = {
    "a column less": frame(lambda rows: rows.drop(columns="status")),
    "text for scores": frame(lambda rows: rows.assign(score="x")),
    "lists for scores": frame(lambda rows: rows.assign(score=[[1.0]] * len(rows))),
    "halves for indices": frame(lambda rows: rows.assign(index=0.5)),
    "no name": frame(lambda rows: rows.assign(proxy=None)),
    "another status": frame(lambda rows: rows.assign(status="fine")),
    "twice": frame(lambda rows: pd.concat([rows, rows])),
    "no row": frame(lambda rows: rows.iloc[:0]),
    "cells of elsewhere": frame(lambda rows: rows.assign(index=rows["index"] + 10**6)),
    "no Parquet": content("scores.parquet", b"PAR1" * 9),
    "costs: empty": content("costs.csv", b""),
    "costs: bytes": content("costs.csv", b"\x00\xff\xfe" * 99),
    "costs: other columns": content("costs.csv", b"a,b\n1,2\n"),
    "costs: text": content("costs.csv", b"proxy,seconds,n\nparams,soon,1\n"),
    "costs: huge": content("costs.csv", b"proxy,seconds,n\nparams,1," + b"9" * 30 + b"\n"),
}


@pytest.mark.parametrize("name", EDITS)
def test_tables_that_were_edited_are_refused(
    name: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    EDITS[name](run)
    refused(["report", "--out", str(run)], capsys)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE scores SET score = 'x'",
        "UPDATE scores SET score = x'ff'",
        "UPDATE scores SET seed = 'first'",
        "UPDATE scores SET status = 'fine'",
        "ALTER TABLE scores DROP COLUMN score",
        "DROP TABLE plan; CREATE TABLE plan (x)",
    ],
)
def test_a_store_that_was_edited_is_refused(
    change: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(run / "scores.sqlite")) as store, store:
        store.executescript(change)
    refused([*RUN, "--proxies", "params,random", "--out", str(run)], capsys)


def test_a_store_that_is_none_is_refused(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "scores.sqlite").write_bytes(b"no database" * 999)
    refused([*RUN, "--proxies", "params,random", "--out", str(run)], capsys)


def test_a_reader_stops_no_run_and_a_run_no_reader(run: Path) -> None:
    more = [*RUN, "--proxies", "params,random,depth", "--out", str(run)]
    with closing(sqlite3.connect(run / "scores.sqlite")) as reader:
        reader.execute("BEGIN")
        before = reader.execute("SELECT count(*) FROM scores").fetchone()
        assert main(more) == 0
        assert reader.execute("SELECT count(*) FROM scores").fetchone() == before
    with closing(sqlite3.connect(run / "scores.sqlite")) as reader:
        assert reader.execute("SELECT count(*) FROM scores").fetchone() > before


READING = """
import sys
from harness.cli import main
sys.exit(max(main(argv.split()) for argv in sys.argv[1:]))
"""


def test_reading_runs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the page needs of a proxy is stored beside its scores; its file is not run again."""
    file, trap = tmp_path / "mine.py", tmp_path / "trap"
    file.write_text(TRAPPED.replace("TRAP)", f"{str(trap)!r})"))
    out, names = str(tmp_path / "run"), "trapped,params,trapped+params,random"
    assert main([*RUN, "--proxy-file", str(file), "--proxies", names, "--out", out]) == 0
    assert trap.exists()
    trap.unlink()
    table = (tmp_path / "run" / "table.md").read_text()
    (tmp_path / "run" / "report.json").unlink()
    commands = [
        f"report --out {out} --with {out}",
        f"baseline {out} {out}/baseline.json",
        f"compare {out} --baseline {out}/baseline.json",
    ]
    argv = [sys.executable, "-c", READING, *commands]
    done = subprocess.run(
        argv, check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, done.stderr
    assert not trap.exists()
    assert (tmp_path / "run" / "table.md").read_text() == table
    assert "It says so here." in (tmp_path / "run" / "report.html").read_text()
    file.write_text(file.read_text().replace("return torch", "return 2 * torch"))
    capsys.readouterr()
    assert main(commands[2].split()) == 1
    assert "**trapped** stale" in capsys.readouterr().out
    assert not trap.exists()


def test_reports_at_once_leave_one_whole_report(run: Path) -> None:
    table = (run / "table.md").read_text()
    (run / "report.json").unlink()
    with Pool(2, int) as crowd:
        assert {one.result() for one in [crowd.submit(report, run) for _ in range(2)]} == {table}
    assert not list(run.rglob("*.part"))
    assert (run / "table.md").read_text() == table
    assert "</html>" in (run / "report.html").read_text("utf-8")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=JSON, data=st.data())
def test_any_json_is_a_plan_or_refused(
    value: Any, data: st.DataObject, original: Path, run: Path
) -> None:
    whole = json.loads((original / "plan.json").read_text())
    parts = [whole, *(part for part in whole.values() if part and isinstance(part, dict))]
    part = data.draw(st.sampled_from(parts))
    part[data.draw(st.sampled_from(sorted(part)))] = value
    (run / "plan.json").write_text(json.dumps(whole))
    with suppress(BadInput):
        Plan.read(run / "plan.json")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.sampled_from(["run", "proxies", "format"]), value=JSON, data=st.data())
def test_any_json_is_a_baseline_or_refused(
    place: str, value: Any, data: st.DataObject, run: Path
) -> None:
    whole = json.loads((run / "baseline.json").read_text())
    part = whole
    if place == "proxies" and data.draw(st.booleans()):
        part, place = whole["proxies"]["params"], data.draw(st.sampled_from(["ranks", "probes"]))
    part[place] = value
    (run / "edited.json").write_text(json.dumps(whole))
    with suppress(BadInput):
        read(run / "edited.json")
