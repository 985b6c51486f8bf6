"""How far scores move on other kernels: ``python -m studies.rounding IMAGES [DEVICE]``.

Stored scores of NAS-Bench-201 are made anew, of the same networks on the same images: on a GPU
where DEVICE names one, else by PyTorch's own convolutions in place of oneDNN's. By proxy, the
median and the largest difference, as a part of the stored score, and Kendall's tau of both. Then,
of a few classes on the CPU, how many ReLUs switch from one to the other, and how far scores of
gradients move where ReLUs are kept as oneDNN's convolutions had them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.layers import ReLU
from benchmarks.progress import progress
from benchmarks.sources import read_truth
from harness.atlases.stored import Atlas, read
from harness.judging.ranks import kendall
from harness.runs.cells import select
from harness.runs.devices import SIDE_BY_SIDE
from harness.scoring.engine import score
from harness.scoring.processes import deterministic
from harness.scoring.tasks import Setting, Task
from harness.scoring.workers import scored
from proxies import Proxy, load_all
from studies import arguments, measures
from studies.whole_space import markdown

STORED = "nats-tss_cifar10"
OF_GRADIENTS = ("nasi", "grad_norm", "snip", "plain", "grasp")

CLASSES = 24
"""That are scored anew, spread over the ranking by live parameters."""


def again(where: Setting, subjects: list[str], proxies: tuple[Proxy, ...]) -> pd.DataFrame:
    """Return new scores, by subject and proxy."""
    tasks, stack = [Task(subject, 0, proxies) for subject in subjects], 1
    if where.device != "cpu":
        stack = SIDE_BY_SIDE["cuda"]
    with torch.backends.mkldnn.flags(enabled=False):
        blocks = progress(scored(where, tasks, 1, stack), len(tasks), "scoring")
        rows = [row for rows in blocks for row in rows]
    return pd.DataFrame(rows).pivot(index="subject", columns="proxy", values="score")


@contextmanager
def relus(rule: Callable[[Tensor], Tensor | None]) -> Iterator[None]:
    """Show each ReLU's input to a rule inside the ``with`` block; a mask that it gives switches."""

    def forward(_: ReLU, x: Tensor) -> Tensor:
        mask = rule(x.detach())
        return F.relu(x) if mask is None else x * mask

    ReLU.forward = forward
    try:
        yield
    finally:
        delattr(ReLU, "forward")


def switched(where: Setting, subject: str) -> list[str]:
    """Return how many ReLUs of a class switch, and scores' changes with these and without."""
    proxies = tuple(load_all()[name] for name in OF_GRADIENTS)
    masks: list[Tensor] = []
    switches: list[int] = []
    with relus(lambda x: masks.append(x > 0)):
        first = values(where, subject, proxies)
    before, kept = iter(masks), iter(masks)
    with torch.backends.mkldnn.flags(enabled=False):
        with relus(lambda x: switches.append(int(((x > 0) != next(before)).sum()))):
            free = values(where, subject, proxies)
        with relus(lambda _: next(kept)):
            held = values(where, subject, proxies)
    each = zip(first, free, held, strict=True)
    changes = [f"{abs(b / a - 1):.0e}, {abs(c / a - 1):.0e}" for a, b, c in each]
    return [f"{sum(switches)} of {sum(mask.numel() for mask in masks):,}", *changes]


def values(where: Setting, subject: str, proxies: tuple[Proxy, ...]) -> list[float]:
    """Return the scores of a class."""
    return [row.score for row in score(where, Task(subject, 0, proxies))]


def compared(atlas: Atlas, new: pd.DataFrame) -> Iterator[list[str]]:
    """Yield a row a proxy, those that move most first."""
    rows = []
    for name in new:
        stored = atlas.columns[name].values.xs(0, level="seed")
        both = pd.DataFrame({"stored": stored.reindex(new.index), "new": new[name]}).dropna()
        moved = ((both["new"] - both["stored"]) / both["stored"]).abs()
        tau = kendall(both["stored"].to_numpy(float), both["new"].to_numpy(float)).value
        rows.append(
            (moved.max(), [name, f"{moved.median():.0e}", f"{moved.max():.0e}", f"{tau:.3f}"])
        )
    yield from (row for _, row in sorted(rows, reverse=True))


def main() -> None:
    """Print the table."""
    source, device = arguments(__doc__, "IMAGES", "[DEVICE]")
    atlas, where = read(STORED), measures.setting(source, device or "cpu")
    table = read_truth(where.benchmark.truth, 1).candidates
    drawn = select(f"stratified:{CLASSES}", table, where.benchmark, where.dataset)
    subjects = list(drawn.map(where.benchmark.representative).unique())
    whole = {name for name, column in atlas.columns.items() if not column.of_cell}
    proxies = tuple(
        proxy
        for proxy in measures.suite()
        if proxy.name in whole
        and all((subject, 0) in atlas.columns[proxy.name].values.index for subject in subjects)
    )
    new = again(where, subjects, proxies)
    sys.stdout.write(f"{len(subjects)} classes\n\n")
    headings = ["proxy", "median difference", "largest", "tau"]
    sys.stdout.write(markdown(list(compared(atlas, new)), headings))
    if where.device == "cpu":
        deterministic()
        ready, few = where.prepared(), subjects[4 :: CLASSES // 6]
        headings = ["ReLUs that switch", *(f"{name}, held" for name in OF_GRADIENTS)]
        table = markdown([switched(ready, subject) for subject in few], headings)
        sys.stdout.write(f"\n{table}")


if __name__ == "__main__":
    main()
