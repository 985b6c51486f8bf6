"""The README's own-proxy section, followed to the letter in an empty folder."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from tests.material.new_process import forget

pytestmark = pytest.mark.usefixtures("forgotten")

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def section(name: str = "own-proxy") -> str:
    return README.split(f"<!-- {name} -->")[1].split(f"<!-- /{name} -->")[0]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    forget()


def test_the_own_proxy_section_works_as_it_stands(folder: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", section(), re.DOTALL)
    (commands,) = re.findall(r"```\n(harness.*?)```", section(), re.DOTALL)
    (folder / "my_proxy.py").write_text(code)
    for line in commands.splitlines():
        words = shlex.split(line)[1:]
        if words[0] == "run":  # fewer cells than the whole benchmark, for time
            words += ["--cells", "stratified:24", "--workers", "2"]
        assert main(words) == 0, line
    table = (folder / "runs/mine/table.md").read_text()
    assert "| steepest |" in table
    rows = pd.read_csv(folder / "runs/mine/correlations.csv")
    assert {"steepest", "nasi", "snip", "live_params"} == set(rows["proxy"])


def test_the_own_searcher_section_works_as_it_stands(folder: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", section("own-searcher"), re.DOTALL)
    (commands,) = re.findall(r"```\n(harness.*?)```", section("own-searcher"), re.DOTALL)
    (folder / "my_searcher.py").write_text(code)
    for line in commands.splitlines():
        assert main(shlex.split(line)[1:]) == 0, line
    rows = pd.read_csv(folder / "runs/climber/final.csv")
    assert set(rows["searcher"]) == {"climber", "random", "regularized_evolution"}
    assert rows.groupby("searcher").size().eq(50).all()


def test_the_notebook_section_runs_as_it_stands() -> None:
    section = README.split("## In a notebook")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    names: dict = {}
    exec(code, names)
    assert sorted(names["table"]["proxy"]) == ["naswot", "params", "snip"]
    assert names["figure"].axes


def test_the_first_table_is_what_its_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    (named,) = re.findall(r"^harness (atlas --proxies .*)$", README, re.MULTILINE)
    assert main(named.split()) == 0
    assert capsys.readouterr().out == section("atlas").lstrip("\n")


def test_commands_of_the_readme_exist() -> None:
    from harness.options.parser import COMMANDS

    named = set(re.findall(r"\bharness ([a-z]+)\b", README)) - {"is", "finds", "makes", "computes"}
    assert named <= set(COMMANDS)
