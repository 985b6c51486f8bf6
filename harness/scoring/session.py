"""Names for functions that were typed in a session, and stand in no file."""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from collections.abc import Callable, Iterator
from types import CellType, CodeType, FunctionType, ModuleType
from uuid import uuid4
from weakref import WeakKeyDictionary

from harness.scoring.imports import path_of
from proxies.registry import typed

_NAMES: WeakKeyDictionary[Callable[..., object], tuple[list[object], str]] = WeakKeyDictionary()
"""What a function read when it was named, and its name."""


def session_name(function: Callable[..., object]) -> str:
    """Return a name that a typed function has while it, and all that it reads, stays.

    It reads the global names in its code, its defaults and what it encloses; of functions and
    classes among these that were typed too, theirs. Those are told apart by being the same object,
    others by the source of their module, data by what they hold as far as they can be pickled. One
    that changes what it reads, as by keeping results in a dictionary, has another name each time.
    """
    now = _read(function)
    before, name = _NAMES.get(function, ([], ""))
    if not name or len(now) != len(before) or not all(map(_same, now, before)):
        name = uuid4().hex
        _NAMES[function] = now, name
    return name


def _read(function: Callable[..., object]) -> list[object]:
    """Return all typed code that a function reaches, and what each of these reads, in order."""
    code: list[object] = [function]
    content = [_content(value, code) for one in code for value in _parts(one)]  # it grows inside
    return [*code[1:], *content]


def _parts(one: object) -> list[object]:
    """Return what the code of a function, or a class, reads."""
    if isinstance(one, type):
        return list(vars(one).values())
    if not isinstance(one, FunctionType):  # what wraps one, as caches do
        return [vars(one)] if hasattr(one, "__dict__") else []
    cells: list[object] = [one.__code__, vars(one)]
    cells += [cell.cell_contents for cell in one.__closure__ or () if not _empty(cell)]
    names = [name for name in _names(one.__code__) if name in one.__globals__]
    defaults = [one.__defaults__, one.__kwdefaults__]
    return [*cells, *defaults, *(one.__globals__[name] for name in names)]


def _empty(cell: CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018, it raises where there is nothing
    except ValueError:
        return True
    return False


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names that code reads, those of functions inside it too."""
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)


def _content(value: object, code: list[object]) -> object:
    """Return what a value holds, or itself where it cannot be pickled; add typed code to a list."""
    buffer = io.BytesIO()
    try:
        _Pickler(buffer, code).dump(value)
    except Exception:  # of any kind of object
        return value
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    """Writes code by where it is from: typed code by its place in a list, which grows by it."""

    def __init__(self, buffer: io.BytesIO, code: list[object]) -> None:
        super().__init__(buffer)
        self.code = code

    def persistent_id(self, part: object) -> object:
        """Return what stands for a part that is code; None for data."""
        if isinstance(part, ModuleType):
            return part.__name__, _source(part.__name__)
        names = [getattr(part, name, None) for name in ("__module__", "__qualname__")]
        if not callable(part) or not all(isinstance(name, str) for name in names):
            return None
        if names[0] in sys.stdlib_module_names or not typed(part):
            return *names, _source(str(names[0]))
        if not any(part is other for other in self.code):
            self.code.append(part)
        return next(place for place, other in enumerate(self.code) if part is other)


def _source(module: str) -> str:
    path = path_of(module)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path else ""


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, bytes) and one == other)
