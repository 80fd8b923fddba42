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
code crosses, and of objects only what ``policy`` allows is reachable.
"""

import contextlib
import itertools
import reprlib
import socket
import zlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganlib.grading.rpc import proxies
from ganlib.grading.rpc.ambient import lent_names, passed_on_warnings, random_numbers_of_caller
from ganlib.grading.rpc.arguments import copy_of, mutable, overwrite, same
from ganlib.grading.rpc.exceptions import Raised, mark_as_across, warn_again
from ganlib.grading.rpc.handlers import HANDLERS
from ganlib.grading.rpc.networks import Networks
from ganlib.grading.rpc.shared_tensors import SharedTensors
from ganlib.grading.rpc.wire import Closed, Frames, Malformed, Packer, Unpacker

__all__ = ["Closed", "Malformed", "RpcSession"]


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
        self.proxies: dict[str, Any] = {}  # what stands here for what is theirs
        self.shared, self.networks = SharedTensors(self), Networks(self)
        self.mentioned: set[str] = set()  # keys of which the messages of this check speak
        self.raised = Raised(side)
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
        self.mention(parts[0])
        number = next(self.numbers)
        packer, given = Packer(self._pack_other), mutable(parts)
        body = [packer.pack(list(parts)), packer.pack(lend or {})]
        more |= {"ask": verb, "number": number, "body": body, "grad": torch.is_grad_enabled()}
        self._send(packer, near=HANDLERS[verb].frequent, **more)
        while True:
            header, buffers = self.frames.receive()
            if "ask" in header:
                self._answer(header, buffers)
            elif header.get("number") == number:
                return self._result(header, buffers, given)

    def begin(self, names: list[str]) -> Any:
        """Begin a check: what the other side has under these names, by name."""
        self.forget_mentions()
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
            raise self.raised.exception(header["error"])
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
        near = False
        try:
            self._catch_up(header, buffers)
            handler = HANDLERS.get(header["ask"])
            if handler is None or (self.side == "referee" and not handler.from_students):
                raise PermissionError(f"a {self.side} cannot be asked to {header['ask']!r}")
            near = handler.frequent
            unpacker = Unpacker(self._unpack_other, buffers)
            parts, lent = (unpacker.unpack(item) for item in header["body"])
            self.mention(parts[0])
            given = mutable(parts)
            before = [copy_of(value) for value in given]
            with (
                random_numbers_of_caller(self.side, header, fields),
                passed_on_warnings(self.side, fields),
                torch.set_grad_enabled(header.get("grad") is not False),
                lent_names(self.names, lent),
            ):
                self.depth += 1
                try:
                    fields["value"] = packer.pack(handler.act(self, *parts))
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
            packer, fields = Packer(self._pack_other), {"error": self.raised.describe(error)}
        self._send(packer, near, number=header.get("number"), **fields)

    # Things that stay where they are

    def new_key(self, kind: str = "") -> str:
        """A key that no other thing has; its first letter says whose."""
        return f"{self.side[0]}{kind}{next(self.serials)}"

    def is_known(self, thing: Any) -> bool:
        """Whether the other side knows what is mine."""
        return id(thing) in self.keys

    def key_of(self, thing: Any) -> str:
        """The key of what is mine; it is kept for the other side from now on."""
        key = self.keys.get(id(thing))
        if key is None:
            key = self.new_key()
            self.keys[id(thing)], self.objects[key] = key, thing
        return key

    def mention(self, key: Any) -> None:
        """A message speaks of a network or an optimizer: its tensors matter to this check."""
        if not isinstance(key, str) or key in self.mentioned:
            return
        self.mentioned.add(key)
        thing = self.objects.get(key, self.proxies.get(key))
        if isinstance(thing, nn.Module):
            self.shared.mention(itertools.chain(thing.parameters(), thing.buffers()))
        elif isinstance(thing, Optimizer):
            self.shared.mention(t for group in thing.param_groups for t in group["params"])

    def forget_mentions(self) -> None:
        self.mentioned.clear()
        self.shared.forget()

    def mine(self, key: str, kind: Any) -> Any:
        thing = self.objects[key]
        if not isinstance(thing, kind):
            raise TypeError(f"a {type(thing).__name__} is no {kind.__name__}")
        return thing

    def _pack_other(self, value: Any, packer: Packer) -> dict:
        """Tensors, and all that stays where it is."""
        owner = getattr(value, "__dict__", {}).get("_bridge")
        if owner is not None and owner[0] is self and "_is_copy" not in vars(value):
            self.mention(owner[1])
            return {"is": "yours", "key": owner[1]}
        if isinstance(value, Tensor):
            return self.shared.pack(value, packer)
        if isinstance(value, nn.Module):
            return {"is": "module", **self.networks.describe(value, packer)}
        key = self.key_of(value)
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
            self.mention(key)
            return self.objects[key]
        if key in self.proxies:
            self.mention(key)
            return self.proxies[key]
        if kind == "module":
            thing: Any = self.networks.build(item, unpacker)
        elif kind == "optimizer":
            groups = [unpacker.unpack(group) for group in item["groups"]]
            thing = proxies.RemoteOptimizer(self, key, groups)
        elif kind == "function":
            thing = proxies.make_function(self, key, str(item["name"]), str(item["class"]))
        elif kind == "object":
            thing = proxies.make_object(self, key, str(item["class"]))
        else:
            raise Malformed(f"a value of unknown kind {reprlib.repr(kind)}")
        self.proxies[key] = thing
        return thing

    # What both sides agree on

    def _send(self, packer: Packer, near: bool = False, **fields: Any) -> None:
        """A message, and with it all that has changed since the last one.

        Args:
            near: look only at what this check has to do with. The rest waits for another message.
        """
        modes = self.networks.changes(self.mentioned if near else None)
        released = self.released[:]
        del self.released[: len(released)]  # the same list: each RemoteGraph holds its append
        state = self.shared.changes(packer.buffers, near)
        fields |= {"state": state, "modes": modes, "released": released}
        self.frames.send(fields, packer.buffers)

    def _catch_up(self, header: dict, buffers: list[bytearray]) -> None:
        try:
            self.shared.catch_up(header["state"], buffers)
            self.networks.catch_up(header["modes"])
            for key in header["released"]:
                thing = self.objects.pop(key, None)
                self.keys.pop(id(thing), None)
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise Malformed(f"a state that is none ({type(error).__name__})") from None
