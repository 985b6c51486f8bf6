"""``harness search``: run what is missing, then report."""

from __future__ import annotations

import argparse


def search(options: argparse.Namespace) -> str:
    """Run the searches that a folder lacks and report; return the table."""
    from harness.listing import check_searchers
    from harness.plugins import others, plug_in
    from harness.searching.options import search_plan_of

    ours = not options.searcher_file and not others()
    if ours:
        check_searchers(options.searchers)  # a wrong name is told at once
    plan = search_plan_of(options)
    from searchers import choose

    if ours:
        several = bool(plan.objectives)
        choose(plan.searchers, plan.proxies.split(","), several=several)  # and a wrong setting soon
    from harness.scoring.workers import default_workers
    from harness.searching.flow import fill
    from harness.searching.front_report import check_reference
    from harness.searching.posing import read_table
    from harness.searching.report import report_searches

    plug_in(options)
    workers = options.workers or default_workers()
    table = read_table(plan, workers)
    check_reference(plan, table)
    fill(plan, table, options.out, workers, retry_failed=options.retry_failed)
    return report_searches(options.out, table)
