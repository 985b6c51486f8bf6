"""No score outlives the source that made it: keys follow imports wherever code may be edited."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.catalogue import BENCHMARKS
from harness.scoring import keys
from harness.scoring.keys import key, syntax_digest, walk
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
def forgotten(tmp_path: Path) -> Iterator[None]:
    known = dict(registry.load_all())
    yield
    forget(known, tmp_path)


def forget(known: dict, folder: Path) -> None:
    """What was imported from a folder is imported again, as in a new process."""
    registry.PROXIES.clear()
    registry.PROXIES.update(known)
    plugins._loaded.clear()
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(folder)):
            del sys.modules[name]
    importlib.invalidate_caches()


def keyed(file: Path) -> str:
    """The key, as in a new process."""
    known = dict(registry.PROXIES)
    try:
        (proxy,) = load_file(file)
        return key(proxy, BENCHMARKS["mini"])
    finally:
        forget(known, file.parent)


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
    found = walk(["pk.outer"], keys.FRAME).modules
    assert {"pk.outer", "pk.inner", "pk.deeper"} <= found
    assert found.isdisjoint({"proxies.records", "torch"})


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a folder be one where distributions are installed."""
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(keys, "INSTALLED", (*keys.INSTALLED, folder.name))


def test_another_installed_distribution_stands_by_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, monkeypatch)
    (tmp_path / "theirs").mkdir()
    for name in ("__init__", "inside"):
        (tmp_path / "theirs" / f"{name}.py").write_text("")
    (tmp_path / "taker.py").write_text("import theirs.inside\nimport torch\nimport json\n")
    assert walk(["taker"]) == keys.Walked({"taker"}, {"theirs"})
    digests = set()
    for version in ("1.0", "1.1"):
        monkeypatch.setattr(keys, "_version", lambda name, version=version: f"{name} {version}")
        digests.add(keys._formula("taker"))
    assert len(digests) == 2


def test_an_installed_plug_in_is_read_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its version may stay while its two modules change."""
    installed(tmp_path, monkeypatch)
    (tmp_path / "plug").mkdir()
    (tmp_path / "plug" / "__init__.py").write_text("")
    (tmp_path / "plug" / "mine.py").write_text("from plug.helper import turned\n")
    helper = tmp_path / "plug" / "helper.py"
    helper.write_text("turned = abs\n")
    before = keys._formula("plug.mine")
    helper.write_text("turned = float\n")
    assert keys._formula("plug.mine") != before


def test_what_a_package_hands_on_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "__init__.py").write_text("from given.inside import turned\n")
    (tmp_path / "given" / "inside.py").write_text("turned = abs\n")
    (tmp_path / "taker.py").write_text("from given import turned\n")
    assert walk(["taker"]).modules == {"taker", "given", "given.inside"}


def test_types_alone_are_no_dependency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "typed.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import harness.cli\n"
        "else:\n    import given_at_run_time\n"
    )
    assert walk(["typed"]).modules == {"typed", "given_at_run_time"}


def test_comments_and_docstrings_are_no_code() -> None:
    assert syntax_digest("x = 1  # one") == syntax_digest("x  =  1")
    assert syntax_digest('def f():\n    """Say."""\n    return 1') == syntax_digest(
        'def f():\n    """Say more."""\n    return 1'
    )
    assert syntax_digest("x = 1") != syntax_digest("x = 2")
