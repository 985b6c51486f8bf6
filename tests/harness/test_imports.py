"""What is followed from a module: whatever its imports name that somebody may edit."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.scoring import imports, keys
from harness.scoring.imports import walk
from proxies.plugins import reading

pytestmark = pytest.mark.usefixtures("forgotten")


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
    monkeypatch.setattr(reading, "INSTALLED", (*reading.INSTALLED, folder.name))


def test_another_installed_distribution_stands_by_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, monkeypatch)
    (tmp_path / "theirs").mkdir()
    for name in ("__init__", "inside"):
        (tmp_path / "theirs" / f"{name}.py").write_text("")
    (tmp_path / "taker.py").write_text("import theirs.inside\nimport torch\nimport json\n")
    assert walk(["taker"]) == imports.ImportClosure({"taker"}, {"theirs"})
    digests = set()
    for version in ("1.0", "1.1"):
        monkeypatch.setattr(keys, "version_of", lambda name, version=version: f"{name} {version}")
        digests.add(keys._formula("taker", walk(["taker"], keys.FRAME)))
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
    before = keys.sources("plug.mine")
    helper.write_text("turned = float\n")
    assert keys.sources("plug.mine") != before


def test_what_a_package_hands_on_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "__init__.py").write_text("from given.inside import turned\n")
    (tmp_path / "given" / "inside.py").write_text("turned = abs\n")
    (tmp_path / "taker.py").write_text("from given import turned\n")
    assert walk(["taker"]).modules == {"taker", "given", "given.inside"}


@pytest.mark.parametrize("how", ["import given.inside", "from given.inside import turned"])
def test_packages_of_others_are_followed_where_only_a_module_of_them_is_imported(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their ``__init__`` runs, and may change what the module has."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "__init__.py").write_text("import given_too\n")
    (tmp_path / "given" / "inside.py").write_text("turned = abs\n")
    (tmp_path / "given_too.py").write_text("")
    (tmp_path / "taker.py").write_text(how)
    assert walk(["taker"]).modules == {"taker", "given", "given.inside", "given_too"}


def test_modules_of_a_package_are_followed_from_a_star(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it lists: nothing is imported to look, as it might end the program."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "listing").mkdir()
    (tmp_path / "listing" / "__init__.py").write_text("__all__ = ['one']\nimport sys\nsys.exit(0)")
    for name in ("one", "two", "three"):
        (tmp_path / "listing" / f"{name}.py").write_text("import sys\nsys.exit(0)\n")
    (tmp_path / "taker.py").write_text("from listing import *\n")
    found = walk(["taker"]).modules
    assert found == {"taker", "listing", "listing.one", "listing.two", "listing.three"}
    assert walk(["taker"]).modules == found


def test_types_alone_are_no_dependency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "typed.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import harness.cli\n"
        "else:\n    import given_at_run_time\n"
    )
    assert walk(["typed"]).modules == {"typed", "given_at_run_time"}
