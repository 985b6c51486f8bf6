"""Searchers: generators that ask to train or to score candidates, one idea a file."""

from searchers.questions import Candidate, Count, Observation, Question, Score, Search, Train
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
    "Candidate",
    "Chosen",
    "Count",
    "Observation",
    "Question",
    "Score",
    "Search",
    "Searcher",
    "Space",
    "Train",
    "UnknownSearcher",
    "choose",
    "load_all",
    "searcher",
]
