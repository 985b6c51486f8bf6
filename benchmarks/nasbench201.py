"""NAS-Bench-201 in its official ``.pth`` file, decoded by the official package.

``nas_201_api`` opens the file with a bare ``torch.load``, which today's PyTorch refuses and which
would run whatever the file asks for. Here PyTorch reads it with ``weights_only=True``, and
:class:`nas_201_api.ArchResults` decodes the plain data, one candidate at a time.

Source: Dong and Yang, NAS-Bench-201, ICLR 2020, arXiv:2001.00326; package ``nas-bench-201`` 2.1.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nas_201_api import ArchResults
from numpy._core.multiarray import scalar

from benchmarks.cell import Cell
from benchmarks.errors import BadInput
from benchmarks.nats import Row, decoded

_NUMPY_SCALARS: list[Any] = [
    np.dtype,
    np.dtypes.Float64DType,
    np.dtypes.Float32DType,
    np.dtypes.Int64DType,
    scalar,
    (scalar, "numpy.core.multiarray.scalar"),
]


def read_pth(path: Path) -> Iterator[Row]:
    """Yield every last-epoch accuracy of an official NAS-Bench-201 file.

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
    for index in sorted(records):
        record = records.pop(index)
        arch = str(Cell.parse(names[index]))
        try:
            for length in ("less", "full"):
                yield from decoded(index, arch, ArchResults.create_from_state_dict(record[length]))
        except (KeyError, AttributeError, TypeError) as error:
            raise BadInput(
                f"`{path}` should be an official NAS-Bench-201 file. Candidate {index} lacks a "
                f"field: {error}. Fetch it again."
            ) from error


def _load(path: Path) -> Any:
    try:
        with torch.serialization.safe_globals(_NUMPY_SCALARS):
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        reason = next((line for line in str(error).splitlines() if "GLOBAL" in line), "")
        if not reason:
            raise _other_type(path, "it is no pickle of PyTorch") from error
        raise BadInput(
            f"`{path}` should be an official NAS-Bench-201 file and hold plain data only. Reading "
            f"it was stopped: {reason.strip().rstrip('.')}. Do not use this file; fetch the "
            "original."
        ) from error
    except (RuntimeError, OSError, EOFError, ValueError) as error:
        raise _other_type(path, str(error).splitlines()[0].rstrip(".")) from error


def _other_type(path: Path, reason: str) -> BadInput:
    return BadInput(
        f"`{path}` should be an official NAS-Bench-201 file. It is truncated or of another type "
        f"({reason}). Fetch it again."
    )
