"""What a proxy may read: named statistics of one network on one minibatch, as tensors.

N is the number of images, n the number of classes, C channels, D values of one image. "Weights" are
those of every convolution and the classifier, in the order of the forward pass; only operations on
an input-to-output path are there. L is the mean cross-entropy over the minibatch.
Records of feature maps are written down in :mod:`proxies.maps` and imported here.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from proxies.maps import ActivationMatrices as ActivationMatrices
from proxies.maps import Blocks as Blocks
from proxies.maps import LayerCorrelations as LayerCorrelations
from proxies.maps import ModuleCorrelations as ModuleCorrelations
from proxies.maps import Perturbation as Perturbation
from proxies.maps import RegionPatterns as RegionPatterns
from proxies.maps import ReluAgreement as ReluAgreement
from proxies.maps import SamplePatterns as SamplePatterns


class CellCounts(NamedTuple):
    """Scalars of the candidate as the benchmark counts it, dead operations included.

    ``conv3x3`` is the number of the cell's edges that carry a 3x3 convolution, ``operations`` that
    of its choices which are convolutions or blocks of them.
    """

    params: Tensor
    flops: Tensor
    conv3x3: Tensor
    operations: Tensor


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


class FisherInformation(NamedTuple):
    """``matrix`` (W, W): Fisher information of one weight a parameter tensor, averaged over images.

    J^T (diag p - p p^T) J with J the gradients of an image's logits and p its class probabilities,
    of which one twentieth is uniform. The first weight of each of the first W <= 128 tensors, those
    of normalisations and the classifier's bias among them. Gaussian images, weights ~ N(0,
    2/fan_in); normalisations hold the statistics they start from, mean 0 and variance 1.
    ``layers``: how many convolutions and classifiers the network has, a scalar.
    """

    matrix: Tensor
    layers: Tensor


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


class RegressionError(NamedTuple):
    """``error``: of a regression to synthetic signals after some steps of training, a scalar.

    Squared, averaged over images, channels and positions, the stages weighted 1/4, 1/2 and 1.
    """

    error: Tensor


class ConstantOutputs(NamedTuple):
    """``logits`` (2, N): one of each image, all weights at 1e-7 and all at 1, biases at 0.

    All logits of an image are then equal. Weights here are those of normalisations too.
    """

    logits: Tensor


class Ranks(NamedTuple):
    """``ranks`` (scores, m), float64: of m candidates by several scores; 1 the worst, m the best.

    Equal scores share the mean of their ranks.
    """

    ranks: Tensor
