"""The one-shot predictors by name."""

from __future__ import annotations

from inspect import getdoc

from benchmarks.errors import BadInput, suggestion
from harness.oneshot.samplers.fairnas import fairnas
from harness.oneshot.samplers.magic_t import magic_t
from harness.oneshot.samplers.predictor import Predictor, Sampler
from harness.oneshot.samplers.spos import spos

MAGIC = "Xu et al., ICML 2022, arXiv:2108.12821 (re-implemented from the description)"

ALIGNED = r"""

Children are also pulled towards an anchor child: to the loss is added
:math:`\lambda \frac{1}{L} \sum_l \lVert h_l - h_l^* \rVert_2^2 / |h_l|` over the maps of cells, and
a child that is better on validation becomes the anchor.
"""


def _text(sampler: Sampler, more: str = "") -> str:
    return f"{getdoc(sampler)}{more}"


PREDICTORS = {
    predictor.name: predictor
    for predictor in (
        Predictor("spos", spos, "Guo et al., ECCV 2020, arXiv:1904.00420", _text(spos)),
        Predictor("fairnas", fairnas, "Chu et al., ICCV 2021, arXiv:1907.01845", _text(fairnas)),
        Predictor("magic_t", magic_t, MAGIC, _text(magic_t)),
        Predictor("magic_a", spos, MAGIC, _text(spos, ALIGNED), aligned=True),
        Predictor("magic_at", magic_t, MAGIC, _text(magic_t, ALIGNED), aligned=True),
    )
}


def named(names: str) -> list[Predictor]:
    """Return the predictors of a list of names separated by commas, ``all`` of them for that.

    Raises:
        BadInput: there is no such predictor; the nearest is suggested.
    """
    chosen = dict.fromkeys(name.strip() for name in names.split(",") if name.strip())
    if "all" in chosen:
        return list(PREDICTORS.values())
    for name in chosen:
        if name not in PREDICTORS:
            raise BadInput(
                f"A one-shot predictor should be one of all, {', '.join(PREDICTORS)}. Found "
                f"`{name}`.{suggestion(name, PREDICTORS)}"
            )
    return [PREDICTORS[name] for name in chosen]
