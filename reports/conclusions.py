"""What a run says, in a few sentences."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from statistics import median

from reports.findings import Findings
from reports.leaderboard import FEWEST, LeaderboardRow, leaderboard
from reports.numbers import decimal, estimate, interval
from reports.yardstick import BETTER, SAME, WORSE, gaps, yardstick


def conclusions(findings: Findings) -> list[str]:
    """Return who leads, what is not told apart, how far the ceiling is, and the yardstick."""
    everything = leaderboard(findings.own)
    board = [row for row in everything if not isnan(row.tau.value)]
    if not board:
        return ["No score could be ranked: none is defined, or all are equal."]
    first = board[0]
    sentences = [_leader(board)]
    ceiling = findings.ceiling("kendall")
    without = first.of("kendall_without_noise")
    if ceiling and not isnan(without.value):
        sentences.append(
            f"Without training noise that would be {estimate(without)}; with it, the true "
            f"{findings.measure} itself would reach {decimal(ceiling.value)}."
        )
    sentences += _yardstick(board, findings)
    if first.tau.needs:
        sentences.append(
            f"For an interval of ± .02 about {first.proxy} about {first.tau.needs} cells are "
            f"needed; there are {first.tau.n}."
        )
    lacking = [row.tau.undefined + row.tau.failed for row in everything]
    missing = [cells for cells in lacking if cells]
    if missing:
        lack = "lacks" if len(missing) == 1 else "lack"
        sentences.append(
            f"{len(missing)} of {len(everything)} scores {lack} a value for some cells "
            f"({max(missing)} at most); those cells rank below all others."
        )
    return sentences


def _leader(board: Sequence[LeaderboardRow]) -> str:
    first, *others = board
    value = decimal(first.tau.value)
    if not first.judged:
        return (
            f"{first.proxy} has the largest Kendall τ-b, {value}; there are too few cells "
            "for an interval, so nothing can be told apart."
        )
    equals = [row.proxy for row in others if row.leads]
    unjudged = [row.proxy for row in others if not row.judged]
    if isnan(first.tau.low):
        return (
            f"{first.proxy} leads with a Kendall τ-b of {value}. All cells were scored once: "
            "nothing was sampled, and how far initial weights decide is not told by one "
            "initialisation."
        )
    span = interval(first.tau.low, first.tau.high)
    told = [f"{first.proxy} leads with a Kendall τ-b of {value} {span}."]
    if equals:
        told.append(f"With {', '.join(equals)} it makes a 95 % set that holds the best.")
    else:
        told.append("It alone is a 95 % set that holds the best.")
    if unjudged:
        told.append(f"Not judged, for too few cells: {', '.join(unjudged)}.")
    return " ".join(told)


def _yardstick(board: Sequence[LeaderboardRow], findings: Findings) -> list[str]:
    """Return how many scores beat counting parameters, by the interval of the difference."""
    control, over = yardstick(findings), gaps(findings)
    judged = [row.proxy for row in board if row.family != "trivial"]
    named = {
        word: [n for n in judged if n in over and over[n].verdict == word]
        for word in (BETTER, SAME, WORSE)
    }
    if control is None or not any(named.values()):
        return []
    value = decimal(next(row.tau.value for row in board if row.proxy == control))
    better, same, worse = named[BETTER], named[SAME], named[WORSE]
    who = f" ({', '.join(better)})" if better else ""
    sampled = any(over[name].low < over[name].high for name in (*better, *same, *worse))
    rule = "By the 95 % interval of the difference from that" if sampled else "Over these cells"
    return [
        f"Counting parameters ({control}) reaches {value}. {rule}, {len(better)} of "
        f"{len(better) + len(same) + len(worse)} scores {'is' if len(better) == 1 else 'are'} "
        f"better{who}, {len(same)} the same, {len(worse)} worse."
    ]


def warning(findings: Findings) -> str:
    """Return why the sample is too small for what a table claims; nothing where it is not."""
    board = leaderboard(findings.own)
    n = max(row.tau.n for row in board)
    if n < FEWEST:
        return (
            f"Only {n} cells were scored: fewer than {FEWEST} show that a score can be computed, "
            "not what it is worth."
        )
    known = [row.tau.high - row.tau.low for row in board if not isnan(row.tau.low)]
    width = median(known) / 2 if known else 0.0
    if width > WIDE:
        return (
            f"Only {n} cells were scored: half of the intervals are wider than ± "
            f"{decimal(width, 2)}, so that large differences alone can be told. More `--cells` "
            "narrow them."
        )
    return ""


WIDE = 0.1
"""Half of an interval of tau from which on a table carries a warning."""
