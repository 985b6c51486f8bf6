"""The space as a searcher sees it."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest

from searchers import Space

WHOLE = Space((3, 2, 4))
SOME = Space((3, 2, 4), candidates=[(0, 0, 0), (0, 0, 1), (2, 1, 3), (1, 1, 1)])


def test_all_combinations_are_candidates() -> None:
    assert len(WHOLE) == 24
    assert WHOLE.candidates() == list(product(range(3), range(2), range(4)))
    assert (2, 1, 3) in WHOLE
    assert (3, 0, 0) not in WHOLE
    assert (0, 0) not in WHOLE
    assert "x" not in WHOLE


def test_candidates_are_drawn_alike() -> None:
    rng = np.random.default_rng(0)
    for space in (WHOLE, SOME):
        drawn = Counter(space.random(rng) for _ in range(200 * len(space)))
        assert set(drawn) == set(space.candidates())
        assert max(abs(n - 200) for n in drawn.values()) < 5 * 200**0.5


def test_a_mutation_is_an_axis_then_another_choice() -> None:
    rng = np.random.default_rng(0)
    drawn = Counter(WHOLE.mutate((0, 1, 2), rng) for _ in range(6000))
    assert set(drawn) == set(WHOLE.neighbours((0, 1, 2)))
    for child, n in drawn.items():
        (axis,) = [i for i in range(3) if child[i] != (0, 1, 2)[i]]
        expected = 6000 / 3 / (WHOLE.sizes[axis] - 1)
        assert abs(n - expected) < 5 * expected**0.5


def test_a_group_may_be_drawn_before_its_axes() -> None:
    rng = np.random.default_rng(0)
    space = Space((2, 2, 2), groups=["node 1", "node 2", "node 2"])
    drawn = Counter(space.mutate((0, 0, 0), rng, by_group=True) for _ in range(4000))
    for child, share in {(1, 0, 0): 0.5, (0, 1, 0): 0.25, (0, 0, 1): 0.25}.items():
        assert abs(drawn[child] / 4000 - share) < 0.04


def test_an_axis_of_one_choice_is_never_drawn() -> None:
    space = Space((1, 3))
    rng = np.random.default_rng(0)
    assert {space.mutate((0, 0), rng) for _ in range(50)} == {(0, 1), (0, 2)}


def test_neighbours_differ_in_one_choice() -> None:
    near = WHOLE.neighbours((1, 0, 3))
    assert len(near) == len(set(near)) == 2 + 1 + 3
    assert all(sum(a != b for a, b in zip(one, (1, 0, 3), strict=True)) == 1 for one in near)


def test_where_some_are_none_the_nearest_stand_for_them() -> None:
    rng = np.random.default_rng(0)
    assert SOME.neighbours((0, 0, 0)) == [(0, 0, 1)]
    assert sorted(SOME.neighbours((2, 1, 3))) == [(1, 1, 1)]
    assert SOME.nearest((2, 1, 2), rng) == (2, 1, 3)
    assert SOME.nearest((1, 1, 1), rng) == (1, 1, 1)
    assert {SOME.nearest((0, 0, 3), rng) for _ in range(50)} == {(0, 0, 0), (0, 0, 1)}
    assert {SOME.mutate((0, 0, 1), rng) for _ in range(9)} == {(0, 0, 0)}
    assert (0, 1, 0) not in SOME


@pytest.mark.parametrize("space", [WHOLE, SOME])
def test_a_child_has_its_choices_from_its_parents(space: Space) -> None:
    rng = np.random.default_rng(0)
    first, second = (0, 0, 0), (2, 1, 3)
    children = {space.crossover(first, second, rng) for _ in range(200)}
    assert all(child in space for child in children)
    if space is WHOLE:
        assert children == set(product((0, 2), (0, 1), (0, 3)))
