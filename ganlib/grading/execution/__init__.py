"""One submission, through nbgrader's Autograde.

It runs in the grader's process, which ``batch.worker`` starts, in a private folder and with a
private gradebook. It sees one submission and the assignment, hidden checks included, and runs
neither a student's code nor a check itself.
"""
