"""The rows that reports read."""

from __future__ import annotations

from typing import NamedTuple


class Correlation(NamedTuple):
    """One correlation between a proxy's score and one named accuracy.

    ``cells`` is ``all`` or ``classes`` (the first cell of each functional class). ``value`` is
    signed: positive means that the proxy ranks in its declared direction. ``n`` cells are ranked;
    ``undefined`` and ``failed`` count those without a score, left out of ``n`` unless the
    statistic's name says that they are ranked worst. ``family`` is ``zero-cost``, ``trivial``,
    ``few-step`` or ``combination``. ``combines`` names the proxies, joined by
    ``+``, whose ranks over these cells the score is made of; empty for a score of single networks.
    """

    proxy: str
    dataset: str
    split: str
    epochs: int
    accuracy_seed: str
    cells: str
    statistic: str
    value: float
    n: int
    undefined: int
    failed: int
    family: str
    combines: str = ""
