"""The file that a new proxy starts from."""

from __future__ import annotations

import keyword
from pathlib import Path

from benchmarks.errors import BadInput
from benchmarks.files import put
from harness.options.listing import built_in

TEXT = '''"""What it measures, in a line."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies import proxy
from proxies.records import LossGradients  # `harness list --records` shows what there is


@proxy(larger_is_better=True, source="Author et al., Venue Year, arXiv:0000.00000")
def {name}(loss: LossGradients) -> Tensor:
    r"""A sentence, then the formula, :math:`\\max_l \\lVert \\partial L/\\partial w_l \\rVert`."""
    return torch.stack([gradient.norm() for gradient in loss.grads]).max()
'''


def write_template(path: Path) -> str:
    """Write a proxy that works, named like its file; return what to do with it.

    Raises:
        BadInput: the file is there already, or its name cannot be a proxy's.
    """
    name = path.stem
    if path.suffix != ".py" or not name.isidentifier() or keyword.iskeyword(name):
        raise BadInput(
            f"`harness new` should name a Python file that is called as its proxy is to be, as "
            f"`my_proxy.py`. Found `{path}`."
        )
    if name in {formula.name for formula in built_in()}:
        raise BadInput(f"A proxy's name should be its own. A built-in is called `{name}`.")
    if path.exists():
        raise BadInput(f"`{path}` should not be there yet. It is: give another name.")
    put(path, TEXT.format(name=name).encode())
    return (
        f"{path}: a proxy that works. Change it, then try it:\n"
        f"  harness validate {name} --proxy-file {path}\n"
        f"  harness run --proxies {name},live_params --proxy-file {path} --out runs/{name}\n"
    )
