"""What scores tasks: processes of this machine, or a cluster's workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from harness.runs.plan import Plan
from harness.scoring.workers import Backend, local, scored_by


@contextmanager
def backend(plan: Plan, workers: int | None, scheduler: str | None) -> Iterator[Backend]:
    """Yield what scores the tasks of a plan.

    Args:
        plan: names the device, and how many candidates stand side by side.
        workers: local processes; one a core where it is not given.
        scheduler: the address of a Dask scheduler whose workers score instead.
    """
    if scheduler is None:
        yield local(plan.device, workers, plan.stack)
        return
    from harness.scoring.cluster import connected  # Dask is an extra

    with connected(scheduler) as executor:
        yield partial(scored_by, executor, stack=plan.stack)
