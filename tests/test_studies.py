"""The scripts behind the pages in docs: none has been left behind by the code it reads."""

from __future__ import annotations

import importlib
import re
import runpy
import sys
from pathlib import Path

import pytest

STUDIES = Path(__file__).parents[1] / "studies"


@pytest.mark.parametrize("name", sorted(path.stem for path in STUDIES.glob("*.py")))
def test_it_can_be_imported(name: str) -> None:
    importlib.import_module(f"studies.{name}")


GIVEN = re.compile(r"= arguments\(__doc__|\(\*arguments\(__doc__")


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in STUDIES.glob("*.py") if GIVEN.search(path.read_text()))
)
def test_one_that_is_given_nothing_says_what_it_should_be(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [name])
    monkeypatch.delitem(sys.modules, f"studies.{name}", raising=False)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"studies.{name}", run_name="__main__")
    assert ended.value.code == 2
    assert "the following arguments are required" in capsys.readouterr().err
