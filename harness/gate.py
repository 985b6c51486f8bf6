"""The gate: a run against a baseline, paired cell by cell."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.files import replace
from harness.folder import RunFolder
from harness.judging.findings import findings
from harness.judging.ranks import Statistic, Vector, kendall, midranks, spearman
from harness.judging.uncertainty import Sample, Z, fisher
from harness.plan import Plan
from harness.scoring.keys import stale
from proxies import choose
from reports.findings import Findings
from reports.gate import Comparison, Verdict, junit, metrics, summary

FORMAT = 1
PROBES = 12
"""Cells whose scores the baseline holds in full."""

DRIFT, AGREEMENT = 5e-3, 0.995
"""An unchanged formula drifts where the probes' median relative change is larger, or the Spearman
correlation with the old ranks is smaller."""

LOOSE, LOOSE_AGREEMENT = {"few-step": 0.05}, 0.9
"""The same for families whose scores rounding alone changes."""

SAME = ("benchmark", "dataset", "split", "epochs", "accuracy_seed", "labels", "batch", "seeds")


def baseline(out: Path, target: Path) -> str:
    """Write a run's results as a baseline, one line a proxy; return what was written."""
    found = findings(out)
    if old := _stale(out):
        raise BadInput(
            f"`{out}` should hold scores of the formulas that there are now. Those of "
            f"{', '.join(sorted(old))} were made by others: run again."
        )
    lines = [json.dumps(name) + ": " + json.dumps(entry) for name, entry in _entries(found)]
    head = json.dumps({"format": FORMAT, "run": _identity(out, found)}, indent=1)[:-2]
    text = f'{head},\n "proxies": {{\n  ' + ",\n  ".join(lines) + "\n }\n}\n"
    replace(target, lambda path: path.write_text(text, encoding="utf-8"))
    return f"{target}: {len(lines)} scores of {found.cells['index'].nunique()} cells\n"


def compare(out: Path, path: Path, margin: float) -> list[Comparison]:
    """Return a comparison a proxy that run and baseline share; none where they cannot be paired.

    Raises:
        BadInput: the baseline is not one, or the run is not finished.
    """
    stored, found = _read(path), findings(out)
    identity = _identity(out, found)
    if stored["run"] != identity:
        return []
    now, old = dict(_entries(found)), _stale(out)
    rows = [
        _compared(name, stored["proxies"][name], now.get(name), found.cells, margin)
        for name in sorted(stored["proxies"])
    ]
    return [row._replace(verdict=Verdict.STALE) if row.proxy in old else row for row in rows]


def _stale(out: Path) -> set[str]:
    """Return the scores of a run that were made by other formulas, passes or networks than now.

    A combination is stale if a member is.
    """
    folder = RunFolder(out)
    plan = Plan.read(folder.plan)[0]
    old = set(stale(folder.read_scores(), plan.space))
    return old | {one.name for one in choose(plan.proxies)[1] if old & set(one.members)}


def publish(out: Path, rows: list[Comparison], margin: float) -> str:
    """Write ``compare.md``, ``.xml`` (JUnit) and ``.json`` into the run folder; return the first.

    The summary is appended to the file that ``$GITHUB_STEP_SUMMARY`` names, if it does.
    """
    text = summary(rows, margin)
    for name, content in (("md", text), ("xml", junit(rows)), ("json", metrics(rows))):
        RunFolder(out).text(f"compare.{name}", content)
    if step := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(step).open("a", encoding="utf-8") as stream:
            stream.write(text)
    return text


def difference(out: Path, path: Path) -> str:
    """Return in which settings run and baseline differ, for a sentence."""
    stored, now = _read(path)["run"], _identity(out, findings(out))
    differing = [name for name in now if stored.get(name) != now[name]]
    return ", ".join(
        f"other {n.removesuffix('_sha256')}"
        if n.endswith("_sha256")
        else f"{n} ({stored.get(n)} there, {now[n]} here)"
        for n in differing
    )


def _identity(out: Path, found: Findings) -> dict[str, Any]:
    """Return what has to be equal for two runs to be paired: cells, accuracies, and inputs."""
    plan, provenance = Plan.read(out / "plan.json")
    settings = {name: getattr(plan, name) for name in SAME}
    digests = {name: provenance[name] for name in ("inputs_sha256", "accuracy_sha256")}
    indices = np.sort(found.cells["index"].unique()).astype("<i8")
    named = hashlib.sha256(indices.tobytes()).hexdigest()
    return settings | digests | {"cells": len(indices), "indices_sha256": named}


