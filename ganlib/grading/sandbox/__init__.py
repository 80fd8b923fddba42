"""The sandbox from outside: bubblewrap, limits, and nbclient's kernel in it.

It runs in the grader's process, and stock nbgrader can use it, too. It sees what the machine has
and decides what of it is seen inside. What comes from there is not to be trusted.
"""
