"""The kernel's end of the socket to the grader, set before any of the student's code runs."""

import socket

CHANNEL: socket.socket | None = None
