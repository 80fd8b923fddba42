"""The player: thirty turns a second on the event loop, one player at a time."""

import asyncio
import time
from collections.abc import Callable

import pytest

from ganlib.live.player import AHEAD, FRAME, Player


class Film:
    """A player whose every frame is painted at once, unless nobody looks."""

    def __init__(self, watched: bool = True, turn: Callable[[], None] = lambda: None) -> None:
        self.turns: list[float] = []
        self.ends: list[BaseException | None] = []
        self.watched, self.then = watched, turn
        self.player = Player(self.turn, self.ends.append)

    def turn(self, seconds: float) -> None:
        self.turns.append(seconds)
        self.then()
        self.player.sent += 1
        if self.watched:
            self.player.seen = self.player.sent


async def until(condition: Callable[[], object]) -> None:
    """Waits, however slow the machine may be; a condition that never comes true is a hang."""
    async with asyncio.timeout(300):
        while not condition():
            await asyncio.sleep(0.01)


def test_it_starts_paused_and_never_turns_faster_than_thirty_times_a_second() -> None:
    async def main() -> None:
        film = Film()
        await asyncio.sleep(0.05)
        assert (film.turns, film.player.playing) == ([], False)
        film.player.start()
        began = time.perf_counter()
        await until(lambda: len(film.turns) >= 10)
        film.player.stop()
        seconds = time.perf_counter() - began
        assert len(film.turns) <= seconds / FRAME + 2
        assert film.ends == [None]

    asyncio.run(main())


def test_turns_are_told_how_long_they_have_been_waited_for() -> None:
    async def main() -> None:
        film = Film(turn=lambda: time.sleep(0.05))
        film.player.start()
        await until(lambda: len(film.turns) >= 4)
        film.player.stop()
        assert min(film.turns[1:]) >= 0.05

    asyncio.run(main())


def test_what_waits_in_the_loop_gets_through_between_two_turns() -> None:
    """A click needs several rounds of the loop; a turn that fills the frame leaves them."""

    async def main() -> None:
        film = Film(turn=lambda: time.sleep(2 * FRAME))
        film.player.start()
        await asyncio.sleep(0)
        rounds = 0
        before = len(film.turns)
        while len(film.turns) == before:
            await asyncio.sleep(0)
            rounds += 1
        film.player.stop()
        assert rounds >= 10

    asyncio.run(main())


def test_pause_stops_before_the_next_turn() -> None:
    async def main() -> None:
        film = Film()
        film.player.start()
        await asyncio.sleep(0.1)
        film.player.stop()
        before = len(film.turns)
        await asyncio.sleep(0.1)
        assert len(film.turns) == before
        film.player.stop()
        assert film.ends == [None]

    asyncio.run(main())


def test_who_starts_pauses_the_one_that_plays() -> None:
    async def main() -> None:
        old, new = Film(), Film()
        old.player.start()
        old.player.start()  # a second time changes nothing
        assert old.player.playing
        new.player.start()
        assert (old.player.playing, new.player.playing) == (False, True)
        await until(lambda: new.turns)
        new.player.stop()
        assert (old.turns, bool(new.turns)) == ([], True)

    asyncio.run(main())


def test_it_rests_where_nobody_looks_and_goes_on_when_someone_does() -> None:
    async def main() -> None:
        film = Film(watched=False)
        film.player.start()
        await until(lambda: film.player.resting)
        began = time.perf_counter()
        await asyncio.sleep(0.5)
        assert len(film.turns) == AHEAD
        rest = time.perf_counter() - began
        film.player.seen = film.player.sent
        await until(lambda: len(film.turns) > AHEAD)
        film.player.stop()
        # The rest is not made up for: no turn hears of the time that it took.
        assert film.turns[AHEAD] < rest

    asyncio.run(main())


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_an_error_in_a_turn_is_handed_over_and_ends_the_play(error: BaseException) -> None:
    def fail() -> None:
        raise error

    async def main() -> None:
        film = Film(turn=fail)
        film.player.start()
        await until(lambda: film.ends)
        assert film.ends == [error]
        assert not film.player.playing

    asyncio.run(main())


def test_without_an_event_loop_play_says_so() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        Film().player.start()
