"""The student's end of the bridge: while a check runs, the kernel answers the referee's calls."""

import contextlib
import io
import signal
from collections.abc import Iterator
from types import FrameType

from IPython.core.getipython import get_ipython

from ganlib.grading.rpc.session import RpcSession
from ganlib.grading.sandbox.inside import channel

__all__ = ["serve"]

_bridge: RpcSession | None = None


def serve() -> None:
    """Answer until the check has ended. What is printed meanwhile is nobody's."""
    global _bridge
    if _bridge is None:
        shell = get_ipython()
        assert channel.CHANNEL is not None
        assert shell is not None
        _bridge = RpcSession(channel.CHANNEL, "student", shell.user_ns)
    nowhere = io.StringIO()
    with (
        _interrupted_in_calls(_bridge),
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        _bridge.serve()


@contextlib.contextmanager
def _interrupted_in_calls(bridge: RpcSession) -> Iterator[None]:
    """Ctrl-C ends the student's function that runs, and never a message half read."""

    def interrupt(signum: int, frame: FrameType | None) -> None:
        if bridge.depth and not bridge.frames.busy:
            raise KeyboardInterrupt("it took too long")

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
