"""What one side may have the other do: each request by name, with who may make it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.optim import Optimizer

from ganlib.grading.rpc import proxies
from ganlib.grading.rpc.peer import Peer
from ganlib.grading.rpc.policy import SPECIAL, is_open

__all__ = ["HANDLERS", "Handler"]


@dataclass(frozen=True)
class Handler:
    """How a request is answered.

    Attributes:
        act: what is done, for the peer that is asked and with what came along.
        from_students: a student's process may ask the checker's for it, about things that it was
            given; the checker's process may ask for everything.
        frequent: a check may ask for it thousands of times, when it trains a student's network.
    """

    act: Callable[..., Any]
    from_students: bool = False
    frequent: bool = False


HANDLERS: dict[str, Handler] = {}


def answers(*, from_students: bool, frequent: bool = False) -> Callable:
    """Registers a function, with its permission, under its own name."""

    def register(act: Callable[..., Any]) -> Callable[..., Any]:
        HANDLERS[act.__name__] = Handler(act, from_students, frequent)
        return act

    return register


@answers(from_students=False)
def get(peer: Peer, names: list[str]) -> dict[str, Any]:
    """The values of those names that there are, at the beginning of a check."""
    peer.forget_mentions()
    return {name: peer.names[name] for name in names if peer.names and name in peer.names}


@answers(from_students=True)
def call(peer: Peer, key: str, args: tuple, kwargs: dict) -> Any:
    """What a function gives."""
    return peer.mine(key, Callable)(*args, **kwargs)


@answers(from_students=True)
def vmap(peer: Peer, key: str, in_dims: tuple, randomness: str, args: tuple, rebuild: Any) -> Any:
    """A function on batches of arguments: ``rebuild`` says where among the rest they stand."""
    function = peer.mine(key, Callable)

    def flat(*tensors: Tensor) -> Any:
        positional, named, other = proxies.fill(rebuild, tensors)
        if other:
            return functional_call(function, other, positional, named)
        return function(*positional, **named)

    return torch.func.vmap(flat, in_dims=in_dims, randomness=randomness)(*args)


@answers(from_students=True, frequent=True)
def forward(peer: Peer, key: str, args: tuple, kwargs: dict, other: dict | None) -> Any:
    """A network's output; with ``other`` values in place of some of its parameters."""
    module = peer.mine(key, nn.Module)
    if other:
        return functional_call(module, other, args, kwargs)
    return module(*args, **kwargs)


@answers(from_students=True, frequent=True)
def vjp(peer: Peer, key: str, sources: list[str], grad: Tensor, more: bool) -> list:
    """The gradients of a result in those of its tensors, on either side, that it depends on."""
    output = peer.mine(key, Tensor)
    inputs = [peer.shared.tensors[source] for source in sources]
    with torch.enable_grad():
        return list(
            torch.autograd.grad(
                output, inputs, grad, retain_graph=True, create_graph=more, allow_unused=True
            )
        )


@answers(from_students=True)
def backward(peer: Peer, key: str, grad: Tensor) -> None:
    """A gradient has reached, over there, the twin of a tensor that has a graph here."""
    peer.shared.tensors[key].backward(grad, retain_graph=True)


@answers(from_students=True)
def hooks(peer: Peer, key: str) -> None:
    """A parameter's gradient has been accumulated over there: its hooks are here."""
    parameter = peer.shared.tensors[key]
    for hook in list((getattr(parameter, "_post_accumulate_grad_hooks", None) or {}).values()):
        hook(parameter)


@answers(from_students=True)
def step(peer: Peer, key: str, settings: list[dict]) -> None:
    """One step of an optimizer, with the learning rates and so on of its proxy."""
    optimizer = peer.mine(key, Optimizer)
    for group, numbers in zip(optimizer.param_groups, settings, strict=True):
        group.update({k: v for k, v in numbers.items() if k in group and k != "params"})
    optimizer.step()


@answers(from_students=True)
def attribute(peer: Peer, key: str, name: str) -> Any:
    """An object's attribute."""
    thing = peer.objects[key]
    if peer.side == "referee" and not is_open(thing, name):
        raise AttributeError(f"{type(thing).__name__!r} object has no attribute {name!r}")
    return getattr(thing, name)


@answers(from_students=True)
def special(peer: Peer, key: str, name: str, args: tuple) -> Any:
    """Iteration, contexts and containers."""
    thing = peer.objects[key]
    allowed = name in SPECIAL and hasattr(thing, name)
    if not allowed or (peer.side == "referee" and not is_open(thing, name)):
        raise TypeError(f"{type(thing).__name__!r} object does not allow {name!r}")
    return getattr(thing, name)(*args)
