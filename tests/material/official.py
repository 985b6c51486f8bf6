"""Files in the official formats, made from genuine records or from a table of accuracies."""

from __future__ import annotations

import bz2
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from benchmarks.pickles import load_plain


def genuine(folder: Path) -> dict[int, dict[str, Any]]:
    """Return the genuine records of an archive folder, by index."""
    paths = sorted(folder.glob("0*.pickle.pbz2"))
    return {int(path.name[:6]): load_plain(path, "a record") for path in paths}


def write_pickle(value: object, path: Path) -> None:
    with bz2.BZ2File(path, "wb", compresslevel=1) as stream:
        pickle.dump(value, stream, protocol=4)


def write_single_file(folder: Path, path: Path) -> None:
    """Write the single-file form of an archive folder."""
    meta = load_plain(folder / "meta.pickle.pbz2", "the meta file")
    records = genuine(folder)
    write_pickle(meta | {"arch2infos": records, "evaluated_indexes": set(records)}, path)


def write_pth(folder: Path, path: Path) -> None:
    """Write the NAS-Bench-201 form: 12 epochs are ``less``, 200 are ``full``."""
    meta = load_plain(folder / "meta.pickle.pbz2", "the meta file")
    records = {
        index: {"less": record["12"], "full": record["200"]}
        for index, record in genuine(folder).items()
    }
    whole = {
        "meta_archs": meta["meta_archs"],
        "arch2infos": records,
        "evaluated_indexes": list(records),
    }
    torch.save(whole, path)


def records_from_table(table: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield an official record for each cell of a table, its accuracies as if of seed 777."""
    for (index, arch), rows in table.groupby(["index", "arch"], observed=True, sort=True):
        record: dict[str, Any] = {}
        for epochs, run in rows.groupby("epochs"):
            results = {}
            for dataset, found in run.groupby("dataset", observed=True):
                last = int(epochs) - 1
                accuracy = {
                    f"{split}@{last}": value
                    for split, value in zip(found["split"], found["accuracy"], strict=True)
                }
                results[str(dataset), 777] = trial(str(dataset), str(arch), int(epochs), accuracy)
            record[str(epochs)] = {
                "arch_index": int(index),
                "arch_str": str(arch),
                "all_results": results,
                "dataset_seed": {name: [seed] for name, seed in results},
                "clear_net_done": True,
            }
        yield int(index), record


def trial(dataset: str, arch: str, epochs: int, accuracy: dict[str, float]) -> dict[str, Any]:
    curve = dict.fromkeys(range(epochs), 50.0)
    return {
        "name": dataset,
        "net_state_dict": None,
        "train_acc1es": curve,
        "train_acc5es": None,
        "train_losses": dict(curve),
        "train_times": dict(curve),
        "arch_config": {"channel": 16, "num_cells": 5, "arch_str": arch, "class_num": 10},
        "params": 0.1,
        "flop": 10.0,
        "seed": "0777",
        "epochs": epochs,
        "latency": [0.01],
        "eval_names": [name.split("@")[0] for name in accuracy],
        "eval_acc1es": accuracy,
        "eval_losses": dict.fromkeys(accuracy, 1.0),
        "eval_times": {
            f"{name.split('@')[0]}@{epoch}": 1.0 for name in accuracy for epoch in range(epochs)
        },
    }


SPACES = {"tss": "NATS-tss-v1_0-3ffb9-simple", "sss": "NATS-sss-v1_0-50262-simple"}
"""Folders of simplified archives by space."""
