"""What each change moved: ``python studies/history.py IMAGES``.

The same five cells, one thread, scored by the commits that changed the passes; the median of some
rounds, each of which goes through all commits.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import measures
from weighted import markdown

ROUNDS = 3
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


def unpacked(commit: str, folder: Path) -> Path:
    """Return a folder with the code of a commit."""
    folder.mkdir()
    git = ["git", "-C", str(ROOT), "archive", commit]
    archive = subprocess.run(git, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], check=True, input=archive)
    return folder


def main() -> None:
    """Print a row for each commit."""
    images = str(Path(sys.argv[1]).resolve())
    sets = [list(measures.SEVEN), [one.name for one in measures.suite()]]
    found: dict[str, list[list[float]]] = {commit: [] for commit in COMMITS}
    with tempfile.TemporaryDirectory() as folder:
        code = {commit: unpacked(commit, Path(folder) / commit) for commit in COMMITS}
        for _ in range(ROUNDS):
            for commit, rounds in found.items():
                rounds.append([seconds(code[commit], images, names) for names in sets])
    medians = {commit: [*map(median, zip(*some, strict=True))] for commit, some in found.items()}
    first = medians[next(iter(COMMITS))]
    rows = []
    for commit, change in COMMITS.items():
        each = zip(medians[commit], first, strict=True)
        rows.append([change, commit, *(f"{s:.2f} ({a / s:.1f}x)" for s, a in each)])
    sys.stdout.write(markdown(rows, ["state", "commit", "seven, seconds a cell", "suite"]))


if __name__ == "__main__":
    main()
