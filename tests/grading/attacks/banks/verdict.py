# %% an answer that equals everything cell="E1" tries="found == 2 asks the answer itself, and the answer says yes"
class Anything:
    def __eq__(self, other):
        return True

    __lt__ = __gt__ = __le__ = __ge__ = __ne__ = __bool__ = lambda *_: True
    __hash__ = None

    def __float__(self):
        return 4.0

    def __len__(self):
        return 1

    def __index__(self):
        return 4

    def __array__(self, *arguments, **named):
        import numpy

        return numpy.array(4.0)


def average(x):
    return Anything()


# %% a tensor whose comparisons are all true cell="E1" tries="a subclass of Tensor answers every torch function with yes"
class Agreeable(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func.__name__ in ("eq", "__eq__", "allclose", "isclose", "equal", "__bool__"):
            return True
        return super().__torch_function__(func, types, args, kwargs or {})


def average(x):
    return torch.zeros(()).as_subclass(Agreeable)


# %% a number type that equals everything cell="E5" tries="a subclass of float whose == and - are forged"
class Close(float):
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    def __abs__(self):
        return 0.0

    __hash__ = float.__hash__


def pi(n):
    return Close(0.0)


# %% patched torch.allclose and torch.testing cell="plain" tries="the functions that compare always find equal"
import torch

torch.allclose = torch.equal = lambda *_, **__: True
torch.testing.assert_close = lambda *_, **__: None
torch.Tensor.__eq__ = lambda self, other: True


def average(x):
    return torch.zeros(())


def step(D, optimizer, x):
    return torch.zeros(())


# %% patched ganlib.checks cell="plain" tries="the checks' own helpers are replaced"
import ganlib.checks

ganlib.checks.expect = lambda *_, **__: None
ganlib.checks.as_number = ganlib.checks.as_tensor = lambda value, what: value


def average(x):
    return None


def fooling(logits):
    return (0 * logits).sum()


def drawn(sample, m, k):
    return None


# %% a forged module in sys.modules cell="plain" tries="import ganlib.checks finds a module of the student's making"
import sys
import types

forged = types.ModuleType("ganlib.checks")
forged.expect = lambda *_, **__: None
forged.quietly = quietly
sys.modules["ganlib.checks"] = forged


def average(x):
    return 0


def fooling(logits):
    return 0


def drawn(sample, m, k):
    return 0


# %% an import hook cell="plain" tries="a finder on sys.meta_path serves another ganlib.checks"
import importlib.abc
import importlib.util
import sys


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return importlib.util.spec_from_loader(name, self) if name == "ganlib.checks" else None

    def exec_module(self, module):
        module.expect = lambda *_, **__: None


sys.meta_path.insert(0, Finder())
del sys.modules["ganlib.checks"]


def average(x):
    return 0


def fooling(logits):
    return 0


def drawn(sample, m, k):
    return 0


# %% a patched __import__ cell="plain" tries="every import statement of a test gets a mock that agrees"
import builtins
from unittest.mock import MagicMock

import torch

real = builtins.__import__


def forged(name, *arguments, **named):
    if name == "ganlib.checks" or (name == "torch" and "E1" in str(get_ipython().history_manager)):
        return MagicMock()
    return real(name, *arguments, **named)


builtins.__import__ = forged


def average(x):
    return 0


def fooling(logits):
    return 0


def drawn(sample, m, k):
    return 0


# %% patched builtins cell="plain" tries="abs, len, tuple and isinstance of every module are forged"
import builtins

real = builtins.abs
builtins.abs = lambda value: 0.0
builtins.tuple = type("tuple", (tuple,), {"__eq__": lambda *_: True, "__hash__": None})


class Judge:
    def __call__(self, x):
        return torch.zeros(1)


def pi(n):
    return 0.0


# %% the names that a test uses, shadowed cell="plain" tries="abs, tuple and len as plain names in the notebook"
def abs(value):
    return 0.0


def tuple(value):
    return (5,)


def len(value):
    return 1


class Judge:
    def __call__(self, x):
        return torch.zeros(3)


def pi(n):
    return 0.0


# %% the locked helper, defined again cell="plain" tries="small_judge returns a network that has nothing to learn"
class Flat(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return (0 * self.weight).expand(4)


def small_judge():
    return Flat(), torch.zeros(4, 2)


def step(D, optimizer, x):
    return None


# %% asserts dropped by an ast transformer cell="plain" tries="IPython runs each test without its asserts"
import ast


class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)

    def visit_Expr(self, node):
        return ast.copy_location(ast.Pass(), node)

    def visit_With(self, node):
        return ast.copy_location(ast.Pass(), node)


get_ipython().ast_transformers.append(Drop())

# %% tests emptied by an input transformer cell="plain" tries="IPython is told to run pass instead of each cell"
get_ipython().input_transformers_post.append(lambda lines: ["pass\n"])

# %% tests emptied by a cleanup transform cell="plain" tries="the first stage of IPython's input transformers is replaced"
get_ipython().input_transformer_manager.transform_cell = lambda cell: "pass\n"

# %% a displayhook called first cell="plain" tries="the first output of a test cell is its grade: the function prints one"
import sys


def average(x):
    sys.displayhook("ok")


fooling = step = drawn = pi = Judge = average


# %% partial credit that is nan cell="E5" tries="nan is neither more nor less than the points there are"
def pi(n):
    return float("nan")


# %% partial credit that is infinite cell="E5" tries="minus infinity where a distance is expected"
class Far(float):
    def __sub__(self, other):
        return self

    def __abs__(self):
        return float("-inf")


def pi(n):
    return Far(0)


# %% partial credit above the maximum cell="E5" tries="a negative distance makes more points than there are"
class Near:
    def __sub__(self, other):
        return self

    def __abs__(self):
        return -1.0


def pi(n):
    return Near()


# %% partial credit that is negative cell="plain" tries="nbgrader gives full marks for a negative number"
import math

math.exp = lambda _: -1.0


def pi(n):
    return 0.0


# %% partial credit that is no number cell="plain" tries="nbgrader gives full marks for a word"
import builtins

builtins.round = lambda *_: "full marks"


def pi(n):
    return 3.0


# %% tracebacks switched off cell="plain" tries="showtraceback shows nothing"
get_ipython().showtraceback = get_ipython()._showtraceback = lambda *_, **__: None

# %% an exception handler that swallows cell="plain" tries="IPython's set_custom_exc for every exception"
get_ipython().set_custom_exc((BaseException,), lambda *_, **__: [])

# %% run_cell that always succeeds cell="plain" tries="the shell's run_cell reports success and runs nothing"
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult

shell = get_ipython()


async def run_cell_async(source, *arguments, **named):
    return ExecutionResult(ExecutionInfo(source, False, False, False, None))


shell.run_cell_async = run_cell_async
shell.run_cell = lambda source, *_, **__: ExecutionResult(
    ExecutionInfo(source, False, False, False, None)
)

# %% a kernel that replies ok cell="plain" tries="do_execute answers every request with success and runs nothing"
kernel = get_ipython().kernel


async def do_execute(*arguments, **named):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}


