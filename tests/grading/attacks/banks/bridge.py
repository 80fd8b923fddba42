# %% nonsense on the wire cell="plain" tries="random bytes go to the referee in place of an answer"
import gc
import os


def average(x):
    bridge = next(o for o in gc.get_objects() if type(o).__name__ == "RpcSession")
    bridge.frames.channel.sendall(b"\x00\x00\x00\x08" + os.urandom(1 << 16))
    return 0


# %% an answer of four gigabytes announced cell="plain" tries="a header that promises more than it holds"
import gc


def average(x):
    bridge = next(o for o in gc.get_objects() if type(o).__name__ == "RpcSession")
    bridge.frames.channel.sendall(b"\xff\xff\xff\xff" + b"{" * (1 << 20))
    return 0


# %% an answer without end cell="plain" tries="a header that is begun and never finished"
import gc
import time


def average(x):
    bridge = next(o for o in gc.get_objects() if type(o).__name__ == "RpcSession")
    bridge.frames.channel.sendall(b"\x00\x00\x10\x00{")
    time.sleep(3600)


# %% lists in lists in lists cell="plain" tries="JSON a million levels deep"
import gc


def average(x):
    bridge = next(o for o in gc.get_objects() if type(o).__name__ == "RpcSession")
    text = b"[" * 10**6 + b"]" * 10**6
    bridge.frames.channel.sendall(len(text).to_bytes(4, "big") + text)
    return 0


# %% a tensor that lies about its shape cell="plain" tries="negative and impossible sizes, buffers that are not there"
import ganlib.grading.rpc.shared_tensors as crossing

SHAPES = [[-1], [10**30], [0, 10**30], [2, 2], [1.0], ["1"], [None], {}, "4", [1] * 10**5]
real = crossing.pack_tensor


def lie(value, buffers):
    item = real(value, buffers)
    return {**item, "shape": SHAPES.pop(), "buffer": -7, "dtype": "float64"}


crossing.pack_tensor = lie


def average(x):
    return torch.zeros(1)


fooling = step = drawn = average

# %% answers to questions not yet asked cell="plain" tries="frames sent ahead of time, which answer the calls to come"
import gc

import torch


def average(x):
    bridge = next(o for o in gc.get_objects() if type(o).__name__ == "RpcSession")
    for number in range(1000):
        header = {"number": number, "value": True, "changed": [], "state": []}
        bridge.frames.send({**header, "modes": {}, "released": []}, [])
    return 0


# %% two processes that both answer cell="plain" tries="the function forks: parent and child write to one channel"
import os


def average(x):
    os.fork()
    return 0


def pi(n):
    os.fork()
    return 4.0 if n == 1 else 0.0


# %% a thread that answers too cell="plain" tries="frames are mixed into those of the bridge from a thread"
import gc
import threading
import time


def talk():
    while True:
        for bridge in [o for o in gc.get_objects() if type(o).__name__ == "RpcSession"]:
            try:
                bridge.frames.send({"ask": "done", "number": 0, "value": True}, [])
            except Exception:
                pass
        time.sleep(0.01)


threading.Thread(target=talk, daemon=True).start()


def average(x):
    time.sleep(0.2)
    return 0


# %% the referee's variables asked for cell="plain" tries="every verb of the bridge is tried on what the check has lent"
import gc

from IPython.display import display

NAMES = ("__globals__", "__code__", "__closure__", "__class__", "__self__", "__dict__", "f_globals")


def drawn(sample, m, k):
    bridge = next(o for o in gc.get_objects() if type(o).__name__ == "RpcSession")
    key = sample._bridge[1]
    for verb in ("attribute", "special"):
        for name in NAMES:
            try:
                display(
                    f"LEAK {verb} {name} {bridge.ask(verb, key, name, *[()][: verb == 'special'])}"
                )
            except Exception:
                pass
    for verb in ("get", "names", "eval", "exec", "set", "_answer", "call.__globals__"):
        try:
            display(f"LEAK {verb} {bridge.ask(verb, ['numbers', 'asked', 'expect'])}")
        except Exception:
            pass


def step(D, optimizer, x):
    bridge = next(o for o in gc.get_objects() if type(o).__name__ == "RpcSession")
    for number in range(300):
        for key in (f"r{number}", f"rt{number}", f"rg{number}", f"re{number}"):
            for name in NAMES:
                try:
                    display(f"LEAK {key} {name} {bridge.ask('attribute', key, name)}")
                except Exception:
                    pass


# %% a remote object's attributes cell="plain" tries="ordinary attribute access leads from a lent network to its globals"
from IPython.display import display


def step(D, optimizer, x):
    for thing in (D, optimizer, D.forward, optimizer.step, x):
        for name in ("__globals__", "__func__", "_bridge", "f_globals", "gi_frame", "__wrapped__"):
            try:
                reached = getattr(thing, name)
                if "marker_of_a_hidden_test" in str(reached) or "quietly" in reached:
                    if reached is not globals():
                        display(f"LEAK {name}")
            except Exception:
                pass


# %% a range of a trillion numbers cell="plain" tries="a small answer that fills the referee's memory when it is looked at"
def average(x):
    return range(10**12)


fooling = step = drawn = average


# %% a list of lists that doubles cell="plain" tries="one list, shared thirty times over, unfolds to a billion numbers"
def average(x):
    answer = [0.0, 0.0]
    for _ in range(30):
        answer = [answer, answer]
    return answer


