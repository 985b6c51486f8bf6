"""Parquet from elsewhere: flat tables of numbers and text, whatever else the file may hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.confined import confined
from benchmarks.printable import printable

ROWS = 2 * 10**7
"""Of a table at most; a few thousand bytes can claim any number."""


def read(path: Path, what: str, dictionaries: Sequence[str] = ()) -> pa.Table:
    """Return a table of numbers and text; what it says of itself beyond names and types is left.

    Args:
        path: the file.
        what: the noun for messages, as in "a Parquet table written by `harness import`".
        dictionaries: columns of text that repeats.

    Raises:
        BadInput: the file is missing, no Parquet, damaged, too large or no flat table.
    """
    parts = confined(_streamed, path, what, list(dictionaries))
    return pa.ipc.open_stream(pa.py_buffer(b"".join(parts))).read_all()


def _streamed(path: Path, dictionaries: list[str]) -> Iterator[bytes]:
    """Yield a file's table as Arrow streams it."""
    there = set(pq.read_schema(path).names)
    file = pq.ParquetFile(path, read_dictionary=[name for name in dictionaries if name in there])
    if file.metadata.num_rows > ROWS:
        raise ValueError(f"it claims {file.metadata.num_rows:,} rows")
    for field in file.schema_arrow:
        if not _flat(field.type):
            kind = printable(field.type)
            raise ValueError(f"its column `{printable(field.name)}` is one of {kind}")
    table = file.read().replace_schema_metadata(None)
    table.validate(full=True)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content = sink.getvalue()
    for start in range(0, content.size, PART):
        yield content.slice(start, min(PART, content.size - start)).to_pybytes()


PART = 2**22
"""Bytes in one piece."""


def _flat(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return bool(text or number or pa.types.is_null(kind))
