"""Searchers: generators that ask to train or to score candidates, one idea a file."""

from searchers.questions import (
    ERROR,
    Answer,
    Candidate,
    Count,
    Note,
    Objective,
    Observation,
    Question,
    Relax,
    Score,
    Search,
    Slope,
    Train,
)
from searchers.registry import (
    ConfiguredSearcher,
    Searcher,
    UnknownSearcher,
    choose,
    load_all,
    searcher,
)
from searchers.space import Space

__all__ = [
    "ERROR",
    "Answer",
    "Candidate",
    "ConfiguredSearcher",
    "Count",
    "Note",
    "Objective",
    "Observation",
    "Question",
    "Relax",
    "Score",
    "Search",
    "Searcher",
    "Slope",
    "Space",
    "Train",
    "UnknownSearcher",
    "choose",
    "load_all",
    "searcher",
]
