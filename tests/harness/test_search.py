"""``harness search`` from end to end, on the embedded benchmark and on NAS-Bench-201."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy_names import AccuracyName
from harness.cli import main
from harness.options.search_settings import search_plan_of
from harness.searching import flow, workers
from harness.searching.problems import problem_of, read_table
from harness.searching.search_run import SearchRun
from searchers import choose
from tests.material.small_search import finals, search


def test_it_leaves_what_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search(tmp_path, "--searchers", "regularized_evolution,best_of:params:n=50") == 0
    text = capsys.readouterr().out
    assert text == (tmp_path / "search.md").read_text("utf-8")
    for row in ("*random*", "*optimum*", "*optimum by the signal*", "best_of:params:n=50"):
        assert f"| {row} |" in text
    assert "Trainings are counted, one of 1 epochs as 1; scores are free." in text
    rows = finals(tmp_path)
    assert list(rows)[:9] == [
        "searcher", "seed", "index", "arch", "signal", "accuracy", "spent", "trainings", "distinct"
    ]  # fmt: skip
    assert len(rows) == 3 * 4
    trials = pd.read_parquet(tmp_path / "trials.parquet")
    assert list(trials) == ["searcher", "seed", "step", "index", "epochs", "spent", "signal"]
    assert (trials.groupby(["searcher", "seed"], observed=True).size() == 12).all()
    plan = (tmp_path / "search.json").read_text("utf-8")
    assert '"budget": "12"' in plan
    page = (tmp_path / "search.html").read_text("utf-8")
    assert "Mutate the best of a sample" in page
    assert page.count("<img") == 1
    assert r"\begin{tabular}" in (tmp_path / "search.tex").read_text("utf-8")
    for suffix in ("png", "svg"):
        assert (tmp_path / "figures" / f"regret.{suffix}").exists()
    assert not list(tmp_path.glob("*.part"))


def test_every_number_is_the_tables(tmp_path: Path) -> None:
    assert search(tmp_path, "--searchers", "random", "--signal-seed", "mean") == 0
    from benchmarks.sources import read_truth

    table = read_truth("embedded", 1)
    signal = table.accuracy(AccuracyName("digits", "x-valid", 1, None))
    judged = table.accuracy(AccuracyName("digits", "x-test", 3, None))
    trials = pd.read_parquet(tmp_path / "trials.parquet")
    np.testing.assert_array_equal(trials["signal"], trials["index"].map(signal))
    for seed, rows in trials.groupby("seed"):
        best = rows.loc[rows["signal"].idxmax()]
        (final,) = finals(tmp_path).query(f"seed == {seed}").itertuples()
        assert final[3] == best["index"]
        assert final.accuracy == judged[best["index"]]


@pytest.mark.usefixtures("undrawn")
def test_workers_and_interruptions_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = "random,reinforce,best_of:params,bohb"
    monkeypatch.setattr(workers, "BLOCK", 2)
    assert search(tmp_path / "whole", "--searchers", names, "--workers", "2") == 0

    run_one, done = workers.runs, []

    def killed(*arguments: object) -> object:
        done.append(1)
        if len(done) == 4:
            raise KeyboardInterrupt
        return run_one(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(workers, "runs", killed)
        assert search(tmp_path / "killed", "--searchers", names) == 130
    assert not (tmp_path / "killed" / "final.csv").exists()
    again: list[object] = []

    def counted(*arguments: object) -> object:
        again.append(arguments)
        return run_one(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "runs", counted)
    assert search(tmp_path / "killed", "--searchers", names) == 0
    assert len(again) == 4 * 2 - 3
    for name in ("final.csv", "search.csv", "regret.csv", "search.md", "search.tex"):
        assert (tmp_path / "whole" / name).read_text() == (tmp_path / "killed" / name).read_text()
    first, second = (pd.read_parquet(tmp_path / n / "trials.parquet") for n in ("whole", "killed"))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.usefixtures("undrawn")
def test_what_is_stored_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert search(tmp_path, "--searchers", "random", seeds=3) == 0
    before = finals(tmp_path)

    def refused(*arguments: object) -> object:
        raise AssertionError(arguments)

    with monkeypatch.context() as patched:
        patched.setattr(workers, "runs", refused)
        assert search(tmp_path, "--searchers", "random", seeds=3) == 0
        assert search(tmp_path, "--searchers", "random", seeds=2) == 0
    assert len(finals(tmp_path)) == 2
    assert search(tmp_path, "--searchers", "random", seeds=5) == 0
    pd.testing.assert_frame_equal(finals(tmp_path).iloc[:3], before)
    assert search(tmp_path, "--searchers", "random", seeds=3, budget="15") == 0
    assert set(finals(tmp_path)["trainings"]) == {15}


BAD = [
    (["--searchers", "randum"], "There is no searcher `randum`. Did you mean `random`?"),
    (["--budget", "20000s"], "`--budget` should be a number of trainings, such as `200`"),
    (["--budget", "none"], "`--budget` should be simulated seconds such as `20000s`"),
    (["--budget", "0"], "`--budget` should be simulated seconds"),
    (["--budget", "0.5"], "`--budget` should be simulated seconds"),
    (["--signal-epochs", "2"], "that the table has of every candidate for digits / x-valid: 1, 3."),
    (["--epochs", "2"], "The table has no accuracy digits / x-test / 2 epochs"),
    (["--searchers", "best_of:naswto"], "`--scores` should name a run folder that holds `naswto`."),
    (["--rerank", "-1"], "Argument --rerank: should be a whole number of at least 0"),
    (["--rerank", "2", "--signal-epochs", "3"], "`--rerank` should train longer"),
    (["--signal-seed", "9"], "The table has no accuracy digits / x-valid / 1 epochs / seed 9."),
    (["--signal-split", "valid"], "Did you mean `x-valid`"),
    (["--searchers", "best_of:"], "Searcher `best_of` should be told its proxy"),
    (["--signal-seed", "some"], "`--signal-seed` should be random, mean or a number."),
    (["--searcher-file", "none.py"], "`none.py` should be a Python file that registers searchers."),
    (["--benchmark", "nats-sss"], "`--truth` should be given for nats-sss"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_input_is_one_sentence(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert search(tmp_path / "run", *words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_budget_of_seconds_pays_for_a_training_at_least(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--benchmark", "nats-tss", "--searchers", "random"]
    assert search(tmp_path / "run", *words, budget="3s") == 2
    said = r"should pay for a training at least. The cheapest costs \d+ s. Found `3s`"
    assert re.search(said, capsys.readouterr().err)


@pytest.fixture(scope="module")
def natural() -> dict[str, SearchRun]:
    """Two searches in seconds, and by the true accuracy."""
    from harness.options.parser import parser

    words = ["search", "--benchmark", "nats-tss", "--budget", "3000s", "--out", "."]
    words += ["--searchers", "best_of:accuracy:n=0,nasi_exact:accuracy,random"]
    plan = search_plan_of(parser().parse_args(words))
    chosen = flow.chosen_searchers(plan)
    problem = problem_of(plan, read_table(plan, 1), chosen)
    assert plan.signal == "cifar10-valid / x-valid / 12 epochs"
    assert str(plan.accuracy) == "cifar10 / ori-test / 200 epochs / mean over seeds"
    terms = flow.Terms(plan.amount)
    made = {one.row: next(workers.runs(problem, one, [0], terms)) for one in chosen}
    table = read_table(plan, 1).accuracy(plan.accuracy)
    return {row: run._replace(signal=table[run.choice]) for row, run in made.items()}


def test_the_true_accuracy_finds_the_best(natural: dict[str, SearchRun]) -> None:
    assert round(natural["best_of:accuracy:n=0"].signal, 3) == 94.373


def test_the_rule_with_the_true_accuracy_in_it_does_not(natural: dict[str, SearchRun]) -> None:
    """All 3x3 convolutions: the argmax on each edge of what the accuracies' means are."""
    assert round(natural["nasi_exact:accuracy"].signal, 2) == 93.76


