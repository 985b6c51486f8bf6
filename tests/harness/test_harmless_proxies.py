"""What a formula from elsewhere writes, changes or reads does nothing to other scores."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import torch

from harness.cli import main
from proxies import load_all
from tests.material.refusals import refused

WRITER = """
import torch
from torch import Tensor
from proxies import proxy
IMPORTS

def tensors(part):
    if isinstance(part, Tensor):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from tensors(inner)

@proxy(larger_is_better=True, source="nobody")
def writer(RECORDS) -> Tensor:
    for record in (NAMES):
        for tensor in tensors(record):
            HOW
    return torch.tensor(1.0)
"""

READING = """
from functools import cache
from pathlib import Path
import torch
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

WEIGHT = float(Path(__file__).with_name("weight").read_text())

@proxy(larger_is_better=True, source="nobody")
def early(loss: LossGradients) -> Tensor:
    Path(__file__).with_name("log").write_text("scored")
    return WEIGHT * loss.grads[0].norm()

@proxy(larger_is_better=True, source="nobody")
def late(loss: LossGradients) -> Tensor:
    return float(Path(__file__).with_name("weight_too").read_text()) * loss.grads[0].norm()

@cache
def kept() -> float:
    return float(Path(__file__).with_name("weight_too").read_text())

@proxy(larger_is_better=True, source="nobody")
def lazily(loss: LossGradients) -> Tensor:
    from reading_helper import WEIGHT
    return WEIGHT * loss.grads[0].norm()

@proxy(larger_is_better=True, source="nobody")
def once(loss: LossGradients) -> Tensor:
    return kept() * loss.grads[0].norm()
"""

INNOCENT = """
import copy, functools, io, logging, warnings
from datetime import datetime
from zoneinfo import ZoneInfo
from dataclasses import dataclass
from pathlib import Path
import numpy, pandas, scipy.stats
import torch
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

@dataclass
class Weighing:
    by: float
    def __call__(self, x):
        return self.by * x

@functools.lru_cache
def weight():
    import scipy.optimize, decimal
    return float(scipy.stats.norm.pdf(0)) + float(numpy.mean([1, 2])) + len(pandas.Series([1]))

@proxy(larger_is_better=True, source="nobody")
def innocent(loss: LossGradients) -> Tensor:
    with Path(__file__).with_suffix(".log").open("a") as log:
        log.write("scored")
    warnings.warn("of an innocent")
    logging.getLogger("mine").info("scored")
    inside = torch.nn.Parameter(loss.grads[0].clone())
    optimizer = torch.optim.SGD([inside], lr=0.1)
    with torch.enable_grad():
        inside.square().sum().backward()
    optimizer.step()
    buffer = io.BytesIO()
    torch.save(copy.copy(inside), buffer)
    datetime.now(ZoneInfo("Europe/Berlin"))
    torch.compile(torch.abs, backend="eager")(inside)
    torch.jit.script(torch.nn.BatchNorm1d(3))
    return Weighing(weight())(inside.detach().norm())
"""

FORKING = """
import multiprocessing, os
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

child = multiprocessing.get_context("fork").Process(target=abs, args=[1])
child.start()
child.join()
WENT = child.exitcode

@proxy(larger_is_better=True, source="nobody")
def forked(loss: LossGradients) -> Tensor:
    return (WENT + 1) * loss.grads[0].norm()
"""

pytestmark = pytest.mark.usefixtures("forgotten", "undrawn")


def writer(folder: Path, name: str, how: str) -> Path:
    """A proxy that reads every record there is and writes into all it is given."""
    known = [proxy for proxy in load_all().values() if proxy.family != "few-step"]
    found = {record for proxy in known for record in proxy.records}
    records = sorted(found, key=lambda record: record.__name__)
    imports = [f"from {record.__module__} import {record.__name__}" for record in records]
    arguments = ", ".join(f"r{i}: {record.__name__}" for i, record in enumerate(records))
    text = WRITER.replace("IMPORTS", "\n".join(imports))
    text = text.replace("writer(RECORDS)", f"{name}({arguments})")
    text = text.replace("NAMES", ", ".join(f"r{i}" for i in range(len(records))) + ",")
    path = folder / f"{name}.py"
    path.write_text(text.replace("HOW", how))
    return path


SCORE = ["score", "--cells", "0,7", "--batch", "8", "--workers", "1"]

BUILT_IN = ",".join(load_all())


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every built-in, scored with no one else."""
    out = tmp_path_factory.mktemp("clean")
    assert main([*SCORE, "--proxies", BUILT_IN, "--out", str(out)]) == 0
    return out


WRITES = "it should leave its records as they were, and writes into"

SETS = "it should leave PyTorch as it was, and changes it by `torch.set_default_dtype`"

