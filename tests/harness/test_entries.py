"""Every kind of score says the same things of itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.oneshot.entries import of_predictor
from harness.oneshot.samplers.predictors import PREDICTORS
from harness.scoring.entries import of_combination, of_file, of_proxy
from proxies import COMBINATIONS, load_all
from reports.entry import Entry

KINDS: dict[str, Callable[[], list[Entry]]] = {
    "proxies": lambda: [of_proxy(proxy) for proxy in load_all().values()],
    "combinations": lambda: [of_combination(made) for made in COMBINATIONS.values()],
    "predictors": lambda: [of_predictor(one, 5) for one in PREDICTORS.values()],
    "elsewhere": lambda: [of_file("theirs", "theirs.csv")],
}

FAMILIES = {
    "proxies": {"zero-cost", "trivial", "few-step"},
    "combinations": {"combination"},
    "predictors": {"one-shot"},
    "elsewhere": {"elsewhere"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_yields_entries(kind: str) -> None:
    entries = KINDS[kind]()
    assert {entry.family for entry in entries} == FAMILIES[kind]
    for entry in entries:
        assert entry.name
        assert entry.source
        assert entry.text.strip()
        assert bool(entry.digest) == (kind != "elsewhere")
        assert bool(entry.members) == (kind == "combinations")


def test_names_are_those_of_one_table() -> None:
    names = [entry.name for made in KINDS.values() for entry in made()]
    assert len(names) == len(set(names))


def test_digests_tell_formulas_apart() -> None:
    entries = KINDS["proxies"]() + KINDS["combinations"]()
    assert len({entry.digest for entry in entries}) == len(entries)
