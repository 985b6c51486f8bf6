"""Whom a supernet trains, what is aligned, and that a training goes on where it stopped."""

from __future__ import annotations

from collections import Counter
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from benchmarks.errors import BadInput
from benchmarks.splits import Split
from benchmarks.training import Recipe
from harness.oneshot import alignment, training
from harness.oneshot.alignment import WEIGHT, better, penalty
from harness.oneshot.evaluation import accuracy, scores
from harness.oneshot.samplers.fairnas import fairnas
from harness.oneshot.samplers.magic_t import magic_t
from harness.oneshot.samplers.predictors import PREDICTORS, named
from harness.oneshot.samplers.spos import spos
from harness.oneshot.training import State, advance, begun, epochs_done
from harness.options.oneshot import NAMES
from tests.material.supernets import AXES, images, network, places, run, split, training_data
from tests.material.tiny import SPACE


def sampled(sampler, count: int, seed: int = 0) -> list:  # type: ignore[no-untyped-def]
    return list(islice(sampler(AXES, np.random.default_rng(seed)), count))


def neighbours(child: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Every child that differs in one operation, by looking at all of them."""
    found = []
    for edge in range(6):
        for operation in range(5):
            other = [*child[:edge], operation, *child[edge + 1 :]]
            if sum(a != b for a, b in zip(child, other, strict=True)) == 1:
                found.append(tuple(other))
    return found


def even(counts: Counter, kinds: int) -> bool:
    """Whether counts are those of a uniform draw: chi-square within five standard deviations."""
    expected = counts.total() / kinds
    chi = sum((n - expected) ** 2 / expected for n in counts.values())
    chi += expected * (kinds - len(counts))
    return abs(chi - (kinds - 1)) < 5 * (2 * (kinds - 1)) ** 0.5


def test_spos_draws_every_operation_of_every_edge_alike_and_anew() -> None:
    children = [child for (child,) in sampled(spos, 5000)]
    for edge in range(6):
        assert even(Counter(child[edge] for child in children), 5)
        assert even(Counter((a[edge], b[edge]) for a, b in pairwise(children)), 25)
    assert even(Counter((child[0], child[5]) for child in children), 25)


def test_fairnas_trains_every_operation_of_every_edge_once_a_step() -> None:
    steps = sampled(fairnas, 3000)
    for children in steps:
        for edge in range(6):
            assert sorted(child[edge] for child in children) == [0, 1, 2, 3, 4]
    assert even(Counter((step[0][0], step[0][3]) for step in steps), 25)


def test_magic_t_takes_one_of_the_24_neighbours_each_as_often() -> None:
    children = [child for (child,) in sampled(magic_t, 12_000)]
    taken: Counter = Counter()
    for child, following in pairwise(children):
        taken[neighbours(child).index(following)] += 1
    assert len(neighbours(children[0])) == 24
    assert even(taken, 24)
    starts = Counter(sampled(magic_t, 1, seed)[0][0][2] for seed in range(2000))
    assert even(starts, 5)


def literal_penalty(maps: list[np.ndarray], anchors: list[np.ndarray]) -> float:
    """The penalty by loops over cells, channels, images and positions."""
    total = 0.0
    for own, anchor in zip(maps, anchors, strict=True):
        n, channels, height, width = own.shape
        squares = 0.0
        for c in range(channels):
            normal = []
            for x in (own[:, c], anchor[:, c]):
                mean = x.sum() / x.size
                variance = ((x - mean) ** 2).sum() / x.size
                normal.append((x - mean) / np.sqrt(variance + 1e-5))
            for i in range(n):
                for row in range(height):
                    for column in range(width):
                        a, b = (one[i, row, column] for one in normal)
                        squares += (a - b) ** 2
        total += squares / own.size
    return total / len(maps)


def test_the_penalty_is_what_its_formula_says() -> None:
    whole, seen = network(), images(4)
    first, second = places(1, 2)
    with torch.no_grad():
        maps, anchors = (whole.run(seen, child)[1] for child in (first, second))
    arrays = [[part.detach().numpy() for part in some] for some in (maps, anchors)]
    assert float(penalty(maps, anchors)) == pytest.approx(literal_penalty(*arrays), rel=1e-10)
    assert float(penalty(maps, maps)) == 0
    larger = [3 * part for part in maps]
    assert float(penalty(larger, maps)) == pytest.approx(0, abs=1e-4)


def test_aligned_gradients_are_of_loss_and_weighed_penalty_with_a_constant_anchor() -> None:
    child, anchor = places(2, 2)
    whole = network()
    batch = Split(images(6), torch.arange(6) % 3)
    assert training._pulled(State(whole, anchor=anchor), PREDICTORS["magic_a"], batch, child)
    found = {name: p.grad.clone() for name, p in whole.named_parameters() if p.grad is not None}
    whole.zero_grad()
    constants = [part.detach() for part in whole.run(batch.images, anchor)[1]]
    logits, maps = whole.run(batch.images, child)
    log = logits - logits.exp().sum(1, keepdim=True).log()
    loss = -log[torch.arange(6), batch.classes].mean()
    torch.autograd.backward(loss + WEIGHT * penalty(maps, constants))
    for name, parameter in whole.named_parameters():
        if parameter.grad is not None:
            torch.testing.assert_close(found[name], parameter.grad, rtol=1e-9, atol=1e-12)


def test_a_step_of_several_children_adds_up_their_gradients() -> None:
    batch, children = Split(images(6), torch.arange(6) % 3), places(4, 3)
    together, predictor = network(), PREDICTORS["fairnas"]
    assert all(training._pulled(State(together), predictor, batch, child) for child in children)
    total: dict[str, torch.Tensor] = {}
    for child in children:
        alone = network().child(child)
        torch.autograd.backward(F.cross_entropy(alone(batch.images), batch.classes))
        for name, parameter in alone.named_parameters():
            total[name] = total.get(name, torch.zeros_like(parameter)) + parameter.grad
    for name, parameter in together.named_parameters():
        if parameter.grad is not None:
            torch.testing.assert_close(parameter.grad, total[name], rtol=1e-8, atol=1e-10)


def test_the_anchor_gives_way_to_a_child_that_is_better_and_to_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alignment, "COMPARED", 10)
    whole, valid = network(), Split(images(30), torch.arange(30) % 3)
    first, second = places(5, 2)
    for step in range(0, 40, 10):
        start = step // 10 % 3 * 10
        seen, classes = valid.images[start : start + 10], valid.classes[start : start + 10]
        right = [
            sum(
                int(a) == int(b)
                for a, b in zip(whole.child(c)(seen).argmax(1), classes, strict=True)
            )
            for c in (first, second)
        ]
        assert better(whole, first, second, valid, step) == (right[0] > right[1])
        assert not better(whole, first, first, valid, step)


def test_accuracy_is_that_of_the_network_cut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.oneshot.evaluation.BATCH", 10)
    whole, valid = network(), Split(images(30), torch.arange(30) % 3)
    for child in places(6, 3):
        alone, right = whole.child(child), 0
        for first in (0, 10, 20):
            logits = alone(valid.images[first : first + 10])
            right += int((logits.argmax(1) == valid.classes[first : first + 10]).sum())
        assert accuracy(whole, child, valid) == pytest.approx(100 * right / 30)


def weights(state: State) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in state.network.parameters()]


@pytest.mark.parametrize("name", PREDICTORS)
def test_a_killed_training_goes_on_to_the_same_weights(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = training_data()
    whole, killed = run(name, tmp_path / "whole"), run(name, tmp_path / "killed")
    advance(where, whole)
    wanted = advance(where, whole)
    advance(where, killed)
    with monkeypatch.context() as patch:
        pulled, calls = training._pulled, iter(range(3))

        def dies(*arguments):  # type: ignore[no-untyped-def]
            if next(calls, None) is None:
                raise KeyboardInterrupt
            return pulled(*arguments)

        patch.setattr(training, "_pulled", dies)
        with pytest.raises(KeyboardInterrupt):
            advance(where, killed)
    assert epochs_done(killed, 2) == 1
    found = advance(where, killed)
    assert found.epoch == wanted.epoch == 2
    assert found.anchor == wanted.anchor
    for one, other in zip(weights(found), weights(wanted), strict=True):
        assert torch.equal(one, other)
    assert advance(where, killed).epoch == 2


def test_predictors_of_one_seed_start_alike_and_see_the_same_images(tmp_path: Path) -> None:
    where = training_data()
    first, second = (begun(where, run(name, tmp_path)) for name in ("spos", "magic_at"))
    for one, other in zip(weights(first), weights(second), strict=True):
        assert torch.equal(one, other)
    other = begun(where, run("spos", tmp_path, seed=1))
    assert not torch.equal(weights(first)[0], weights(other)[0])


def test_every_sampler_has_as_many_passes_of_children(tmp_path: Path) -> None:
    where = training_data(Recipe(1, 2, 0.02))
    passes = {}
    for name in PREDICTORS:
        counted = []
        pulled = training._pulled
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(training, "_pulled", lambda *a, c=counted, p=pulled: c.append(0) or p(*a))
            advance(where, run(name, tmp_path))
        passes[name] = len(counted)
    assert set(passes.values()) == {30}


def test_a_training_that_diverges_is_failed_with_its_step(tmp_path: Path) -> None:
    where, one = training_data(Recipe(2, 6, 1e12)), run("spos", tmp_path)
    state = advance(where, one)
    assert state.failed.startswith("training diverged at step ")
    assert state.failed.endswith(" of 20")
    assert advance(where, one).failed == state.failed
    assert epochs_done(one, 2) == 2
    archs = [SPACE.decode(child) for child in places(7, 3)]
    rows = scores(where, one, archs, 3)
    assert {row.status for row in rows} == {"failed"}
    assert {row.reason for row in rows} == {state.failed}
    assert all(np.isnan(row.score) for row in rows)


def test_a_file_of_other_settings_or_a_broken_one_is_begun_anew(tmp_path: Path) -> None:
    where = training_data()
    advance(where, run("spos", tmp_path))
    assert epochs_done(run("spos", tmp_path, key="other"), 2) == 0
    one = run("spos", tmp_path)
    one.file.write_bytes(one.file.read_bytes()[:100])
    assert begun(where, one).epoch == 0


def test_a_supernet_learns_what_can_be_learned(tmp_path: Path) -> None:
    where, one = training_data(Recipe(6, 6, 0.05)), run("spos", tmp_path)
    before = np.mean([accuracy(begun(where, one).network, c, where.scored) for c in places(8, 8)])
    for _ in range(6):
        state = advance(where, one)
    after = np.mean([accuracy(state.network, c, where.scored) for c in places(8, 8)])
    assert after > before + 10


def test_names_are_checked_and_listed() -> None:
    assert [p.name for p in named("magic_t,spos")] == ["magic_t", "spos"]
    assert named("all") == list(PREDICTORS.values())
    assert named("") == []
    assert tuple(PREDICTORS) == NAMES
    with pytest.raises(BadInput, match="Did you mean `magic_t`"):
        named("magict")
    assert split(6, 0).sha256 == split(6, 0).sha256
