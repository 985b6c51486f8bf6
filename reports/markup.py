"""Tables of text as Markdown and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Row = Sequence[str]


def pipes(headings: Row, rows: Iterable[Row]) -> list[str]:
    """Return the lines of a Markdown table, its first column to the left."""
    lines = [f"| {' | '.join(headings)} |", "|:--|" + "--:|" * (len(headings) - 1)]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def booktabs(
    caption: str,
    headings: Row,
    rows: Iterable[Row],
    label: str = "",
    notes: Iterable[str] = (),
    *,
    wide: bool = False,
) -> str:
    """Return a LaTeX table of text that is LaTeX already, notes below it.

    It needs ``booktabs``, and says so. A ``wide`` one spans both columns of a paper, scaled to fit
    by ``graphicx``.
    """
    kind, packages = ("table*", "booktabs,graphicx") if wide else ("table", "booktabs")
    lines = [
        rf"% needs \usepackage{{{packages}}} in the preamble",
        rf"\begin{{{kind}}}",
        r"\centering\scriptsize\setlength{\tabcolsep}{3pt}",
        rf"\caption{{{caption}}}",
        *([rf"\label{{{label}}}"] if label else []),
        *([r"\resizebox{\textwidth}{!}{%"] if wide else []),
        r"\begin{tabular}{l" + "r" * (len(headings) - 1) + "}",
        r"\toprule",
        " & ".join(headings) + r" \\",
        r"\midrule",
        *(" & ".join(row) + r" \\" for row in rows),
        r"\bottomrule",
        r"\end{tabular}" + "}" * wide,
        *([r"\par\smallskip\raggedright", " ".join(notes)] if notes else []),
        rf"\end{{{kind}}}",
    ]
    return "\n".join(lines) + "\n"


SYMBOLS = {
    "\\": "/",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "^": r"\^{}",
    "~": r"\~{}",
    "_": r"\_",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "τ-b": r"$\tau_b$",
    "τ-w": r"$\tau_w$",
    "ρ": r"$\rho$",
    "−": "$-$",
    "–": "--",
    "†": r"$^\dagger$",
    "‡": r"$^\ddagger$",
    "§": r"$^\S$",
    "¶": r"$^\P$",
}


def escaped(text: str) -> str:
    """Return text for LaTeX."""
    for symbol, code in SYMBOLS.items():
        text = text.replace(symbol, code)
    return text
