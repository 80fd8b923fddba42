"""What stands on one side of a bridge for a thing on the other: functions, networks, optimizers.

Each behaves as the original does and has the original do the work.
"""

import itertools
import types
import weakref
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganlib.grading.rpc.peer import Peer
from ganlib.grading.rpc.policy import SPECIAL

__all__ = ["RemoteFunction", "RemoteObject", "RemoteOptimizer"]


class RemoteFunction:
    """A function, a class or anything else that can be called."""

    def __init__(self, bridge: Peer, key: str, name: str) -> None:
        self._bridge, self.__name__ = (bridge, key), name
        self.__qualname__ = self.__doc__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        bridge, key = self._bridge
        if _any_batched((args, kwargs)):
            return _apply_batched(bridge, key, args, kwargs)
        return bridge.call(key, args, kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class RemoteObject:
    """Anything else: its public attributes, and what Python's own syntax asks of it."""

    def __init__(self, bridge: Peer, key: str) -> None:
        self._bridge = (bridge, key)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        bridge, key = self._bridge
        return bridge.ask("attribute", key, name)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object>"


def make_function(bridge: Peer, key: str, name: str, kind: str) -> RemoteFunction:
    """A remote function whose class has the name of the original's: a ``type``, say."""
    return _named(RemoteFunction, kind)(bridge, key, name)


def make_object(bridge: Peer, key: str, kind: str) -> RemoteObject:
    """A remote object whose class has the name of the original's."""
    return _named(RemoteObject, kind)(bridge, key)


def _named(base: type, name: str) -> Any:
    """A subclass of that name, for messages that show it."""
    return types.new_class(name if name.isidentifier() else base.__name__, (base,))


def _special(name: str) -> Any:
    def method(self: RemoteObject, *args: Any) -> Any:
        bridge, key = self._bridge
        if name == "__exit__":  # the traceback stays here
            args = (None, None, None)
        return bridge.ask("special", key, name, args)

    return method


for _name in SPECIAL:
    setattr(RemoteObject, _name, _special(_name))


class RemoteModule(nn.Module):
    """A network: its parts, parameters and buffers are here, what it computes is not."""

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        bridge, key = self.__dict__["_bridge"]
        own = self.__dict__["_own"]
        now = dict(itertools.chain(self.named_parameters(), self.named_buffers()))
        # Other tensors than at first: a copy of the network, or torch.func.functional_call.
        other = {name: value for name, value in now.items() if own.get(name) is not value}
        if _any_batched((args, kwargs, other)):
            return _apply_batched(bridge, key, args, kwargs, other)
        return bridge.forward(key, args, kwargs, other)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_") or "_bridge" not in self.__dict__:
                raise
        bridge, key = self.__dict__["_bridge"]
        return bridge.ask("attribute", key, name)

    def __deepcopy__(self, memo: dict) -> "RemoteModule":
        """A copy has parameters of its own, and the same original computes for it."""
        import copy

        twin = self.__class__.__new__(self.__class__)
        memo[id(self)] = twin
        shared = ("_bridge", "_own")
        twin.__dict__.update(
            {k: v if k in shared else copy.deepcopy(v, memo) for k, v in self.__dict__.items()}
        )
        # As the original is asked for by key, a copy is no longer "the same thing" to the bridge.
        twin.__dict__["_is_copy"] = True
        return twin


def make_module(name: str) -> RemoteModule:
    """An empty network that is an instance of torch's class of that name, where there is one."""
    stock = getattr(nn, name, None)
    bases: tuple[type, ...] = (RemoteModule,)
    if isinstance(stock, type) and issubclass(stock, nn.Module) and stock is not nn.Module:
        bases = (RemoteModule, stock)
    kind: type[RemoteModule] = types.new_class(name if name.isidentifier() else "Network", bases)
    remote = kind.__new__(kind)
    nn.Module.__init__(remote)
    return remote


def connect_module(module: RemoteModule, bridge: Peer, key: str) -> None:
    """Say what a network stands for, once its parts and tensors are in place."""
    own = dict(itertools.chain(module.named_parameters(), module.named_buffers()))
    module.__dict__["_bridge"], module.__dict__["_own"] = (bridge, key), own


class RemoteOptimizer(Optimizer):
    """An optimizer: its parameters are here too, its steps are made there."""

    def __init__(self, bridge: Peer, key: str, groups: list[dict]) -> None:
        super().__init__(groups, {})
        self._bridge = (bridge, key)

    def step(self, closure: Any = None) -> Any:
        loss = None if closure is None else closure()
        bridge, key = self._bridge
        bridge.ask("step", key, [settings(group) for group in self.param_groups])
        return loss


def settings(group: dict) -> dict:
    """A parameter group's plain numbers, such as its learning rate."""
    return {k: v for k, v in group.items() if k != "params" and _is_setting(v)}


def _is_setting(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_setting, value))
    return value is None or isinstance(value, bool | int | float)


