"""Plain data between two processes that do not trust each other: frames on a socket.

A frame is a JSON header and the buffers of arrays and tensors. Nothing is pickled, so that reading
a frame runs no code of the other side; whatever is not as it should be raises
:class:`Malformed`.
"""

import json
import math
import socket
import struct
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = ["Closed", "Frames", "Malformed", "Packer", "Unpacker", "pack_tensor", "unpack_tensor"]

HEADER_LIMIT = 16 * 2**20  # bytes of JSON in a frame
BUFFER_LIMIT = 256 * 2**20  # bytes of arrays in a frame
DEPTH_LIMIT = 50  # lists in lists

DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in (
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16,
    torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128,
)}  # fmt: skip


class Malformed(Exception):
    """The other side sent what is no frame, or no value."""


class Closed(ConnectionError):
    """The other side is gone."""


class Frames:
    """Sends and receives frames; an exception between two frames loses nothing."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel, self.arrived = channel, bytearray()
        self.busy = False  # with a frame: an interrupt now would lose a part of it

    def send(self, header: dict, buffers: list[memoryview | bytes]) -> None:
        """Raises :class:`Closed`, or :class:`Malformed` where the frame would be too large."""
        text = json.dumps({**header, "buffers": [len(buffer) for buffer in buffers]}).encode()
        if len(text) > HEADER_LIMIT or sum(map(len, buffers)) > BUFFER_LIMIT:
            raise Malformed(f"too much data: at most {BUFFER_LIMIT >> 20} MiB cross at once")
        self.busy = True
        try:
            self.channel.sendall(b"".join([struct.pack("!I", len(text)), text, *buffers]))
        except OSError as error:
            raise Closed(str(error)) from None
        finally:
            self.busy = False

    def receive(self) -> tuple[dict, list[bytearray]]:
        """Raises :class:`Closed` and :class:`Malformed`."""
        self.busy = True
        try:
            return self._frame()
        except Malformed:
            self.channel.shutdown(socket.SHUT_RDWR)  # nobody knows where the next frame begins
            raise
        finally:
            self.busy = False

    def _frame(self) -> tuple[dict, list[bytearray]]:
        (length,) = struct.unpack("!I", self._exactly(4))
        if length > HEADER_LIMIT:
            raise Malformed(f"a header of {length:,} bytes")
        try:
            header = json.loads(self._exactly(length))
            sizes = list(header["buffers"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Malformed("a header that is no JSON object") from None
        if not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) > BUFFER_LIMIT:
            raise Malformed("buffers of impossible size")
        return header, [self._exactly(size) for size in sizes]

    def _exactly(self, size: int) -> bytearray:
        while len(self.arrived) < size:
            try:
                part = self.channel.recv(2**18)
            except OSError as error:
                raise Closed(str(error)) from None
            if not part:
                raise Closed("the other process has ended")
            self.arrived += part
        data = self.arrived[:size]
        del self.arrived[:size]
        return data


def pack_tensor(value: Tensor, buffers: list) -> dict:
    """The numbers of a tensor, without its graph: shape, dtype, and a buffer."""
    name = str(value.dtype).removeprefix("torch.")
    if name not in DTYPES or value.layout is not torch.strided:
        raise TypeError(f"a {value.layout} tensor of {value.dtype} cannot cross")
    plain = value.detach().resolve_conj().resolve_neg().reshape(-1)
    flat = torch.empty(plain.shape, dtype=plain.dtype).copy_(plain)  # on the CPU, side by side
    buffers.append(flat.view(torch.uint8).numpy().data if len(flat) else b"")
    return {"dtype": name, "shape": list(value.shape), "buffer": len(buffers) - 1}


def unpack_tensor(item: dict, buffers: list[bytearray]) -> Tensor:
    """Raises :class:`Malformed` where shape, dtype and buffer do not belong together."""
    try:
        dtype, shape, data = DTYPES[item["dtype"]], item["shape"], buffers[item["buffer"]]
        right = all(type(n) is int and n >= 0 for n in shape)
        if not right or math.prod(shape) * dtype.itemsize != len(data):
            raise ValueError
        if not len(data):
            return torch.empty(shape, dtype=dtype)
        return torch.frombuffer(data, dtype=dtype).reshape(shape)
    except (KeyError, TypeError, IndexError, ValueError, RuntimeError, OverflowError):
        raise Malformed("a tensor whose shape, dtype and numbers do not match") from None


class Packer:
    """Turns values into JSON and buffers; what is no plain data goes to ``other``."""

    def __init__(self, other: Any, is_result: bool = False) -> None:
        self.other, self.is_result = other, is_result
        self.buffers: list[memoryview | bytes] = []

    def pack(self, value: Any, depth: int = 0) -> Any:
        """A JSON value.

        Raises:
            TypeError: the value, or a part of it, cannot cross.
        """
        if depth > DEPTH_LIMIT:
            raise TypeError(f"more than {DEPTH_LIMIT} lists in lists cannot cross")
        kind = type(value)
        if value is None or kind in (bool, int, float, str):
            return value
        if isinstance(value, list):
            return [self.pack(part, depth + 1) for part in value]
        if isinstance(value, tuple):  # a named one loses its names
            return {"is": "tuple", "parts": [self.pack(part, depth + 1) for part in value]}
        if isinstance(value, dict):
            pairs = [[self.pack(k, depth + 1), self.pack(v, depth + 1)] for k, v in value.items()]
            return {"is": "dict", "pairs": pairs}
        if kind in (set, frozenset):
            return {"is": "set", "parts": [self.pack(part, depth + 1) for part in value]}
        if kind is slice:
            return {"is": "slice", "parts": [value.start, value.stop, value.step]}
        if kind is range:
            return {"is": "range", "parts": [value.start, value.stop, value.step]}
        if kind is complex:
            return {"is": "complex", "parts": [value.real, value.imag]}
        if kind in (bytes, bytearray):
            self.buffers.append(bytes(value))
            return {"is": "bytes", "buffer": len(self.buffers) - 1}
        if isinstance(value, torch.dtype):
            return {"is": "dtype", "name": str(value).removeprefix("torch.")}
        if isinstance(value, torch.device):
            return {"is": "device", "name": str(value)}
        if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufc":
            tensor = torch.from_numpy(np.array(value))
            item = pack_tensor(tensor, self.buffers)
            return {**item, "is": "scalar" if isinstance(value, np.generic) else "array"}
        return self.other(value, self)


class Unpacker:
    """The way back; what is no plain data goes to ``other``."""

    def __init__(self, other: Any, buffers: list[bytearray]) -> None:
        self.other, self.buffers = other, buffers

    def unpack(self, item: Any) -> Any:
        """Raises :class:`Malformed`."""
        if isinstance(item, list):
            return [self.unpack(part) for part in item]
        if not isinstance(item, dict):
            return item
        try:
            return self._value(item)
        except (KeyError, TypeError, ValueError, IndexError, RuntimeError, RecursionError) as error:
            raise Malformed(f"a value that is none ({type(error).__name__})") from None

    def _value(self, item: dict) -> Any:
        match item["is"]:
            case "tuple":
                return tuple(self.unpack(part) for part in item["parts"])
            case "dict":
                return {self.unpack(key): self.unpack(value) for key, value in item["pairs"]}
            case "set":
                return {self.unpack(part) for part in item["parts"]}
            case "slice":
                return slice(*item["parts"])
            case "range":
                return range(*item["parts"])
            case "complex":
                return complex(*item["parts"])
            case "bytes":
                return bytes(self.buffers[item["buffer"]])
            case "dtype":
                return DTYPES[item["name"]]
            case "device":
                return torch.device(item["name"])
            case "array":
                return unpack_tensor(item, self.buffers).numpy()
            case "scalar":
                return unpack_tensor(item, self.buffers).numpy()[()]
        return self.other(item, self)
