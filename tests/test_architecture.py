"""The house: who may import whom, and that nothing grows unwatched."""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.space import Benchmark
from harness import PACKAGES
from harness.runs.run_files import RunFile
from proxies.plugins import reading

ROOT = Path(__file__).parents[1]
FOLDERS = PACKAGES
ELSEWHERE = {"studies", "tests"}
"""What is not installed."""

ALLOWED = {
    "benchmarks": {"benchmarks"},
    "proxies": {"proxies"},
    "harness": {"benchmarks", "harness", "proxies", "reports", "searchers"},
    "reports": {"reports"},
    "searchers": {"searchers"},
}
FORBIDDEN = {
    "reports": {"torch"},
    "proxies": {"numpy", "pandas", "scipy"},
    "searchers": {"torch", "pandas"},
}
FILES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_imports_point_one_way(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    names = imported(path)
    assert names & set(FOLDERS) <= ALLOWED[folder]
    assert not names & FORBIDDEN.get(folder, set())


def test_the_packages_are_named_alike() -> None:
    """By what is told before any is imported, and by what imports none of the others."""
    assert reading.PACKAGES == PACKAGES
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == {*PACKAGES, *ELSEWHERE}


def test_proxies_import_torch_and_nothing_else() -> None:
    names = set().union(*(imported(path) for path in FILES if "proxies" in path.parts))
    assert names - set(sys.stdlib_module_names) == {"proxies", "torch"}


def test_no_file_passes_250_lines() -> None:
    long = {path.name: len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name: lines for name, lines in long.items() if lines > 250} == {}


def modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


FAMILIES = tuple(
    f"benchmarks.{path.parent.name}" for path in (ROOT / "benchmarks").glob("*/space.py")
)


@pytest.mark.parametrize("folder", ["harness", "proxies", "reports", "searchers"])
def test_nothing_outside_benchmarks_knows_what_a_cell_looks_like(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert not {name for name in modules(path) if name.startswith(FAMILIES)}, path
        text = path.read_text(encoding="utf-8")
        assert "nor_conv" not in text, path
        assert "Skeleton" not in text, path


def test_few_modules_and_rooms_stand_at_the_top_of_the_harness() -> None:
    inside = [path.stem for path in (ROOT / "harness").iterdir() if path.name != "__pycache__"]
    modules = sorted(path.stem for path in (ROOT / "harness").glob("*.py"))
    assert modules == ["__init__", "notebook"]
    assert len(inside) <= 13


def test_modules_and_rooms_of_the_harness_import_each_other_one_way() -> None:
    """Imports inside functions count: what is imported late is depended on all the same."""
    imports: dict[str, set[str]] = {}
    for path in (ROOT / "harness").rglob("*.py"):
        if path != ROOT / "harness" / "__init__.py":
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            theirs = {other for other in modules(path) if other.startswith("harness.")}
            imports[name] = theirs - {name}
    rooms: dict[str, set[str]] = {}
    for name, others in imports.items():
        room = ".".join(name.split(".")[:2])
        beside = {".".join(other.split(".")[:2]) for other in others} - {room}
        rooms.setdefault(room, set()).update(beside)
    for graph, deep in ((imports, "harness.runs.run_folder"), (rooms, "harness.runs")):
        order = list(TopologicalSorter(graph).static_order())  # raises where there is a cycle
        assert order.index("harness.cli") > order.index(deep)


def test_files_of_a_run_folder_are_named_once() -> None:
    assert len(set(RunFile)) == len(RunFile)
    names = {str(file) for file in RunFile if "." in file}  # folders are called by common words
    for path in (ROOT / "harness").rglob("*.py"):
        if path.name != "run_files.py":
            parts = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            texts = {part.value for part in parts if isinstance(part, ast.Constant)}
            assert not texts & names, path


WRITING = {"write_text", "write_bytes", "to_parquet", "write_table", "save"}


def test_every_file_is_put_in_its_place_whole() -> None:
    """What writes stands in a function that :func:`benchmarks.files.replace` is given."""
    found = set()
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        given = {
            id(n) for part in ast.walk(tree) if isinstance(part, ast.Lambda) for n in ast.walk(part)
        }
        for node in ast.walk(tree):
            name = (
                node.func.attr
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                else ""
            )
            csv = name == "to_csv" and isinstance(node, ast.Call) and node.args
            if (name in WRITING or csv) and id(node) not in given:
                found.add(str(path.relative_to(ROOT)))
    # into memory, and the work log of the script that built the embedded benchmark
    assert found <= {"benchmarks/parquet.py", "benchmarks/mini/build.py"}


@pytest.mark.parametrize("benchmark", BENCHMARKS.values(), ids=list(BENCHMARKS))
def test_choices_of_the_axes_name_a_candidate_or_are_refused(benchmark: Benchmark) -> None:
    for arch in benchmark.examples.connected:
        assert benchmark.decode(benchmark.encode(arch)) == arch
    last = [len(axis.choices) - 1 for axis in benchmark.axes]
    for places in (last, [0] * len(last), [i % 2 for i in range(len(last))]):
        try:
            arch = benchmark.decode(places)
        except BadInput:
            continue
        assert benchmark.encode(arch) == tuple(places)
        benchmark.representative(arch)


def test_no_test_file_imports_another() -> None:
    """What several read stands in ``tests/material`` and ``tests/literal``."""
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                parts = (node.module or "").split(".")
                assert not (parts[0] == "tests" and parts[-1].startswith("test_")), path
