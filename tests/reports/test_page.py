"""The page: one file, nothing fetched, read by a real browser where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.conclusions import conclusions
from reports.entry import Entry
from reports.findings import Findings
from reports.page import command, outliers, page
from reports.rows import Difference
from reports.shown import prose, sort_key
from tests.material.rows import findings

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
)


@pytest.fixture
def found() -> Findings:
    draw = np.random.default_rng(0)
    parts = []
    for proxy in ("snip", "params", "zen", "plain"):
        score = draw.lognormal(0, 3, 40)
        if proxy == "zen":
            score[:] = np.nan
        accuracy = draw.uniform(0, 90, 40)
        frame = pd.DataFrame({"index": range(40), "arch": [f"cell <{i}>" for i in range(40)]})
        frame = frame.assign(proxy=proxy, score=score, signed=score, accuracy=accuracy)
        frame["status"] = np.where(np.isnan(score), "undefined", "ok")
        parts.append(frame)
    gap = {"low": 0.1, "high": 0.3, "p": 0.01, "p_holm": 0.02}
    pair = {"scored_on": "cifar10", "dataset": "cifar10", "cells": "all", "statistic": "kendall"}
    names = ("snip", "params", "zen", "plain")
    text = "Sum of :math:`a < b`, see :func:`x`.\n\nMore of ``it``."
    return findings(
        pd.concat(parts, ignore_index=True),
        differences=[Difference("snip", "params", difference=0.2, **pair, **gap)],  # type: ignore[arg-type]
        entries={n: Entry(n, "zero-cost", "Paper & Sons", text) for n in names},
        settings={"benchmark": "mini", "accuracy_seed": None, "proxy_files": ("my file.py",)},
        provenance={"device": "a <machine>"},
    )


def test_the_answer_comes_first(found: Findings) -> None:
    sentences = conclusions(found)
    assert sentences[0].startswith(
        "params leads with a Kendall τ-b of 0.700 [0.600, 0.800]. With snip"
    )
    assert sentences[1].startswith("With accuracies of no training noise that would be 1.120")
    assert "1 of 1 scores is better (snip), 0 the same, 0 worse" in sentences[2]


def test_the_page_is_whole_and_escapes_what_it_shows(found: Findings) -> None:
    text = page([(found, {})], "A title")
    assert not re.search(r"(src|href)=\"(?!data:|#)", text)
    assert "http://" not in re.sub(r"data:[^\"]*", "", text)
    assert "a &lt;machine&gt;" in text
    assert "cell &lt;" in text
    assert "Paper &amp; Sons" in text
    assert len(text) < 5e6


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


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_a_browser_sorts_the_table(found: Findings, tmp_path: Path) -> None:
    """Click the third heading, then read the document back."""
    click = "<script>document.querySelectorAll('th button')[1].click();</script>"
    html = page([(found, {})], "A title")
    orders = []
    for clicks in (click, click * 2):
        file = tmp_path / "report.html"
        file.write_text(html.replace("</html>", clicks + "</html>"), encoding="utf-8")
        shown = subprocess.run(
            [
                str(BROWSER),
                *FLAGS.split(),
                f"--user-data-dir={tmp_path / 'profile'}",
                "--dump-dom",
                file.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout
        body = shown[shown.index("<tbody>") : shown.index("</tbody>")]
        orders.append(re.findall(r'href="#p1-(\w+)"', body))
    assert orders == [
        ["params", "snip", "plain", "zen"],  # what has no value stays last
        ["plain", "snip", "params", "zen"],
    ]


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
