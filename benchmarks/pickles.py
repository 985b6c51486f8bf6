"""Pickles from elsewhere, read so that nothing but plain data can come out of them.

Not even NumPy's own constructors are handed out: from crafted bytes they build arrays of objects.
Small stand-ins take their place, which accept plain numbers and check every length.
"""

from __future__ import annotations

import bz2
import collections
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.errors import BadInput
from benchmarks.printable import brief, reason

_NUMBER = re.compile(r"[<>|=]?[biuf][1248]")


class NumberType:
    """Stands in for ``numpy.dtype`` in a pickle: booleans, integers and floats only."""

    def __init__(self, code: str, *_: object) -> None:
        if not isinstance(code, str) or not _NUMBER.fullmatch(code):
            raise pickle.UnpicklingError(f"refused an array of `{code}`")
        self.code = code.lstrip("<>|=")
        self.order = "|"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] not in ("<", ">", "|", "="):
            raise pickle.UnpicklingError(f"refused byte order `{state[1]}`")
        self.order = state[1]

    def numbers(self, raw: bytes | str, count: int) -> np.ndarray:
        """Return exactly ``count`` numbers from as many bytes as they take."""
        kind = np.dtype(self.order + self.code)
        content = raw.encode("latin1") if isinstance(raw, str) else raw
        if not isinstance(content, bytes) or len(content) != count * kind.itemsize:
            raise pickle.UnpicklingError("refused an array whose length is not that of its bytes")
        return np.frombuffer(content, kind)


class _Array:
    """Stands in for an array under construction; ``numpy.asarray`` gives its numbers."""

    values: np.ndarray

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, kind, fortran, raw = state
        count = int(np.prod([int(size) for size in shape], dtype=np.int64))
        self.values = kind.numbers(raw, count).reshape(shape, order="F" if fortran else "C")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.values if dtype is None else self.values.astype(dtype)


class _Token:
    """Stands in for the class ``numpy.ndarray``, which a pickle names but need not call."""

    def __init__(self) -> None:
        raise pickle.UnpicklingError("refused to call `numpy.ndarray`")


def number(kind: NumberType, raw: bytes | str) -> Any:
    """Stand in for NumPy's ``scalar``: return one number."""
    return kind.numbers(raw, 1)[0]


def _array(*_: object) -> _Array:
    return _Array()


def _encoded(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"refused encoding `{encoding}`")
    return text.encode("latin1")


PLAIN: dict[str, Callable[..., Any]] = {
    "collections.OrderedDict": collections.OrderedDict,
    "numpy.dtype": NumberType,
    "numpy.ndarray": _Token,
    "_codecs.encode": _encoded,
    "numpy.core.multiarray.scalar": number,
    "numpy._core.multiarray.scalar": number,
    "numpy.core.multiarray._reconstruct": _array,
    "numpy._core.multiarray._reconstruct": _array,
}
"""What a pickle may name, and what it gets."""


class _PlainData(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.{name}" not in PLAIN:
            raise pickle.UnpicklingError(f"refused `{module}.{name}`")
        return PLAIN[f"{module}.{name}"]


def load_plain(path: Path, what: str, encoding: str = "ASCII") -> Any:
    """Return the plain data of a pickle file, bz2-compressed where its name ends in ``pbz2``.

    Arrays come as objects that ``numpy.asarray`` turns into arrays.

    Args:
        path: the file.
        what: the noun for messages, as in "an official NATS-Bench record".
        encoding: how Python 2 strings are decoded; ``"latin1"`` for the CIFAR batches.

    Raises:
        BadInput: the file is missing, truncated, not a pickle, or would construct another type.
    """
    try:
        with bz2.BZ2File(path) if path.name.endswith("pbz2") else path.open("rb") as stream:
            return _PlainData(stream, encoding=encoding).load()
    except FileNotFoundError as error:
        raise BadInput(f"`{path}` should be {what}. There is no such file.") from error
    except pickle.UnpicklingError as error:
        raise BadInput(
            f"`{path}` should be {what} and hold plain data only. Reading it was stopped: "
            f"{reason(error)}. Do not use this file; fetch the original."
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # a broken stream can raise anything
        raise BadInput(
            f"`{path}` should be {what}. It is truncated or of another type "
            f"({brief(error)}). Fetch it again."
        ) from error
