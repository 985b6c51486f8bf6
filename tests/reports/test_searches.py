"""Tables, LaTeX, figure and section of searches, from rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reports.entry import Entry
from reports.page import page
from reports.rows import RegretPoint, SearchStatistic
from reports.search_figures import regret, search_sketches
from reports.search_tables import search_latex, search_markdown, standings
from reports.searches import Searches

MEANS = {"random": 90.0, "a_better": 91.5, "worse|one": 80.0, "broken": float("nan")}

ONCE = (
    "deviation", "median", "regret", "regret_to_signal", "best_1", "best_0.1", "reached_0.5",
    "trainings", "distinct", "spent",
)  # fmt: skip


def found() -> Searches:
    rows = []
    for name, mean in MEANS.items():
        about = (name, "trivial" if name == "random" else "black-box")
        known = mean == mean
        places = {"place_low": 1, "place_high": 2, "p_best": 0.5 if mean > 90 else 0.001}
        places = places if known else {}
        failed = 0 if known else 3
        interval = (mean - 0.1, mean + 0.1, 3, failed)
        rows.append(SearchStatistic(*about, "data", "accuracy", mean, *interval, **places))
        if known:
            rows += [SearchStatistic(*about, "data", statistic, 0.25) for statistic in ONCE]
            rows.append(SearchStatistic(*about, "other", "accuracy", mean - 20))
            rows.append(SearchStatistic(*about, "other", "deviation", 0.5))
        if known and name != "random":
            gap = mean - 90
            ends = (gap - 0.5, gap + 0.5)
            rows.append(
                SearchStatistic(*about, "data", "against_random", gap, *ends, p=0.1, p_holm=0.2)
            )
    curves = [
        RegretPoint(name, spent, *np.linspace(1, 2, 8).tolist())
        for name in ("random", "a_better")
        for spent in (1.0, 10.0, 100.0)
    ]
    curves.append(RegretPoint("worse|one", 1.0, *[float("nan")] * 8))
    return Searches(
        benchmark="mini",
        dataset="data",
        caption="Caption & more.",
        words=("What is charged.",),
        unit="simulated seconds",
        measure=("accuracy", "%"),
        statistics=rows,
        curves=curves,
        limits={"optimum": (95.0, "best"), "optimum by the signal": (94.0, "other")},
        finals=pd.DataFrame(),
        entries={n: Entry(n, "black-box", "a test", "One sentence.\n\nMore.") for n in MEANS},
        settings={"budget": "20000s", "scores": ("RUN",), "rerank": 0},
        provenance={},
    )


def test_the_best_stands_first_below_the_limits_and_what_failed_last() -> None:
    assert [row.searcher for row in standings(found())] == [
        "optimum", "optimum by the signal", "a_better", "random", "worse|one", "broken"
    ]  # fmt: skip


def test_markdown() -> None:
    lines = search_markdown(found()).splitlines()
    heading = [cell.strip() for cell in lines[2].split("|")[1:-1]]
    rows = {
        line.split("|")[1].strip(): dict(
            zip(heading, (cell.strip() for cell in line.split("|")[1:-1]), strict=True)
        )
        for line in lines[4:10]
    }
    assert rows["a_better"]["accuracy"] == "**91.50 ± 0.25**"
    assert rows["a_better"]["against random"] == "1.50 [1.00, 2.00]"
    assert rows["a_better"]["place"] == "1–2"
    assert rows["a_better"]["other"] == "71.50 ± 0.50"
    assert rows["a_better"]["best 1 %"] == "25 %"
    assert rows["*random*"]["against random"] == "–"
    assert rows["*optimum*"]["accuracy"] == "95.00"
    assert rows["worse/one"]["accuracy"] == "80.00 ± 0.25"
    assert rows["broken"] == dict.fromkeys(heading, "–") | {"searcher": "broken", "failed": "3"}
    assert "What is charged." in lines[-1]


def test_latex_has_no_bare_symbols() -> None:
    text = search_latex(found())
    assert r"a\_better & \textbf{91.50 $\pm$ 0.25}" in text
    assert r"Caption \& more." in text
    assert text.count(r"\\") == 1 + 6


def test_the_figure_shows_what_has_a_curve() -> None:
    data = regret(found())
    assert list(data["searcher"].cat.categories) == ["a_better", "random"]
    (sketch,) = search_sketches(found())
    figure = sketch.figure()
    left, right = figure.axes
    assert left.get_xlabel() == "simulated seconds"
    legend = [text.get_text() for text in right.get_legend().get_texts()]
    assert legend == ["a_better", "random", "best by the signal"]


def test_a_page_has_a_section() -> None:
    text = page((), "mini: searches", [(found(), {"regret": b"<svg/>"})])
    assert "Searches on mini, data" in text
    assert "--budget 20000s --scores RUN --rerank 0 --out RUN" in text
    assert "<p>More.</p>" in text
    assert "Leaderboard" not in text
    for foreign in ("http://", "https://"):
        assert f'src="{foreign}' not in text
