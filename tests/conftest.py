"""Settings that hold for every test."""

import hypothesis
import matplotlib
import pytest
import torch
import torch._dynamo  # with the first optimizer it would come, in each fork anew
import tqdm.auto  # noqa: F401 (before a kernel's modules, where it would draw widgets)

matplotlib.use("Agg")  # no screen is needed

# Tests run side by side, one for each core.
torch.set_num_threads(1)

# The same examples on every run, and no deadline: a busy machine is not a failure.
hypothesis.settings.register_profile("ganlib", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ganlib")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """All cells of a notebook run in one kernel, and so in one of the processes of a run."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