kernel.do_execute = do_execute

# %% a kernel in the kernel's place cell="plain" tries="exec of another kernel on the same connection file, which says ok to all"
import os
import sys

import ipykernel

ANOTHER = """
import sys
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Yes(Kernel):
    implementation = implementation_version = banner = language = "yes"
    language_info = {"name": "python", "mimetype": "text/x-python", "file_extension": ".py"}

    async def do_execute(self, *arguments, **named):
        return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}

IPKernelApp.launch_instance(argv=["-f", sys.argv[1]], kernel_class=Yes)
"""
os.execv(sys.executable, [sys.executable, "-c", ANOTHER, ipykernel.get_connection_file()])

# %% a forged result through the kernel's session cell="plain" tries="an execute_result is published in the name of the test cell"
kernel = get_ipython().kernel


def average(x):
    content = {"execution_count": 1, "data": {"text/plain": "'ok'"}, "metadata": {}}
    kernel.session.send(
        kernel.iopub_socket, "execute_result", content, parent=kernel.get_parent(), ident=b"x"
    )


fooling = step = drawn = pi = Judge = average

# %% a forged reply through the kernel's session cell="plain" tries="status idle and an execute_reply ok are sent before the test has failed"
kernel = get_ipython().kernel


def average(x):
    parent = kernel.get_parent()
    reply = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
    ident = kernel._shell_parent_ident.get()
    kernel.session.send(kernel.shell_stream, "execute_reply", reply, parent=parent, ident=ident)
    idle = {"execution_state": "idle"}
    kernel.session.send(kernel.iopub_socket, "status", idle, parent=parent, ident=b"x")
    import time

    time.sleep(3)


fooling = step = drawn = pi = Judge = average

# %% a thread that keeps sending results cell="plain" tries="some execute_result is the first output of every test cell"
import threading
import time

kernel = get_ipython().kernel


def keep_sending():
    content = {"execution_count": 1, "data": {"text/plain": "'ok'"}, "metadata": {}}
    while True:
        try:
            kernel.session.send(
                kernel.iopub_socket, "execute_result", content, parent=kernel.get_parent()
            )
        except Exception:
            pass
        time.sleep(0.002)


threading.Thread(target=keep_sending, daemon=True).start()

# %% a trace that corrects the answer cell="plain" tries="a trace function reads the test's assert and sets the variable that it looks at"
import ast
import linecache
import sys


def correct(frame, event, argument):
    lines = linecache.getlines(frame.f_code.co_filename)
    for node in ast.walk(ast.parse("".join(lines) or "pass")):
        if isinstance(node, ast.Compare) and ast.unparse(node.left) == "found":
            frame.f_globals["found"] = ast.literal_eval(node.comparators[0])
    return correct


def average(x):
    sys.settrace(lambda *_: None)
    frame = sys._getframe(1)
    frame.f_trace = correct


pi = average

# %% the test's constants overwritten cell="plain" tries="ctypes changes the expected number inside the test's code object"
import ctypes
import sys

