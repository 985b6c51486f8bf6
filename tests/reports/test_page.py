"""The page: one file, nothing fetched, everything escaped."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import proxies
from reports.conclusions import conclusions
from reports.findings import Findings
from reports.page import command, outliers, page
from reports.shown import prose, sort_key
from searchers.registry import load_all as find


def test_the_answer_comes_first(found: Findings) -> None:
    sentences = conclusions(found)
    assert sentences[0].startswith(
        "params leads with a Kendall τ-b of 0.700 [0.600, 0.800]. With snip"
    )
    assert sentences[1].startswith("Without training noise that would be 1.120")
    assert "1 of 1 scores is better (snip), 0 the same, 0 worse" in sentences[2]


def test_the_page_is_whole_and_escapes_what_it_shows(found: Findings) -> None:
    text = page([(found, {})], "A title", files=["table.csv"])
    assert not re.search(r"(src|href)=\"(?!data:|#|table\.csv\")", text)
    assert text.count('href="table.csv"') == 1
    assert "http://" not in re.sub(r"data:[^\"]*|http://www.w3.org/2000/svg", "", text)
    assert "a &lt;machine&gt;" in text
    assert "cell &lt;" in text
    assert "Paper &amp; Sons" in text
    assert len(text) < 5e6


def test_no_style_meant_for_panels_reaches_rows() -> None:
    """Rows have their families as classes; `proxy` is one of searchers, and one of panels."""
    style = (Path(proxies.__file__).parents[1] / "reports" / "page.css").read_text("utf-8")
    families = {each.family for each in (*proxies.load_all().values(), *find().values())}
    assert "proxy" in families
    for family in families:
        assert not re.search(rf"(?<!\w)\.{family}\b", style)


def test_a_sample_too_small_for_its_claims_carries_a_banner(found: Findings) -> None:
    small = replace(found, correlations=[row._replace(n=20) for row in found.own])
    assert '<p class="warning">Only 20 cells were scored' in page([(small, {})], "A title")
    assert '<p class="warning">' not in page([(found, {})], "A title")


def test_a_column_that_says_nothing_is_among_the_rest(found: Findings) -> None:
    none = [row._replace(value=np.nan) if row.statistic == "regret" else row for row in found.own]
    silent = replace(found, correlations=none)
    heads = re.findall(r"<th[^>]*>.*?</th>", page([(silent, {})], "A title"))
    (regret,) = (head for head in heads if ">regret<" in head)
    assert 'class="more"' in regret


def test_several_runs_share_a_page(found: Findings) -> None:
    text = page([(found, {}), (found, {})], "A title")
    assert text.count("<section") == 2
    ids = re.findall(r'id="([^"]+)"', re.sub(r"data:[^\"]*", "", text))
    assert len(ids) == len(set(ids))


def test_the_command_can_be_pasted(found: Findings) -> None:
    assert command(found) == ("harness run --benchmark mini --proxy-file 'my file.py' --out RUN")


@pytest.mark.parametrize(
    ("text", "key"),
    [("−0.250", "-0.250"), ("[0.1, 0.2]", "0.1"), ("–", ""), ("74 %", "74"), ("snip †", "snip †")],
)
def test_cells_sort_by_their_number(text: str, key: str) -> None:
    assert sort_key(text) == key


def test_prose_draws_formulas_and_escapes_the_rest() -> None:
    text = str(prose("The ``x`` < y of :math:`a^2`\nand :func:`z`."))
    assert text.startswith('The x &lt; y of <math display="inline">')
    assert text.endswith("</math> and z.")


def test_outliers_are_those_that_rank_least_alike(found: Findings) -> None:
    cells = found.cells[found.cells["proxy"] == "snip"].copy()
    cells["signed"] = cells["score"] = cells["accuracy"]
    place = cells["accuracy"].idxmin()
    cells.loc[place, ["signed", "score"]] = 1000.0
    assert outliers(cells, found)[0]["arch"] == cells.loc[place, "arch"]
    assert "too high" in outliers(cells, found)[0]["text"]
    assert outliers(found.cells[found.cells["proxy"] == "zen"], found) == []


def test_what_cannot_be_judged_does_not_lead(found: Findings) -> None:
    rows = [
        r._replace(place_low=0, place_high=0, low=np.nan, high=np.nan, p_best=np.nan)
        if r.proxy == "params"
        else r
        for r in found.correlations
    ]
    few = Findings(**{**vars(found), "correlations": rows})
    assert conclusions(few)[0].startswith("snip leads")
    assert "Not judged, for too few cells: params." in conclusions(few)[0]
    none = [r._replace(place_low=0, place_high=0) for r in found.correlations]
    unknown = conclusions(Findings(**{**vars(found), "correlations": none}))[0]
    assert "nothing can be told apart" in unknown
