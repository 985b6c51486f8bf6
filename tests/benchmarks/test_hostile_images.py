"""Files of images that are made to take memory or time, or hold what is no image: refused."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.errors import BadInput
from benchmarks.image_files import of_batches, of_npz
from benchmarks.nasbench201.space import NATS_TSS
from benchmarks.space import Dataset

CIFAR10 = NATS_TSS.dataset("cifar10")


def npz(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


def saved(array: np.ndarray, **options: bool) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


IMAGES, CLASSES = np.zeros((4, 32, 32, 3), np.uint8), np.arange(4)
CLAIM = saved(np.zeros(1)).replace(b"(1,)", b"(99999999999,)")


@pytest.mark.parametrize(
    "members",
    [
        {"x_train": b"raw", "y_train": b"raw"},
        {"x_train.npy": b"raw", "y_train.npy": saved(CLASSES)},
        {
            "x_train.npy": saved(np.array([{}], object), allow_pickle=True),
            "y_train.npy": saved(CLASSES),
        },
        {"x_train.npy": saved(IMAGES), "y_train.npy": saved(np.array(["a"]))},
        {"x_train.npy": CLAIM, "y_train.npy": saved(CLASSES)},
        {"x_train.npy": saved(IMAGES)},
        {},
    ],
    ids=["raw", "raw member", "pickled", "text", "claims", "one alone", "none"],
)
def test_an_npz_of_something_else_is_refused(members: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        of_npz(npz(tmp_path / "images.npz", **members))
    assert str(caught.value).isprintable()


def test_an_npz_with_a_member_twice_is_refused(tmp_path: Path) -> None:
    path = npz(tmp_path / "images.npz", **{"x_train.npy": saved(IMAGES)})
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("y_train.npy", saved(CLASSES))
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("x_train.npy", saved(IMAGES + 1))
    with pytest.raises(BadInput, match="images"):
        of_npz(path)


def test_an_npz_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    path, head = tmp_path / "images.npz", saved(np.zeros((10**6, 32, 32, 3), np.uint8)[:0])
    head = head.replace(b"(0, 32, 32, 3)", b"(1000000, 32, 32, 3)").replace(b"       \n", b"\n")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open("x_train.npy", "w", force_zip64=True) as member:
            member.write(head)
            for _ in range(300):
                member.write(bytes(10**6))
        packed.writestr("y_train.npy", saved(CLASSES))
    assert path.stat().st_size < 10**6
    with pytest.raises(BadInput, match="images"):
        of_npz(path)


def test_an_npz_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"`y_train`\. There is no such file\.$"):
        of_npz(tmp_path / "none.npz")


BATCHES = {
    "ragged": {"data": [[1, 2], [3]], "labels": [0, 1]},
    "a scalar": {"data": IMAGES.reshape(4, -1), "labels": 3},
    "nothing": {"data": IMAGES.reshape(4, -1), "labels": None},
    "a dictionary": {"data": IMAGES.reshape(4, -1), "labels": {0: 1}},
    "text": {"data": IMAGES.reshape(4, -1), "labels": ["a"] * 4},
    "no dimension": {"data": np.array(1), "labels": np.array(1)},
}


def batches_are_refused(folder: Path, contents: Mapping[str, object], dataset: Dataset) -> None:
    for name, content in contents.items():
        (folder / name).write_bytes(pickle.dumps(content, 2))
    with pytest.raises(BadInput) as caught:
        of_batches(folder, dataset)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", BATCHES)
def test_batches_of_something_else_are_refused(name: str, tmp_path: Path) -> None:
    five = {f"data_batch_{number}": BATCHES[name] for number in range(1, 6)}
    batches_are_refused(tmp_path, five, CIFAR10)


def test_batches_of_different_dimensions_are_refused(tmp_path: Path) -> None:
    good = {"data": IMAGES.reshape(4, -1), "labels": [0, 1, 2, 3]}
    five = {f"data_batch_{number}": good for number in range(1, 5)}
    other = {"data_batch_5": {**good, "data": IMAGES}}
    batches_are_refused(tmp_path, {**five, **other}, CIFAR10)


def test_images_whose_classes_are_words_are_refused(tmp_path: Path) -> None:
    flat = np.zeros((4, 16 * 16 * 3), np.uint8)
    ten = {f"train_data_batch_{n}": {"data": flat, "labels": ["a"] * 4} for n in range(1, 11)}
    batches_are_refused(tmp_path, ten, NATS_TSS.dataset("ImageNet16-120"))


BYTES = st.binary(max_size=60)
VALUES = st.one_of(
    st.none(), st.integers(), st.text(max_size=5), BYTES, st.lists(st.integers(0, 9), max_size=4)
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=VALUES, labels=VALUES, raw=st.none() | BYTES)
def test_any_batch_is_refused(
    data: object, labels: object, raw: bytes | None, tmp_path: Path
) -> None:
    content = pickle.dumps({"data": data, "labels": labels}, 2) if raw is None else raw
    for number in range(1, 6):
        (tmp_path / f"data_batch_{number}").write_bytes(content)
    with pytest.raises(BadInput) as caught:
        of_batches(tmp_path, CIFAR10)
    assert str(caught.value).isprintable()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(x=BYTES, y=BYTES, headed=st.booleans())
def test_any_npz_is_refused(x: bytes, y: bytes, headed: bool, tmp_path: Path) -> None:
    head = saved(IMAGES)[:128] if headed else b""
    members = {"x_train.npy": head + x, "y_train.npy": y}
    with pytest.raises(BadInput) as caught:
        of_npz(npz(tmp_path / "images.npz", **members))
    assert str(caught.value).isprintable()
