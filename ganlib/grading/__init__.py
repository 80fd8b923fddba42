"""Grades a course of nbgrader's, safely and as a whole class. It imports no other part of ganlib.

A submission's way, and the process in which each step runs (a line is a process, an arrow starts
it or sends to it):

    instructor   cli -> batch.grade: who is due, and who is unchanged
        |        execution.submission reads the submission; batch.cluster gives it to a worker
    worker       batch.worker: a thread of this machine, or a Dask worker of another
        |
    grader       execution.grader: nbgrader's Autograde, in a folder and with a gradebook of its own
        |            execution.restore   every given cell as it was given out
        |            execution.execute   the student's cells over there, the checks over here
        |-----> student's process     sandbox.provisioner starts it in bubblewrap; sandbox.inside is
        |                             all that it starts from
        |-----> checker's process     checker.session runs the checks. Where one calls a student's
        |                             function, rpc carries the call to the student's process
    instructor   batch.store writes marks into the gradebook; reports shows them

| folder | runs in | may see |
|---|---|---|
| `authoring` | the instructor's process | the solutions |
| `batch` | the instructor's process, and workers | all submissions, the gradebook |
| `execution` | the grader's process | one submission, the assignment with its hidden checks |
| `checker` | the checker's process: never a student's code | the text of the checks |
| `sandbox` | the grader's process | the machine; it decides what is seen inside |
| `sandbox.inside` | the student's process: not to be trusted | the submission's own files |
| `rpc` | the checker's process and the student's | what a message holds |
| `reports` | the instructor's process | marks, and what the checks had to say |

Where to change how a hidden check's message is shown: `reports.verdicts`. What a sandbox may see:
`sandbox.bubblewrap`. How a late penalty enters the mark: nbgrader's AssignLatePenalties, named in
the course's `nbgrader_config.py`; `gradebook` copies what it gave.
"""
