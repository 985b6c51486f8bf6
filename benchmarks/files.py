"""Files that are there whole or not at all, and are what they were."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file beside ``path``, and put it in its place once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    try:
        write(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


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
        ValueError: the content is another.
    """
    content = path.read_bytes()
    stored = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if not isinstance(stored, dict) or stored.get("sha256") != hashlib.sha256(content).hexdigest():
        raise ValueError("another content")
    return content
