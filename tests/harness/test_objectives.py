"""Several objectives: named, asked for, told, and refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy_names import AccuracyName
from benchmarks.costs import MetricName
from benchmarks.errors import BadInput
from benchmarks.sources import read_metrics
from harness.options.search_settings import search_plan_of
from harness.runs.search_plan import SearchPlan
from harness.searching.driver import OngoingSearch, Terms
from harness.searching.objectives import objectives
from harness.searching.problems import metrics_of, problem_of, read_table
from searchers import Count, Objective, Search, Space, Train
from tests.material.official import SPACES
from tests.material.refusals import refused
from tests.material.searches import chosen_from

pytestmark = pytest.mark.usefixtures("undrawn")


def plan_of(*words: str, benchmark: str = "nats-tss") -> SearchPlan:
    from harness.options.parser import parser

    fixed = ["search", "--benchmark", benchmark, "--budget", "9", "--out", "."]
    return search_plan_of(parser().parse_args([*fixed, *words]))


@pytest.fixture(scope="module")
def natural() -> tuple:
    plan = plan_of("--objectives", "edgegpu_latency,error,params,train_seconds")
    table = read_table(plan, 1)
    return plan, table, problem_of(plan, table, [])


def test_values_are_the_tables_and_smaller_is_better(natural: tuple) -> None:
    plan, table, _ = natural
    found = objectives(plan, table, metrics_of(plan))
    assert found is not None
    assert list(found.values) == ["error", "edgegpu_latency", "params", "train_seconds"]
    accuracy = table.accuracy(AccuracyName("cifar10", "ori-test", 200, None))
    np.testing.assert_array_equal(found.values["error"], 100 - accuracy)
    costs = read_metrics("built-in")
    for name, epochs in (("edgegpu_latency", None), ("params", None), ("train_seconds", 200)):
        stored = costs.values(MetricName(name, "cifar10", epochs))
        np.testing.assert_array_equal(found.values[name], stored.reindex(accuracy.index))
    assert found.units == {
        "error": "%", "edgegpu_latency": "ms", "params": "1", "train_seconds": "s"
    }  # fmt: skip
    assert found.chance == pytest.approx(90)


def test_a_training_tells_them_and_what_is_known_may_be_counted(natural: tuple) -> None:
    _, _, problem = natural
    assert problem.space.objectives == (
        Objective("error", False),
        Objective("edgegpu_latency", True),
        Objective("params", True),
        Objective("train_seconds", False),
    )
    told = []

    def asks(space: Space, rng: np.random.Generator) -> Search:
        candidate = space.random(rng)
        told.append((yield Train(candidate)))
        for name in ("edgegpu_latency", "params"):
            told.append((yield Count(candidate, name)))
        yield Count(candidate, "train_seconds")
        return None

    run = OngoingSearch(problem, Terms(9.0), 0)(chosen_from(asks))
    assert run.reason.startswith("it asks to count `train_seconds`; there are params, flops, edge")
    trained, latency, params = told
    assert trained.objectives[:3] == (100 - trained.value, latency.value, params.value)
    row = problem.rows[trained.candidate]
    assert trained.objectives[3] == problem.costs["train_seconds"][row]


def test_without_several_objectives_nothing_is_told() -> None:
    plan = plan_of(benchmark="mini")
    problem = problem_of(plan, read_table(plan, 1), [])
    assert problem.space.objectives == ()
    assert problem.objectives(0, 50.0) == ()


def test_what_has_no_stored_costs_is_counted() -> None:
    plan = plan_of("--objectives", "error,flops", benchmark="mini")
    found = objectives(plan, read_table(plan, 1), metrics_of(plan))
    assert found is not None
    assert (found.values["flops"] > 0).all()


def test_the_error_of_another_measure_is_what_it_lacks() -> None:
    words = ("--dataset", "autoencoder", "--objectives", "error,params")
    plan = plan_of(*words, benchmark="transnas-micro")
    table = read_table(plan, 1)
    found = objectives(plan, table, metrics_of(plan))
    assert found is not None
    assert found.chance == float("inf")
    np.testing.assert_allclose(found.values["error"], 1 - table.accuracy(plan.accuracy))


BAD = [
    (["--objectives", "error,edgegpu_latncy"], "Did you mean `edgegpu_latency`?"),
    (["--objectives", "error,edgegpu"], "Found `edgegpu`. Did you mean `edgegpu_energy`?"),
    (["--objectives", "error,params,params"], "`params` is there twice: leave one out."),
    (["--objectives", "error"], "should be error and a cost at least, such as `error,params`."),
    (["--objectives", "params,flops"], "should be error and a cost at least"),
    (
        ["--objectives", "error,edgetpu_latency"],
        "`edgetpu_latency` is known for 10,926 of 15,625, and none of the 4,699 others is filled",
    ),
    (["--objectives", "error,latency"], "The table has no cost latency / cifar10."),
    (["--objectives", "error,params", "--reference", "20"], "for each objective (error,params)"),
    (["--objectives", "error,params", "--reference", "20,x"], "Found `20,x`."),
    (["--reference", "20,3"], "which `--objectives` should name"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_input_is_one_sentence(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fixed = ["search", "--benchmark", "nats-tss", "--budget", "9", "--searchers", "random"]
    out = ["--out", str(tmp_path / "run")]
    assert said in refused([*fixed, *out, *words], capsys)


def test_costs_that_nobody_stored_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["search", "--budget", "9", "--searchers", "random", "--out", str(tmp_path / "run")]
    said = refused([*words, "--objectives", "error,fpga_latency"], capsys)
    assert "has none but params and flops, which are counted. Found `fpga_latency`." in said


def test_costs_of_another_source_do_not_stand_for_damaged_ones(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / SPACES["tss"], folder := tmp_path / "archive")
    (folder / "000011.pickle.pbz2").write_bytes(b"damaged")
    with pytest.raises(BadInput, match=r"000011\.pickle\.pbz2"):
        metrics_of(plan_of("--truth", str(folder)))


def test_every_device_is_an_objective() -> None:
    for name in ("raspi4_latency", "eyeriss_energy"):
        assert plan_of("--objectives", f"error,{name}").objectives == ("error", name)