def _entries(found: Findings) -> Iterator[tuple[str, dict[str, Any]]]:
    families = {row.proxy: row.family for row in found.own}
    for name, rows in found.cells.sort_values("index").groupby("proxy"):
        signed, accuracy = rows["signed"].to_numpy(float), rows["accuracy"].to_numpy(float)
        ranks = _ranks(signed)
        value = _tau(ranks, accuracy)
        codes = pd.factorize(rows["class"])[0].astype(np.int64)
        sample = Sample.of([value], [codes], int(codes.max()) + 1)
        low, high = fisher(sample.values, sample.errors)
        defined = rows[rows["status"] == "ok"]
        places = np.linspace(0, max(len(defined) - 1, 0), min(PROBES, len(defined))).astype(int)
        probes = defined.sort_values(["score", "index"]).iloc[np.unique(places)]
        yield (
            str(name),
            {
                "formula": _digest(found, str(name), rows),
                "family": families[str(name)],
                "kendall": round(value.value, 4),
                "interval": [_rounded(low[0]), _rounded(high[0])],
                "missing": int((rows["status"] != "ok").sum()),
                "probes": {str(i): float(f"{s:.7g}") for i, s in _pairs(probes)},
                "ranks": _packed(np.rint(2 * ranks)),
            },
        )


def _digest(found: Findings, name: str, rows: pd.DataFrame) -> str:
    """Return a digest of what a score is made by; of the scores where that is not known."""
    content = rows["score"].to_numpy("<f8").tobytes()
    return (found.entries[name].digest or hashlib.sha256(content).hexdigest())[:16]


def _pairs(rows: pd.DataFrame) -> Iterator[tuple[int, float]]:
    return zip(rows["index"].tolist(), rows["score"].tolist(), strict=True)


def _compared(
    name: str, old: dict[str, Any], new: dict[str, Any] | None, cells: pd.DataFrame, margin: float
) -> Comparison:
    """Compare one proxy; cells without a score are ranked worst, so that none can hide."""
    if new is None:
        no = float("nan")
        return Comparison(name, old["kendall"], no, no, no, no, False, Verdict.ABSENT)
    each = cells.drop_duplicates("index").sort_values("index")
    accuracy = each["accuracy"].to_numpy(float)
    ranks = [_unpacked(one["ranks"]) / 2 for one in (new, old)]
    statistics = [_tau(one, accuracy) for one in ranks]
    codes = pd.factorize(each["class"])[0].astype(np.int64)
    sample = Sample.of(statistics, [codes] * 2, int(codes.max()) + 1)
    gap = statistics[0].value - statistics[1].value
    error = float(np.sqrt(((sample.contributions[0] - sample.contributions[1]) ** 2).sum()))
    low, high = gap - Z * error, gap + Z * error
    changed = old["formula"] != new["formula"]
    scores = cells[cells["proxy"] == name].set_index("index")["score"]
    verdict = Verdict.SAME
    if high < -margin:
        verdict = Verdict.REGRESSED
    elif not changed and _drifted(old, new, scores, *ranks):
        verdict = Verdict.DRIFTED
    elif np.isnan(error) and gap != 0:
        verdict = Verdict.UNJUDGED
    elif low > margin:
        verdict = Verdict.IMPROVED
    value = statistics[0].value
    return Comparison(name, statistics[1].value, value, gap, low, high, changed, verdict)


def _drifted(
    old: dict[str, Any], new: dict[str, Any], scores: pd.Series, now: Vector, then: Vector
) -> bool:
    """Whether scores of one formula are others: their order, their values, or that they exist."""
    if new["missing"] != old["missing"]:
        return True
    constant = len(set(then)) == len(set(now)) == 1
    order = spearman(now, then).value
    if not constant and not order >= (LOOSE_AGREEMENT if new["family"] in LOOSE else AGREEMENT):
        return True
    probed = scores.reindex([int(i) for i in old["probes"]]).to_numpy(float)
    known = np.array(list(old["probes"].values()))
    changes = np.abs(probed - known) / np.maximum(np.abs(known), 1e-12)
    if len(changes) == 0:
        return False
    return not float(np.median(changes)) <= LOOSE.get(new["family"], DRIFT)


def _tau(ranks: Vector, accuracy: Vector) -> Statistic:
    """Return Kendall's tau; 0 where all ranks are equal, for the gate has to judge that too."""
    found = kendall(ranks, accuracy)
    return found if np.isfinite(found.value) else Statistic(0.0, np.zeros(len(ranks)))


def _ranks(signed: Vector) -> Vector:
    lowest = np.nanmin(signed) if np.isfinite(signed).any() else 0.0
    return midranks(np.where(np.isfinite(signed), signed, np.nextafter(lowest, -np.inf)))


def _packed(numbers: Any) -> str:
    return base64.b64encode(np.asarray(numbers).astype("<u2").tobytes()).decode()


def _unpacked(text: str) -> Vector:
    return np.frombuffer(base64.b64decode(text), dtype="<u2").astype(np.float64)


def _rounded(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


FIELDS = {"formula", "family", "kendall", "missing", "probes", "ranks"}


def _read(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["format"] != FORMAT:
            raise ValueError(f"its format is {stored['format']}, not {FORMAT}")
        for name, entry in stored["proxies"].items():
            if not entry.keys() >= FIELDS:
                raise ValueError(f"`{name}` lacks {', '.join(sorted(FIELDS - entry.keys()))}")
            if len(_unpacked(entry["ranks"])) != stored["run"]["cells"]:
                raise ValueError(f"`{name}` does not rank {stored['run']['cells']} cells")
        return dict(stored)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"`{path}` should be a baseline written by `harness baseline`. It cannot be read "
            f"({error}). Write it again from a run that you trust."
        ) from error
