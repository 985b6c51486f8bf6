"""The registry: a searcher is a generator function, and what follows its ``rng`` are settings."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_type_hints

from numpy.random import Generator

from searchers.questions import Search
from searchers.space import Space

Family = Literal["trivial", "black-box", "proxy", "predictor", "optimiser", "one-shot"]

Reads = Literal["", "told", "known"]

SUBJECTS = ("proxy", "proxies", "sampler")
"""Settings that are written without their name, as in ``best_of:naswot``."""

NOT_IN_ALL = ("predictor", "optimiser", "one-shot")
"""Families that ``all`` leaves out: their runs take seconds, others' milliseconds."""


class UnknownSearcher(ValueError):
    """A name or setting that no searcher has; the message suggests the nearest."""


@dataclass(frozen=True)
class Searcher:
    """A search algorithm.

    Attributes:
        name: the function's name.
        function: takes the space, a random generator and settings, and returns a search.
        settings: type and default of each setting, by name, in order; no default is ``...``.
        source: where the algorithm is published.
        family: ``trivial`` for what every table shows as a yardstick; what asks for scores is
            ``proxy``; what fits a model of the space is a ``predictor``, a package of its own an
            ``optimiser``, what trains a network of all candidates ``one-shot``.
        reads: proxies that it asks for, whatever its settings.
        requires: packages that it imports besides numpy.
        objectives: what it uses where there are several: nothing but the accuracy if empty, what
            trainings ``told``, or also what is ``known`` without one.
    """

    name: str
    function: Callable[..., Search]
    settings: dict[str, tuple[type, Any]]
    source: str
    family: Family
    reads: tuple[str, ...]
    requires: tuple[str, ...]
    objectives: Reads = ""

    @property
    def ours(self) -> bool:
        """Whether it comes with this project."""
        return self.function.__module__.startswith("searchers.")

    @property
    def subject(self) -> str:
        """The setting that is written without its name; empty if it has none."""
        return next((name for name in SUBJECTS if name in self.settings), "")

    @property
    def text(self) -> str:
        """The docstring."""
        return inspect.getdoc(self.function) or ""

    @property
    def summary(self) -> str:
        """The first sentence of the docstring."""
        return self.text.partition("\n\n")[0].replace("\n", " ")


@dataclass(frozen=True)
class ConfiguredSearcher:
    """A searcher with its settings; ``row`` names both, as on the command line."""

    row: str
    searcher: Searcher
    settings: dict[str, Any]

    @property
    def reads(self) -> tuple[str, ...]:
        """The proxies that it asks for."""
        defaults = {name: default for name, (_, default) in self.searcher.settings.items()}
        given = defaults | self.settings
        own = [given.get("proxy", ""), *given.get("proxies", "").split("+")]
        return (*self.searcher.reads, *filter(None, own))

    def begin(self, space: Space, rng: Generator) -> Search:
        """Start a search."""
        return self.searcher.function(space, rng, **self.settings)


SEARCHERS: dict[str, Searcher] = {}

clashes: list[str] = []
"""Sentences about searchers from elsewhere that were left out, since a built-in has their name."""


def searcher(
    *,
    source: str,
    family: Family = "black-box",
    reads: tuple[str, ...] = (),
    requires: tuple[str, ...] = (),
    objectives: Reads = "",
) -> Callable[[Callable[..., Search]], Callable[..., Search]]:
    """Register the decorated generator function as a searcher, under its own name.

    Its first two parameters are a :class:`Space` and a generator of random numbers; the others are
    settings, whole numbers, numbers, truth values or text.

    Raises:
        ValueError: the name is taken, or the parameters are others.
    """

    def register(function: Callable[..., Search]) -> Callable[..., Search]:
        name = function.__name__
        hints = get_type_hints(function)
        parameters = list(inspect.signature(function).parameters.values())
        settings = {
            parameter.name: (
                hints.get(parameter.name, object),
                ... if parameter.default is parameter.empty else parameter.default,
            )
            for parameter in parameters[2:]
        }
        first = [hints.get(parameter.name) for parameter in parameters[:2]]
        kinds = {kind for kind, _ in settings.values()}
        if first != [Space, Generator] or not kinds <= {int, float, bool, str}:
            raise ValueError(
                f"Searcher `{name}` should take a `Space`, a `numpy.random.Generator`, and "
                f"settings annotated as int, float, bool or str. Found "
                f"`{inspect.signature(function)}`."
            )
        made = Searcher(name, function, settings, source, family, reads, requires, objectives)
        if name in SEARCHERS and SEARCHERS[name].ours and not made.ours:
            clashes.append(
                f"searcher `{name}` of `{inspect.getfile(function)}` is left out, for a built-in "
                "has its name; give it another"
            )
            return function
        if name in SEARCHERS:
            raise ValueError(f"A searcher's name should be its own. `{name}` is registered twice.")
        SEARCHERS[name] = made
        return function

    return register