# %% a tensor of a trillion numbers cell="plain" tries="an expanded tensor has one number in memory"
def average(x):
    return torch.zeros(1).expand(10**12)


fooling = drawn = average


# %% calls back for ever cell="plain" tries="the check's own callback is called until time or memory ends"
def drawn(sample, m, k):
    while True:
        try:
            sample(m)
        except BaseException:
            pass


# %% calls back for ever, in batches of millions cell="plain" tries="the check's callback is asked for a hundred million numbers a time"
def drawn(sample, m, k):
    while True:
        sample(10**8)


# %% calls that call each other cell="plain" tries="each side's hook calls the other side until the stack is full"
class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)
        for parameter in self.parameters():
            parameter.register_post_accumulate_grad_hook(lambda p: p.sum().backward())

    def forward(self, x):
        return self.layer(x).squeeze(1)[: len(x) - 1]


# %% an error message of fifteen megabytes cell="plain" tries="the exception that crosses is as large as a frame may be"
import ganlib.grading.rpc.exceptions as crossing

crossing.TEXT_LIMIT = 1 << 40


def average(x):
    raise AssertionError("<b>well done</b>\n" * 900_000)


# %% an exception that is not the student's cell="plain" tries="the wire says that the referee's own exception comes back, or one of any name"
import ganlib.grading.rpc.exceptions as crossing

NAMES = ["SystemExit", "KeyboardInterrupt", "BaseException", "Warning", "StopIteration", "object"]


def describe(self, error):
    if NAMES:
        return {"key": "re0", "names": [NAMES.pop()], "text": "ok", "shown": "ok"}
    return {"yours": "re0"}


crossing.Raised.describe = describe


def average(x):
    raise ValueError


fooling = step = pi = drawn = Judge = average

# %% the referee's state rewritten cell="plain" tries="each answer brings new values for every tensor that both sides know"
import torch

import ganlib.grading.rpc.session as bridge

real = bridge.RpcSession._send


def send(self, packer, *near, **fields):
    for tensor in list(self.shared.tensors.values()):
        if tensor.is_leaf:
            tensor.data.fill_(0)
            tensor.grad = torch.zeros_like(tensor)
    self.released += [f"r{number}" for number in range(100)]
    return real(self, packer, *near, **fields)


bridge.RpcSession._send = send


def step(D, optimizer, x):
    return torch.tensor(0.0)


def fooling(logits):
    return 0 * logits.sum()


# %% gradients that lie cell="plain" tries="the vector-Jacobian product is answered with the wrong number, shapes and kinds of tensors"
import torch

import ganlib.grading.rpc.handlers as over_here

LIES = [[], [None] * 9, [torch.zeros(7)], ["0"], [torch.tensor(float("nan"))], 0]


def vjp(peer, key, sources, grad, more):
    return LIES.pop()


over_here.HANDLERS["vjp"] = over_here.Handler(vjp)


def fooling(logits):
    return 0 * logits.sum()


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)

    def forward(self, x):
        return self.layer(x).squeeze(1)[:1]


# %% a network that contains itself cell="plain" tries="parts in a circle, and parts by the ten thousand"
class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2))
        self.parts = nn.ModuleList(nn.Linear(1, 1) for _ in range(10_000))
        self.parts.append(self)

    def forward(self, x):
        return x


# %% a network with forged names cell="plain" tries="parameters and attributes called __class__, forward and parameters"
class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ("forward", "__class__", "parameters", "shape", "", "a.b", "training"):
            self._parameters[name] = nn.Parameter(torch.zeros(5))
        vars(self)["shape"] = (5,)
        vars(self)["detach"] = vars(self)["__eq__"] = True
        type(self).__name__ = "Identity"

    def forward(self, x):
        return x


# %% an answer with a pickle in it cell="plain" tries="__reduce__ runs code where an object is unpickled"
class Bomb:
    def __reduce__(self):
        return (exec, ("from IPython.display import display; display('LEAK')",))

    __getstate__ = __reduce__

    def __array__(self, *arguments, **named):
        import numpy

        return numpy.array([self], dtype=object)


def average(x):
    return Bomb()


def pi(n):
    import numpy

    return numpy.array([Bomb()], dtype=object)


# %% an object that never ends cell="plain" tries="iteration, len and attributes of a remote object go on for ever"
class Endless:
    def __iter__(self):
        while True:
            yield 0.0

    def __len__(self):
        return 1 << 62

    def __getitem__(self, index):
        return self

    def __getattr__(self, name):
        return self

    def __call__(self, *arguments, **named):
        return self


average = fooling = step = pi = drawn = Judge = Endless()

# %% the bridge's own code replaced cell="plain" tries="serve() in the student's process gives the referee whatever it wants to see"
from ganlib.grading.rpc.handlers import HANDLERS, Handler

HANDLERS["get"] = Handler(lambda peer, names: {name: True for name in names})
for verb in ("call", "attribute", "special"):
    HANDLERS[verb] = Handler(lambda peer, *_: True)

# %% more names than the exercise has cell="plain" tries="the student's process offers torch, math, abs and the check's own names"
from ganlib.grading.rpc.handlers import HANDLERS, Handler

FORGED = ("abs", "expect", "quietly", "torch", "math", "round", "found", "small_judge", "tuple")
HANDLERS["get"] = Handler(lambda peer, names: dict.fromkeys([*names, *FORGED], 2))
average = pi = 2
