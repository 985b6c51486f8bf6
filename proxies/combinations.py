"""Combinations: scores of a whole set of candidates, made from the ranks of other scores."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from torch import Tensor

from proxies.rank_average import rank_average
from proxies.records import Ranks
from proxies.registry import Proxy, UnknownProxy, find, load_all, reserved, unknown


@dataclass(frozen=True)
class Combination:
    """A score computed from stored scores and not from a network; larger is better.

    It depends on the set of candidates that are ranked, so it can be compared within a run only.

    Attributes:
        name: the function's name, or the names of its members joined by ``+``.
        function: ranks (members, candidates) to scores (candidates,).
        members: the proxies whose scores are ranked, in order.
        source: where the definition is published.
        worst: whether an undefined score of a member ranks below all others, as a released code has
            it; otherwise the candidate has no combined score and is not among those that are
            ranked. A failed score never ranks.
    """

    name: str
    function: Callable[[Ranks], Tensor]
    members: tuple[str, ...]
    source: str
    worst: bool = False


COMBINATIONS: dict[str, Combination] = {}


def combination(
    *, of: tuple[str, ...], source: str, worst: bool = False
) -> Callable[[Callable[[Ranks], Tensor]], Callable[[Ranks], Tensor]]:
    """Register the decorated function as a combination of proxies, under its own name."""

    def register(function: Callable[[Ranks], Tensor]) -> Callable[[Ranks], Tensor]:
        name = function.__name__
        COMBINATIONS[name] = Combination(name, function, of, source, worst)
        reserved.add(name)
        return function

    return register


LONGEST = 200
"""Characters of the name of joined proxies: files and rows of tables are called by it."""


def choose(names: str, described: Collection[str] = ()) -> tuple[list[Proxy], list[Combination]]:
    """Return the proxies to score and the combinations to make of them.

    Args:
        names: a comma-separated list of proxies, combinations, and proxies joined by ``+``, whose
            ranks are averaged. ``all`` stands for every proxy that trains nothing and every
            combination.
        described: names of proxies that are known by what they said, and cannot be scored.

    Raises:
        UnknownProxy: a name is not registered; the message suggests the nearest.
    """
    known = load_all()
    proxies: list[str] = []
    combinations: dict[str, Combination] = {}
    for name in filter(None, (part.strip() for part in names.split(","))):
        if name == "all":
            proxies += [proxy.name for proxy in find("all")]
            combinations |= COMBINATIONS
        elif "+" in name:
            members = _members(name, described)
            _check_joined(name, members)
            combinations[name] = Combination(name, rank_average, members, "mean rank")
        elif name in COMBINATIONS:
            combinations[name] = COMBINATIONS[name]
        elif name in known or name in described:
            proxies.append(name)
        else:
            raise unknown(name, [*known, *COMBINATIONS])
    proxies += [member for combination in combinations.values() for member in combination.members]
    if not proxies:
        raise UnknownProxy("`--proxies` should name proxies or be `all`. Found nothing.")
    here = [name for name in proxies if name not in described]
    return find(",".join(here)) if here else [], list(combinations.values())


def _members(name: str, described: Collection[str]) -> tuple[str, ...]:
    """Return the names that are joined by ``+``, each once."""
    parts = list(dict.fromkeys(part.strip() for part in name.split("+") if part.strip()))
    if here := [part for part in parts if part not in described]:
        find(",".join(here))
    return tuple(parts)


def _check_joined(name: str, members: tuple[str, ...]) -> None:
    joined = [part.strip() for part in name.split("+")]
    if not all(joined):
        raise UnknownProxy(f"`a+b` should name a proxy on each side. Found `{name}`.")
    twice = next((part for part in members if joined.count(part) > 1), None)
    if twice:
        raise UnknownProxy(
            f"`a+b` should join different proxies. Found `{twice}` {joined.count(twice)} times."
        )
    if len(name) > LONGEST:
        raise UnknownProxy(
            f"`a+b` should join few proxies, in a name of at most {LONGEST} characters. Found "
            f"{len(members)} proxies in {len(name)} characters."
        )
