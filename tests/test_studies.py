"""The scripts behind the pages in docs: none has been left behind by the code it reads."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

STUDIES = Path(__file__).parents[1] / "studies"


@pytest.mark.parametrize("name", sorted(path.stem for path in STUDIES.glob("*.py")))
def test_it_can_be_imported(name: str) -> None:
    importlib.import_module(f"studies.{name}")
