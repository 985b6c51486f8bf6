"""No score outlives the source that made it: keys follow imports wherever code may be edited."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from benchmarks.catalogue import BENCHMARKS
from harness.scoring import keys
from harness.scoring.keys import key
from proxies import UnusablePlugin, load_file, registry
from proxies.records import LossGradients
from tests.material.new_process import forget

FILE = """
from torch import Tensor
from helper_of_mine import turned
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="nobody")
def helped(loss: LossGradients) -> Tensor:
    return turned(loss.grads[0].sum())
"""


pytestmark = pytest.mark.usefixtures("forgotten")


def keyed(*files: Path) -> list[str]:
    """The keys of a proxy a file, as in a new process."""
    proxies = [proxy for file in files for proxy in load_file(file)]
    found = [key(proxy, BENCHMARKS["mini"]) for proxy in proxies]
    forget()
    return found


@pytest.mark.parametrize(
    "how",
    [
        "from helper_of_mine import turned",
        'import importlib\nturned = importlib.import_module("helper_of_mine").turned',
        'def turned(x):\n    return __import__("helper_of_mine").turned(x)',
        "if not TYPE_CHECKING or 0:\n    from helper_of_mine import turned",
    ],
    ids=["stated", "called", "called whole", "under a condition"],
)
def test_a_helper_that_changes_makes_another_key(how: str, tmp_path: Path) -> None:
    """It lies beside the file."""
    file, helper = tmp_path / "mine.py", tmp_path / "helper_of_mine.py"
    stated = "from helper_of_mine import turned"
    assert stated in FILE
    file.write_text("from typing import TYPE_CHECKING\n" + FILE.replace(stated, how))
    helper.write_text("def turned(x):\n    return x\n")
    before = keyed(file)
    helper.write_text("# said otherwise\ndef turned(x):\n    return x\n")
    assert keyed(file) == before
    helper.write_text("def turned(x):\n    return -x\n")
    assert keyed(file) != before


COMPUTED = {
    "by a variable": "from importlib import import_module\n"
    "turned = import_module('_'.join(['helper', 'of', 'mine'])).turned",
    "by its path": "import importlib.util as u\nfrom pathlib import Path\n"
    "at = Path(__file__).with_name('helper_of_mine.py')\n"
    "spec = u.spec_from_file_location('any', at)\nmodule = u.module_from_spec(spec)\n"
    "spec.loader.exec_module(module)\nturned = module.turned",
    "run": "import runpy\nfrom pathlib import Path\n"
    "turned = runpy.run_path(Path(__file__).with_name('helper_of_mine.py'))['turned']",
    "executed": "from pathlib import Path\n"
    "exec(Path(__file__).with_name('helper_of_mine.py').read_text())",
    "as data": "from pathlib import Path\nfrom operator import mul, neg, pos\n"
    "text = Path(__file__).with_name('helper_of_mine.py').read_text()\n"
    "turned = neg if '-x' in text else pos",
    "opened low": "import os\n"
    "file = os.open(os.path.dirname(__file__) + '/helper_of_mine.py', os.O_RDONLY)\n"
    "exec(os.read(file, 1000))\nos.close(file)",
}


@pytest.mark.parametrize("how", COMPUTED.values(), ids=list(COMPUTED))
def test_whatever_a_file_reads_as_it_is_imported_is_part_of_it(how: str, tmp_path: Path) -> None:
    file, helper = tmp_path / "mine.py", tmp_path / "helper_of_mine.py"
    file.write_text(FILE.replace("from helper_of_mine import turned", how))
    helper.write_text("def turned(x):\n    return x\n")
    before = keyed(file)
    assert keyed(file) == before
    helper.write_text("def turned(x):\n    return -x\n")
    assert keyed(file) != before
    (proxy,) = load_file(file)
    assert float(proxy(LossGradients((), (torch.ones(3),), ()))) == -3
    assert str(helper) in keys.behind(proxy).marks


WEIGHING = """
from pathlib import Path
WEIGHT = float(Path(__file__).with_name("weight").read_text())
def turned(x):
    return WEIGHT * x
