"""Searchers: generators that ask to train or to score candidates, one idea a file."""

from searchers.questions import (
    Answer,
    Candidate,
    Count,
    Note,
    Observation,
    Question,
    Relax,
    Score,
    Search,
    Slope,
    Train,
)
from searchers.registry import (
    Chosen,
    Searcher,
    UnknownSearcher,
    choose,
    load_all,
    searcher,
)
from searchers.space import Space

__all__ = [
    "Answer",
    "Candidate",
    "Chosen",
    "Count",
    "Note",
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
