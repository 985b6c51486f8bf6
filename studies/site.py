"""The documentation site: ``python -m studies.site FOLDER``, or ``make docs``.

Pages about proxies, records and searchers are made from docstrings, the front page is the README,
data sheets are the files that travel with the packages; the other pages stand in ``docs/``.
"""

from __future__ import annotations

import inspect
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import harness
from harness.judging.findings import findings
from proxies import COMBINATIONS, load_all, records, responses
from reports.columns import columns
from reports.legend import legend
from reports.shown import prose
from searchers import load_all as load_searchers
from studies import arguments

ROOT = Path(__file__).parents[1]

COPIED = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "benchmarks/mini/README.md": "data/mini.md",
    "benchmarks/nasbench201/tables/DATA.md": "data/nasbench201.md",
    "benchmarks/nasbench201/tables/LICENSES.md": "data/nasbench201_licences.md",
    "harness/atlases/DATA.md": "data/atlases.md",
    "benchmarks/macro/tables/DATA.md": "data/macro.md",
    "benchmarks/transnas/tables/DATA.md": "data/transnas.md",
}
"""Files of the repository, and the pages that show them."""


PARTS = {
    "What there is": ("proxies", "records", "searchers"),
    "What it is worth": (
        *("agreement", "nasi", "searches", "pareto", "sharing", "families", "initialisation"),
    ),
    "How it is judged": ("columns", "intervals", "gate"),
    "What it costs": ("cost", "speed"),
    "Data sheets": (
        *("data/atlases", "data/mini", "data/nasbench201", "data/nasbench201_licences"),
        *("data/macro", "data/transnas"),
    ),
    "The project": ("contributing", "changelog"),
}  # fmt: skip
"""The contents, in order; a page that is in none of them stops the build."""

SETTINGS = {
    "project": "nas-proxy-harness",
    "extensions": "myst_parser",
    "html_theme": "furo",
    "html_title": "nas-proxy-harness",
    "myst_heading_anchors": "3",
    "html_copy_source": "0",
    "html_show_copyright": "0",
}


def build(folder: Path) -> int:
    """Write the pages' sources and let Sphinx build them; any warning stops it."""
    from sphinx.cmd.build import main as sphinx  # of the extra `docs`

    source = folder / "source"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "docs", source)
    for page, text in pages().items():
        (source / page).parent.mkdir(parents=True, exist_ok=True)
        (source / page).write_text(text, encoding="utf-8")
    settings = [word for name, value in SETTINGS.items() for word in ("-D", f"{name}={value}")]
    return sphinx(["-C", *settings, "-W", "--keep-going", "-q", str(source), str(folder / "html")])


def pages() -> dict[str, str]:
    """Return the pages that are made or whose links are changed, by name."""
    made = {page: linked((ROOT / file).read_text("utf-8")) for file, page in COPIED.items()}
    for file in (ROOT / "docs").glob("*.md"):
        made[file.name] = linked(file.read_text("utf-8").replace("](../", "]("))
    made["index.md"] += "\n\n" + "\n\n".join(contents())
    made["proxies.md"] = "\n\n".join(proxies())
    made["records.md"] = "\n\n".join(described_records())
    made["columns.md"] = "\n\n".join(glossary())
    made["searchers.md"] = "\n\n".join(searchers())
    return made


def contents() -> Iterator[str]:
    """Yield the parts of the contents, which stand beside every page."""
    for part, names in PARTS.items():
        entries = "\n".join(names)
        yield f"```{{toctree}}\n:hidden:\n:caption: {part}\n:maxdepth: 1\n\n{entries}\n```"


def linked(text: str) -> str:
    """Return the Markdown of a file with links to pages; a link to no page becomes plain words."""

    def link(found: re.Match[str]) -> str:
        words, target = found[1], found[2]
        if target.startswith(("http", "#")):
            return found[0]
        page = COPIED.get(target) or target.removeprefix("docs/")
        there = page in COPIED.values() or (ROOT / "docs" / page.partition("#")[0]).is_file()
        return f"[{words}]({page})" if there else words

    return re.sub(r"\[([^\]]*)\]\(([^)]*)\)", link, text)


def proxies() -> Iterator[str]:
    """Yield the page of all proxies, a section each."""
    yield "# Proxies"
    yield (
        "A proxy is a short function of [records](records.md). Its definition stands here as it "
        "stands in its docstring; a slow, literal twin in the tests is written from its source. "
        "The harness computes what each record holds once, whoever asks."
    )
    ours = {name: entry for name, entry in load_all().items() if entry.ours}
    for name, entry in sorted(ours.items()):
        read = ", ".join(
            f"[{one.__name__}](records.md#{one.__name__.lower()})" for one in entry.records
        )
        facts = {
            "kind": entry.family,
            "better": "larger" if entry.larger_is_better else "smaller",
            "reads": read or "ranks of other proxies",
            "undefined": entry.undefined or "never",
            "source": entry.source or "this project",
        }
        yield f"## {name}"
        yield from described(entry.function)
        yield listed(facts)
    yield "## Combinations"
    for name, combined in sorted(COMBINATIONS.items()):
        yield f"### {name}"
        yield from described(combined.function)
        yield listed({"of": ", ".join(combined.members), "source": combined.source})


def described_records() -> Iterator[str]:
    """Yield the page of all records, a section each."""
    yield "# Records"
    yield from described(records)
    yield from described(responses)
    found = dict(inspect.getmembers(records, inspect.isclass))
    found |= dict(inspect.getmembers(responses, inspect.isclass))
    for name, record in sorted(found.items()):
        fields = getattr(record, "_fields", None)
        if fields is not None:
            yield f"## {name}"
            yield from described(record)
            kinds = inspect.get_annotations(record)
            yield listed({f"`{field}`": f"`{kinds[field]}`" for field in fields})


def searchers() -> Iterator[str]:
    """Yield the page of all searchers, a section each."""
    yield "# Searchers"
    yield (
        "A searcher is a generator that asks, by `yield`, for candidates to be trained or scored. "
        "`NAME:PROXY:SETTING=VALUE` names one with its settings."
    )
    ours = {name: entry for name, entry in load_searchers().items() if entry.ours}
    for name, entry in sorted(ours.items()):
        given = {
            setting: "" if default is ... else f"={default}"
            for setting, (_, default) in entry.settings.items()
        }
        facts = {
            "kind": entry.family,
            "settings": ", ".join(f"`{one}{default}`" for one, default in given.items()) or "none",
            "needs": ", ".join(entry.requires) or "nothing more",
            "source": entry.source or "this project",
        }
        yield f"## {name}"
        yield from described(entry.function)
        yield listed(facts)


def glossary() -> Iterator[str]:
    """Yield the page of the columns that tables have, as a small run of every kind gives them."""
    with TemporaryDirectory() as folder:
        harness.score("snip,params,live_params", cells="random:60", seeds=2, out=folder)
        found = findings(Path(folder))
    yield "# Columns"
    yield "What the columns of a run's tables mean; `leaderboard.csv` has them under plain names."
    yield listed({f"**{column.heading}**": column.means for column in columns(found)})
    yield "Of a table, in full:"
    yield " ".join(legend(found))


def described(of: object) -> Iterator[str]:
    """Yield the paragraphs of a docstring, formulas as MathML."""
    for paragraph in (inspect.getdoc(of) or "").split("\n\n"):
        yield f"<p>{prose(paragraph)}</p>"


def listed(facts: dict[str, str]) -> str:
    """Return facts as a list."""
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


if __name__ == "__main__":
    sys.exit(build(Path(*arguments(__doc__, "FOLDER"))))
