"""Better, same or worse than counting parameters: one rule, wherever it is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from reports.columns import columns
from reports.conclusions import conclusions, warning
from reports.figures import overviews
from reports.findings import Findings
from reports.forest import forest
from reports.leaderboard import leaderboard
from reports.overview import bars, draw_bars
from reports.plain import plain
from reports.rows import Difference
from reports.tables import latex, markdown
from reports.yardstick import Gap, gaps, yardstick
from tests.material.rows import findings, rows

VALUES = {"snip": 0.8, "live_params": 0.5, "params": 0.6, "near": 0.62, "zen": 0.1, "vote": 0.7}


def difference(first: str, second: str, low: float, high: float) -> Difference:
    middle = (low + high) / 2
    return Difference(
        first, second, "cifar10", "cifar10", "all", "kendall", middle, low, high, 0.1, 0.1
    )


@pytest.fixture
def found() -> Findings:
    pairs = [
        difference("snip", "params", 0.1, 0.3),
        difference("params", "zen", 0.4, 0.6),  # the other way round
        difference("near", "params", -0.08, 0.12),
        difference("vote", "params", np.nan, np.nan)._replace(difference=0.1),
        difference("snip", "live_params", -0.1, 0.9),
        difference("live_params", "params", -0.2, 0.0001),
    ]
    return findings(pd.DataFrame(), correlations=rows(**VALUES), differences=pairs)


def test_the_yardstick_is_the_stronger_count(found: Findings) -> None:
    assert yardstick(found) == "params"
    other = rows(**{**VALUES, "live_params": 0.65})
    assert yardstick(findings(pd.DataFrame(), correlations=other)) == "live_params"
    alone = rows(snip=0.5, params=float("nan"))
    assert yardstick(findings(pd.DataFrame(), correlations=alone)) is None


def test_one_rule_says_better_same_and_worse(found: Findings) -> None:
    verdicts = {name: gap.verdict for name, gap in gaps(found).items()}
    assert verdicts == {
        "snip": "better",
        "zen": "worse",
        "near": "same",
        "vote": "",
        "live_params": "same",
    }
    assert gaps(found)["zen"] == Gap(-0.5, -0.6, -0.4)
    assert str(gaps(found)["snip"]) == "+0.200 [0.100, 0.300] better"
    assert str(gaps(found)["zen"]) == "−0.500 [−0.600, −0.400] worse"
    assert (
        str(Gap(-0.0, -0.1, 0.1)) == str(Gap(-0.0002, -0.1, 0.1)) == "+0.000 [−0.100, 0.100] same"
    )
    assert str(Gap(0.1, 0.1, 0.1)) == "+0.100 better"  # all cells, scored once


def test_table_sentences_figure_and_file_agree(found: Findings) -> None:
    line = next(text for text in markdown(found).splitlines() if text.startswith("| snip"))
    assert "| +0.200 [0.100, 0.300] better |" in line
    assert "3 scores is better (snip), 1 the same, 1 worse." in " ".join(conclusions(found))
    drawn = forest(found)
    assert dict(zip(drawn.proxies, drawn.verdicts, strict=True)) == {
        "snip": "better",
        "near": "same",
        "live_params": "same",
        "zen": "worse",
    }
    written = plain(found).set_index("proxy")
    assert written.loc["snip", ["over_counting", "over_counting_low"]].tolist() == [0.2, 0.1]
    assert written["verdict"].to_dict()["zen"] == "worse"
    assert set(written["counting"]) == {"params"}


def test_the_question_that_the_reader_has_is_the_first_figure(found: Findings) -> None:
    assert [sketch.name for sketch in overviews(found)][:2] == ["counting", "correlations"]


def test_a_ceiling_of_tau_has_dots_of_tau_alone(found: Findings) -> None:
    axes = Figure().subplots()
    draw_bars(axes, bars(found)._replace(ceiling=0.9), accuracy_label="accuracy")
    assert axes.get_xlabel().startswith("Kendall")
    assert not [drawn for drawn in axes.collections if isinstance(drawn, PathCollection)]
    assert len(axes.patches) == len(bars(found).proxies)


def test_the_plain_file_has_plain_names(found: Findings) -> None:
    assert all(name.replace("_", "").isalpha() for name in plain(found))
    assert plain(found)["proxy"].tolist() == [row.proxy for row in leaderboard(found.own)]


def test_seven_columns_come_first(found: Findings) -> None:
    first = [column.heading for column in columns(found) if column.first]
    assert first == ["proxy", "τ-b", "over counting", "place", "regret", "undefined"]
    assert all(column.means for column in columns(found))


def test_few_rows_have_a_warning_and_dashes(found: Findings) -> None:
    assert warning(found) == ""
    few = [row._replace(n=20) for row in found.own]
    small = findings(pd.DataFrame(), correlations=few)
    assert warning(small).startswith("Only 20 cells were scored: fewer than 30")
    assert markdown(small).startswith("Caption. Only 20 cells")
    row = leaderboard(few)[0]
    shown = {column.heading: column.entry(row) for column in columns(small)}
    assert shown["τ-b"] == "0.800 [0.700, 0.900]"
    assert {shown[name] for name in ("regret", "ρ", "τ-w", "precision", "τ-b classes")} == {"–"}


def test_wide_intervals_have_a_warning() -> None:
    wide = [r._replace(low=r.value - 0.3, high=r.value + 0.3) for r in rows()]
    assert "wider than ± 0.30" in warning(findings(pd.DataFrame(), correlations=wide))


def test_latex_comes_narrow_and_full(found: Findings) -> None:
    narrow, full = latex(found), latex(found, full=True)
    for text, most in ((narrow, r"\columnwidth"), (full, r"\textwidth")):
        assert text.startswith("% needs \\usepackage{booktabs,graphicx} in the preamble\n")
        assert rf"\resizebox{{\ifdim\width>{most} {most}\else\width\fi}}{{!}}{{%" in text
    assert r"\label{tab:training-free-cifar10}" in narrow
    assert r"\label{tab:training-free-cifar10-full}" in full
    assert narrow.count("&") < full.count("&")
    assert r"Bold is a 95 \% set" in narrow
    assert r"$^\dagger$ combines ranks" in narrow
    assert r"\emph{place} is the interval" in narrow
    assert "partial" not in narrow
    assert "better" not in narrow.split("bottomrule")[0]
    assert r"\textbf{0.800} [0.700, 0.900]" in narrow
    for text in (narrow, full):
        assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
