"""Thirty turns a second on the kernel's own event loop, with room for clicks in between."""

import asyncio
import time
import weakref
from collections.abc import Callable
from typing import ClassVar

__all__ = ["FRAME", "Player"]

FRAME = 1 / 30
"""Seconds from one frame to the next."""

AHEAD = 15
"""Frames that may be on their way; then the player rests until one is reported as painted."""


class Player:
    """Calls ``turn`` for each frame while it plays.

    A task on the event loop, not a thread: the student's cells and torch's autograd never meet it
    in the middle of something. One player plays at a time in a kernel, so that a cell that is run
    again does not leave an old lab training behind the new one. A lab that nobody looks at, in a
    closed tab or with no front end at all, rests.

    Args:
        turn: ``turn(seconds)`` trains and sends one frame; seconds have passed since the last.
        ended: ``ended(error)`` is called when it stops by itself, with what ``turn`` raised.
    """

    _playing: ClassVar[weakref.ref["Player"] | None] = None

    def __init__(
        self, turn: Callable[[float], None], ended: Callable[[BaseException | None], None]
    ) -> None:
        self._turn, self._ended = turn, ended
        self._task: asyncio.Task[None] | None = None
        self.sent = self.seen = 0

    @property
    def playing(self) -> bool:
        """Whether turns are being called."""
        return self._task is not None

    @property
    def resting(self) -> bool:
        """Whether it waits for someone to look."""
        return self.sent - self.seen >= AHEAD

    def start(self) -> None:
        """Play, and pause whoever plays in this kernel.

        Raises:
            RuntimeError: no event loop runs here.
        """
        if self._task is not None:
            return
        loop = asyncio.get_running_loop()
        other = Player._playing() if Player._playing else None
        if other is not None:
            other.stop()
        Player._playing = weakref.ref(self)
        self.seen = self.sent
        self._task = loop.create_task(self._run())

    def stop(self) -> None:
        """Pause, before the next turn."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self._ended(None)

    async def _run(self) -> None:
        last = time.perf_counter()
        try:
            while True:
                began = time.perf_counter()
                if self.resting:
                    last = began
                else:
                    seconds, last = began - last, began
                    self._turn(seconds)
                # A click travels through several hands in the kernel, one a round of the loop.
                for _ in range(10):
                    await asyncio.sleep(0)
                await asyncio.sleep(max(0.0, began + FRAME - time.perf_counter()))
        except (Exception, KeyboardInterrupt) as error:  # a task's own error is shown nowhere
            self._task = None
            self._ended(error)
