"""A formula that is typed in a session has no file: what it reads is its key."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from benchmarks.catalogue import BENCHMARKS
from harness.scoring.keys import key
from proxies import registry

pytestmark = pytest.mark.usefixtures("forgotten")

SHORT = """
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="nobody")
def helped(loss: LossGradients) -> Tensor:
    return abs(loss.grads[0].sum())
"""


def test_what_is_typed_again_is_another_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a notebook, whose cells are run again."""
    typed = ModuleType("typed_here")
    monkeypatch.setitem(sys.modules, "typed_here", typed)
    digests = []
    for _ in range(2):
        exec(SHORT, vars(typed))
        digests.append(key(registry.PROXIES["helped"], BENCHMARKS["mini"]))
        assert digests[-1] == key(registry.PROXIES["helped"], BENCHMARKS["mini"])
    assert len(set(digests)) == 2


TYPED = """
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients
from functools import partial, wraps
WEIGHT, TABLE, MODULE, FACTOR = 2.0, [1.0], __import__("math"), 1.0

class Scaled:
    by = 2.0
    def __call__(self, x):
        return FACTOR * self.by * x

def scale(x, by):
    return by * x

def outer(function):
    @wraps(function)
    def inner(x):
        return [WEIGHT * y for y in function(x)]
    return inner

@outer
def helper(x):
    return [WEIGHT * TABLE[0] * OBJECT(SCALE["by"](y)) for y in x]

OBJECT, SCALE = Scaled(), {"by": partial(scale, by=2)}

@proxy(larger_is_better=True, source="nobody")
def helped(loss: LossGradients) -> Tensor:
    return helper(loss.grads)[0].sum() * MODULE.pi
"""


@pytest.mark.parametrize(
    ("statement", "another"),
    [
        ("WEIGHT = 3.0", True),
        ("TABLE[0] = 2.0", True),
        ("TABLE = list(TABLE)", False),
        ("def helper(x):\n    return x", True),
        ("MODULE = __import__('cmath')", True),
        ("UNREAD = 1", False),
        ("FACTOR = 2.0", True),
        ("Scaled.by = 3.0", True),
        ("OBJECT.by = 3.0", True),
        ("class Scaled(Scaled):\n    pass\nOBJECT = Scaled()", True),
        ("def scale(x, by):\n    return -by * x\nSCALE = {'by': partial(scale, by=2)}", True),
        ("SCALE = {'by': partial(scale, by=2)}", False),
        ("del FACTOR", True),
        ("scale.__code__ = (lambda x, by: -x).__code__", True),
        ("scale.note = 1", True),
        ("import functools\nSCALE = {'by': functools.lru_cache(scale)}", True),
    ],
)
def test_what_a_typed_formula_reads_is_part_of_it(
    statement: str, another: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays in the session, what is round it may change."""
    typed = ModuleType("typed_here")
    monkeypatch.setitem(sys.modules, "typed_here", typed)
    exec(TYPED, vars(typed))
    before = key(registry.PROXIES["helped"], BENCHMARKS["mini"])
    exec(statement, vars(typed))
    assert (key(registry.PROXIES["helped"], BENCHMARKS["mini"]) != before) == another
