"""The speed script: it fails when a ratio falls by more than its noise, and only then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def speed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    from studies import speed

    monkeypatch.setattr(speed, "STORED", tmp_path / "speed.json")
    monkeypatch.setattr(speed.measures, "shares", lambda where: {"forward": 1.0})
    monkeypatch.setattr(speed.measures, "setting", lambda images: None)
    for name in speed.FILES:
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return speed


def ratios(**values: list[float]) -> object:
    def measured(data: Path) -> Iterator[tuple[str, float]]:
        yield from ((name, value) for name, some in values.items() for value in some)

    return measured


@pytest.mark.parametrize(
    ("seven", "scaling", "code"),
    [
        ([1.2, 1.3, 1.25], [3.9, 4.0, 3.95], 0),
        ([1.3, 1.35, 1.3], [3.8, 3.9, 3.85], 0),  # within the noise
        ([0.8, 0.9, 0.85], [4.5, 4.6, 4.5], 0),  # better
        ([1.6, 1.7, 1.65], [3.9, 4.0, 3.95], 1),
        ([1.2, 1.3, 1.25], [2.9, 3.0, 2.95], 1),
    ],
)
def test_it_fails_when_a_ratio_falls_by_more_than_its_noise(
    speed: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    seven: list[float],
    scaling: list[float],
    code: int,
) -> None:
    monkeypatch.setattr(speed, "measured", ratios(seven=[1.2, 1.3, 1.25], scaling=[3.9, 4.0, 3.95]))
    assert speed.main(["--data", ".", "--keep"]) == 0
    monkeypatch.setattr(speed, "measured", ratios(seven=seven, scaling=scaling))
    assert speed.main(["--data", "."]) == code
    assert ("worse than stored" in capsys.readouterr().err) == bool(code)


def test_another_machines_ratios_are_not_compared(
    speed: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "measured", ratios(seven=[1.2, 1.3, 1.25]))
    assert speed.main(["--data", ".", "--keep"]) == 0
    stored = json.loads(speed.STORED.read_text()) | {"machine": "another"}
    speed.STORED.write_text(json.dumps(stored))
    monkeypatch.setattr(speed, "measured", ratios(seven=[9.0, 9.0, 9.0]))
    assert speed.main(["--data", "."]) == 0


def test_a_target_that_is_missed_is_said(
    speed: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(speed, "measured", ratios(seven=[1.2, 1.2], suite=[16.0, 16.0]))
    speed.main(["--data", "."])
    table = capsys.readouterr().out
    assert "| ≤ 2 | 1.20 ± 0.00 | yes |" in table
    assert "| ≤ 15 | 16.00 ± 0.00 | no |" in table


def test_plain_pytorch_computes_what_the_harness_does() -> None:
    """The unit runs the same network: equal parameters give equal logits."""
    import torch

    from benchmarks.network import initialise
    from studies import measures

    cell = measures.cells()[3]
    ours = measures.SPACE.network([cell], measures.DATASET)
    initialise(ours, 0)
    plain = measures.Plain(measures.SPACE.cell(cell))
    for theirs, own in zip(plain.parameters(), ours.parameters(), strict=True):
        theirs.data = own.data
    x = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(plain(x), ours(x), rtol=1e-4, atol=1e-4)


def test_a_folder_that_lacks_a_file_is_named(
    speed: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / speed.FILES[1]).unlink()
    with pytest.raises(SystemExit) as stopped:
        speed.main(["--data", "."])
    assert stopped.value.code == 2
    assert f"It lacks `{speed.FILES[1]}`" in capsys.readouterr().err
