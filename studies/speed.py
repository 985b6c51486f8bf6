"""The ratios that say how fast the harness is: ``python -m studies.speed --data FOLDER``.

Every ratio is taken within one round, so that a slower minute of the machine cancels; the rounds'
spread is its noise. The command fails when a ratio is worse than the one in ``speed.json`` by more
than the noise of both, and says so where it misses its target. ``--keep`` stores what was found.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch

from harness.runs.devices import SIDE_BY_SIDE
from studies import commands, measures
from studies.whole_space import markdown

STORED = Path(__file__).with_name("speed.json")
FILES = "cifar10_subset.npz", "nb201_table.parquet", "NATS-tss-v1_0-3ffb9-simple"
"""Images, the converted table and the official archive, in the folder of ``--data``."""

ROUNDS = 3
SLACK, LEAST, MOST = 3.0, 0.08, 0.2
"""Standard deviations that count as noise, and shares of a ratio that do at least and at most."""


class Target(NamedTuple):
    """What a ratio should reach; ``most`` tells whether it should stay below or pass."""

    what: str
    bound: float
    most: bool

    def met(self, value: float) -> bool:
        """Whether the target is reached."""
        return value <= self.bound if self.most else value >= self.bound

    @property
    def text(self) -> str:
        """The target as a table shows it."""
        return f"{'≤' if self.most else '≥'} {self.bound:g}"


TARGETS = {
    "seven": Target("seven proxies, a cell, in units", 2.0, True),
    "suite": Target("whole suite without gennas, in units", 15.0, True),
    "classes": Target("cells for each functional class", 2.97, False),
    "scaling": Target("suite with 4 workers over 1", 3.5, False),
    "convolutions": Target("loss pass over its convolutions alone", 1.6, True),
    "statistics": Target("join and statistics, seconds", 60.0, True),
    "memory": Target("join and statistics, GB", 1.0, True),
    "report": Target("first report of every score, processor seconds", 15.0, True),
    "loading": Target("official API over the converted table", 100.0, False),
    "gpu_seven": Target("seven proxies, whole space, one GPU, minutes", 5.0, True),
    "gpu_suite": Target("whole suite, whole space, one GPU, minutes", 20.0, True),
}


def measured(data: Path) -> Iterator[tuple[str, float]]:
    """Yield a name and a value for every ratio of every round."""
    images, table, archive = (data / name for name in FILES)
    where = measures.setting(str(images))
    cores = len(os.sched_getaffinity(0))
    yield "classes", measures.classes()
    scored = commands.scored_whole()
    for _ in range(ROUNDS):
        unit = measures.unit(str(images), cores)
        yield "seven", measures.rate(where, measures.seven(), cores, 4) / unit
        whole = measures.rate(where, measures.suite(), cores, 2)
        yield "suite", whole / unit
        if cores >= 4:
            four = whole if cores == 4 else measures.rate(where, measures.suite(), 4, 2)
            yield "scaling", measures.rate(where, measures.suite(), 1, 1) / four
        yield "convolutions", measures.over_convolutions(where)
        seconds, gigabytes = measures.statistics_alone(str(table))
        yield "statistics", seconds
        yield "memory", gigabytes
        yield "report", commands.report_alone(scored)
        yield "loading", measures.loading(archive, table)
    if torch.cuda.is_available():
        on_gpu = measures.setting(str(images), "cuda:0")
        for name, proxies in ("seven", measures.seven()), ("suite", measures.suite()):
            each = measures.rate(on_gpu, proxies, 1, 12, SIDE_BY_SIDE["cuda"])
            yield f"gpu_{name}", each * 15_625 / measures.classes() / 60


def machine() -> str:
    """Name what the ratios were taken on."""
    cores = len(os.sched_getaffinity(0))
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{model}, {cores} cores{gpu}, torch {torch.__version__}"


def worse(name: str, ratios: dict[str, float], stored: dict[str, float]) -> bool:
    """Whether a ratio fell by more than its noise."""
    noise = SLACK * (ratios["noise"] ** 2 + stored["noise"] ** 2) ** 0.5
    slack = min(max(noise, LEAST * stored["value"]), MOST * stored["value"])
    change = ratios["value"] - stored["value"]
    return change > slack if TARGETS[name].most else -change > slack


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, compare with what is stored."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args(arguments)
    for name in FILES:
        if not (options.data / name).exists():
            parser.error(f"`--data` should be a folder with {', '.join(FILES)}. It lacks `{name}`.")
    values: dict[str, list[float]] = {}
    for name, value in measured(options.data):
        values.setdefault(name, []).append(value)
        sys.stderr.write(f"{TARGETS[name].what}: {value:.3f}\n")
    ratios = {
        name: {
            "value": statistics.median(some),
            "noise": statistics.stdev(some) if len(some) > 1 else 0.0,
        }
        for name, some in values.items()
    }
    kept = json.loads(STORED.read_text("utf-8")) if STORED.exists() else {}
    same = kept.get("machine") == machine()
    before = kept.get("ratios", {}) if same else {}
    fallen = [n for n in ratios if n in before and worse(n, ratios[n], before[n])]
    rows = []
    for name, target in TARGETS.items():
        if name not in ratios:
            rows.append([target.what, target.text, "not measured: no such device here", "", ""])
            continue
        value, noise = ratios[name]["value"], ratios[name]["noise"]
        verdict = "yes" if target.met(value) else "no"
        old = f"{before[name]['value']:.2f}" if name in before else "–"
        rows.append([target.what, target.text, f"{value:.2f} ± {noise:.2f}", verdict, old])
    sys.stdout.write(machine() + "\n\n")
    sys.stdout.write(markdown(rows, ["what", "target", "found", "met", "stored"]))
    where = measures.setting(str(options.data / FILES[0]))
    shares = [[name, f"{100 * share:.1f} %"] for name, share in measures.shares(where).items()]
    sys.stdout.write("\n" + markdown(shares, ["pass", "share of the suite"]))
    if options.keep:
        content = {"machine": machine(), "ratios": ratios}
        STORED.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if not before:
        sys.stderr.write(f"Nothing is stored for this machine ({machine()}); use --keep.\n")
    for name in fallen:
        sys.stderr.write(f"{TARGETS[name].what}: worse than stored by more than the noise\n")
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
