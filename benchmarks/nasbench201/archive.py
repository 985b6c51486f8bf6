"""NATS-Bench in its official files, decoded by the official package.

An archive is a folder of ``meta.pickle.pbz2`` (every candidate's string, in index order) and one
``NNNNNN.pickle.pbz2`` a candidate; the single-file form holds the same in one dictionary. Both are
pickles: they are read as plain data (:mod:`benchmarks.pickles`) and only then handed to
:class:`nats_bench.api_utils.ArchResults`, which knows what the fields mean.

Source: Dong et al., NATS-Bench, TPAMI 2021, arXiv:2009.00437; package ``nats_bench`` 1.8.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from nats_bench.api_utils import ArchResults

from benchmarks.errors import BadInput
from benchmarks.nasbench201.size import every_widths
from benchmarks.pickles import load_plain
from benchmarks.printable import brief, printable

TOPOLOGY_ORDER_SHA256 = "83abc799e45cf34e9d2163654668ab998b9a54d01c39e72ca1f71f2cdf356d84"
"""sha256 of the 15,625 official cell strings joined by newlines, in index order."""

TRAINED_ON = "train"
"""Split of the accuracies of an epoch's own minibatches, while it is trained."""

_RECORD = re.compile(r"(\d{6})\.pickle\.pbz2")
RECORD_IS = "an official NATS-Bench record"
"""What a file of one candidate should be, for messages."""


Taken = TypeVar("Taken")


class Row(NamedTuple):
    """One stored accuracy (percent), after the last epoch of one training run."""

    index: int  # type: ignore[assignment]
    arch: str
    dataset: str
    split: str
    epochs: int
    seed: int
    accuracy: float


def archive_records(folder: Path, candidates: int) -> list[Path]:
    """Return the record files of an official archive folder of so many candidates, by index.

    Raises:
        BadInput: the folder holds no records, or one of another archive.
    """
    records = sorted(path for path in folder.iterdir() if _RECORD.fullmatch(path.name))
    if not records:
        raise BadInput(
            f"`{folder}` should be an official NATS-Bench archive, with files `meta.pickle.pbz2`, "
            "`000000.pickle.pbz2`, and so on. It holds no such record. Give the unpacked folder."
        )
    if (index := index_of(records[-1])) >= candidates:
        raise BadInput(
            f"`{records[-1]}` should be one of {candidates} candidates. Its index is {index}. "
            "Remove it: it belongs to another archive."
        )
    return records


def index_of(record: Path) -> int:
    """Return which candidate a record file is of."""
    return int(record.name[:6])


def archive_candidates(folder: Path) -> list[str]:
    """Return every candidate's official string in index order, from the archive's meta file."""
    path = folder / "meta.pickle.pbz2"
    meta = load_plain(path, "the meta file of an official NATS-Bench archive")
    return _checked_candidates(meta, path)


