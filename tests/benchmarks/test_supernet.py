"""The supernet: a child cut from it is the network built alone, and what it leaves out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.normalisation import BatchNorm
from benchmarks.splits import HELD_OUT, splits
from benchmarks.supernets import supernet
from tests.material.supernets import images, network, npz, places
from tests.material.tiny import CELLS, DATASET, DEAD, SPACE

CHILDREN = [*map(SPACE.encode, (*CELLS, DEAD)), *places(0, 12)]


@pytest.mark.parametrize("child", CHILDREN)
def test_a_child_computes_what_its_own_network_does(child: tuple[int, ...]) -> None:
    whole, seen = network(), images(6)
    alone = whole.child(child)
    torch.testing.assert_close(whole.run(seen, child)[0], alone(seen), rtol=1e-12, atol=1e-12)
    assert not {id(p) for p in whole.parameters()} & {id(p) for p in alone.parameters()}


def test_a_child_has_the_gradients_of_its_own_network() -> None:
    whole, seen, child = network(), images(6), CHILDREN[0]
    alone = whole.child(child)
    for logits in (whole.run(seen, child)[0], alone(seen)):
        torch.autograd.backward(logits.square().sum())
    own = dict(whole.named_parameters())
    for name, parameter in alone.named_parameters():
        if own[name].requires_grad:
            torch.testing.assert_close(own[name].grad, parameter.grad, rtol=1e-9, atol=1e-9)
    names = dict(alone.named_parameters())
    assert {name for name, p in own.items() if p.grad is not None} <= set(names)


def test_normalisation_inside_choices_has_no_affine_and_outside_it_has() -> None:
    whole = network()
    inside = {id(norm) for cell in whole.modules() for norm in _norms_of_cell(cell)}
    for norm in whole.norms:
        trains = norm.weight.requires_grad, norm.bias.requires_grad
        assert trains == ((False, False) if id(norm) in inside else (True, True))
        assert norm.mode == "batch"
    assert 0 < len(inside) < len(whole.norms)


def _norms_of_cell(module: torch.nn.Module) -> list[BatchNorm]:
    if type(module).__name__ != "SharedCell":
        return []
    return [m for m in module.modules() if isinstance(m, BatchNorm)]


def test_a_path_is_what_leads_somewhere() -> None:
    whole = network()
    dead = SPACE.encode("|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|")
    assert whole.path(dead) == ("03skip_connect",)
    assert whole.path(SPACE.encode(DEAD)) == ()
    assert whole.path(CHILDREN[0]) == ("01nor_conv_3x3", "03avg_pool_3x3", "13nor_conv_3x3")
    assert whole.live(dead) == (0, 0, 0, 1, 0, 0)
    assert whole.live(whole.live(CHILDREN[0])) == whole.live(CHILDREN[0])
    assert whole.shared("03skip_connect") is None
    shared = whole.shared("01nor_conv_3x3")
    assert shared is not None
    assert [len(stage) for stage in shared.stages] == [1, 1, 1]


def test_every_operation_is_there_once_an_edge_and_cell() -> None:
    mini = BENCHMARKS["mini"]
    whole = supernet(mini, mini.datasets[0])
    kernels = [p.shape[2:] for name, p in whole.named_parameters() if ".edges." in name]
    kernels = [tuple(shape) for shape in kernels if len(shape) == 2]
    assert kernels.count((3, 3)) == kernels.count((1, 1)) == 6 * 6
    assert len(supernet(mini, mini.datasets[0], 1).weighted) < len(whole.weighted)


def test_a_space_without_shared_operations_is_refused() -> None:
    size = BENCHMARKS["nats-sss"]
    with pytest.raises(BadInput, match=r"nats-sss has none"):
        supernet(size, size.datasets[0])


def test_splits_share_no_image_and_are_the_same_each_time(tmp_path: Path) -> None:
    mini, file = BENCHMARKS["mini"].datasets[0], npz(tmp_path / "few.npz", 200)
    train, valid = splits(str(file), mini)
    assert len(valid.classes) == HELD_OUT * 200
    assert len(train.classes) + len(valid.classes) == 200
    seen = {image.numpy().tobytes() for part in (train, valid) for image in part.images}
    assert len(seen) == 200
    assert [part.sha256 for part in splits(str(file), mini)] == [train.sha256, valid.sha256]
    embedded = splits("embedded", mini)
    assert [len(part.classes) for part in embedded] == [8000, 2000]
    np.testing.assert_allclose(embedded[0].images.mean((0, 2, 3)), np.zeros(3), atol=0.01)


def test_there_is_nothing_to_learn_from_noise() -> None:
    with pytest.raises(BadInput, match="Found `noise`"):
        splits("noise", DATASET)