def test_seconds_are_those_of_the_benchmark(natural: dict[str, SearchRun]) -> None:
    from benchmarks.costs import MetricName
    from benchmarks.nasbench201 import builtin

    seconds = builtin.TABLE.metrics().values(MetricName("train_seconds", "cifar10-valid", 12))
    run = natural["random"]
    spent = np.cumsum([seconds[trial.candidate] for trial in run.trials])
    np.testing.assert_allclose([trial.spent for trial in run.trials], spent)
    assert spent[-2] < 3000 <= spent[-1]


@pytest.mark.usefixtures("undrawn")
def test_a_run_of_proxies_is_searched_by_and_charged(tmp_path: Path) -> None:
    scores = ["score", "--proxies", "snip,params,snip+params", "--batch", "8"]
    assert main([*scores, "--cells", "random:30", "--out", str(tmp_path / "scores")]) == 0
    more = ["--scores", str(tmp_path / "scores"), "--searchers", "best_of:snip,best_of:snip+params"]
    assert search(tmp_path / "run", *more) == 0
    table = (tmp_path / "run" / "search.md").read_text("utf-8")
    assert "snip is known for 30 of 600 candidates." in table
    scored = pd.read_parquet(tmp_path / "scores" / "scores.parquet")
    choices = finals(tmp_path / "run").query("searcher == 'best_of:snip'")["index"]
    assert set(choices) <= set(scored["index"])
    assert (finals(tmp_path / "run")["status"] == "ok").all()
    assert "snip+params is known for 30 of 600 candidates." in table
    with_searches = ["report", "--out", str(tmp_path / "scores"), "--with", str(tmp_path / "run")]
    assert main(with_searches) == 0
    page = (tmp_path / "scores" / "report.html").read_text("utf-8")
    assert "Leaderboard" in page
    assert "Searches on mini, digits" in page
    assert main(["report", "--out", str(tmp_path / "run")]) == 0
    assert (tmp_path / "run" / "search.md").read_text("utf-8") == table


def test_another_table_of_the_space_has_the_seconds_too(data: Path) -> None:
    from harness.options.parser import parser

    words = ["search", "--benchmark", "nats-tss", "--budget", "3000s", "--out", "."]
    words += ["--truth", str(data / "nb201_table.parquet"), "--dataset", "cifar100"]
    plan = search_plan_of(parser().parse_args(words))
    problem = problem_of(plan, read_table(plan, 1), choose("random"))
    assert (problem.unit, sorted(problem.signal), problem.usual) == ("s", [12], 12)


@pytest.mark.parametrize("name", ["nas-bench-macro", "transnas-micro", "transnas-macro"])
@pytest.mark.usefixtures("undrawn")
def test_other_families_are_searched(name: str, tmp_path: Path) -> None:
    """Neither stores a short training: a search sees what it is judged by."""
    words = ["search", "--benchmark", name, "--seeds", "3", "--budget", "20", "--workers", "1"]
    words += ["--searchers", "random,regularized_evolution", "--out", str(tmp_path)]
    assert main(words) == 0
    final = pd.read_csv(tmp_path / "final.csv")
    assert final["trainings"].eq(20).all()
    assert len(final) == 6
