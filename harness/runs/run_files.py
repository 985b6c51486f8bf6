"""What the files of a run folder are called."""

from __future__ import annotations

from enum import StrEnum


class RunFile(StrEnum):
    """A file or folder in a run folder, by what it holds.

    Of a run: settings and provenance, the store of scores while they are made, one row a cell,
    proxy and seed, what proxies of one's own say of themselves, mean seconds. Of a report: rows of
    every statistic, tables, the page, and what it was made of, so that it is not made again for
    nothing. Of the gate, its summary. What a finished run leaves, a digest of its options and a
    mark of every file, lets it answer at once. Of searches and of interference, the same. Folders
    come last: of figures, with what they show, of supernets while they train, and of what was
    measured of them.
    """

    PLAN = "plan.json"
    STORE = "scores.sqlite"
    SCORES = "scores.parquet"
    DESCRIBED = "proxies.json"
    COSTS = "costs.csv"
    UNCHANGED = "unchanged.json"

    COMBINATIONS = "combinations.parquet"
    CORRELATIONS = "correlations.csv"
    DIFFERENCES = "differences.csv"
    CEILINGS = "ceilings.csv"
    SUPERNETS = "supernets.csv"
    SUPERNET_DIFFERENCES = "supernet_differences.csv"
    TABLE = "table.md"
    TABLE_CSV = "table.csv"
    TABLE_LATEX = "table.tex"
    TABLE_LATEX_FULL = "table_full.tex"
    LEADERBOARD = "leaderboard.csv"
    SUMMARY = "summary.txt"
    PAGE = "report.html"
    SHOWN = "report.json"

    COMPARISON = "compare.md"
    COMPARISON_JUNIT = "compare.xml"
    COMPARISON_METRICS = "compare.json"

    SEARCH_PLAN = "search.json"
    SEARCHES = "searches.sqlite"
    SEARCHERS = "searchers.json"
    RUNS = "runs.parquet"
    TRIALS = "trials.parquet"
    FINALS = "final.csv"
    SEARCH_STATISTICS = "search.csv"
    SEARCH_TABLE = "search.md"
    SEARCH_LATEX = "search.tex"
    SEARCH_PAGE = "search.html"
    REGRET = "regret.csv"
    FRONT = "front.csv"
    FRONTS = "fronts.parquet"
    FRONT_MEASURES = "measures.csv"
    ATTAINMENT = "attainment.csv"

    PAIRS = "pairs.parquet"

    FIGURES = "figures"
    DRAWN = "figures/drawn.json"
    SUPERNET_STATES = "supernets"
    MEASURED = "measured"
    SIMILARITIES = "interference.csv"
    ASSOCIATIONS = "associations.csv"
    INTERFERENCE = "interference.md"
    INTERFERENCE_PNG = "interference.png"
    INTERFERENCE_SVG = "interference.svg"
