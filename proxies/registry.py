"""The registry: a proxy is a function of records, and its annotations say which."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_type_hints

from torch import Tensor

from proxies.records import Ranks

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
        home: the module from elsewhere that registers it, empty for a built-in; the function may
            stand in a module beside it.
    """

    name: str
    function: Callable[..., Tensor]
    records: tuple[type, ...]
    larger_is_better: bool
    source: str
    undefined: str
    family: Family
    home: str = ""

    def __call__(self, *records: Any) -> Tensor:
        """Evaluate the formula; the result is a scalar tensor."""
        return self.function(*records)

    def __reduce__(self) -> tuple[Callable[..., Proxy], tuple[Any, ...]]:
        """Go to another process by name where the function is not found under its own.

        As one that another function makes or wraps. That process has imported what registers it.
        """
        found: object = sys.modules.get(self.function.__module__)
        for part in self.function.__qualname__.split("."):
            found = getattr(found, part, None)
        if found is not self.function:
            return _registered, (self.name,)
        return Proxy, tuple(vars(self).values())

    @property
    def ours(self) -> bool:
        """Whether it comes with this project, whose tests hold it to the contract."""
        return self.function.__module__.startswith("proxies.")

    @property
    def summary(self) -> str:
        """The first sentence of the docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n\n")[0].replace("\n", " ")

    @property
    def homes(self) -> list[str]:
        """The modules that it stands on: that of the function, and the one that registers it."""
        return [self.function.__module__, *([self.home] if self.home else [])]


PROXIES: dict[str, Proxy] = {}


def _registered(name: str) -> Proxy:
    return PROXIES[name]


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
        if not records or not all(map(_made, records)):
            raise ValueError(
                f"Every parameter of proxy `{name}` should be annotated with a record of "
                f"`proxies.records`, which `harness list --records` shows. Found "
                f"`{inspect.signature(function)}`."
            )
        theirs = not function.__module__.startswith("proxies.")
        ours = name in reserved or (name in PROXIES and PROXIES[name].ours)
        if ours and theirs:
            clashes.append(
                f"proxy `{name}` of `{inspect.getfile(function)}` is left out, for a built-in has "
                "its name; give it another"
            )
            return function
        if name in PROXIES and not _typed_again(function, PROXIES[name].function):
            raise ValueError(f"A proxy's name should be its own. `{name}` is already registered.")
        PROXIES[name] = Proxy(
            name=name,
            function=function,
            records=records,
            larger_is_better=larger_is_better,
            source=source,
            undefined=undefined,
            family=family,
        )
        return function

    return register


def typed(function: Callable[..., object]) -> bool:
    """Whether a function was typed in a session, and stands in no file."""
    file = getattr(sys.modules.get(function.__module__), "__file__", None) or "<nowhere>"
    return file.startswith("<")


def _typed_again(function: Callable[..., Tensor], former: Callable[..., Tensor]) -> bool:
    """Whether both were typed in one session, as a cell of a notebook that is run again."""
    return function.__module__ == former.__module__ and typed(function)


def _made(record: object) -> bool:
    """Whether a type is a record of one network, which the engine makes."""
    home = getattr(record, "__module__", "")
    return home.startswith("proxies.") and hasattr(record, "_fields") and record is not Ranks


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
        return [proxy for proxy in known.values() if proxy.family != "few-step"]
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
