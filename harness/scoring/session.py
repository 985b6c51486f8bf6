"""Names for functions that were typed in a session, and stand in no file."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from inspect import getclosurevars
from types import CodeType, FunctionType, ModuleType
from uuid import uuid4
from weakref import WeakKeyDictionary

from proxies.registry import typed

_NAMES: WeakKeyDictionary[Callable[..., object], tuple[list[object], str]] = WeakKeyDictionary()
"""What a function read when it was named, and its name."""


def session_name(function: Callable[..., object]) -> str:
    """Return a name that a typed function has while it, and all that it reads, stays.

    It reads the global names in its code and what it encloses; of functions that were typed too,
    theirs. Data are told apart by what they hold, as far as they can be pickled, everything else
    by being the same object.
    """
    now = list(_read(function))
    before, name = _NAMES.get(function, ([], ""))
    if not name or len(now) != len(before) or not all(map(_same, now, before)):
        name = uuid4().hex
        _NAMES[function] = now, name
    return name


def _read(function: Callable[..., object]) -> Iterator[object]:
    """Yield what a function reads, in the order of its code; data as bytes."""
    waiting, known = [function], {function}
    while waiting:
        own = getattr(one := waiting.pop(), "__wrapped__", one)
        if not isinstance(own, FunctionType):
            continue
        cells = list(getclosurevars(own).nonlocals.values())
        defaults = [*(own.__defaults__ or ()), *(own.__kwdefaults__ or {}).values()]
        names = [name for name in _names(own.__code__) if name in own.__globals__]
        for value in (*cells, *defaults, *(own.__globals__[name] for name in names)):
            yield _content(value)
            if isinstance(value, FunctionType) and typed(value) and value not in known:
                known.add(value)
                waiting.append(value)


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names that code reads, those of functions inside it too."""
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)


def _content(value: object) -> object:
    if not isinstance(value, type | FunctionType | ModuleType):
        try:
            return pickle.dumps(value)
        except Exception:  # of any kind of object
            return value
    return value


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, bytes) and one == other)