WRITERS = {
    "in_place": ("tensor.zero_()", WRITES),
    "data": ("tensor.data.zero_()", WRITES),
    "numpy": ("tensor.numpy().fill(0)", WRITES),
    "settings": (
        "torch.set_default_dtype(torch.float64), torch.set_grad_enabled(False)",
        f"{SETS}, `torch.set_grad_enabled`",
    ),
    "kernels": (
        "setattr(torch.backends.mkldnn, 'enabled', False), torch.autocast('cpu').__enter__()",
        "changes it by `torch.backends.mkldnn.enabled`, `torch.autocast`",
    ),
    "functions": (
        "setattr(torch.Tensor, 'norm', torch.zeros_like), setattr(torch.Tensor, 'sum', max), "
        "setattr(torch, 'stack', torch.cat), setattr(torch.linalg, 'svdvals', abs)",
        "changes it by `torch.Tensor.norm`, `torch.Tensor.sum`, `torch.linalg.svdvals`, `torch.s",
    ),
    "layers": (
        "setattr(torch.nn.Conv2d, 'forward', max), setattr(torch.nn.ReLU, '__call__', max), "
        "setattr(torch.autograd, 'grad', max)",
        "changes it by `torch.nn.Conv2d.forward`, `torch.nn.ReLU.__call__`, `torch.autograd.grad`",
    ),
    "modes": (
        "type('Mode', (torch.overrides.TorchFunctionMode,), {'__torch_function__': "
        "lambda self, do, _, given=(), more={}: do(*given, **(more or {}))})().__enter__(), "
        "torch.autograd.graph.saved_tensors_hooks(abs, lambda x: 2 * x).__enter__()",
        "`torch.overrides.TorchFunctionMode`, `torch.autograd.graph.saved_tensors_hooks`",
    ),
    "hooks": (
        "torch.nn.modules.module.register_module_forward_hook(lambda module, x, y: 2 * y)",
        "changes it by `torch.nn.modules.module.register_module_forward_hook`",
    ),
}


def test_writers_fail_alone_beside_every_built_in(clean: Path, tmp_path: Path) -> None:
    files = [writer(tmp_path, name, how) for name, (how, _) in WRITERS.items()]
    more = [word for file in files for word in ("--proxy-file", str(file))]
    more += ["--proxies", ",".join([*WRITERS, BUILT_IN])]
    assert main([*SCORE, *more, "--out", str(tmp_path / "run")]) == 0
    rows = pd.read_parquet(tmp_path / "run" / "scores.parquet")
    for name, (_, said) in WRITERS.items():
        own = rows[rows["proxy"] == name]
        assert set(own["status"]) == {"failed"}
        assert own["reason"].str.contains(said, regex=False).all()
    others = rows[~rows["proxy"].isin(WRITERS)].reset_index(drop=True)
    pd.testing.assert_frame_equal(others, pd.read_parquet(clean / "scores.parquet"))


@pytest.mark.filterwarnings("ignore:of an innocent")
@pytest.mark.parametrize(("name", "text"), [("innocent", INNOCENT), ("forked", FORKING)])
def test_an_innocent_file_is_scored(name: str, text: str, tmp_path: Path) -> None:
    """It writes a log, warns, keeps results, imports late, has an optimizer, or forks a child."""
    file = tmp_path / "mine.py"
    file.write_text(text)
    argv = [*SCORE, "--proxy-file", str(file), "--proxies", f"{name},params"]
    assert main([*argv, "--out", str(tmp_path / "run")]) == 0
    rows = pd.read_parquet(tmp_path / "run" / "scores.parquet").query("proxy == @name")
    assert set(rows["status"]) == {"ok"}, set(rows["reason"])


def test_a_file_that_goes_elsewhere_takes_nobody_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(f"import os, sys\nos.chdir('/')\nsys.path.clear()\n{READING}")
    (tmp_path / "weight").write_text("2")
    monkeypatch.chdir(tmp_path)
    assert main([*SCORE, "--proxy-file", "mine.py", "--proxies", "params", "--out", "run"]) == 0
    assert (tmp_path / "run" / "scores.parquet").exists()


def test_a_file_that_changes_a_setting_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.py"
    file.write_text("import torch\ntorch.set_default_dtype(torch.float64)\n")
    said = refused([*SCORE, "--proxy-file", str(file), "--out", str(tmp_path / "run")], capsys)
    assert "it should leave PyTorch as it was" in said
    assert torch.get_default_dtype() == torch.float32


def test_files_are_read_when_a_formula_is_imported_not_as_it_scores(tmp_path: Path) -> None:
    """Those are part of its key, these could not be."""
    file, out = tmp_path / "mine.py", tmp_path / "run"
    file.write_text(READING)
    reading = "WEIGHT = float(Path(__file__).with_name('weight_too').read_text())"
    (tmp_path / "reading_helper.py").write_text(f"from pathlib import Path\n{reading}\n")
    scores = []
    for weight in ("2", "3", "3"):
        for name in ("weight", "weight_too"):
            (tmp_path / name).write_text(weight)
        names = ["--proxies", "early,late,once,lazily,grad_norm", "--proxy-file", str(file)]
        assert main([*SCORE, *names, "--out", str(out)]) == 0
        rows = pd.read_parquet(out / "scores.parquet").set_index("proxy")
        for name in ("late", "once", "lazily"):
            assert set(rows.loc[name, "status"]) == {"failed"}
            (reason,) = set(rows.loc[name, "reason"])
            assert f"reads `{tmp_path / 'weight_too'}` as it scores" in reason
        scores.append(rows.loc["early", "score"].to_numpy())
    assert (scores[1] / scores[0]).tolist() == pytest.approx([1.5, 1.5])
    assert scores[2].tolist() == scores[1].tolist()
