"""The documentation site describes what there is; Sphinx itself runs in ``make docs``."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from proxies import COMBINATIONS, load_all
from searchers import load_all as load_searchers
from studies.site import COPIED, PARTS, linked, pages

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


def test_everything_registered_has_a_section(made: dict[str, str]) -> None:
    ours = {name for name, proxy in load_all().items() if proxy.ours} | COMBINATIONS.keys()
    assert ours <= set(re.findall(r"^##+ (\w+)$", made["proxies.md"], re.M))
    searchers = {name for name, one in load_searchers().items() if one.ours}
    assert searchers == set(re.findall(r"^## (\w+)$", made["searchers.md"], re.M))
    assert "](data/macro.md)" in made["families.md"]  # as the site has data sheets
    asked = {record.__name__ for proxy in load_all().values() for record in proxy.records}
    assert asked <= set(re.findall(r"^## (\w+)$", made["records.md"], re.M))


def test_the_contents_name_every_page(made: dict[str, str]) -> None:
    listed = {f"{name}.md" for names in PARTS.values() for name in names} | {"index.md"}
    assert listed == set(made) | {page.name for page in (ROOT / "docs").glob("*.md")}


def test_no_page_has_the_name_of_one_that_sphinx_makes() -> None:
    """Its own page of that name would stand in its place."""
    names = {name for names in PARTS.values() for name in names}
    assert not names & {"search", "genindex", "modindex", "py-modindex"}


def test_links_lead_to_pages_or_nowhere() -> None:
    assert linked("[a](docs/gate.md#x) [b](proxies) [c](https://d.org)") == (
        "[a](gate.md#x) b [c](https://d.org)"
    )


DOCUMENTS = [*COPIED, *(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", DOCUMENTS)
def test_links_of_a_file_lead_to_files_from_where_it_stands(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    text = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith(("http", "#")):
            assert ((ROOT / page).parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", DOCUMENTS)
def test_headings_follow_one_another(page: str) -> None:
    """Sphinx refuses a page that leaves a level out."""
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text("utf-8"), flags=re.DOTALL)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
