"""Any order of edits, runs, kills, failing calls, baselines, comparisons and merges."""

from __future__ import annotations

import signal
from pathlib import Path
from shutil import rmtree

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.material.forked import Ended, Forked, forked
from tests.material.small_run import scores

FORMULA = '''"""A proxy whose formula is edited."""

from torch import Tensor

from proxies.records import CellCounts
from proxies.registry import proxy


@proxy(source="this test", family="trivial", larger_is_better=True)
def mine(counts: CellCounts) -> Tensor:
    """The parameters, times a factor."""
    return {factor} * counts.params
'''

FACTORS = st.sampled_from([1.0, 2.0, -1.0])
"""By the first two cells rank alike; by the third the other way round."""


class Folders(RuleBasedStateMachine):
    """A proxy file, a run folder, a baseline, and two shards, beside what they should hold.

    Attributes:
        factor: that of the formula as it is now.
        scored: that of the run folder's scores; None where there are none, or no plan.
        judged: that of the baseline; None where there is none.
    """

    run: Forked
    home: Path

    @initialize(factor=FACTORS)
    def begin(self, factor: float) -> None:
        rmtree(self.home, ignore_errors=True)
        self.home.mkdir()
        self.scored: float | None = None
        self.judged: float | None = None
        self.edit(factor)

    @rule(factor=FACTORS)
    def edit(self, factor: float) -> None:
        self.factor = factor
        (self.home / "mine.py").write_text(FORMULA.format(factor=factor))

    @rule()
    def score(self) -> None:
        ended = self.run(self.words("run"))
        assert ended.code == 0, ended
        assert self.held("run") == self.factor
        self.scored = self.factor

    @rule(call=st.integers(1, 110), dies=st.booleans())
    def disturbed(self, call: int, dies: bool) -> None:
        """A call of the system fails, or kills the run: the scores are the old or the new ones."""
        ended = self.run(self.words("run"), self.home / "run", call, dies)
        assert ended.code in (0, -signal.SIGKILL if dies else 2), ended
        held = self.held("run")
        assert held in (self.scored, self.factor) or self.scored is None
        self.scored = held if (self.home / "run" / "plan.json").exists() else None

    @rule()
    def baseline(self) -> None:
        ended = self.run(["baseline", f"{self.home}/run", f"{self.home}/baseline.json"])
        if self.scored is None or self.scored != self.factor:
            self.refused(ended)
            return
        assert ended.code == 0, ended
        self.judged = self.scored

    @precondition(lambda self: self.judged is not None)
    @rule()
    def compare(self) -> None:
        argv = ["compare", f"{self.home}/run", f"--baseline={self.home}/baseline.json"]
        ended = self.run(argv)
        if self.scored is None:
            self.refused(ended)
            return
        stale, fell = self.scored != self.factor, self.scored < 0 < (self.judged or 0)
        assert ended.code == (1 if stale or fell else 0), ended
        assert ("stale" in ended.said) == stale

    @rule(shard=st.sampled_from(["1/2", "2/2"]))
    def score_a_shard(self, shard: str) -> None:
        ended = self.run([*self.words(f"shard{shard[0]}"), f"--shard={shard}"])
        assert ended.code == 0, ended

    @rule()
    def merge(self) -> None:
        """Whatever formula the shards stand on, what is merged stands on the present one."""
        shards = [self.home / "shard1", self.home / "shard2"]
        ended = self.run(["merge", *map(str, shards), f"--out={self.home}/merged"])
        if not all((shard / "plan.json").exists() for shard in shards):
            self.refused(ended)
            return
        assert ended.code == 0, ended
        assert self.held("merged") == self.factor

    def words(self, folder: str) -> list[str]:
        proxies = ["--proxies=mine,params", f"--proxy-file={self.home}/mine.py", "--workers=1"]
        out = f"--out={self.home}/{folder}"
        return ["score", "--benchmark=mini", "--cells=random:30", *proxies, out]

    def held(self, folder: str) -> float | None:
        """Return the one factor of all scores of a folder; None where it has none."""
        if not (self.home / folder / "scores.parquet").exists():
            return None
        rows = scores(self.home / folder).pivot(index="index", columns="proxy", values="score")
        assert len(rows) == 30
        factors = np.unique(rows["mine"] / rows["params"])
        assert len(factors) == 1
        return float(factors[0])

    def refused(self, ended: Ended) -> None:
        assert ended.code == 2, ended
        assert ended.error.startswith("harness: ")
        assert ended.error.count("\n") == 1


@pytest.mark.slow
def test_folders_hold_what_they_should_whatever_was_done(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("machine")
    with forked(folder) as Folders.run:
        Folders.home = folder / "home"
        run_state_machine_as_test(
            Folders,
            settings=settings(
                max_examples=5,
                stateful_step_count=12,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
