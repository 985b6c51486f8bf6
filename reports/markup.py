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

    It needs ``booktabs`` and ``graphicx``, and says so: what is wider than a column, or than both
    columns where it is ``wide``, is scaled to fit.
    """
    kind, most = ("table*", r"\textwidth") if wide else ("table", r"\columnwidth")
    lines = [
        r"% needs \usepackage{booktabs,graphicx} in the preamble",
        rf"\begin{{{kind}}}",
        r"\centering\scriptsize\setlength{\tabcolsep}{3pt}",
        rf"\caption{{{caption}}}",
        *([rf"\label{{{label}}}"] if label else []),
        rf"\resizebox{{\ifdim\width>{most} {most}\else\width\fi}}{{!}}{{%",
        r"\begin{tabular}{l" + "r" * (len(headings) - 1) + "}",
        r"\toprule",
        " & ".join(headings) + r" \\",
        r"\midrule",
        *(" & ".join(row) + r" \\" for row in rows),
        r"\bottomrule",
        r"\end{tabular}}",
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
