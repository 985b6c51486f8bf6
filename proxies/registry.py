"""The registry: a proxy is a function of records, and its annotations say which."""

from __future__ import annotations

import ast
import difflib
import hashlib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_type_hints

from torch import Tensor

Family = Literal["zero-cost", "trivial", "few-step"]


class UnknownProxy(ValueError):
    """A name that no proxy has; the message suggests the nearest."""


@dataclass(frozen=True)
class Proxy:
    """A training-free score of a network, with what it reads and how it is to be read.

    Attributes:
        name: the function's name.
        function: records to a scalar tensor; infinite or NaN where the score is undefined.
        records: the record types that the function's annotations ask for, in order.
        larger_is_better: the published direction.
        source: where the definition is published.
        undefined: one clause, when and why the score is undefined; empty if it never is.
        family: ``trivial`` for what only counts, so that every table shows it as a yardstick;
            ``few-step`` for what trains a little.
        formula: sha256 of the syntax of the module that defines it and of what that takes from
            other proxies, docstrings and comments left out: it changes when the formula may have.
    """

    name: str
    function: Callable[..., Tensor]
    records: tuple[type, ...]
    larger_is_better: bool
    source: str
    undefined: str
    family: Family
    formula: str

    def __call__(self, *records: Any) -> Tensor:
        """Evaluate the formula; the result is a scalar tensor."""
        return self.function(*records)

    @property
    def summary(self) -> str:
        """The first sentence of the docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n\n")[0].replace("\n", " ")


PROXIES: dict[str, Proxy] = {}

reserved: set[str] = set()
"""Names of combinations."""

clashes: list[str] = []
"""Sentences about proxies from elsewhere that were left out, since a built-in has their name."""


def proxy(
    *, larger_is_better: bool, source: str, undefined: str = "", family: Family = "zero-cost"
) -> Callable[[Callable[..., Tensor]], Callable[..., Tensor]]:
    """Register the decorated function as a proxy, under its own name.

    Every parameter must be annotated with a record of :mod:`proxies.records`; the engine makes what
    is asked for and passes it in that order.

    Raises:
        ValueError: the name is taken, or a parameter has no record type.
    """

    def register(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        name = function.__name__
        hints = get_type_hints(function)
        parameters = inspect.signature(function).parameters
        records = tuple(hints.get(parameter, object) for parameter in parameters)
        if not records or any(not hasattr(record, "_fields") for record in records):
            raise ValueError(
                f"Every parameter of proxy `{name}` should be annotated with a record of "
                f"`proxies.records`. Found `{inspect.signature(function)}`."
            )
        theirs = not function.__module__.startswith("proxies.")
        ours = name in reserved or (
            name in PROXIES and PROXIES[name].function.__module__.startswith("proxies.")
        )
        if ours and theirs:
            clashes.append(
                f"proxy `{name}` of `{inspect.getfile(function)}` is left out, for a built-in has "
                "its name; give it another"
            )
            return function
        if name in PROXIES:
            raise ValueError(f"A proxy's name should be its own. `{name}` is already registered.")
        PROXIES[name] = Proxy(
            name=name,
            function=function,
            records=records,
            larger_is_better=larger_is_better,
            source=source,
            undefined=undefined,
            family=family,
            formula=_formula(Path(inspect.getfile(function)).read_text(encoding="utf-8")),
        )
        return function

    return register


def _formula(source: str) -> str:
    """Digest a proxy's module and what it takes from other proxies' modules."""
    frame = ("proxies.maps", "proxies.records", "proxies.registry")
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    names = [node.module or "" for node in nodes]
    others = [name for name in names if name.startswith("proxies.") and name not in frame]
    texts = [inspect.getsource(importlib.import_module(name)) for name in others]
    digests = [syntax_digest(source), *map(_formula, texts)]
    return digests[0] if not texts else hashlib.sha256("".join(digests).encode()).hexdigest()


def syntax_digest(source: str) -> str:
    """Return the sha256 of Python source, blind to comments, layout and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                body[0] = ast.Expr(ast.Constant(None))
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def load_all() -> dict[str, Proxy]:
    """Import every module of this package and return the proxies by name, sorted."""
    package = sys.modules["proxies"]
    for module in pkgutil.iter_modules(package.__path__, "proxies."):
        importlib.import_module(module.name)
    return dict(sorted(PROXIES.items()))


def find(names: str) -> list[Proxy]:
    """Return the proxies of a comma-separated list, or every one that trains nothing for ``all``.

    Raises:
        UnknownProxy: a name is not registered; the message suggests the nearest.
    """
    known = load_all()
    if names == "all":
        return [one for one in known.values() if one.family != "few-step"]
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    if not chosen:
        raise UnknownProxy("`--proxies` should name proxies or be `all`. Found nothing.")
    for name in chosen:
        if name not in known:
            raise unknown(name, list(known))
    return [known[name] for name in dict.fromkeys(chosen)]


def unknown(name: str, known: list[str]) -> UnknownProxy:
    """Return the error that says there is no such name and suggests the nearest."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean `{near[0]}`?" if near else "`harness list` shows them all."
    return UnknownProxy(f"There is no proxy `{name}`. {hint}")
