"""Where the grader's processes begin: code that stands in a command line, as text.

No import finds these when a module moves, so a test imports each.
"""

# python -m GRADER DESCRIPTOR, of its worker.
GRADER = "ganlib.grading.execution.grader"
# python -c, with the descriptor of the grader that starts it.
CHECKER_SERVER = "from ganlib.grading.checker.server import serve; serve({fd})"
# python -c in the sandbox, where the package lies elsewhere; a call follows.
INSIDE = (
    "import sys; sys.path.insert(0, '/package'); from ganlib.grading.sandbox.inside import warm; "
    "warm."
)
# python -c with no sandbox.
PLAIN_KERNEL = (
    "import sys; sys.path.append({path!r}); from ganlib.grading.sandbox.inside import warm; "
    "warm.alone({fds})"
)
# A cell in the student's kernel, while a check runs.
SERVE = "import ganlib.grading.sandbox.inside.serving as _serving; _serving.serve()"
