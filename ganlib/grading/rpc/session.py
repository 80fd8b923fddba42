"""Two processes share functions, networks and gradients, and neither has to trust the other.

A referee runs the checks in one process, a student's functions live in another. Through a bridge a
check calls them as if they were its own::

    loss = discriminator_step(D, G, opt_d, x, z)

- **Data is copied**: numbers, strings, lists, arrays and tensors cross as plain data (``wire``).
  A tensor or array that the function changes in place is changed here too.
- **The rest stays where it is** and is stood for by a remote object: functions, networks,
  optimizers, and whatever else. Calling one runs the original on its own side.
- **Gradients cross**: a result depends on the tensors that went in, and on the parameters behind
  them. Its backward pass asks the other side for the vector-Jacobian product, which may ask back.
- **Parameters are shared**: each side has a leaf tensor of its own. Whenever a message crosses,
  values, gradients and ``requires_grad`` that have changed since the last one go with it. As only
  one side runs at a time, both see one state, as threads do that hand over a lock.

The other side may answer with anything. Here that can raise an exception, and nothing worse: no
code crosses, and of objects only what :func:`_open_to` allows is reachable.
"""

import contextlib
import itertools
import random
import reprlib
import socket
import types
import warnings
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.optim import Optimizer

from ganlib.grading.rpc import proxies
from ganlib.grading.rpc.arguments import copy_of, mutable, overwrite, same
from ganlib.grading.rpc.exceptions import (
    TEXT_LIMIT,
    WARNINGS,
    mark_as_across,
    nearest,
    text_of,
    warn_again,
)
from ganlib.grading.rpc.shared_tensors import SharedTensors
from ganlib.grading.rpc.wire import Closed, Frames, Malformed, Packer, Unpacker

__all__ = ["Closed", "Malformed", "RpcSession"]

# What a student's process may ask of the referee, each about things that it was given.
OPEN_TO_STUDENTS = {
    "attribute", "backward", "call", "forward", "hooks", "special", "step", "vjp", "vmap",
}  # fmt: skip
# Packages of whose objects a student's process may read the public attributes.
OPEN_PACKAGES = (
    "ganlib.data", "ganlib.ensemble", "ganlib.evaluation", "ganlib.live", "ganlib.networks",
    "ganlib.sampling", "ganlib.training", "torch.distributions",
)  # fmt: skip
# Of these a check may send thousands, when it trains a student's network.
FREQUENT = ("forward", "vjp")
RAISED = 100  # exceptions of this side that the other may let pass, or raise again
LOOPS: tuple[type, ...] = (
    types.GeneratorType, type(iter([])), type(iter(())), type(iter({})), enumerate, map, zip,
)  # fmt: skip


