"""Files with proxies of one's own, whatever they are called, hold, and lie beside."""

from __future__ import annotations

import importlib
import os
import pickle
from pathlib import Path

import pytest
import torch

from harness.scoring.keys import behind, formula
from proxies import UnusablePlugin, load_file
from proxies.plugins.files import changed_files
from proxies.records import LossGradients

pytestmark = pytest.mark.usefixtures("forgotten")

RECORD = LossGradients((), (torch.ones(3),), ())

MINE = """
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients
IMPORT

@proxy(larger_is_better=True, source="nobody")
def mine(loss: LossGradients) -> Tensor:
    return FACTOR * loss.grads[0].sum()
"""


def written(file: Path, text: str = "FACTOR = 2", name: str = "mine") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(MINE.replace("IMPORT", text).replace("def mine", f"def {name}"))
    return file


def value(file: Path) -> float:
    (proxy,) = load_file(file)
    assert pickle.loads(pickle.dumps(proxy)).name == proxy.name  # other processes have it
    return float(proxy(RECORD))


@pytest.mark.parametrize(
    ("name", "head", "encoding"),
    [
        ("my-proxy.v1.2.py", "", "utf-8"),
        ("mine.py", "", "utf-8-sig"),
        ("mine.py", "# -*- coding: latin-1 -*-\n# é\n", "latin-1"),
        ("a name.py", "", "utf-8"),
        ("größe.py", "# ö\n", "utf-8"),
    ],
)
def test_whatever_python_imports_is_imported(
    name: str, head: str, encoding: str, tmp_path: Path
) -> None:
    helper = tmp_path / "helper_of_files.py"
    helper.write_bytes((head + "FACTOR = 2\n").encode(encoding))
    file = written(tmp_path / name)
    text = head + file.read_text().replace("FACTOR = 2", "from helper_of_files import FACTOR")
    file.write_bytes(text.encode(encoding))
    assert value(file) == 6
    (proxy,) = load_file(file)
    assert {str(file), str(helper)} <= set(behind(proxy).marks)
    before = formula(proxy)
    helper.write_bytes((head + "FACTOR = 3\n").encode(encoding))
    assert value(file) == 9
    assert formula(load_file(file)[0]) != before


def test_a_link_is_imported_from_where_it_lies(tmp_path: Path) -> None:
    stored = written(tmp_path / "store" / "0123", "from helper_of_links import FACTOR")
    file = tmp_path / "mine.py"
    file.symlink_to(stored)
    (tmp_path / "helper_of_links.py").write_text("FACTOR = 2\n")
    assert value(file) == 6


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_file_has_the_helper_that_lies_beside_it(order: tuple[int, int], tmp_path: Path) -> None:
    """Another file's folder has one of the same name, which that file does not import."""
    files = [
        written(tmp_path / "a" / "one.py", "from config_of_mine import FACTOR", "one"),
        written(tmp_path / "b" / "two.py", "FACTOR = 5", "two"),
    ]
    (tmp_path / "a" / "config_of_mine.py").write_text("FACTOR = 2\n")
    if order == (1, 0):
        (tmp_path / "b" / "config_of_mine.py").write_text("FACTOR = 3\n")
    assert [value(files[i]) for i in order] == [(6, 15)[i] for i in order]


def test_two_packages_of_one_folder_are_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, factor in (("left_of_mine", 2), ("right_of_mine", 3)):
        text = f"from {name}.helper import FACTOR"
        file = written(tmp_path / name / "mine.py", text, name)
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "helper.py").write_text(f"FACTOR = {factor}\n")
        assert value(file) == 3 * factor


def test_a_helper_that_is_mended_is_imported_again_where_the_first_try_failed(
    tmp_path: Path,
) -> None:
    """As a notebook goes on."""
    file = written(tmp_path / "mine.py", "from helper_to_mend import FACTOR")
    helper = tmp_path / "helper_to_mend.py"
    helper.write_text("FACTR = 2\n")
    for _ in range(2):
        with pytest.raises(UnusablePlugin, match="cannot import name 'FACTOR'"):
            load_file(file)
    helper.write_text("FACTOR = 2.0\n")
    assert value(file) == 6


def test_what_has_changed_since_it_was_imported_is_known(tmp_path: Path) -> None:
    text = "from pathlib import Path\nFACTOR = float(Path(__file__).with_name('data').read_text())"
    file, data = written(tmp_path / "mine.py", text), tmp_path / "data"
    data.write_text("2")
    assert value(file) == 6
    homes = load_file(file)[0].homes
    assert changed_files(homes) == []
    os.utime(data, (1, 1))
    assert changed_files(homes) == []
    data.write_text("3")
    assert changed_files(homes) == [str(data)]
    file.unlink()
    assert set(changed_files(homes)) == {str(file), str(data)}
    assert changed_files(["another"]) == []


def test_a_mere_folder_hides_no_package(tmp_path: Path) -> None:
    """As ``data`` or ``wandb`` beside scripts."""
    (tmp_path / "tqdm").mkdir()
    assert (
        value(written(tmp_path / "mine.py", "import tqdm\nFACTOR = len([*tqdm.trange(0)]) + 2"))
        == 6
    )


def test_what_the_session_has_imported_under_a_name_is_no_helper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "here"))
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "common_of_mine.py").write_text("FACTOR = 2\n")
    importlib.import_module("common_of_mine")
    file = written(tmp_path / "there" / "mine.py", "from common_of_mine import FACTOR")
    (tmp_path / "there" / "common_of_mine.py").write_text("FACTOR = 3\n")
    with pytest.raises(UnusablePlugin, match="has the name of"):
        load_file(file)


def test_helpers_that_are_imported_late_are_not_mixed_either(tmp_path: Path) -> None:
    for name in ("one", "two"):
        file = written(tmp_path / name / "mine.py", "FACTOR = 2", name)
        late = "from late_of_mine import FACTOR\n    return FACTOR"
        file.write_text(file.read_text().replace("return FACTOR", late))
        (tmp_path / name / "late_of_mine.py").write_text("FACTOR = 2\n")
    load_file(tmp_path / "one" / "mine.py")
    with pytest.raises(UnusablePlugin, match=r"two/late_of_mine.py` has the name of `.*one/late"):
        load_file(tmp_path / "two" / "mine.py")


def test_what_threads_read_and_what_is_made_to_be_read_is_part_of_a_file(tmp_path: Path) -> None:
    text = """
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
HERE = Path(__file__).parent
(HERE / "made").write_text("1")
MADE = (HERE / "made").read_text()
with ThreadPoolExecutor(1) as pool:
    FACTOR = float(pool.submit((HERE / "data").read_text).result())
"""
    (tmp_path / "data").write_text("2")
    file = written(tmp_path / "mine.py", text)
    assert value(file) == 6
    before = behind(load_file(file)[0]).marks
    assert {str(tmp_path / name) for name in ("data", "made", "mine.py")} == set(before)
    (tmp_path / "data").write_text("3")
    assert value(file) == 9
    assert behind(load_file(file)[0]).marks != before
