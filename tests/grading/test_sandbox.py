"""A student's kernel: what it can do, what it cannot, and what is left of it afterwards.

The tests run as whoever runs them; where that is root, some run once more as an ordinary user.
"""

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from ganlib.grading.execution.output import OutputCap
from ganlib.grading.sandbox import bubblewrap
from ganlib.grading.sandbox.limits import ControlGroup, MemoryWatch
from ganlib.grading.sandbox.process import SandboxedProcess
from ganlib.grading.sandbox.provisioner import SandboxKernelManager

ROOT = Path(__file__).parents[2]
MEGABYTE = 2**20

pytestmark = pytest.mark.xdist_group("sandbox")  # they share a warm server


@pytest.fixture(scope="module", autouse=True)
def needed():
    """These tests need the sandbox; CI has it."""
    try:
        bubblewrap.check()
    except bubblewrap.SandboxUnavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    yield
    bubblewrap.close_servers()


@pytest.fixture(autouse=True)
def no_data(monkeypatch, tmp_path):
    """No data set of this machine is in sight, so that ``warm_server({})`` is the server."""
    monkeypatch.delenv("GANLIB_MNIST", raising=False)
    monkeypatch.setenv("GANLIB_CACHE", str(tmp_path / "none"))


class Kernel:
    """A kernel of the sandbox, and what its cells print."""

    def __init__(self, files="", **traits):
        config = Config({"SandboxProvisioner": {"memory": 2 * 2**30, **traits}})
        self.client = NotebookClient(
            new_notebook(),
            kernel_manager_class=SandboxKernelManager,
            kernel_name="whatever the notebook says",
            config=config,
            allow_errors=True,
            timeout=600,
            shutdown_kernel="immediate",
        )
        self.client.create_kernel_manager().files = str(files)
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        self.stack.enter_context(self.client.setup_kernel(cleanup_kc=True))
        return self

    def __exit__(self, *error):
        self.stack.close()

    @property
    def manager(self):
        return self.client.km

    @property
    def provisioner(self):
        return self.client.km.provisioner

    def cell(self, source):
        cell = new_code_cell(textwrap.dedent(source))
        self.client.nb.cells.append(cell)
        return self.client.execute_cell(cell, len(self.client.nb.cells) - 1)

    def run(self, source):
        """What a cell prints; its errors as the line with the exception."""
        outputs = self.cell(source).outputs
        return "".join(
            f"{each.ename}: {each.evalue}" if each.output_type == "error" else each.text
            for each in outputs
            if each.output_type in ("error", "stream")
        ).strip()


@pytest.fixture(scope="module")
def kernel():
    """For tests that leave it as they found it."""
    with Kernel() as kernel:
        yield kernel


# ------------------------------------------------------------------------------ it is a kernel


def test_it_runs_cells_and_keeps_their_names(kernel):
    assert kernel.run("def double(x):\n    return 2 * x") == ""
    assert kernel.run("print(double(21))") == "42"
    assert kernel.run("1 / 0") == "ZeroDivisionError: division by zero"


def test_what_notebooks_import_works_and_trains(kernel):
    code = """
        import torch, ganlib.networks, ganlib.live, ipywidgets
        D = ganlib.networks.Discriminator(2)
        D(torch.randn(8, 2)).sum().backward()
        print(all(p.grad is not None for p in D.parameters()), torch.get_num_threads())
    """
    assert kernel.run(code) == "True 1"


def test_figures_are_shown(kernel):
    outputs = kernel.cell("import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()").outputs
    assert [set(each.data) for each in outputs] == [{"image/png", "text/plain"}]


def test_a_shell_command_runs(kernel):
    assert kernel.run("!cd /etc; echo $HOME; id -u") == "/home/student\r\n1000"


def test_the_channel_leads_to_the_grader(kernel):
    kernel.provisioner.channel.sendall(b"ping")
    assert kernel.run(
        "from ganlib.grading.sandbox.inside.channel import CHANNEL; print(CHANNEL.recv(4))"
    )
    kernel.run("CHANNEL.sendall(b'pong')")
    kernel.provisioner.channel.settimeout(600)
    assert kernel.provisioner.channel.recv(4) == b"pong"


def interrupted(kernel, source):
    """What a cell says that is interrupted once it runs."""

    def stop():
        kernel.provisioner.channel.recv(1)
        kernel.provisioner.stop_cell()

    threading.Thread(target=stop).start()
    return kernel.run(
        "from ganlib.grading.sandbox.inside.channel import CHANNEL\n"
        f"CHANNEL.sendall(b'!')\n{source}"
    )


