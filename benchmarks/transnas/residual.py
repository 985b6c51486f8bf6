"""Networks of the macro space: residual blocks that may widen their map or halve it."""

from __future__ import annotations

from itertools import accumulate

from torch import Tensor, nn

from benchmarks.blocks import Block, Staged, convolution, pull
from benchmarks.errors import Undefined
from benchmarks.layers import Classifier, Lanes, ReLU
from benchmarks.network import Outputs, Pull, unfilled
from benchmarks.pooling import GlobalPool
from benchmarks.transnas.modules import Modules
from benchmarks.transnas.skeleton import Placed


class ResidualBlock(Block):
    """ReLU, convolution and normalisation, twice, added to the input.

    Where the shape changes the input passes a 1x1 convolution and a normalisation. Source: Duan et
    al., CVPR 2021, arXiv:2105.11871, and the released code.
    """

    def __init__(self, placed: Placed, lanes: Lanes) -> None:
        super().__init__()
        once, (inputs, outputs, stride, _) = (1,) * len(lanes), placed
        self.path = nn.Sequential(
            ReLU(once),
            *convolution(inputs, outputs, 3, lanes, stride),
            ReLU(once),
            *convolution(outputs, outputs, 3, lanes),
        )
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else convolution(inputs, outputs, 1, lanes, stride)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.path(x) + self.shortcut(x)
        return y

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        return pull(self.path, back, rule) + pull(self.shortcut, back, rule)


class ResidualNetwork(Staged):
    """The benchmark's network of some modules, its map averaged over positions, and a linear head.

    Or ``count`` of them side by side, whose channels and logits follow one another. Parameters are
    left uninitialised: see :func:`initialise`. A map is a sum of normalised ones throughout, and
    nothing comes between the last block and the pooling.
    """

    centred = True

    def __init__(self, modules: Modules, width: int, outputs: int, count: int) -> None:
        super().__init__(count)
        lanes = tuple(range(count))
        self.stem = nn.Sequential(
            *convolution(3, width // 2, 3, lanes, 2),
            ReLU((1,) * count),
            *convolution(width // 2, width, 3, lanes, 2),
        )
        stages = modules.stages(width, 0)
        self.body = nn.Sequential(
            *(ResidualBlock(placed, lanes) for stage in stages for placed in stage)
        )
        self.ends = tuple(accumulate(map(len, stages)))
        self.widths = tuple(stage[-1].outputs for stage in stages)
        self.last = nn.Identity()
        self.pool = GlobalPool()
        self.classifier = Classifier(self.widths[-1], outputs, lanes)

    def released(self) -> Outputs:
        raise Undefined("nobody has counted the modules of the released code's encoder")


def build(modules: Modules, width: int, outputs: int, count: int = 1) -> ResidualNetwork:
    """Return the network of some modules, its parameters unfilled."""
    return unfilled(ResidualNetwork, modules, width, outputs, count)
