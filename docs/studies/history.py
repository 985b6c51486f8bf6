"""What each change moved: ``python docs/studies/history.py IMAGES``.

The same five cells, one thread, scored by the commits that changed the passes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import measures
from weighted import markdown

ROOT = Path(__file__).parents[2]
COMMITS = {
    "76bad22": "every pass its own forward; patches unfolded; Hessian by differentiating twice",
    "e32d8a2": "one forward and backward shared; one sweep for images' gradients; new Hessian",
    "544a2b5": "layouts agree; freed memory is kept; smaller chunks",
    "e975c2b": "pooling as a depthwise convolution",
}


def seconds(folder: Path, images: str, names: list[str]) -> float:
    """Return seconds a cell of scoring ``names`` with the code in ``folder``."""
    driver = ROOT / "docs" / "studies" / "cost.py"
    command = [sys.executable, str(driver), images, ",".join(names)]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    done = subprocess.run(command, check=True, capture_output=True, env=environment, cwd=folder)
    return float(json.loads(done.stdout)["seconds"])


def main() -> None:
    """Print a row for each commit."""
    images = str(Path(sys.argv[1]).resolve())
    sets = [list(measures.SEVEN), [one.name for one in measures.suite()]]
    rows: list[list[str]] = []
    first: list[float] = []
    for commit, change in COMMITS.items():
        with tempfile.TemporaryDirectory() as folder:
            git = ["git", "-C", str(ROOT), "archive", commit]
            archive = subprocess.run(git, check=True, capture_output=True).stdout
            subprocess.run(["tar", "-x", "-C", folder], check=True, input=archive)
            found = [seconds(Path(folder), images, names) for names in sets]
        first = first or found
        cells = [f"{s:.2f} ({a / s:.1f}x)" for s, a in zip(found, first, strict=True)]
        rows.append([change, commit, *cells])
    sys.stdout.write(markdown(rows, ["state", "commit", "seven, seconds a cell", "suite"]))


if __name__ == "__main__":
    main()
