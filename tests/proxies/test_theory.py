"""What theory promises: closed forms, bounds, invariances."""

from __future__ import annotations

import math
import sys

import pytest
import torch
from torch import Tensor, nn

from benchmarks.layers import Classifier, Convolution, ReLU
from benchmarks.nasbench201.cell import Cell
from benchmarks.nasbench201.network import build
from benchmarks.nasbench201.size import SIZE_CELL
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.network import Layered, Network, Pull, initialise
from harness.passes import Inputs, samples
from proxies import load_all
from proxies import records as r
from proxies.ntk_trace_probe import ntk_trace_probe, standard_error
from proxies.rbflex import log_determinant
from proxies.responses import ResponseCorrelations
from tests.material.tiny import made_by
from tests.material.twins import CELLS, evaluate, inputs
from tests.material.twins import network as twin_network

PROXIES = load_all()
SKELETON = Skeleton((4, 8, 8, 16, 16), cells=1, classes=3, pixels=8)


class LinearModel(Layered):
    """Logits W x + b: its kernel is known in closed form."""

    def __init__(self) -> None:
        super().__init__(1)
        self.body = nn.Sequential()
        self.classifier = Classifier(3 * 8 * 8, 3, (0,)).double()

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(x.flatten(1))

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        return rule(self.classifier, back)

    @property
    def weighted(self) -> list[Convolution | Classifier]:
        return [self.classifier]


def value(name: str, network: Layered, seen: Inputs) -> float:
    return evaluate(PROXIES[name], network, seen)


def test_a_linear_model_has_the_kernel_that_algebra_gives() -> None:
    """Theta[(x, c), (x', c')] = (x . x' + 1) where c = c', else 0."""
    seen, model = inputs(), LinearModel()
    flat, n = seen.images.flatten(1), 3
    inner = flat @ flat.T
    residual = (model(seen.images).softmax(1) - torch.eye(n).double()[seen.labels]).detach()
    loss_kernel = (residual @ residual.T) * (inner + 1)
    assert value("ntk_trace", model, seen) == pytest.approx(n * float((inner + 1).trace()))
    hnas = float((inner + 1).diagonal().mean()) ** 0.5
    assert value("hnas_trace", model, seen) == pytest.approx(hnas)
    assert value("nasi_sum", model, seen) == pytest.approx(float(loss_kernel.trace()))
    for name in ("knas", "nasi"):
        assert value(name, model, seen) == pytest.approx(float(loss_kernel.mean()))
    spectrum = torch.linalg.eigvalsh(inner)
    assert value("ntk_condition", model, seen) == pytest.approx(float(spectrum[-1] / spectrum[0]))
    same = (seen.labels[:, None] == seen.labels) * (inner + 1)
    spectrum = torch.linalg.eigvalsh(same)
    assert value("hnas_condition", model, seen) == pytest.approx(float(spectrum[-1] / spectrum[0]))


def network(cell: str, seed: int = 3, scheme: str = "default") -> Network:
    made = build([Cell.parse(cell)], SKELETON)
    initialise(made, seed, scheme)  # type: ignore[arg-type]
    return made.double()


@pytest.mark.parametrize("cell", CELLS)
def test_nasi_is_a_chain_of_lower_bounds_of_the_trace(cell: str) -> None:
    """Jensen gives knas <= nasi_sum / N; nasi_sum <= 2 ntk_trace, as |softmax - e|^2 <= 2."""
    made, seen = network(cell), inputs()
    found = {name: value(name, made, seen) for name in ("knas", "nasi_sum", "ntk_trace")}
    assert found["knas"] <= found["nasi_sum"] / len(seen.images)
    assert found["nasi_sum"] <= 2 * found["ntk_trace"]
    true_only = value("hnas_trace", made, seen) ** 2 * len(seen.images)
    assert true_only <= found["ntk_trace"]
    assert value("hnas_condition", made, seen) >= 1
    assert value("grad_norm_squared", made, seen) <= value("nasi", made, seen)


def test_probes_are_unbiased_and_know_their_error(monkeypatch: pytest.MonkeyPatch) -> None:
    made, seen = network(CELLS[0]), inputs()
    exact = value("ntk_trace", made, seen)
    draw = torch.Generator().manual_seed(0)
    probed = []
    for _ in range(100):
        drawn = 2 * torch.randint(0, 2, (2, 6, 3), generator=draw) - 1
        monkeypatch.setattr(samples, "frozen_signs", lambda k, *_, drawn=drawn: drawn[k])
        probed.append(made_by(r.ProbedJacobian, made, seen))
    estimates = torch.tensor([float(ntk_trace_probe(one)) for one in probed])
    spread = float(estimates.std())
    assert float(estimates.mean()) == pytest.approx(exact, abs=4 * spread / 10)
    stated = torch.tensor([float(standard_error(one)) ** 2 for one in probed]).mean() ** 0.5
    assert float(stated) == pytest.approx(spread, rel=0.25)


