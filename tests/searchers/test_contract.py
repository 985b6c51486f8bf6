"""Every searcher, every rule."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator

from harness.contract.searches import SEARCHER_CHECKS, SearcherUnderTest
from searchers import ConfiguredSearcher, Search, Space, Train, choose, load_all
from tests.material.searches import chosen_from


def rows() -> list[ConfiguredSearcher]:
    found = []
    for name, one in load_all().items():
        missing = [p for p in one.requires if importlib.util.find_spec(p) is None]
        subject = {"proxy": "naswot", "proxies": "naswot+synflow", "sampler": "tpe"}
        told = f":{subject[one.subject]}" if one.subject else ""
        if not missing and one.family != "one-shot":
            found += choose(f"{name}{told}")
    return found


ROWS = rows()


@pytest.fixture(scope="module", params=ROWS, ids=[one.row for one in ROWS])
def searcher(request: pytest.FixtureRequest) -> SearcherUnderTest:
    return SearcherUnderTest(request.param)


@pytest.mark.parametrize("check", SEARCHER_CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_contract(searcher: SearcherUnderTest, check: Callable) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other packages' own
        finding = check(searcher)
    assert finding.held is not False, finding.said


def careless(space: Space, rng: Generator) -> Search:
    while True:
        yield Train(space.random(np.random.default_rng(np.random.randint(2**31))))


MEMORY: list[int] = []


def remembering(space: Space, rng: Generator) -> Search:
    MEMORY.append(1)
    candidates = space.candidates()
    while True:
        yield Train(candidates[len(MEMORY) % len(candidates)])


def lost(space: Space, rng: Generator) -> Search:
    """Train what is no candidate of any space whatever."""
    yield Train((77,) * 9)
    return None


@pytest.mark.parametrize(
    ("function", "broken"),
    [
        (careless, {"documented", "deterministic", "resumed", "replayed"}),
        (remembering, {"documented", "deterministic", "resumed", "replayed"}),
        (lost, {"chooses"}),
    ],
)
def test_a_rule_that_is_broken_is_told(function: Callable, broken: set[str]) -> None:
    searcher = SearcherUnderTest(chosen_from(function))
    failed = {check.__name__ for check in SEARCHER_CHECKS if check(searcher).held is False}
    assert failed == broken
