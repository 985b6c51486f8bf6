"""Files with proxies of ones own, and runs that read them."""

from __future__ import annotations

from pathlib import Path

from harness.cli import main

GOOD = '''
"""The largest gradient of any weight."""
import torch
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="a test")
def largest(loss: LossGradients) -> Tensor:
    """Largest absolute gradient of any weight, max |dL/dw|; a worse grad_norm."""
    return torch.stack([g.abs().max() for g in loss.grads]).max()
'''


BAD = """
import torch
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="")
def careless(loss: LossGradients) -> Tensor:
    loss.grads[0].zero_()
    return loss.grads[-1][0].sum().log() + torch.rand(())
"""


def written(folder: Path, text: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def score(out: Path, *more: str, workers: int = 1, cells: str = "stratified:24") -> int:
    return run(out, *more, workers=workers, cells=cells, does="score")


def run(
    out: Path,
    *more: str,
    workers: int = 1,
    cells: str = "stratified:24",
    does: str = "run",
) -> int:
    command = [does, "--cells", cells, "--workers", str(workers), "--out", str(out), *more]
    return main(command)
