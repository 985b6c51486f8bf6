"""The wheel, in an environment of its own: it holds what the program needs, and no more."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

COMMIT = ("commit", "-q", "--allow-empty", "-m", "a repository around the environment")

PACKED = ("benchmarks", "harness", "proxies", "reports", "searchers")


def ran(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy: building leaves files beside the sources."""
    copy, out = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("wheel")
    for name in PACKED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    options = ("--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", out)
    ran(sys.executable, "-m", "pip", "wheel", *options, copy, cwd=out)
    return next(out.glob("*.whl"))


@pytest.mark.slow
def test_the_whole_space_is_shown_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """An empty environment but for the dependencies, which are those of this one."""
    venv.create(environment := tmp_path / "environment", with_pip=False)
    python = environment / "bin" / "python"
    into = Path(
        ran(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=tmp_path).strip()
    )
    target = ("--target", into, "--no-deps", "--quiet", "--no-warn-script-location")
    ran(sys.executable, "-m", "pip", "install", *target, wheel, cwd=tmp_path)
    (into / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (empty := tmp_path / "empty").mkdir()
    call = "import sys; from harness.cli import main; sys.exit(main(sys.argv[1:]))"
    table = ran(python, "-I", "-c", call, "atlas", cwd=empty)
    assert "of all 15625 cells in 5260 functional classes" in table
    assert "| *live_params* | 0.657 |" in table
    assert not list(empty.iterdir())
    for words in (("init", "-q"), ("-c", "user.name=x", "-c", "user.email=x", *COMMIT)):
        ran("git", *words, cwd=tmp_path)
    asked = "from harness.runs.plan import provenance; print(provenance('cpu')['git'])"
    assert "not a git checkout" in ran(python, "-I", "-c", asked, cwd=empty)
    home = ran(python, "-I", "-c", "import harness; print(harness.__file__)", cwd=empty)
    assert home.startswith(str(into))
    (stranger := empty / "benchmarks").mkdir()
    (stranger / "__init__.py").write_text("")
    done = subprocess.run([python, "-c", call, "list"], cwd=empty, capture_output=True, text=True)
    assert done.returncode == 2
    assert "The package `benchmarks` should be the one in" in done.stderr
    assert done.stderr.count("\n") == 1


def test_figures_licences_and_sizes(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        size = {info.filename: info.compress_size for info in packed.infolist()}
        (points,) = (name for name in size if name.endswith("entry_points.txt"))
        commands = packed.read(points).decode().splitlines()
    for name in ("nasbench201", "macro", "transnas"):
        assert {f"benchmarks/{name}/tables/{file}.md" for file in ("DATA", "LICENSES")} <= set(size)
    for name in ("harness", "nas-proxy-harness"):  # the second is found by `uvx` and `pipx run`
        assert f"{name} = harness.cli:main" in commands
    atlases = sum(size[name] for name in size if name.startswith("harness/atlases/"))
    tables = sum(size[name] for name in size if "/tables/" in name)
    assert size["harness/atlases/nats-tss_cifar10.parquet"] < 3e6
    assert atlases < 4e6
    assert tables < 8e6
    assert not [name for name in size if name.startswith(("tests", "studies"))]
