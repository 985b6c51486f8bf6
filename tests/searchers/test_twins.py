"""Searchers beside slow literal twins, written from the papers."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise, product

import numpy as np
import pytest
import torch

from searchers import Candidate, Score, Space, Train, load_all
from searchers.bohb import density, widths
from searchers.marginals import best_choices, marginal_means, penalised
from searchers.reinforce import Adam
from searchers.rungs import brackets, ladder
from tests.literal.policy import check_policy
from tests.material.replay import answered
from tests.material.small_space import SIZES, SPACE, VALUES, accuracy


def run(name: str, steps: int, seed: int = 0, space: Space = SPACE, **settings: object) -> list:
    search = load_all()[name].function(space, np.random.default_rng(seed), **settings)
    return answered(search, accuracy, steps)


def test_reinforce_takes_the_steps_of_adam_on_the_policy_gradient() -> None:
    """Autograd and PyTorch's Adam, in float64, on the candidates that the searcher drew."""
    asked, _ = run("reinforce", 60)
    check_policy(asked, SIZES, lambda so_far: accuracy(so_far[-1]))


def test_adam_is_pytorchs() -> None:
    values = np.array([0.3, -0.2])
    adam, twin = Adam(values, 0.05), torch.tensor(values.copy(), requires_grad=True)
    optimiser = torch.optim.Adam([twin], lr=0.05, maximize=True)
    for gradient in np.random.default_rng(1).normal(size=(30, 2)):
        adam.ascend(gradient)
        twin.grad = torch.tensor(gradient)
        optimiser.step()
    np.testing.assert_allclose(values, twin.detach().numpy(), rtol=1e-9)


