"""Formulas from elsewhere: what they are given they cannot harm, and what they read is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harness.scoring.keys import own_folder, paths_behind
from proxies import Proxy
from proxies.plugins.reading import editable, files_read, present
from proxies.plugins.settings import ChangedSetting, settings_kept


class WrittenRecord(RuntimeError):
    """A formula wrote into what it was given to read."""


class ReadFile(RuntimeError):
    """A formula read a file, which may change while its score stays."""


_refused: dict[int, tuple[object, Exception]] = {}
"""Formulas that this process evaluates no more, by ``id``, each with the reason; kept so that no
other gets its ``id``."""


def evaluated(proxy: Proxy, given: Sequence[Any]) -> float:
    """Return a formula's value.

    A formula from elsewhere reads copies, for others read the same records: whatever it does to
    them, or to PyTorch, their scores are what they are without it.

    Raises:
        WrittenRecord: it changed what it was given, so its own score cannot be trusted either.
        ChangedSetting: it changed a setting or a function of PyTorch.
        ReadFile: it read a file that is no part of it.
        Exception: whatever the formula raises.
    """
    if proxy.ours:
        return float(proxy(*given))
    copies = [_copied(record) for record in given]
    value = _value(proxy, copies)
    for record, before, after in zip(proxy.records, given, copies, strict=True):
        pairs = zip(_tensors(before), _tensors(after), strict=True)
        if not all(_same(old, new) for old, new in pairs):
            raise WrittenRecord(
                f"it should leave its records as they were, and writes into {record.__name__}; "
                "replace `x.op_()` by `x.op()`"
            )
    return value


def _value(proxy: Proxy, records: Sequence[Any]) -> float:
    """Return a formula's value, if it reads these records alone and changes nothing of PyTorch.

    One that has read a file, or changed something, may keep what it has got from it, and is refused
    from then on.
    """
    formula, names = proxy.function, set[str]()
    try:
        if id(formula) not in _refused:
            with settings_kept(), files_read() as names:
                value = float(proxy(*records))
    except ChangedSetting as error:
        _refused[id(formula)] = formula, error
    finally:
        if read := _foreign(proxy, names):
            _refused[id(formula)] = formula, _read_file(read)
    if id(formula) in _refused:
        raise _refused[id(formula)][1].with_traceback(None)
    return value


def _read_file(path: Path) -> ReadFile:
    return ReadFile(
        "it should read its files when it is imported, so that scores are made anew where they "
        f"change, and reads `{path}` as it scores; read it at the top of its module"
    )


def _foreign(proxy: Proxy, names: Collection[str]) -> Path | None:
    """Return the first of the files that a formula has read and that are no part of it."""
    read = {path.resolve() for path in present(editable(names, own_folder(proxy)))}
    known = {path.resolve() for path in paths_behind(proxy)} if read else set()
    return min(read - known, default=None)


def _same(old: Tensor, new: Tensor) -> bool:
    """Whether two tensors are equal, NaN being equal to NaN."""
    if old.shape != new.shape:
        return False
    return torch.equal(old, new) or bool(((old == new) | (old.isnan() & new.isnan())).all())


def _copied(part: Any) -> Any:
    """Return a record, or a part of one, whose tensors are copies."""
    if isinstance(part, Tensor):
        return part.detach().clone()
    if isinstance(part, tuple):
        parts = map(_copied, part)
        return type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)
    return part


def _tensors(part: Any) -> Iterator[Tensor]:
    if isinstance(part, Tensor):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from _tensors(inner)
