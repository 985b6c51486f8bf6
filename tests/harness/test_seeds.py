"""The seed's share of a score's variance."""

from __future__ import annotations

import numpy as np
import pytest

from harness.judging.seeds import share_of_seed


@pytest.mark.parametrize("noise", [0.0, 0.5, 1.0, 100.0])
def test_share_is_that_of_the_noise(noise: float) -> None:
    """Of ranks: two seeds of a bivariate normal of correlation r have Spearman's rho of it."""
    draw = np.random.default_rng(0)
    truth = draw.normal(size=(3000, 1))
    r = 1 / (1 + noise**2)
    found = share_of_seed(truth + noise * draw.normal(size=(3000, 4)))
    assert found == pytest.approx(1 - 6 / np.pi * np.arcsin(r / 2), abs=0.02)


def test_what_draws_nothing_has_no_share() -> None:
    assert share_of_seed(np.ones((5, 3))) == 0
    assert share_of_seed(np.arange(5.0)[:, None].repeat(3, axis=1)) == 0
