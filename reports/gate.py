"""What the gate found: for people, for test reporters, and for benchmark trackers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple
from xml.etree import ElementTree

from reports.tables import decimal, interval


class Verdict(StrEnum):
    """What became of a proxy; the first three fail the gate."""

    STALE = "stale"
    REGRESSED = "regressed"
    DRIFTED = "drifted"
    IMPROVED = "improved"
    SAME = "same"
    UNJUDGED = "not judged"
    ABSENT = "not in the run"

    @property
    def fails(self) -> bool:
        """Whether the gate closes on it."""
        return self in (Verdict.STALE, Verdict.REGRESSED, Verdict.DRIFTED)

    @property
    def idle(self) -> bool:
        """Whether nothing was compared."""
        return self in (Verdict.ABSENT, Verdict.UNJUDGED)


class Comparison(NamedTuple):
    """One proxy's Kendall in baseline and run, cells without a score ranked worst.

    ``difference`` is run less baseline over the same cells, with its 95 % interval.
    """

    proxy: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    formula_changed: bool
    verdict: Verdict

    @property
    def reason(self) -> str:
        """Why the verdict, in a clause."""
        return {
            Verdict.STALE: "its sources have changed since these scores were made: run again",
            Verdict.REGRESSED: "the interval of the difference lies below minus the margin",
            Verdict.DRIFTED: "the formula is unchanged and the scores are not",
            Verdict.IMPROVED: "the interval of the difference lies above the margin",
            Verdict.SAME: "no difference beyond the margin",
            Verdict.UNJUDGED: "the cells are of too few classes for an interval",
            Verdict.ABSENT: "the baseline has it and the run does not",
        }[self.verdict]


def summary(rows: Sequence[Comparison], margin: float) -> str:
    """Return a Markdown summary: what failed first, then all."""
    failed = [row for row in rows if row.verdict.fails]
    idle = sum(row.verdict.idle for row in rows)
    head = f"{len(rows) - idle} proxies passed"
    if failed:
        head = f"{len(failed)} of {len(rows) - idle} proxies failed"
    head += f", {idle} not compared" if idle else ""
    lines = [f"### Proxy quality: {head}", ""]
    lines += [f"- **{row.proxy}** {row.verdict}: {row.reason}." for row in failed]
    lines += [""] if failed else []
    lines += [
        "| proxy | verdict | τ-b before | after | difference | 95 % | formula |",
        "|:--|:--|--:|--:|--:|--:|:--|",
    ]
    for row in sorted(rows, key=lambda row: (not row.verdict.fails, row.proxy)):
        cells = [
            row.proxy,
            str(row.verdict),
            decimal(row.before),
            decimal(row.after),
            decimal(row.difference),
            interval(row.low, row.high),
            "changed" if row.formula_changed else "",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", f"Kendall's τ-b, cells without a score ranked worst; the margin is {margin}."]
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
    found = [
        {
            "name": f"{row.proxy} kendall",
            "unit": "tau-b",
            "value": round(row.after, 4),
            "range": f"{row.low:+.4f} to {row.high:+.4f} from baseline",
            "extra": str(row.verdict),
        }
        for row in rows
        if row.verdict is not Verdict.ABSENT
    ]
    return json.dumps(found, indent=1) + "\n"
