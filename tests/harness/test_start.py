"""A program that starts at once: what needs no torch does not wait for it."""

from __future__ import annotations

import resource
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from harness.cli import functions, main
from harness.cli.plugins import ENTRY_POINTS
from harness.options import listing
from harness.searching.plugins import GROUP
from proxies import COMBINATIONS, load_all, plugins
from searchers import load_all as load_searchers
from searchers.registry import NOT_IN_ALL
from tests.material.refusals import refused

ROOT = Path(__file__).parents[2]


def seconds(*argv: str, code: int = 0) -> float:
    """Processor seconds of a Python process, the least of three."""
    found = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, *argv], capture_output=True, cwd=ROOT, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode == code, done.stderr.decode()
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["--help"], 0),
        (["list"], 0),
        (["--version"], 0),
        (["run", "--bacth", "3"], 2),
        (["search", "--budget", "9", "--searchers", "randum", "--out", "none"], 2),
        (["run", "--proxies", "snib", "--out", "none"], 2),
        (["run", "--proxies", "snip+", "--out", "none"], 2),
        (["validate", "snib"], 2),
        (["atlas", "--benchmark", "minni"], 2),
        (["atlas", "--proxies", "snib"], 2),
        (["atlas", "--inputs", "cifar1"], 2),
        (["interference", "--benchmark", "minni", "--out", "none"], 2),
        (["run", "--images", "cifar10", "--out", "none"], 2),
        (["search", "--budget", "9", "--proxies", "snib", "--out", "none"], 2),
        (["run", "--benchmark", "minni", "--out", "none"], 2),
        (["run", "--dataset", "digit", "--out", "none"], 2),
        (["run", "--cells", "0-3", "--out", "none"], 2),
        (["run", "--shard", "3/2", "--out", "none"], 2),
        (["run", "--proxies", ",", "--out", "none"], 2),
        (["run", "--oneshot", "spas", "--out", "none"], 2),
        (["search", "--budget", "xx", "--out", "none"], 2),
        (["run", "--cells", "700000", "--out", "none"], 2),
        (["run", "--cells", "random:100000", "--out", "none"], 2),
        (["run", "--epochs", "17", "--out", "none"], 2),
        (["run", "--split", "foo", "--out", "none"], 2),
        (["run", "--batch", "100000", "--out", "none"], 2),
        (["run", "--truth", "README.md", "--out", "none"], 2),
        (["run", "--scheduler", "nope", "--out", "none"], 2),
        (["run", "--oneshot", "spos", "--images", "noise", "--out", "none"], 2),
        (["interference", "--benchmark", "nats-sss", "--out", "none"], 2),
        (["search", "--budget", "9", "--signal-epochs", "17", "--out", "none"], 2),
        (["search", "--budget", "100s", "--out", "none"], 2),
        (["search", "--budget", "9", "--objectives", "error,latency", "--out", "none"], 2),
        (["search", "--budget", "9", "--searchers", "best_of:params:m=3", "--out", "none"], 2),
        (["search", "--budget", "9", "--searchers", "best_of:snip", "--out", "none"], 2),
        (["run", "--images", "none", "--out", "none"], 2),
        (["report", "none"], 2),
        (["report", "tests"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_it_answers_at_once(argv: list[str], code: int) -> None:
    assert seconds("-m", "harness.cli", *argv, code=code) <= 1.5 * seconds("-c", "pass") + 0.3


ABSENT = {
    "a table": ["run", "--truth", "no.parquet"],
    "images": ["run", "--images", "cifar1"],
    "candidates": ["run", "--cells", "@no.txt"],
    "a proxy": ["score", "--proxy-file", "no.py"],
    "scores": ["run", "--scores", "no.csv"],
    "a searcher": ["search", "--budget", "9", "--searcher-file", "no.py"],
    "scores to search by": ["search", "--budget", "9", "--scores", "no"],
    "images of interference": ["interference", "--images", "no"],
    "a shard": ["merge", "no", "neither"],
    "a run": ["report", "no"],
    "a run by its option": ["report"],
    "a run beside": ["report", ".", "--with", "no"],
    "a run to compare": ["compare", "no", "--baseline", "atlas"],
    "a run to keep": ["baseline", "no", "file.json"],
    "an official file": ["import", "no.pth", "table.parquet"],
    "a name of images for a table": ["run", "--truth", "noise"],
    "a name of tables for images": ["run", "--images", "built-in"],
    "a name of scores to search by": ["run", "--scores", "atlas"],
    "a name of images for a run": ["report", "cifar100"],
    "a proxy to validate": ["validate", "mine", "--proxy-file", "no.py"],
}


@pytest.mark.parametrize("words", ABSENT.values(), ids=ABSENT)
def test_what_is_not_there_is_refused_before_anything_is_done(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(functions, "COMMANDS", {})  # no command is begun
    writes = words[0] in ("run", "score", "search", "merge", "interference") or len(words) == 1
    said = refused([*words, "--out", "out"] if writes else words, capsys)
    assert "should be" in said
    assert "There is no such file or folder." in said
    assert not list(tmp_path.iterdir())


def test_the_atlas_named_as_a_file_of_scores_leads_to_its_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "by `run --atlas`." in refused(["run", "--scores", "atlas", "--out", "out"], capsys)


KINDS = {
    "a table": (["run", "--truth"], "table.csv", "Its name ends in `.csv`."),
    "images": (["run", "--images"], "images.png", "Its name ends in `.png`."),
    "a proxy": (["score", "--proxy-file"], "proxy.md", "Its name ends in `.md`."),
    "a folder for a proxy": (["score", "--proxy-file"], "folder/", "It is a folder."),
    "scores to search by": (["search", "--budget", "9", "--scores"], "scores", "It has no ending."),
    "a folder without a run": (["search", "--budget", "9", "--scores"], "folder/", "`plan.json`."),
    "a file for a run": (["report"], "run.csv", "It is a file."),
    "no run": (["report"], "folder/", "It has no `plan.json` or `search.json`."),
    "no shard": (["merge"], "folder/", "It has no `plan.json`."),
    "a folder for a baseline": (["compare", ".", "--baseline"], "folder/", "It is a folder."),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_of_another_kind_is_refused_likewise(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, name, says = KINDS[kind]
    monkeypatch.setattr(functions, "COMMANDS", {})  # no command is begun
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.json").touch()
    given = tmp_path / name
    given.mkdir() if name.endswith("/") else given.touch()
    out = ["--out", "out"] if words[0] not in ("report", "compare") else []
    assert says in refused([*words, str(given), *out], capsys)


@pytest.mark.parametrize("name", ["scores.CSV", "scores.txt", "scores"])
def test_a_csv_file_may_be_called_as_it_likes(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("index,score\n0,1\n7,2\n")
    words = ["run", "--cells", "0,7", "--proxies", "params", "--workers", "1"]
    where = ["--scores", str(tmp_path / name), "--out", str(tmp_path / "out")]
    assert main([*words, *where]) == 0


def test_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"harness {version('nas-proxy-harness')}\n"


def test_both_look_for_the_same_entry_points() -> None:
    assert ENTRY_POINTS == (plugins.GROUP, GROUP)


def test_the_listing_is_what_is_registered() -> None:
    """Read from the sources, and by importing them."""
    read = {one.name: one for one in listing.built_in()}
    registered = {name: one for name, one in load_all().items() if one.ours}
    assert set(read) == registered.keys() | COMBINATIONS.keys()
    for name, proxy in registered.items():
        said = read[name].said
        assert said["larger_is_better"] == proxy.larger_is_better
        assert said["source"] == proxy.source
        assert said.get("family", "zero-cost") == proxy.family
    for name, combined in COMBINATIONS.items():
        assert read[name].said["of"] == combined.members


def test_the_listed_searchers_are_what_is_registered() -> None:
    read = {one.name: one.said for one in listing.built_in(listing.SEARCHERS)}
    registered = {name: one for name, one in load_searchers().items() if one.ours}
    assert set(read) == set(registered)
    for name, one in registered.items():
        assert read[name]["source"] == one.source
        assert read[name].get("family", "black-box") == one.family
    assert listing.NOT_IN_ALL == NOT_IN_ALL


@pytest.mark.parametrize("name", ["benchmarks", "proxies", "reports", "searchers", "proxies.py"])
def test_a_stranger_of_a_packages_name_is_one_sentence(name: str, tmp_path: Path) -> None:
    """From a folder that has its own, where Python looks there first."""
    if name.endswith(".py"):
        (tmp_path / name).write_text("")
    else:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]; "
    done = subprocess.run(
        [sys.executable, "-c", code + "from harness import cli; sys.exit(cli.main(['list']))"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    package = name.removesuffix(".py")
    assert f"`{package}` should be the one in `{ROOT}`. Found `{tmp_path / name}`" in done.stderr
    assert done.stderr.count("\n") == 1
