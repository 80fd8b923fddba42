"""The tensors of which both sides of a bridge have one: parameters, and whatever wants a gradient.

Each side's is a leaf of its own. Value, gradient and ``requires_grad`` go across whenever they have
changed, and a result on one side knows on which of these tensors it depends.
"""

import functools
import weakref
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from ganlib.grading.arguments import same, set_tensor
from ganlib.grading.remote import Link, LinkFunction
from ganlib.grading.wire import Malformed, Packer, Unpacker, pack_tensor, unpack_tensor

if TYPE_CHECKING:
    from ganlib.grading.bridge import Bridge

__all__ = ["Shared"]


class Shared:
    """One side's half of them."""

    def __init__(self, bridge: "Bridge") -> None:
        self.bridge = bridge
        self.tensors: weakref.WeakValueDictionary[str, Tensor] = weakref.WeakValueDictionary()
        self.keys = WeakTensorKeyDictionary()
        self.agreed = WeakTensorKeyDictionary()  # value, gradient and wish that both sides know

    def share(self, tensor: Tensor) -> str:
        """The key of a tensor of which both sides have one."""
        key = self.keys.get(tensor)
        if key is None:
            key = f"{self.bridge.side[0]}t{next(self.bridge.serials)}"
            self.keys[tensor], self.tensors[key] = key, tensor
        return key

    def pack(self, value: Tensor, packer: Packer, shared: bool = False) -> dict:
        """A copy of the numbers; and where gradients matter, by which key both sides know it."""
        if type(value) not in (Tensor, nn.Parameter):
            value = value.as_subclass(Tensor)
        item = {"is": "tensor", **pack_tensor(value, packer.buffers)}
        if packer.is_result and value.requires_grad and not value.is_leaf:
            key = f"{self.bridge.side[0]}g{next(self.bridge.serials)}"
            self.bridge.objects[key] = value  # its graph stays here, until the result is released
            return {**item, "graph": key, "sources": self.sources(value)}
        if not (shared or value.requires_grad or value in self.keys):
            return item
        item |= {"key": self.share(value), "grad": value.requires_grad, "inner": not value.is_leaf}
        item["parameter"] = isinstance(value, nn.Parameter)
        item["hooks"] = bool(getattr(value, "_post_accumulate_grad_hooks", None))
        if value.is_leaf:
            if value.grad is not None:
                item["gradient"] = pack_tensor(value.grad, packer.buffers)
            self.agreed[value] = _snapshot(value)
        return item

    def unpack(self, item: dict, unpacker: Unpacker) -> Tensor:
        if "graph" in item:
            value = unpack_tensor(item, unpacker.buffers)
            sources = {key: self.tensors[key] for key in item["sources"] if key in self.tensors}
            if not value.is_floating_point():
                raise Malformed("whole numbers with a gradient")
            if not sources:  # it depends on parameters that only the other side knows
                return value.requires_grad_()
            link = Link(self.bridge, item["graph"], value, list(sources))
            with torch.enable_grad():
                return LinkFunction.apply(link, *sources.values())
        key = item.get("key")
        if key is None:
            return unpack_tensor(item, unpacker.buffers)
        value = unpack_tensor(item, unpacker.buffers)
        gradient = unpack_tensor(item["gradient"], unpacker.buffers) if "gradient" in item else None
        known = self.tensors.get(key)
        if known is not None:
            if known.is_leaf and not item["inner"]:
                set_tensor(known, value, gradient, item["grad"])
                self.agreed[known] = _snapshot(known)
            return known
        if item["parameter"]:
            value = nn.Parameter(value, requires_grad=item["grad"] is True)
        elif item["grad"]:
            value.requires_grad_()
        value.grad = gradient
        if item["inner"]:
            value.register_post_accumulate_grad_hook(functools.partial(self._pass_on, key))
        elif item["hooks"]:
            value.register_post_accumulate_grad_hook(lambda _: self.bridge.ask("hooks", key))
        self.tensors[key], self.keys[value] = value, key
        self.agreed[value] = _snapshot(value)
        return value

    def _pass_on(self, key: str, twin: Tensor) -> None:
        """A backward pass has reached the twin of a tensor with a graph: it goes on over there."""
        gradient, twin.grad = twin.grad, None
        self.bridge.ask("backward", key, gradient)

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

    def changes(self, buffers: list) -> list[dict]:
        """What has changed since the last message, for the other side."""
        found = []
        for key, tensor in list(self.tensors.items()):
            known = self.agreed.get(tensor)
            if tensor.is_leaf and known is not None and not _agrees(tensor, known):
                item = {"key": key, "grad": tensor.requires_grad, **pack_tensor(tensor, buffers)}
                if tensor.grad is not None:
                    item["gradient"] = pack_tensor(tensor.grad, buffers)
                found.append(item)
                self.agreed[tensor] = _snapshot(tensor)
        return found

    def catch_up(self, changes: list[dict], buffers: list[bytearray]) -> None:
        """What has changed on the other side changes here."""
        for item in changes:
            tensor = self.tensors.get(item["key"])
            if tensor is None or not tensor.is_leaf:
                continue
            gradient = unpack_tensor(item["gradient"], buffers) if "gradient" in item else None
            set_tensor(tensor, unpack_tensor(item, buffers), gradient, item["grad"])
            self.agreed[tensor] = _snapshot(tensor)


def _snapshot(tensor: Tensor) -> tuple[Tensor, Tensor | None, bool]:
    gradient = None if tensor.grad is None else tensor.grad.detach().clone()
    return tensor.detach().clone(), gradient, tensor.requires_grad


def _agrees(tensor: Tensor, known: tuple[Tensor, Tensor | None, bool]) -> bool:
    value, gradient, wants = known
    if tensor.requires_grad != wants or (tensor.grad is None) != (gradient is None):
        return False
    return same(tensor.detach(), value) and (gradient is None or same(tensor.grad, gradient))
