"""What a search run depends on: settings as the user gave them, defaults resolved."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from benchmarks.accuracy_names import AccuracyName, not_stored
from benchmarks.catalogue import benchmark
from benchmarks.costs import COUNTS, TRAINED, MetricName
from benchmarks.costs import not_stored as not_measured
from benchmarks.errors import BadInput
from benchmarks.printable import printable
from benchmarks.space import Benchmark
from harness.runs.stored import StoredPlan

if TYPE_CHECKING:
    from benchmarks.accuracy_names import AccuracyName, not_stored
    from benchmarks.images import Labels


@dataclass(frozen=True)
class SearchPlan(StoredPlan):
    """Settings of a search run; together with the code they fix every number in it.

    ``dataset``, ``split``, ``epochs`` and ``accuracy_seed`` name the accuracy that choices are
    judged by; those with ``signal_`` the one that searches see, whose seed is ``random``, ``mean``
    or a number. ``budget`` is seconds (``20000s``) or trainings (``200``). ``scores`` are run
    folders and CSV files. ``images``, ``batch`` and ``labels`` are of the minibatches that a
    one-shot network sees. ``objectives`` are to be small, the error first; without them it is the
    accuracy that is to be large. ``reference`` is a value of each beyond which nothing counts.
    """

    what: ClassVar = "a search run"
    made_by: ClassVar = "harness search"
    several: ClassVar = ("scores", "searcher_files", "objectives", "reference")

    benchmark: str
    truth: str
    dataset: str
    split: str
    epochs: int
    accuracy_seed: int | None
    signal_dataset: str
    signal_split: str
    signal_epochs: int
    signal_seed: str
    searchers: str
    proxies: str
    scores: tuple[str, ...]
    seeds: int
    budget: str
    rerank: int = 0
    searcher_files: tuple[str, ...] = ()
    images: str = ""
    batch: int = 64
    labels: Labels = "true"
    objectives: tuple[str, ...] = ()
    reference: tuple[float, ...] = ()

    @property
    def space(self) -> Benchmark:
        """The benchmark that the candidates belong to."""
        return benchmark(self.benchmark)

    @property
    def accuracy(self) -> AccuracyName:
        """The accuracy that choices are judged by."""
        return AccuracyName(self.dataset, self.split, self.epochs, self.accuracy_seed)

    @property
    def signal(self) -> str:
        """The accuracy that searches see, in words."""
        return f"{self.signal_dataset} / {self.signal_split} / {self.signal_epochs} epochs"

    @property
    def seconds(self) -> bool:
        """Whether the budget is in seconds."""
        return self.budget.endswith("s")

    @property
    def amount(self) -> float:
        """The budget as a number."""
        return float(self.budget.removesuffix("s"))

    @property
    def unit(self) -> str:
        """What the budget is counted in."""
        return "simulated seconds" if self.seconds else "trainings"

    @property
    def allowance(self) -> str:
        """The budget in words."""
        return f"{self.amount:,.0f} {self.unit}" if self.seconds else f"{self.amount:g} {self.unit}"


def check_lengths(
    plan: SearchPlan, lengths: Collection[int], known: Collection[AccuracyName]
) -> None:
    """Refuse a plan whose signal is no stored length of training, or no shorter than the longest.

    Args:
        plan: of the search.
        lengths: epochs whose signal is stored of every candidate, ascending.
        known: what is stored of some.

    Raises:
        BadInput: it is one.
    """
    seed = int(plan.signal_seed) if plan.signal_seed.isdecimal() else None
    signal = AccuracyName(plan.signal_dataset, plan.signal_split, plan.signal_epochs, seed)
    if signal not in known and not lengths:
        raise not_stored(signal, known)
    listed = ", ".join(map(str, lengths))
    if plan.signal_epochs not in lengths:
        raise BadInput(
            f"`--signal-epochs` should be a length of training that the table has of every "
            f"candidate for {plan.signal_dataset} / {plan.signal_split}: {listed or 'none'}. Found "
            f"{plan.signal_epochs}."
        )
    if plan.rerank and plan.signal_epochs == max(lengths):
        raise BadInput(
            f"`--rerank` should train longer than the signal's {plan.signal_epochs} epochs. The "
            f"table has {listed}: leave it out."
        )


def stored_costs(plan: SearchPlan) -> dict[str, MetricName]:
    """Return the costs that a plan's objectives are read from, by objective: of all not counted."""
    return {
        name: MetricName(name, plan.dataset, plan.epochs if name in TRAINED else None)
        for name in plan.objectives[1:]
        if name not in COUNTS
    }


def check_costs(plan: SearchPlan, known: Collection[MetricName]) -> None:
    """Refuse a plan whose objectives or budget need costs that are not stored.

    Raises:
        BadInput: they do.
    """
    for objective, name in stored_costs(plan).items():
        if not known:
            raise BadInput(
                f"`--objectives` should name costs that `{plan.truth}` has. It has none but "
                f"{' and '.join(COUNTS)}, which are counted. Found `{objective}`."
            )
        if name not in known:
            raise not_measured(name, known)
    paid = MetricName("train_seconds", plan.signal_dataset, plan.signal_epochs)
    if plan.seconds and paid not in known:
        raise no_seconds(plan)


def no_seconds(plan: SearchPlan) -> BadInput:
    """Return the refusal of a budget in seconds that nobody measured."""
    usual = plan.signal_epochs
    return BadInput(
        f"`--budget` should be a number of trainings, such as `200`: nobody measured the "
        f"seconds of {usual} epoch{'' if usual == 1 else 's'} on {plan.signal_dataset} in "
        f"{plan.benchmark}. Found `{plan.budget}`."
    )


LARGEST = 1e12
"""Budget: thirty thousand years, in seconds."""


def checked_budget(text: str) -> str:
    """Return a budget as it was written.

    Raises:
        BadInput: it is neither seconds nor a number of trainings.
    """
    written = re.fullmatch(r"\d+(\.\d+)?s|\d+", text)
    if not written or not 0 < float(text.removesuffix("s")) <= LARGEST:
        raise BadInput(
            "`--budget` should be simulated seconds such as `20000s`, or a number of trainings "
            f"such as `200`, at most {LARGEST:.0e}. Found `{printable(text)}`."
        )
    return text
