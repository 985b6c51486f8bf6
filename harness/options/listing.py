"""What the command line accepts, read from the sources: nothing is imported to list it."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput, suggestion
from benchmarks.printable import printable
from harness.oneshot.samplers.predictors import PREDICTORS

PROXIES, SEARCHERS = (Path(__file__).parents[2] / name for name in ("proxies", "searchers"))


class RegisteredName(NamedTuple):
    """One formula or searcher: what its decorator says, by keyword."""

    name: str
    kind: str
    said: dict[str, Any]


def listing() -> str:
    """Return the names that the command line accepts, each with what it is."""
    formulas = list(built_in())
    return text(
        [formula for formula in formulas if formula.kind == "proxy"],
        [formula for formula in formulas if formula.kind == "combination"],
        list(built_in(SEARCHERS)),
    )


def registered() -> str:
    """Return what is registered now, files and other packages included, each with what it is."""
    from proxies import COMBINATIONS, load_all
    from searchers import load_all as load_searchers

    combined = [
        RegisteredName(entry.name, "combination", {"of": entry.members, "source": entry.source})
        for entry in COMBINATIONS.values()
    ]
    return text(
        [RegisteredName(entry.name, "proxy", vars(entry)) for entry in load_all().values()],
        combined,
        [
            RegisteredName(entry.name, "searcher", vars(entry))
            for entry in load_searchers().values()
        ],
    )


def text(
    proxies: list[RegisteredName],
    combinations: list[RegisteredName],
    searchers: list[RegisteredName],
) -> str:
    """Return a line each."""
    lines = ["proxies (* trivial row, ~ trains for a few steps, - smaller is better)"]
    for formula in proxies:
        family = {"trivial": "*", "few-step": "~"}.get(formula.said.get("family", ""), " ")
        mark = family + (" " if formula.said["larger_is_better"] else "-")
        lines.append(f"{mark} {formula.name:<17} {formula.said['source']}")
    lines.append("\ncombinations of ranks, which depend on the set of cells")
    for formula in combinations:
        lines.append(
            f"   {formula.name:<17} {', '.join(formula.said['of'])}; {formula.said['source']}"
        )
    lines.append("\nsearchers (* trivial row, ~ takes seconds a run, + for several objectives)")
    for searcher in searchers:
        family = searcher.said.get("family", "")
        mark = "*" if family == "trivial" else "~" if family in NOT_IN_ALL else " "
        mark += "+" if searcher.said.get("objectives") else " "
        lines.append(f"{mark} {searcher.name:<21} {searcher.said['source']}")
    lines.append("\none-shot predictors, which train supernets")
    lines += [f"   {p.name:<17} {p.source}" for p in PREDICTORS.values()]
    for space in BENCHMARKS.values():
        names = ", ".join(dataset.name for dataset in space.datasets)
        lines.append(f"\nbenchmark {space.name}: {names}")
    return "\n".join(lines) + "\n"


def records() -> str:
    """Return the records that a proxy may read: name, fields, and what they hold."""
    lines = [
        "records (annotate a proxy's parameters with them: `from proxies.records import NAME`, "
        "those marked * `from proxies.responses import NAME`)"
    ]
    for path in (PROXIES / "records.py", PROXIES / "maps.py", PROXIES / "responses.py"):
        mark = "*" if path.stem == "responses" else ""
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
                named = ", ".join(ast.unparse(field).replace("\n", " ") for field in fields)
                said = " ".join((ast.get_docstring(node) or "").split())
                lines.append(f"\n{node.name}{mark}({named})")
                lines += textwrap.wrap(said, 96, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines) + "\n"


NOT_IN_ALL = ("predictor", "optimiser", "one-shot")
"""Families of searchers that ``all`` leaves out."""


def built_in(folder: Path = PROXIES) -> Iterator[RegisteredName]:
    """Yield what the files of a package register, the proxies' unless told otherwise, by name."""
    for path in sorted(folder.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            calls = node.decorator_list if isinstance(node, ast.FunctionDef) else []
            for call in calls:
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                    said = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
                    yield RegisteredName(path.stem, call.func.id, said)


def check_names(names: str) -> None:
    """Refuse a list of names that holds one which no built-in formula has.

    Raises:
        BadInput: there is no such formula; the nearest is suggested.
    """
    known = {formula.name for formula in built_in()}
    chosen = [name.strip() for part in names.split(",") for name in part.split("+")]
    if not any(chosen):
        raise BadInput("`--proxies` should name proxies or be `all`. Found nothing.")
    for part in names.split(","):
        if "+" in part and not all(name.strip() for name in part.split("+")):
            raise BadInput(f"`a+b` should name a proxy on each side. Found `{printable(part)}`.")
    for name in filter(None, chosen):
        if name not in known | {"all"}:
            hint = suggestion(name, known) or " `harness list` shows them all."
            raise BadInput(f"There is no proxy `{printable(name)}`.{hint}")


def check_name(name: str) -> None:
    """Refuse a name that no built-in formula or searcher has.

    Raises:
        BadInput: there is no such thing; the nearest is suggested.
    """
    known = {entry.name for entry in (*built_in(), *built_in(SEARCHERS))}
    if name.partition(":")[0] not in known and not {*",+"} & {*name}:
        hint = suggestion(name, known) or " `harness list` shows them all."
        raise BadInput(f"There is no proxy or searcher `{printable(name)}`.{hint}")


def check_searchers(names: str) -> None:
    """Refuse a list of searchers that holds one which no built-in has; settings are not read.

    Raises:
        BadInput: there is no such searcher; the nearest is suggested.
    """
    known = {searcher.name for searcher in built_in(SEARCHERS) if searcher.kind == "searcher"}
    for name in filter(None, (part.strip().partition(":")[0] for part in names.split(","))):
        if name not in known | {"all"}:
            hint = suggestion(name, known) or " `harness list` shows them all."
            raise BadInput(f"There is no searcher `{printable(name)}`.{hint}")
