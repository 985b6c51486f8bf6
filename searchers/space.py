"""The space as a searcher sees it: axes and candidates, no accuracy and no clock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.random import Generator

from searchers.questions import Candidate, Objective


class Space:
    """Candidates that are one choice on each of several axes.

    Attributes:
        sizes: how many choices each axis has.
        epochs: lengths of training that there are, ascending.
        groups: of each axis; axes of one belong together, as the edges that lead to one node.
        objectives: that are to be small, several or none; without them it is the accuracy that
            is to be large.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        epochs: Sequence[int] = (),
        candidates: Sequence[Candidate] | None = None,
        groups: Sequence[str] = (),
        objectives: Sequence[Objective] = (),
    ) -> None:
        """Describe a space.

        Args:
            sizes: of the axes.
            epochs: lengths of training that there are.
            candidates: those that there are, where some combinations of choices are none.
            groups: of the axes; without them all are of one.
            objectives: that are to be small.
        """
        self.sizes = tuple(sizes)
        self.epochs = tuple(sorted(epochs))
        self.objectives = tuple(objectives)
        self._array = np.array(self.sizes)
        self.groups = tuple(groups) or ("",) * len(self.sizes)
        self._free = [axis for axis, size in enumerate(self.sizes) if size > 1]
        whole = candidates is None or len(candidates) == math.prod(self.sizes)
        self._some = None if whole else list(candidates or ())
        self._set = frozenset(self._some or ())
        self._places = np.array(self._some or np.empty((0, len(self.sizes))))

    def __len__(self) -> int:
        return math.prod(self.sizes) if self._some is None else len(self._some)

    def __contains__(self, candidate: object) -> bool:
        if self._some is not None:
            return candidate in self._set
        return (
            isinstance(candidate, tuple)
            and len(candidate) == len(self.sizes)
            and all(
                isinstance(place, int) and 0 <= place < size
                for place, size in zip(candidate, self.sizes, strict=True)
            )
        )

    def candidates(self) -> list[Candidate]:
        """Return every candidate, in a fixed order."""
        return self._some or list(product(*map(range, self.sizes)))

    def random(self, rng: Generator) -> Candidate:
        """Draw a candidate, all alike."""
        if self._some is not None:
            return self._some[rng.integers(len(self._some))]
        return tuple(rng.integers(self._array).tolist())

    def mutate(self, candidate: Candidate, rng: Generator, *, by_group: bool = False) -> Candidate:
        """Change one choice: an axis drawn uniformly, then another choice of it.

        With ``by_group`` a group of axes is drawn first, then one of its axes. Where some
        combinations are no candidates, one of the :meth:`neighbours` is drawn.
        """
        if self._some is not None:
            near = self.neighbours(candidate)
            return near[rng.integers(len(near))]
        axes = self._free
        if by_group:
            groups = list(dict.fromkeys(self.groups[axis] for axis in axes))
            drawn = groups[rng.integers(len(groups))]
            axes = [axis for axis in axes if self.groups[axis] == drawn]
        axis = axes[rng.integers(len(axes))]
        size = self.sizes[axis]
        place = (candidate[axis] + int(rng.integers(1, size))) % size
        return (*candidate[:axis], place, *candidate[axis + 1 :])

    def crossover(self, first: Candidate, second: Candidate, rng: Generator) -> Candidate:
        """Take each choice from either parent, by a fair coin."""
        coins = rng.random(len(first)) < 0.5
        child = tuple(a if coin else b for a, b, coin in zip(first, second, coins, strict=True))
        return self.nearest(child, rng)

    def neighbours(self, candidate: Candidate) -> list[Candidate]:
        """Return the candidates that differ in one choice.

        Where some combinations are no candidates, those that differ in the fewest.
        """
        if self._some is not None:
            distances = self._distances(candidate)
            distances[distances == 0] = len(self.sizes) + 1
            return [self._some[i] for i in np.flatnonzero(distances == distances.min())]
        return [
            (*candidate[:axis], place, *candidate[axis + 1 :])
            for axis, size in enumerate(self.sizes)
            for place in range(size)
            if place != candidate[axis]
        ]

    def nearest(self, places: Sequence[int], rng: Generator) -> Candidate:
        """Return the candidate that differs from these choices in the fewest, one drawn of many."""
        wanted = tuple(places)
        if self._some is None or wanted in self._set:
            return wanted
        distances = self._distances(wanted)
        near = np.flatnonzero(distances == distances.min())
        chosen: Candidate = self._some[near[rng.integers(len(near))]]
        return chosen

    def _distances(self, places: Sequence[int]) -> np.ndarray:
        distances: np.ndarray = (self._places != np.array(places)).sum(1)
        return distances
