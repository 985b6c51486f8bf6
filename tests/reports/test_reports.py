"""Tables and figures from rows, without pixels where that is possible."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.files import put
from reports.columns import columns
from reports.favourites import curves
from reports.figures import write_figures
from reports.leaderboard import leaderboard
from reports.numbers import decimal
from reports.overview import bars, clustered, transfer
from reports.rows import Ceiling, Cost, SeedShare
from reports.scatter import axis_scale, scatters, symlog_ticks
from reports.tables import latex, markdown
from reports.worth import named, spread_out, worth
from tests.material.rows import findings, row, rows


def test_the_best_kendall_leads_and_no_value_comes_last() -> None:
    assert [row.proxy for row in leaderboard(rows())] == ["params", "snip", "plain", "zen"]


def test_markdown_pastes(cells: pd.DataFrame) -> None:
    lines = markdown(findings(cells)).splitlines()
    assert lines[0] == "Caption."
    assert lines[4].startswith(
        "| *params* | **0.700** [0.600, 0.800] | 1–2 | 0.98 | 1 | 0 | 1.050 | 1.120 [1.020, 1.2"
    )
    assert lines[5].startswith(
        "| snip | **0.500** [0.400, 0.600] |"
    )  # not told apart from the leader
    assert lines[6].startswith("| plain | −0.250 [−0.350, −0.150] |")
    assert lines[7].startswith("| zen | – | – | – | 1 |")
    assert len({line.count("|") for line in lines[2:8]}) == 1
    assert "that accuracy itself would reach 0.950 here" in lines[-1]


def test_columns_are_there_where_they_were_measured(cells: pd.DataFrame) -> None:
    plain = [column.heading for column in columns(findings(cells))]
    more = [row(p, "all", "spearman_given_params", 0.1) for p in ("snip", "params", "zen", "plain")]
    full = findings(
        cells,
        correlations=rows() + more,
        costs=[Cost("snip", "cifar10", 1.5, 9)],
        seed_shares=[SeedShare("snip", "cifar10", 0.25, 4)],
    )
    added = {column.heading for column in columns(full)} - set(plain)
    assert added == {"partial ρ", "seed", "seconds"}
    line = next(text for text in markdown(full).splitlines() if text.startswith("| snip"))
    assert "25 %" in line
    assert "1.50" in line


def test_latex_escapes_what_it_prints(cells: pd.DataFrame) -> None:
    text = latex(findings(cells, correlations=rows(grad_norm=0.5, vote=0.4), caption="5 %, a_b"))
    assert r"\caption{5 \%, a\_b}" in text
    assert r"grad\_norm & " in text
    assert r"vote $^\dagger$" in text
    body = text[text.index(r"\begin{tabular}") : text.index(r"\end{tabular}")]
    assert not re.search(r"(?<!\\)[%#]", body)
    assert text.count(r"\begin{") == text.count(r"\end{") == 2


def test_a_combination_is_marked_and_explained(cells: pd.DataFrame) -> None:
    text = markdown(findings(cells, correlations=rows(snip=0.5, vote=0.4)))
    assert "| vote † |" in text
    assert "with other cells it is another score" in text
    assert "with other cells" not in markdown(findings(cells))


def test_decimals_have_a_true_minus() -> None:
    assert decimal(-0.0) == decimal(-0.0004) == "0.000"
    assert decimal(-0.12345) == "−0.123"


def test_scatter_data_leave_out_and_count_missing_scores(cells: pd.DataFrame) -> None:
    found = {panel.proxy: panel for panel in scatters(findings(cells))}
    assert found["zen"].missing == 40
    assert len(found["zen"].score) == 0
    assert found["snip"].missing == 0
    assert found["snip"].caption == "τ-b 0.500   ρ 0.550"


def test_bars_hold_what_has_a_value() -> None:
    data = bars(findings(pd.DataFrame()))
    assert data.proxies == ["params", "snip", "plain"]
    assert data.families == ["trivial", "zero-cost", "zero-cost"]
    assert data.ceiling == 0.95
    np.testing.assert_allclose(data.kendall, [0.7, 0.5, -0.25])


@pytest.mark.parametrize(
    ("score", "scale"),
    [
        ([1.0, 2.0, 3.0], "linear"),
        ([1.0, 1e5, 1e9], "log"),
        ([-1e6, 1.0, 5.0], "symlog"),
        ([0.0, 0.0], "linear"),
        ([0.0, 1.0, 1e3, 1e6, 1e9], "symlog"),
    ],
)
def test_axis_follows_the_spread(score: list[float], scale: str) -> None:
    assert axis_scale(np.array(score)) == scale


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (-2e6, 3e6, [-1e6, 0, 1e6]),
        (-1.0, 2e6, [0, 1e3, 1e6]),
        (-5e4, 1.0, [-1e4, -1e2, 0]),
        (-5e4, -2.0, [-1e4, -1e2]),  # a zero that is not there would squeeze what is
    ],
)
def test_symlog_ticks_are_few(low: float, high: float, ticks: list[float]) -> None:
    assert symlog_ticks(low, high, 1.0) == pytest.approx(ticks)


def test_the_front_holds_what_nothing_cheaper_equals() -> None:
    def front(seconds: float, **values: float) -> dict[str, bool]:
        costs = [Cost("snip", "cifar10", 1.0, 9), Cost("plain", "cifar10", seconds, 9)]
        data = worth(findings(pd.DataFrame(), correlations=rows(**values), costs=costs))
        return dict(zip(data.proxies, data.front.tolist(), strict=True))

    assert front(0.5, plain=0.1, snip=0.5) == {"plain": True, "snip": True}
    assert front(2.0, plain=0.1, snip=0.5) == {"snip": True, "plain": False}
    counted = front(0.5, params=0.3, plain=0.1, snip=0.5)
    assert counted == {"params": True, "plain": False, "snip": True}


def test_costs_are_in_units_where_the_run_measured_them() -> None:
    costs = [Cost("snip", "cifar10", 1.0, 9, 2.0), Cost("plain", "cifar10", 0.5, 9, 3.0)]
    found = findings(pd.DataFrame(), costs=costs)
    assert dict(zip(worth(found).proxies, worth(found).cost.tolist(), strict=True)) == {
        "params": 0.0,
        "snip": 2.0,
        "plain": 3.0,
    }
    assert "cost" in [column.heading for column in columns(found) if column.first]
    assert "seconds" not in [column.heading for column in columns(found) if column.first]


def test_of_dots_on_one_spot_one_is_named() -> None:
    data = worth(findings(pd.DataFrame(), correlations=rows(params=0.3, snip=0.5)))
    twice = data._replace(
        proxies=["a", "b"],
        cost=np.zeros(2),
        kendall=np.ones(2),
        front=np.array([True, False]),
    )
    assert named(twice) == [0]


def test_transfer_puts_the_run_s_dataset_first() -> None:
    elsewhere = [r._replace(dataset="cifar100", value=r.value / 2) for r in rows()]
    mean = [r._replace(dataset="mean of cifar10, cifar100") for r in rows()]
    table = transfer(findings(pd.DataFrame(), correlations=[*elsewhere, *rows(), *mean]))
    assert table.columns.tolist() == ["cifar10", "cifar100", "mean"]
    assert table.index.tolist() == ["params", "snip", "plain"]


def test_clustering_puts_like_beside_like() -> None:
    names = list("abcd")
    values = np.full((4, 4), 0.1)
    for i, j in ((0, 2), (1, 3)):
        values[i, j] = values[j, i] = 0.9
    np.fill_diagonal(values, 1)
    order = clustered(pd.DataFrame(values, names, names)).index.tolist()
    assert {*order[:2]} in ({"a", "c"}, {"b", "d"})


def test_a_figure_of_an_earlier_report_is_removed(cells: pd.DataFrame, tmp_path: Path) -> None:
    for name in ("score_gone.png", "score_gone.svg", "mine.png"):
        (tmp_path / name).touch()
    write_figures(tmp_path, findings(cells), put)
    left = {path.name for path in tmp_path.iterdir()}
    assert "mine.png" in left
    assert not any("gone" in name for name in left)


def test_every_figure_is_written(cells: pd.DataFrame, tmp_path: Path) -> None:
    names = list("abc")
    full = findings(
        cells,
        correlations=rows() + [r._replace(dataset="cifar100") for r in rows()],
        costs=[Cost("snip", "cifar10", 1.0, 9), Cost("plain", "cifar10", 0.5, 9)],
        similarity=pd.DataFrame(np.eye(3), names, names),
    )
    write_figures(tmp_path, full, put)
    written = {"correlations", "similarity", "cost", "transfer"}
    files = {f"{name}.{kind}" for name in written for kind in ("png", "svg")}
    assert {path.name for path in tmp_path.iterdir()} == files | {"scores.png", "drawn.json"}


def test_a_figure_is_drawn_again_only_when_what_it_shows_changed(
    cells: pd.DataFrame, tmp_path: Path
) -> None:
    first = write_figures(tmp_path, findings(cells), put)
    (tmp_path / "correlations.png").unlink()
    times = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    moved = cells.copy()
    moved.loc[moved["proxy"] == "snip", "score"] *= 2
    again = write_figures(tmp_path, findings(moved), put)
    now = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    drawn = {name for name in now if now[name] != times.get(name)} - {"drawn.json"}
    assert drawn == {"correlations.png", "correlations.svg", "scores.png"}
    assert first == again


def test_dense_scatters_are_drawn_too(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    n = 4000
    cells = pd.concat(
        pd.DataFrame({"proxy": p, "score": s, "accuracy": draw.uniform(0, 90, n)})
        for p, s in (
            ("snip", draw.lognormal(0, 4, n)),
            ("params", draw.normal(0, 1, n)),
            ("plain", draw.standard_cauchy(n) * 1e3),
        )
    )
    kept = [r for r in rows() if r.proxy != "zen"]
    write_figures(tmp_path, findings(cells, correlations=kept), put)
    pictures = [path for path in tmp_path.iterdir() if path.suffix in (".png", ".svg")]
    assert all(path.stat().st_size > 2000 for path in pictures)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX on this machine")
def test_latex_compiles(cells: pd.DataFrame, tmp_path: Path) -> None:
    strange = findings(cells, correlations=rows(**{"a$b^c~d{e}f_g": 0.5, "vote": 0.4}))
    (tmp_path / "table.tex").write_text(latex(strange), encoding="utf-8")
    (tmp_path / "full.tex").write_text(latex(strange, full=True), encoding="utf-8")
    for options in ("", "[twocolumn]"):
        document = rf"\documentclass{options}{{article}}\usepackage{{booktabs,graphicx}}"
        document += r"\begin{document}\input{table}\input{full}\end{document}"
        (tmp_path / "page.tex").write_text(document)
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout[-1500:]


def test_the_best_tenth_has_an_interval_and_a_ceiling_or_a_dash(cells: pd.DataFrame) -> None:
    few = markdown(findings(cells))
    assert "the best tenth by accuracy, 9 cells, too few to tell." in few
    many = [r._replace(n=60) if r.cells == "top" else r for r in rows()]
    own = Ceiling("cifar10", "kendall", 0.564, 0.9, 100, "training seeds", cells="top")
    full = markdown(findings(cells, correlations=many, ceilings=[own]))
    assert "the true accuracy itself would reach 0.564 among them" in full
    assert "| 0.700 [0.600, 0.800] |" in full


def test_curves_stand_beside_what_random_search_expects() -> None:
    regrets = [
        r._replace(k=k, chance=3.0 / k)
        for r in rows()
        if (r.cells, r.statistic) == ("all", "regret")
        for k in (1, 10)
    ]
    kept = [r for r in rows() if (r.cells, r.statistic) != ("all", "regret")]
    data = curves(findings(pd.DataFrame(), correlations=kept + regrets))
    assert data.columns.tolist() == ["snip", "plain", "zen", "random search"]
    assert data["random search"].tolist() == [3.0, 0.3]
    assert curves(findings(pd.DataFrame(), correlations=kept)).empty


def test_names_of_the_front_lie_apart() -> None:
    heights = spread_out(np.array([0.1, 0.5, 0.51, 0.52, 0.99]), 0.1)
    assert heights == pytest.approx([0.1, 0.5, 0.6, 0.7, 0.99])
    crowded = spread_out(np.array([0.9, 0.95, 0.97]), 0.1)
    assert crowded == pytest.approx([0.8, 0.9, 1.0])
