"""NASI on the one-shot network: literal twins of the trace, its slope, and the update."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F

from benchmarks.mini.space import MINI
from benchmarks.network import initialise
from harness.cli import main
from harness.searching.oneshot import OneShot
from searchers import Note, Relax, Slope, Space, load_all

DOUBLE = OneShot("mini", "digits", "embedded", 8, "true", torch.float64)
SIZES = [len(axis.choices) for axis in MINI.axes]
DIGITS = MINI.datasets[0]


def weights(arch: str) -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple(float(place == i) for i in range(size))
        for place, size in zip(MINI.encode(arch), SIZES, strict=True)
    )


@pytest.mark.parametrize("arch", MINI.examples.connected)
def test_hard_weights_are_the_network_of_the_cell(arch: str) -> None:
    """With the shared weights copied into it, as it stands alone."""
    shared = MINI.relaxed(DIGITS)
    initialise(shared, 0)
    shared = shared.double()
    alone = MINI.network([arch], DIGITS, "written").double()
    names = [axis.name.replace("-", "") for axis in MINI.axes]
    given = dict(shared.named_parameters())
    with torch.no_grad():
        for name, parameter in alone.named_parameters():
            source = name
            if ".edges." in name:
                block, rest = name.split(".edges.")
                edge, place, last = rest.split(".")
                position = names.index(edge[:2])
                tail = f"{int(place) + 1}.{last}"
                source = f"{block}.edges.{position}.{edge[2:]}.{tail}"
            parameter.copy_(given[source])
    images, _ = DOUBLE.minibatch(0)
    rows = [torch.tensor(row, dtype=torch.float64) for row in weights(arch)]
    torch.testing.assert_close(shared(images, rows), alone(images))


def test_the_trace_is_the_squared_norm_of_the_mean_gradient() -> None:
    rows = tuple(tuple(np.random.default_rng(e).dirichlet(np.ones(5)).tolist()) for e in range(6))
    answer = DOUBLE(Relax(rows, 3, 7))
    network = MINI.relaxed(DIGITS)
    initialise(network, 7)
    network = network.double()
    images, labels = DOUBLE.minibatch(3)

    def trace(weights: list[torch.Tensor]) -> float:
        total = 0.0
        network.zero_grad()
        F.cross_entropy(network(images, weights), labels).backward()
        for parameter in network.parameters():
            if parameter.grad is not None:
                total += float((parameter.grad**2).sum())
        return total

    point = [torch.tensor(row, dtype=torch.float64) for row in rows]
    assert answer.value == pytest.approx(trace(point), rel=1e-9)
    step = 1e-7  # the gradient of the loss jumps where a ReLU turns, and so does the trace
    for edge, place in [(0, 3), (2, 1), (5, 2), (4, 4)]:
        moved = [row.clone() for row in point], [row.clone() for row in point]
        for sign, rows_there in zip((1, -1), moved, strict=True):
            rows_there[edge][place] += sign * step
        slope = (trace(moved[0]) - trace(moved[1])) / (2 * step)
        assert answer.gradient[edge][place] == pytest.approx(slope, rel=1e-4, abs=1e-5)
    assert all(row[0] == 0 for row in answer.gradient)  # `none` puts out nothing


@pytest.mark.parametrize("settings", [{}, {"soft": True, "mu": 2.0, "nu": 0.7}])
def test_the_update_is_the_papers(settings: dict) -> None:
    """Autograd through the relaxation, on a made-up trace t(w) = sum of (c w)^2."""
    space = Space((3, 4))
    scales = [torch.tensor([0.2, 1.0, 0.5]), torch.tensor([1.0, 0.1, 0.7, 0.3])]
    scales = [scale.double() for scale in scales]
    search = load_all()["nasi"].function(space, np.random.default_rng(1), steps=30, **settings)
    rng = np.random.default_rng(1)
    rng.integers(2**31)
    total, longest, seen, active = [torch.zeros(3), torch.zeros(4)], 0.0, list[float](), 0
    question = next(search)
    while not isinstance(question, Note):
        alpha = [torch.zeros(n, dtype=torch.float64, requires_grad=True) for n in (3, 4)]
        gumbel = [torch.tensor(-np.log(-np.log(rng.random(n)))) for n in (3, 4)]
        rng.integers(2**31)
        y = [torch.softmax(a + g, 0) for a, g in zip(alpha, gumbel, strict=True)]
        if not settings.get("soft"):
            hard = [torch.eye(len(p), dtype=torch.float64)[int(p.argmax())] for p in y]
            y = [h + p - p.detach() for h, p in zip(hard, y, strict=True)]
        for row, p in zip(question.weights, y, strict=True):
            np.testing.assert_allclose(row, p.detach().numpy(), rtol=1e-9, atol=1e-12)
        t = torch.stack([((c * p) ** 2).sum() for c, p in zip(scales, y, strict=True)]).sum()
        seen.append(t.item())
        nu = settings.get("nu") or sum(seen) / len(seen)
        active += t.item() > nu
        (t - settings.get("mu", 1.0) * torch.clamp(t - nu, min=0)).backward()
        norm = float(torch.cat([a.grad for a in alpha]).norm())
        longest = max(longest, norm)
        if longest:
            total = [s + a.grad / longest for s, a in zip(total, alpha, strict=True)]
        at = [torch.tensor(row, dtype=torch.float64) for row in question.weights]
        slope = [tuple((2 * c**2 * w).tolist()) for c, w in zip(scales, at, strict=True)]
        question = search.send(Slope(t.item(), tuple(slope)))
    assert question == Note("active", active / 30)
    with pytest.raises(StopIteration) as end:
        search.send(Slope(question.value, ()))
    assert list(end.value.value) == [int(part.argmax()) for part in total]
    assert 0 < active < 30


def test_a_search_on_the_one_shot_network(tmp_path: Path) -> None:
    words = ["search", "--budget", "5", "--seeds", "2", "--workers", "1", "--batch", "8"]
    words += ["--searchers", "nasi:steps=3", "--out", str(tmp_path)]
    assert main(words) == 0
    rows = pd.read_csv(tmp_path / "final.csv").query("searcher == 'nasi:steps=3'")
    assert (rows["status"] == "ok").all()
    assert rows["notes"].str.fullmatch(r'\{"active": [0-9.]+\}').all()
    table = (tmp_path / "search.md").read_text("utf-8")
    assert "What nasi:steps=3 computes on the one-shot network is free here." in table


def test_it_needs_images(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["search", "--benchmark", "nats-tss", "--budget", "5", "--seeds", "1"]
    assert main([*words, "--searchers", "nasi", "--out", str(tmp_path)]) == 2
    assert "`--images` should be given for `nasi`" in capsys.readouterr().err
