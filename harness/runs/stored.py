"""Settings in a file, and where they were used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

from benchmarks.errors import BadInput
from benchmarks.files import content_of_json
from benchmarks.printable import brief, printable


@dataclass(frozen=True)
class StoredPlan:
    """Settings as a data class, which is written to and read from the plan of a run folder."""

    what: ClassVar[str]
    """What such a file is of."""

    made_by: ClassVar[str]
    """The command that makes one."""

    several: ClassVar[tuple[str, ...]]
    """Settings that are lists."""

    def text(self, provenance: Mapping[str, object]) -> str:
        """Return the plan and where it ran as JSON."""
        return json.dumps({"settings": asdict(self), "provenance": provenance}, indent=2) + "\n"

    @classmethod
    def read(cls, path: Path) -> tuple[Self, dict[str, Any]]:
        """Return the plan and the provenance that :meth:`text` gave.

        A setting that is newer than the file has its default.

        Raises:
            BadInput: there is no plan there, or it is not one.
        """
        try:
            stored = content_of_json(path)
            settings = {
                field.name: stored["settings"][field.name]
                for field in fields(cls)
                if field.default is MISSING or field.name in stored["settings"]
            }
            for name in cls.several:
                given = settings.get(name, [])
                settings[name] = tuple(given) if isinstance(given, list | tuple) else given
            for field in fields(cls):
                if field.name in settings:
                    _check(field.name, str(field.type), settings[field.name])
            return cls(**settings), dict(stored["provenance"])
        except FileNotFoundError as error:
            raise BadInput(
                f"`{path.parent}` should be a run folder with a `{path.name}`. It has none. Make "
                f"one with `{cls.made_by}`."
            ) from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(
                f"`{path}` should be the plan of {cls.what}. It cannot be read "
                f"({brief(error)}). Make one "
                f"in a new folder, with `{cls.made_by}`."
            ) from error


LARGEST = 10**6
"""Number that a setting may be at most."""

KINDS = {
    "int": (int,),
    "int | None": (int, type(None)),
    "bool": (bool,),
    "str": (str,),
    "Labels": (str,),
    "tuple[str, ...]": (tuple,),
    "tuple[float, ...]": (tuple,),
}
"""What a setting may be, by its annotation."""


def _check(name: str, annotation: str, value: Any) -> None:
    """Refuse a value of another kind than a setting has."""
    right = type(value) in KINDS[annotation]
    if type(value) is tuple:
        part = (str,) if annotation == "tuple[str, ...]" else (int, float)
        right &= all(type(item) in part for item in value)
    if type(value) is int:
        right &= 0 <= value <= LARGEST
    if annotation == "Labels":
        right &= value in ("true", "random")
    if not right:
        raise ValueError(f"its {name} is `{printable(value)}`")
