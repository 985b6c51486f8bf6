"""Searchers by name, and what may be written after it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import Generator

from searchers import Search, Space, Train, UnknownSearcher, choose, load_all, registry, searcher


def test_all_are_those_that_answer_in_milliseconds_with_every_proxy() -> None:
    rows = [one.row for one in choose("all", ["params", "naswot"])]
    assert {"random", "local_search", "regularized_evolution", "reinforce", "hyperband"} <= set(
        rows
    )
    assert {"bohb", "bohb:params", "best_of:naswot", "nasi_exact:params"} <= set(rows)
    assert not any(row.startswith(("best_of", "nasi_exact")) and ":" not in row for row in rows)
    assert not {one.searcher.family for one in choose("all")} & set(registry.NOT_IN_ALL)


def test_settings_follow_a_colon() -> None:
    (one,) = choose("regularized_evolution:naswot:population=20:sample=5")
    assert one.settings == {"proxy": "naswot", "population": 20, "sample": 5}
    assert one.reads == ("naswot",)
    (one,) = choose("local_search:first=true")
    assert one.settings == {"first": True}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("reinforc", "There is no searcher `reinforc`. Did you mean `reinforce`?"),
        ("", "`--searchers` should name searchers or be `all`. Found nothing."),
        ("best_of", "Searcher `best_of` should be told its proxy: `best_of:PROXY`."),
        ("reinforce:momentun=1", "Did you mean `momentum`?"),
        ("reinforce:naswot", "A setting of searcher `reinforce` should be one of: learning_rate"),
        ("best_of:params:n=many", "`n` of searcher `best_of` should be a whole number."),
        ("local_search:first=perhaps", "should be true or false"),
    ],
)
def test_what_is_wrong_is_said(names: str, said: str) -> None:
    with pytest.raises(UnknownSearcher) as found:
        choose(names)
    assert said in str(found.value)


def test_a_searcher_takes_a_space_and_a_generator() -> None:
    with pytest.raises(ValueError, match="should take a `Space`"):

        @searcher(source="a test")
        def odd(space: Space, seed: int) -> Search:
            yield Train(space.random(np.random.default_rng(seed)))


def test_a_name_is_its_own() -> None:
    load_all()

    def random(space: Space, rng: Generator) -> Search:
        yield Train(space.random(rng))

    random.__module__ = "searchers.somewhere"
    with pytest.raises(ValueError, match="`random` is registered twice"):
        searcher(source="a test")(random)


def test_names_and_files_agree() -> None:
    for name, one in load_all().items():
        assert one.function.__module__ == f"searchers.{name}"
        assert one.source
        assert one.summary.endswith((".", ":"))
