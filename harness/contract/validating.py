"""A proxy's contract tried rule by rule, up to the first exception of its formula."""

from __future__ import annotations

import functools
import inspect
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from benchmarks.printable import brief
from harness.contract.checks import CHECKS
from harness.contract.finding import Finding, run_check
from harness.contract.workbench import Workbench
from proxies import Proxy


def validate(proxy: Proxy) -> Iterator[Finding]:
    """Yield a finding for every rule of the contract, checked on the embedded benchmark.

    Where the formula raises, that is the last finding, with the line: the other rules would say the
    same again.
    """
    workbench, watched = Workbench.embedded(), RecordedProxy(proxy)
    for check in CHECKS:
        finding = run_check(check, watched.proxy, workbench)
        if watched.raised is not None:
            yield Finding(False, watched.said)
            return
        yield finding


@dataclass
class RecordedProxy:
    """A proxy whose formula's first exception is kept."""

    original: Proxy
    raised: BaseException | None = None

    @property
    def proxy(self) -> Proxy:
        """The proxy, watched: its documentation, module and source are those of the original."""
        function = self.original.function

        @functools.wraps(function)
        def watched(*records: Any) -> Tensor:
            try:
                return function(*records)
            except BaseException as error:
                self.raised = self.raised or error
                raise

        return replace(self.original, function=watched)

    @property
    def said(self) -> str:
        """What was raised, and at which line of the formula's file, in a sentence."""
        if self.raised is None:
            return ""
        error, file = self.raised, inspect.getfile(self.original.function)
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename == file]
        line = f"`{file}`, line {own[-1].lineno}" if own else f"`{file}`"
        text = f": `{own[-1].line}`" if own and own[-1].line else ""
        return (
            f"It raises {brief(error)}; at {line}{text}. Mend that first: the "
            "other rules were not tried."
        )
