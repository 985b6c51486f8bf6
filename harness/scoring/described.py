"""What a run's own proxies say of themselves, stored beside their scores.

Reading a run folder runs nothing: a folder that somebody sent names files, and whoever looks at
it has not agreed to run them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.errors import BadInput
from benchmarks.files import check_regular, content_of_json
from benchmarks.printable import reason
from benchmarks.space import Benchmark
from harness.passes import PASSES
from harness.runs.run_folder import RunFolder
from harness.scoring.entries import of_proxy
from harness.scoring.installed import others_are_installed
from harness.scoring.keys import Behind, behind, key_of, mark_of
from proxies import Proxy
from reports.entry import Entry

LARGEST = 2**32
"""Bytes of a file that is read at most to see whether it is what it was."""


@dataclass(frozen=True)
class ForeignProxy:
    """A proxy that does not come with this project, as it was when it scored.

    Attributes:
        entry: what it says of itself.
        records: names of the records that it reads.
        behind: what its formula was made of.
    """

    entry: Entry
    records: tuple[str, ...]
    behind: Behind

    @property
    def name(self) -> str:
        """The proxy's name."""
        return self.entry.name

    @property
    def larger_is_better(self) -> bool:
        """Its direction."""
        return self.entry.larger_is_better

    def key(self, benchmark: Benchmark) -> str:
        """Return the key of its scores, as its formula was and as the passes are now."""
        yielded = {record.__name__: record for one in PASSES for record in one.yields}
        records = [yielded[name] for name in self.records if name in yielded]
        return key_of(self.entry.digest, records, benchmark)

    @property
    def moved(self) -> bool:
        """Whether what its formula was made of is another now, or gone."""
        marks, missing, versions = self.behind
        differ = any(_differs(Path(path), mark) for path, mark in marks.items())
        try:
            return differ or others_are_installed(missing, versions)
        except (OSError, ValueError):  # what somebody has written there
            return True


def _differs(path: Path, mark: str) -> bool:
    """Whether a file or folder is not what it was, as far as it can be read."""
    try:
        if path.exists():
            check_regular(path)
        too_large = path.is_file() and path.stat().st_size > LARGEST
        return too_large or mark_of(path) != mark
    except (OSError, ValueError):
        return True


def described(proxies: Iterable[Proxy]) -> str:
    """Return what proxies from elsewhere say of themselves, as JSON."""
    descriptions = {
        proxy.name: {
            "entry": asdict(of_proxy(proxy)),
            "records": [record.__name__ for record in proxy.records],
            **behind(proxy)._asdict(),
        }
        for proxy in proxies
        if not proxy.ours
    }
    return json.dumps(descriptions, indent=2) + "\n"


def read_described(folder: RunFolder) -> dict[str, ForeignProxy]:
    """Return what :func:`described` gave; nothing where there is no such file.

    Raises:
        BadInput: the file is damaged.
    """
    try:
        stored = content_of_json(folder.described)
        return {name: _checked(name, about) for name, about in stored.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput(
            f"`{folder.described}` should say what proxies of the run are. It cannot be read "
            f"({reason(error)}). Run again."
        ) from error


def _checked(name: str, about: Any) -> ForeignProxy:
    entry = Entry(**about["entry"] | {"members": ()})
    texts = [entry.name, entry.family, entry.source, entry.text, entry.undefined, entry.digest]
    records = tuple(about["records"])
    made = Behind(*(dict(about[part]) for part in Behind._fields))
    texts += [text for part in made for pair in part.items() for text in _texts(pair)]
    if not all(isinstance(one, str) for one in (*texts, *records)):
        raise TypeError(f"`{name}` is described by what is no text")
    if entry.name != name or not isinstance(entry.larger_is_better, bool):
        raise ValueError(f"`{name}` is described as another")
    return ForeignProxy(entry, records, made)


def _texts(part: Any) -> Iterator[Any]:
    """Yield what stands in lists in a part of JSON."""
    for each in part if isinstance(part, list | tuple) else [part]:
        yield from _texts(each) if isinstance(each, list | tuple) else [each]
