"""NAS-Bench-201 in its official ``.pth`` file, decoded by the official package.

``nas_201_api`` opens the file with a bare ``torch.load``, which today's PyTorch refuses and which
would run whatever the file asks for. Here PyTorch reads it with ``weights_only=True``, and
:class:`nas_201_api.ArchResults` decodes the plain data, one candidate at a time.

Source: Dong and Yang, NAS-Bench-201, ICLR 2020, arXiv:2001.00326; package ``nas-bench-201`` 2.1.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from nas_201_api import ArchResults

from benchmarks.errors import BadInput
from benchmarks.nasbench201.archive import Taken
from benchmarks.nasbench201.cell import Cell
from benchmarks.pickles import PLAIN
from benchmarks.printable import REASON, brief, printable, reason


def read_pth(path: Path, take: Callable[[int, str, Any], Iterator[Taken]]) -> Iterator[Taken]:
    """Yield what ``take`` takes of an official NAS-Bench-201 file, candidate by candidate.

    Raises:
        BadInput: the file is truncated, of another type, or would construct more than plain data.
    """
    whole = _load(path)
    keys = ("meta_archs", "arch2infos", "evaluated_indexes")
    if not isinstance(whole, dict) or any(key not in whole for key in keys):
        raise BadInput(
            f"`{path}` should be an official NAS-Bench-201 file with {', '.join(keys)}. It is not. "
            "Give `NAS-Bench-201-v1_1-096897.pth` or its like."
        )
    names, records = whole["meta_archs"], whole["arch2infos"]
    for index in list(records):
        record = records.pop(index)
        try:
            arch = str(Cell.parse(names[index]))
            for state in (record["less"], record["full"]):
                if not isinstance(state, dict):  # a string would be opened as another file
                    raise TypeError(f"a {type(state).__name__} is no record")
                yield from take(index, arch, ArchResults.create_from_state_dict(state))
        except Exception as error:  # whatever the package makes of broken fields
            raise BadInput(
                f"`{path}` should be an official NAS-Bench-201 file. "
                f"Candidate {printable(index)} lacks a "
                f"field or holds another ({brief(error)}). Fetch it again."
            ) from error


def _load(path: Path) -> Any:
    try:
        with torch.serialization.safe_globals([(made, name) for name, made in PLAIN.items()]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        refused = next((line for line in str(error).splitlines() if "GLOBAL" in line), "")
        if not refused:
            raise _other_type(path, "it is no pickle of PyTorch") from error
        raise BadInput(
            f"`{path}` should be an official NAS-Bench-201 file and hold plain data only. Reading "
            f"it was stopped: {printable(refused, REASON).rstrip('.')}. Do not use this file; "
            "fetch the original."
        ) from error
    except Exception as error:  # a broken stream can raise anything
        raise _other_type(path, reason(error) or "empty") from error


def _other_type(path: Path, why: str) -> BadInput:
    return BadInput(
        f"`{path}` should be an official NAS-Bench-201 file. It is truncated or of another type "
        f"({why}). Fetch it again."
    )
