"""Ranks, crowding and hypervolume beside moocore and literal twins."""

from __future__ import annotations

import numpy as np
import pytest

from searchers.fronts import (
    contributions,
    crowding,
    dominance,
    hypervolume,
    nondominated,
    ordered,
    ranks,
    scaled,
)

moocore = pytest.importorskip("moocore")


def clouds(objectives: int) -> list[np.ndarray]:
    """Return random points, some of them tied or equal."""
    draw = np.random.default_rng(objectives)
    several = [draw.uniform(size=(n, objectives)) for n in (1, 2, 7, 40)]
    return [*several, draw.integers(0, 5, size=(30, objectives)).astype(float)]


@pytest.mark.parametrize("objectives", [2, 3, 4])
def test_fronts_are_moocores(objectives: int) -> None:
    for points in clouds(objectives):
        np.testing.assert_array_equal(ranks(points), moocore.pareto_rank(points))
        alone = ~dominance(points).any(0)
        np.testing.assert_array_equal(alone, moocore.is_nondominated(points, keep_weakly=True))


@pytest.mark.parametrize("reference", [1.0, 0.6, 5.0])
def test_a_hypervolume_of_two_objectives_is_moocores(reference: float) -> None:
    for points in clouds(2):
        r = [reference, 0.9 * reference]
        assert hypervolume(points, r) == pytest.approx(moocore.hypervolume(points, ref=r))
    assert hypervolume(np.empty((0, 2)), [1, 1]) == 0
    assert hypervolume([[0.5, 0.5]], [0.5, 1]) == 0


def test_a_hypervolume_is_the_share_of_a_grid_that_is_dominated() -> None:
    for points in clouds(3)[:4]:
        side = (np.arange(40) + 0.5) / 40
        grid = np.stack(np.meshgrid(side, side, side), -1).reshape(-1, 3)
        covered = (points[:, None] <= grid).all(2).any(0).mean()
        assert hypervolume(points, [1, 1, 1]) == pytest.approx(covered, abs=0.04)


@pytest.mark.parametrize("objectives", [2, 3])
def test_a_contribution_is_what_nobody_else_covers(objectives: int) -> None:
    for points in clouds(objectives):
        front = points[nondominated(points)]  # equal points, which add nothing, among them
        found = contributions(front, np.full(objectives, 6.0))
        twin = moocore.hv_contributions(front, ref=[6.0] * objectives)
        np.testing.assert_allclose(found, twin, atol=1e-9)


def test_crowding_is_half_the_perimeter_of_the_box_between_neighbours() -> None:
    points = np.array([[0.0, 10.0], [1.0, 6.0], [4.0, 5.0], [10.0, 0.0]])
    wanted = [np.inf, 4 / 10 + 5 / 10, 9 / 10 + 6 / 10, np.inf]
    np.testing.assert_allclose(crowding(points), wanted)
    assert np.isinf(crowding(points[:1])).all()


def test_the_order_is_by_front_then_by_crowding() -> None:
    points = np.array([[4.0, 5.0], [0.0, 10.0], [1.0, 6.0], [10.0, 0.0], [9.0, 9.0], [5.0, 5.5]])
    assert set(ordered(points)[:2].tolist()) == {1, 3}
    assert ordered(points)[2:4].tolist() == [0, 2]
    assert ordered(points)[4:].tolist() == [5, 4]


def test_scaled_points_fill_the_unit_box() -> None:
    points = scaled([[3.0, 7.0], [5.0, 7.0], [4.0, 7.0]])
    np.testing.assert_allclose(points, [[0, 0], [1, 0], [0.5, 0]])
