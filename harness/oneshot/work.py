"""Jobs of supernets, in this process or in others: an epoch of training, or some children."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple

from benchmarks.errors import BadInput
from benchmarks.processes import Pool
from harness.oneshot.evaluation import scores
from harness.oneshot.training import SupernetRun, SupernetTraining, TrainingData, advance
from harness.scoring.processes import deterministic, keep_memory
from harness.scoring.store import Score


class Job(NamedTuple):
    """One more epoch of a supernet, or the scores of ``archs`` where there are some.

    ``shares`` is among how many children the seconds of training are divided.
    """

    run: SupernetRun
    archs: tuple[str, ...]
    shares: int


_data: list[TrainingData] = []


def set_up(training: SupernetTraining) -> None:
    """Set this process up for a kind of training."""
    deterministic()
    keep_memory()
    _data[:] = [TrainingData.of(training)]


def work(job: Job) -> list[Score]:
    """Do a job of the training that :func:`set_up` was given."""
    if job.archs:
        return scores(_data[0], job.run, job.archs, job.shares)
    advance(_data[0], job.run)
    return []


def worked(
    training: SupernetTraining, chains: Sequence[Sequence[Job]], workers: int
) -> Iterator[list[Score]]:
    """Yield what each job found; those of a chain are done in order.

    Every process runs one thread, so that numbers do not depend on ``workers``; one worker is this
    process itself.

    Raises:
        BadInput: a worker process dies.
    """
    if workers == 1:
        set_up(training)
        yield from (work(job) for chain in chains for job in chain)
        return
    waiting = deque(map(deque, chains))
    running: dict[Future[list[Score]], deque[Job]] = {}
    executor = Pool(min(workers, len(chains)) or 1, set_up, training)
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                chain = waiting.popleft()
                running[executor.submit(work, chain.popleft())] = chain
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                chain = running.pop(future)
                if chain:
                    waiting.appendleft(chain)
                yield future.result()
    except BrokenProcessPool as error:
        raise BadInput(
            f"A process that trains a supernet should live. It died ({executor.death()}). Try "
            "`--workers 1`; the same command goes on from what was stored."
        ) from error
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
