# %% an exit cell="E6" rest="solved" tries="os._exit ends the kernel in the middle of a check"
def drawn(sample, m, k):
    import os

    os._exit(0)


# %% a crash cell="E6" rest="solved" tries="a wild pointer ends the kernel with a segmentation fault"
def drawn(sample, m, k):
    import ctypes

    ctypes.string_at(0)


# %% an endless loop in a function cell="E6" rest="solved" tries="a check that never ends"
def drawn(sample, m, k):
    while True:
        pass


# %% a loop that hears no interrupt cell="E6" rest="solved" tries="SIGINT is ignored and every exception swallowed"
def drawn(sample, m, k):
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


# %% a loop in C cell="E6" rest="solved" tries="one long arithmetic operation, which no signal interrupts"
def drawn(sample, m, k):
    return 7 ** (10**9)


# %% a sleep cell="E6" rest="solved" tries="a check that waits an hour"
def drawn(sample, m, k):
    import time

    time.sleep(3600)


# %% a process that stops itself cell="E6" rest="solved" tries="SIGSTOP: the kernel neither answers nor ends"
def drawn(sample, m, k):
    import os
    import signal

    os.kill(os.getpid(), signal.SIGSTOP)


# %% an exit that never comes cell="last" rest="solved" tries="an atexit handler that waits an hour"
import atexit
import signal
import time

signal.signal(signal.SIGTERM, signal.SIG_IGN)
atexit.register(time.sleep, 3600)


# %% every file descriptor closed cell="E6" rest="solved" tries="the sockets to the grader are closed"
def drawn(sample, m, k):
    import os

    os.closerange(0, 4096)


# %% kill everything cell="E6" rest="solved" stock="no" tries="SIGKILL to every process in sight, the parent included"
def drawn(sample, m, k):
    import os
    import signal

    for target in (os.getppid(), -1):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            pass


# %% a fork bomb cell="E6" rest="solved" stock="no" tries="processes without end"
def drawn(sample, m, k):
    import os

    while True:
        try:
            os.fork()
        except OSError:
            pass


# %% threads without end cell="E6" rest="solved" stock="no" tries="threads until no more can be made"
def drawn(sample, m, k):
    import threading
    import time

    while True:
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()


# %% all the memory cell="E6" rest="solved" stock="no" tries="a list that grows until the machine is full"
def drawn(sample, m, k):
    held = []
    while True:
        held.append(bytearray(b"x") * (1 << 26))


# %% all the memory, in children cell="E6" rest="solved" stock="no" tries="eight processes that stay below a limit each"
def drawn(sample, m, k):
    import os
    import time

    for _ in range(8):
        if os.fork() == 0:
            held = []
            try:
                while True:
                    held.append(bytearray(b"x") * (1 << 26))
            except MemoryError:
                time.sleep(3600)
    time.sleep(3600)


# %% a full disk cell="E6" rest="solved" stock="no" tries="files of a gigabyte wherever writing is allowed"
def drawn(sample, m, k):
    block = b"x" * (1 << 24)
    for folder in (".", "/tmp", "/dev/shm", "/var/tmp", "/run"):
        try:
            with open(folder + "/full", "wb") as file:
                for _ in range(1 << 10):
                    file.write(block)
        except OSError:
            pass


# %% no inodes left cell="E6" rest="solved" stock="no" tries="empty files without end"
def drawn(sample, m, k):
    import os

    for folder in (".", "/tmp", "/dev/shm"):
        try:
            for number in range(10**6):
                os.close(os.open(f"{folder}/{number}", os.O_CREAT))
        except OSError:
            pass


# %% no file descriptors left cell="E6" rest="solved" tries="files opened until no more can be"
def drawn(sample, m, k):
    import os

    opened = []
    while True:
        opened.append(os.open("/dev/null", os.O_RDONLY))


# %% output without end cell="last" rest="solved" tries="a cell prints for ever"
while True:
    print("y" * 1000)

# %% output in one line cell="last" rest="solved" tries="64 MB without a line end, which a limit on lines does not see"
import sys

for _ in range(64):
    sys.stdout.write("y" * (1 << 20))

# %% results without end cell="last" rest="solved" tries="ten thousand display_data messages of 10 kB"
from IPython.display import display

for _ in range(10_000):
    display({"y": "y" * 10_000})


# %% a recursion without end cell="E6" rest="solved" tries="the stack overflows in Python and in C"
def drawn(sample, m, k):
    import sys

    sys.setrecursionlimit(10**9)

    def deeper():
        return deeper()

    return deeper()


# %% a question to the keyboard cell="E6" rest="solved" tries="input() waits for somebody to type"
def drawn(sample, m, k):
    return float(input("the mean? "))


# %% a debugger cell="E6" rest="solved" tries="breakpoint() waits for somebody to type"
def drawn(sample, m, k):
    breakpoint()


# %% the connection file deleted cell="E6" rest="solved" tries="the kernel's connection file is removed, then overwritten"
def drawn(sample, m, k):
    import pathlib

    import ipykernel

    file = pathlib.Path(ipykernel.get_connection_file())
    file.unlink(missing_ok=True)
    file.write_text("{}")


# %% work in endless children cell="E6" rest="solved" tries="children that hold the pipes open after the kernel has ended"
def drawn(sample, m, k):
    import os
    import time

    for _ in range(5):
        if os.fork() == 0:
            os.setsid()
            time.sleep(3600)
    os._exit(0)
