"""Two processes share functions, networks and gradients, and neither has to trust the other.

Both ends run this: the checker's process and the student's. It knows no notebook. Of one side's
objects the other sees what ``session`` opens.
"""
