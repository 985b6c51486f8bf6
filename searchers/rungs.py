"""Rungs of successive halving on the lengths of training that a table has."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from collections.abc import Generator as Asking

from searchers.questions import Candidate, Observation, Question, Train


def ladder(epochs: Sequence[int], eta: int, longest: int = 0) -> list[int]:
    """Return the longest training and below it, each time, the longest that is ``eta`` shorter.

    None of them is longer than ``longest``, where that is given and there are shorter ones.
    """
    rungs = [max([length for length in epochs if length <= longest] or epochs)]
    while below := [length for length in epochs if length * eta <= rungs[-1]]:
        rungs.append(max(below))
    return rungs[::-1]


def brackets(rungs: Sequence[int]) -> list[list[tuple[int, int]]]:
    r"""Return Hyperband's brackets, the most explorative first: (candidates, epochs) of each rung.

    With rungs :math:`r_0 < \dots < r_k` the bracket from :math:`r_i` on starts with
    :math:`n = \lceil (k + 1) / (k - i + 1) \cdot r_k / r_i \rceil` candidates, and
    :math:`\lfloor n\, r_i / r_j \rfloor` of them reach :math:`r_j`: every rung costs about the
    same. On rungs that are powers of one :math:`\eta` this is the published algorithm.
    """
    last, plan = len(rungs) - 1, []
    for i, least in enumerate(rungs):
        n = math.ceil((last + 1) * rungs[-1] / ((last - i + 1) * least))
        plan.append([(max(n * least // length, 1), length) for length in rungs[i:]])
    return plan


def by_value(rung: Sequence[Observation]) -> list[Observation]:
    """Return trainings, the largest value first."""
    return sorted(rung, key=lambda training: -training.value)


def halving(
    bracket: Sequence[tuple[int, int]],
    draw: Callable[[], Candidate],
    seen: dict[int, list[Observation]],
    best_first: Callable[[Sequence[Observation]], list[Observation]] = by_value,
) -> Asking[Question, Observation, None]:
    """Train candidates, drawn one by one, and the best of each rung on the next.

    Every answer is added to ``seen``, by epochs, before the next candidate is drawn.
    """
    kept: list[Candidate] = []
    for n, epochs in bracket:
        rung: list[Observation] = []
        for i in range(n):
            rung.append((yield Train(kept[i] if kept else draw(), epochs)))
            seen.setdefault(epochs, []).append(rung[-1])
        kept = [training.candidate for training in best_first(rung)]
