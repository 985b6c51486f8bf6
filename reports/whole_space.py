"""The leading table: what scores of all cells of a space are worth on every dataset."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from reports.markup import pipes
from reports.numbers import decimal


class AtlasRow(NamedTuple):
    """What one proxy is worth on one accuracy, over all cells of a space.

    ``kendall`` and ``spearman`` rank cells without a score last, which are counted in
    ``undefined``; ``over_counting`` is tau less that of the better of two counts, of all parameters
    and of live ones; ``regret`` is how many points the best of ten favourites lies behind the best
    cell, of those that were scored. ``low`` and ``high`` are the ends of a 95 % interval of tau
    where cells were drawn.
    """

    proxy: str
    family: str
    dataset: str
    kendall: float
    spearman: float
    over_counting: float
    regret: float
    n: int
    undefined: int
    low: float = math.nan
    high: float = math.nan


def whole_space(rows: Sequence[AtlasRow], caption: str, ending: str, points: bool = True) -> str:
    """Return the table as Markdown: a row a proxy, best mean of tau over datasets first.

    Args:
        rows: of all proxies and datasets.
        caption: what they are of.
        ending: says which cells the numbers are of, and so what they leave open.
        points: whether every dataset is judged in percent.
    """
    frame = pd.DataFrame(rows)
    datasets = list(dict.fromkeys(frame["dataset"]))
    means = frame.groupby("proxy")[["kendall", "over_counting", "regret"]].mean()
    several = len(datasets) > 1
    head = ["proxy", *(f"τ-b {dataset}" for dataset in datasets)]
    head += ["mean"] if several else ["ρ"]
    head += ["over counting", *(f"regret {dataset}" for dataset in datasets)]
    lines = []
    for proxy in means.sort_values("kendall", ascending=False, kind="stable").index:
        own = frame[frame["proxy"] == proxy].set_index("dataset").loc[datasets]
        first = own.iloc[0]
        entries = [_name(proxy, first["family"]), *(decimal(tau) for tau in own["kendall"])]
        entries.append(decimal(means.loc[proxy, "kendall"] if several else first["spearman"]))
        entries.append(decimal(means.loc[proxy, "over_counting"]))
        entries += [decimal(regret, 2) for regret in own["regret"]]
        lines.append([*entries, str(first["undefined"])])
    behind = "points that" if points else "how far, in its own measure,"
    legend = LEGEND.format(behind=behind)
    if (frame["undefined"] == frame["n"]).any():
        legend += f" {NOWHERE}"
    meaning = f"{legend} {ending}{_error(frame)}"
    return "\n".join([caption, "", *pipes([*head, "undefined"], lines), "", meaning]) + "\n"


LEGEND = (
    "τ-b is Kendall's, signed by the proxy's declared direction; cells without a score rank last. "
    "*over counting*: τ-b less that of the better of two counts, of all parameters and of live "
    "ones, mean over datasets. *regret*: {behind} the best of ten favourites lies behind the "
    "best cell. Rows in italics only count, or draw at random. † combines ranks over these cells."
)

NOWHERE = "Dashes: its definition reaches no cell of this space (docs/families.md says why)."

NOT_SAMPLED = (
    "All cells are scored, so that nothing was sampled: what is left is the noise of "
    "initialisation (docs/agreement.md measures it on NAS-Bench-201), of the minibatch and of "
    "training."
)


def _error(frame: pd.DataFrame) -> str:
    """Return how far numbers of drawn cells may be from the space's, in a sentence."""
    half = float(((frame["high"] - frame["low"]) / 2).median())
    if math.isnan(half):
        return ""
    return (
        f" The median 95 % interval of τ-b is ± {decimal(half)}; regret is within the drawn cells."
    )


def _name(proxy: str, family: str) -> str:
    marked = proxy + (" †" if family == "combination" else "")
    return f"*{marked}*" if family == "trivial" else marked
