"""What the command line does, on data frames: ``import harness`` in a notebook.

Settings are those of the command line, named with underscores: ``benchmark``, ``truth``,
``dataset``, ``split``, ``epochs``, ``accuracy_seed``, ``images``, ``labels``, ``batch``, ``cells``,
``seeds``, ``device``, ``proxy_file``. What is left out has the default that it has there. A list is
what is separated by commas there, or given several times. Proxies of files and of installed
packages are known as they are there, and so is what was registered in the session.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd

from benchmarks.errors import BadInput, suggestion
from benchmarks.printable import printable
from harness.atlases.shipped import current_atlas
from harness.cli.filling import score_folder, search_folder
from harness.cli.plugins import check_files, plug_in
from harness.cli.told import told
from harness.judging.external import of_frame
from harness.judging.findings import judged
from harness.judging.run_scores import RunScores
from harness.options.run_settings import options_from, plan_from, plan_of
from harness.options.search_settings import search_plan_of
from harness.runs.candidates import chosen_cells
from harness.runs.forms import TIME_LIMIT
from harness.runs.plan import Plan
from harness.runs.run_folder import RunFolder
from harness.scoring.flow import truth
from harness.searching.report import searches
from reports.findings import Findings
from reports.leaderboard import as_frame, leaderboard

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@told
def accuracies(**settings: Any) -> pd.DataFrame:
    """Return the chosen candidates with one named accuracy.

    Columns ``index``, ``arch``, ``class`` (the candidate that stands for all that compute the same)
    and ``accuracy`` in percent.

    >>> import harness
    >>> harness.accuracies(cells="0,7")["accuracy"].between(0, 100).all()
    np.True_
    """
    plan = _unscored(settings)
    table = truth(plan, 1)
    cells = chosen_cells(plan, table)
    return cells.assign(accuracy=cells["index"].map(table.accuracy(plan.accuracy)))


@told
def score(
    proxies: str = "all",
    *,
    out: Path | str | None = None,
    workers: int | None = 1,
    scheduler: str | None = None,
    retry_failed: bool = False,
    time_limit: int = TIME_LIMIT,
    **settings: Any,
) -> pd.DataFrame:
    """Score the chosen candidates; with ``out``, into a run folder that resumes and is kept.

    Args:
        proxies: names, separated by commas.
        out: the run folder.
        workers: processes, one a core where it is None; a formula that was typed in the session
            is scored by one.
        scheduler: address of a Dask scheduler whose workers score instead.
        retry_failed: whether what is stored as failed is scored again.
        time_limit: seconds after which a formula is failed on a network.
        settings: those of ``harness score``, with underscores.

    Columns as in ``scores.parquet``: ``index``, ``arch``, ``class``, ``proxy``, ``seed``,
    ``score``, ``status`` (ok, undefined or failed), ``reason``, and what the passes did.

    >>> import harness
    >>> scores = harness.score("snip,params", cells="0,7", batch=8)
    >>> sorted(set(scores["proxy"]))
    ['params', 'snip']
    """
    how: dict[str, object] = {
        "workers": workers,
        "scheduler": scheduler,
        "retry_failed": retry_failed,
    }
    how |= {"time_limit": time_limit, "out": str(out or ".")}
    options = options_from(["score"], {**settings, "proxies": proxies}, how)
    plug_in(options)
    plan = plan_of(options)
    if options.workers != 1 or options.scheduler or plan.proxy_files:
        check_files(plan.proxies)
    with ExitStack() as stack:
        folder = options.out if out else Path(stack.enter_context(TemporaryDirectory()))
        score_folder(
            plan,
            folder,
            options.workers,
            scheduler=options.scheduler,
            retry_failed=options.retry_failed,
            time_limit=options.time_limit,
        )
        return RunFolder(folder).read_scores()


@told
def atlas(benchmark: str = "nats-tss", inputs: str | None = None) -> pd.DataFrame:
    """Return the scores of a space's candidates that come with the project.

    Of all candidates, or of those that were drawn for it: those proxies of which it has them all,
    at initialisation 0. ``inputs`` names what was scored: a dataset's images, ``noise`` or
    ``random_labels``; where it is not given, the images of the benchmark's first dataset.

    Columns as those of :func:`score`, which needs minutes to hours for them.

    >>> import harness
    >>> scores = harness.atlas()
    >>> len(scores[scores["proxy"] == "params"])
    15625
    """
    own = current_atlas(str(benchmark), None if inputs is None else str(inputs))
    plan = _unscored({"benchmark": benchmark, "cells": own.cells})
    cells = chosen_cells(plan, truth(plan, 1))
    return own.covering(cells).rows(cells)


@told
def judge(scores: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    """Judge scores against one named accuracy: one row a proxy, best Kendall first.

    Args:
        scores: what :func:`score` returns, or any frame with ``index``, ``proxy`` and ``score``.
            A registered proxy has its own direction; of another, larger is better.
        settings: name benchmark and accuracy.

    >>> import harness
    >>> scores = harness.score("params,live_params", cells="random:40")
    >>> table = harness.judge(scores)
    >>> sorted(table["proxy"])
    ['live_params', 'params']
    """
    return as_frame(leaderboard(_found(scores, settings).own))


@told
def plot(scores: pd.DataFrame, figure: str = "correlations", **settings: Any) -> Figure:
    """Draw one figure of a report: ``correlations``, ``similarity``, ``scores``, ``score_NAME``.

    >>> import harness
    >>> scores = harness.score("params,live_params", cells="random:40")
    >>> harness.plot(scores, "score_params").axes[0].get_xlabel()
    'score'
    """
    import matplotlib as mpl

    from reports.figures import overviews, panels, sheet
    from reports.style import STYLE

    findings = _found(scores, settings)
    sketches = {
        sketch.name: sketch for sketch in (*overviews(findings), sheet(findings), *panels(findings))
    }
    if (name := str(figure)) not in sketches:
        raise BadInput(
            f"A figure should be one of {', '.join(sketches)}. Found `{printable(name)}`."
            f"{suggestion(name, sketches)}"
        )
    with mpl.rc_context(STYLE):
        return sketches[name].figure()


@told
def search(
    searchers: str = "all",
    *,
    budget: str,
    out: Path | str | None = None,
    workers: int | None = 1,
    retry_failed: bool = False,
    **settings: Any,
) -> pd.DataFrame:
    """Run searches on a table; with ``out``, into a run folder that resumes and is kept.

    One row a run, as in ``final.csv``: ``searcher``, ``seed``, ``index`` and ``arch`` of what it
    chose, ``signal`` that it chose by, ``accuracy`` that it is judged by, what it ``spent``, how
    many ``trainings`` of how many ``distinct`` candidates that were.

    Args:
        searchers: names separated by commas; random search runs beside them.
        budget: simulated seconds such as ``20000s``, or a number of trainings such as ``200``.
        out: the run folder.
        workers: processes, one a core where it is None.
        retry_failed: whether what is stored as failed is run again.
        settings: those of ``harness search``, with underscores.

    >>> import harness
    >>> runs = harness.search("local_search", benchmark="mini", budget="20", seeds=3)
    >>> sorted(runs["searcher"].unique())
    ['local_search', 'random']
    """
    how: dict[str, object] = {
        "workers": workers,
        "retry_failed": retry_failed,
        "out": str(out or "."),
    }
    asked = {**settings, "searchers": searchers}
    options = options_from(["search", f"--budget={budget}"], asked, how)
    plug_in(options)
    plan = search_plan_of(options)
    with ExitStack() as stack:
        folder = options.out if out else Path(stack.enter_context(TemporaryDirectory()))
        table = search_folder(plan, folder, options.workers, retry_failed=options.retry_failed)
        return searches(folder, table).finals


def _found(scores: pd.DataFrame, settings: dict[str, Any]) -> Findings:
    """Judge a frame, completed by what the benchmark knows."""
    plug_in(options_from(["run"], settings))
    plan = _unscored({**settings, "proxies": "params"})  # the frame says which there are
    table = truth(plan, 1)
    return judged(RunScores.of(of_frame(scores, plan, table), plan, table))


def _unscored(settings: dict[str, Any]) -> Plan:
    """Return the plan of settings that score nothing, so that no images need be named."""
    return plan_from({"images": "noise", **settings, "oneshot": None})
