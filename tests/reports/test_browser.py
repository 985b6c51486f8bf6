"""The page driven in a real browser: sort, search, columns, families, copy, tabs, hover, print."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.findings import Findings
from reports.page import page
from reports.plain import plain
from reports.tables import latex
from tests.material.browser import BROWSER, driven

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")

NAMES = "tbody tr:not([hidden]) td:first-child"


def test_the_table_sorts_with_the_best_on_top(found: Findings, tmp_path: Path) -> None:
    script = f"""
        const heading = name =>
          [...document.querySelectorAll("th button")].find(each => each.textContent === name);
        const sorted = document.querySelector("[aria-sort]").textContent;
        const orders = {{first: texts("{NAMES}"), sorted}};
        click("button[data-columns]");
        for (const name of ["ρ", "regret", "τ-b", "proxy"]) {{
          heading(name).click(); orders[name] = texts("{NAMES}");
          heading(name).click(); orders[name + " again"] = texts("{NAMES}");
        }}
        return orders;
    """
    orders = driven(page([(found, {})], "A title"), script, tmp_path)
    assert orders["sorted"] == "τ-b"
    assert orders["first"] == ["params", "snip", "plain", "zen"]
    assert orders["ρ"] == ["params", "snip", "plain", "zen"]
    assert orders["ρ again"] == ["plain", "snip", "params", "zen"]  # what is missing stays last
    assert orders["regret"] == ["plain", "snip", "params", "zen"]  # the smallest is the best
    assert orders["τ-b"] == ["params", "snip", "plain", "zen"]
    assert orders["proxy"] == ["params", "plain", "snip", "zen"]


def test_search_families_and_columns(found: Findings, tmp_path: Path) -> None:
    script = f"""
        const said = {{few: shown("th"), tip: document.querySelector("th button").title}};
        click("button[data-columns]"); said.all = shown("th");
        const search = document.querySelector("input[type=search]");
        const type = text => {{ search.value = text; search.dispatchEvent(new Event("input")); }};
        type("P"); said.search = texts("{NAMES}"); type("");
        click("button[data-family=trivial]"); said.trivial = texts("{NAMES}");
        click("button[data-family=zero-cost]"); said.both = texts("{NAMES}");
        click("button[data-family=trivial]"); said.others = texts("{NAMES}");
        return said;
    """
    said = driven(page([(found, {})], "A title"), script, tmp_path)
    assert said["few"] == ["proxy", "τ-b", "over counting", "place", "regret", "undefined"]
    assert {"ρ", "failed", "τ-w", "τ-b top"} < set(said["all"])
    assert said["tip"] == "the score"
    assert said["search"] == ["params", "snip", "plain"]
    assert said["trivial"] == ["params"]
    assert said["both"] == ["params", "snip", "plain", "zen"]
    assert said["others"] == ["snip", "plain", "zen"]


def test_the_table_is_copied_as_latex_and_csv(found: Findings, tmp_path: Path) -> None:
    script = """
        const copied = [];
        const clipboard = {writeText: async text => copied.push(text)};
        Object.defineProperty(navigator, "clipboard", {value: clipboard});
        for (const button of document.querySelectorAll("button[data-copy]")) button.click();
        await new Promise(done => setTimeout(done, 50));
        return copied;
    """
    copied = driven(page([(found, {})], "A title"), script, tmp_path)
    assert copied == [latex(found), plain(found).to_csv(index=False)]


def test_header_and_names_stay_while_the_table_scrolls(found: Findings, tmp_path: Path) -> None:
    script = """
        const wide = document.querySelector(".wide");
        wide.style.width = "200px"; wide.style.height = "60px";
        const places = () => ["th", "td", "th:nth-child(3)"].map(what => {
          const box = document.querySelector(what).getBoundingClientRect();
          return [box.left, box.top];
        });
        const before = places();
        wide.scrollTo(80, 40);
        return {before, after: places(), moved: [wide.scrollLeft, wide.scrollTop]};
    """
    said = driven(page([(found, {})], "A title"), script, tmp_path)
    (corner, name, third), (corner_now, name_now, third_now) = said["before"], said["after"]
    right, down = said["moved"]
    assert right > 0
    assert down > 0
    assert corner == corner_now
    assert name[0] == name_now[0]
    assert name_now[1] == pytest.approx(name[1] - down)
    assert third_now == [pytest.approx(third[0] - right), third[1]]


def test_a_cell_is_told_and_drawn_under_the_pointer(found: Findings, tmp_path: Path) -> None:
    script = """
        document.getElementById("p1-snip").open = true;
        await new Promise(done => setTimeout(done, 100));
        const canvas = document.querySelector("#p1-snip canvas"), run = unpacked.get("1");
        const {panel, x, y} = geometry(canvas, run), box = canvas.getBoundingClientRect();
        const move = (a, b) => {
          const at = {clientX: box.left + a, clientY: box.top + b};
          canvas.dispatchEvent(new PointerEvent("pointermove", at));
        };
        move(x(panel.places[7] / run.steps), y(run.accuracy[7]));
        const under = document.getElementById("under");
        const said = {text: under.innerText, hidden: under.hidden, drawn: canvas.dataset.drawn};
        said.picture = under.querySelectorAll("svg path").length;
        said.inside = score(panel, panel.places[7], run.steps);
        move(1, 1); said.away = under.hidden;
        return said;
    """
    said = driven(page([(found, {})], "A title"), script, tmp_path)
    cell = found.cells[(found.cells["proxy"] == "snip") & (found.cells["index"] == 7)].iloc[0]
    assert said["drawn"] == "40"
    assert said["hidden"] is False
    assert said["away"] is True
    assert "cell <7>" in said["text"]
    assert f"index 7 · accuracy {cell['accuracy']:.2f}".rstrip("0") in said["text"]
    assert said["inside"] == pytest.approx(cell["score"], rel=5e-3)
    assert said["picture"] == 3


def test_tabs_show_one_run_and_links_find_theirs(found: Findings, tmp_path: Path) -> None:
    script = """
        const open = () => [...document.querySelectorAll("section")].map(each => !each.hidden);
        const said = [open()];
        click("#tab2"); said.push(open());
        location.hash = "#p1-snip"; await new Promise(done => setTimeout(done, 100));
        said.push(open(), document.getElementById("p1-snip").open);
        return said;
    """
    runs = [(found, {}), (found, {})]
    said = driven(page(runs, "A title"), script, tmp_path)
    assert said == [[True, False], [False, True], [True, False], True]


def test_what_is_printed_is_drawn(found: Findings, tmp_path: Path) -> None:
    script = """
        dispatchEvent(new Event("beforeprint"));
        return [...document.querySelectorAll("canvas")].map(each => each.dataset.drawn);
    """
    assert driven(page([(found, {})], "A title"), script, tmp_path) == ["40"] * 4


def test_a_small_window_scrolls_the_table_not_the_page(found: Findings, tmp_path: Path) -> None:
    """In a frame of a telephone's width: the browser's own window is never that narrow."""
    script = """
        const whole = document.documentElement.innerHTML;
        const frame = document.createElement("iframe");
        frame.style = "width: 390px; height: 800px; border: 0";
        document.body.append(frame);
        const inner = frame.contentDocument.documentElement;
        inner.innerHTML = whole;
        await new Promise(done => setTimeout(done, 100));
        const table = inner.querySelector(".wide");
        return [inner.clientWidth, inner.scrollWidth, table.clientWidth, table.scrollWidth];
    """
    few, wide, shown, whole = driven(page([(found, {})], "A title"), script, tmp_path)
    assert few == wide <= 390
    assert shown < 390
    assert shown <= whole


def test_a_printed_table_keeps_the_mark_of_what_leads(found: Findings, tmp_path: Path) -> None:
    """The rules for print stand for the screen here: a headless browser prints to PDF alone."""
    text = page([(found, {})], "A title").replace("@media print", "@media screen")
    script = """
        const mark = each => getComputedStyle(each.querySelector("td"), "::before").content;
        const rows = [...document.querySelectorAll("tbody tr")];
        return rows.map(each => [each.className.includes("leads"), mark(each)]);
    """
    said = driven(text, script, tmp_path)
    assert [leads for leads, _ in said] == [True, True, False, False]
    assert {mark for leads, mark in said if leads} == {'"● "'}
    assert {mark for leads, mark in said if not leads} == {"none"}


def test_a_script_that_is_not_the_page_s_own_does_not_run(found: Findings, tmp_path: Path) -> None:
    """However it came in: as an element or on an element."""
    strange = "<script>document.title = 'in'</script><img src=x onerror=\"document.title = 'in'\">"
    whole = page([(found, {})], "A title").replace("</h1>", f"</h1>{strange}", 1)
    script = "await new Promise(done => setTimeout(done, 500)); return document.title"
    assert driven(whole, script, tmp_path) == "A title"


CONTRAST = """
    const linear = part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const luminance = colour => {
      const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => linear(part / 255));
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    };
    const behind = each => {
      for (let at = each; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if (!colour.endsWith(", 0)")) return colour;
      }
      return "rgb(255, 255, 255)";
    };
    const worst = {};
    for (const each of document.querySelectorAll("body *")) {
      const own = [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
      if (!own || each.offsetParent === null || each.closest("svg")) continue;
      const [a, b] = [getComputedStyle(each).color, behind(each)].map(luminance);
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const name = each.tagName + "." + each.className;
      worst[name] = Math.min(worst[name] ?? 99, ratio);
    }
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return {dark, worst};
"""


@pytest.mark.parametrize("dark", [False, True])
def test_words_stand_out_from_what_is_behind_them(
    dark: bool, found: Findings, tmp_path: Path
) -> None:
    """By 4.5 to 1, as the Web Content Accessibility Guidelines ask."""
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    said = driven(page([(found, {})], "A title"), CONTRAST, tmp_path, scheme)
    assert said["dark"] is dark
    assert len(said["worst"]) > 10
    assert {name: ratio for name, ratio in said["worst"].items() if ratio < 4.5} == {}
