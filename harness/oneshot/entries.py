"""One-shot predictors as entries of a report."""

from __future__ import annotations

from harness.oneshot.samplers.predictor import Predictor
from harness.scoring.keys import made_by
from reports.entry import Entry


def of_predictor(predictor: Predictor, supernets: int) -> Entry:
    """Return what a one-shot predictor says of itself, whose score is a mean over supernets."""
    what = (
        "A child's validation accuracy with weights that it inherits from a supernet, mean over "
        f"{supernets}."
        if supernets > 1
        else "A child's validation accuracy with weights that it inherits from a supernet."
    )
    text, digest = f"{what}\n\n{predictor.text}", made_by([predictor.sampler.__module__])
    undefined = "the training of a supernet diverged"
    return Entry(
        predictor.name, "one-shot", predictor.source, text, undefined=undefined, digest=digest
    )
