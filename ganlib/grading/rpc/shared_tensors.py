"""The tensors of which both sides of a bridge have one: parameters, and whatever wants a gradient.

Each side's is a leaf of its own. Value, gradient and ``requires_grad`` go across whenever they have
changed, and a result on one side knows on which of these tensors it depends.

Tensors that the present check has to do with are compared number by number at each message, as a
change by way of ``.data`` leaves no other trace. The rest, large networks of earlier checks among
them, are looked at no closer than torch's own count of changes in place, and not at all with the
messages that come by the thousand (``Handler.frequent``): these changes go with the next other one.
"""

import functools
import weakref
from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from ganlib.grading.rpc.arguments import same, set_tensor
from ganlib.grading.rpc.peer import Peer
from ganlib.grading.rpc.proxies import RemoteGraph, RemoteResult
from ganlib.grading.rpc.wire import Malformed, Packer, Unpacker, pack_tensor, unpack_tensor

__all__ = ["SharedTensors"]


class SharedTensors:
    """One side's half of them."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.tensors: weakref.WeakValueDictionary[str, Tensor] = weakref.WeakValueDictionary()
        self.keys = WeakTensorKeyDictionary()
        self.agreed: dict[str, State] = {}  # what both sides know of a tensor, by its key
        self.near: set[str] = set()  # keys of the tensors that this check has to do with

    def mention(self, tensors: Iterable[Tensor]) -> None:
        """From now on, and for this check, these are compared number by number."""
        found = (self.keys.get(tensor) for tensor in tensors)
        self.near.update(key for key in found if key is not None)

    def forget(self) -> None:
        """A new check begins, and with it another choice of tensors."""
        self.near.clear()
        for key in self.agreed.keys() - self.tensors.keys():  # these tensors are gone
            del self.agreed[key]

    def share(self, tensor: Tensor) -> str:
        """The key of a tensor of which both sides have one."""
        key = self.keys.get(tensor)
        if key is None:
            key = self.peer.new_key("t")
            self.keys[tensor], self.tensors[key] = key, tensor
        self.near.add(key)
        return key

    def pack(self, value: Tensor, packer: Packer, shared: bool = False) -> dict:
        """A copy of the numbers; and where gradients matter, by which key both sides know it."""
        if type(value) not in (Tensor, nn.Parameter):
            value = value.as_subclass(Tensor)
        item = {"is": "tensor", **pack_tensor(value, packer.buffers)}
        if packer.is_result and value.requires_grad and not value.is_leaf:
            key = self.peer.new_key("g")
            self.peer.objects[key] = value  # its graph stays here, until the result is released
            return {**item, "graph": key, "sources": self.sources(value)}
        if not (shared or value.requires_grad or value in self.keys):
            return item
        item |= {"key": self.share(value), "grad": value.requires_grad, "inner": not value.is_leaf}
        item["parameter"] = isinstance(value, nn.Parameter)
        item["hooks"] = bool(getattr(value, "_post_accumulate_grad_hooks", None))
        if value.is_leaf:
            if value.grad is not None:
                item["gradient"] = pack_tensor(value.grad, packer.buffers)
            self.agreed[item["key"]] = State.of(value)
        return item

    def unpack(self, item: dict, unpacker: Unpacker) -> Tensor:
        if "graph" in item:
            value = unpack_tensor(item, unpacker.buffers)
            sources = {key: self.tensors[key] for key in item["sources"] if key in self.tensors}
            if not value.is_floating_point():
                raise Malformed("whole numbers with a gradient")
            if not sources:  # it depends on parameters that only the other side knows
                return value.requires_grad_()
            link = RemoteGraph(self.peer, item["graph"], value, list(sources))
            with torch.enable_grad():
                return RemoteResult.apply(link, *sources.values())
        key = item.get("key")
        if key is None:
            return unpack_tensor(item, unpacker.buffers)
        value = unpack_tensor(item, unpacker.buffers)
        gradient = unpack_tensor(item["gradient"], unpacker.buffers) if "gradient" in item else None
        known = self.tensors.get(key)
        self.near.add(key)
        if known is not None:
            if known.is_leaf and not item["inner"]:
                set_tensor(known, value, gradient, item["grad"])
                self.agreed[key] = State.of(known)
            return known
        if item["parameter"]:
            value = nn.Parameter(value, requires_grad=item["grad"] is True)
        elif item["grad"]:
            value.requires_grad_()
        value.grad = gradient
        if item["inner"]:
            value.register_post_accumulate_grad_hook(functools.partial(self._pass_on, key))
        elif item["hooks"]:
            value.register_post_accumulate_grad_hook(lambda _: self.peer.ask("hooks", key))
        self.tensors[key], self.keys[value] = value, key
        self.agreed[key] = State.of(value)
        return value

    def _pass_on(self, key: str, twin: Tensor) -> None:
        """A backward pass has reached the twin of a tensor with a graph: it goes on over there."""
        gradient, twin.grad = twin.grad, None
        self.peer.ask("backward", key, gradient)

    def sources(self, output: Tensor) -> list[str]:
        """The keys of the tensors, known to both sides, on which an output depends."""
        inner = {t.grad_fn: key for key, t in self.tensors.items() if t.grad_fn is not None}
        found: set[str | None] = set()
        seen, waiting = set(), [output.grad_fn]
        while waiting:
            node = waiting.pop()
            if node is None or node in seen:
                continue
            seen.add(node)
            leaf = getattr(node, "variable", None)
            if isinstance(leaf, Tensor):
                found.add(self.keys.get(leaf))
            elif node in inner and node is not output.grad_fn:
                found.add(inner[node])
            else:
                waiting += [parent for parent, _ in node.next_functions]
        return sorted(key for key in found if key is not None)

    def changes(self, buffers: list, near: bool = False) -> list[dict]:
        """What has changed since the last message, for the other side; of ``near`` ones alone."""
        found = []
        for key in list(self.near if near else self.tensors):
            tensor, known = self.tensors.get(key), self.agreed.get(key)
            if tensor is None or known is None or not tensor.is_leaf:
                continue
            if key not in self.near and known.looks_like(tensor):
                continue
            if not known.agrees(tensor):
                item = {"key": key, "grad": tensor.requires_grad, **pack_tensor(tensor, buffers)}
                if tensor.grad is not None:
                    item["gradient"] = pack_tensor(tensor.grad, buffers)
                found.append(item)
                self.agreed[key] = State.of(tensor)
        return found

    def catch_up(self, changes: list[dict], buffers: list[bytearray]) -> None:
        """What has changed on the other side changes here."""
        for item in changes:
            tensor = self.tensors.get(item["key"])
            if tensor is None or not tensor.is_leaf:
                continue
            gradient = unpack_tensor(item["gradient"], buffers) if "gradient" in item else None
            set_tensor(tensor, unpack_tensor(item, buffers), gradient, item["grad"])
            self.agreed[item["key"]] = State.of(tensor)


class State(NamedTuple):
    """Of a leaf: copies of its value and gradient, and what torch says of changes to these."""

    value: Tensor
    gradient: Tensor | None
    wants: bool
    original: Tensor | None  # the gradient itself
    marks: tuple

    @classmethod
    def of(cls, tensor: Tensor) -> "State":
        gradient = None if tensor.grad is None else tensor.grad.detach().clone()
        value = tensor.detach().clone()
        return cls(value, gradient, tensor.requires_grad, tensor.grad, _marks(tensor))

    def looks_like(self, tensor: Tensor) -> bool:
        """Whether torch has counted no change."""
        return self.original is tensor.grad and self.marks == _marks(tensor)

    def agrees(self, tensor: Tensor) -> bool:
        """Whether nothing has changed."""
        if tensor.requires_grad != self.wants or (tensor.grad is None) != (self.gradient is None):
            return False
        return same(tensor.detach(), self.value) and (
            self.gradient is None or same(tensor.grad, self.gradient)
        )


def _marks(tensor: Tensor) -> tuple:
    """What torch changes where it changes a tensor, or its gradient, in place."""
    count = None if tensor.grad is None else tensor.grad._version
    return tensor.requires_grad, tensor.data_ptr(), tensor._version, count