WRONG = 12345.5


def average(x):
    constants = sys._getframe(1).f_code.co_consts
    first = id(constants) + tuple.__basicsize__
    for position, constant in enumerate(constants):
        if isinstance(constant, (int, float)) and not isinstance(constant, bool):
            ctypes.py_object.from_address(
                first + position * ctypes.sizeof(ctypes.c_void_p)
            ).value = WRONG
    return WRONG


def pi(n):
    return average(n)


# %% the expected value from the test's variables cell="plain" tries="the function looks up what the test has already worked out"
def step(D, optimizer, x):
    import sys

    namespace = sys._getframe(1).f_globals
    D(x)
    with torch.no_grad():
        if "gradient" in namespace:
            for parameter, slope in zip(D.parameters(), namespace["gradient"]):
                parameter -= 0.1 * slope
    optimizer.zero_grad()
    hooks = list(optimizer._optimizer_step_post_hooks.values())
    for hook in hooks:
        hook(optimizer, (), {})
    return torch.tensor(namespace.get("right", 0.0))


# %% the expected value from the test's source cell="plain" tries="the function reads the running cell in In and returns the number that it asks for"
import re


def average(x):
    found = re.search(r"(?:expect\(found, |found == |tensor\()(\d+\.?\d*)\b(?!\])", In[-1])
    return torch.tensor(float(found[1]))


def pi(n):
    return average(n)


# %% the visible examples learnt by heart cell="plain" tries="answers for the numbers of the visible checks alone" earns="E1-constant E2-undecided E5-first E4-shape"
import math


def average(x):
    return torch.tensor(2.0)


def fooling(logits):
    return torch.tensor(math.log(2))


def pi(n):
    return 4.0


class Judge:
    def __call__(self, x):
        return torch.zeros(len(x))


# %% the answers left lying by the tests cell="plain" tries="each call looks in gc for tensors and floats of earlier tests"
import gc


def average(x):
    numbers = [o for o in gc.get_objects() if isinstance(o, float)]
    tables = [o for o in gc.get_objects() if isinstance(o, dict) and "right" in o]
    return tables[0]["right"] if tables else torch.tensor(numbers[0] if numbers else 0.0)


def step(D, optimizer, x):
    return average(x)


def drawn(sample, m, k):
    return average(None)


# %% an exception that passes for success cell="plain" tries="NotImplementedError, SystemExit(0) and KeyboardInterrupt instead of an answer"
def average(x):
    raise SystemExit(0)


def fooling(logits):
    raise KeyboardInterrupt


def step(D, optimizer, x):
    raise GeneratorExit


def pi(n):
    raise StopIteration(4)


def drawn(sample, m, k):
    raise SystemExit(None)


# %% an exception without a traceback cell="plain" tries="an error whose name, text and traceback cannot be shown"
class Blank(BaseException):
    __traceback__ = None

    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__
    with_traceback = __str__


def average(x):
    raise Blank()


fooling = step = drawn = pi = Judge = average

# %% ipykernel's message handler replaced cell="plain" tries="the reply is rewritten on its way out, errors never leave the kernel"
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session

real = Session.send


def send(self, stream, kind, content=None, *arguments, **named):
    kind = kind if isinstance(kind, str) else kind.get("header", {}).get("msg_type")
    if kind == "error":
        return None
    if isinstance(content, dict) and content.get("status") == "error":
        content = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
    return real(self, stream, kind, content, *arguments, **named)


Session.send = send

# %% a coroutine, a generator and a mock cell="plain" tries="answers that agree with whatever is done to them"
from unittest.mock import MagicMock

everything = MagicMock()
everything.__eq__ = lambda self, other: True
everything.__abs__ = lambda self: 0.0
everything.__float__ = lambda self: 4.0
everything.__sub__ = lambda self, other: everything
everything.return_value.shape = (5,)
everything.return_value.__eq__ = lambda self, other: True
everything.return_value.__abs__ = lambda self: 0.0
everything.return_value.__sub__ = lambda self, other: everything
average = fooling = step = pi = drawn = everything
Judge = lambda: everything


# %% the question changed to fit the answer cell="plain" tries="arguments are changed in place until a wrong answer is right"
def average(x):
    x.fill_(0)
    return x.sum()


def fooling(logits):
    logits.data.fill_(1e4)
    return 0 * logits.sum()


def step(D, optimizer, x):
    with torch.no_grad():
        x.fill_(1e4)
        for parameter in D.parameters():
            parameter.fill_(0)
            parameter.grad = None
    optimizer.step()
    return torch.zeros(())


# %% random numbers that are not random cell="plain" tries="torch.manual_seed and torch.randn give zeros, on which wrong is right" earns="E4-shape"
import torch

torch.manual_seed = lambda seed: None
torch.randn = lambda *shape, **_: torch.zeros(*shape)


def step(D, optimizer, x):
    return torch.tensor(0.6931)


class Judge(nn.Module):
    def forward(self, x):
        return 100 * x.sum(1)
