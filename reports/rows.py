"""The rows that reports read."""

from __future__ import annotations

from typing import NamedTuple


class Correlation(NamedTuple):
    """How well a proxy's scores rank one named accuracy, by one statistic, over one set of cells.

    ``scored_on`` names the dataset and inputs of the scores, ``dataset`` to ``accuracy_seed`` the
    accuracy. ``cells`` is ``all``, ``classes`` (the first cell of each functional class) or ``top``
    (the best tenth by accuracy). ``statistic`` is ``kendall``, ``spearman`` or ``weighted_tau``;
    ``precision`` (of the best tenth) or ``regret`` (points, the best of ``k`` favourites), beside
    ``chance``, which as many random cells are expected to reach; ``spearman_given_X`` with the
    trivial row X held constant; ``kendall_without_noise`` and ``spearman_without_noise`` with the
    accuracy that training without noise would reach. Cells without a score rank below all
    others, and are counted in ``undefined`` and ``failed``; the suffix ``_left_out`` says that they
    are left out, of ``n`` too. ``value`` is signed: positive means that the proxy ranks in its
    declared direction.

    ``low`` and ``high`` are the ends of a 95 % interval, over draws of the run's design.
    ``place_low`` and ``place_high`` are those of the place among all proxies, 1 the best, 0 if
    unknown, and hold for all at once; ``behind`` is the leader's value less this one, with its
    interval; ``p_best`` is the p-value of being the best: those of .05 and more are a 95 % set that
    holds the best. ``needs`` is how many cells an interval of .02 on either side needs, 0 if
    unknown. NaN where a statistic has none.

    ``family`` is ``zero-cost``, ``trivial``, ``few-step``, ``one-shot``, ``combination`` or
    ``elsewhere`` (scores read from a file). ``combines`` names the proxies, joined by ``+``, whose
    ranks over these cells the score is made of; empty for a score of single networks.
    """

    proxy: str
    scored_on: str
    dataset: str
    split: str
    epochs: int
    accuracy_seed: str
    cells: str
    statistic: str
    value: float
    low: float
    high: float
    n: int
    undefined: int
    failed: int
    family: str
    combines: str = ""
    place_low: int = 0
    place_high: int = 0
    behind: float = float("nan")
    behind_low: float = float("nan")
    behind_high: float = float("nan")
    p_best: float = float("nan")
    k: int = 0
    chance: float = float("nan")
    needs: int = 0


class Difference(NamedTuple):
    """The first proxy's statistic less the second's, with its interval.

    Each is over the cells that it scores; what they share is paired.
    ``p`` is two-sided; ``p_holm`` is adjusted for all pairs of the table.
    """

    first: str
    second: str
    scored_on: str
    dataset: str
    cells: str
    statistic: str
    difference: float
    low: float
    high: float
    p: float
    p_holm: float


class Ceiling(NamedTuple):
    """What the true accuracy itself would reach, given how far two trainings of a cell differ.

    ``agreement`` is the correlation of two trainings, from ``n`` cells; ``source`` says whether
    they are training seeds or isomorphic cells; ``error`` is the standard error of ``value``;
    ``cells`` says among which, as in :class:`Correlation`.
    """

    dataset: str
    statistic: str
    value: float
    agreement: float
    n: int
    source: str
    error: float = 0.0
    cells: str = "all"


class Axis(NamedTuple):
    """One choice that a candidate consists of; edges among nodes are named as ``source-target``."""

    name: str
    choices: tuple[str, ...]


class Cost(NamedTuple):
    """Mean seconds a network of the passes that a proxy needs and its formula.

    ``units`` are those of the same networks, beside one forward and backward of theirs in the same
    run; NaN where no such was measured.
    """

    proxy: str
    scored_on: str
    seconds: float
    n: int
    units: float = float("nan")


class SeedShare(NamedTuple):
    """Share of the variance of a proxy's ranks that is initialisation, over ``seeds`` seeds."""

    proxy: str
    scored_on: str
    share: float
    seeds: int


class SearchStatistic(NamedTuple):
    """What the choices of a searcher's runs are worth, by one statistic on one dataset.

    ``statistic`` is ``accuracy`` (percent, the mean over runs), ``deviation``, ``median``, ``q25``
    or ``q75`` of it; ``regret`` (points behind the space's best) and ``regret_to_signal`` (behind
    the best by the signal); ``against_random`` (paired, the difference of means); ``best_1`` and
    ``best_0.1`` (share of the runs whose choice is among so many percent); ``reached_R`` (share
    whose best by the signal so far was ever no more than R points behind the best) and
    ``spent_to_R`` (the median of what that took, infinite where fewer than half did);
    ``trainings``, ``distinct``, ``scored`` and ``spent``, means over runs. Of several objectives
    those that :class:`reports.fronts.Fronts` names.

    ``low`` and ``high`` are the ends of a 95 % interval over seeds. ``place_low`` to ``p_best``
    mean what they mean in :class:`Correlation`; ``p`` is two-sided, ``p_holm`` adjusted for all
    searchers. ``n`` runs ended, ``failed`` did not.
    """

    searcher: str
    family: str
    dataset: str
    statistic: str
    value: float
    low: float = float("nan")
    high: float = float("nan")
    n: int = 0
    failed: int = 0
    place_low: int = 0
    place_high: int = 0
    behind: float = float("nan")
    p_best: float = float("nan")
    p: float = float("nan")
    p_holm: float = float("nan")


class RegretPoint(NamedTuple):
    """Regret of a searcher's runs once so much was spent, points behind the space's best.

    ``low`` and ``high`` are of the mean, ``median_low`` and ``median_high`` of the median, 95 %
    over seeds. All are missing where some run has no choice yet.
    """

    searcher: str
    spent: float
    mean: float
    low: float
    high: float
    q25: float
    median: float
    q75: float
    median_low: float
    median_high: float


class SupernetCorrelation(NamedTuple):
    """How well one supernet ranks its children: the mean over ``supernets`` of each one's value.

    Unlike in :class:`Correlation`, scores are not averaged over supernets before they are ranked.
    ``cells`` is ``all`` or ``top``, ``n`` children; ``low`` and ``high`` are the ends of a 95 %
    interval over children and supernets, ``supernets_low`` and ``supernets_high`` over supernets
    alone, for these children. ``seconds`` are of one supernet: its training and the scoring of all
    its children. A score of single networks, which stands beside them, has 0 supernets.
    """

    predictor: str
    cells: str
    statistic: str
    value: float
    low: float
    high: float
    supernets_low: float
    supernets_high: float
    n: int
    supernets: int
    seconds: float


class SupernetDifference(NamedTuple):
    """The first predictor's value less the second's, paired over children and over seeds.

    Ends are those of :class:`SupernetCorrelation`; ``p`` is two-sided, over children and supernets,
    ``supernets_p`` over supernets alone.
    """

    first: str
    second: str
    cells: str
    statistic: str
    difference: float
    low: float
    high: float
    p: float
    supernets_low: float
    supernets_high: float
    supernets_p: float
    supernets: int
