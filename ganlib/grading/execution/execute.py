"""Runs a hand-in: the student's cells in the sandbox, the checks before a referee."""

import asyncio
from typing import Any

from jupyter_core.utils import run_sync
from nbclient.exceptions import DeadKernelError
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute
from traitlets import Dict, Integer

from ganlib.grading.checker.client import CheckerClient, CheckerDied
from ganlib.grading.entrypoints import SERVE
from ganlib.grading.errors import error_output
from ganlib.grading.execution.output import OutputCap
from ganlib.grading.execution.stopwatch import EVERY, Stopwatch
from ganlib.grading.notebook_cells import given_cells
from ganlib.grading.sandbox.provisioner import SandboxKernelManager

__all__ = ["IsolatedExecute"]

# In seconds
PATIENCE = 30.0  # for a cell that was interrupted, and for a check whose student's process is gone
STARTUP = 600  # on the wall, for a kernel to be ready on a busy machine
FOR_EVER = 10**6  # of nbclient's own limits, which are on the wall: the stopwatch ends a cell


class IsolatedExecute(Execute):
    """In place of nbgrader's Execute.

    A solution cell, and any other cell of the student's, runs in the student's kernel. A locked
    cell runs there and before the referee. A check runs before the referee alone, which calls the
    student's functions over there.

    Limits are in seconds that the hand-in has had (``execution.stopwatch``), so that a busy machine
    costs no points. Only ``patience`` is on the wall: a hand-in that is not done by then gets no
    mark, and is to be graded again.
    """

    budget = Integer(900, help="Seconds that all cells of a hand-in may take together.")
    budgets = Dict(help="The budgets of assignments that have one of their own, by name.")
    check_timeout = Integer(300, help="Seconds that a check may take.")
    grace = Integer(5, help="Seconds that an interrupted kernel has to answer.")
    patience = Integer(3000, help="Seconds on the wall, after which a hand-in is given up.")
    for _trait in (budget, budgets, check_timeout, grace, patience):
        _trait.tag(config=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("kernel_manager_class", SandboxKernelManager)
        kwargs.setdefault("shutdown_kernel", "immediate")
        kwargs.setdefault("iopub_timeout", FOR_EVER)
        kwargs.setdefault("startup_timeout", STARTUP)
        super().__init__(*args, **kwargs)

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, dict]:
        self.files = str(resources.get("metadata", {}).get("path", ""))
        self.dead = ""
        self.timeout_func = lambda cell: None
        self.cap = OutputCap(self._interrupt, self._kill)
        self.checker: CheckerClient | None = None
        about = resources["nbgrader"]
        self.seconds = self.budgets.get(about["assignment"], self.budget)
        with Gradebook(about["db_url"]) as gradebook:
            given = given_cells(gradebook, about["notebook"], about["assignment"])
        self.given = {cell.name: cell.source for cell in given}  # what a solution cell defines
        try:
            return ExecutePreprocessor.preprocess(self, nb, resources, km)
        finally:
            if self.checker:
                self.checker.close()

    def create_kernel_manager(self) -> Any:
        manager = super().create_kernel_manager()
        manager.files = self.files  # what was handed in with the notebook, and the pictures
        return manager

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, index: int
    ) -> tuple[NotebookNode, dict]:
        if cell.cell_type == "code" and cell.source.strip():
            try:
                self._run_or_check(cell, index)
            except CheckerDied as error:  # no verdict, and so no mark
                raise RuntimeError(
                    f"This hand-in was not graded, its referee was lost: {error}"
                ) from None
        return cell, resources

    def _run_or_check(self, cell: NotebookNode, index: int) -> None:
        if self.checker is None and not self.dead:
            self.checker = CheckerClient(self.km.provisioner.channel)
            # What it took to start a kernel is not the student's.
            self.watch = Stopwatch(self.km.provisioner.pid, self.checker.pid)
        cell.outputs = []
        if utils.is_grade(cell) and not utils.is_solution(cell):
            cell.outputs = self._check(cell)
        else:
            # A stub that was put back would undo an answer that stands in another cell.
            if not (utils.is_solution(cell) and "ganlib" in cell.metadata):
                self._run(cell, index)
            if utils.is_solution(cell):
                self._order("solved", self.given[cell.metadata.nbgrader.grade_id])
            elif utils.is_locked(cell):
                self._order("locked", cell.source)

    # The student's cells

    def _run(self, cell: NotebookNode, index: int) -> None:
        """Have the student's kernel run a cell; a kernel that dies ends no hand-in."""
        if not self.dead and self._left() <= 0:
            self._kill(self._spent())
        if self.dead:
            cell.outputs = [error_output("NotRun", f"This cell was not run: {self.dead}.")]
            return
        try:
            self.execute_cell(cell, index, store_history=True)
        except DeadKernelError:
            self.dead = self.dead or "the process had ended before"
            cell.outputs.append(
                error_output("KernelDied", "The process ended while this cell ran.")
            )
        except Exception as error:  # whatever a hostile kernel may provoke in its client
            self._kill("the process did not answer as a notebook's does")
            cell.outputs.append(
                error_output("KernelLost", f"The process was ended: {error!r:.200}")
            )
        self._look_at_the_wall()

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> Any:
        """nbclient's, with a stopwatch in the place of its limits."""
        ending = asyncio.ensure_future(self._end_in_time(cell))
        try:
            return await super().async_execute_cell(cell, cell_index, **options)
        finally:
            ending.cancel()

    execute_cell = run_sync(async_execute_cell)

    async def _end_in_time(self, cell: NotebookNode) -> None:
        """Interrupts a cell that takes too long, and ends the kernel if the cell goes on."""
        await asyncio.sleep(EVERY)  # most cells are done by then, and a look takes its time
        await self._has_had(min(self.timeout or self.seconds, self._left()))
        self._interrupt()
        cell.outputs.append(error_output("Timeout", "This cell took too long, and was stopped."))
        await self._has_had(PATIENCE)
        self._kill("an earlier cell took too long and could not be stopped")

    async def _has_had(self, seconds: float) -> None:
        """Sleeps until the hand-in has had so many seconds more, or all that there are."""
        end = self.watch.read() + seconds
        while self.watch.read() < end and self.watch.on_the_wall() < self.patience:
            await asyncio.sleep(EVERY)

    def _look_at_the_wall(self) -> None:
        """Gives a hand-in up that the machine keeps waiting for too long."""
        if self.watch.on_the_wall() > self.patience:
            raise RuntimeError(
                f"This hand-in was not graded: in {self.patience} seconds its code got "
                f"{self.watch.read():.0f} seconds of computing. Grade it again when the machine "
                "is less busy."
            )

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> Any:
        admitted = self.cap.admit(msg, cell_index)
        return super().process_message(admitted, cell, cell_index) if admitted else None

    def _left(self) -> float:
        return self.seconds - self.watch.seconds

    def _spent(self) -> str:
        return f"the {self.seconds} seconds that this hand-in may take are spent"

    def _interrupt(self) -> None:
        if self.km and self.km.provisioner:
            self.km.provisioner.stop_cell()

    def _kill(self, why: str = "its output had no end") -> None:
        self.dead = self.dead or why
        if self.km and self.km.provisioner:
            self.km.provisioner.end()

    # Before the referee

    def _check(self, cell: NotebookNode) -> list[NotebookNode]:
        if self.dead or self._left() <= 0:
            return [
                error_output("NotRun", f"This check was not run: {self.dead or self._spent()}.")
            ]
        serving = self.kc.execute(SERVE, silent=True, store_history=False, allow_stdin=False)
        seconds = min(self.check_timeout, self._left())
        outputs = self._order("check", cell.source, cell.metadata.nbgrader.points, seconds)
        if not self.dead:
            self._await(serving)
        return outputs

    def _order(
        self, what: str, source: str, points: float = 0, seconds: float | None = None
    ) -> list[NotebookNode]:
        """What comes of a cell before the referee; one that takes too long is interrupted."""
        if self.checker is None:
            return []
        self.checker.run_cell(what, source, points)
        if not self._answers(seconds or self.check_timeout):
            self._interrupt()
            if not self._answers(self.grace):
                self._kill("a check called a function that could not be stopped")
                if not self._answers(PATIENCE):
                    self.checker.close()
                    self.checker = None
                    return [error_output("Timeout", "Looking at this answer takes for ever.")]
        return self.checker.outputs()

    def _answers(self, seconds: float) -> bool:
        """Whether the referee answers before the hand-in has had so many seconds more."""
        assert self.checker
        if self.checker.poll(EVERY):
            return True
        end = self.watch.read() + seconds
        while not self.checker.poll(EVERY):
            self._look_at_the_wall()
            if self.watch.read() > end:
                return self.checker.poll(0)
        return True

    def _await(self, serving: str) -> None:
        """Wait until the kernel is free for the next cell."""
        end = None
        while end is None or self.watch.read() < end:
            self._look_at_the_wall()
            try:
                reply = run_sync(self.kc.get_shell_msg)(timeout=EVERY)
                if reply["parent_header"].get("msg_id") == serving:
                    return
            except Exception:
                if not run_sync(self.km.is_alive)():
                    self.dead = "the process ended while a check called its functions"
                    return
            end = end or self.watch.read() + self.grace
        self._kill("a check called a function that went on after it")
