"""Pieces of a page: prose with formulas, figures as text, what a table sorts by, commands."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from reports.figures import Sketch, svg
from reports.formulas import formula


def sort_key(text: str) -> str:
    """Return what a cell sorts by: its first number, else its text; nothing where it has none."""
    if text == "–":
        return ""
    number = re.match(r"[\[(+]?(−?\d+(\.\d+)?)", text)
    return number[1].replace("−", "-") if number else text


def prose(text: str) -> Markup:
    """Return a docstring's paragraph with its formulas as MathML, which browsers draw."""
    parts = re.split(r":math:`([^`]*)`", text.replace("\n", " ").strip())
    parts[0::2] = [escape(_unmarked(part)) for part in parts[0::2]]
    parts[1::2] = [formula(part) for part in parts[1::2]]
    return Markup("".join(parts))


def _unmarked(text: str) -> str:
    return re.sub(r":\w+:`~?([^`]*)`", r"\1", text).replace("``", "")


def marked(text: str) -> Markup:
    """Return a sentence of Markdown, with its emphasis and its code as the page has them."""
    made = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", str(escape(text)))
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", made))


def data_uri(sketch: Sketch, pictures: Mapping[str, bytes]) -> str:
    """Return a figure as an SVG inside a URI: the one that is there, else it is drawn."""
    content = pictures[sketch.name] if sketch.name in pictures else svg(sketch)
    return "data:image/svg+xml;base64," + base64.b64encode(content).decode()


JOINED = ("objectives", "reference")
"""Settings of several values that are given at once, joined by commas."""


def command_line(name_of_command: str, settings: Mapping[str, Any]) -> str:
    """Return the command that makes a run with these settings."""
    parts = ["harness", name_of_command]
    for name, value in settings.items():
        option = f"--{name.replace('_', '-')}"
        if name in JOINED:
            parts += [option, ",".join(map(str, value))] if value else []
        elif isinstance(value, tuple):
            option = "--scores" if name == "scores" else option.removesuffix("s")
            parts += [part for single in value for part in (option, str(single))]
        elif value not in (None, ""):
            parts += [option, str(value)]
    return shlex.join([*parts, "--out", "RUN"])
