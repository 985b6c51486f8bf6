"""Official images by name: from the cache, else fetched once."""

from __future__ import annotations

import hashlib
import os
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BadInput
from benchmarks.files import replace
from benchmarks.printable import reason

CACHE = "HARNESS_CACHE"
"""Environment variable that names another folder for what is fetched."""

RETRIES, TIMEOUT = 2, 60
"""How often a download is tried again, and seconds that a server may be silent."""


@dataclass(frozen=True)
class Archive:
    """An official archive of batches of images.

    Attributes:
        url: where its authors keep it.
        sha256: its checksum as Keras publishes it.
        md5: the same as its authors, and torchvision, publish it.
        folder: where its members stand.
        members: the files that are read.
    """

    url: str
    sha256: str
    md5: str
    folder: str
    members: tuple[str, ...]

    @property
    def name(self) -> str:
        """The file's name."""
        return self.url.rsplit("/", 1)[1]


ARCHIVES = {
    "cifar10": Archive(
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        "c58f30108f718f92721af3b95e74349a",
        "cifar-10-batches-py",
        tuple(f"data_batch_{i}" for i in range(1, 6)),
    ),
    "cifar100": Archive(
        "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
        "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
        "eb9058c3a382ffc7106e4002c42a8d85",
        "cifar-100-python",
        ("train",),
    ),
}
"""By what ``--images`` calls them: Krizhevsky, Learning Multiple Layers of Features, 2009."""


def cache() -> Path:
    """Return the folder of what is fetched."""
    import pooch

    return Path(os.environ.get(CACHE) or pooch.os_cache("nas-proxy-harness"))


def check_dataset(images: str, dataset: str) -> None:
    """Refuse images that are called by the name of others than a dataset's.

    Raises:
        BadInput: they are of another dataset.
    """
    if images in ARCHIVES and dataset not in (images, f"{images}-valid"):
        raise BadInput(
            f"`--images {images}` should go with `--dataset {images}`. The dataset is {dataset}: "
            "give its images."
        )


def batches(name: str) -> Path:
    """Return the folder that holds the official batches of that name, fetched if they are missing.

    Raises:
        BadInput: they are not there and cannot be fetched, or what came is not the archive.
    """
    archive, home = ARCHIVES[name], cache()
    folder = home / archive.folder
    wanted = [member for member in archive.members if not (folder / member).is_file()]
    if not wanted:
        return folder
    try:
        file = _fetched(archive, home)
        with tarfile.open(file) as packed:
            for member in wanted:
                _unpack(packed, f"{archive.folder}/{member}", folder / member)
        file.unlink()
    except (OSError, ValueError, KeyError, tarfile.TarError) as error:
        why = _reason(error)
        if (home / archive.name).is_file():
            why += f", and the `{archive.name}` there is not whole, or another file"
        raise BadInput(
            f"The images of {name} should be in `{home}`, or come from {archive.url}. They do not: "
            f"{why}. Put `{archive.name}` into that folder by hand, name another folder with "
            f"`${CACHE}`, or give `--images noise`."
        ) from error
    return folder


def _reason(error: Exception) -> str:
    """Return why there is no archive, in a clause: a network has its own errors within errors."""
    import requests

    if isinstance(error, requests.Timeout):
        return "the server does not answer"
    if isinstance(error, requests.ConnectionError):
        return "there is no connection to that server"
    return reason(error) or type(error).__name__


def _unpack(packed: tarfile.TarFile, member: str, target: Path) -> None:
    stream = packed.extractfile(member)
    if stream is None:
        raise ValueError(f"{member} in it is no file")
    content = stream.read()
    replace(target, lambda path: path.write_bytes(content))


def _fetched(archive: Archive, home: Path) -> Path:
    """Return the archive in the cache, whole and checked."""
    import pooch

    pooch.get_logger().setLevel("ERROR")
    store = pooch.create(
        home,
        base_url=archive.url.rsplit("/", 1)[0] + "/",
        registry={archive.name: f"sha256:{archive.sha256}"},
        retry_if_failed=RETRIES,
    )
    downloader = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=TIMEOUT)
    file = Path(store.fetch(archive.name, downloader=downloader))
    with file.open("rb") as stream:
        md5 = hashlib.file_digest(stream, "md5").hexdigest()
    if md5 != archive.md5:
        raise ValueError(f"its MD5 should be {archive.md5}, found {md5}")
    return file