def load_all() -> dict[str, Searcher]:
    """Import every module of this package and return the searchers by name, sorted."""
    package = sys.modules["searchers"]
    for module in pkgutil.iter_modules(package.__path__, "searchers."):
        importlib.import_module(module.name)
    return dict(sorted(SEARCHERS.items()))


def choose(
    names: str, proxies: Iterable[str] = (), *, several: bool = False
) -> list[ConfiguredSearcher]:
    """Return the searchers of a comma-separated list.

    ``all`` stands for each that answers in milliseconds, with its defaults; what takes a proxy
    stands there once for each of ``proxies``. With ``several`` objectives it is those that read
    them. ``NAME:PROXY:SETTING=VALUE`` sets settings.

    Raises:
        UnknownSearcher: there is no such searcher or setting; the message suggests the nearest.
    """
    known = load_all()
    written = [name.strip() for name in names.split(",") if name.strip()]
    if not written:
        raise UnknownSearcher("`--searchers` should name searchers or be `all`. Found nothing.")
    each: list[str] = []
    for text in written:
        each += _everyone(known, list(proxies), several) if text == "all" else [text]
    chosen = [_parsed(text, known) for text in each]
    return list({pick.row: pick for pick in chosen}.values())


def _everyone(known: dict[str, Searcher], proxies: list[str], several: bool) -> list[str]:
    rows = []
    for name, entry in known.items():
        if entry.family in NOT_IN_ALL or entry.reads or bool(entry.objectives) != several:
            continue
        if entry.subject == "" or entry.settings[entry.subject][1] is not ...:
            rows.append(name)
        if entry.subject == "proxy":
            rows += [f"{name}:{proxy}" for proxy in proxies]
    return rows


def _parsed(text: str, known: dict[str, Searcher]) -> ConfiguredSearcher:
    name, *parts = text.split(":")
    if name not in known:
        raise UnknownSearcher(f"There is no searcher `{name}`.{_near(name, list(known))}")
    entry = known[name]
    settings: dict[str, Any] = {}
    for part in parts:
        setting, given, value = part.partition("=")
        if not given:
            setting, value = entry.subject, part
        if setting not in entry.settings:
            has = ", ".join(entry.settings) or "none"
            raise UnknownSearcher(
                f"A setting of searcher `{name}` should be one of: {has}. Found `{part}`."
                f"{_near(setting, list(entry.settings)) if given else ''}"
            )
        settings[setting] = _value(name, setting, value, entry.settings[setting][0])
    for setting, (_, default) in entry.settings.items():
        if default is ... and settings.get(setting, "") == "":
            what = f":{setting.upper()}" if setting == entry.subject else f":{setting}=..."
            raise UnknownSearcher(
                f"Searcher `{name}` should be told its {setting}: `{name}{what}`. Found `{text}`."
            )
    return ConfiguredSearcher(text, entry, settings)


def _value(name: str, setting: str, text: str, kind: type) -> Any:
    words = {"true": True, "false": False}
    try:
        return words[text.lower()] if kind is bool else kind(text)
    except (ValueError, KeyError) as error:
        kinds = {int: "a whole number", float: "a number", bool: "true or false"}
        raise UnknownSearcher(
            f"`{setting}` of searcher `{name}` should be {kinds[kind]}. Found `{text[:80]}`."
        ) from error


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean `{near[0]}`?" if near else " `harness list` shows them all."
