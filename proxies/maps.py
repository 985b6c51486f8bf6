"""Records of feature maps: how they switch, vary and answer; see :mod:`proxies.records`."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class ReluAgreement(NamedTuple):
    """``agreement`` (N, N): at how many ReLU inputs two images have the same sign code (x > 0)."""

    agreement: Tensor


class LayerCorrelations(NamedTuple):
    """Correlation matrices of the channels of every layer's output, stacked by width, (k, C, C).

    Over the positions of one Gaussian image of 64 x 64 pixels. A layer is a convolution, batch
    normalisation, ReLU or pooling. A channel that does not vary correlates 0 with all, itself
    included. ``positions``: over how many positions each matrix of a stack is, (k,).
    """

    stacks: tuple[Tensor, ...]
    positions: tuple[Tensor, ...]


class ModuleCorrelations(NamedTuple):
    """Correlation matrices of the outputs of all modules, as :class:`LayerCorrelations` has them.

    Of the network as the string writes it, dead operations included. ``counts``: for each of a
    stack's matrices, how many modules put that map out, (k,).
    """

    stacks: tuple[Tensor, ...]
    positions: tuple[Tensor, ...]
    counts: tuple[Tensor, ...]


class SamplePatterns(NamedTuple):
    """``codes`` (ReLU units,): which of the first 16 images switch a unit on, as a binary number.

    Convolutions that read one node share its ReLUs, which stand here once. Weights ~ N(0, 1).
    """

    codes: Tensor


class RegionPatterns(NamedTuple):
    """``codes`` (3000,): which ReLUs of the thin network a crop switches on, as a binary number.

    The thin network is the cell alone on one channel, weights ~ N(0, 2/fan_in); crops are of 3 x 3
    pixels.
    """

    codes: Tensor


class Blocks(NamedTuple):
    """The stem and every block after it, on a Gaussian minibatch, weights ~ N(0, 2/fan_in).

    ``covariances``: of the channels of the stem's and each block's output, (C, C). ``couplings``:
    per block, for a random sign v at each output, the mean over images and positions of the outer
    product of J^T v and v, (C_in, C_out), where a block of stride 2 has its input's 2 x 2 pixels as
    channels. ``identities``: whether J^T v equals v.
    """

    covariances: tuple[Tensor, ...]
    couplings: tuple[Tensor, ...]
    identities: tuple[bool, ...]


class Perturbation(NamedTuple):
    """Response of the feature map before pooling to a small change of a Gaussian input.

    ``change`` (N,): sum over the map of |f(x) - f(x + 0.01 x')|, weights ~ N(0, 1).
    ``variances``: per batch normalisation, the variance of its input over images and positions,
    (C,).
    """

    change: Tensor
    variances: tuple[Tensor, ...]


class ActivationMatrices(NamedTuple):
    """As many rows of every layer's output as it has channels, stacked by width, (k, rows, C).

    A layer is a convolution, batch normalisation, ReLU or the classifier; a row is one position of
    one image. Rows follow one another down a column of the map, from the top of a column that is
    drawn from the layer's shape alone. There are fewer rows than C where the minibatch has fewer.
    """

    stacks: tuple[Tensor, ...]
