"""The names of stored accuracies, and what is said where there is none of a name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from benchmarks.errors import BadInput, suggestion


@dataclass(frozen=True)
class AccuracyName:
    """Which accuracy is meant: every part is required, for each changes the ranking.

    ``seed`` is a training seed, or ``None`` for the mean over all of them.
    """

    dataset: str
    split: str
    epochs: int
    seed: int | None

    def __str__(self) -> str:
        trial = "mean over seeds" if self.seed is None else f"seed {self.seed}"
        return f"{self.training} / {trial}"

    @property
    def training(self) -> str:
        """All but the seed, in words."""
        return f"{self.dataset} / {self.split} / {self.epochs} epochs"


def not_stored(name: AccuracyName, known: Collection[AccuracyName]) -> BadInput:
    """Return the refusal of an accuracy that is not among those which are stored."""
    near = ""
    for wanted, parts in (
        (name.dataset, {there.dataset for there in known}),
        (name.split, {there.split for there in known}),
    ):
        if wanted not in parts:
            near = near or suggestion(wanted, parts)
    others = sorted({there.dataset for there in known} - {name.dataset})
    here = [there for there in known if there.dataset == name.dataset]
    if here:
        near += f" Other datasets there: {', '.join(others) or 'none'}."
    return BadInput(f"The table has no accuracy {name}. It has: {_listed(here or known)}.{near}")


def _listed(names: Iterable[AccuracyName]) -> str:
    """Return names in words, a training with its seeds."""
    in_order = sorted(names, key=lambda name: (name.dataset, name.split, name.epochs))
    return "; ".join(
        f"{training} / {_seeds(name.seed for name in trained)}"
        for training, trained in groupby(in_order, lambda name: name.training)
    )


def _seeds(seeds: Iterable[int | None]) -> str:
    numbers = sorted(seed for seed in seeds if seed is not None)
    return ", ".join(["mean", *(f"seed {seed}" for seed in numbers)])
