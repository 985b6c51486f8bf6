"""The checks of whatever has a name: a proxy, or a searcher."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.errors import BadInput
from harness.contract.finding import Finding
from harness.contract.searches import validate_searcher
from harness.contract.validating import validate
from proxies import find
from proxies import load_all as load_proxies
from searchers import choose
from searchers import load_all as load_searchers


def findings(name: str) -> Iterator[Finding]:
    """Yield a finding for every rule of a proxy's contract, or of a searcher's with its settings.

    A name that both have means the proxy; with a setting, as in ``nasi:steps=10``, the searcher.

    Raises:
        BadInput: the name is of several.
    """
    if name not in load_proxies() and name.partition(":")[0] in load_searchers():
        yield from validate_searcher(choose(name)[0])
        return
    chosen = find(name)
    if len(chosen) != 1:
        raise BadInput(f"`harness validate` should name one proxy or searcher. Found `{name}`.")
    yield from validate(chosen[0])
