"""Tables, LaTeX, figures and section of fronts, from rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reports.entry import Entry
from reports.front_figures import front_sketches, missing, stepped, surfaces
from reports.front_tables import front_latex, front_markdown, front_standings
from reports.fronts import AttainedPoint, FrontPoint, Fronts, ObjectiveAxis
from reports.page import page
from reports.rows import SearchStatistic

SHARES = {"random": 0.8, "sh_emoa": 0.9, "worse|one": 0.7, "broken": float("nan")}


def found(objectives: int = 2) -> Fronts:
    rows = []
    for name, share in SHARES.items():
        about = (name, "trivial" if name == "random" else "black-box", "data")
        known = share == share
        places = {"place_low": 1, "place_high": 2, "p_best": 0.5 if share > 0.8 else 0.001}
        rows.append(
            SearchStatistic(
                *about, "hypervolume", share, share - 0.01, share + 0.01, 3, 0 if known else 3,
                **(places if known else {}),
            )
        )  # fmt: skip
        if known:
            once = ("epsilon", "igd_plus", "found", "trainings", "distinct", "spent")
            rows += [SearchStatistic(*about, statistic, 0.25) for statistic in once]
        if known and name != "random":
            gap = share - 0.8
            ends = (gap, gap - 0.05, gap + 0.05)
            rows.append(
                SearchStatistic(*about, "hypervolume_against_random", *ends, p=0.1, p_holm=0.2)
            )
    curves = [
        FrontPoint(name, statistic, spent, *np.linspace(0.5, 0.6, 8).tolist())
        for name in ("random", "sh_emoa")
        for statistic in ("hypervolume", "epsilon")
        for spent in (1.0, 10.0, 100.0)
    ]
    corners = [(1.0, 9.0), (2.0, 6.0), (4.0, 5.5)]
    attained = [
        AttainedPoint(name, share, cost + share, error)
        for name in ("random", "sh_emoa")
        for share in (0.25, 0.5, 0.75)
        for cost, error in corners
    ]
    axes = [
        ObjectiveAxis("error", "%", 5.5, 9.0, 9.35, 60, False),
        ObjectiveAxis("pixel3_latency", "ms", 1.0, 4.0, 4.3, 70, True),
        ObjectiveAxis("params", "1", 10.0, 30.0, 32.0, 5, True),
    ][:objectives]
    front = pd.DataFrame(corners[::-1], columns=["pixel3_latency", "error"])
    return Fronts(
        benchmark="mini",
        dataset="data",
        caption="Caption & more.",
        words=("What is charged.",),
        unit="trainings",
        axes=axes,
        size=1234,
        front=front.assign(index=range(3), arch="a"),
        points=3,
        statistics=rows,
        curves=curves,
        attained=attained if objectives == 2 else [],
        finals=pd.DataFrame(),
        on_fronts=pd.DataFrame(),
        entries={n: Entry(n, "black-box", "a test", "One sentence.\n\nMore.") for n in SHARES},
        settings={"objectives": ("error", "pixel3_latency"), "reference": (), "budget": "100"},
        provenance={},
    )


def test_the_largest_hypervolume_stands_first_and_what_failed_last() -> None:
    rows = front_standings(found().statistics)
    assert [row.searcher for row in rows] == ["sh_emoa", "random", "worse|one", "broken"]


def test_markdown() -> None:
    lines = front_markdown(found()).splitlines()
    heading = [cell.strip() for cell in lines[2].split("|")[1:-1]]
    rows = {
        line.split("|")[1].strip(): dict(
            zip(heading, (cell.strip() for cell in line.split("|")[1:-1]), strict=True)
        )
        for line in lines[4:8]
    }
    assert rows["sh_emoa"]["hypervolume"] == "**0.900**"
    assert rows["sh_emoa"]["against random"] == "0.100 [0.050, 0.150]"
    assert rows["sh_emoa"]["place"] == "1–2"
    assert rows["*random*"]["against random"] == "–"
    assert rows["worse/one"]["found"] == "25 %"
    assert rows["broken"] == dict.fromkeys(heading, "–") | {"searcher": "broken", "failed": "3"}
    legend = lines[-1]
    assert "has 3 points (3 of 1,234 candidates" in legend
    assert "pixel3_latency takes 70 values, on the front 1 to 4 ms, known without" in legend
    assert "the reference point error 9.35, pixel3_latency 4.3" in legend


def test_latex_has_no_bare_symbols() -> None:
    text = front_latex(found())
    assert r"sh\_emoa & \textbf{0.900}" in text
    assert r"Caption \& more." in text
    assert r"$\varepsilon$+" in text
    assert text.count(r"\\") == 1 + 4


def test_a_table_of_one_searcher_has_no_difference() -> None:
    alone = [row for row in found().statistics if row.searcher == "random"]
    (row,) = front_standings(alone)
    assert np.isnan(row.of("hypervolume_against_random").value)


def test_figures_show_what_has_a_front() -> None:
    assert list(surfaces(found())) == ["sh_emoa", "random"]
    assert list(missing(found())["searcher"].cat.categories) == ["sh_emoa", "random", "worse|one"]
    fronts, hypervolume = front_sketches(found())
    figure = fronts.figure()
    titles = [axes.get_title() for axes in figure.axes if axes.get_visible()]
    assert titles == ["sh_emoa", "random"]
    assert figure.get_supxlabel() == "pixel3_latency (ms)"
    (axes,) = hypervolume.figure().axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["sh_emoa", "random"]


def test_of_three_objectives_no_surface_is_drawn() -> None:
    assert [sketch.name for sketch in front_sketches(found(3))] == ["hypervolume"]


def test_a_surface_ends_at_the_reference_point() -> None:
    line = stepped(np.array([[1.0, 5.0], [2.0, 3.0]]), (4.0, 6.0))
    assert line.tolist() == [[1, 6], [1, 5], [2, 3], [4, 3]]


def test_a_page_has_a_section() -> None:
    text = page((), "mini: fronts", [(found(), {"fronts": b"<svg/>"})])
    assert "Fronts of error and pixel3_latency on mini, data" in text
    assert "--objectives error,pixel3_latency --budget 100 --out RUN" in text
    assert text.count("<img") == 2
    assert "<p>More.</p>" in text