def _checked_candidates(meta: Any, path: Path) -> list[str]:
    names = meta.get("meta_archs") if isinstance(meta, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadInput(
            f"`{path}` should hold the official list of candidates, `meta_archs`. It does not. "
            "Give the archive folder or the full `NATS-*.pickle.pbz2` file."
        )
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    if digest != TOPOLOGY_ORDER_SHA256 and names != [str(widths) for widths in every_widths()]:
        raise BadInput(
            f"`{path}` should list the 15,625 topologies or the 32,768 sizes of NATS-Bench in "
            f"official order. Found {len(names)} candidates in another order (sha256 {digest[:12]})"
            ". Fetch the file again."
        )
    return names


def read_record(
    path: Path, arch: str, take: Callable[[int, str, Any], Iterator[Taken]]
) -> Iterable[Taken]:
    """Read what ``take`` takes of one candidate's record file: :func:`decoded` or :func:`costs`."""
    return _candidate_rows(index_of(path), arch, load_plain(path, RECORD_IS), path, take)


def read_single_file(
    path: Path, take: Callable[[int, str, Any], Iterator[Taken]]
) -> Iterator[Taken]:
    """Yield what ``take`` takes of the single-file form, candidate by candidate."""
    whole = load_plain(path, "an official `NATS-*.pickle.pbz2` file")
    candidates = _checked_candidates(whole, path)
    records = whole.get("arch2infos") or {}
    if not isinstance(records, dict) or not records.keys() <= set(range(len(candidates))):
        raise BadInput(f"`{path}` should hold a record for each index, under `arch2infos`.")
    if not records:
        raise BadInput(
            f"`{path}` should hold records under `arch2infos`. It is the meta file of an archive. "
            "Give the folder that it lies in."
        )
    for index in sorted(records):
        yield from _candidate_rows(index, candidates[index], records.pop(index), path, take)


def _candidate_rows(
    index: int,
    arch: str,
    record: Any,
    path: Path,
    take: Callable[[int, str, Any], Iterator[Taken]],
) -> Iterable[Taken]:
    try:
        for state in record.values():
            if state["arch_index"] != index or state["arch_str"] != arch:
                inside = f"{printable(state['arch_index'])}, `{printable(state['arch_str'])}`"
                raise BadInput(
                    f"`{path}` should hold candidate {index}, `{arch}`. It holds candidate "
                    f"{inside}. Fetch the archive again."
                )
            yield from take(index, arch, ArchResults.create_from_state_dict(state))
    except (BadInput, MemoryError):
        raise
    except Exception as error:  # whatever the package makes of broken fields
        raise BadInput(
            f"`{path}` should be {RECORD_IS}. It lacks a field or holds another "
            f"({brief(error)}). Fetch it again."
        ) from error


def decoded(index: int, arch: str, results: Any) -> Iterator[Row]:
    """Yield where an official ``ArchResults``' curves end: every dataset, seed and split.

    That of the images that were trained on is :data:`TRAINED_ON`.

    Both official packages have this class, with the same fields.
    """
    for dataset, seeds in results.dataset_seed.items():
        for seed in seeds:
            trial = results.query(dataset, seed)
            last = trial.get_total_epoch() - 1
            for split in trial.get_eval_set():
                accuracy = trial.eval_acc1es[f"{split}@{last}"]
                yield Row(index, arch, dataset, split, last + 1, int(seed), float(accuracy))
            if last in trial.train_acc1es:
                accuracy = trial.train_acc1es[last]
                yield Row(index, arch, dataset, TRAINED_ON, last + 1, int(seed), float(accuracy))


class CostRow(NamedTuple):
    """One stored cost, in the columns of :mod:`benchmarks.metrics`."""

    index: int  # type: ignore[assignment]
    arch: str
    dataset: str
    metric: str
    epochs: int | None
    seed: int | None
    value: float


def costs(index: int, arch: str, results: Any) -> Iterator[CostRow]:
    """Yield what an official ``ArchResults`` says a candidate costs: every dataset and seed.

    Counts stand there in millions. Where the benchmark did not measure a time there is no row. What
    a search is charged is a training and one evaluation on the validation split, as by the official
    ``simulate_train_eval``; evaluations on others are left out.
    """
    for dataset, seeds in results.dataset_seed.items():
        trials = {int(seed): results.query(dataset, seed) for seed in seeds}
        first = next(iter(trials.values()))
        for metric, millions in (("params", first.params), ("flops", first.flop)):
            yield CostRow(index, arch, dataset, metric, None, None, 1e6 * float(millions))
        if (latency := first.get_latency()) >= 0:
            yield CostRow(index, arch, dataset, "latency", None, None, float(latency))
        for seed, trial in trials.items():
            epochs, times = trial.get_total_epoch(), trial.get_times()
            measured = {
                "train_seconds": times["T-train@total"],
                "valid_seconds": times.get("T-x-valid@epoch"),
            }
            for metric, seconds in measured.items():
                if seconds is not None:
                    yield CostRow(index, arch, dataset, metric, epochs, seed, float(seconds))
