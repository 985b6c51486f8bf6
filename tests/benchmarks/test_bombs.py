"""Files that are made to take memory, time or the process that reads them: it is another's."""

from __future__ import annotations

import bz2
import pickle
import struct
import zipfile
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import confined
from benchmarks.confined import Limits
from benchmarks.errors import BadInput
from benchmarks.sources import read_truth
from tests.material import readers
from tests.material.stored_tables import ROW


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test can wait for."""
    monkeypatch.setattr(confined, "LIMITS", Limits(memory=2**28, seconds=2.0))


def refused(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_truth(path, 1)
    said = str(caught.value)
    assert said.isprintable()
    assert len(said) < 1500
    return said


DEEP = 10**6
PICKLES = {
    "a million levels": b"]" * DEEP + b"a" * (DEEP - 1) + b".",
    "a million levels, as a key": b"})" + b"\x85" * DEEP + b"Ns.",
    "an index of the memo": b"\x80\x02]r\xff\xff\xff\x7f.",
    "a length": b"\x80\x04\x8e" + struct.pack("<Q", 2**40) + b"A.",
    "bytes that are reserved": b"\x80\x05\x96" + struct.pack("<Q", 2**36) + b"A.",
    "twice, sixty times": b"\x80\x02)q\x00" + b"h\x00h\x00\x86q\x00" * 60 + b"}h\x00Ns.",
    "an array without end": b"cnumpy._core.multiarray\n_reconstruct\n(tR(I1\n(L"
    + b"9" * 30
    + b"L\ntcnumpy\ndtype\n(S'f8'\ntRI00\nS''\ntb.",
    "a name that no terminal shows": b"c\x1b[2J\x07\nname\n.",
    "what cannot be encoded": pickle.dumps({"meta_archs": ["\ud800"], "arch2infos": {0: "\udfff"}}),
}


@pytest.mark.parametrize("name", PICKLES)
def test_a_pickle_is_refused_before_it_takes_anything(name: str, tmp_path: Path) -> None:
    path = tmp_path / "NATS.pickle.pbz2"
    path.write_bytes(bz2.compress(PICKLES[name]))
    refused(path)


def test_a_pth_is_refused_before_it_takes_anything(tmp_path: Path) -> None:
    path = tmp_path / "bench.pth"
    path.write_bytes(PICKLES["a length"])
    refused(path)


def test_a_pth_of_lists_without_end_is_refused(tmp_path: Path) -> None:
    """It has the form of PyTorch's own files: it is read until time or memory has run out."""
    torch.save([], path := tmp_path / "bench.pth")
    with zipfile.ZipFile(path) as genuine:
        members = {name: genuine.read(name) for name in genuine.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            endless = b"\x80\x02]" + b"]a" * 10**7 + b"."
            packed.writestr(name, endless if name.endswith("data.pkl") else content)
    assert path.stat().st_size < 10**5
    refused(path)


def test_what_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "NATS.pickle.pbz2"
    head = bz2.compress(b"\x80\x04\x8e" + struct.pack("<Q", 10**9))
    path.write_bytes(head + bz2.compress(b"\0" * 10**7) * 100)
    assert path.stat().st_size < 10_000
    refused(path)


@pytest.mark.parametrize(
    ("read", "says"),
    [
        (readers.killed, "Reading it ended the process that did"),
        (readers.sleeping, "Reading it took more than 2 s"),
        (readers.endless, "Reading it took more than 2 s"),
        (readers.greedy, "Reading it took more than 0.2 GB of memory"),
    ],
)
def test_what_a_reader_does_is_told(
    read: Callable[[Path], Iterable[object]], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(BadInput, match=says):
        deque(confined.confined(read, path, "a file"), maxlen=1)
    assert list(confined.confined(readers.names, path, "a file")) == ["file"]


def test_only_plain_data_come_back(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(pickle.UnpicklingError, match="refused"):
        list(confined.confined(readers.paths, path, "a file"))


@pytest.mark.parametrize("member", [7, "x", {1}, None, torch.zeros(2)], ids=repr)
def test_members_of_another_kind_are_refused(
    member: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "LIMITS", Limits())
    path = tmp_path / "bench.pth"
    for whole in (
        {"meta_archs": ["x"], "arch2infos": member, "evaluated_indexes": []},
        {"meta_archs": member, "arch2infos": {0: {}}, "evaluated_indexes": []},
        {"meta_archs": ["x"], "arch2infos": {0: member}, "evaluated_indexes": []},
    ):
        torch.save(whole, path)
        refused(path)


def stored(path: Path, **changed: pa.Array) -> Path:
    columns = {name: pa.array(values) for name, values in ROW.items()} | changed
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    "changed",
    [
        {"arch": pa.array([["a"]])},
        {"arch": pa.array([None], pa.string())},
        {"dataset": pa.array([None], pa.string())},
        {"split": pa.array([3])},
        {"index": pa.array([2**62])},
        {"seed": pa.array([1.5])},
        {"accuracy": pa.array(["x"])},
        {"accuracy": pa.array([float("nan")])},
        {"arch": pa.array([b"\xff"], pa.binary())},
    ],
    ids=["list", "null", "null dataset", "number", "huge", "half", "text", "nan", "bytes"],
)
def test_a_parquet_of_other_columns_is_refused(changed: dict, tmp_path: Path) -> None:
    refused(stored(tmp_path / "table.parquet", **changed))


@pytest.mark.parametrize("metadata", [b"no JSON", b"[]", b'{"columns": 3}', b"\xff\xfe"])
def test_what_a_parquet_says_of_itself_is_not_read(metadata: bytes, tmp_path: Path) -> None:
    columns = {name: pa.array(values) for name, values in ROW.items()}
    table = pa.table(columns).replace_schema_metadata({b"pandas": metadata})
    pq.write_table(table, tmp_path / "table.parquet")
    assert len(read_truth(tmp_path / "table.parquet", 1).rows) == 1


def test_a_parquet_that_claims_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    n = 2 * 10**7 + 1
    zeros = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int8)), ["x" * 40])
    pq.write_table(pa.table({"arch": zeros}), path, compression="zstd")
    assert path.stat().st_size < 10**6
    assert "claims" in refused(path)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_flipped_bit_is_refused_or_read(data: st.DataObject, tmp_path: Path) -> None:
    path = stored(tmp_path / "table.parquet")
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    with suppress(BadInput):
        read_truth(path, 1)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 9), inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=8,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(held=PLAIN, records=PLAIN, whole=st.booleans())
def test_any_plain_data_in_place_of_a_record_is_refused(
    held: object, records: object, whole: bool, tmp_path: Path
) -> None:
    path = tmp_path / "NATS.pickle.pbz2"
    content = {"meta_archs": held, "arch2infos": records} if whole else records
    path.write_bytes(bz2.compress(pickle.dumps(content)))
    refused(path)
