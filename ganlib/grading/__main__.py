"""``python -m ganlib.grading``."""

import sys

from ganlib.grading.cli import main

sys.exit(main())