"""


def weighed(folder: Path) -> tuple[Path, Path]:
    """Two files beside a helper that reads a third."""
    (folder / "helper_of_mine.py").write_text(WEIGHING)
    (folder / "weight").write_text("2")
    files = folder / "one.py", folder / "two.py"
    for file in files:
        file.write_text(FILE.replace("def helped", f"def {file.stem}"))
    return files


def test_what_a_shared_helper_reads_is_part_of_both_files(tmp_path: Path) -> None:
    files = weighed(tmp_path)
    before = [keyed(*order) for order in (files, files[::-1], files[:1], files[1:])]
    assert before[0] == before[1][::-1] == [*before[2], *before[3]]
    (tmp_path / "weight").write_text("3")
    after = keyed(*files)
    assert after[0] != before[0][0]
    assert after[1] != before[0][1]


def test_what_a_link_names_and_which_file_holds_what_are_part_of_a_key(tmp_path: Path) -> None:
    (file, _), found = weighed(tmp_path), []
    for name, number in (("left", "2"), ("right", "3")):
        (tmp_path / name).write_text(number)
    for target in ("left", "right"):
        (tmp_path / "weight").unlink()
        (tmp_path / "weight").symlink_to(tmp_path / target)
        found += keyed(file)
    assert found[0] != found[1]
    read = 'float(Path(__file__).with_name("{}").read_text())'
    quotient = f"{read.format('left')} / {read.format('right')}"
    (tmp_path / "helper_of_mine.py").write_text(WEIGHING.replace(read.format("weight"), quotient))
    before = keyed(file)
    (tmp_path / "left").write_text("3")
    (tmp_path / "right").write_text("2")
    assert keyed(file) != before


def test_where_a_folder_lies_is_no_part_of_a_key(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "weights.txt").write_text("2")
        (folder / "mine.py").write_text(
            FILE.replace(
                "from helper_of_mine import turned",
                "from pathlib import Path\n"
                "WEIGHT = int(Path(__file__).with_name('weights.txt').read_text())\n"
                "def turned(x):\n    return WEIGHT * x",
            )
        )
        digests.append(keyed(folder / "mine.py"))
    assert digests[0] == digests[1]


@pytest.mark.parametrize("module", ["helper_of_mine", "helpers_of_mine.inner"])
def test_two_files_whose_helpers_share_a_name_are_not_mixed(module: str, tmp_path: Path) -> None:
    for i, folder in enumerate((tmp_path / "a", tmp_path / "b")):
        helper = folder / f"{module.replace('.', '/')}.py"
        helper.parent.mkdir(parents=True)
        helper.write_text("def turned(x):\n    return x\n")
        text = FILE.replace("helper_of_mine", module)
        (folder / "mine.py").write_text(text.replace("def helped", f"def helped{i}"))
    load_file(tmp_path / "a" / "mine.py")
    with pytest.raises(UnusablePlugin, match=r"`.*/b/help.*` has the name of `.*/a/help"):
        load_file(tmp_path / "b" / "mine.py")
    assert {"helped0", "helped1"} & set(registry.PROXIES) == {"helped0"}


def test_a_file_that_changes_is_imported_again_with_what_lies_beside_it(tmp_path: Path) -> None:
    """As a notebook goes on after an edit."""
    file, helper = tmp_path / "mine.py", tmp_path / "helper_of_mine.py"
    file.write_text(FILE)
    helper.write_text("def turned(x):\n    return x\n")
    record = LossGradients((), (torch.ones(3),), ())

    def value() -> float:
        (proxy,) = load_file(file)
        return float(proxy(record))

    assert value() == 3
    helper.write_text("def turned(x):\n    return -x\n")
    assert value() == -3
    file.write_text(FILE.replace("sum()", "sum() * 2"))
    assert value() == -6
