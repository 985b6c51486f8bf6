"""Cells: the official string, what is live, what computes the same function."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats_bench.genotype_utils import topology_str2structure

from benchmarks.errors import BadInput
from benchmarks.nasbench201.archive import archive_candidates
from benchmarks.nasbench201.cell import (
    EDGES,
    OPERATIONS,
    Cell,
    every_cell,
    functional_key,
    representative,
)

CELLS = st.tuples(*[st.sampled_from(OPERATIONS)] * 6).map(Cell)
ALL = list(every_cell())


@pytest.fixture(scope="module")
def facts(data: Path) -> dict:
    return json.loads((data.parent / "reference" / "facts.json").read_text())


def test_official_strings_round_trip(data: Path, facts: dict) -> None:
    names = archive_candidates(data / "NATS-tss-v1_0-3ffb9-simple")
    assert [str(Cell.parse(name)) for name in names] == names
    assert {Cell.parse(name) for name in names} == set(ALL)
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    assert digest == facts["tss_meta_sha256_of_newline_joined"]


def test_counts_of_the_space(facts: dict) -> None:
    iso = facts["iso"]
    classes = Counter(representative(cell) for cell in ALL)
    convolutions = [c.count("nor_conv_3x3") + c.count("nor_conv_1x1") for c in ALL]
    live = [cell.live for cell in ALL]
    live_convolutions = [c.count("nor_conv_3x3") + c.count("nor_conv_1x1") for c in live]
    connected = [cell.connected for cell in ALL]
    dead = [a > b for a, b in zip(convolutions, live_convolutions, strict=True)]
    counted = {
        "strings": len(ALL),
        "functional_classes": len(classes),
        "functional_classes_with_several_members": sum(n > 1 for n in classes.values()),
        "largest_functional_class": max(classes.values()),
        "disconnected": connected.count(False),
        "connected": connected.count(True),
        "distinct_after_zeroing_dead_edges": len(set(live)),
        "all_nonzero_edges_live": sum(a == b for a, b in zip(ALL, live, strict=True)),
        "no_conv_anywhere": convolutions.count(0),
        "no_live_conv": live_convolutions.count(0),
        "no_live_conv_connected": sum(
            n == 0 and c for n, c in zip(live_convolutions, connected, strict=True)
        ),
        "has_dead_conv": sum(dead),
        "has_dead_conv_connected": sum(d and c for d, c in zip(dead, connected, strict=True)),
        "connected_live_all_skip": sum(
            c and set(cell.operations) <= {"none", "skip_connect"}
            for cell, c in zip(live, connected, strict=True)
        ),
        "live_edge_hist": {
            str(n): count for n, count in Counter(sum(cell.live_edges) for cell in ALL).items()
        },
    }
    assert counted == {name: iso[name] for name in counted}


def test_unique_strings_of_the_official_package(facts: dict) -> None:
    """The usual 6,466 is reproduced by the package it comes from, and is not our 5,260."""
    structures = [topology_str2structure(str(cell)) for cell in ALL]
    with_zero = {s.to_unique_str(consider_zero=True) for s in structures}
    skip_only = {s.to_unique_str(consider_zero=False) for s in structures}
    assert len(with_zero) == facts["iso"]["to_unique_str_skip_and_zero"]
    assert len(skip_only) == facts["iso"]["to_unique_str_skip_only"]


def test_one_convolution_twice_is_not_two_convolutions() -> None:
    once = Cell.parse(
        "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|skip_connect~1|skip_connect~2|"
    )
    both = Cell.parse(
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|none~0|skip_connect~1|skip_connect~2|"
    )
    assert functional_key(once) != functional_key(both)
    assert representative(once) != representative(both)


def test_convolutions_may_trade_places() -> None:
    one = Cell.parse(
        "|nor_conv_1x1~0|+|nor_conv_3x3~0|none~1|+|none~0|skip_connect~1|skip_connect~2|"
    )
    other = Cell.parse(
        "|nor_conv_3x3~0|+|nor_conv_1x1~0|none~1|+|none~0|skip_connect~1|skip_connect~2|"
    )
    direct = Cell.parse("|nor_conv_3x3~0|+|none~0|none~1|+|nor_conv_1x1~0|skip_connect~1|none~2|")
    assert representative(one) == representative(other) == representative(direct)


@given(CELLS)
def test_a_representative_is_live_equivalent_and_its_own(cell: Cell) -> None:
    chosen = representative(cell)
    assert functional_key(chosen) == functional_key(cell)
    assert chosen.live == chosen
    assert representative(chosen) == chosen
    assert sum(chosen.live_edges) <= sum(cell.live_edges)


@given(CELLS)
def test_live_edges_are_those_on_a_path(cell: Cell) -> None:
    paths = [[(0, 3)], [(0, 1), (1, 3)], [(0, 2), (2, 3)], [(0, 1), (1, 2), (2, 3)]]
    operation = dict(zip(EDGES, cell.operations, strict=True))
    open_paths = [path for path in paths if all(operation[edge] != "none" for edge in path)]
    expected = tuple(any(edge in path for path in open_paths) for edge in EDGES)
    assert cell.live_edges == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "|none~0|",
        "|none~0|+|none~0|none~1|+|none~0|none~1|none~3|",
        "|none~0|+|none~0|none~1|+|none~0|none~1|",
        "none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
    ],
)
def test_a_malformed_string_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="A cell should read"):
        Cell.parse(text)


def test_an_unknown_operation_gets_the_near_miss() -> None:
    with pytest.raises(BadInput, match="Did you mean `nor_conv_3x3`"):
        Cell.parse("|nor_conv3x3~0|+|none~0|none~1|+|none~0|none~1|none~2|")
