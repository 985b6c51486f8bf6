"""What a check of the contract found."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import NamedTuple

from benchmarks.printable import brief
from harness.contract.workbench import NoScore, Workbench
from proxies import Proxy


class Finding(NamedTuple):
    """One rule: whether it ``held`` (None: not checked), and a sentence."""

    held: bool | None
    said: str

    def __str__(self) -> str:
        return f"{ {True: '✓', False: '✗', None: '–'}[self.held] } {self.said}"


Check = Callable[[Proxy, Workbench], Finding]


def run_check(check: Check, proxy: Proxy, workbench: Workbench) -> Finding:
    """Run a check; what raises does not hold."""
    rule = (inspect.getdoc(check) or "").rstrip(".")
    try:
        return check(proxy, workbench)
    except NoScore as error:
        return Finding(False, f"{rule}: {error}. Make it finite there, or say when it is not.")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # someone else's code: it may even end the program
        return Finding(False, f"{rule}: it raises {brief(error)}")
