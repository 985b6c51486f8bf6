"""What the server of worker processes imports: a worker that nobody waits for says nothing."""

from __future__ import annotations

import sys
from types import TracebackType


def told(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Show an error as Python does, unless it is that of a worker whose parent has gone.

    Such a one finds the end of a pipe, or none of the semaphores that it was to share.
    """
    if not issubclass(kind, EOFError | FileNotFoundError | ConnectionError):
        sys.__excepthook__(kind, error, where)


sys.excepthook = told
