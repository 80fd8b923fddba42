"""The live GAN in a notebook: ipywidgets' controls round a canvas that the browser paints.

What learns is :class:`ganlib.live.engine.Engine`; what is shown, :func:`ganlib.live.scene.scene`;
what the controls are, :mod:`ganlib.live.controls`. Here a control is joined to what it does.
"""

import asyncio
import html
import math
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import torch
import traitlets
from anywidget import AnyWidget
from IPython import get_ipython
from IPython.display import DisplayHandle
from ipywidgets import HTML, Button, HBox, Label, Layout, VBox, Widget

from ganlib.live import still
from ganlib.live.controls import OWN, Controls, formula
from ganlib.live.engine import Engine, ModuleError
from ganlib.live.failures import FAILURES, Failure
from ganlib.live.frame import pack
from ganlib.live.picture import picture
from ganlib.live.player import FRAME, Player
from ganlib.live.problems import PROBLEMS, Problem, drawn
from ganlib.live.quiz import Quiz
from ganlib.live.quizpanel import QuizPanel
from ganlib.live.scene import HIDDEN_AT_FIRST, LAYERS, Run, algorithm, describe, kind_of, scene
from ganlib.plotting import COLORS
from ganlib.training import Diverged

__all__ = ["Canvas", "GANLab"]

HERE = Path(__file__).parent

DRAWN = "draw your own"
WAVE = [[x / 20, math.sin(x / 10)] for x in range(-30, 31, 2)]
"""What stands there before anything is drawn."""

LINE_SECONDS = 1.5
"""One line of Algorithm 1 in slow motion."""


class Canvas(AnyWidget):
    """The view: paints the frame that it is given, and says what was done to it."""

    _esm = HERE / "view.js"
    _css = HERE / "view.css"
    frame = traitlets.Bytes().tag(sync=True)
    layers = traitlets.List(traitlets.Dict()).tag(sync=True)
    hidden = traitlets.List(traitlets.Unicode()).tag(sync=True)
    colors = traitlets.Dict(COLORS).tag(sync=True)


