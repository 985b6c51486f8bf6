"""Formulas of docstrings: every one of the registry is drawn, and nothing else enters a page."""

from __future__ import annotations

import inspect
import re

import pytest

from harness.oneshot.samplers.predictors import PREDICTORS
from proxies import COMBINATIONS, load_all
from reports.formulas import formula, mathml
from reports.shown import command_line, marked, prose
from searchers import load_all as load_searchers

TEXTS = {
    **{name: inspect.getdoc(one.function) or "" for name, one in load_all().items()},
    **{name: inspect.getdoc(one.function) or "" for name, one in COMBINATIONS.items()},
    **{f"searcher {name}": one.text for name, one in load_searchers().items()},
    **{name: one.text for name, one in PREDICTORS.items()},
}


def test_there_are_formulas() -> None:
    assert sum(text.count(":math:`") for text in TEXTS.values()) > 50


@pytest.mark.parametrize("name", TEXTS)
def test_every_formula_of_the_registry_is_drawn(name: str) -> None:
    for source in re.findall(r":math:`([^`]*)`", TEXTS[name].replace("\n", " ")):
        assert mathml(source), source


def test_sizes_of_delimiters_are_left_to_the_browser() -> None:
    assert mathml(r"\bigl\lVert x \bigr\rVert_2") == mathml(r"\lVert x \rVert_2")


@pytest.mark.parametrize(
    "source",
    [
        r"\frac{1",
        r"\left( x",
        r"\nosuchcommand x",
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}",
        r"\text{a < b}",
        "x^",
        "a & b \x00 c",
        "\ud800",
    ],
)
def test_what_cannot_be_drawn_is_shown_as_its_source(source: str) -> None:
    assert mathml(source) is None
    shown = str(formula(source))
    assert shown.startswith("<code>")
    assert shown.count("<") == 2


def test_a_paragraph_survives_a_formula_that_is_none() -> None:
    shown = str(prose(r"The :math:`\frac{1` of :math:`a^2`."))
    assert shown.startswith(r"The <code>\frac{1</code> of <math")


def test_sentences_of_tables_are_marked_on_the_page() -> None:
    """Nothing of them is taken for the page's own."""
    shown = str(marked("*regret*: see `a<b>.csv`, *one*, 2 * 3."))
    assert shown == "<em>regret</em>: see <code>a&lt;b&gt;.csv</code>, <em>one</em>, 2 * 3."


def test_a_setting_that_was_not_given_is_not_repeated() -> None:
    assert (
        command_line("search", {"images": "", "seeds": 3}) == "harness search --seeds 3 --out RUN"
    )
