"""Pickles from elsewhere, read so that nothing but plain data can come out of them."""

from __future__ import annotations

import bz2
import importlib
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.errors import BadInput

_KNOWN: dict[tuple[str, str], tuple[str, str]] = {
    ("collections", "OrderedDict"): ("collections", "OrderedDict"),
    ("numpy", "dtype"): ("numpy", "dtype"),
    ("numpy", "ndarray"): ("numpy", "ndarray"),
    ("_codecs", "encode"): ("_codecs", "encode"),
    **{
        (f"numpy.{core}.multiarray", name): ("numpy._core.multiarray", name)
        for core in ("core", "_core")
        for name in ("scalar", "_reconstruct")
    },
}
"""Types that the official files hold, and where today's numpy keeps them."""


class _PlainData(pickle.Unpickler):
    """An unpickler that constructs the types of :data:`_KNOWN` and refuses every other."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"refused `{module}.{name}`")
        home, attribute = _KNOWN[module, name]
        return getattr(importlib.import_module(home), attribute)


def load_plain(path: Path, what: str, encoding: str = "ASCII") -> Any:
    """Return the plain data of a pickle file, bz2-compressed where its name ends in ``pbz2``.

    Args:
        path: the file.
        what: the noun for messages, as in "an official NATS-Bench record".
        encoding: how Python 2 strings are decoded; ``"bytes"`` for the CIFAR batches.

    Raises:
        BadInput: the file is missing, truncated, not a pickle, or would construct another type.
    """
    opened: Callable[[Path], io.BufferedIOBase] = (
        (lambda p: bz2.BZ2File(p, "rb")) if path.name.endswith("pbz2") else (lambda p: p.open("rb"))
    )
    try:
        with opened(path) as stream:
            return _PlainData(stream, encoding=encoding).load()
    except FileNotFoundError as error:
        raise BadInput(f"`{path}` should be {what}. There is no such file.") from error
    except pickle.UnpicklingError as error:
        raise BadInput(
            f"`{path}` should be {what} and hold plain data only. Reading it was stopped: "
            f"{str(error).rstrip('.')}. Do not use this file; fetch the original."
        ) from error
    except (
        OSError,
        EOFError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    ) as error:
        raise BadInput(
            f"`{path}` should be {what}. It is truncated or of another type "
            f"({type(error).__name__}: {str(error).rstrip('.')}). Fetch it again."
        ) from error
