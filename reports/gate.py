"""What the gate found: for people, for test reporters, and for benchmark trackers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple
from xml.etree import ElementTree

from reports.numbers import decimal, interval


class Verdict(StrEnum):
    """What became of a proxy."""

    STALE = "stale"
    MISSING = "missing"
    UNSCORED = "not scored"
    REGRESSED = "regressed"
    FELL = "fell"
    DRIFTED = "drifted"
    UNPROVEN = "not shown as good"
    UNTOLD = "cannot tell"
    IMPROVED = "improved"
    SAME = "same"
    UNJUDGED = "not judged"
    LEFT_OUT = "left out"

    @property
    def fails(self) -> bool:
        """Whether the gate closes on it."""
        return self not in (Verdict.IMPROVED, Verdict.SAME, Verdict.UNTOLD) and not self.idle

    @property
    def idle(self) -> bool:
        """Whether nothing was compared."""
        return self in (Verdict.LEFT_OUT, Verdict.UNJUDGED)


class Comparison(NamedTuple):
    """One proxy's Kendall in baseline and run, cells without a score ranked worst.

    ``difference`` is run less baseline over the same cells, with its 95 % interval;
    ``detectable`` the smallest fall that such an interval shows in four of five draws of cells, NaN
    where the scores have not moved.
    """

    proxy: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    formula_changed: bool
    verdict: Verdict
    detectable: float = float("nan")

    @property
    def reason(self) -> str:
        """Why the verdict, in a clause."""
        return {
            Verdict.STALE: "its sources have changed since these scores were made, or are gone: "
            "run again",
            Verdict.MISSING: "the baseline has it and the run does not",
            Verdict.UNSCORED: "no cell has a score",
            Verdict.REGRESSED: "it ranks worse by more than the margin, beyond what the draw of "
            "cells explains",
            Verdict.FELL: "its formula has changed, and it ranks these cells worse by more than "
            "the margin",
            Verdict.UNPROVEN: "the interval of the difference does not lie above minus the margin",
            Verdict.DRIFTED: "the formula is unchanged and the scores are not",
            Verdict.IMPROVED: "the interval of the difference lies above the margin",
            Verdict.SAME: "it ranks no worse, or by no more than the margin",
            Verdict.UNTOLD: "its formula has changed, and over the cells that these stand for it "
            "may rank worse by more than the margin: take more cells",
            Verdict.UNJUDGED: "there are too few cells for an interval",
            Verdict.LEFT_OUT: "the run does not have it, and may lack it",
        }[self.verdict]


def summary(rows: Sequence[Comparison], margin: float, design: str) -> str:
    """Return a Markdown summary: what failed or could not be told first, then all."""
    failed = [row for row in rows if row.verdict.fails]
    named = failed + [row for row in rows if row.verdict is Verdict.UNTOLD]
    idle = sum(row.verdict.idle for row in rows)
    head = f"{len(rows) - idle} proxies passed"
    if failed:
        head = f"{len(failed)} of {len(rows) - idle} proxies failed"
    untold = len(named) - len(failed)
    head += f", of which {untold} cannot be told" if untold and not failed else ""
    head += f", {idle} not compared" if idle else ""
    lines = [f"### Proxy quality: {head}", ""]
    lines += [f"- **{row.proxy}** {row.verdict}: {row.reason}." for row in named]
    lines += [""] if named else []
    lines += [
        "| proxy | verdict | τ-b before | after | difference | 95 % | detectable | formula |",
        "|:--|:--|--:|--:|--:|--:|--:|:--|",
    ]
    for row in sorted(rows, key=lambda row: (not row.verdict.fails, row.proxy)):
        cells = [
            row.proxy,
            str(row.verdict),
            decimal(row.before),
            decimal(row.after),
            decimal(row.difference),
            interval(row.low, row.high),
            decimal(row.detectable),
            "changed" if row.formula_changed else "",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        f"Kendall's τ-b, cells without a score ranked worst; the margin is {margin}. A score of an "
        "unchanged formula should be what it was; one of a changed formula may not fall by more "
        "than the margin, over these cells or, by the interval (Holm's correction over all "
        "proxies), over those that they stand for. *detectable*: the smallest fall that the "
        f"interval alone shows four times of five. {design}",
    ]
    return "\n".join(lines) + "\n"


def junit(rows: Sequence[Comparison]) -> str:
    """Return JUnit XML: a test case a proxy."""
    failures = sum(row.verdict.fails for row in rows)
    absent = sum(row.verdict.idle for row in rows)
    counts = {"tests": str(len(rows)), "failures": str(failures), "skipped": str(absent)}
    suite = ElementTree.Element("testsuite", {"name": "harness compare", **counts})
    for row in rows:
        case = ElementTree.SubElement(suite, "testcase", classname="proxies", name=row.proxy)
        said = f"{row.reason}: {decimal(row.difference)} {interval(row.low, row.high)}"
        if row.verdict.fails:
            ElementTree.SubElement(case, "failure", message=said, type=str(row.verdict))
        elif row.verdict.idle:
            ElementTree.SubElement(case, "skipped", message=row.reason)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def metrics(rows: Sequence[Comparison]) -> str:
    """Return JSON of name, value, unit and range: larger is better, as benchmark trackers read."""
    entries = [
        {
            "name": f"{row.proxy} kendall",
            "unit": "tau-b",
            "value": round(row.after, 4),
            "range": f"{row.low:+.4f} to {row.high:+.4f} from baseline",
            "extra": str(row.verdict),
        }
        for row in rows
        if row.after == row.after
    ]
    return json.dumps(entries, indent=1) + "\n"
