"""Tables and figures from rows, without pixels where that is possible."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.figures import axis_scale, bars, scatters, symlog_ticks, write_figures
from reports.rows import Correlation
from reports.tables import decimal, leaderboard, markdown


def row(proxy: str, cells: str, statistic: str, value: float, **more: object) -> Correlation:
    settings = {"n": 9, "undefined": 1, "failed": 0, "family": "zero-cost"} | more
    return Correlation(
        proxy,
        "cifar10",
        "ori-test",
        200,
        "mean",
        cells,
        statistic,
        value,
        **settings,  # type: ignore[arg-type]
    )


def rows() -> list[Correlation]:
    found = []
    for proxy, value in (("snip", 0.5), ("params", 0.7), ("zen", float("nan")), ("plain", -0.25)):
        for cells in ("all", "classes"):
            for i, statistic in enumerate(("kendall", "spearman")):
                for suffix in ("", "_undefined_worst"):
                    found.append(
                        row(
                            proxy,
                            cells,
                            statistic + suffix,
                            value * (1 + i / 10),
                            family="trivial" if proxy == "params" else "zero-cost",
                        )
                    )
    return found


@pytest.fixture
def cells() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    parts = []
    for proxy in ("snip", "params", "zen", "plain"):
        score = draw.lognormal(0, 3, 40) * (draw.choice([-1, 1], 40) if proxy == "plain" else 1)
        if proxy == "zen":
            score[:] = np.nan
        parts.append(
            pd.DataFrame({"proxy": proxy, "score": score, "accuracy": draw.uniform(0, 90, 40)})
        )
    return pd.concat(parts)


def test_the_best_kendall_leads_and_no_value_comes_last() -> None:
    assert leaderboard(rows())["proxy"].tolist() == ["params", "snip", "plain", "zen"]


def test_markdown_pastes() -> None:
    lines = markdown(rows(), "Caption.").splitlines()
    assert lines[0] == "Caption."
    assert lines[4] == "| *params* | 0.700 | 0.770 | 0.700 | 0.770 | 0.700 | 9 | 1 | 0 |"
    assert lines[6].startswith("| plain | −0.250 |")
    assert lines[7].startswith("| zen | – |")
    assert len({line.count("|") for line in lines[2:8]}) == 1


def test_decimals_have_a_true_minus() -> None:
    assert decimal(-0.12345) == "−0.123"


def test_scatter_data_leave_out_and_count_missing_scores(cells: pd.DataFrame) -> None:
    found = {panel.proxy: panel for panel in scatters(cells, rows())}
    assert found["zen"].missing == 40
    assert len(found["zen"].score) == 0
    assert found["snip"].missing == 0
    assert found["snip"].caption == "τ-b 0.500   ρ 0.550"


def test_bars_hold_what_has_a_value() -> None:
    data = bars(rows())
    assert data.proxies == ["params", "snip", "plain"]
    assert data.trivial == [True, False, False]
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
    [(-2e6, 3e6, [-1e6, 0, 1e6]), (-1.0, 2e6, [0, 1e3, 1e6]), (-5e4, 1.0, [-1e4, -1e2, 0])],
)
def test_symlog_ticks_are_few(low: float, high: float, ticks: list[float]) -> None:
    assert symlog_ticks(low, high, 1.0) == pytest.approx(ticks)


def test_every_figure_is_written(cells: pd.DataFrame, tmp_path: Path) -> None:
    write_figures(tmp_path, cells, rows(), "accuracy (%)")
    names = {"correlations", "scores", "score_snip", "score_params", "score_zen", "score_plain"}
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{name}.{kind}" for name in names for kind in ("png", "svg")
    }


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
    write_figures(tmp_path, cells, kept, "accuracy (%)")
    assert all(path.stat().st_size > 2000 for path in tmp_path.iterdir())
