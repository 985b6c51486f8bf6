"""Worker processes, from their first instruction on."""

from __future__ import annotations

import os
import signal
import time

from benchmarks.processes import pool


def test_ctrl_c_does_not_reach_a_worker_that_is_still_importing() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    with pool(1, int) as executor:
        answer = executor.submit(os.getpid)
        (worker,) = executor._processes
        for _ in range(20):
            os.kill(worker, signal.SIGINT)
            time.sleep(0.05)
        assert answer.result() == worker
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == before
