"""Proxies, combinations and scores from elsewhere as entries of a report."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path

from benchmarks.printable import encodable
from harness.scoring.keys import formula
from proxies import Combination, Proxy
from reports.entry import Entry


def of_proxy(proxy: Proxy) -> Entry:
    """Return what a proxy says of itself."""
    return Entry(
        proxy.name,
        proxy.family,
        encodable(proxy.source),
        encodable(inspect.getdoc(proxy.function) or ""),
        proxy.larger_is_better,
        encodable(proxy.undefined),
        formula(proxy),
    )


def of_combination(combination: Combination, known: Mapping[str, str] | None = None) -> Entry:
    """Return what a combination says of itself; ``known`` are digests of members by name."""
    text = inspect.getdoc(combination.function) or ""
    undefined = "a member is undefined"
    digest, members = formula(combination, known), combination.members
    return Entry(
        combination.name, "combination", combination.source, text, True, undefined, digest, members
    )


def of_file(name: str, where: str) -> Entry:
    """Return what is known of scores that were computed elsewhere."""
    text = f"Read from `{Path(where).name}`; computed elsewhere, larger is better."
    return Entry(name, "elsewhere", where, text, undefined="there is no number")
