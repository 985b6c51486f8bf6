"""What a proxy may read: named statistics of one network on one minibatch, as tensors.

N is the number of images, n the number of classes, C channels, D values of one image. "Weights" are
those of every convolution and the classifier, in the order of the forward pass; only operations on
an input-to-output path are there. L is the mean cross-entropy over the minibatch.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class CellCounts(NamedTuple):
    """Scalars of the candidate as the benchmark counts it, dead operations included."""

    params: Tensor
    flops: Tensor


class LiveCounts(NamedTuple):
    """Scalars of what lies on input-to-output paths; zero where there is no path."""

    params: Tensor
    flops: Tensor


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


class HessianGradient(NamedTuple):
    """Weights w, and the Hessian of L (over these weights) times the gradient dL/dw."""

    weights: tuple[Tensor, ...]
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


class LogitJacobian(NamedTuple):
    """``squared_norms`` (N, n): squared norm over all parameters of each logit's gradient.

    ``layer_squared_norms`` (N, n) leave batch-norm parameters out; ``labels`` (N,) are the images'
    classes. Batch normalisation holds the minibatch's statistics constant, so that each image has
    its own gradient.
    """

    squared_norms: Tensor
    layer_squared_norms: Tensor
    labels: Tensor


class SampleLossGradients(NamedTuple):
    """Gradients of each image's own cross-entropy over all parameters, statistics held.

    ``squared_norms`` (N,): one an image. ``mean_squared_norm``: that of their mean, a scalar.
    """

    squared_norms: Tensor
    mean_squared_norm: Tensor


class Perturbation(NamedTuple):
    """Response of the feature map before pooling to a small change of a Gaussian input.

    ``change`` (N,): sum over the map of |f(x) - f(x + 0.01 x')|, weights ~ N(0, 1).
    ``variances``: per batch normalisation, the variance of its input over images and positions,
    (C,).
    """

    change: Tensor
    variances: tuple[Tensor, ...]
