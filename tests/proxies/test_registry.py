"""The registry: names, annotations, digests."""

from __future__ import annotations

import pytest
from torch import Tensor

from proxies import UnknownProxy, find, load_all, registry
from proxies.records import LossGradients
from proxies.registry import proxy


def test_all_means_all_and_names_keep_their_order() -> None:
    assert [p.name for p in find("all")] == sorted(set(load_all()) - {"gennas"})
    assert [p.name for p in find("gennas")] == ["gennas"]
    assert [p.name for p in find("synflow, snip,synflow")] == ["synflow", "snip"]


@pytest.mark.parametrize(("name", "near"), [("synflw", "synflow"), ("ntktrace", "ntk_trace")])
def test_an_unknown_name_gets_the_near_miss(name: str, near: str) -> None:
    with pytest.raises(UnknownProxy, match=f"Did you mean `{near}`"):
        find(f"snip,{name}")


def test_no_name_is_refused() -> None:
    with pytest.raises(UnknownProxy, match="Found nothing"):
        find(",")


def test_a_taken_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two from elsewhere; a built-in wins, and the clash is noted."""
    monkeypatch.setattr(registry, "PROXIES", dict(load_all()))
    monkeypatch.setattr(registry, "clashes", [])

    def register(name: str) -> None:
        def made(loss: LossGradients) -> Tensor:
            return loss.grads[0]

        made.__name__ = name
        proxy(larger_is_better=True, source="none")(made)

    register("snip")
    assert len(registry.clashes) == 1
    assert "snip" in registry.clashes[0]
    register("mine")
    with pytest.raises(ValueError, match="already registered"):
        register("mine")


def test_a_parameter_must_be_a_record() -> None:
    with pytest.raises(ValueError, match="annotated with a record"):

        @proxy(larger_is_better=True, source="none")
        def no_record(network: Tensor) -> Tensor:
            return network
