"""Records of how a network responds to images, with its ReLUs, its layers and its output.

They stand apart from :mod:`proxies.records`, which every pass reads: a record that is added there
makes all stored scores those of another version.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class ResponseCorrelations(NamedTuple):
    """``activations`` and ``gradients`` (blocks + 1, N, N): how alike ReLUs respond to two images.

    Sums of absolute correlations, over the units of a ReLU, between what two images bring to it,
    and between the gradients of L there; one term for every edge that reads the ReLU. Per block of
    the body, and last of what follows it, where what the ReLU puts out stands for what comes to it.
    A ReLU where some image's values are all equal adds nothing.
    """

    activations: Tensor
    gradients: Tensor


class LayerProducts(NamedTuple):
    """Inner products of the channels of every layer's output, stacked by width, (k, C, C), float64.

    Over the positions of the first image, alone in its minibatch; of positions over channels where
    there are fewer. A layer is a convolution, batch normalisation, ReLU or pooling. Zero where no
    value of the map passes 1e-4, which rounding can make.
    """

    stacks: tuple[Tensor, ...]


class OutputCurve(NamedTuple):
    """``velocity`` and ``acceleration`` (n,), float64, of the logits as an image moves on a circle.

    Around the black image of 64 x 64 pixels, with radius 1 and in a random plane; the image is
    alone in its minibatch. First and second derivative by the angle.
    """

    velocity: Tensor
    acceleration: Tensor


class FeatureDistances(NamedTuple):
    """Squared distances between three images, each alone in its minibatch, (3, 3), float64.

    ``relus``: of what all ReLUs put out, ``last``: of what comes to the classifier; each unit moved
    and scaled so that it lies from 0 to 1 over the images; 0 where it varies by at most 1e-4, which
    rounding can make.
    """

    relus: Tensor
    last: Tensor
