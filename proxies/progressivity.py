"""AZ-NAS's progressivity: does every block add to expressivity?"""

from __future__ import annotations

from torch import Tensor

from proxies.expressivity import entropies
from proxies.records import Blocks
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Lee and Ham, AZ-NAS, CVPR 2024, arXiv:2403.19232",
    undefined="some feature map does not vary, so its spectrum is 0/0",
)
def progressivity(blocks: Blocks) -> Tensor:
    r"""Smallest gain of entropy from one block to the next, :math:`\min_l E_l - E_{l-1}`.

    :math:`E_l` is the entropy that ``expressivity`` sums, :math:`E_0` that of the stem.
    """
    return entropies(blocks).diff().min()
