"""What a searcher may ask, and what it is told."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple

Candidate = tuple[int, ...]
"""The places of its choices, one an axis of the space."""


class Train(NamedTuple):
    """Train a candidate for so many epochs and tell its validation accuracy, in percent.

    Zero epochs stand for those of the signal, the ones that the search is meant to train for. It
    costs the training and one validation, a repeated one again.
    """

    candidate: Candidate
    epochs: int = 0


class Score(NamedTuple):
    """Tell a candidate's score by a proxy, turned so that larger is better.

    It costs the seconds that the score was measured to take. Where it is undefined, it is minus
    infinity: it ranks worst.
    """

    candidate: Candidate
    proxy: str


class Count(NamedTuple):
    """Tell what is known without training: ``params``, ``flops``, a cost that is asked for. Free.

    Of the space's objectives, those that are ``known`` may be counted.
    """

    candidate: Candidate
    metric: str


class Relax(NamedTuple):
    """Tell the trace of the network of all candidates at once, and its slope. Free.

    ``weights`` are a row an axis, one a choice; ``minibatch`` and ``seed`` number the images and
    the initial parameters.
    """

    weights: tuple[tuple[float, ...], ...]
    minibatch: int
    seed: int


class Note(NamedTuple):
    """Keep a number about the search beside its result. Free; the answer is the number."""

    name: str
    value: float


class Objective(NamedTuple):
    """What a search of several objectives makes small; ``known`` is what :class:`Count` tells."""

    name: str
    known: bool


ERROR = "error"
"""The objective that is what the accuracy lacks to its largest value."""


Question = Train | Score | Count | Relax | Note


class Observation(NamedTuple):
    """The answer to a question; ``epochs`` are those of a training.

    ``objectives`` are what a training told of each of the space's objectives, smaller better.
    """

    candidate: Candidate
    value: float
    epochs: int = 0
    objectives: tuple[float, ...] = ()


class Slope(NamedTuple):
    """The answer to :class:`Relax`: the trace, and its derivative by each weight."""

    value: float
    gradient: tuple[tuple[float, ...], ...]


Answer = Observation | Slope


Search = Generator[Question, Any, Candidate | None]
"""Asks by ``yield``, is sent the :data:`Answer`, and is stopped once the budget is spent.

What ends by itself may return the candidate that it chooses. Of a search that does not, the choice
is the best by accuracy of those that it trained longest.
"""
