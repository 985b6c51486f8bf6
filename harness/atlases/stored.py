"""An atlas: every proxy's score of every candidate of a space, or of drawn ones, in one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import files
from benchmarks.catalogue import benchmark, inputs_in_words
from benchmarks.errors import BadInput
from harness.atlases import names
from harness.scoring.keys import formula, key
from harness.scoring.tasks import conditions
from proxies import Proxy, load_all

SETTINGS = ("benchmark", "dataset", "images", "labels", "batch")


@dataclass(frozen=True)
class AtlasColumn:
    """The scores of one proxy.

    Attributes:
        values: by subject and seed, NaN where the proxy is undefined; what was not scored is not
            there.
        formula: digest of the formula that they were made by.
        of_cell: whether subjects are the candidates themselves, not their functional classes.
    """

    values: pd.Series
    formula: str
    of_cell: bool

    @property
    def seeds(self) -> list[int]:
        """The initialisations that were scored, of some subjects at least."""
        return sorted(set(self.values.index.get_level_values("seed")))


@dataclass(frozen=True)
class Atlas:
    """Scores of a space's candidates.

    Attributes:
        settings: benchmark, dataset, images, labels and batch that were scored.
        inputs: sha256 of the minibatch, as in the provenance of a run.
        columns: what each proxy scored, by name.
        cells: which candidates it speaks for, as ``--cells`` draws them; columns may have others.
        made: versions, machine, date and commit of what put it together last; ``devices`` as below.
    """

    settings: Mapping[str, str]
    inputs: str
    columns: Mapping[str, AtlasColumn]
    cells: str = "all"
    made: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        own = self.settings
        inputs = inputs_in_words(own["images"], own["dataset"], own["labels"])
        return f"{own['batch']} images of {inputs}"

    @property
    def devices(self) -> dict[str, list[str]]:
        """The kinds of device that scores were made on, each with its versions of PyTorch."""
        default = {"cpu": [self.made["versions"]["torch"]]}
        devices: dict[str, list[str]] = self.made.get("devices", default)
        return devices

    @property
    def moved(self) -> list[str]:
        """Proxies whose formula is another today, or that nobody registers any more."""
        known = load_all()
        return [
            name
            for name, column in self.columns.items()
            if name not in known or formula(known[name]) != column.formula
        ]

    def without(self, names: list[str]) -> Atlas:
        """Return the atlas less some proxies."""
        kept = {name: column for name, column in self.columns.items() if name not in names}
        return replace(self, columns=kept)

    def covering(self, cells: pd.DataFrame) -> Atlas:
        """Return the atlas with those proxies alone that scored every one of some cells."""
        lacking = [name for name in self.columns if self._wanted(name, cells) is None]
        return self.without(lacking)

    def wide(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Return scores of initialisation 0, a row a cell and a column a proxy that has them all.

        Args:
            cells: columns ``index``, ``arch`` and ``class``.
        """
        wanted = {name: self._wanted(name, cells) for name in self.columns}
        there = {name: values for name, values in wanted.items() if values is not None}
        return pd.DataFrame(there, index=pd.Index(cells["index"], name="index"))

    def rows(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Return scores of cells, initialisation 0, in the columns of ``scores.parquet``."""
        known, wide = load_all(), self.wide(cells)
        parts = []
        for name in wide:
            values, proxy = wide[name].to_numpy(), known[str(name)]
            defined = np.isfinite(values)
            about = pd.DataFrame(
                {
                    "proxy": name,
                    "seed": 0,
                    "score": np.where(defined, values, np.nan),
                    "status": np.where(defined, "ok", "undefined"),
                    "reason": np.where(defined, "", proxy.undefined),
                    **conditions(proxy),
                    "key": key(proxy, benchmark(self.settings["benchmark"])),
                },
                index=cells.index,
            )
            parts.append(pd.concat([cells[["index", "arch", "class"]], about], axis=1))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def _wanted(self, name: str, cells: pd.DataFrame) -> np.ndarray[Any, Any] | None:
        column = self.columns[name]
        if 0 not in column.seeds:
            return None
        of_seed = column.values.xs(0, level="seed")
        places = of_seed.index.get_indexer(pd.Index(cells["arch" if column.of_cell else "class"]))
        return None if (places < 0).any() else of_seed.to_numpy()[places]


def read(name: str) -> Atlas:
    """Return an atlas by the name of its file.

    Raises:
        BadInput: there is none, or its file is damaged.
    """
    path = names.FOLDER / f"{name}.parquet"
    if not path.exists():
        raise BadInput(
            f"An atlas should be one of {', '.join(names.atlases()) or 'none'}. `{name}` has no "
            "file: install the project again."
        )
    table = pq.read_table(pa.BufferReader(files.shipped(path)))
    about = json.loads(table.schema.metadata[b"atlas"])
    columns = dict(_columns(table, about["columns"]))
    own = {key: about[key] for key in SETTINGS}
    return Atlas(own, about["inputs"], columns, about["cells"], about["made"])


def write(path: Path, atlas: Atlas) -> None:
    """Write an atlas and its checksum.

    A column has 32 bits a score where those keep every score finite, and unequal ones unequal.
    """
    places = pd.MultiIndex.from_tuples(
        sorted(set().union(*(column.values.index for column in atlas.columns.values()))),
        names=["subject", "seed"],
    )
    made = {
        "subject": pa.array(places.get_level_values("subject")).dictionary_encode(),
        "seed": pa.array(places.get_level_values("seed").to_numpy("int8")),
    }
    about: dict[str, Any] = {
        **atlas.settings,
        "cells": atlas.cells,
        "made": atlas.made,
        "inputs": atlas.inputs,
        "columns": {},
    }
    for name, column in sorted(atlas.columns.items()):
        there = places.isin(column.values.index)
        values = _narrowed(column.values.reindex(places).to_numpy(float))
        made[name] = pa.array(values, mask=~there, from_pandas=False)
        about["columns"][name] = {"formula": column.formula, "of_cell": column.of_cell}
    table = pa.table(made).replace_schema_metadata({"atlas": json.dumps(about)})
    files.replace(path, lambda file: pq.write_table(table, file, compression="zstd"))
    files.seal(path)


def column_of(proxy: Proxy, values: pd.Series, *, of_cell: bool) -> AtlasColumn:
    """Return scores as the column of a proxy, made by its formula of today."""
    return AtlasColumn(values, formula(proxy), of_cell)


def _columns(table: pa.Table, about: Mapping[str, Any]) -> Iterator[tuple[str, AtlasColumn]]:
    subjects = table.column("subject").to_pandas().astype(str).to_numpy()
    seeds = table.column("seed").to_numpy()
    for name, said in about.items():
        column = table.column(name)
        there = column.is_valid().to_numpy()
        values = column.drop_null().to_numpy().astype(np.float64)
        index = pd.MultiIndex.from_arrays(
            [subjects[there], seeds[there]], names=["subject", "seed"]
        )
        yield name, AtlasColumn(pd.Series(values, index), said["formula"], said["of_cell"])


def _narrowed(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    with np.errstate(over="ignore", under="ignore"):
        narrow = values.astype(np.float32)
    same = np.isfinite(narrow) == np.isfinite(values)
    kept = len(np.unique(narrow)) == len(np.unique(values))
    return narrow if same.all() and kept else values
