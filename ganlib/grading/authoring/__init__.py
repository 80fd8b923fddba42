"""Builds the released course from the solutions.

It runs in the instructor's process, started by ``python -m ganlib.grading build``, and sees the
solutions.
"""
