# %% the gradebook written cell="last" tries="sqlite sets the manual score of every cell to its maximum"
import sqlite3
from pathlib import Path

for folder in [*Path.cwd().parents, Path("/")]:
    if (folder / "gradebook.db").exists():
        with sqlite3.connect(folder / "gradebook.db", timeout=20) as gradebook:
            gradebook.execute("update grade set manual_score = 3")

# %% a process left running cell="plain" tries="a daemon goes on writing to the gradebook after the kernel has ended"
import subprocess
import sys
from pathlib import Path

WRITER = """
import sqlite3, sys, time
for _ in range(200):
    time.sleep(0.1)
    try:
        with sqlite3.connect(sys.argv[1], timeout=20) as gradebook:
            gradebook.execute("update grade set manual_score = 3, auto_score = 3")
    except sqlite3.Error:
        pass
"""
for folder in [*Path.cwd().parents, Path("/")]:
    if (folder / "gradebook.db").exists():
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder / "gradebook.db")],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

# %% a last act at exit cell="plain" tries="atexit writes to the gradebook when the kernel is shut down"
import atexit
import sqlite3
from pathlib import Path


def last_act():
    for folder in [*Path.cwd().parents, Path("/")]:
        if (folder / "gradebook.db").exists():
            with sqlite3.connect(folder / "gradebook.db", timeout=20) as gradebook:
                gradebook.execute("update grade set manual_score = 3")


atexit.register(last_act)

# %% the gradebook deleted cell="plain" tries="gradebook.db is removed while the class is graded"
from pathlib import Path

for folder in [*Path.cwd().parents, Path("/")]:
    (folder / "gradebook.db").unlink(missing_ok=True)

# %% a neighbour's hand-in changed cell="plain" tries="another student's files are overwritten"
from pathlib import Path

for folder in Path.cwd().parents:
    for file in folder.glob("grading/*/aaron/*/*.ipynb"):
        file.chmod(0o644)
        file.write_text("{}")

# %% the solutions and the settings changed cell="plain" tries="nbgrader_config.py and the solutions are written to"
from pathlib import Path

for folder in Path.cwd().parents:
    for file in [folder / "nbgrader_config.py", *folder.glob("solutions/*/*.py")]:
        if file.exists():
            with file.open("a") as text:
                text.write("\n# pwned\n")

# %% the notebook in the working folder rewritten cell="plain" tries="the file that nbgrader is about to read again is replaced"
import json
from pathlib import Path

for file in Path.cwd().glob("*.ipynb"):
    notebook = json.loads(file.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = "pass"
    file.chmod(0o644)
    file.write_text(json.dumps(notebook))

# %% files left for others in /tmp cell="plain" tries="a torch.py in the folders for temporary files, where others may run"
from pathlib import Path

for folder in ("/tmp", "/var/tmp", "/dev/shm"):
    try:
        if any(Path(folder).glob("*pwned*")):
            print("LEAK", folder, "is shared")
        (Path(folder) / "pwned.py").write_text("pwned")
    except OSError:
        pass

# %% a script in the feedback page cell="plain" tries="HTML and JavaScript outputs run where the marker opens the page"
from IPython.display import HTML, Javascript, Markdown, display, publish_display_data

display(HTML("<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>"))
display(Javascript("window.pwned = 1"))
display(Markdown("<script>window.pwned = 1</script>"))
publish_display_data({"image/svg+xml": "<svg><script>window.pwned = 1</script></svg>"})
publish_display_data({"text/latex": "<script>window.pwned = 1</script>"})
publish_display_data({"image/png": "'><script>window.pwned = 1</script>"})
print("\x1b[31m<script>window.pwned = 1</script>\x1b]8;;javascript:window.pwned=1\x07link")
raise ValueError("<script>window.pwned = 1</script>")


# %% a script in a check's error message cell="E1" tries="an exception whose name and text are HTML reaches the feedback page"
def average(x):
    name = "<script>window.pwned = 1</script>"
    raise type(name, (Exception,), {})(name + "\x1b[31m</pre>" + name)


# %% a page of another hand-in linked in cell="plain" tries="an iframe and a link that leave the feedback folder"
from IPython.display import HTML, IFrame, display

display(IFrame("../../aaron/01_attacked/01_attacked.html", 400, 300))
display(HTML("<meta http-equiv='refresh' content='0;url=javascript:window.pwned=1'>"))
display(HTML("<form action='http://127.0.0.1:47113'><input name=window.pwned></form>"))
