"""Files that are there whole or not at all, and are what they were."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.errors import BadInput
from benchmarks.printable import reason

UNFINISHED = ".part"
"""Suffix of what is being written; between it and the file's name stands a name of the writer's."""

ABANDONED = 24 * 3600
"""Seconds after which nobody writes an unfinished file any more: its writer was killed."""

TEXT = 64 * 2**20
"""Bytes of a text file that is read at most."""


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file beside ``path``, and put it in its place once it is complete.

    It is on the disk before it has the name, so that lost power leaves the old file or the new one.
    Several writers do not see each other's unfinished files; the last one's is what stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{uuid4().hex[:12]}{UNFINISHED}")
    try:
        write(unfinished)
        _reach_disk(unfinished)
        unfinished.replace(path)
        _reach_disk(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)
        _sweep(path)


def _reach_disk(path: Path) -> None:
    """Return once a file's content, or a folder's list of names, is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _sweep(path: Path) -> None:
    """Remove what killed writers of a file have left."""
    for left in path.parent.glob(f"{escape(path.name)}.*{UNFINISHED}"):
        with suppress(OSError):  # another has removed it, or may alone
            if time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink()


def check_regular(path: Path) -> None:
    """Refuse what is neither a file nor a folder: a pipe may never answer, a device never end.

    Raises:
        OSError: it is something else, or not there.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "It is a pipe or a device, not a file", str(path))


def text(path: Path, most: int = TEXT) -> str:
    """Return the content of a text file.

    Raises:
        OSError: it cannot be read, or is no file.
        ValueError: it is larger than any such file, or not UTF-8.
    """
    check_regular(path)
    if (size := path.stat().st_size) > most:
        raise ValueError(f"it has {size:,} bytes, where at most {most:,} are read")
    return path.read_text(encoding="utf-8")


def content_of_json(path: Path) -> Any:
    """Return what a JSON file of ours holds, which somebody may have edited.

    Raises:
        OSError: it cannot be read, or is no file.
        ValueError: it is no JSON, too large or too deep, or holds what is no text.
    """
    try:
        content = json.loads(text(path))
        json.dumps(content, ensure_ascii=False).encode("utf-8")  # no lone surrogates
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return content


def put(path: Path, content: bytes) -> None:
    """Write a file."""
    replace(path, lambda file: file.write_bytes(content))


def seal(path: Path) -> None:
    """Write the sha256 of a file beside it."""
    text = json.dumps({"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}) + "\n"
    replace(path.with_suffix(".json"), lambda file: file.write_text(text, encoding="utf-8"))


def sealed(path: Path) -> bytes:
    """Return the content of a file whose sha256 stands beside it, see :func:`seal`.

    Raises:
        OSError: either cannot be read.
        ValueError: the content is another, or what should tell of it.
    """
    content = path.read_bytes()
    stored = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if not isinstance(stored, dict) or stored.get("sha256") != hashlib.sha256(content).hexdigest():
        raise ValueError("another content")
    return content


def shipped(path: Path) -> bytes:
    """Return the content of a file that comes with the project, its sha256 beside it.

    Raises:
        BadInput: it is damaged, or one of the two is missing.
    """
    try:
        return sealed(path)
    except (OSError, ValueError) as error:
        raise BadInput(
            f"`{path}` should be as it came with this project. Found {reason(error)}. Install the "
            "project again."
        ) from error
