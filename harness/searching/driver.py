"""One search on a table: each question answered, charged, and the search stopped at its budget."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from harness.searching.search_run import SearchRun, Trial
from harness.searching.shortlist import Shortlist
from harness.searching.watching import SearchStalled, awaited
from searchers import (
    Answer,
    Candidate,
    ConfiguredSearcher,
    Count,
    Note,
    Observation,
    Question,
    Relax,
    Score,
    Search,
    Train,
)

if TYPE_CHECKING:
    from harness.searching.problem import Problem

UNCHARGED = 1_000_000
"""Questions in a row that cost nothing before a search is taken never to end."""


class Terms(NamedTuple):
    """When a search is stopped, and how many of its best are trained longest within the budget."""

    budget: float
    rerank: int = 0


class BadQuestion(ValueError):
    """What a search asked for cannot be answered; the message says why."""


def runs(
    problem: Problem, chosen: ConfiguredSearcher, seeds: Sequence[int], terms: Terms
) -> Iterator[SearchRun]:
    """Yield the search from each seed.

    A search that drew nothing at random is the same from every seed, and is run once.
    """
    same: SearchRun | None = None
    for seed in seeds:
        if same is None:
            ongoing = OngoingSearch(problem, terms, seed)
            run = ongoing(chosen)
            yield run
            if not ongoing.drew and run.status == "ok":
                same = run
        else:
            yield same._replace(seed=seed)


class OngoingSearch:
    """One search from one seed, and what it has asked so far."""

    def __init__(self, problem: Problem, terms: Terms, seed: int) -> None:
        self.problem, self.terms, self.seed = problem, terms, seed
        self.rng = np.random.default_rng(seed)
        self.trainings = np.random.default_rng([seed, 1])  # which stored one answers
        self.states = [self.rng.bit_generator.state, self.trainings.bit_generator.state]
        self.spent = 0.0
        self.asked = self.uncharged = self.scored = 0
        self.trials: list[Trial] = []
        self.rows: list[int] = []
        self.notes: dict[str, float] = {}

    @property
    def drew(self) -> bool:
        """Whether anything was drawn at random."""
        return self.states != [self.rng.bit_generator.state, self.trainings.bit_generator.state]

    def final_row(self, chosen: ConfiguredSearcher) -> int:
        """Return the row that a search ends with."""
        return self.choice(self.to_the_end(chosen.begin(self.problem.space, self.rng)))

    def __call__(self, chosen: ConfiguredSearcher) -> SearchRun:
        """Run the search to its end or its budget."""
        row, reason = -1, ""
        try:
            row = awaited(lambda: self.final_row(chosen), lambda: self.asked)
        except (BadQuestion, SearchStalled) as error:
            reason = str(error)
        except Exception as error:  # someone else's code
            reason = f"it raises {type(error).__name__}: {error}".partition("\n")[0]
        told = [trial.signal for trial, r in zip(self.trials, self.rows, strict=True) if r == row]
        return SearchRun(
            chosen.row,
            self.seed,
            "failed" if reason else "ok",
            reason,
            -1 if reason else self.problem.index[row],
            told[-1] if told else math.nan,
            self.spent,
            len(self.trials),
            self.scored,
            len({self.problem.classes[trained] for trained in self.rows}),
            json.dumps(self.notes),
            tuple(self.trials),
        )

    def to_the_end(self, search: Search) -> Candidate | None:
        """Answer until the budget is spent or the search ends; return what it returns."""
        shortlist = Shortlist(self.problem, self.terms.rerank)
        try:
            question = next(search)
            while self.spent + shortlist.cost < self.terms.budget:
                answer = self.answer(question)
                if self.terms.rerank and isinstance(question, Train):
                    shortlist.add(self.rows[-1], answer.value)
                question = search.send(answer)
        except StopIteration as end:
            if end.value is not None or self.trials:
                return self.told(end.value)
            raise BadQuestion("it ended without training or choosing anything") from None
        else:
            search.close()
        for row in shortlist.rows:
            self.train(row, shortlist.epochs)
        return None

    def told(self, returned: Any) -> Candidate | None:
        """Return the candidate that a search chose; None where it returned none."""
        if returned is None or returned in self.problem.rows:
            return returned  # type: ignore[no-any-return]
        raise BadQuestion(f"it chose `{returned}`, which is no candidate of the space")

    def choice(self, returned: Candidate | None) -> int:
        """Return the row of what was chosen: the first of the best among the longest trained."""
        if returned is not None:
            return self.problem.rows[returned]
        if not self.trials:
            raise BadQuestion("the budget was spent before it had trained or chosen anything")
        longest = max(trial.epochs for trial in self.trials)
        best = max(
            (trial for trial in self.trials if trial.epochs == longest),
            key=lambda trial: trial.signal,
        )
        return self.rows[best.step]

    def answer(self, question: Question) -> Answer:
        """Answer a question and charge it.

        Raises:
            BadQuestion: it cannot be answered.
            SearchStalled: too many have cost nothing.
        """
        self.asked += 1
        problem = self.problem
        if isinstance(question, Train):
            epochs = question.epochs or problem.usual
            if epochs not in problem.signal:
                listed = ", ".join(map(str, sorted(problem.signal)))
                raise BadQuestion(f"it asks to train for {epochs} epochs; the table has {listed}")
            told = self.train(row := self.row(question.candidate), epochs)
            return Observation(question.candidate, told, epochs, problem.objectives(row, told))
        self.uncharged += 1
        if self.uncharged > UNCHARGED:
            raise SearchStalled(f"it asks {UNCHARGED:,} questions in a row that cost nothing")
        if isinstance(question, Score):
            return self.score(question)
        if isinstance(question, Count):
            if question.metric not in problem.counts:
                listed = ", ".join(problem.counts)
                raise BadQuestion(f"it asks to count `{question.metric}`; there are {listed}")
            row = self.row(question.candidate)
            return Observation(question.candidate, problem.counts[question.metric][row])
        if isinstance(question, Relax):
            if problem.oneshot is None:
                raise BadQuestion(
                    "it asks for the one-shot network, and there are no images for it"
                )
            return problem.oneshot(question)
        if isinstance(question, Note):
            self.notes[question.name] = float(question.value)
            return Observation((), question.value)
        raise BadQuestion(f"it asks `{question!r}`, which is no question")

    def row(self, candidate: Candidate) -> int:
        """Return the row of a candidate."""
        try:
            return self.problem.rows[candidate]
        except (KeyError, TypeError):
            raise BadQuestion(
                f"it asks for `{candidate}`, which is no candidate of the space"
            ) from None

    def score(self, question: Score) -> Observation:
        """Charge a score and return it."""
        problem = self.problem
        if question.proxy not in problem.scores:
            listed = ", ".join(problem.scores) or "none"
            raise BadQuestion(f"it asks for the score `{question.proxy}`; there are {listed}")
        self.scored += 1
        if seconds := problem.seconds[question.proxy]:
            self.spent += seconds
            self.uncharged = 0
        row = self.row(question.candidate)
        return Observation(question.candidate, problem.scores[question.proxy][row])

    def train(self, row: int, epochs: int) -> float:
        """Charge a training and return its accuracy."""
        problem = self.problem
        stored = problem.signal[epochs][row]
        value = stored[0] if len(stored) == 1 else stored[self.trainings.integers(len(stored))]
        self.spent += problem.cost[epochs][row]
        self.uncharged = 0
        self.trials.append(Trial(len(self.trials), problem.index[row], epochs, self.spent, value))
        self.rows.append(row)
        return value
