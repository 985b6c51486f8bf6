"""The program, which somebody else's code has to leave as it is while it is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Never

from proxies.plugins.settings import settings_kept


@contextmanager
def program_kept() -> Iterator[None]:
    """Keep the program as it is, whatever is imported inside.

    PyTorch, the working folder and the places of modules stay, and ``os._exit`` raises as
    ``sys.exit`` does: a program that is gone says nothing.

    Raises:
        proxies.plugins.settings.ChangedSetting: PyTorch was changed; it is as it was before.
    """
    leave, process, places = os._exit, os.getpid(), list(sys.path)
    own: Any = sys.modules[os.name]  # whose function it is
    here = None
    with suppress(OSError):  # somebody has removed it
        here = Path.cwd()
    inside = True

    def stay(status: int) -> Never:
        if not inside or os.getpid() != process:  # a child that the file forks may go
            leave(status)
        sys.exit(status)

    os._exit = own._exit = stay
    try:
        with settings_kept():
            yield
    finally:
        inside, os._exit, own._exit = False, leave, leave
        if here is not None:
            os.chdir(here)
        sys.path += [place for place in places if place not in sys.path]
