"""Where checks run, and where no student's code ever did.

``client`` is the grader's side, ``server`` the clean process that it starts, ``session`` a fork of
that for each submission. It sees the text of the checks, and of the student's process what comes
through ``rpc``.
"""
