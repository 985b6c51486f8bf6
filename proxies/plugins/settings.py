"""PyTorch of the whole process, which somebody else's code has to leave as it is.

Its settings, and its functions, which are attributes that anyone can set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import is_
from pathlib import Path
from typing import Any

import torch

Setting = tuple[Callable[[], Any], Callable[[Any], Any]]


def _attribute(owner: Any, name: str) -> Setting:
    return (lambda: getattr(owner, name)), (lambda value: setattr(owner, name, value))


def _autocast(kind: str) -> Setting:
    read, change = torch.is_autocast_enabled, torch.set_autocast_enabled
    return (lambda: read(kind)), (lambda value: change(kind, value))


def _hooks(name: str) -> Setting:
    """Hooks that every module calls, by the name of the dictionary that holds them."""
    hooks: dict[int, object] = getattr(torch.nn.modules.module, name)

    def change(value: dict[int, object]) -> None:
        hooks.clear()
        hooks.update(value)

    return (lambda: dict(hooks)), change


def _depth(read: Callable[[], int], pop: Callable[[], object]) -> Setting:
    """How many modes are entered, by what counts them and what leaves the last."""

    def change(value: int) -> None:
        while read() > value:
            pop()

    return read, change


def _saved_tensors_hooks() -> Setting:
    """The last hooks on what is kept for backward passes."""

    def read() -> Any:
        return torch._C._autograd._top_saved_tensors_default_hooks(True)

    def change(value: Any) -> None:
        while read() not in (value, None):
            torch._C._autograd._pop_saved_tensors_default_hooks()

    return read, change


def _set_device(device: torch.device) -> None:
    torch.set_default_device(None if device == torch.device("cpu") else device)


SETTINGS: dict[str, Setting] = {
    "overrides.TorchFunctionMode": _depth(
        torch._C._len_torch_function_stack, torch._C._pop_torch_function_stack
    ),
    "utils._python_dispatch.TorchDispatchMode": _depth(
        torch._C._len_torch_dispatch_stack, torch._C._pop_torch_dispatch_stack
    ),
    "autograd.graph.saved_tensors_hooks": _saved_tensors_hooks(),
    "set_default_dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "set_default_device": (torch.get_default_device, _set_device),
    "set_grad_enabled": (torch.is_grad_enabled, torch.set_grad_enabled),
    "set_num_threads": (torch.get_num_threads, torch.set_num_threads),
    "use_deterministic_algorithms": (
        torch.get_deterministic_debug_mode,
        torch.set_deterministic_debug_mode,
    ),
    "set_float32_matmul_precision": (
        torch.get_float32_matmul_precision,
        torch.set_float32_matmul_precision,
    ),
    "backends.cudnn.benchmark": _attribute(torch.backends.cudnn, "benchmark"),
    "backends.cudnn.deterministic": _attribute(torch.backends.cudnn, "deterministic"),
    "backends.cudnn.enabled": _attribute(torch.backends.cudnn, "enabled"),
    "backends.mkldnn.enabled": _attribute(torch.backends.mkldnn, "enabled"),
    "autocast": _autocast("cpu"),
    "cuda.amp.autocast": _autocast("cuda"),
    **{
        f"nn.modules.module.register_module_{call}": _hooks(name)
        for call, name in (
            ("forward_hook", "_global_forward_hooks"),
            ("forward_pre_hook", "_global_forward_pre_hooks"),
            ("full_backward_hook", "_global_backward_hooks"),
            ("full_backward_pre_hook", "_global_backward_pre_hooks"),
        )
    },
}
"""What reads a setting and what changes it, by the name of the latter.

Modes go first: what reads the others goes through them.
"""


OWNERS: dict[str, Any] = {
    "Tensor": torch.Tensor,
    **{f"nn.{name}": layer for name, layer in vars(torch.nn).items() if isinstance(layer, type)},
    "nn.functional": torch.nn.functional,
    "nn.init": torch.nn.init,
    "autograd": torch.autograd,
    "linalg": torch.linalg,
    "": torch,
}
"""What holds PyTorch's functions, by its name in ``torch``."""

KEPT = {"__slotnames__", "__annotations__", "__annotations_cache__", "__annotate_func__"}
"""Attributes in which Python keeps what it has found out about a class."""

_ABSENT = object()

_PYTORCH = str(Path(torch.__file__).parent)


class ChangedSetting(RuntimeError):
    """Somebody else's code left PyTorch changed, so that others would score otherwise."""


@contextmanager
def settings_kept() -> Iterator[None]:
    """Put PyTorch's settings and functions back, whatever is done inside.

    Raises:
        ChangedSetting: one was changed; it is as it was before.
    """
    before = {name: read() for name, (read, _) in SETTINGS.items()}
    functions = {name: dict(vars(owner)) for name, owner in OWNERS.items()}
    changed: list[str] = []
    try:
        yield
    finally:
        try:
            for name, (read, change) in SETTINGS.items():
                if read() != before[name]:
                    change(before[name])
                    changed.append(name)
        finally:
            for name, owner in OWNERS.items():
                others = _put_back(owner, functions[name])
                changed += [f"{name}.{each}".lstrip(".") for each in others]
    if changed:
        raise ChangedSetting(
            "it should leave PyTorch as it was, and changes it by "
            f"{', '.join(f'`torch.{name}`' for name in changed)}"
        )


def _put_back(owner: object, before: dict[str, object]) -> list[str]:
    """Give an owner the attributes that it had; return the names of those that were others.

    What it has besides them is left, unless it hides what a class inherits. Parts of PyTorch that
    are imported late wrap functions of others: that is left too.
    """
    now = dict(vars(owner))
    behind = [vars(base) for base in owner.__mro__[1:]] if isinstance(owner, type) else []
    if len(now) == len(before) and all(map(is_, now.values(), before.values())):
        return []
    new = now.keys() - before.keys() - KEPT
    hiding = {name for name in new if any(name in inherited for inherited in behind)}
    others = sorted(
        name
        for name in {*before, *hiding}
        if now.get(name, _ABSENT) is not before.get(name, _ABSENT)
        and not _by_pytorch(now.get(name), before.get(name))
    )
    for name in others:
        if name in before:
            setattr(owner, name, before[name])
        else:
            delattr(owner, name)
    return others


def _by_pytorch(function: object, former: object) -> bool:
    """Whether PyTorch itself puts a function round another, as its compiler does."""
    code = getattr(function, "__code__", None)
    wraps = former is not None and getattr(function, "__wrapped__", None) is former
    inner = "<locals>" in getattr(function, "__qualname__", "")
    return (wraps or inner) and code is not None and code.co_filename.startswith(_PYTORCH)
