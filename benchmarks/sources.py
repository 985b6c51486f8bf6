"""Accuracies from whichever file the user has: the official ones, or a converted table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import mini
from benchmarks.catalogue import SOURCES
from benchmarks.confined import confined
from benchmarks.errors import BadInput
from benchmarks.files import shipped
from benchmarks.macro import builtin as macro
from benchmarks.macro.space import MACRO
from benchmarks.metrics import COLUMNS, MetricTable
from benchmarks.nasbench201 import archive as nats
from benchmarks.nasbench201 import builtin as nasbench201
from benchmarks.nasbench201.archive import Row, Taken
from benchmarks.progress import progress
from benchmarks.space import BUILT_IN, EMBEDDED, Benchmark
from benchmarks.stored import Stored
from benchmarks.table import AccuracyTable
from benchmarks.transnas import builtin as transnas
from benchmarks.transnas.macro import SKELETONS
from benchmarks.transnas.space import MICRO

TABLES: dict[str, Stored] = {
    BUILT_IN: nasbench201.TABLE,
    MACRO.truth: macro.TABLE,
    MICRO.truth: transnas.MICRO_TABLE,
    SKELETONS.truth: transnas.MACRO_TABLE,
}
"""What comes with the project, by what benchmarks call it as their truth."""

MINI = Path(mini.__file__).parent / "accuracy.parquet"
READERS = 4
"""Most processes that read an archive at once; with more, memory would pass 2 GB."""

PARALLEL = 64
"""Archives of fewer records are read by one process."""


def read_truth(source: str | Path, workers: int) -> AccuracyTable:
    """Read accuracies from any of the four sources, or a table that comes with the project.

    Raises:
        BadInput: the path does not exist, is of another type, or holds something else.
    """
    if source in TABLES:
        return TABLES[str(source)].accuracies()
    path = _existing(source)
    if path.suffix == ".parquet":
        return AccuracyTable.read(path)
    return AccuracyTable.from_rows(_frame(_official(path, nats.decoded, workers)))


def read_metrics(source: str | Path) -> MetricTable:
    """Read what candidates cost from an official file or folder, or built in.

    A converted table and the embedded benchmark have no costs: theirs is an empty table.

    Raises:
        BadInput: the path does not exist, is of another type, or holds something else.
    """
    if source in TABLES:
        return TABLES[str(source)].metrics()
    path = _existing(source)
    if path.suffix == ".parquet":
        return MetricTable.from_rows([])
    named = ["index", "dataset", "metric", "epochs", "seed"]
    frame = pd.DataFrame(_official(path, nats.costs, 1), columns=list(COLUMNS))
    once = frame.drop_duplicates(named, ignore_index=True)  # each training repeats the counts
    return MetricTable.from_rows(once)


def _existing(source: str | Path) -> Path:
    if source == EMBEDDED:
        shipped(MINI)
        return MINI
    path = Path(source)
    if not path.exists():
        raise BadInput(f"`{path}` should be {SOURCES}. There is no such file or folder.")
    return path


def _official(
    path: Path, take: Callable[[int, str, Any], Iterator[Taken]], workers: int
) -> Iterator[Taken]:
    """Yield what ``take`` takes of each candidate's official record, whatever file has it."""
    if path.is_dir():
        return _archive(path, take, workers)
    if path.name.endswith(".pickle.pbz2"):
        return confined(nats.read_single_file, path, "an official `NATS-*.pickle.pbz2` file", take)
    if path.suffix == ".pth":
        from benchmarks.nasbench201.pth import read_pth  # PyTorch takes seconds to import

        return confined(read_pth, path, "an official NAS-Bench-201 file", take)
    raise BadInput(f"`{path}` should be {SOURCES}. Its name ends in `{path.suffix}`.")


def check_space(table: AccuracyTable, space: Benchmark, path: str) -> None:
    """Refuse accuracies of another space.

    Raises:
        BadInput: a candidate's string is not one of ``space``.
    """
    first = str(table.candidates.iloc[0])
    try:
        space.representative(first)
    except BadInput as error:
        raise BadInput(
            f"`{path}` should hold candidates of {space.name}. It holds `{first}`. Give another "
            "`--benchmark` or `--truth`."
        ) from error


def _archive(
    folder: Path, take: Callable[[int, str, Any], Iterator[Taken]], workers: int
) -> Iterator[Taken]:
    """Yield what ``take`` takes of a folder's records, several being read at once."""
    candidates = list(confined(nats.archive_candidates, folder, "an official NATS-Bench archive"))
    records = nats.archive_records(folder, len(candidates))

    def read(record: Path) -> list[Taken]:
        arch = candidates[nats.index_of(record)]
        return list(confined(nats.read_record, record, nats.RECORD_IS, arch, take))

    threads = min(workers, READERS) if len(records) >= PARALLEL else 1
    with ThreadPoolExecutor(threads) as executor:  # each waits for a process that reads
        done = progress(executor.map(read, records), len(records), "reading records")
        yield from chain.from_iterable(done)


def _frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Gather rows in blocks: a frame takes a fraction of the memory of its tuples."""
    remaining, blocks = iter(rows), []
    while block := list(islice(remaining, 50_000)):
        blocks.append(pd.DataFrame(block, columns=list(Row._fields)))
    if not blocks:
        raise BadInput("The source should hold accuracies. It holds none.")
    return pd.concat(blocks, ignore_index=True)
