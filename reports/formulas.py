"""Formulas of docstrings as MathML, which browsers draw; what cannot be, as its source."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markupsafe import Markup, escape

XMLNS = "{http://www.w3.org/1998/Math/MathML}"

ELEMENTS = re.compile(
    "math|menclose|mfrac|mi|mn|mo|mover|mpadded|mphantom|mroot|mrow|mspace|msqrt|mstyle|msub"
    "|msubsup|msup|mtable|mtd|mtext|mtr|munder|munderover"
)
"""Of MathML: whatever else a formula would bring into the page is no formula."""

ATTRIBUTES = re.compile(
    "accent|accentunder|columnalign|columnlines|columnspacing|depth|display|displaystyle|fence"
    "|form|height|largeop|linethickness|lspace|mathsize|mathvariant|maxsize|minsize|movablelimits"
    "|notation|rowlines|rowspacing|rspace|scriptlevel|separator|stretchy|symmetric|voffset|width"
)

PARTS = dict.fromkeys(("mfrac", "mover", "mroot", "msub", "msup", "munder"), 2) | dict.fromkeys(
    ("msubsup", "munderover"), 3
)
"""Of elements that have so many: the converter takes a formula that lacks some."""

SIZES = re.compile(r"\\[bB]igg?[lrm]?(?![A-Za-z])")
"""Of delimiters, which the converter knows before few of them; browsers stretch them anyway."""


def formula(source: str) -> Markup:
    """Return a formula as MathML, or its LaTeX source as code where it cannot be rendered."""
    return mathml(source) or Markup("<code>{}</code>").format(source)


def mathml(source: str) -> Markup | None:
    """Return a formula as MathML, nothing where it is no LaTeX that can be rendered whole."""
    try:
        root = ElementTree.fromstring(convert(SIZES.sub("", source)))
    except Exception:  # someone else's words: the converter raises whatever it meets
        return None
    for element in root.iter():
        element.tag = element.tag.removeprefix(XMLNS)
        known = ELEMENTS.fullmatch(element.tag) and all(map(ATTRIBUTES.fullmatch, element.attrib))
        whole = len(element) == PARTS.get(element.tag, len(element))
        if not (known and whole) or re.search(r"\\[A-Za-z]", element.text or ""):
            return None
    return Markup(_written(root))


def _written(element: ElementTree.Element) -> str:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items())
    inner = escape(element.text or "") + Markup("").join(
        Markup(_written(child)) + (child.tail or "") for child in element
    )
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>"
