"""What came of a submission, for its student and for the instructor.

It runs in the instructor's process, started by ``nbgrader generate_feedback`` or by
``python -m ganlib.grading report`` or ``marks``. It reads the gradebook and the autograded
notebooks, and takes no text of a student's for HTML.
"""