@pytest.mark.parametrize(("most", "eta"), [(81, 3), (27, 3), (16, 2), (64, 4), (3, 3), (1, 3)])
def test_rungs_are_hyperbands(most: int, eta: int) -> None:
    """Algorithm 1 of Li et al., where the least training is one epoch and R a power of eta."""
    s_max = round(math.log(most, eta))
    published = []
    for s in range(s_max, -1, -1):
        n, r = math.ceil((s_max + 1) * eta**s / (s + 1)), most // eta**s
        rungs = []
        for i in range(s + 1):
            rungs.append((n, r * eta**i))
            n = max(n // eta, 1)
        published.append(rungs)
    assert brackets([eta**i for i in range(s_max + 1)]) == published


def test_rungs_are_the_lengths_that_a_table_has() -> None:
    assert ladder([12, 200], 3) == [12, 200]
    assert ladder(range(1, 13), 3) == [1, 4, 12]
    assert ladder([90, 12, 1], 3) == [1, 12, 90]
    assert ladder([90, 12, 1], 3, longest=12) == [1, 12]
    assert ladder([90, 12], 3, longest=1) == [12, 90]
    assert brackets([12, 200]) == [[(17, 12), (1, 200)], [(2, 200)]]


def test_hyperband_promotes_the_best() -> None:
    asked, told = run("hyperband", 27 + 9 + 3 + 1)
    values = list(zip(asked, told, strict=True))
    rungs = [values[:27], values[27:36], values[36:39], values[39:40]]
    for rung, epochs in zip(rungs, (1, 3, 9, 27), strict=True):
        assert {question.epochs for question, _ in rung} == {epochs}
    for below, above in pairwise(rungs):
        best = sorted((value for _, value in below), reverse=True)[: len(above)]
        assert sorted((value for _, value in above), reverse=True) == best


def test_a_density_is_a_mean_of_products_of_kernels() -> None:
    rng = np.random.default_rng(0)
    sizes = np.array(SIZES)
    seen, at = rng.integers(sizes, size=(9, 3)), rng.integers(sizes, size=(5, 3))
    h = widths(seen, sizes)
    for axis, size in enumerate(SIZES):
        mean = sum(seen[:, axis]) / 9
        deviation = math.sqrt(sum((x - mean) ** 2 for x in seen[:, axis]) / 9)
        wanted = min(max(1.06 * deviation * 9 ** (-1 / 7), 1e-3), (size - 1) / size)
        assert h[axis] == pytest.approx(wanted)
    for place, value in zip(at, density(at, seen, h, sizes), strict=True):
        total = 0.0
        for one in seen:
            product_of_kernels = 1.0
            for axis, size in enumerate(SIZES):
                same = place[axis] == one[axis]
                product_of_kernels *= 1 - h[axis] if same else h[axis] / (size - 1)
            total += product_of_kernels / 9
        assert value == pytest.approx(total)
    whole = np.array(list(product(*map(range, SIZES))))
    assert density(whole, seen, h, sizes).sum() == pytest.approx(1)


def test_marginal_means_are_the_gradient_of_the_expectation() -> None:
    """Autograd of the sum over all candidates at alpha = 0 has the argmax of the means."""
    values = torch.tensor([VALUES[c] for c in SPACE.candidates()])
    alpha = [torch.zeros(size, dtype=torch.float64, requires_grad=True) for size in SIZES]
    p = [torch.softmax(logits, 0) for logits in alpha]
    chances = torch.stack([math.prod(p[e][o] for e, o in enumerate(c)) for c in VALUES])
    (chances * values).sum().backward()
    means = marginal_means(SPACE.candidates(), list(VALUES.values()), SIZES)
    overall = float(values.mean())
    for logits, mean, size in zip(alpha, means, SIZES, strict=True):
        np.testing.assert_allclose(logits.grad.numpy(), (mean - overall) / size, rtol=1e-9)  # type: ignore[union-attr]
    *_, returned = answered(
        load_all()["nasi_exact"].function(SPACE, np.random.default_rng(0), proxy="any"),
        accuracy,
        10**6,
        returned=True,
    )
    assert list(returned) == best_choices(means) == [int(logits.grad.argmax()) for logits in alpha]  # type: ignore[union-attr]


def test_nasi_sampled_follows_the_score_function() -> None:
    """Gradients of log p by autograd, summed with weights of their running largest norm."""
    search = load_all()["nasi_sampled"].function(
        SPACE, np.random.default_rng(4), proxy="any", steps=25, mu=2.0, nu=40.0
    )
    asked, told, returned = answered(search, accuracy, 10**6, returned=True)
    total, longest = [torch.zeros(size, dtype=torch.float64) for size in SIZES], 0.0
    for question, t in zip(asked, told, strict=True):
        alpha = [torch.zeros(size, dtype=torch.float64, requires_grad=True) for size in SIZES]
        log_p = sum(torch.log_softmax(alpha[e], 0)[o] for e, o in enumerate(question.candidate))
        r = t - 2.0 * max(0.0, t - 40.0)
        (r * log_p).backward()
        gradient = torch.cat([logits.grad for logits in alpha])
        longest = max(longest, float(gradient.norm()))
        for part, logits in zip(total, alpha, strict=True):
            part += logits.grad / longest
    assert len(asked) == 25
    assert list(returned) == [int(part.argmax()) for part in total]


def test_the_penalty_is_eq_14() -> None:
    assert penalised(3.0, 2.0, 5.0) == 3.0
    assert penalised(7.0, 2.0, 5.0) == 3.0
    assert penalised(-math.inf, 2.0, 5.0) == -math.inf


def test_evolution_replaces_the_oldest_by_a_mutation_of_the_best_of_a_sample() -> None:
    asked, told = run("regularized_evolution", 200, population=6, sample=6 * 20)
    for i in range(6, 200):
        alive = list(zip(told[i - 6 : i], [q.candidate for q in asked[i - 6 : i]], strict=True))
        parent = max(alive, key=lambda pair: pair[0])[1]  # a sample so large holds the best
        apart = sum(a != b for a, b in zip(asked[i].candidate, parent, strict=True))
        assert apart == 1


def test_local_search_trains_nothing_twice_and_ends_with_all_of_a_small_space() -> None:
    asked, _ = run("local_search", 10**6)
    assert Counter(question.candidate for question in asked) == Counter(SPACE.candidates())


def test_local_search_moves_to_the_best_neighbour() -> None:
    asked, told = run("local_search", 10**6)
    centre, value = asked[0].candidate, told[0]
    near = SPACE.neighbours(centre)
    assert {question.candidate for question in asked[1 : len(near) + 1]} == set(near)
    best = max(told[1 : len(near) + 1])
    if best > value:
        step = asked[1 + told[1 : len(near) + 1].index(best)].candidate
        following = set(SPACE.neighbours(step)) - {q.candidate for q in asked[: len(near) + 1]}
        there = asked[len(near) + 1 : len(near) + 1 + len(following)]
        assert {question.candidate for question in there} == following


def test_the_best_of_all_by_a_score() -> None:
    search = load_all()["best_of"].function(SPACE, np.random.default_rng(0), proxy="any", n=0)
    asked, _, returned = answered(search, accuracy, 10**6, returned=True)
    assert {type(question) for question in asked} == {Score}
    assert returned == max(VALUES, key=lambda candidate: VALUES[candidate])


@pytest.mark.parametrize("name", ["regularized_evolution", "bohb"])
def test_a_warm_start_trains_the_best_by_the_proxy_first(name: str) -> None:
    asked, _ = run(name, 120, proxy="any", pool=100)
    scored = [question.candidate for question in asked if isinstance(question, Score)]
    trained = [question.candidate for question in asked if isinstance(question, Train)]
    best: list[Candidate] = sorted(set(scored), key=lambda candidate: -VALUES[candidate])
    assert len(scored) == 100
    assert trained[:10] == best[:10]


def test_guided_evolution_trains_the_best_of_its_offspring() -> None:
    asked, told = run("guided_evolution", 200, proxy="any", population=4, offspring=5)
    later = list(zip(asked, told, strict=True))[4:]
    for i in range(0, len(later) - 6, 6):
        offspring, (question, _) = later[i : i + 5], later[i + 5]
        assert all(isinstance(one, Score) for one, _ in offspring)
        assert isinstance(question, Train)
        assert question.candidate == max(offspring, key=lambda pair: pair[1])[0].candidate


def test_a_predictor_is_fed_what_was_chosen() -> None:
    from searchers.predictor_guided import one_hot

    code = one_hot([(2, 0, 1), (0, 3, 0)], SIZES)
    assert code.tolist() == [[0, 0, 1, 1, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0, 1, 1, 0]]


def test_a_predictor_trains_mutations_of_the_best_and_nothing_twice() -> None:
    pytest.importorskip("sklearn")
    wide = Space((5,) * 6)
    worth = {c: float(sum(c)) for c in wide.candidates()}
    search = load_all()["predictor_guided"].function(wide, np.random.default_rng(0))
    asked, told = answered(search, lambda question: worth[question.candidate], 120)
    later = [question.candidate for question in asked[10:]]
    assert len(set(later)) == len(later)
    drawn, _ = answered(
        load_all()["random"].function(wide, np.random.default_rng(0)), lambda question: 0.0, 120
    )
    assert max(told) > max(worth[question.candidate] for question in drawn)
