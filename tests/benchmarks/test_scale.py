"""An archive of the official form and how much memory its records take."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.accuracy_names import AccuracyName
from benchmarks.table import AccuracyTable
from tests.material.official import load_plain, records_from_table, write_pickle

FEW, SOME = 100, 500
"""Records."""


def write_part(table: pd.DataFrame, folder: Path) -> None:
    for index, record in records_from_table(table):
        write_pickle(record, folder / f"{index:06d}.pickle.pbz2")


def tree_gigabytes(pid: int) -> float:
    """Return the memory of a process and its children, each shared page counted once."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    total = 0
    for member in (str(pid), *(children.read_text().split() if children.exists() else ())):
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it has just ended
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 2**20


def imported(folder: Path, target: Path) -> float:
    """Import an archive by the command line; return the most gigabytes that it took."""
    command = [sys.executable, "-m", "harness.cli", "import", str(folder), str(target)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, tree_gigabytes(process.pid))
        time.sleep(0.1)
    out, err = process.communicate()
    records = len(list(folder.glob("0*.pickle.pbz2")))
    assert f"accuracies of {records} candidates" in out
    assert err == ""
    return peak


@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="memory is read from /proc"
)
@pytest.mark.slow
def test_a_full_archive_would_be_imported_in_two_gigabytes(data: Path, tmp_path: Path) -> None:
    """Memory grows with the records, from that of few by as much for each."""
    source = AccuracyTable.read(data / "nb201_table.parquet")
    rows = source.rows.astype({"arch": str})
    folders = {size: tmp_path / str(size) / "NATS-tss-v1_0-3ffb9-simple" for size in (FEW, SOME)}
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for size, folder in folders.items():
            folder.mkdir(parents=True)
            meta = load_plain(data / folder.name / "meta.pickle.pbz2", "the meta file")
            write_pickle(meta, folder / "meta.pickle.pbz2")
            own = rows[rows["index"] < size]
            parts = [own[own["index"] % 4 == part] for part in range(4)]
            list(pool.map(write_part, parts, [folder] * 4))
    peaks = {size: imported(at, tmp_path / f"{size}.parquet") for size, at in folders.items()}
    each = max(peaks[SOME] - peaks[FEW], 0.0) / (SOME - FEW)
    print(f"{peaks[SOME]:.2f} GB in all processes together, {1e6 * each:.0f} KB a record")
    assert peaks[FEW] > 0
    assert peaks[FEW] + each * 15_625 < 2
    found = AccuracyTable.read(tmp_path / f"{SOME}.parquet").accuracy(
        AccuracyName("cifar10", "ori-test", 200, 777)
    )
    wanted = source.accuracy(AccuracyName("cifar10", "ori-test", 200, None)).loc[: SOME - 1]
    pd.testing.assert_series_equal(found, wanted, check_names=False)
