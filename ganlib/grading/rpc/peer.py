"""What the parts of a session ask of it, so that each can be read and tested by itself."""

from typing import TYPE_CHECKING, Any, Protocol

from torch import Tensor

if TYPE_CHECKING:
    from ganlib.grading.rpc.shared_tensors import SharedTensors

__all__ = ["Peer"]


class Peer(Protocol):
    """One end of the wire.

    Attributes:
        side: "referee" or "student".
        names: the names that the other side may ask for.
        objects: what is mine and known to the other side, by its key.
        proxies: what stands here for what is theirs, by its key.
        shared: the tensors of which both sides have one.
        released: keys of results that the other side need not keep for me.
    """

    side: str
    names: dict | None
    objects: dict[str, Any]
    proxies: dict[str, Any]
    shared: "SharedTensors"
    released: list[str]

    def ask(self, verb: str, *parts: Any) -> Any: ...

    def call(self, key: str, args: tuple, kwargs: dict) -> Any: ...

    def forward(self, key: str, args: tuple, kwargs: dict, other: dict) -> Any: ...

    def vmap(self, key: str, in_dims: tuple, randomness: str, args: tuple, shape: Any) -> Any: ...

    def vjp(self, key: str, sources: list[str], grad: Tensor, more: bool) -> list: ...

    def mine(self, key: str, kind: Any) -> Any: ...

    def key_of(self, thing: Any) -> str: ...

    def new_key(self, kind: str = "") -> str: ...

    def is_known(self, thing: Any) -> bool: ...

    def mention(self, key: Any) -> None: ...

    def forget_mentions(self) -> None: ...
