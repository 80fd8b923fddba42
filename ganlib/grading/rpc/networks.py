"""Networks as data: of each part its class, tensors and plain attributes; and their modes."""

from typing import Any

import torch
from torch import nn

from ganlib.grading.rpc import proxies
from ganlib.grading.rpc.peer import Peer
from ganlib.grading.rpc.wire import Packer, Unpacker

__all__ = ["Networks"]


class Networks:
    """The networks that both sides know, and whether each part trains or evaluates."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.parts: dict[str, list[nn.Module]] = {}
        self.modes: dict[str, list[bool]] = {}  # what both sides know of them

    def describe(self, module: nn.Module, packer: Packer) -> dict:
        """A network as a tree; one that the other side knows already, by its key."""
        known = self.peer.is_known(module)
        key = self.peer.key_of(module)
        if known:
            self.peer.mention(key)
            return {"key": key}
        parts = [self._describe_part(part, packer) for part in module.modules()]
        self._watch(key, module)
        return {"key": key, "parts": parts}

    def _describe_part(self, part: nn.Module, packer: Packer) -> dict:
        tensors = {
            kind: {
                name: None if each is None else self.peer.shared.pack(each, packer, shared=True)
                for name, each in getattr(part, f"_{kind}").items()
            }
            for kind in ("parameters", "buffers")
        }
        children = {name: self.peer.key_of(child) for name, child in part.named_children()}
        plain = {
            name: packer.pack(value)
            for name, value in vars(part).items()
            if not name.startswith("_") and _is_plain(value) and name != "training"
        }
        return {
            "key": self.peer.key_of(part),
            "class": type(part).__name__,
            "children": children,
            "training": part.training,
            "plain": plain,
            **tensors,
        }

    def build(self, item: dict, unpacker: Unpacker) -> nn.Module:
        """What stands here for a network of the other side's."""
        built: dict[str, proxies.RemoteModule] = {}
        for part in item["parts"]:
            built[part["key"]] = proxies.make_module(str(part["class"]))
        for part in item["parts"]:
            module = built[part["key"]]
            module.training = part["training"] is True
            for name, value in part["plain"].items():
                if not name.startswith("_") and not hasattr(nn.Module, name):
                    module.__dict__[name] = unpacker.unpack(value)
            for name, value in part["parameters"].items():
                module.register_parameter(name, unpacker.unpack(value))
            for name, value in part["buffers"].items():
                module.register_buffer(name, unpacker.unpack(value))
            for name, key in part["children"].items():
                module.add_module(name, built[key])
        for key, module in built.items():
            self.peer.proxies[key] = module
            proxies.connect_module(module, self.peer, key)
        root = built[item["key"]]
        self._watch(item["key"], root)
        return root

    def _watch(self, key: str, module: nn.Module) -> None:
        self.parts[key] = list(module.modules())
        self.modes[key] = _modes(self.parts[key])

    def changes(self, near: set[str] | None) -> dict[str, list[bool]]:
        """The modes that have changed since the last message; of ``near`` networks alone."""
        found = {}
        for key in self.parts if near is None else self.parts.keys() & near:
            now = _modes(self.parts[key])
            if now != self.modes[key]:
                self.modes[key] = found[key] = now
        return found

    def catch_up(self, modes: dict[str, list[bool]]) -> None:
        """What has changed on the other side changes here."""
        for key, flags in modes.items():
            for part, flag in zip(self.parts[key], flags, strict=True):
                part.training = flag is True
            self.modes[key] = _modes(self.parts[key])


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return len(value) < 100 and all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str | torch.dtype)


def _modes(parts: list[nn.Module]) -> list[bool]:
    return [part.training for part in parts]