def test_random_numbers_differ_from_kernel_to_kernel(kernel):
    code = "import numpy as np, random; print(np.random.rand(), random.random())"
    with Kernel() as other:
        assert kernel.run(code) != other.run(code)


def test_an_interrupt_stops_the_cell_and_not_the_kernel(kernel):
    kernel.run("x = 1")
    assert interrupted(kernel, "while True: pass") == "KeyboardInterrupt:"
    assert kernel.run("print(x)") == "1"


@pytest.fixture
def open_folder(tmp_path):
    """A folder that nobody may read, too."""
    (tmp_path / "note").write_text("seen")
    tmp_path.chmod(0o755)
    return tmp_path


def test_mnist_is_there_and_steps_are_passed_through(monkeypatch, open_folder):
    monkeypatch.setenv("GANLIB_MNIST", str(open_folder))
    monkeypatch.setenv("GANLIB_MNIST_STEPS", "20")
    with Kernel() as kernel:
        assert kernel.run("!cat $GANLIB_MNIST/note; echo $GANLIB_MNIST_STEPS") == "seen20"
        assert "cannot touch" in kernel.run("!touch $GANLIB_MNIST/note")


# --------------------------------------------------------------------------- files handed in


def test_files_handed_in_are_data_and_not_modules(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hidden test")
    folder = tmp_path / "hand-in"
    (folder / "data").mkdir(parents=True)
    (folder / "data/points.csv").write_text("1,2")
    (folder / "torch.py").write_text("raise SystemExit")
    (folder / "helper.py").write_text("")
    (folder / "notebook.ipynb").write_text("{}")
    (folder / "link").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    with Kernel(files=folder) as kernel:
        assert kernel.run("!find . -type f | sort").split() == [
            "./data/points.csv",
            "./helper.py",
            "./torch.py",
        ]
        assert kernel.run("print(open('data/points.csv').read())") == "1,2"
        assert kernel.run("import torch; print(torch.ones(1))") == "tensor([1.])"
        assert "ModuleNotFoundError" in kernel.run("import helper")
        assert kernel.run("!python -c 'import helper' 2>&1 | tail -1") == ""  # its own affair


# ------------------------------------------------------------------------------ what it cannot


def test_the_network_is_closed(kernel):
    """Neither this machine's loopback, nor its abstract sockets, nor the world."""
    with socket.create_server(("127.0.0.1", 0)) as here, socket.socket(socket.AF_UNIX) as abstract:
        name = f"\0ganlib-test-{os.getpid()}"
        abstract.bind(name)
        abstract.listen()
        code = f"""
            import socket
            for address in (("127.0.0.1", {here.getsockname()[1]}), ("1.1.1.1", 53)):
                try:
                    socket.create_connection(address, timeout=2)
                except OSError as error:
                    print(error.strerror)
            try:
                socket.socket(socket.AF_UNIX).connect({name!r})
            except OSError as error:
                print(error.strerror)
        """
        said = kernel.run(code)
    assert said.splitlines() == ["Network is unreachable"] * 2 + ["Connection refused"]


def test_of_this_machine_it_sees_the_python_environment_alone(kernel):
    code = """
        import os, sys
        names = {"solutions", "course", "gradebook.db", "nbgrader_config.py"}
        environment = {sys.prefix, sys.base_prefix, "/usr", "/proc"}
        for folder, folders, files in os.walk("/"):
            folders[:] = [name for name in folders if os.path.join(folder, name) not in environment]
            for name in names & {*folders, *files}:
                print(os.path.join(folder, name))
    """
    assert kernel.run(code) == ""
    for path in (ROOT / "solutions", ROOT / "tests", ROOT / "pyproject.toml", "/etc/shadow"):
        assert kernel.run(f"import os; print(os.path.exists({str(path)!r}))") == "False"


def test_the_home_folder_is_out_of_sight(kernel, tmp_path):
    for path in (Path.home(), tmp_path):
        seen = set(kernel.run(f"!ls -A {path} 2>/dev/null").split())
        ours = {each.name for each in path.iterdir()} - {".pyenv", ".local", ".venv", "miniconda3"}
        assert not seen & ours


def test_the_environment_is_clean_and_more_can_be_shown(monkeypatch, open_folder):
    monkeypatch.setenv("SECRET_TOKEN", "s3cret")
    with Kernel(read_only=[str(open_folder)]) as kernel:  # which takes a new server
        assert kernel.run(f"!cat {open_folder}/note") == "seen"
        assert "s3cret" not in kernel.run("import os; print(dict(os.environ))")
        everything = "!cat /proc/*/environ /proc/*/cmdline | tr '\\0' ' '"
        assert "s3cret" not in kernel.run(everything)


def test_it_sees_no_process_but_its_own(kernel):
    with Kernel() as other:
        other.run("import subprocess; p = subprocess.Popen(['sleep', '60'])")
        seen = kernel.run("!ls /proc | grep '^[0-9]' | sort -n | head -2; ps aux | grep -c sleep")
        assert seen.split()[:2] == ["1", "2"]
        assert "60" not in kernel.run("!ps ax | grep 'sleep 6[0]'")


def test_a_kernel_sees_no_file_of_another(kernel):
    with Kernel() as other:
        other.run("!echo mine | tee ~/mine /tmp/mine /dev/shm/mine")
        assert other.run("!cat ~/mine /tmp/mine /dev/shm/mine").split() == ["mine"] * 3
        assert kernel.run("!cat ~/mine /tmp/mine /dev/shm/mine 2>/dev/null") == ""
    with Kernel() as next_one:
        assert next_one.run("!cat ~/mine /tmp/mine /dev/shm/mine 2>/dev/null") == ""


def test_it_has_no_privilege_and_gets_none(kernel):
    code = """
        import ctypes, os
        libc = ctypes.CDLL(None)
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        print(*(int(status[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")))
        print(status["NoNewPrivs"].strip(), os.getuid() != 0)
        print(libc.unshare(0x10000000), libc.unshare(0x00020000))  # users, mounts
        print(libc.umount2(b"/proc", 2), libc.mount(b"x", b"/tmp", b"tmpfs", 0, None))
        print(libc.ptrace(16, 1, None, None), os.access("/proc/1/environ", os.R_OK))
        try:
            open("/proc/sys/user/max_user_namespaces", "w").write("9")
        except OSError as error:
            print(error.strerror)
    """
    assert kernel.run(code).splitlines() == [
        "0 0 0 0",
        "1 True",
        "-1 -1",
        "-1 -1",
        "-1 False",
        "Permission denied",
    ]


def test_it_writes_in_its_own_folders_alone(kernel):
    for folder in (sys.prefix, "/usr", "/", "/etc", "/dev", "/package/ganlib", "/sys", "/proc"):
        said = kernel.run(f"open('{folder}/x', 'w')")
        assert any(word in said for word in ("Read-only", "Permission", "No such")), (folder, said)
    for folder in ("/tmp", "/dev/shm", "/home/student", "."):
        assert kernel.run(f"open('{folder}/x', 'w').close()") == ""


def test_it_cannot_kill_or_stop_its_init(kernel):
    assert kernel.run("import os; os.kill(1, 9); os.kill(1, 19); print('still here')")
    assert interrupted(kernel, "while True: pass") == "KeyboardInterrupt:"


# -------------------------------------------------------------------------------------- limits


def test_the_disk_is_small():
    with Kernel(disk=20 * MEGABYTE) as kernel:
        write = "open('{}/big', 'wb').write(bytes({}))"
        for folder in ("/tmp", "/dev/shm", "."):
            assert "Error" in kernel.run(write.format(folder, 30 * MEGABYTE))
            assert kernel.run(write.format(folder, 10 * MEGABYTE)) == ""
        several = "for i in range(4): open(f'/tmp/{i}', 'wb').write(bytes(9 * 2**20))"
        assert "No space left on device" in kernel.run(several)


def test_a_fork_bomb_stays_small():
    with Kernel(processes=60) as kernel:
        code = """
            import os, time
            started = 0
            try:
                while started < 500:
                    if os.fork() == 0:
                        time.sleep(60)
                        os._exit(0)
                    started += 1
            except OSError as error:
                print(started < 60, error.strerror)
        """
        assert kernel.run(code) == "True Resource temporarily unavailable"
        assert processes_below() < 100
    assert processes_below() < 40


def test_too_much_memory_in_one_process_is_an_error():
    with Kernel(memory=1024 * MEGABYTE) as kernel:
        assert "Error" in kernel.run("x = bytearray(1200 * 2**20)")
        assert "can't allocate memory" in kernel.run("import torch; torch.zeros(1200 * 2**18)")
        assert kernel.run("print('alive')") == "alive"


HOG = """
    import os, time
    for _ in range(12):
        if os.fork() == 0:
            try:
                x = bytearray(os.urandom(1)) * (150 * 2**20)
                time.sleep(600)
            finally:
                os._exit(0)  # and do not go on as a second kernel
    time.sleep(600)
"""


def test_too_much_memory_in_many_processes_ends_some_or_all():
    with Kernel(memory=1024 * MEGABYTE) as kernel:
        ended = threading.Event()

        def stop():
            eventually(lambda: kernel.provisioner.out_of_memory)
            while not ended.wait(1):  # an interrupt in the middle of a fork is lost
                kernel.provisioner.stop_cell()

        threading.Thread(target=stop, daemon=True).start()
        with contextlib.suppress(DeadKernelError):
            kernel.run(HOG)
        ended.set()
        assert kernel.provisioner.out_of_memory


def test_without_a_control_group_a_watch_ends_the_hog(monkeypatch):
    monkeypatch.setattr(ControlGroup, "add", lambda *_: False)
    threads = set(threading.enumerate())
    with Kernel(memory=1024 * MEGABYTE) as kernel:
        with pytest.raises(DeadKernelError):
            kernel.run(HOG)
        assert kernel.provisioner.out_of_memory
    new = set(threading.enumerate()) - threads
    assert not [thread for thread in new if isinstance(thread, MemoryWatch)]


def test_open_files_and_seconds_are_limited():
    with Kernel(open_files=100, cpu_seconds=1) as kernel:
        assert "Too many open files" in kernel.run("x = [open('/dev/null') for _ in range(200)]")
        with pytest.raises(DeadKernelError):
            kernel.run("while True: pass")


def test_limits_cannot_be_lifted(kernel):
    code = "import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (10**6, 10**6))"
    assert kernel.run(code).startswith("ValueError")


# -------------------------------------------------------------------------------------- output


def test_a_cell_prints_no_more_than_it_may():
    with Kernel(output=1000) as kernel:
        said = kernel.run("print('x' * 20_000_000)")
        assert said.count("x") == 1000
        assert said.endswith("[The rest is left out: more than 1,000 characters.]")
        assert kernel.run("print('next')") == "next"


def message(text, kind="stream"):
    return {
        "header": {"msg_type": kind},
        "msg_type": kind,
        "parent_header": {},
        "metadata": {},
        "content": {"name": "stdout", "text": text},
    }


@pytest.fixture
def cap():
    called = []
    cap = OutputCap(lambda: called.append("interrupt"), lambda: called.append("end"), 1000, 2500)
    cap.called = called
    return cap


def test_the_grader_keeps_what_fits_and_says_once_that_there_was_more(cap):
    first, second = message("x" * 500), message("y" * 600)
    assert cap.admit(first, 0) is first
    assert "left out" in cap.admit(second, 0)["content"]["text"]
    assert cap.admit(second, 0) is None
    assert cap.admit(first, 1) is first
    assert cap.called == []


def test_the_notebook_has_a_cap_too(cap):
    for cell in range(3):
        cap.admit(message("x" * 700), cell)
    assert "left out" in cap.admit(message("x" * 700), 4)["content"]["text"]


def test_what_is_cleared_counts_no_more(cap):
    for _ in range(10):
        assert cap.admit(message("x" * 700), 0)["content"]["text"] == "x" * 700
        cap.admit(message("", "clear_output"), 0)


def test_a_flood_is_interrupted_and_then_ended(cap, monkeypatch):
    monkeypatch.setattr("ganlib.grading.execution.output.FLOOD", 5000)
    for _ in range(15):
        cap.admit(message("x" * 900), 0)
    assert cap.called == ["interrupt", "end"]


@pytest.mark.parametrize(
    "content",
    [{}, {"name": 3, "text": "x"}, {"name": "stdout", "text": {"a": 1}}, {"name": "stdout"}],
)
def test_what_would_spoil_the_notebook_is_left_out(cap, content):
    assert cap.admit(message("") | {"content": content}, 0) is None


def test_status_messages_pass(cap):
    status = message("", "status")
    assert cap.admit(status, 0) is status
    assert cap.admit(message("", "of the student's making"), 0) is None


def test_a_hostile_publisher_costs_its_own_cell_alone():
    """Messages of a gigabyte, and what is no message at all."""
    with Kernel() as kernel:
        kernel.client.raise_on_iopub_timeout = False
        code = """
            from ipykernel.kernelapp import IPKernelApp
            app = IPKernelApp.instance()
            topic, delimiter, signature = b"x", b"<IDS|MSG>", b""
            for parts in ([b"junk"], [topic, delimiter, b"bad", b"[]", b"{", b"", b"\\xff"]):
                app.iopub_socket.send_multipart(parts)
            for part in (b"[]", b"3", b'{"a": ' * 9999):
                four = [part] * 4
                app.iopub_socket.send_multipart([topic, delimiter, app.session.sign(four), *four])
        """
        kernel.run(code)
        assert kernel.run("print('next')") == "next"
        before = psutil.Process().memory_info().rss
        kernel.run("app.iopub_socket.send_multipart([bytes(500 * 2**20)])")
        assert psutil.Process().memory_info().rss - before < 200 * MEGABYTE
        time.sleep(1)  # zmq has hung up on the publisher and calls again
        assert kernel.run("print('again')") in ("again", "")


# ----------------------------------------------------------------------------- ends, and remains


def processes_below():
    """How many processes the warm servers of this process have started, and what those have."""
    return len(psutil.Process().children(recursive=True))


def remains(server_folder):
    """Of the server with this folder: the folder, and control groups of its kernels."""
    groups = Path("/sys/fs/cgroup").glob(f"**/{Path(server_folder).name}-*")
    return [path for path in (Path(server_folder), *groups) if path.exists()]


def eventually(condition, seconds=600):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_the_death_of_the_kernel_ends_all_that_it_started():
    with Kernel() as kernel:
        before = processes_below()
        kernel.run("import os, subprocess\nfor _ in range(5): subprocess.Popen(['sleep', '99'])")
        kernel.run("subprocess.Popen(['sleep', '99'], start_new_session=True)")
        assert processes_below() >= before + 6
        with pytest.raises(DeadKernelError):
            kernel.run("os._exit(3)")
        assert asyncio.run(kernel.provisioner.poll()) == 3
        assert eventually(lambda: processes_below() < before)


def test_a_kernel_that_ignores_signals_is_killed_with_its_children():
    kernel = Kernel()
    with kernel:
        before = processes_below()
        kernel.run("import signal, os; signal.signal(signal.SIGTERM, signal.SIG_IGN)")
        kernel.run("if os.fork() == 0:\n    os.setsid()\n    while True: pass")
    assert processes_below() < before


def test_the_kernel_leaves_no_socket_no_descriptor_no_zombie_and_no_group():
    server = bubblewrap.warm_server({})
    sockets = set(os.listdir(server.folder))
    with Kernel():
        assert len(set(os.listdir(server.folder)) - sockets) == 5
    descriptors = len(os.listdir("/proc/self/fd"))
    left = remains(server.folder)
    for _ in range(3):
        with Kernel() as kernel:
            kernel.run("1")
    assert len(os.listdir("/proc/self/fd")) <= descriptors + 1
    assert set(os.listdir(server.folder)) == sockets
    assert remains(server.folder) == left == [Path(server.folder)]
    children = psutil.Process().children(recursive=True)
    assert not [each for each in children if each.status() == psutil.STATUS_ZOMBIE]


def test_a_server_that_has_died_is_started_again():
    server = bubblewrap.warm_server({})
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()
    with Kernel() as kernel:
        assert kernel.run("print(1)") == "1"
    assert not Path(server.folder).exists()


def test_a_server_that_hangs_is_started_again(monkeypatch):
    settled = SandboxedProcess._settled

    def impatient_once(process):
        monkeypatch.setattr("ganlib.grading.sandbox.process.PATIENCE", seconds.pop())
        return settled(process)

    seconds = [600, 1]
    monkeypatch.setattr(SandboxedProcess, "_settled", impatient_once)
    server = bubblewrap.warm_server({})
    for process in psutil.Process(server.process.pid).children(recursive=True):
        process.suspend()
    with Kernel() as kernel:
        assert kernel.run("print(1)") == "1"
    assert not server.alive()


GRADER = """
import sys, time
from tests.grading.test_sandbox import Kernel
from ganlib.grading.sandbox import bubblewrap
kernel = Kernel()
kernel.__enter__()
kernel.run("import subprocess; subprocess.Popen(['sleep', '99'])")
print(bubblewrap.warm_server({}).folder, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_of_a_grader_that_is_killed(number):
    grader = subprocess.Popen(
        [sys.executable, "-c", GRADER], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with grader:
        folder = Path(grader.stdout.readline().strip())
        family = psutil.Process(grader.pid).children(recursive=True)
        assert folder.is_dir()
        assert len(family) >= 4
        grader.send_signal(number)
    assert eventually(lambda: not any(each.is_running() for each in family))
    assert eventually(lambda: not folder.exists())
    assert remains(folder) == []


def test_a_fork_of_the_grader_does_not_keep_the_server():
    server = bubblewrap.warm_server({})
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    try:
        bubblewrap.close_servers()
        assert not server.alive()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


# ---------------------------------------------------------------------------- as an ordinary user

SOME = "keeps_their_names or privilege or fork_bomb or watch or own_folders"
BECOME_NOBODY = """
import os, sys, pytest
os.setgroups([]); os.setgid(65534); os.setuid(65534)
os.environ["HOME"] = os.environ["TMPDIR"] = sys.argv[1]
sys.exit(pytest.main([*sys.argv[2:], "-q", "-p", "no:cacheprovider"]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="these tests run as an ordinary user already")
def test_an_ordinary_user_has_the_same_sandbox():
    command = [
        "bwrap",
        "--dev-bind",
        "/",
        "/",
        "--cap-add",
        "CAP_SETUID",
        "--cap-add",
        "CAP_SETGID",
    ]
    for needed in map(Path, (sys.prefix, sys.base_prefix, ROOT)):
        closed = [each for each in needed.parents if not each.stat().st_mode & 0o001]
        if closed:  # Python in /root, say: in its place an open folder with nothing else in it
            command += ["--perms", "0755", "--tmpfs", str(closed[-1])]
            command += bubblewrap.bound(str(needed), str(needed))
    command += ["--perms", "1777", "--tmpfs", "/var/tmp", sys.executable, "-c", BECOME_NOBODY]
    run = subprocess.run(
        [*command, "/var/tmp", __file__, "-k", SOME],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "CI": "true"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^5 passed, \d+ deselected", run.stdout, re.MULTILINE), run.stdout


# ------------------------------------------------------------------------ where there is no sandbox


def test_without_bubblewrap_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bubblewrap.SandboxUnavailable, match=r"not installed\. Remedy: .*apt-get"):
        bubblewrap.check.__wrapped__()


def test_on_another_system_it_says_so(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(bubblewrap.SandboxUnavailable, match="needs Linux, and this is darwin"):
        bubblewrap.check.__wrapped__()


def test_an_old_linux_is_named(monkeypatch):
    monkeypatch.setattr("platform.release", lambda: "4.18.0-553.el8")
    with pytest.raises(bubblewrap.SandboxUnavailable, match=r"use Linux 5\.14"):
        bubblewrap.check.__wrapped__()


def test_what_bubblewrap_says_is_passed_on(monkeypatch, tmp_path):
    refusing = tmp_path / "bwrap"
    refusing.write_text(
        "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2; exit 1\n"
    )
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(bubblewrap.SandboxUnavailable, match="setting up uid map"):
        bubblewrap.check.__wrapped__()


@pytest.mark.parametrize("how", ["setting", "environment"])
def test_one_setting_accepts_the_risk(monkeypatch, tmp_path, how):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda _: None)
    (tmp_path / "points.csv").write_text("1,2")
    traits = {"unsandboxed": True} if how == "setting" else {}
    monkeypatch.setenv("GANLIB_UNSANDBOXED", "0" if traits else "1")
    with Kernel(files=tmp_path, **traits) as kernel:
        assert kernel.provisioner.sandboxed is False
        kernel.provisioner.channel.sendall(b"ping")
        assert kernel.run(
            "from ganlib.grading.sandbox.inside.channel import CHANNEL; print(CHANNEL.recv(4))"
        )
        assert kernel.run("!cat points.csv") == "1,2"
        assert interrupted(kernel, "while True: pass") == "KeyboardInterrupt:"
        folder = Path(kernel.run("import os; print(os.getcwd())")).parent
    assert not folder.exists()


def test_with_the_sandbox_it_says_that_too(kernel):
    assert kernel.provisioner.sandboxed is True
