"""A client that a hostile kernel cannot upset: bounded messages, and malformed ones passed over."""

import time
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type, default

LARGEST_MESSAGE = 32 * 2**20  # bytes; zmq hangs up on a kernel that sends a larger one
PARTS = ("header", "parent_header", "metadata", "content")
QUEUE = 16  # messages that wait here; then the kernel waits


def bounded_context() -> zmq.asyncio.Context:
    """A zmq context whose sockets hold no more than half a gigabyte, whatever is sent."""
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
    context.setsockopt(zmq.RCVHWM, QUEUE)
    return context


class SteadyChannel(AsyncZMQSocketChannel):
    """A channel that passes over what is no Jupyter message."""

    async def get_msg(  # type: ignore[override]
        self, timeout: float | None = None
    ) -> dict[str, Any]:
        """The next message; queue.Empty if none comes in ``timeout`` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if end is None else max(0, int(1000 * (end - time.monotonic())))
            if not await self.socket.poll(left):
                raise Empty
            try:
                message = await self._recv()
            except zmq.ZMQError:
                raise
            except Exception:  # whatever a student's bytes may provoke in the parser
                continue
            if all(isinstance(message.get(part), dict) for part in PARTS):
                return message


class SandboxClient(AsyncKernelClient):
    """jupyter_client's client over such channels."""

    shell_channel_class = Type(SteadyChannel)
    iopub_channel_class = Type(SteadyChannel)
    stdin_channel_class = Type(SteadyChannel)
    control_channel_class = Type(SteadyChannel)

    @default("context")
    def _context_default(self) -> zmq.asyncio.Context:
        self._created_context = True
        return bounded_context()
