"""The documentation site describes what there is; Sphinx itself runs in ``make docs``."""

from __future__ import annotations

import re
from pathlib import Path

from proxies import COMBINATIONS, load_all
from searchers import load_all as load_searchers
from studies.site import PARTS, linked, pages

ROOT = Path(__file__).parents[1]


def test_everything_registered_has_a_section() -> None:
    made = pages()
    ours = {name for name, proxy in load_all().items() if proxy.ours} | COMBINATIONS.keys()
    assert ours <= set(re.findall(r"^##+ (\w+)$", made["proxies.md"], re.M))
    searchers = {name for name, one in load_searchers().items() if one.ours}
    assert searchers == set(re.findall(r"^## (\w+)$", made["searchers.md"], re.M))
    asked = {record.__name__ for proxy in load_all().values() for record in proxy.records}
    assert asked <= set(re.findall(r"^## (\w+)$", made["records.md"], re.M))


def test_the_contents_name_every_page() -> None:
    listed = {f"{name}.md" for names in PARTS.values() for name in names} | {"index.md"}
    assert listed == set(pages()) | {page.name for page in (ROOT / "docs").glob("*.md")}


def test_no_page_has_the_name_of_one_that_sphinx_makes() -> None:
    """Its own page of that name would stand in its place."""
    names = {name for names in PARTS.values() for name in names}
    assert not names & {"search", "genindex", "modindex", "py-modindex"}


def test_links_lead_to_pages_or_nowhere() -> None:
    assert linked("[a](docs/gate.md#x) [b](proxies) [c](https://d.org)") == (
        "[a](gate.md#x) b [c](https://d.org)"
    )