class GANLab:
    """A GAN that learns before your eyes, and obeys.

    It starts paused. While the picture has the focus, the space bar plays and pauses, a full stop
    steps, d and g step one player, Home goes back to the start.

    Args:
        problem: a name of :data:`ganlib.live.problems.PROBLEMS`, "draw your own", or a Problem.
        G: your own generator, an ``nn.Module`` or a function that makes one; None for a small MLP.
        D: likewise your own discriminator, which returns logits of shape (m,).
        settings: further arguments of :class:`ganlib.live.engine.Engine`: loss, k, m, lr_g, ...

    Attributes:
        engine: the run that the sliders govern; ``engine.step(n)`` trains it from a cell too.
        panel: the widget.

    Raises:
        ValueError, ModuleError: from the engine, where the arguments make no sense.
    """

    _made_in: ClassVar[dict[str, tuple[str, list["GANLab"]]]] = {}

    def __init__(
        self,
        problem: str | Problem = "two gaussians",
        G: torch.nn.Module | Callable[[], torch.nn.Module] | None = None,
        D: torch.nn.Module | Callable[[], torch.nn.Module] | None = None,
        **settings: Any,
    ) -> None:
        self._arguments: dict[str, Any] = {"problem": problem, "G": G, "D": D, **settings}
        self._points = list(WAVE)
        self.runs = [Run(self._engine())]
        self._player = Player(self._turn, self._ended)
        self._error: str | None = None
        self._due = self._cost = 0.0
        self._deaf = False  # while the kernel itself moves the controls
        self._still: DisplayHandle | None = None

        problems: list[tuple[str, Any]] = [(name, name) for name in (*PROBLEMS, DRAWN)]
        if isinstance(problem, Problem):
            problems.append((problem.name, problem))
        self.controls = Controls(problems, problem)
        self.canvas = Canvas(hidden=list(HIDDEN_AT_FIRST))
        self.gallery = HBox([Label("Ways to fail:")], layout=Layout(flex_flow="row wrap"))
        self.aside = VBox()
        self._join()
        self.panel = VBox(self.controls.arrange(self.canvas, self.gallery, self.aside))
        self._sync()
        self._send()
        self._close_those_before()

    @property
    def engine(self) -> Engine:
        """The run that the sliders govern: the only one, or B of two."""
        return self.runs[-1].engine

    @property
    def playing(self) -> bool:
        """Whether it trains now."""
        return self._player.playing

    # Joining the controls to what they do.

    def _join(self) -> None:
        c = self.controls
        clicks: dict[Button, Callable[[], None]] = {
            c.play: self.toggle,
            c.step: self._step,
            c.step_d: lambda: self._step("step_d"),
            c.step_g: lambda: self._step("step_g"),
            c.reset: self._reset,
            c.new_drawing: self._points.clear,
        }
        for name, failure in FAILURES.items():
            button = Button(description=name, tooltip=failure.cause, layout=Layout(width="auto"))
            self.gallery.children += (button,)
            clicks[button] = partial(self._fail_like, failure)
        for button, act in clicks.items():
            button.on_click(lambda _, act=act: self._obey(act))
        changes: dict[Widget, Callable[[], None]] = {
            c.problem: self._restart,
            c.units: self._restart,
            c.seed: self._reset,
            c.slow: self._slow_down,
            c.compare: self._compare,
            c.quiz: self._ask,
            c.loss: lambda: self.engine.set(loss=c.loss.value),
        }
        for name, slider in c.sliders.items():
            changes[slider] = partial(self._set, name, slider)
        for control, act in changes.items():
            control.observe(lambda _, act=act: self._obey(act), names="value")
        self.canvas.observe(lambda _: self._obey(lambda: None), names="hidden")
        self.canvas.on_msg(lambda _, message, buffers: self._hear(message))

    def _hear(self, message: dict[str, Any]) -> None:
        """What the view has to say."""
        keys = {
            "play": self.toggle,
            "step": self._step,
            "step D": lambda: self._step("step_d"),
            "step G": lambda: self._step("step_g"),
            "reset": self._reset,
        }
        if "seen" in message:
            self._player.seen = max(self._player.seen, message["seen"])
        elif "press" in message:
            self._obey(keys[message["press"]])
        elif "scrub" in message:
            self._obey(lambda: self._scrub(message["scrub"]))
        elif "draw" in message:
            self._obey(lambda: self._draw(message["draw"]))

    def _obey(self, act: Callable[[], None]) -> None:
        """Do what a control asks for; show what came of it, be it an error."""
        if self._deaf:
            return
        self._error = None
        try:
            act()
        except Exception as error:
            self._player.stop()
            self._error = _words(error)
        self._sync()
        self._send()

    # What the controls do.

    def toggle(self) -> None:
        """Play, or pause."""
        if self.playing:
            self._player.stop()
        else:
            self._due = 0.0
            self._player.start()

    def _set(self, name: str, slider: Any) -> None:
        self.engine.set(**{name: slider.value})

    def _step(self, how: str = "step") -> None:
        self._player.stop()
        if self.controls.slow.value and how == "step":
            self._advance()
        else:
            self._train(lambda engine: getattr(engine, how)())

    def _train(self, step: Callable[[Engine], object]) -> None:
        for run in self.runs:
            run.remember_the_branch()
            step(run.engine)
            run.record = None

    def _advance(self) -> None:
        """One line of Algorithm 1."""
        for run in self.runs:
            run.remember_the_branch()
            run.record = run.engine.advance()

    def _reset(self) -> None:
        self._player.stop()
        for run in self.runs:
            run.engine.reset(self.controls.seed.value)
            run.ghost = run.record = None

    def _restart(self) -> None:
        """Begin anew with what cannot change in the middle of a run."""
        self._player.stop()
        before = self.engine
        self._arguments |= {"problem": self.controls.problem.value, "seed": before.seed}
        fresh = self._engine()
        kept = ["k", "m", "loss"]
        if fresh.problem.name == before.problem.name:
            kept += [name for name, value in before.settings.items() if value is not None]
        fresh.set(**{name: before.settings[name] for name in kept})
        self.runs[-1] = Run(fresh)
        if len(self.runs) == 2:
            self._pair()

    def _fail_like(self, failure: Failure) -> None:
        """Set up one of the gallery's failures and let it happen."""
        self._player.stop()
        self.controls.compare.value = False
        self._arguments = dict(failure.settings)
        self.runs = [Run(self._engine())]
        self.controls.quiz.value = False
        words = html.escape(f"{failure.cause} {failure.look}")
        self.aside.children = (HTML(f"<p role='status'>{words}</p>"),)
        self._player.start()

    def _compare(self) -> None:
        if self.controls.compare.value:
            self.runs.append(Run(self._engine()))
            self._pair()
        else:
            del self.runs[:-1]  # what was tuned stays

    def _pair(self) -> None:
        """Both runs begin together, from one seed."""
        a, b = (run.engine for run in self.runs)
        if a.problem.name != b.problem.name or b.problem.name == DRAWN:
            self.runs[0] = Run(self._engine())
        self._reset()

    def _slow_down(self) -> None:
        for run in self.runs:
            run.record = None
        self._due = 0.0

    def _ask(self) -> None:
        """You are the discriminator."""
        self.aside.children = ()
        if self.controls.quiz.value:
            problem = self.engine.problem
            self.aside.children = (QuizPanel(Quiz.of(self.engine), problem.low, problem.high),)

    def _scrub(self, iteration: int) -> None:
        self._player.stop()
        for run in self.runs:
            run.engine.scrub(iteration)
            run.record = None

    def _draw(self, points: list[list[float]]) -> None:
        self._points += points
        self._restart()

    def _engine(self) -> Engine:
        arguments = dict(self._arguments)
        if arguments["problem"] == DRAWN:
            arguments["problem"] = drawn(self._points)
        units = self.controls.units.value if hasattr(self, "controls") else OWN
        if units != OWN:
            arguments["hidden"] = units
        return Engine(**arguments)

    # Playing.

    def _turn(self, seconds: float) -> None:
        """One frame: as many iterations as are due and as fit in, and what they look like."""
        with _one_thread():
            if self.controls.slow.value:
                self._due += seconds / LINE_SECONDS
                if self._due < 1:
                    return
                self._due = 0.0
                self._advance()
            elif not self._run_on(seconds):
                return
            self._send()

    def _run_on(self, seconds: float) -> bool:
        """Whether anything was due."""
        self._due += self.controls.speed.value * seconds
        if self._due < 1:
            return False
        stop = time.perf_counter() + FRAME - self._cost - 0.004
        while self._due >= 1:
            self._train(Engine.step)
            self._due -= 1
            if time.perf_counter() >= stop:  # what does not fit in is not made up for
                self._due = 0.0
        return True

    def _ended(self, error: BaseException | None) -> None:
        """The player has stopped."""
        if isinstance(error, Exception):
            self._error = _words(error)
        self._sync()
        self._send()
        with suppress(RuntimeError):  # no loop, nobody waits
            asyncio.get_running_loop().call_later(1, self._keep_picture)

    # What is shown.

    def _sync(self) -> None:
        """Set the controls to what the engine has; going back changes settings too."""
        self._deaf = True
        c, engine = self.controls, self.engine
        c.play.description = "Pause" if self.playing else "Play"
        c.loss.value = engine.loss.name
        c.formula.value = formula(engine.loss)
        for name, slider in c.sliders.items():
            value = engine.settings[name]
            slider.disabled = value is None
            if value is not None:
                with suppress(traitlets.TraitError):  # beyond the slider's reach
                    slider.value = value
        own = isinstance(self._arguments["problem"], Problem)
        c.problem.value = self._arguments["problem"] if own else self._problem_name()
        c.new_drawing.layout.display = None if self._draws else "none"
        c.seed.value = engine.seed
        self.canvas.layers = [layer.button() for layer in LAYERS[kind_of(engine)]]
        self._deaf = False

    def _problem_name(self) -> str:
        return self.engine.problem.name

    @property
    def _draws(self) -> bool:
        return self.engine.problem.name == DRAWN

    def _send(self) -> None:
        """Give the view a new frame."""
        began = time.perf_counter()
        self._player.sent += 1
        try:
            self._frame = scene(self.runs, self.canvas.hidden)
        except Exception as error:  # a student's module may fail here too
            self._player.stop()
            self._error = _words(error)
        self.canvas.frame = pack(
            self._frame
            | {
                "number": self._player.sent,
                "playing": self.playing,
                "draws": self._draws,
                "error": self._error,
                "walk": algorithm(self.runs[-1].record) if self.controls.slow.value else None,
            }
        )
        self._cost = 0.9 * self._cost + 0.1 * (time.perf_counter() - began)

    # In the notebook.

    def _ipython_display_(self) -> None:
        self._still = still.show(self.panel, picture(self.engine), describe(self.runs[-1:]))

    def _keep_picture(self) -> None:
        """Where the run was paused, for when the kernel is gone."""
        if self._still is not None and not self.playing:
            still.replace(self._still, picture(self.engine), describe(self.runs[-1:]))

    def _close_those_before(self) -> None:
        """A cell that is run again takes down the labs that it made before."""
        shell = get_ipython()
        parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
        cell = parent.get("metadata", {}).get("cellId")
        run = parent.get("header", {}).get("msg_id")
        if not cell:
            return
        earlier, labs = self._made_in.get(cell, (run, []))
        if earlier != run:
            for lab in labs:
                lab.close()
            labs = []
        self._made_in[cell] = run, [*labs, self]

    def close(self) -> None:
        """Stop, and take all widgets off the page."""
        self._player.stop()
        self._still = None
        for widget in _all_widgets(self.panel):
            widget.close()


def _all_widgets(widget: Widget) -> Iterator[Widget]:
    for child in getattr(widget, "children", ()):
        yield from _all_widgets(child)
    yield widget


def _words(error: Exception) -> str:
    """An error for the panel: what went wrong, and the student's line where it did."""
    plain = isinstance(error, Diverged | ModuleError | ValueError)
    words = str(error) if plain else f"{type(error).__name__}: {error}"
    cause = error.__cause__ or error
    for place in reversed(traceback.extract_tb(cause.__traceback__)):
        if "ipykernel" in place.filename and place.line:
            return f"{words}\n(in {place.name}, line {place.lineno}: {place.line})"
    return words


@contextmanager
def _one_thread() -> Iterator[None]:
    """Networks as small as these learn fastest on one thread; a cell may want more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
