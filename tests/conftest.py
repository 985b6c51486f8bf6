"""Fixtures that several test files share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

for library in ("OMP", "OPENBLAS"):  # several processes test at once; before NumPy is imported
    os.environ[f"{library}_NUM_THREADS"] = "1"

import pytest
import torch

from tests.material.new_process import forget

DATA = Path(os.environ.get("HARNESS_DATA", Path(__file__).parents[2] / "shared" / "data"))
"""Reference data beside the checkout; tests that read it skip where it is absent."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with a slow test first, so that no process works on one while others have ended."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def data() -> Path:
    if not DATA.is_dir():
        pytest.skip("reference data is absent: set HARNESS_DATA to the folder that holds it")
    return DATA


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports have no figures, which take half of a small one's time, where no test sees them."""
    for module, function in (
        ("figures", "write_figures"),
        ("search_figures", "write_search_figures"),
        ("front_figures", "write_front_figures"),
    ):
        monkeypatch.setattr(f"reports.{module}.{function}", lambda *_: {})
    monkeypatch.setattr("reports.shown.svg", lambda _: b"<svg/>")


@pytest.fixture
def forgotten() -> Iterator[None]:
    """What a test registers is gone after it."""
    yield
    forget()
