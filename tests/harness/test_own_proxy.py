"""Bringing a proxy: from a file, from a package, or as scores computed elsewhere."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from proxies import load_all
from proxies.records import Ranks
from tests.material.new_process import forget
from tests.material.own_proxy import BAD, GOOD, run, score, written

pytestmark = pytest.mark.usefixtures("forgotten", "undrawn")


def test_a_file_is_scored_beside_the_others_by_workers_too(tmp_path: Path) -> None:
    file = str(written(tmp_path, GOOD))
    proxies = ["--proxies", "largest,snip"]
    for workers in (1, 2):
        out = tmp_path / str(workers)
        assert run(out, "--proxy-file", file, *proxies, workers=workers) == 0
        forget()
    frames = [pd.read_parquet(tmp_path / n / "scores.parquet") for n in ("1", "2")]
    pd.testing.assert_frame_equal(*frames)
    assert "| largest |" in (tmp_path / "1" / "table.md").read_text()
    assert main(["report", "--out", str(tmp_path / "1")]) == 0  # the plan knows the file


def test_only_what_is_new_or_changed_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.scoring import flow

    asked: list[set[str]] = []
    original = flow.missing

    def spy(*arguments: object) -> list:
        tasks = original(*arguments)  # type: ignore[arg-type]
        asked.append({proxy.name for task in tasks for proxy in task.proxies})
        return tasks

    monkeypatch.setattr(flow, "missing", spy)
    out, file = tmp_path / "run", written(tmp_path, GOOD)
    assert score(out, "--proxies", "snip") == 0
    more = ["--proxy-file", str(file), "--proxies", "largest,snip"]
    assert score(out, *more) == 0
    forget()
    file.write_text("# a comment changes nothing\n" + GOOD)
    assert score(out, *more) == 0
    forget()
    file.write_text(GOOD.replace(").max()\n", ").sum()\n"))
    assert score(out, *more) == 0
    assert asked == [{"snip"}, {"largest"}, set(), {"largest"}]


def test_a_built_in_wins_and_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, GOOD.replace("def largest", "def snip"))
    before = load_all()["snip"]
    assert main(["list", "--proxy-file", str(file)]) == 0
    assert load_all()["snip"] is before
    assert "proxy `snip` of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('broken')", "raises RuntimeError: broken"),
        ("x = 1", "registers none"),
        (
            "class Odd(Exception):\n    def __str__(self): raise SystemExit(4)\nraise Odd",
            "raises Odd: what it says cannot be printed",
        ),
        ("def (", "SyntaxError"),
    ],
)
def test_a_file_that_is_no_proxy_is_refused(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "--proxy-file", str(written(tmp_path, text))]) == 2
    assert said in capsys.readouterr().err


def test_a_missing_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--proxy-file", str(tmp_path / "none.py")]) == 2
    assert "should be a Python file that registers proxies" in capsys.readouterr().err


def installed(folder: Path, name: str, text: str) -> None:
    """A package as pip leaves it: a module and its metadata."""
    (folder / f"{name}.py").write_text(text)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[nas_proxy_harness.proxies]\n{name} = {name}\n")


def test_an_entry_point_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(tmp_path, "plugged_proxy", GOOD)
    installed(tmp_path, "broken_proxy", "raise RuntimeError('broken')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert score(tmp_path / "run", "--proxies", "largest") == 0
    assert "the entry point `broken_proxy` should register proxies" in capsys.readouterr().err
    assert set(pd.read_parquet(tmp_path / "run" / "scores.parquet")["proxy"]) == {"largest"}
    sys.modules.pop("plugged_proxy", None)


def test_an_entry_point_that_ends_its_process_fails_alone_beside_one_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = GOOD.replace("    return ", "    import os\n\n    os._exit(5)\n    return ")
    installed(tmp_path, "ending_proxy", ending)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert score(tmp_path / "run", "--proxies", "largest,params", cells="0,1") == 0
    rows = pd.read_parquet(tmp_path / "run" / "scores.parquet").set_index("proxy")
    assert set(rows.loc["largest", "status"]) == {"failed"}
    assert rows.loc["largest", "reason"].iloc[0].startswith("the process that scored it died")
    assert set(rows.loc["params", "status"]) == {"ok"}
    sys.modules.pop("ending_proxy", None)


def test_validate_says_what_does_not_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "careless", "--proxy-file", str(written(tmp_path, BAD))]) == 1
    said = capsys.readouterr().out
    assert "✗ It should say what it computes" in said
    assert "should leave its records as they were, and writes into LossGradients" in said
    forget()
    mended = BAD.replace("    loss.grads[0].zero_()\n", "")
    assert main(["validate", "careless", "--proxy-file", str(written(tmp_path, mended))]) == 1
    said = capsys.readouterr().out
    assert "✗ It draws from" in said
    assert "✗ A disconnected cell is undefined" in said
    assert "✓ It leaves its records as they were" in said


@pytest.mark.parametrize("name", ["nasi", "naswot", "params", "zico"])
def test_built_ins_validate(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", name]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out.count("✓") >= 8


def test_two_files_of_one_name_are_two(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    one, other = GOOD, GOOD.replace("def largest", "def other")
    files = [written(tmp_path, one), written(tmp_path / "b", other)]
    named = [x for f in files for x in ("--proxy-file", str(f))]
    assert score(tmp_path / "run", *named, "--proxies", "largest,other", cells="stratified:5") == 0


def test_a_combination_s_name_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, GOOD.replace("def largest", "def vote"))
    assert main(["list", "--proxy-file", str(file)]) == 0
    assert "proxy `vote` of" in capsys.readouterr().err


def test_scores_that_nobody_registers_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, file = tmp_path / "run", written(tmp_path, GOOD)
    command = ["--proxy-file", str(file), "--proxies", "largest,params"]
    assert score(out, *command, cells="stratified:5") == 0
    (out / "proxies.json").unlink()
    forget()
    assert main(["report", "--out", str(out)]) == 2
    assert "Nobody registers largest" in capsys.readouterr().err


def test_another_accuracy_has_another_digest(tmp_path: Path) -> None:
    import json

    out = tmp_path / "run"
    digests = []
    for more in ([], ["--accuracy-seed", "1"]):
        assert score(out, "--proxies", "params", *more, cells="stratified:5") == 0
        stored = json.loads((out / "plan.json").read_text())
        digests.append(stored["provenance"]["accuracy_sha256"])
    assert digests[0] != digests[1]


def test_validate_wants_one_name_and_survives_a_formula_that_raises(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "snip,params"]) == 2
    assert "should name one proxy" in capsys.readouterr().err
    text = GOOD.replace("g.abs().max() for", "g.flatten() @ torch.ones(g.numel()) for")
    assert main(["validate", "largest", "--proxy-file", str(written(tmp_path, text))]) == 1
    said = capsys.readouterr().out
    assert said.count("✗") == 1
    assert re.search(r"✗ It raises RuntimeError: .*; at `.*mine\.py`, line 11: `return ", said)
    assert "Gaussian noise" not in said  # the rule after it


@pytest.mark.parametrize("name", ["snip", "vote"])
def test_validate_refuses_a_file_that_defines_a_built_ins_name(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, GOOD.replace("def largest", f"def {name}"))
    assert main(["validate", name, "--proxy-file", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert f"proxy `{name}` of `{file}` is left out" in err


def test_a_new_file_keeps_the_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my_proxy.py"]) == 0
    said = capsys.readouterr().out
    (validate,) = re.findall(r"harness (validate .*)", said)
    assert main(shlex.split(validate)) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", ["snip.py", "class.py", "my-proxy.py", "my_proxy.txt", "there.py"])
def test_a_new_file_that_could_not_be_a_proxys_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, "kept", "there.py")
    assert main(["new", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert [path.read_text() for path in tmp_path.iterdir()] == ["kept"]


def test_what_a_proxy_may_read_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--records"]) == 0
    listed = capsys.readouterr().out
    known = {r for p in load_all().values() for r in p.records} | {Ranks}
    assert set(re.findall(r"^(\w+)\*?\(", listed, re.MULTILINE)) == {r.__name__ for r in known}
    assert "LossGradients(weights: tuple[Tensor, ...], grads" in listed
