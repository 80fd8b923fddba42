"""All that a student's process starts from.

It runs inside bubblewrap, started by ``sandbox.bubblewrap``: a warm server, and its forks, in which
a student's code may do as it likes. It sees the Python environment and the submission's own files,
and it knows nothing of checker, batch or gradebook.
"""
