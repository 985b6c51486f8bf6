"""The minibatch: every source, frozen, balanced, standardised, and what is refused."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.atlas_images import atlas_images
from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.images import minibatch
from tests.material.batches import write_batches

TSS = BENCHMARKS["nats-tss"]
NAMES = ("cifar10", "cifar100", "ImageNet16-120")


@pytest.mark.parametrize("name", NAMES)
def test_official_batches_are_read_balanced_and_standardised(name: str, tmp_path: Path) -> None:
    dataset = TSS.dataset(name)
    pixels = write_batches(tmp_path, dataset)
    for folder in (tmp_path, next(tmp_path.iterdir())):
        batch = minibatch(str(folder), dataset, dataset.classes, 0, "true")
        assert batch.images.shape == (dataset.classes, 3, dataset.pixels, dataset.pixels)
        assert sorted(batch.labels.tolist()) == list(range(dataset.classes))
        mean = torch.tensor(dataset.mean)[:, None, None]
        std = torch.tensor(dataset.std)[:, None, None]
        restored = (batch.images * std + mean).round().to(torch.uint8).numpy()
        stored = {image.tobytes() for image in pixels}
        assert {image.tobytes() for image in restored} <= stored


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_real_images(name: str, data: Path) -> None:
    dataset = TSS.dataset(name)
    batch = minibatch(str(data / f"{name}_subset.npz"), dataset, 64, 0, "true")
    counts = np.bincount(batch.labels, minlength=dataset.classes)
    assert counts.max() - counts.min() <= 1
    assert abs(float(batch.images.mean())) < 0.3
    assert 0.8 < float(batch.images.std()) < 1.3


def test_the_minibatch_is_frozen_by_its_seed(data: Path) -> None:
    source, dataset = str(data / "cifar10_subset.npz"), TSS.dataset("cifar10")
    one, same, other = (minibatch(source, dataset, 32, seed, "true") for seed in (0, 0, 1))
    assert torch.equal(one.images, same.images)
    assert one.sha256 == same.sha256 != other.sha256


def test_random_labels_change_labels_only(data: Path) -> None:
    source, dataset = str(data / "cifar10_subset.npz"), TSS.dataset("cifar10")
    true, random = (minibatch(source, dataset, 64, 0, kind) for kind in ("true", "random"))  # type: ignore[arg-type]
    assert torch.equal(true.images, random.images)
    assert (true.labels == random.labels).float().mean() < 0.4


def test_noise_is_standard_normal_with_balanced_labels() -> None:
    batch = minibatch("noise", TSS.dataset("cifar10"), 100, 0, "true")
    assert float(batch.images.std()) == pytest.approx(1, abs=0.01)
    assert float(batch.images.mean()) == pytest.approx(0, abs=0.01)
    assert set(np.bincount(batch.labels)) == {10}


def test_the_embedded_images_are_the_same_everywhere() -> None:
    dataset = BENCHMARKS["mini"].dataset("digits")
    batch = minibatch("embedded", dataset, 64, 0, "true")
    assert batch.images.shape == (64, 3, 12, 12)
    assert abs(float(batch.images.mean())) < 0.1
    assert float(batch.images.std()) == pytest.approx(1, abs=0.1)


def test_the_atlas_s_images_are_found_among_the_official_ones(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Official batches in which all images are random but those whose places are known."""
    with np.load(data / "cifar10_subset.npz") as stored:
        images, classes = stored["x_train"], stored["y_train"]
        batch, place = stored["train_batch"], stored["train_pos"]
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    draw = np.random.default_rng(0)
    for i in range(1, 6):
        pixels = draw.integers(0, 256, (10_000, 3, 32, 32), dtype=np.uint8)
        labels = draw.integers(0, 10, 10_000)
        own = batch == f"data_batch_{i}"
        pixels[place[own]] = images[own].transpose(0, 3, 1, 2)
        labels[place[own]] = classes[own]
        content = {"data": pixels.reshape(10_000, -1), "labels": labels.tolist()}
        (folder / f"data_batch_{i}").write_bytes(pickle.dumps(content, protocol=2))
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path))
    dataset = TSS.dataset("cifar10")
    there = minibatch("atlas", dataset, 64, 0, "true")
    assert (
        there.sha256 == minibatch(str(data / "cifar10_subset.npz"), dataset, 64, 0, "true").sha256
    )
    assert there.sha256 != minibatch("cifar10", dataset, 64, 0, "true").sha256
    first = folder / "data_batch_1"
    content = pickle.loads(first.read_bytes())
    content["data"][:10] = 0
    first.write_bytes(pickle.dumps(content, protocol=2))
    assert "Found others in their places: fetch the images again" in refused("atlas")
    assert "should go with images of cifar10" in refused("atlas", "cifar100")


def refused(source: Path | str, name: str = "cifar10") -> str:
    with pytest.raises(BadInput) as caught:
        minibatch(str(source), TSS.dataset(name), 8, 0, "true")
    return str(caught.value)


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "images.npz"
    good = np.zeros((20, 32, 32, 3), np.uint8)
    classes = np.arange(20) % 10
    np.savez(path, x_train=good)
    assert "y_train" in refused(path)
    np.savez(path, x_train=good[:, :16], y_train=classes)
    assert "uint8 (n, 32, 32, 3)" in refused(path)
    np.savez(path, x_train=good, y_train=classes[:5])
    assert "one class for each of 20 images" in refused(path)
    np.savez(path, x_train=good, y_train=np.array(3))
    assert "one class for each of 20 images" in refused(path)
    np.savez(path, x_train=good, y_train=classes + 1)
    assert "0 to 9. Found 1 to 10" in refused(path)
    np.savez(path, x_train=good, y_train=classes % 5)
    assert "all 10 classes" in refused(path)
    np.savez(path, x_train=np.array([object()] * 20), y_train=classes)
    assert "cannot be read" in refused(path)
    path.write_bytes(b"PK\x03\x04 cut short")
    assert "cannot be read" in refused(path)
    assert "does not exist" in refused(tmp_path / "nowhere")


def test_folders_without_the_dataset_are_refused(tmp_path: Path) -> None:
    assert "official batches of cifar10" in refused(tmp_path)
    write_batches(tmp_path, TSS.dataset("cifar100"))
    assert "official batches of cifar10" in refused(tmp_path)
    batch = tmp_path / "cifar-100-python" / "train"
    batch.write_bytes(pickle.dumps({"data": np.zeros((100, 12), np.uint8)}, protocol=2))
    assert "`data` and `fine_labels`" in refused(tmp_path, "cifar100")
    batch.write_bytes(batch.read_bytes()[:50])
    assert "truncated" in refused(tmp_path, "cifar100")


@pytest.mark.parametrize("content", ["[]", "{}", "{", '{"cifar10": 3}', '{"cifar10": {}}'])
def test_damaged_places_are_refused(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "places.json").write_text(content)
    monkeypatch.setattr("benchmarks.atlas_images.PLACES", tmp_path / "places.json")
    with pytest.raises(BadInput, match=r"places.json` should be as it came with this project"):
        atlas_images(BENCHMARKS["nats-tss"].dataset("cifar10"))
