"""The store: append-only, one plan a folder, readable after anything."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.errors import BadInput
from harness.scoring.store import Score, Store

PLAN = {"benchmark": "tiny", "minibatch": "abc"}


def row(proxy: str = "snip", key: str = "k", value: float = 1.5, status: str = "ok") -> Score:
    return Score("cell", proxy, 0, key, value, status, "", 0.1)  # type: ignore[arg-type]


def test_what_is_added_is_read_back_exactly(tmp_path: Path) -> None:
    value = 6.685799605963444e49
    with Store(tmp_path / "s.sqlite", PLAN) as store:
        store.add([row(value=value), row("zen", value=math.nan, status="undefined")])
    with Store(tmp_path / "s.sqlite", PLAN) as store:
        found = store.read({"snip": "k", "zen": "k"}).set_index("proxy")
    assert found.loc["snip", "score"] == value
    assert math.isnan(found.loc["zen", "score"])


def test_only_rows_of_the_present_formula_count(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite", PLAN) as store:
        store.add([row(key="old"), row("zen")])
        assert list(store.read({"snip": "new", "zen": "k"})["proxy"]) == ["zen"]


def test_another_plan_is_refused_and_named(tmp_path: Path) -> None:
    Store(tmp_path / "s.sqlite", PLAN).close()
    with pytest.raises(BadInput, match=r"minibatch is `abc` there and `xyz` now"):
        Store(tmp_path / "s.sqlite", PLAN | {"minibatch": "xyz"})


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite", PLAN) as store:
        store.add([row()])
        with pytest.raises(BadInput, match="Another is writing it"):
            Store(tmp_path / "s.sqlite", PLAN)


def test_a_block_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite", PLAN) as store:
        with pytest.raises(BadInput, match="The system says"):
            store.add([row(), Score(object(), "p", 0, "k", 1.0, "ok", "", 0.0)])  # type: ignore[arg-type]
        assert store.read({"snip": "k"}).empty


def test_a_full_disk_is_one_sentence_and_keeps_what_was_stored(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite", PLAN) as store:
        store.add([row()])
        pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
        store.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(BadInput, match="full"):
            store.add([row(f"p{i}") for i in range(10_000)])
        assert len(store.read({"snip": "k"})) == 1


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    path.write_bytes(b"not a database, but long enough to look like one" * 20)
    with pytest.raises(BadInput, match="not a database"):
        Store(path, PLAN)


def test_the_file_is_plain_sqlite(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite", PLAN) as store:
        store.add([row()])
    with closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection:
        assert connection.execute("SELECT score FROM scores").fetchone()
