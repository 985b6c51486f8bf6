"""What a proxy may read: named statistics of one network on one minibatch, as tensors.

N is the number of images, n the number of classes, C channels, D values of one image. "Weights" are
those of every convolution and the classifier, in the order of the forward pass; only operations on
an input-to-output path are there. L is the mean cross-entropy over the minibatch.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class CellCounts(NamedTuple):
    """Scalars of the candidate as the benchmark counts it, dead operations included.

    ``conv3x3`` is the number of the cell's edges that carry a 3x3 convolution.
    """

    params: Tensor
    flops: Tensor
    conv3x3: Tensor


class LiveCounts(NamedTuple):
    """Scalars of what lies on input-to-output paths; zero where there is no path.

    ``depth`` is the most convolutions that one path through the cell passes; ``layers`` are all
    convolutions and the classifier.
    """

    params: Tensor
    flops: Tensor
    depth: Tensor
    layers: Tensor


class Draw(NamedTuple):
    """A number drawn uniformly from [0, 1) by the candidate's own seed."""

    uniform: Tensor


class Weights(NamedTuple):
    """Weights at initialisation, (C_out, C_in, k, k) or (n, C)."""

    weights: tuple[Tensor, ...]


class LossGradients(NamedTuple):
    """Weights and dL/dw; ``other_grads`` are those of biases and batch-norm parameters."""

    weights: tuple[Tensor, ...]
    grads: tuple[Tensor, ...]
    other_grads: tuple[Tensor, ...]


class ChannelSaliency(NamedTuple):
    """Per convolution and classifier: sum over positions of a * dL/da, (N, C_out).

    ``a`` is the layer's output, before normalisation; dL/da carries the 1/N of the mean loss.
    ``fan_in`` counts the weights behind one output channel.
    """

    saliency: tuple[Tensor, ...]
    fan_in: tuple[int, ...]


class ReluAgreement(NamedTuple):
    """``agreement`` (N, N): at how many ReLU inputs two images have the same sign code (x > 0)."""

    agreement: Tensor


class InputJacobian(NamedTuple):
    """``jacobian`` (N, D): gradient of the sum of all logits of the minibatch, image by image.

    ``labels`` (N,) are the images' classes, of ``classes`` in all.
    """

    jacobian: Tensor
    labels: Tensor
    classes: int


class HessianWeights(NamedTuple):
    """dL/dw, and the Hessian of L (over all these weights) times the weights themselves."""

    grads: tuple[Tensor, ...]
    products: tuple[Tensor, ...]


class FlowGradients(NamedTuple):
    """|w| and dR/d|w|, float64, without batch normalisation.

    R sums the logits of one all-ones image, every parameter replaced by its absolute value.
    """

    weights: tuple[Tensor, ...]
    grads: tuple[Tensor, ...]


class NormalisedFlowGradients(NamedTuple):
    """|w| and dR/d|w| as in :class:`FlowGradients`, with batch normalisation of the one image."""

    weights: tuple[Tensor, ...]
    grads: tuple[Tensor, ...]


class HalfGradients(NamedTuple):
    """dL/dw of each weight for either half of the minibatch, normalised by itself, (2, *weight)."""

    grads: tuple[Tensor, ...]


class LogitJacobian(NamedTuple):
    """``squared_norms`` (N, n): squared norm over all parameters of each logit's gradient.

    Batch normalisation holds the minibatch's statistics constant, so that each image has its own
    gradient.
    """

    squared_norms: Tensor


class ProbedJacobian(NamedTuple):
    """``squared_norms`` (2, N): of the gradient of the logits, summed with random signs, twice.

    Their expectation over the signs is the sum of the squared norms of all logits' gradients.
    """

    squared_norms: Tensor


class LossKernel(NamedTuple):
    """``gram`` (N, N): inner products of the gradients of each image's own cross-entropy.

    Over all parameters, statistics held. ``signs``: per parameter, the sum over images of the sign
    of that gradient, flattened.
    """

    gram: Tensor
    signs: tuple[Tensor, ...]


class TrueLogitKernel(NamedTuple):
    """Inner products of the gradients of each image's true class's logit, (N, N), statistics held.

    ``weights``: over weights of convolutions and the classifier. ``biases``: over the classifier's.
    """

    weights: Tensor
    biases: Tensor


class LogitSumKernel(NamedTuple):
    """``gram`` (N, N): inner products of the gradients of the sum of each image's logits.

    Over weights of convolutions, classifier and batch normalisation, biases left out; statistics
    held; weights ~ N(0, 2/fan_out).
    """

    gram: Tensor


class LayerCorrelations(NamedTuple):
    """Correlation matrices of the channels of every layer's output, stacked by width, (k, C, C).

    Over the positions of one Gaussian image of 64 x 64 pixels. A layer is a convolution, batch
    normalisation, ReLU or pooling. A channel that does not vary correlates 0 with all, itself
    included.
    """

    stacks: tuple[Tensor, ...]


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


class RegressionError(NamedTuple):
    """``error``: of a regression to synthetic signals after some steps of training, a scalar.

    Squared, averaged over images, channels and positions, the stages weighted 1/4, 1/2 and 1.
    """

    error: Tensor


class Ranks(NamedTuple):
    """``ranks`` (scores, m), float64: of m candidates by several scores; 1 the worst, m the best.

    Equal scores share the mean of their ranks.
    """

    ranks: Tensor
