"""A run compared with a baseline: what regressed, drifted, or is not there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from benchmarks.catalogue import ATLAS
from benchmarks.errors import BadInput
from harness.atlases.shipped import atlas_of
from harness.judging.ranks import Vector, spearman
from harness.judging.run_scores import RunScores
from harness.judging.uncertainty import CERTAIN, LEVEL, Z, holm
from harness.reporting import baseline
from harness.reporting.whole_space import plan_of
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from reports.gate import Comparison, Verdict, junit, metrics, summary

DRIFT, AGREEMENT = 5e-3, 0.995
"""An unchanged formula drifts where the probes' median relative change is larger, or the Spearman
correlation with the old ranks is smaller."""

LOOSE, LOOSE_AGREEMENT = {"few-step": 0.05}, 0.9
"""The same for families whose scores rounding alone changes."""

POWER = float(ndtri(0.8))
"""Standard errors by which a fall has to exceed what is seen, to be seen in four draws of five."""


@dataclass(frozen=True)
class Rules:
    """What fails a proxy.

    Attributes:
        margin: fall of Kendall's tau that does not matter.
        non_inferior: whether a proxy has to be shown not to have fallen by more.
        allow_missing: whether a proxy of the baseline may be missing from the run.
    """

    margin: float = 0.01
    non_inferior: bool = False
    allow_missing: bool = False


def compare(out: Path, path: Path, rules: Rules) -> list[Comparison]:
    """Return a comparison a proxy of the baseline; none where the two cannot be paired.

    Raises:
        BadInput: the baseline is not one, or the run is not finished.
    """
    run = RunScores.read(out, alone=True)
    stored = baseline.stored_baseline(run, path)
    if stored["run"] != baseline.identity(run):
        return []
    old = baseline.stale_scores(out)
    rows = compared(run, stored["proxies"], rules)
    return [row._replace(verdict=Verdict.STALE) if row.proxy in old else row for row in rows]


def compared(run: RunScores, before: Mapping[str, Any], rules: Rules) -> list[Comparison]:
    """Compare a run with what a baseline holds of each proxy, over the same cells."""
    now = dict(baseline.entries(run))
    gaps = {name: _Gap.of(run, before[name], now[name]) for name in sorted(before) if name in now}
    uncertain = [name for name, gap in gaps.items() if gap.error > CERTAIN]
    p = np.array([ndtr(gaps[name].lost(rules.margin)) for name in uncertain])
    fallen = dict(zip(uncertain, holm(p) < LEVEL / 2, strict=True))
    rows = []
    for name, old in sorted(before.items()):
        if name in gaps:
            certain = gaps[name].error <= CERTAIN and gaps[name].value < -rules.margin
            fell = bool(fallen.get(name, certain))
            scores = run.cells[run.cells["proxy"] == name].set_index("index")["score"]
            rows.append(_compared(name, old, now[name], scores, gaps[name], rules, fell))
        else:
            rows.append(_absent(name, old["kendall"], rules))
    return rows


def publish(run: Path, rows: list[Comparison], rules: Rules, out: Path | None) -> str:
    """Return the summary; with ``out``, write it there as Markdown, JUnit's XML and JSON.

    It is appended to the file that ``$GITHUB_STEP_SUMMARY`` names, if it does.
    """
    text = summary(rows, rules.margin, RunScores.read(run, alone=True).design.words)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        RunFolder(out).text(RunFile.COMPARISON, text)
        RunFolder(out).text(RunFile.COMPARISON_JUNIT, junit(rows))
        RunFolder(out).text(RunFile.COMPARISON_METRICS, metrics(rows))
    if step := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(step).open("a", encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            raise BadInput(
                "`$GITHUB_STEP_SUMMARY` should name a file that can be written. "
                f"`{step}` cannot: {error.strerror}."
            ) from error
    return text


def difference(out: Path, path: Path) -> str:
    """Return in which settings run and baseline differ, for a sentence."""
    run = RunScores.read(out, alone=True)
    stored, now = baseline.stored_baseline(run, path)["run"], baseline.identity(run)
    differing = [name for name in now if stored.get(name) != now[name]]
    named = ", ".join(
        f"other {n.removesuffix('_sha256')}"
        if n.endswith("_sha256")
        else f"{n} ({stored.get(n)} there, {now[n]} here)"
        for n in differing
    )
    if str(path) != ATLAS or "inputs_sha256" not in differing:
        return named
    usual = plan_of(atlas_of(run.plan.benchmark))
    return (
        f"{named}; the atlas's are those of `--dataset {usual.dataset} --images {usual.images} "
        f"--batch {usual.batch}`"
    )


@dataclass(frozen=True)
class _Gap:
    """A proxy's tau before and after over the same cells, and their difference's error."""

    before: float
    after: float
    error: float

    @property
    def value(self) -> float:
        return self.after - self.before

    def lost(self, margin: float) -> float:
        """Return by how many errors the difference exceeds minus the margin."""
        return (self.value + margin) / self.error

    @classmethod
    def of(cls, run: RunScores, old: dict[str, Any], new: dict[str, Any]) -> _Gap:
        each = run.cells.drop_duplicates("index").sort_values("index")
        before, after = (baseline.tau(run, each, baseline.ranks_of(entry)) for entry in (old, new))
        moved = baseline.spread(run, each, after.influence - before.influence)
        return cls(before.value, after.value, float(np.sqrt((moved**2).sum())))


def _absent(name: str, before: float, rules: Rules) -> Comparison:
    no = float("nan")
    verdict = Verdict.LEFT_OUT if rules.allow_missing else Verdict.MISSING
    return Comparison(name, before, no, no, no, no, False, verdict)


def _compared(
    name: str,
    old: dict[str, Any],
    new: dict[str, Any],
    scores: pd.Series,
    gap: _Gap,
    rules: Rules,
    fell: bool,
) -> Comparison:
    """Compare one proxy; cells without a score are ranked worst, so that none can hide."""
    changed, margin = old["formula"] != new["formula"], rules.margin
    low, high = gap.value - Z * gap.error, gap.value + Z * gap.error
    verdict = Verdict.SAME
    if new["missing"] == len(scores):
        verdict = Verdict.UNSCORED
    elif fell:
        verdict = Verdict.REGRESSED
    elif changed and gap.value < -margin:
        verdict = Verdict.FELL
    elif not changed and _drifted(old, new, scores):
        verdict = Verdict.DRIFTED
    elif rules.non_inferior and not low > -margin:
        verdict = Verdict.UNPROVEN
    elif np.isnan(gap.error) and gap.value != 0:
        verdict = Verdict.UNJUDGED
    elif low > margin:
        verdict = Verdict.IMPROVED
    elif changed and not low > -margin:
        verdict = Verdict.UNTOLD
    detectable = margin + (Z + POWER) * gap.error if gap.error > CERTAIN else float("nan")
    return Comparison(
        name, gap.before, gap.after, gap.value, low, high, changed, verdict, detectable
    )


def _drifted(old: dict[str, Any], new: dict[str, Any], scores: pd.Series) -> bool:
    """Whether scores of one formula are others: their order, their values, or that they exist."""
    if new["missing"] != old["missing"]:
        return True
    now, then = baseline.ranks_of(new), baseline.ranks_of(old)
    if not _constant(now, then):
        agreement = spearman(now, then).value
        if not agreement >= (LOOSE_AGREEMENT if new["family"] in LOOSE else AGREEMENT):
            return True
    probed = scores.reindex([int(i) for i in old["probes"]]).to_numpy(float)
    known = np.array(list(old["probes"].values()))
    changes = np.abs(probed - known) / np.maximum(np.abs(known), 1e-12)
    if len(changes) == 0:
        return False
    return not float(np.median(changes)) <= LOOSE.get(new["family"], DRIFT)


def _constant(now: Vector, then: Vector) -> bool:
    return len(set(then.tolist())) == len(set(now.tolist())) == 1