@pytest.mark.parametrize("cell", CELLS)
def test_the_hessian_is_autograds_weight_by_weight(cell: str) -> None:
    """Forward-over-reverse against differentiating twice, normalisations away from 1 and 0."""
    check_hessian(twin_network(cell, PROXIES["grasp"]), inputs())


def check_hessian(made: Network, seen: Inputs) -> None:
    weights = [layer.weight for layer in made.weighted]
    loss = torch.nn.functional.cross_entropy(made(seen.images), seen.labels)
    some = {"allow_unused": True, "materialize_grads": True}
    grads = torch.autograd.grad(loss, weights, create_graph=True, **some)
    along = sum((g * w.detach()).sum() for g, w in zip(grads, weights, strict=True))
    expected = torch.autograd.grad(along, weights, **some)
    found = made_by(r.HessianWeights, made, seen)
    torch.testing.assert_close(found.products, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(found.grads, tuple(g.detach() for g in grads))


DEAD = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
WIDENING = Skeleton((4, 8, 12, 12, 16), cells=1, classes=3, pixels=8)
"""The second and third stage's cell changes the width: its skips are convolutions."""


def drawn(cell: Cell, skeleton: Skeleton) -> Network:
    made = build([cell], skeleton)
    initialise(made, 3)
    return made.double()


MANY = (
    drawn(SIZE_CELL, WIDENING),
    drawn(Cell.parse(CELLS[0]), SKELETON),
    drawn(Cell.parse(DEAD), SKELETON),
)


@pytest.mark.parametrize("made", MANY, ids=["widening", "topology", "disconnected"])
@pytest.mark.parametrize(("held", "logits"), [(4, 2), (6, 16), (1, 1), (1000, 16)])
def test_chunks_of_images_and_logits_add_up_to_autograd(
    made: Network, held: int, logits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Squared norms image by image and logit by logit, seven images, however they are cut."""
    seen = inputs(n=7)
    monkeypatch.setattr(samples, "HELD", {"cpu": held * seen.images[0, 0].numel()})
    monkeypatch.setattr(samples, "LOGITS", logits)
    found = made_by(r.LogitJacobian, made, seen).squared_norms
    with torch.no_grad():
        made(seen.images)
    with made.normalised("held"):
        out = made(seen.images)
        expected = [
            [
                sum(
                    float(g.square().sum())
                    for g in torch.autograd.grad(
                        out[i, c],
                        list(made.parameters()),
                        retain_graph=True,
                        allow_unused=True,
                        materialize_grads=True,
                    )
                )
                for c in range(3)
            ]
            for i in range(7)
        ]
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64))


@pytest.mark.parametrize("made", MANY, ids=["widening", "topology", "disconnected"])
def test_the_hessian_of_any_cell_is_autograds(made: Network) -> None:
    check_hessian(made, inputs())


@pytest.mark.parametrize("cell", CELLS)
def test_scores_stay_within_their_bounds(cell: str) -> None:
    seen = inputs()
    he = network(cell, scheme="fan_in")
    widths = [4, 4, 8, 8, 16, 16]  # of the stem and the five blocks
    assert value("expressivity", he, seen) <= sum(math.log(w) for w in widths) + 1e-6
    trainability = value("trainability", he, seen)
    assert math.isnan(trainability) or trainability <= 1e-6
    made = network(cell)
    layers = sum(sum(getattr(m, "uses", (1,))) for m in made.modules() if not list(m.children()))
    assert 0 <= value("meco", made, seen) <= layers
    assert 1 <= value("swap", network(cell, scheme="normal"), seen) <= 2 ** len(seen.images)
    assert 0 < value("dextr", made, seen) <= math.log(1 + layers)


@pytest.mark.parametrize("cell", CELLS)
def test_wrcor_is_largest_where_nothing_correlates(cell: str) -> None:
    """A determinant is at most the product of its diagonal, here of what each block counts."""
    made, seen = network(cell), inputs()
    record = made_by(ResponseCorrelations, made, seen)
    correlated = record.activations + record.gradients
    terms = correlated.diagonal(dim1=1, dim2=2)
    uses = [sum(sum(m.uses) for m in b.modules() if isinstance(m, ReLU)) for b in made.body]
    counted = torch.tensor([[2.0 * n] * len(seen.images) for n in [*uses, 1]]).double()
    torch.testing.assert_close(terms, counted)
    ranked = (2.0 ** torch.arange(len(counted))).double() @ counted
    assert value("wrcor", made, seen) <= float(ranked.log().sum())
    apart = ResponseCorrelations(torch.diag_embed(counted), torch.zeros_like(correlated))
    assert float(PROXIES["wrcor"](apart)) == pytest.approx(float(ranked.log().sum()))


def test_rbflex_measures_a_triangle_and_its_gammas_shift_all_scores_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of small gamma the determinant is (4 gamma area)^2, with the triangle's area."""
    points = torch.tensor([[0.0, 0.0], [30.0, 0.0], [0.0, 40.0]], dtype=torch.float64)
    squared = torch.cdist(points, points).square()
    found = float(log_determinant(squared, 1e-12))
    assert found == pytest.approx(2 * math.log(4e-12 * 600), rel=1e-9)
    scores = [value("rbflex", network(cell), inputs()) for cell in CELLS]
    module = sys.modules["proxies.rbflex"]
    monkeypatch.setattr(module, "GAMMAS", (1e-9, 3e-10))
    moved = [value("rbflex", network(cell), inputs()) for cell in CELLS]
    shift = moved[0] - scores[0]
    assert [b - a for a, b in zip(scores, moved, strict=True)] == pytest.approx([shift] * 3)


def test_zico_lies_between_the_logs_of_its_layers_sizes() -> None:
    """Of two halves a ratio (|g1| + |g2|) / ||g1| - |g2|| is at least 1, and 1,000 at most."""
    made, seen = network(CELLS[0]), inputs()
    sizes = [w.weight.numel() for w in made.weighted]
    found = value("zico", made, seen)
    assert sum(math.log(0.9 * n) for n in sizes) <= found <= sum(math.log(1e3 * n) for n in sizes)


def test_progressivity_is_the_least_gain() -> None:
    made, seen = network(CELLS[0], scheme="fan_in"), inputs()
    from proxies.expressivity import entropies

    found = entropies(made_by(r.Blocks, made, seen))
    least = value("progressivity", made, seen)
    assert least * (len(found) - 1) <= float(found[-1] - found[0])


INVARIANT = ("snip", "plain", "naswot", "jacob_cov", "fisher", "wrcor", "rbflex")


@pytest.mark.parametrize("name", INVARIANT)
def test_scaling_a_normalised_convolution_changes_nothing(name: str) -> None:
    """Batch normalisation undoes it, and its gradient shrinks as its weights grow."""
    made, seen = network(CELLS[0]), inputs()
    before = value(name, made, seen)
    with torch.no_grad():
        made.body[1].first[1].weight *= 3  # up, so that epsilon matters less
    assert value(name, made, seen) == pytest.approx(before, rel=1e-3)


def test_scaling_the_classifier_scales_gradients_and_not_correlations() -> None:
    made, seen = network(CELLS[0]), inputs()
    before = {name: value(name, made, seen) for name in ("jacob_cov", "epe_nas", "naswot")}
    trace = value("ntk_trace", made, seen)
    with torch.no_grad():
        made.classifier.weight *= 2
    for name, score in before.items():
        assert value(name, made, seen) == pytest.approx(score)
    assert trace < value("ntk_trace", made, seen) < 4 * trace


def test_counts_grow_with_what_is_added() -> None:
    from benchmarks.nasbench201.cell import EDGES, OPERATIONS

    assert len(EDGES) == 6
    kinds = dict(enumerate(OPERATIONS))
    shallow = Cell(("nor_conv_3x3", "none", "none", "none", "skip_connect", "none"))
    deep = Cell(("nor_conv_3x3", "none", "nor_conv_1x1", "none", "none", "nor_conv_3x3"))
    cut = Cell(("nor_conv_3x3", "none", "nor_conv_1x1", "none", "none", "none"))
    assert (shallow.depth, deep.depth, cut.depth) == (1, 3, 0)
    assert Cell(tuple(kinds[1] for _ in range(6))).depth == 0


def test_dead_operations_count_in_what_is_written_and_nowhere_else() -> None:
    """Two strings of one function: the second names a convolution that leads nowhere."""
    from harness.scoring.tasks import belongs_to_cell

    short = "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|skip_connect~1|none~2|"
    long = short.replace("+|none~0|none~1|", "+|nor_conv_1x1~0|none~1|")
    assert Cell.parse(short).live == Cell.parse(long).live
    seen = inputs()
    for name, alike in (("meco", True), ("meco_released", False)):
        proxy = PROXIES[name]
        assert belongs_to_cell(proxy) is not alike
        found = [value(name, twin_network(cell, proxy), seen) for cell in (short, long)]
        assert (found[0] == found[1]) is alike
