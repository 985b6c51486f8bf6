"""No score outlives the source that made it: keys follow imports wherever code may be edited."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.catalogue import BENCHMARKS
from harness.scoring import keys
from harness.scoring.keys import digest, key, syntax_digest, walk
from proxies import load_file, plugins, registry

FILE = """
from torch import Tensor
from helper_of_mine import turned
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="nobody")
def helped(loss: LossGradients) -> Tensor:
    return turned(loss.grads[0].sum())
"""


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    known, loaded = dict(registry.load_all()), set(sys.modules)
    yield
    forget(known, loaded)


def forget(known: dict, loaded: set[str]) -> None:
    registry.PROXIES.clear()
    registry.PROXIES.update(known)
    plugins._loaded.clear()
    for name in set(sys.modules) - loaded:
        del sys.modules[name]


def keyed(file: Path) -> str:
    """The key, as in a new process."""
    known, loaded = dict(registry.PROXIES), set(sys.modules)
    try:
        (proxy,) = load_file(file)
        return key(proxy, BENCHMARKS["mini"])
    finally:
        forget(known, loaded)
        importlib.invalidate_caches()


def test_a_helper_that_changes_makes_another_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    file, helper = tmp_path / "mine.py", tmp_path / "helper_of_mine.py"
    file.write_text(FILE)
    helper.write_text("def turned(x):\n    return x\n")
    before = keyed(file)
    helper.write_text("# said otherwise\ndef turned(x):\n    return x\n")
    assert keyed(file) == before
    helper.write_text("def turned(x):\n    return -x\n")
    assert keyed(file) != before


@pytest.mark.parametrize(
    "how", ["from . import inner", "from .inner import turned", "import pk.inner"]
)
def test_modules_of_a_package_are_followed(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "pk").mkdir()
    (tmp_path / "pk" / "__init__.py").write_text("")
    (tmp_path / "pk" / "outer.py").write_text(how + "\nfrom proxies.records import LossGradients\n")
    (tmp_path / "pk" / "inner.py").write_text("import pk.deeper\ndef turned(x):\n    return x\n")
    (tmp_path / "pk" / "deeper.py").write_text("")
    found = set(walk(["pk.outer"], keys.FRAME))
    assert {"pk.outer", "pk.inner", "pk.deeper"} <= found
    assert found.isdisjoint({"proxies.records", "torch"})


def test_an_installed_distribution_stands_for_itself(tmp_path: Path) -> None:
    found = set(walk(["reports.style"]))  # a module whose imports are seaborn's or matplotlib's
    installed = found - {name for name in found if name.startswith("reports")}
    for name in installed:
        assert "." not in name
    assert digest("numpy") != digest("pandas")


def test_what_a_package_hands_on_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "__init__.py").write_text("from given.inside import turned\n")
    (tmp_path / "given" / "inside.py").write_text("turned = abs\n")
    (tmp_path / "taker.py").write_text("from given import turned\n")
    assert set(walk(["taker"])) == {"taker", "given", "given.inside"}


def test_types_alone_are_no_dependency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "typed.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import harness.cli\n"
    )
    assert set(walk(["typed"])) == {"typed"}


def test_comments_and_docstrings_are_no_code() -> None:
    assert syntax_digest("x = 1  # one") == syntax_digest("x  =  1")
    assert syntax_digest('def f():\n    """Say."""\n    return 1') == syntax_digest(
        'def f():\n    """Say more."""\n    return 1'
    )
    assert syntax_digest("x = 1") != syntax_digest("x = 2")
