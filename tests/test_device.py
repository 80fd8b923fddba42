"""The device is chosen in the right order, said aloud, and checked."""

import pytest
import torch

from ganlib.device import choose_device


@pytest.fixture
def machine(monkeypatch):
    """Pretend that this machine has these devices."""

    def pretend(cuda, mps):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "A Fast GPU")
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return pretend


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen", "said"),
    [
        (True, True, "cuda", "device: cuda (A Fast GPU)\n"),
        (True, False, "cuda", "device: cuda (A Fast GPU)\n"),
        (False, True, "mps", "device: mps\n"),
        (False, False, "cpu", f"device: cpu (threads: {torch.get_num_threads()})\n"),
    ],
)
def test_auto_prefers_cuda_then_mps_and_says_so(machine, capsys, cuda, mps, chosen, said):
    machine(cuda, mps)
    assert choose_device("auto") == torch.device(chosen)
    assert capsys.readouterr().out == said


def test_auto_is_the_default_and_can_be_silent(machine, capsys):
    machine(False, False)
    assert choose_device(announce=False) == torch.device("cpu")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("device", ["cpu", torch.device("cpu")])
def test_a_named_device_is_taken_in_silence(capsys, device):
    assert choose_device(device) == torch.device("cpu")
    assert capsys.readouterr().out == ""


def test_a_device_that_torch_does_not_know_is_refused():
    with pytest.raises(ValueError, match=r"device: expected 'auto' or .* got 'nonsense' \(.*\)$"):
        choose_device("nonsense")


@pytest.mark.parametrize("device", ["cuda", "cuda:99", "mps"])
def test_a_device_that_this_machine_lacks_is_refused_in_one_short_line(device):
    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    if device == "mps" and torch.backends.mps.is_available():
        pytest.skip("this machine has MPS")
    with pytest.raises(ValueError, match=f"one that this machine has .* got '{device}'") as error:
        choose_device(device)
    assert len(str(error.value)) < 250
    assert "\n" not in str(error.value)
