"""A class of submissions: who is due, the workers, what is merged, and regrading.

It runs in the instructor's process, started by ``python -m ganlib.grading grade`` or ``regrade``;
``worker`` runs on a thread of that process, or in a Dask worker. It sees all submissions and the
gradebook. What comes back from a grader is data.
"""
