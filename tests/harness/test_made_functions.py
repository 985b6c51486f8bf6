"""Proxies whose function another one makes, or that its module does not hold under its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main
from harness.scoring.keys import behind, formula
from proxies import plugins, registry
from tests.material.small_run import scores

pytestmark = pytest.mark.usefixtures("forgotten")

HELPER = '''
from torch import Tensor

from proxies import proxy
from proxies.records import LossGradients


def per_layer(function):
    def score(loss: LossGradients) -> Tensor:
        """Sum over layers."""
        return sum(function(part) for part in loss.grads)

    score.__name__ = function.__name__
    return score


def register(name, sign):
    def score(loss: LossGradients) -> Tensor:
        """The first norm."""
        return sign * loss.grads[0].norm()

    score.__name__ = name
    proxy(larger_is_better=True, source="this test")(score)
'''

DECORATED = """
from proxies import proxy
from making import per_layer

@proxy(larger_is_better=True, source="this test")
@per_layer
def mine(part):
    return part.norm()
"""

FACTORY = """
from making import register

register("mine", 1)
"""

PLAIN = '''
import torch
from torch import Tensor

from proxies import proxy
from proxies.records import LossGradients

{above}
@proxy(larger_is_better=True, source="this test")
def mine(loss: LossGradients) -> Tensor:
    """The first norm."""
    return loss.grads[0].norm()

{below}
'''


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [(DECORATED, "part.norm()", "-part.norm()"), (FACTORY, '"mine", 1', '"mine", -1')],
    ids=["decorated", "by a factory"],
)
def test_a_file_counts_whose_function_a_helper_makes(
    text: str, before: str, after: str, tmp_path: Path
) -> None:
    helper = tmp_path / f"making_{len(text)}.py"
    helper.write_text(HELPER)
    text = text.replace("making", helper.stem)
    file = tmp_path / "mine.py"
    file.write_text(text)
    (first,) = plugins.load_file(file)
    digest = formula(first)
    assert {str(file), str(helper)} <= set(behind(first).marks)
    file.write_text(text.replace(before, after))
    plugins.load_file(file)
    assert formula(registry.PROXIES["mine"]) != digest


@pytest.mark.parametrize(
    ("above", "below"), [("@torch.no_grad()", ""), ("", "mine = None")], ids=["wrapped", "gone"]
)
def test_workers_score_what_is_not_found_by_its_name(
    above: str, below: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(PLAIN.format(above=above, below=below))
    options = ["--benchmark=mini", "--cells=0,11,40", "--proxies=mine,params", "--batch=8"]
    more = [f"--proxy-file={file}", "--workers=2", f"--out={tmp_path / 'run'}"]
    assert main(["score", *options, *more]) == 0
    assert (scores(tmp_path / "run")["status"] == "ok").all()