class RpcSession:
    """One end of the bridge.

    Args:
        channel: a connected stream socket.
        side: "referee" or "student".
        names: the names that the other side may ask for, or lend others to: the student's
            global variables. The referee has none.
    """

    def __init__(self, channel: socket.socket, side: str, names: dict | None = None) -> None:
        self.frames, self.side, self.names = Frames(channel), side, names
        self.patched_names: Callable[[], dict[str, Any]] = dict
        self.numbers, self.serials = itertools.count(), itertools.count()
        self.depth = 0  # of calls from the other side that run here
        self.objects: dict[str, Any] = {}  # what is mine, by its key
        self.keys: dict[int, str] = {}  # key of what is mine, by id()
        self.remotes: dict[str, Any] = {}  # what stands here for what is theirs
        self.shared = SharedTensors(self)
        self.mentioned: set[str] = set()  # keys of which the messages of this check speak
        self.parts: dict[str, list[nn.Module]] = {}  # of each network that both sides know
        self.modes: dict[str, list[bool]] = {}  # and their training flags
        self.raised: dict[str, BaseException] = {}
        self.released: list[str] = []  # keys that the other side need not keep for me

    # Asking

    def ask(self, verb: str, *parts: Any, lend: dict[str, Any] | None = None, **more: Any) -> Any:
        """Have the other side do something, and do meanwhile what it asks for.

        Raises:
            Closed: the other process has ended.
            Malformed: what came back is no answer.
            BaseException: what it raised there, as the nearest exception of Python's own.
                Each is marked (``exceptions.came_across``).
        """
        try:
            return self._ask(verb, *parts, lend=lend, **more)
        except BaseException as error:
            mark_as_across(error)
            raise

    def _ask(self, verb: str, *parts: Any, lend: dict[str, Any] | None, **more: Any) -> Any:
        self._mention(parts[0])
        number = next(self.numbers)
        packer, given = Packer(self._pack_other), mutable(parts)
        body = [packer.pack(list(parts)), packer.pack(lend or {})]
        more |= {"ask": verb, "number": number, "body": body, "grad": torch.is_grad_enabled()}
        self._send(packer, near=verb in FREQUENT, **more)
        while True:
            header, buffers = self.frames.receive()
            if "ask" in header:
                self._answer(header, buffers)
            elif header.get("number") == number:
                return self._result(header, buffers, given)

    def begin(self, names: list[str]) -> Any:
        """Begin a check: what the other side has under these names, by name."""
        self._forget_mentions()
        return self.ask("get", names)

    def call(self, key: str, args: tuple, kwargs: dict) -> Any:
        """Call a function of the other side's."""
        return self.ask("call", key, args, kwargs, **self._begin())

    def forward(self, key: str, args: tuple, kwargs: dict, other: dict) -> Any:
        """Have a network of the other side's compute, with ``other`` values for some parameters."""
        return self.ask("forward", key, args, kwargs, other, **self._begin())

    def vmap(self, key: str, in_dims: tuple, randomness: str, args: tuple, shape: Any) -> Any:
        """Call a function, or a network, of the other side's on batches."""
        return self.ask("vmap", key, in_dims, randomness, args, shape, **self._begin())

    def vjp(self, key: str, sources: list[str], grad: Tensor, more: bool) -> list:
        """The gradients of a result of the other side's, in those of its sources."""
        return self.ask("vjp", key, sources, grad, more)

    def _begin(self) -> dict[str, Any]:
        """What a call sends along: a seed, and names that a check has bound to something else.

        Here as there one state of random numbers should rule: whoever sets a seed, on either
        side, gets the same numbers each time. So a call starts the other side's from this side's
        state, and where numbers are drawn over there, this side's move on too. Names that a
        check has bound anew, by ``unittest.mock`` say, are lent to the student's process.
        """
        seed = zlib.crc32(torch.get_rng_state().numpy().tobytes())
        outermost = self.side == "referee" and not self.depth
        return {"seed": seed, "lend": self.patched_names() if outermost else {}}

    def _result(self, header: dict, buffers: list[bytearray], given: list) -> Any:
        unpacker = Unpacker(self._unpack_other, buffers)
        self._catch_up(header, buffers)
        if header.get("drew") is True:
            torch.rand(1)
        warn_again(header.get("warnings", []))
        if "error" in header:
            raise self._exception(header["error"])
        try:
            for place, value in unpacker.unpack(header.get("changed", [])):
                overwrite(given[place], value)
        except (TypeError, ValueError, IndexError, RuntimeError):
            raise Malformed("changes of arguments that there are not") from None
        return unpacker.unpack(header.get("value"))

    # Answering

    def serve(self) -> None:
        """Answer until the other side says that it is done, or is gone."""
        with contextlib.suppress(Closed):
            while True:
                header, buffers = self.frames.receive()
                if header.get("ask") == "done":
                    return
                if "ask" in header:
                    self._answer(header, buffers)

    def done(self) -> None:
        """Tell the other side that it need not serve any more."""
        self._send(Packer(self._pack_other), ask="done")

    def _answer(self, header: dict, buffers: list[bytearray]) -> None:
        packer, fields = Packer(self._pack_other, is_result=True), dict[str, Any]()
        try:
            self._catch_up(header, buffers)
            if self.side == "referee" and header["ask"] not in OPEN_TO_STUDENTS:
                raise PermissionError(f"nobody may ask a referee to {header['ask']!r}")
            unpacker = Unpacker(self._unpack_other, buffers)
            parts, lent = (unpacker.unpack(item) for item in header["body"])
            self._mention(parts[0])
            given = mutable(parts)
            before = [copy_of(value) for value in given]
            act = getattr(self, f"_do_{header['ask']}")
            with (
                self._random_numbers(header, fields),
                self._warnings(fields),
                torch.set_grad_enabled(header.get("grad") is not False),
                self._lend(lent),
            ):
                self.depth += 1
                try:
                    fields["value"] = packer.pack(act(*parts))
                finally:
                    self.depth -= 1
            changed = [
                (place, value)
                for place, (value, old) in enumerate(zip(given, before, strict=True))
                if not same(value, old)
            ]
            fields["changed"] = packer.pack(changed)
        except Closed:
            raise
        except BaseException as error:
            packer, fields = Packer(self._pack_other), {"error": self._describe(error)}
        self._send(packer, header.get("ask") in FREQUENT, number=header.get("number"), **fields)

    def _do_get(self, names: list[str]) -> dict[str, Any]:
        """The values of those names that there are, at the beginning of a check."""
        self._forget_mentions()
        found = {name: self.names[name] for name in names if self.names and name in self.names}
        return found

    def _do_call(self, key: str, args: tuple, kwargs: dict) -> Any:
        return self._mine(key, Callable)(*args, **kwargs)

    def _do_vmap(self, key: str, in_dims: tuple, randomness: str, args: tuple, rebuild: Any) -> Any:
        """A function on batches of arguments: ``rebuild`` says where among the rest they stand."""
        function = self._mine(key, Callable)

        def flat(*tensors: Tensor) -> Any:
            positional, named, other = proxies.fill(rebuild, tensors)
            if other:
                return functional_call(function, other, positional, named)
            return function(*positional, **named)

        return torch.func.vmap(flat, in_dims=in_dims, randomness=randomness)(*args)

    def _do_forward(self, key: str, args: tuple, kwargs: dict, other: dict | None) -> Any:
        """A network's output; with ``other`` values in place of some of its parameters."""
        module = self._mine(key, nn.Module)
        if other:
            return functional_call(module, other, args, kwargs)
        return module(*args, **kwargs)

    def _do_vjp(self, key: str, sources: list[str], grad: Tensor, more: bool) -> list:
        """The gradients of a result in those of my tensors, or theirs, that it depends on."""
        output = self._mine(key, Tensor)
        inputs = [self.shared.tensors[source] for source in sources]
        with torch.enable_grad():
            return list(
                torch.autograd.grad(
                    output, inputs, grad, retain_graph=True, create_graph=more, allow_unused=True
                )
            )

    def _do_backward(self, key: str, grad: Tensor) -> None:
        """A gradient has reached, over there, the twin of a tensor that has a graph here."""
        self.shared.tensors[key].backward(grad, retain_graph=True)

    def _do_hooks(self, key: str) -> None:
        """A parameter's gradient has been accumulated over there: its hooks are here."""
        parameter = self.shared.tensors[key]
        for hook in list((getattr(parameter, "_post_accumulate_grad_hooks", None) or {}).values()):
            hook(parameter)

    def _do_step(self, key: str, settings: list[dict]) -> None:
        """One step of an optimizer, with the learning rates and so on of its remote."""
        optimizer = self._mine(key, Optimizer)
        for group, numbers in zip(optimizer.param_groups, settings, strict=True):
            group.update({k: v for k, v in numbers.items() if k in group and k != "params"})
        optimizer.step()

    def _do_attribute(self, key: str, name: str) -> Any:
        thing = self.objects[key]
        if self.side == "referee" and not _open_to(thing, name):
            raise AttributeError(f"{type(thing).__name__!r} object has no attribute {name!r}")
        return getattr(thing, name)

    def _do_special(self, key: str, name: str, args: tuple) -> Any:
        """Iteration, contexts and containers."""
        thing = self.objects[key]
        allowed = name in proxies.SPECIAL and hasattr(thing, name)
        if not allowed or (self.side == "referee" and not _open_to(thing, name)):
            raise TypeError(f"{type(thing).__name__!r} object does not allow {name!r}")
        return getattr(thing, name)(*args)

    @contextlib.contextmanager
    def _random_numbers(self, header: dict, fields: dict) -> Iterator[None]:
        """Random numbers that begin at the caller's seed; whether any are drawn goes back.

        On the referee's side they go on afterwards from where they were: a student's process may
        choose the numbers that its own calls to a check's functions draw, and no others.
        """
        seed = header.get("seed")
        if type(seed) is not int:
            yield
            return
        state = torch.get_rng_state
        old, other = state(), header["ask"] == "call" and self.side == "student"
        torch.default_generator.manual_seed(seed % 2**32)
        if other:
            np.random.seed(seed % 2**32)
            random.seed(seed)
        began, others = state(), other and _other_random_state()
        try:
            yield
        finally:
            now = other and _other_random_state()
            fields["drew"] = not began.equal(state()) or now != others
            if self.side == "referee":
                torch.set_rng_state(old)

    @contextlib.contextmanager
    def _warnings(self, fields: dict) -> Iterator[None]:
        """A warning in the student's process becomes one in the referee's."""
        if self.side == "referee":
            yield
            return
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            try:
                yield
            finally:
                found = [[w.category.__name__, str(w.message)[:TEXT_LIMIT]] for w in caught]
                fields["warnings"] = found[:WARNINGS]

    @contextlib.contextmanager
    def _lend(self, names: dict[str, Any]) -> Iterator[None]:
        """For as long as a call lasts, those names mean what the other side says."""
        if not names or self.names is None:
            yield
            return
        missing = object()
        before = {name: self.names.get(name, missing) for name in names}
        self.names.update(names)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is missing:
                    self.names.pop(name, None)
                else:
                    self.names[name] = value

    # Things that stay where they are

    def _key_of(self, thing: Any) -> str:
        """The key of what is mine; it is kept for the other side from now on."""
        key = self.keys.get(id(thing))
        if key is None:
            key = f"{self.side[0]}{next(self.serials)}"
            self.keys[id(thing)], self.objects[key] = key, thing
        return key

    def _mention(self, key: Any) -> None:
        """A message speaks of a network or an optimizer: its tensors matter to this check."""
        if not isinstance(key, str) or key in self.mentioned:
            return
        self.mentioned.add(key)
        thing = self.objects.get(key, self.remotes.get(key))
        if isinstance(thing, nn.Module):
            self.shared.mention(itertools.chain(thing.parameters(), thing.buffers()))
        elif isinstance(thing, Optimizer):
            self.shared.mention(t for group in thing.param_groups for t in group["params"])

    def _forget_mentions(self) -> None:
        self.mentioned.clear()
        self.shared.forget()

    def _mine(self, key: str, kind: Any) -> Any:
        thing = self.objects[key]
        if not isinstance(thing, kind):
            raise TypeError(f"a {type(thing).__name__} is no {kind.__name__}")
        return thing

    def _pack_other(self, value: Any, packer: Packer) -> dict:
        """Tensors, and all that stays where it is."""
        owner = getattr(value, "__dict__", {}).get("_bridge")
        if owner is not None and owner[0] is self and "_is_copy" not in vars(value):
            self._mention(owner[1])
            return {"is": "yours", "key": owner[1]}
        if isinstance(value, Tensor):
            return self.shared.pack(value, packer)
        if isinstance(value, nn.Module):
            return {"is": "module", **self._describe_module(value, packer)}
        key = self._key_of(value)
        if isinstance(value, Optimizer):
            groups = [
                packer.pack({**proxies.settings(group), "params": list(group["params"])})
                for group in value.param_groups
            ]
            return {"is": "optimizer", "key": key, "groups": groups}
        kind = type(value).__name__[:200]
        if callable(value) and not isinstance(value, contextlib.AbstractContextManager):
            name = str(getattr(value, "__name__", kind))[:200]
            return {"is": "function", "key": key, "name": name, "class": kind}
        return {"is": "object", "key": key, "class": kind}

    def _unpack_other(self, item: dict, unpacker: Unpacker) -> Any:
        kind = item["is"]
        if kind == "tensor":
            return self.shared.unpack(item, unpacker)
        key = item["key"]
        if not isinstance(key, str):
            raise Malformed("a key that is no string")
        if kind == "yours":
            self._mention(key)
            return self.objects[key]
        if key in self.remotes:
            self._mention(key)
            return self.remotes[key]
        if kind == "module":
            thing: Any = self._build_module(item, unpacker)
        elif kind == "optimizer":
            groups = [unpacker.unpack(group) for group in item["groups"]]
            thing = proxies.RemoteOptimizer(self, key, groups)
        elif kind == "function":
            thing = proxies.make_function(self, key, str(item["name"]), str(item["class"]))
        elif kind == "object":
            thing = proxies.make_object(self, key, str(item["class"]))
        else:
            raise Malformed(f"a value of unknown kind {reprlib.repr(kind)}")
        self.remotes[key] = thing
        return thing

    # What both sides agree on

    def _send(self, packer: Packer, near: bool = False, **fields: Any) -> None:
        """A message, and with it all that has changed since the last one.

        Args:
            near: look only at what this check has to do with. The rest waits for another message.
        """
        modes = {}
        for key in self.parts.keys() & self.mentioned if near else self.parts:
            now = _modes(self.parts[key])
            if now != self.modes[key]:
                self.modes[key] = modes[key] = now
        released = self.released[:]
        del self.released[: len(released)]  # the same list: each RemoteGraph holds its append
        state = self.shared.changes(packer.buffers, near)
        fields |= {"state": state, "modes": modes, "released": released}
        self.frames.send(fields, packer.buffers)

    def _catch_up(self, header: dict, buffers: list[bytearray]) -> None:
        try:
            self.shared.catch_up(header["state"], buffers)
            for key, flags in header["modes"].items():
                for part, flag in zip(self.parts[key], flags, strict=True):
                    part.training = flag is True
                self.modes[key] = _modes(self.parts[key])
            for key in header["released"]:
                thing = self.objects.pop(key, None)
                self.keys.pop(id(thing), None)
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise Malformed(f"a state that is none ({type(error).__name__})") from None

    # Networks

    def _watch_modes(self, key: str, module: nn.Module) -> None:
        self.parts[key] = list(module.modules())
        self.modes[key] = _modes(self.parts[key])

    def _describe_module(self, module: nn.Module, packer: Packer) -> dict:
        """A network as a tree: of each part its class, parameters, buffers and plain attributes."""
        known = id(module) in self.keys
        key = self._key_of(module)
        if known:
            self._mention(key)
            return {"key": key}
        parts = []
        for part in module.modules():
            tensors = {
                kind: {
                    name: None if tensor is None else self.shared.pack(tensor, packer, shared=True)
                    for name, tensor in getattr(part, f"_{kind}").items()
                }
                for kind in ("parameters", "buffers")
            }
            children = {name: self._key_of(child) for name, child in part.named_children()}
            plain = {
                name: packer.pack(value)
                for name, value in vars(part).items()
                if not name.startswith("_") and _plain(value) and name != "training"
            }
            parts.append(
                {"key": self._key_of(part), "class": type(part).__name__, "children": children}
                | {"training": part.training, "plain": plain, **tensors}
            )
        self._watch_modes(key, module)
        return {"key": key, "parts": parts}

    def _build_module(self, item: dict, unpacker: Unpacker) -> nn.Module:
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
            self.remotes[key] = module
            proxies.connect_module(module, self, key)
        root = built[item["key"]]
        self._watch_modes(item["key"], root)
        return root

    # Exceptions

    def _describe(self, error: BaseException) -> dict:
        """An exception as plain data; one that came from the other side goes back as itself."""
        own = getattr(error, "_bridge_error", None)
        if own is not None:
            return {"yours": own}
        key = f"{self.side[0]}e{next(self.serials)}"
        self.raised[key] = error
        if len(self.raised) > RAISED:
            del self.raised[next(iter(self.raised))]
        names = [kind.__name__ for kind in type(error).__mro__]
        return {"key": key, "names": names, "text": text_of(error)}

    def _exception(self, item: Any) -> BaseException:
        """What was raised over there, as the nearest exception that Python has."""
        try:
            if "yours" in item:
                return self.raised[item["yours"]]
            names, text = item["names"], item["text"]
            error: BaseException
            if "Exception" not in names and self.side == "student":
                error = proxies.CallAborted(text)  # the referee ends a call early: let it pass
            else:
                error = nearest(names)(text)
            vars(error)["_bridge_error"] = item["key"]
            return error
        except (KeyError, TypeError, ValueError):
            return Malformed("an exception that is none")


def _open_to(thing: Any, name: str) -> bool:
    """What a student's process may reach of the referee's objects.

    Loops may be gone through, and the public attributes of objects of ``OPEN_PACKAGES`` may be
    read, such as those of a live engine. All else would lead, by way of attributes of attributes,
    to everything.
    """
    if isinstance(thing, LOOPS):
        return name in ("__iter__", "__next__")
    if isinstance(thing, contextlib.AbstractContextManager) and name in ("__enter__", "__exit__"):
        return True
    home = f"{type(thing).__module__}."
    is_open = any(home.startswith(f"{package}.") for package in OPEN_PACKAGES)
    return is_open and (not name.startswith("_") or name in proxies.SPECIAL)


def _other_random_state() -> tuple:
    """Where numpy's and Python's random numbers are."""
    _, numbers, *place = np.random.get_state()
    return np.asarray(numbers).tobytes(), place, random.getstate()


def _plain(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return len(value) < 100 and all(map(_plain, value))
    return value is None or isinstance(value, bool | int | float | str | torch.dtype)


def _modes(parts: list[nn.Module]) -> list[bool]:
    return [part.training for part in parts]
