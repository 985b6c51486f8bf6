"""Shards that were scored apart, put together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.errors import BadInput
from benchmarks.streams import say
from benchmarks.table import AccuracyTable
from harness.runs.devices import default_workers
from harness.runs.forms import located
from harness.runs.plan import Plan
from harness.runs.run_folder import RunFolder
from harness.scoring.described import read_described
from harness.scoring.flow import fill, truth
from harness.scoring.keys import key, source_digest_of
from harness.scoring.store import Score, Store, stored
from harness.scoring.workers import local
from proxies import load_all, load_file
from proxies.plugins.files import absolute

FREE = ("device", "stack", "shard", "proxy_files")
"""What shards may differ in: the store holds the kind of device, the keys hold the formulas."""

TOLERANCE = 5e-3
"""Relative; two scores of one network, made side by side with others, differ by rounding."""

ROUNDING = 1e-6
"""Of float32, as a share of a proxy's usual scores."""

Source = tuple[Score, Path]
"""A score and the run that it comes from."""


def merge(
    runs: Sequence[Path], out: Path, workers: int | None, proxy_files: Sequence[Path] = ()
) -> tuple[Plan, AccuracyTable]:
    """Copy the scores of run folders into one, then compute what no shard holds.

    The folders are only read. Where several hold a score, the one that they are put into among
    them, one that exists beats a failed one.

    Args:
        runs: the run folders of the shards.
        out: the run folder that they are put into.
        workers: processes; one a core where it is None.
        proxy_files: what the shards' own proxies come from; where there are none, the files that
            the shards name.

    What other formulas made than there are now is said, and computed again.

    Returns:
        The plan of the whole, and its accuracies.

    Raises:
        BadInput: a folder is no run, or scored other candidates, inputs or proxies than the first,
            or another value for the same network and formula; or a file of proxies is not there.
    """
    plans = [Plan.read(RunFolder(run).plan)[0] for run in runs]
    files = [located(str(path)) for path in proxy_files] or _files(runs, plans)
    first = replace(plans[0], shard="1/1", proxy_files=tuple(files))
    for run, plan in zip(runs, plans, strict=True):
        alike = replace(plan, **{name: getattr(first, name) for name in FREE})
        differing = [n for n, value in vars(alike).items() if value != vars(first)[n]]
        if differing:
            name = differing[0]
            raise BadInput(
                f"Runs should be shards of one plan. `{run}` has {name} `{vars(plan)[name]}`, "
                f"`{runs[0]}` has `{vars(first)[name]}`."
            )
    for file in files:
        load_file(Path(file))
    contents = [stored(RunFolder(run).store) for run in runs]
    for run, (identity, _) in zip(runs, contents, strict=True):
        for name, value in contents[0][0].items():
            if identity.get(name) != value:
                raise BadInput(
                    f"Runs should be shards of one plan. `{run}` has {name} "
                    f"`{identity.get(name)}`, `{runs[0]}` has `{value}`."
                )
    merged, former = RunFolder(out).store, list[Source]()
    if merged.exists():
        with Store(merged, contents[0][0]) as target:
            former = [(row, out) for row in target.rows()]
    shards = [(row, run) for run, (_, rows) in zip(runs, contents, strict=True) for row in rows]
    best = _best([*former, *shards])
    _say_stale((row for row, _ in best), first)
    out.mkdir(parents=True, exist_ok=True)
    with Store(merged, contents[0][0]) as target:
        target.add(row for row, _ in best)
    table = truth(first, workers or default_workers())
    fill(first, table, out, local(first.device, workers, first.stack), workers=workers)
    return first, table


def _files(runs: Sequence[Path], plans: Sequence[Plan]) -> list[str]:
    """Return the files of proxies that plans name, one of several with the same code.

    Raises:
        BadInput: one is not there, and none of the same code is.
    """
    there: dict[str, str] = {}
    for file in [file for plan in plans for file in plan.proxy_files]:
        if Path(file).is_file():
            there.setdefault(source_digest_of(Path(file)), file)
    for run, plan in zip(runs, plans, strict=True):
        said = read_described(RunFolder(run)).values()
        known = {file: digest for proxy in said for file, digest in proxy.behind.marks.items()}
        for file in plan.proxy_files:
            if not Path(file).is_file() and known.get(str(absolute(Path(file)))) not in there:
                raise BadInput(
                    f"The proxies of `{run}` should be in the file that they were scored by. "
                    f"`{file}` does not exist: give `--proxy-file`."
                )
    return list(there.values())


def _best(sources: Iterable[Source]) -> list[Source]:
    """Return one source of each score, and say how many differ by rounding among several.

    Raises:
        BadInput: two sources contradict each other.
    """
    best: dict[tuple[str, str, int, str], Source] = {}
    rounded = []
    every = list(sources)
    sizes: dict[str, list[float]] = {}
    for row, _ in every:
        if row.status == "ok":
            sizes.setdefault(row.proxy, []).append(abs(row.score))
    usual = {name: median(values) for name, values in sizes.items()}
    for source in every:
        row = source[0]
        which = row.subject, row.proxy, row.seed, row.key
        former = best.get(which, source)
        best[which] = _better(former, source, usual.get(row.proxy, 0.0))
        if former[0].status == row.status == "ok" and former[0].score != row.score:
            rounded.append(abs(row.score / former[0].score - 1) if former[0].score else 1.0)
    if rounded:
        say(
            f"{len(rounded)} scores that several runs hold differ by rounding, by at most "
            f"{max(rounded):.1e} of their size; those of the first stand."
        )
    return list(best.values())


def _say_stale(rows: Iterable[Score], plan: Plan) -> None:
    """Say how many scores other formulas made than there are now: they are computed again."""
    known = load_all()
    present: dict[bool, set[tuple[str, str, int]]] = {True: set(), False: set()}
    keys = {name: key(proxy, plan.space) for name, proxy in known.items()}
    for row in rows:
        if row.proxy in keys:
            present[row.key == keys[row.proxy]].add((row.subject, row.proxy, row.seed))
    again = Counter(name for _, name, _ in present[False] - present[True])
    if again:
        counted = ", ".join(f"{count} of {name}" for name, count in sorted(again.items()))
        say(f"Other formulas than there are now made scores, which are computed again: {counted}.")


def _better(kept: Source, other: Source, usual: float) -> Source:
    """Return the one of two stored scores to keep: what exists, else the first.

    Rounding is told apart from a contradiction by the score's size, and the ``usual`` one of the
    proxy's scores, as what is next to 0 is a difference of larger numbers.

    Raises:
        BadInput: both exist and are not one number.
    """
    (old, there), (new, here) = kept, other
    if "failed" in (old.status, new.status):
        return other if old.status == "failed" else kept
    same = old.status == new.status and (
        old.status != "ok"
        or math.isclose(old.score, new.score, rel_tol=TOLERANCE, abs_tol=ROUNDING * usual)
    )
    if not same:
        raise BadInput(
            f"Runs should agree on what they share. Of {old.proxy} for `{old.subject}`, seed "
            f"{old.seed}, `{there}` holds {_said(old)} and `{here}` holds {_said(new)}. Leave out "
            "the one that is wrong."
        )
    return kept


def _said(row: Score) -> str:
    return f"{row.score:.7g}" if row.status == "ok" else row.status
