"""Which device to compute on, chosen once and said aloud."""

import torch

__all__ = ["choose_device"]


def choose_device(device: torch.device | str = "auto", announce: bool = True) -> torch.device:
    """The device to train on: CUDA, else Apple's MPS, else the CPU.

    Args:
        device: "auto", or any name that torch knows ("cpu", "cuda:1"), which is checked.
        announce: print one line that says what "auto" has chosen.

    Raises:
        ValueError: a device that torch does not know or that this machine does not have.
    """
    if str(device) == "auto":
        chosen = torch.device(_best())
        if announce:
            print(f"device: {_describe(chosen)}")
        return chosen
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0].split(". ")[0]  # torch goes on to list back ends
        raise ValueError(
            f"device: expected 'auto' or one that this machine has (here: {_best()}), "
            f"got {str(device)!r} ({reason})"
        ) from error
    return torch.device(device)


def _best() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _describe(device: torch.device) -> str:
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    if device.type == "cpu":
        return f"cpu (threads: {torch.get_num_threads()})"
    return str(device)