class RemoteGraph:
    """What a result here needs to know about its graph there; it is kept by the graph here."""

    def __init__(self, bridge: Peer, key: str, value: Tensor, sources: list[str]) -> None:
        self.bridge, self.key, self.value, self.sources = bridge, key, value, sources
        weakref.finalize(self, bridge.released.append, key)


class RemoteResult(torch.autograd.Function):
    """A result that was computed on the other side, as a function of its sources here."""

    @staticmethod
    def forward(ctx: Any, link: RemoteGraph, *sources: Tensor) -> Tensor:
        ctx.link = link
        value, link.value = link.value, None  # type: ignore[assignment]
        return value

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple:
        link = ctx.link
        more = torch.is_grad_enabled()
        return (None, *link.bridge.vjp(link.key, link.sources, grad, more))


# Many at once: torch.func.vmap


def is_batched(value: Any) -> bool:
    """Whether a tensor is vmap's own: one that stands for a batch. torch has no public question."""
    return isinstance(value, Tensor) and torch._C._functorch.is_batchedtensor(value)


def _any_batched(value: Any) -> bool:
    return any(is_batched(tensor) for tensor in _tensors(value))


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _tensors(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _tensors(part)


def take_out(value: Any, tensors: list[Tensor]) -> Any:
    """A copy with each tensor replaced by its place in the list, to which it is appended."""
    if isinstance(value, Tensor):
        tensors.append(value)
        return ("tensor", len(tensors) - 1)
    if isinstance(value, list | tuple):
        return (
            "list" if isinstance(value, list) else "tuple",
            [take_out(v, tensors) for v in value],
        )
    if isinstance(value, dict):
        return ("dict", {k: take_out(v, tensors) for k, v in value.items()})
    return ("as it is", value)


def fill(shape: Any, tensors: Any) -> Any:
    """The inverse of :func:`take_out`."""
    kind, value = shape
    match kind:
        case "tensor":
            return tensors[value]
        case "list":
            return [fill(part, tensors) for part in value]
        case "tuple":
            return tuple(fill(part, tensors) for part in value)
        case "dict":
            return {name: fill(part, tensors) for name, part in value.items()}
    return value


def _apply_batched(
    bridge: Peer, key: str, args: tuple, kwargs: dict, other: dict | None = None
) -> Any:
    """Under vmap: the other side maps over the same batch."""
    tensors: list[Tensor] = []
    shape = take_out((args, kwargs, other), tensors)
    return _Batched.apply(bridge, key, shape, *tensors)


class _Batched(torch.autograd.Function):
    """Has vmap hand over whole batches, where they are."""

    @staticmethod
    def forward(bridge: Peer, key: str, shape: Any, *tensors: Tensor) -> Tensor:
        args, kwargs, other = fill(shape, tensors)
        if other:
            return bridge.forward(key, args, kwargs, other)
        return bridge.call(key, args, kwargs)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Any) -> None:
        return None

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        raise NotImplementedError("vmap has taken another way")

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple, bridge: Peer, key: str, shape: Any, *tensors: Tensor
    ) -> tuple[Any, Any]:
        result = bridge.vmap(key, in_dims[3:], info.randomness, tensors, shape)
        return result, tuple(0 for _ in result) if isinstance(result, tuple) else 0
