"""Files of accuracies that are hostile, broken or of something else: refused in one sentence."""

from __future__ import annotations

import bz2
import os
import pickle
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from benchmarks.errors import BadInput
from benchmarks.sources import read_truth
from benchmarks.table import AccuracyTable
from tests.material import official
from tests.material.official import SPACES
from tests.material.stored_tables import ROW


class Hostile:
    """Pickles to a call that would create the file named at its making."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.mkdir, (str(self.path), 0o777)


def test_a_hostile_record_is_refused_and_does_nothing(data: Path, tmp_path: Path) -> None:
    folder, trap = tmp_path / "archive", tmp_path / "trap"
    shutil.copytree(data / SPACES["tss"], folder)
    (folder / "000000.pickle.pbz2").chmod(0o600)
    official.write_pickle({"12": Hostile(trap)}, folder / "000000.pickle.pbz2")
    with pytest.raises(BadInput, match=r"refused `posix\.mkdir`"):
        read_truth(folder, 1)
    assert not trap.exists()


def test_a_hostile_pth_is_refused_and_does_nothing(tmp_path: Path) -> None:
    path, trap = tmp_path / "bench.pth", tmp_path / "trap"
    torch.save({"meta_archs": Hostile(trap)}, path)
    with pytest.raises(BadInput, match="plain data only") as caught:
        read_truth(path, 1)
    assert "\n" not in str(caught.value)
    assert not trap.exists()


@pytest.mark.parametrize("attribute", ["dtype.__reduce__", "multiarray.fromfile"])
def test_numpy_is_no_way_in(tmp_path: Path, attribute: str) -> None:
    module, _, name = f"numpy._core.{attribute}".rpartition(".")
    stream = f"c{module}\n{name}\n.".encode()
    path = tmp_path / "NATS.pickle.pbz2"
    path.write_bytes(bz2.compress(stream))
    with pytest.raises(BadInput, match="refused"):
        read_truth(path, 1)


def test_broken_files_are_named_in_one_sentence(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    shutil.copytree(data / SPACES["tss"], folder)
    record = folder / "000011.pickle.pbz2"
    record.chmod(0o600)
    record.write_bytes(record.read_bytes()[:1000])
    with pytest.raises(BadInput, match=r"000011.*truncated"):
        read_truth(folder, 1)
    record.write_bytes(bz2.compress(pickle.dumps({"12": {"arch_index": 11}})))
    with pytest.raises(BadInput, match="lacks a field"):
        read_truth(folder, 1)
    shutil.copy(folder / "000284.pickle.pbz2", record)
    with pytest.raises(BadInput, match=r"should hold candidate 11.*holds candidate 284"):
        read_truth(folder, 1)
    (folder / "meta.pickle.pbz2").unlink()
    with pytest.raises(BadInput, match=r"meta.*no such file"):
        read_truth(folder, 1)


def test_another_order_of_cells_is_refused(data: Path, tmp_path: Path) -> None:
    meta = official.load_plain(data / SPACES["tss"] / "meta.pickle.pbz2", "the meta file")
    meta["meta_archs"] = meta["meta_archs"][::-1]
    official.write_pickle(meta, tmp_path / "meta.pickle.pbz2")
    shutil.copy(data / SPACES["tss"] / "000011.pickle.pbz2", tmp_path)
    with pytest.raises(BadInput, match="official order"):
        read_truth(tmp_path, 1)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.parquet", None, "no such file"),
        ("table.parquet", b"PAR1 no", "cannot be read"),
        ("bench.pth", b"garbage", "truncated or of another type"),
        ("bench.pickle.pbz2", b"garbage", "truncated or of another type"),
        ("bench.csv", b"a,b", "ends in `.csv`"),
        ("bench.tar", b"a", "ends in `.tar`"),
        ("table.parquet.xz", b"\xfd7zXZ\0", "ends in `.xz`"),
        ("table.parquet.zst", b"\x28\xb5\x2f\xfd", "ends in `.zst`"),
    ],
)
def test_other_files_are_refused(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=says):
        read_truth(path, 1)


def test_an_empty_folder_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_truth(tmp_path, 1)


def test_a_parquet_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    pd.DataFrame({"index": [1], "arch": ["x"]}).to_parquet(path)
    with pytest.raises(BadInput, match="dataset, split, epochs, seed, accuracy missing"):
        read_truth(path, 1)


FORGED = {
    "array called with a buffer": b"cnumpy\nndarray\n((I1\ntV\x01O\x08\x00\x00\x00AAAAAAAAtR.",
    "array of objects": b"cnumpy\nndarray\n((I1\ntS'O'\nS'AAAAAAAA'\ntR.",
    "type of objects": b"cnumpy\ndtype\n(S'O8'\nI0\nI1\ntR.",
    "scalar of objects": b"cnumpy._core.multiarray\nscalar\n(cnumpy\ndtype\n(S'O'\ntRS'AAAA'\ntR.",
    "too few bytes": b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(S'f8'\ntRS'AAAA'\ntR.",
    "another encoding": b"c_codecs\nencode\n(S'A'\nS'rot13'\ntR.",
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_arrays_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "NATS.pickle.pbz2"
    path.write_bytes(bz2.compress(FORGED[name]))
    with pytest.raises(BadInput, match=r"refused|of another type"):
        read_truth(path, 1)
    torch.save({"meta_archs": []}, tmp_path / "bench.pth")
    legacy = tmp_path / "forged.pth"
    legacy.write_bytes(b"\x80\x02" + FORGED[name])
    with pytest.raises(BadInput):
        read_truth(legacy, 1)


def test_genuine_numpy_values_are_read(tmp_path: Path) -> None:
    path = tmp_path / "plain.pickle.pbz2"
    values = {"a": np.float64(1.25), "b": np.arange(6, dtype="<i4").reshape(2, 3).T, "c": b"\xff"}
    for protocol in (0, 2, 4):
        path.write_bytes(bz2.compress(pickle.dumps(values, protocol=protocol)))
        found = official.load_plain(path, "a test")
        assert found["a"] == 1.25
        assert np.array_equal(np.asarray(found["b"]), values["b"])
        assert found["c"] == b"\xff"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"accuracy": [np.nan]}, "percentage"),
        ({"accuracy": [170.0]}, "percentage"),
        ({"seed": [100_000]}, "too large"),
        ({"seed": [777.5]}, "whole numbers"),
        ({"index": ["a"]}, "whole numbers"),
        ({"index": []}, "holds none"),
    ],
)
def test_a_table_with_impossible_values_is_refused(changed: dict, says: str) -> None:
    empty = not next(iter(changed.values()))
    frame = pd.DataFrame({name: [] for name in ROW} if empty else ROW | changed)
    with pytest.raises(BadInput, match=says):
        AccuracyTable.from_rows(frame)


def test_a_table_that_contradicts_itself_is_refused() -> None:
    row = {
        "index": 0,
        "arch": "a",
        "dataset": "d",
        "split": "s",
        "epochs": 1,
        "seed": 1,
        "accuracy": 50.0,
    }
    with pytest.raises(BadInput, match="twice"):
        AccuracyTable.from_rows([row, row])
    with pytest.raises(BadInput, match="names two"):
        AccuracyTable.from_rows([row, row | {"arch": "b", "seed": 2}])
