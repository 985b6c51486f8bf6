"""NASI's rule in its limit: no sampling, no relaxation."""

from __future__ import annotations

from numpy.random import Generator

from searchers.marginals import best_choices, marginal_means, penalised
from searchers.questions import Score, Search
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="the limit of Shu et al., NASI, ICLR 2022, arXiv:2109.00817, derived here",
    family="proxy",
)
def nasi_exact(
    space: Space, rng: Generator, proxy: str, mu: float = 0.0, nu: float = 0.0
) -> Search:
    r"""Choose on each axis what has the largest mean score over all candidates that carry it.

    NASI ascends :math:`\mathbb{E}\, R(A)` from :math:`\alpha = 0`, where every choice has
    :math:`p_o = 1/k`. There :math:`\partial \mathbb{E} R / \partial \alpha_{e,o} = p_o
    (\mathbb{E}[R \mid o \text{ on } e] - \mathbb{E} R)`, so that its argmax is that of the marginal
    means. R is the score, less ``mu`` times what it exceeds ``nu`` by. Undefined scores are left
    out.
    """
    candidates = space.candidates()
    values = []
    for candidate in candidates:
        values.append(penalised((yield Score(candidate, proxy)).value, mu, nu))
    return space.nearest(best_choices(marginal_means(candidates, values, space.sizes)), rng)
