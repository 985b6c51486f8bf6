"""Formulas from elsewhere: what they are given they cannot harm, and what they read is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from harness.scoring.keys import files_behind
from proxies import Proxy
from proxies.global_settings import settings_kept
from proxies.reading import data_and_sources, files_read
from proxies.registry import typed


class WrittenRecord(RuntimeError):
    """A formula wrote into what it was given to read."""


class ReadFile(RuntimeError):
    """A formula read a file, which may change while its score stays."""


def evaluated(proxy: Proxy, given: Sequence[Any]) -> float:
    """Return a formula's value.

    A formula from elsewhere reads copies, for others read the same records: whatever it does to
    them, or to PyTorch's settings, their scores are what they are without it.

    Raises:
        WrittenRecord: it changed what it was given, so its own score cannot be trusted either.
        ChangedSetting: it changed a setting of PyTorch.
        ReadFile: it read a file that is no part of it.
        Exception: whatever the formula raises.
    """
    if proxy.ours:
        return float(proxy(*given))
    copies = [_copied(record) for record in given]
    with settings_kept(), files_read() as read:
        value = float(proxy(*copies))
    others = set(data_and_sources(read)) - {*files_behind(proxy)} if read else set()
    if others and not typed(proxy.function):  # what is typed in a session has scores of its own
        raise ReadFile(
            f"it should read its files when it is imported, so that scores are made anew where "
            f"they change, and reads `{min(others)}` as it scores; read it at the top of its module"
        )
    for record, before, after in zip(proxy.records, given, copies, strict=True):
        pairs = zip(_tensors(before), _tensors(after), strict=True)
        if not all(_same(old, new) for old, new in pairs):
            raise WrittenRecord(
                f"it should leave its records as they were, and writes into {record.__name__}; "
                "replace `x.op_()` by `x.op()`"
            )
    return value


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
