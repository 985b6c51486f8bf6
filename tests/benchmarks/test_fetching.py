"""Images by name: from the cache, else from a server, which may be broken in every way."""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from benchmarks import fetching
from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.images import minibatch
from tests.material.batches import write_batches

DATASET = BENCHMARKS["nats-tss"].dataset("cifar10")


class Server(BaseHTTPRequestHandler):
    """Serves one archive, whole or not."""

    def __init__(self, content: bytes, how: dict, *rest: object) -> None:
        self.content, self.how = content, how
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.how["asked"] = self.how.get("asked", 0) + 1
        if self.how.get("fails", 0) >= self.how["asked"]:
            self.send_error(503)
            return
        content = self.content
        if "corrupt" in self.how:
            content = content[:1000] + bytes([content[1000] ^ 1]) + content[1001:]
        if "stalls" in self.how:
            self.how["stalls"].wait(20)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if "half" in self.how else content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive of the official form, known by its checksums."""
    made = tmp_path / "made"
    made.mkdir()
    write_batches(made, DATASET, per_class=20)
    file = tmp_path / "cifar-10-python.tar.gz"
    with tarfile.open(file, "w:gz") as packed:
        packed.add(made / "cifar-10-batches-py", "cifar-10-batches-py")
    content = file.read_bytes()
    known = replace(
        fetching.ARCHIVES["cifar10"],
        sha256=hashlib.sha256(content).hexdigest(),
        md5=hashlib.md5(content).hexdigest(),
    )
    monkeypatch.setitem(fetching.ARCHIVES, "cifar10", known)
    monkeypatch.setenv(fetching.CACHE, str(tmp_path / "cache"))
    monkeypatch.setattr(fetching, "TIMEOUT", 5)
    monkeypatch.setattr("time.sleep", lambda _: None)  # between tries
    return file


@pytest.fixture
def how(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict]:
    """What the server does wrong; it counts how often it is asked."""
    wrong: dict = {}
    handler = partial(Server, archive.read_bytes(), wrong)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/{archive.name}"
    known = replace(fetching.ARCHIVES["cifar10"], url=url)
    monkeypatch.setitem(fetching.ARCHIVES, "cifar10", known)
    yield wrong
    server.shutdown()
    server.server_close()


def images() -> torch.Tensor:
    return minibatch("cifar10", DATASET, 20, 0, "true").images


def test_images_are_fetched_once_and_read_by_the_reader_of_folders(
    how: dict, archive: Path, tmp_path: Path
) -> None:
    first = images()
    assert torch.equal(images(), first)
    assert how["asked"] == 1
    known = minibatch(str(tmp_path / "made"), DATASET, 20, 0, "true").images
    assert torch.equal(first, known)
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["cifar-10-batches-py"]


def test_an_archive_put_there_by_hand_is_enough(archive: Path, tmp_path: Path) -> None:
    """Nobody is asked: there is no server."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / archive.name).write_bytes(archive.read_bytes())
    assert len(images()) == 20


def test_a_server_that_fails_at_first_is_asked_again(how: dict) -> None:
    how["fails"] = 2
    assert len(images()) == 20
    assert how["asked"] == 3


def said(error: pytest.ExceptionInfo, tmp_path: Path) -> str:
    text = str(error.value)
    assert f"should be in `{tmp_path / 'cache'}`" in text
    assert "Put `cifar-10-python.tar.gz` into that folder by hand" in text
    assert "\n" not in text
    return text


def test_no_network_is_one_sentence(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = replace(fetching.ARCHIVES["cifar10"], url=f"http://127.0.0.1:9/{archive.name}")
    monkeypatch.setitem(fetching.ARCHIVES, "cifar10", known)
    with pytest.raises(BadInput) as error:
        images()
    said(error, tmp_path)


@pytest.mark.parametrize("fault", ["corrupt", "half"])
def test_what_is_not_the_archive_is_refused_and_fetched_anew_the_next_time(
    fault: str, how: dict, tmp_path: Path
) -> None:
    how[fault] = True
    with pytest.raises(BadInput) as error:
        images()
    said(error, tmp_path)
    assert not list((tmp_path / "cache").glob("*.tar.gz"))
    how.clear()
    assert len(images()) == 20


def test_a_broken_archive_in_the_cache_is_replaced(
    how: dict, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / archive.name).write_bytes(archive.read_bytes()[:-9])
    assert len(images()) == 20
    assert how["asked"] == 1


def test_a_killed_unpacking_goes_on(archive: Path, how: dict, tmp_path: Path) -> None:
    images()
    (tmp_path / "cache" / "cifar-10-batches-py" / "data_batch_4").unlink()
    assert len(images()) == 20
    assert how["asked"] == 2


def test_another_checksum_by_either_source_is_refused(
    how: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = fetching.ARCHIVES["cifar10"]
    for wrong in (replace(known, md5="0" * 32), replace(known, sha256="0" * 64)):
        monkeypatch.setitem(fetching.ARCHIVES, "cifar10", wrong)
        with pytest.raises(BadInput) as error:
            images()
        said(error, tmp_path)


FULL = """
import sys
from dataclasses import replace
from benchmarks import fetching
from benchmarks.errors import BadInput
known = fetching.ARCHIVES["cifar10"]
fetching.ARCHIVES["cifar10"] = replace(known, url=sys.argv[1], sha256=sys.argv[2])
fetching.RETRIES = 0
try:
    fetching.batches("cifar10")
except BadInput as error:
    print(error)
"""


def test_a_server_that_stalls_is_one_sentence(
    how: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", 0.2)
    how["stalls"] = threading.Event()
    with pytest.raises(BadInput) as error:
        images()
    how.pop("stalls").set()
    assert "the server does not answer" in said(error, tmp_path)
    assert len(images()) == 20


def test_a_full_disk_is_one_sentence(how: dict, tmp_path: Path) -> None:
    """No file may grow past ten kilobytes."""
    known = fetching.ARCHIVES["cifar10"]
    done = subprocess.run(
        [sys.executable, "-c", FULL, known.url, known.sha256],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
    )
    assert "Put `cifar-10-python.tar.gz` into that folder by hand" in done.stdout
    assert done.stdout.count("\n") == 1
    assert not list((tmp_path / "cache").glob("**/data_batch_*"))


def test_a_dataset_wants_its_own_images(archive: Path) -> None:
    other = BENCHMARKS["nats-tss"].dataset("cifar100")
    with pytest.raises(BadInput, match="`--images cifar10` should go with `--dataset cifar10`"):
        minibatch("cifar10", other, 20, 0, "true")


def test_the_published_checksums_have_the_form_that_they_should() -> None:
    for known in fetching.ARCHIVES.values():
        assert (len(known.sha256), len(known.md5)) == (64, 32)
        assert known.url.startswith("https://www.cs.toronto.edu/~kriz/")
