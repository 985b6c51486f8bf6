"""Combinations of ranks, by hand and against literal twins."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest
import torch

from harness.judging.joining import combined, join
from harness.judging.whole_space import combinations_of
from proxies import COMBINATIONS, UnknownProxy, choose, find, load_all
from proxies.records import Ranks

RANKS = torch.tensor(
    [[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.0], [1.0, 3.5, 2.0, 3.5]], dtype=torch.float64
)


def literal_vote(rows: list[list[float]]) -> list[float]:
    score = [0] * len(rows[0])
    for i, j in itertools.permutations(range(len(score)), 2):
        ballots = [(row[i] > row[j]) - (row[i] < row[j]) for row in rows]
        score[i] += (sum(ballots) > 0) - (sum(ballots) < 0)
    return score


def literal_az_nas(rows: list[list[float]]) -> list[float]:
    return [sum(math.log(r / len(column)) for r in ranks) for *ranks, column in zipped(rows)]


def literal_te_nas(rows: list[list[float]]) -> list[float]:
    return [sum(ranks) for *ranks, _ in zipped(rows)]


def zipped(rows: list[list[float]]) -> list:
    return [(*column, rows[0]) for column in zip(*rows, strict=True)]


TWINS = {
    "vote": literal_vote,
    "az_nas": literal_az_nas,
    "te_nas": literal_te_nas,
    "vkdnw_aggregated": literal_az_nas,
}


def test_every_combination_has_a_twin_and_reads_known_proxies() -> None:
    load_all()
    assert set(TWINS) == set(COMBINATIONS)
    for one in COMBINATIONS.values():
        assert set(one.members) <= set(load_all())
        assert one.source
        assert one.function.__doc__


@pytest.mark.parametrize("name", sorted(TWINS))
def test_equals_its_literal_twin(name: str) -> None:
    draw = torch.Generator().manual_seed(0)
    many = torch.stack([torch.randperm(300, generator=draw) + 1.0 for _ in range(3)]).double()
    for ranks in (RANKS, many):
        expected = TWINS[name](ranks.tolist())
        assert COMBINATIONS[name].function(Ranks(ranks)).tolist() == pytest.approx(expected)


def test_vote_by_hand() -> None:
    assert COMBINATIONS["vote"].function(Ranks(RANKS)).tolist() == [-3, -1, 1, 3]


def frame(**scores: list[float]) -> pd.DataFrame:
    rows = [
        {"proxy": name, "index": i, "arch": str(i), "class": str(i), "seed": 0, "score": value}
        for name, values in scores.items()
        for i, value in enumerate(values)
    ]
    rows = [row | {"status": "undefined" if math.isnan(row["score"]) else "ok"} for row in rows]
    return pd.DataFrame(rows)


def ranked(**scores: list[float]) -> pd.DataFrame:
    return ranked_as("+".join(scores), **scores)


def ranked_as(names: str, **scores: list[float]) -> pd.DataFrame:
    return combine(frame(**scores), names)


def combine(scored: pd.DataFrame, names: str) -> pd.DataFrame:
    accuracy = pd.Series([10.0 * (i + 1) for i in range(4)])
    cells = join(scored, accuracy, list(load_all().values()))
    return combined(cells, choose(names)[1]).set_index("index")


def test_a_rank_average_turns_proxies_the_right_way_and_ignores_their_scale() -> None:
    found = ranked(snip=[1.0, 2.0, 3.0, 400.0], ntk_condition=[4.0, 3.0, 2.0, 1.0])
    assert found["score"].tolist() == [1, 2, 3, 4]
    assert set(found["proxy"]) == {"snip+ntk_condition"}


def test_a_cell_that_lacks_a_member_is_undefined_and_not_ranked() -> None:
    found = ranked(snip=[1.0, math.nan, 3.0, 4.0], naswot=[1.0, 2.0, 3.0, 4.0])
    assert found["status"].tolist() == ["ok", "undefined", "ok", "ok"]
    assert found["score"].dropna().tolist() == [1, 2, 3]


def test_a_combination_may_rank_what_is_undefined_worst_and_all_of_it_alike() -> None:
    """By hand: kappa is undefined for two of four cells, so they share rank 1.5."""
    found = ranked_as(
        "te_nas", ntk_condition=[math.nan, 5.0, 2.0, math.nan], linear_regions=[1.0, 2.0, 3.0, 4.0]
    )
    assert found["score"].tolist() == [1.5 + 1, 3 + 2, 4 + 3, 1.5 + 4]
    assert set(found["status"]) == {"ok"}


@pytest.mark.parametrize("name", ["te_nas", "vote"])
def test_a_member_that_no_cell_has_leaves_the_combination_undefined(name: str) -> None:
    """As linear regions, where networks hold no cell to make thin."""
    members = COMBINATIONS[name].members
    lacking = {member: [1.0, 2.0, 3.0] for member in members[:-1]} | {members[-1]: [math.nan] * 3}
    found = ranked_as(name, **lacking)
    assert found["score"].isna().all()
    assert set(found["status"]) == {"undefined"}


def test_a_failed_member_never_ranks() -> None:
    scored = frame(ntk_condition=[math.nan, 5.0, 2.0, 1.0], linear_regions=[1.0, 2.0, 3.0, 4.0])
    scored.loc[scored["score"].isna(), "status"] = "failed"
    found = combine(scored, "te_nas")
    assert found["score"].isna().tolist() == [True, False, False, False]
    assert found["score"].dropna().tolist() == [1 + 1, 2 + 2, 3 + 3]


def test_names_choose_members_once() -> None:
    proxies, combinations = choose("snip,vote,snip+naswot")
    assert [p.name for p in proxies] == ["snip", "synflow", "jacob_cov", "naswot"]
    assert [c.name for c in combinations] == ["vote", "snip+naswot"]
    assert choose("all")[0] == find("all")
    assert set(COMBINATIONS) == {c.name for c in choose("all")[1]}


@pytest.mark.parametrize("names", ["votes", "snip+synflw", "vte,snip"])
def test_a_misspelt_combination_gets_the_near_miss(names: str) -> None:
    with pytest.raises(UnknownProxy, match="Did you mean"):
        choose(names)


@pytest.mark.parametrize("names", ["snip+", "+snip", "snip+ +naswot", "+"])
def test_nothing_is_no_member(names: str) -> None:
    with pytest.raises(UnknownProxy, match="on each side"):
        choose(names)


@pytest.mark.parametrize("lacking", [1, 4])
def test_what_a_member_lacks_is_told_alike_of_a_run_and_of_a_whole_space(lacking: int) -> None:
    """Of some cells it ranks them last; of all it ranks nothing, and the combination has none."""
    known, combination = load_all(), COMBINATIONS["vkdnw_aggregated"]
    rows = pd.DataFrame(
        [
            (i, str(i), str(i), name, 0, math.nan if missing else float(i), "ok")
            for name in combination.members
            for i in range(4)
            for missing in [name == combination.members[0] and i < lacking]
        ],
        columns=["index", "arch", "class", "proxy", "seed", "score", "status"],
    )
    rows["status"] = rows["status"].where(rows["score"].notna(), "undefined")
    cells = join(rows, pd.Series(range(4)), [known[name] for name in combination.members])
    of_run = combined(cells, [combination]).set_index("index")["score"]
    signed = cells.pivot(index="index", columns="proxy", values="signed")
    of_space = combinations_of(signed)[combination.name]
    pd.testing.assert_series_equal(of_run, of_space, check_names=False)
    assert of_run.isna().all() == (lacking == 4)
