"""Algorithm 1: its wiring is proved by mocks, its arithmetic by updates written by hand."""

import copy
import math

import pytest
import torch
from torch import nn
from torch.optim import SGD, Adagrad, Adam, AdamW, RMSprop
from torch.optim.lr_scheduler import ExponentialLR, LambdaLR
from torch.utils._python_dispatch import TorchDispatchMode

from ganlib import training
from ganlib.networks import Discriminator, Generator
from ganlib.sampling import Minibatches, Noise
from ganlib.training import (
    Diverged,
    History,
    discriminator_step,
    frozen,
    generator_step,
    load_checkpoint,
    save_checkpoint,
    simultaneous_step,
    train,
)
from ganlib.value import discriminator_loss, generator_loss, value_from_logits

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
seeds = pytest.mark.parametrize("seed", range(4))


def small_pair(seed=0, dropout=0.0, hidden=(16,)):
    torch.manual_seed(seed)
    return Discriminator(2, hidden, dropout=dropout), Generator(3, 2, hidden)


def adams(D, G):
    return Adam(D.parameters(), lr=1e-3), Adam(G.parameters(), lr=1e-3)


def batches(m=32):
    return torch.randn(m, 2) + 3, torch.randn(m, 3)


def data(m):
    return torch.randn(m, 2) + 3


noise = Noise(3)


def parameters(network):
    return [p.detach().clone() for p in network.parameters()]


def same(a, b):
    """Equal to the last bit, through dictionaries and lists."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b


def short(D, G, sample_data=data, sample_noise=noise, *, m=8, device="cpu", **arguments):
    """A short and silent run."""
    return train(D, G, sample_data, sample_noise, m=m, device=device, progress=False, **arguments)


# Wiring: mocks that record who was called with what.


class Mocks:
    """D, G, optimizers and samplers that write each call into one log.

    Batches are constant and numbered: data 1, 2, ... are 101, 102, ..., noise 1, 2, ... are
    1, 2, ...; G adds 1000, so that a fake tells which noise it came from.
    """

    def __init__(self, m=4):
        self.log, self.m = [], m
        mocks = self

        class MockG(nn.Module):
            def __init__(self):
                super().__init__()
                self.theta = nn.Parameter(torch.zeros(1))

            def forward(self, z):
                grad = "with" if torch.is_grad_enabled() else "without"
                mocks.log.append(f"G({mocks.name(z)}) {grad} gradient")
                return z + 1000 + self.theta

        class MockD(nn.Module):
            def __init__(self):
                super().__init__()
                self.theta = nn.Parameter(torch.zeros(1))

            def forward(self, x):
                learns = "learning" if self.theta.requires_grad else "frozen"
                mocks.log.append(f"D({mocks.name(x)}) {learns}")
                return 1e-6 * (x + self.theta).squeeze(1)

        class MockSGD(SGD):
            def step(self, closure=None):
                mocks.log.append(f"{self.whose} moves")
                super().step(closure)

        self.D, self.G = MockD(), MockG()
        self.opt_d = MockSGD(self.D.parameters(), lr=1e-9)
        self.opt_g = MockSGD(self.G.parameters(), lr=1e-9)
        self.opt_d.whose, self.opt_g.whose = "D", "G"
        self.draws = {"data": 100, "noise": 0}

    def name(self, batch):
        assert batch.shape == (self.m, 1)
        (number,) = {round(v) for v in batch.flatten().tolist()}
        if number > 1000:
            return f"fake {number - 1000}"
        return f"data {number - 100}" if number > 100 else f"noise {number}"

    def sampler(self, kind):
        def sample(m):
            assert m == self.m
            self.draws[kind] += 1
            batch = torch.full((m, 1), float(self.draws[kind]))
            self.log.append(f"draw {self.name(batch)}")
            return batch

        return sample

    def train(self, **arguments):
        networks = self.D, self.G
        samplers = self.sampler("data"), self.sampler("noise")
        optimizers = {"opt_d": self.opt_d, "opt_g": self.opt_g}
        short(*networks, *samplers, **optimizers, m=self.m, **arguments)
        return self.log


@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("saturating", [False, True])
def test_the_calls_of_algorithm_1(k, saturating):
    expected, x, z = [], 0, 0
    for _ in range(3):
        for _ in range(k):
            x, z = x + 1, z + 1
            expected += [
                f"draw data {x}",
                f"draw noise {z}",
                f"G(noise {z}) without gradient",
                f"D(data {x}) learning",
                f"D(fake {z}) learning",
                "D moves",
            ]
        z += 1  # fresh noise for G
        expected += [
            f"draw noise {z}",
            f"G(noise {z}) with gradient",
            f"D(fake {z}) frozen",
            "G moves",
        ]
    assert Mocks().train(steps=3, k=k, saturating=saturating) == expected


def test_the_calls_of_simultaneous_updates():
    expected = []
    for i in (1, 2, 3):
        expected += [
            f"draw data {i}",
            f"draw noise {i}",
            f"G(noise {i}) with gradient",
            f"D(data {i}) learning",
            f"D(fake {i}) learning",
            f"D(fake {i}) frozen",
            "D moves",
            "G moves",
        ]
    assert Mocks().train(steps=3, simultaneous=True) == expected


def test_real_samplers_give_each_step_a_fresh_batch():
    seen = {"x": [], "z": []}

    def keep(name, sample):
        def f(m):
            seen[name].append(sample(m))
            return seen[name][-1]

        return f

    D, G = small_pair()
    x = Minibatches(torch.randn(1000, 2))
    short(D, G, keep("x", x), keep("z", noise), steps=4, k=2)
    assert len(seen["x"]) == 4 * 2
    assert len(seen["z"]) == 4 * 3
    for drawn in seen.values():
        assert not any(torch.equal(a, b) for i, a in enumerate(drawn) for b in drawn[:i])


# One step.


@seeds
def test_discriminator_step_ascends_v(seed):
    D, G = small_pair(seed)
    x, z = batches()
    rate = 1e-3

    def v():
        return value_from_logits(D(x), D(G(z)))

    before = v()
    slope = torch.autograd.grad(before, list(D.parameters()))
    loss = discriminator_step(D, G, SGD(D.parameters(), lr=rate), x, z)
    assert loss.item() == pytest.approx(-before.item(), rel=1e-6)
    expected_gain = rate * sum(g.square().sum() for g in slope)
    assert (v() - before).item() == pytest.approx(expected_gain.item(), rel=0.05)


@seeds
@pytest.mark.parametrize("saturating", [False, True])
def test_generator_step_descends_its_loss(seed, saturating):
    D, G = small_pair(seed)
    x, z = batches()
    rate = 1e-3

    def loss():
        return generator_loss(D(G(z)), saturating)

    before, v_before = loss(), value_from_logits(D(x), D(G(z)))
    slope = torch.autograd.grad(before, list(G.parameters()))
    returned = generator_step(D, G, SGD(G.parameters(), lr=rate), z, saturating)
    assert returned.item() == before.item()
    expected_fall = rate * sum(g.square().sum() for g in slope)
    assert (before - loss()).item() == pytest.approx(expected_fall.item(), rel=0.05)
    if saturating:  # then G descends V itself
        assert value_from_logits(D(x), D(G(z))) < v_before


@pytest.mark.parametrize("had_gradients", [False, True])
@pytest.mark.parametrize("mover", ["D", "G"])
def test_a_step_leaves_the_other_network_as_it_was(mover, had_gradients):
    D, G = small_pair()
    x, z = batches()
    moving, other = (D, G) if mover == "D" else (G, D)
    first = next(other.parameters())
    first.requires_grad_(False)  # a frozen layer stays frozen
    if had_gradients:
        for p in other.parameters():
            p.grad = torch.randn_like(p)
    moving_before, other_before = parameters(moving), parameters(other)
    gradients = [None if p.grad is None else p.grad.clone() for p in other.parameters()]

    optimizer = SGD(moving.parameters(), lr=0.1)
    if mover == "D":
        loss = discriminator_step(D, G, optimizer, x, z)
    else:
        loss = generator_step(D, G, optimizer, z)

    assert not loss.requires_grad
    assert loss.shape == ()
    assert not any(map(torch.equal, moving_before, moving.parameters()))
    assert all(map(torch.equal, other_before, other.parameters()))
    for p, gradient in zip(other.parameters(), gradients, strict=True):
        assert (p.grad is None) if gradient is None else torch.equal(p.grad, gradient)
    assert [p.requires_grad for p in other.parameters()] == [False] + [True] * 3


def test_old_gradients_do_not_leak_into_an_update():
    updates = []
    for stale in (False, True):
        D, G = small_pair()
        x, z = batches()
        if stale:
            for p in [*D.parameters(), *G.parameters()]:
                p.grad = torch.full_like(p, 1e3)
        discriminator_step(D, G, SGD(D.parameters(), lr=0.1), x, z)
        generator_step(D, G, SGD(G.parameters(), lr=0.1), z)
        simultaneous_step(D, G, *(SGD(n.parameters(), lr=0.1) for n in (D, G)), x, z)
        updates.append(parameters(D) + parameters(G))
    assert same(*updates)


@pytest.mark.parametrize("saturating", [False, True])
def test_simultaneous_step_by_hand(saturating):
    D, G = small_pair()
    x, z = batches()
    theta_d, theta_g = list(D.parameters()), list(G.parameters())
    d_loss = discriminator_loss(D(x), D(G(z)))
    g_loss = generator_loss(D(G(z)), saturating)
    expected_d = [
        p - 0.3 * g for p, g in zip(theta_d, torch.autograd.grad(d_loss, theta_d), strict=True)
    ]
    expected_g = [
        p - 0.2 * g for p, g in zip(theta_g, torch.autograd.grad(g_loss, theta_g), strict=True)
    ]
    returned = simultaneous_step(D, G, SGD(theta_d, lr=0.3), SGD(theta_g, lr=0.2), x, z, saturating)
    torch.testing.assert_close(theta_d, expected_d)
    torch.testing.assert_close(theta_g, expected_g)
    assert [r.item() for r in returned] == pytest.approx([d_loss.item(), g_loss.item()])
    assert not any(r.requires_grad for r in returned)
    assert all(p.requires_grad for p in theta_d)


def test_frozen_restores_flags_also_after_an_error():
    D, G = small_pair()
    next(D.parameters()).requires_grad_(False)
    flags = [False, True, True, True]
    with frozen(D):
        assert not any(p.requires_grad for p in D.parameters())
    assert [p.requires_grad for p in D.parameters()] == flags
    with pytest.raises(ValueError, match="Generator"):
        generator_step(D, G, SGD(G.parameters(), lr=0.1), torch.zeros(4, 99))
    assert [p.requires_grad for p in D.parameters()] == flags


def test_float64_networks_keep_their_digits_in_the_history():
    D, G = (network.double() for network in small_pair())
    seen = []

    def spy(m):
        seen.append(data(m).double())
        return seen[-1]

    twins = copy.deepcopy((D, G))
    torch.manual_seed(1)
    history = short(D, G, spy, lambda m: noise(m).double(), steps=1)
    torch.manual_seed(1)
    x, z = data(8).double(), noise(8).double()
    assert torch.equal(x, seen[0])
    opt_d = SGD(twins[0].parameters(), lr=0.1, momentum=0.5)
    assert history.d_loss == [discriminator_step(*twins, opt_d, x, z).item()]


# The loop.


@seeds
def test_the_loop_is_its_steps(seed):
    def run(by_hand):
        D, G = small_pair(seed)
        opt_d = SGD(D.parameters(), lr=0.1, momentum=0.5)
        opt_g = SGD(G.parameters(), lr=0.1, momentum=0.5)
        losses = []
        for _ in range(7 if by_hand else 0):
            for _ in range(2):
                d_loss = discriminator_step(D, G, opt_d, data(8), noise(8))
            losses.append((d_loss.item(), generator_step(D, G, opt_g, noise(8)).item()))
        if not by_hand:  # also: the defaults are momentum SGD with .1 and .5
            history = short(D, G, steps=7, k=2, every=3)
            losses = list(zip(history.d_loss, history.g_loss, strict=True))
        return losses, parameters(D), parameters(G)

    assert same(run(by_hand=True), run(by_hand=False))


@pytest.mark.parametrize("simultaneous", [False, True])
def test_train_passes_on_which_loss_g_descends(simultaneous):
    # log(1 - D) is negative, -log D is positive.
    for saturating, sign in [(True, -1), (False, 1)]:
        how = {"saturating": saturating, "simultaneous": simultaneous}
        assert all(sign * loss > 0 for loss in short(*small_pair(), steps=5, **how).g_loss)


@pytest.mark.parametrize("simultaneous", [False, True])
@pytest.mark.parametrize("optimizer", [Adam, AdamW, RMSprop, Adagrad])
def test_any_optimizer_trains(optimizer, simultaneous):
    D, G = small_pair()
    before = parameters(D) + parameters(G)
    history = short(
        D,
        G,
        opt_d=optimizer(D.parameters(), lr=1e-3),
        opt_g=optimizer(G.parameters(), lr=1e-3),
        steps=5,
        simultaneous=simultaneous,
    )
    assert len(history) == 5
    assert not any(map(torch.equal, before, parameters(D) + parameters(G)))


@pytest.mark.parametrize(
    ("steps", "every", "looks"),
    [(10, 4, [4, 8, 10]), (8, 4, [4, 8]), (3, 100, [3]), (3, 1, [1, 2, 3])],
)
def test_callback_and_history(steps, every, looks):
    D, G = small_pair()
    calls = []

    def callback(step, history):
        calls.append((step, len(history), len(history.g_loss)))

    history = short(D, G, callback=callback, steps=steps, every=every)
    assert calls == [(n, n, n) for n in looks]
    assert len(history.d_loss) == len(history.g_loss) == len(history) == steps
    assert all(type(v) is float for v in history.d_loss + history.g_loss)
    assert not history.interrupted


def test_history_does_not_depend_on_how_often_one_looks():
    histories = []
    for every in (1, 3, 100):
        D, G = small_pair(dropout=0.5)
        histories.append(short(D, G, steps=10, every=every))
    assert histories[0] == histories[1] == histories[2]


def test_a_history_can_be_continued():
    D, G = small_pair()
    first = short(D, G, steps=3)
    losses = list(first.d_loss)
    steps = []
    second = short(
        D,
        G,
        history=first,
        callback=lambda step, history: steps.append((step, len(history))),
        steps=4,
    )
    assert second is first
    assert second.d_loss[:3] == losses
    assert len(second) == 7
    assert steps == [(4, 7)]


def test_schedulers_step_once_an_iteration():
    D, G = small_pair()
    opt_d, opt_g = SGD(D.parameters(), lr=0.1), SGD(G.parameters(), lr=0.2)
    schedulers = (ExponentialLR(opt, gamma=0.9) for opt in (opt_d, opt_g))  # used up when read
    optimizers = {"opt_d": opt_d, "opt_g": opt_g}
    short(D, G, schedulers=schedulers, **optimizers, steps=5, k=3)
    assert opt_d.param_groups[0]["lr"] == pytest.approx(0.1 * 0.9**5)
    assert opt_g.param_groups[0]["lr"] == pytest.approx(0.2 * 0.9**5)


def test_networks_are_trained_in_training_mode():
    D, G = small_pair(dropout=0.5)
    D.eval()
    G.eval()
    short(D, G, steps=1)
    assert D.training
    assert G.training


def test_a_sampler_with_to_is_moved_once_and_one_without_is_moved_by_batch():
    class Movable:
        devices = ()

        def to(self, device):
            self.devices += (device,)
            return self

        def __call__(self, m):
            return data(m)

    movable = Movable()
    short(*small_pair(), movable, noise, steps=3)
    assert movable.devices == (torch.device("cpu"),)


def test_progress_says_the_device_and_draws_a_bar(capsys):
    train(*small_pair(), data, noise, steps=3, m=8, every=2)
    said = capsys.readouterr()
    assert said.out.startswith("device: ")
    assert "3/3" in said.err
    assert "d_loss=" in said.err
    train(*small_pair(), data, noise, steps=3, m=8, progress=False)
    said = capsys.readouterr()
    assert said.out + said.err == ""


@seeds
def test_a_gaussian_is_learnt(seed):
    # A linear G of normal noise can reach N(5, 1), and the decay damps the circling about it.
    # Over ten seeds the mean was off by .28 at most, the standard deviation by .05.
    torch.manual_seed(seed)
    D, G, z = Discriminator(1, (16, 16)), Generator(1, 1, hidden=()), Noise(1)
    opt_d, opt_g = (Adam(n.parameters(), lr=0.04, betas=(0.5, 0.999)) for n in (D, G))
    decay = [ExponentialLR(opt, gamma=0.997) for opt in (opt_d, opt_g)]
    optimizers = {"opt_d": opt_d, "opt_g": opt_g, "schedulers": decay}
    short(D, G, lambda m: torch.randn(m, 1) + 5, z, steps=800, m=64, **optimizers)
    x = G(z(10_000)).detach()
    assert x.mean().item() == pytest.approx(5, abs=0.5)
    assert x.std().item() == pytest.approx(1, abs=0.2)


# No wait for the device between two looks.


class Reads(TorchDispatchMode):
    """Counts what makes the CPU read a tensor: item, bool, float and, apart, tolist."""

    def __init__(self, monkeypatch):
        super().__init__()
        self.scalars = self.lists = 0
        tolist = torch.Tensor.tolist

        def counted(tensor):
            self.lists += 1
            return tolist(tensor)

        monkeypatch.setattr(torch.Tensor, "tolist", counted)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        reads = (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default)
        self.scalars += func in reads
        return func(*args, **(kwargs or {}))


def test_the_counter_of_reads_counts(monkeypatch):
    with Reads(monkeypatch) as reads:
        t = torch.ones(1)
        t.item(), float(t), bool(t), t.tolist(), t.nonzero()
    assert (reads.scalars, reads.lists) == (4, 1)


@pytest.mark.parametrize("simultaneous", [False, True])
def test_tensors_are_read_at_the_looks_only(monkeypatch, simultaneous):
    D, G = small_pair(dropout=0.5)
    x = Minibatches(torch.randn(100, 2))
    since_look = []
    with Reads(monkeypatch) as reads:

        def callback(step, history):
            since_look.append((reads.lists, reads.scalars))

        short(D, G, x, steps=40, every=10, simultaneous=simultaneous, callback=callback)
    # At each look: the losses once, and whether D and G are finite.
    assert since_look == [(1, 2), (2, 4), (3, 6), (4, 8)]


@pytest.mark.parametrize("simultaneous", [False, True])
@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_steps_run_where_there_are_no_numbers_to_read(optimizer, simultaneous):
    # A tensor on the "meta" device has a shape and no numbers: reading one raises.
    D, G = (network.to("meta") for network in small_pair(dropout=0.5))
    opt_d, opt_g = optimizer(D.parameters(), lr=0.1), optimizer(G.parameters(), lr=0.1)
    x, z = Minibatches(torch.zeros(9, 2)).to("meta")(4), Noise(3).to("meta")(4)
    if simultaneous:
        losses = simultaneous_step(D, G, opt_d, opt_g, x, z)
    else:
        losses = discriminator_step(D, G, opt_d, x, z), generator_step(D, G, opt_g, z)
    assert [loss.shape for loss in losses] == [(), ()]
    with pytest.raises((RuntimeError, NotImplementedError), match="meta"):
        losses[0].item()


@needs_cuda
@pytest.mark.parametrize("simultaneous", [False, True])
@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_cuda_is_not_waited_for_between_two_looks(monkeypatch, optimizer, simultaneous):
    D, G = (network.cuda() for network in small_pair(dropout=0.5))
    x, z = Minibatches(torch.randn(100, 2)), Noise(3)
    arguments = {
        "opt_d": optimizer(D.parameters(), lr=1e-3),
        "opt_g": optimizer(G.parameters(), lr=1e-3),
        "simultaneous": simultaneous,
        "device": "cuda",
    }
    short(D, G, x, z, steps=1, **arguments)  # the first run sets CUDA up
    read = training._read

    def from_here_on_no_waiting(m):
        torch.cuda.set_sync_debug_mode("error")
        return x(m)

    def allowed_to_wait(*args):
        torch.cuda.set_sync_debug_mode("default")
        return read(*args)

    monkeypatch.setattr(training, "_read", allowed_to_wait)
    try:
        short(D, G, from_here_on_no_waiting, z, steps=20, every=10, **arguments)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@needs_cuda
def test_a_run_that_began_on_the_cpu_goes_on_on_cuda(tmp_path):
    D, G = small_pair()
    opt_d, opt_g = adams(D, G)
    history = short(D, G, opt_d=opt_d, opt_g=opt_g, steps=3)
    save_checkpoint(tmp_path / "run.pt", D, G, opt_d, opt_g, history)
    history = load_checkpoint(tmp_path / "run.pt", D, G, opt_d, opt_g)
    run = {"opt_d": opt_d, "opt_g": opt_g, "history": history, "device": "cuda"}
    assert len(short(D, G, data, Noise(3), steps=3, **run)) == 6
    assert {p.device.type for p in [*D.parameters(), *G.parameters()]} == {"cuda"}


# Divergence.


def spoilt_at(call, good=data, value=math.nan):
    """A sampler whose given call returns what is not finite."""
    calls = 0

    def sample(m):
        nonlocal calls
        calls += 1
        return good(m) if calls != call else torch.full_like(good(m), value)

    return sample


def states(*parts):
    return [copy.deepcopy(part.state_dict()) for part in parts]


def run_to_divergence(steps, every, sample_data, make=adams, schedule=False, **arguments):
    """Train, and return the state afterwards with the error, or with the history."""
    D, G = small_pair(dropout=0.5)
    opt_d, opt_g = make(D, G)
    parts = [D, G, opt_d, opt_g]
    if schedule:
        arguments["schedulers"] = [ExponentialLR(opt, gamma=0.9) for opt in (opt_d, opt_g)]
        parts += arguments["schedulers"]
    arguments |= {"opt_d": opt_d, "opt_g": opt_g, "steps": steps, "every": every}
    try:
        result = short(D, G, sample_data, **arguments)
    except Diverged as error:
        result = error
    return states(*parts), result


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("schedule", [False, True])
def test_divergence_returns_to_the_last_good_state(value, schedule):
    after_5, history = run_to_divergence(5, 5, data, schedule=schedule)
    state, error = run_to_divergence(20, 5, spoilt_at(7, value=value), schedule=schedule)
    assert isinstance(error, Diverged)
    assert same(state, after_5)
    assert error.history == history
    assert len(error.history) == 5
    assert "iteration 7 gave d_loss = nan" in str(error)
    assert "back where they were after iteration 5" in str(error)
    assert "learning rate" in str(error)


def test_divergence_before_the_first_look_returns_to_the_start():
    start = states(*small_pair(dropout=0.5))
    state, error = run_to_divergence(20, 10, spoilt_at(2))
    assert same(state[:2], start)
    assert state[2]["state"] == state[3]["state"] == {}
    assert len(error.history) == 0


def test_divergence_counts_iterations_of_a_continued_history():
    history = History([1.0] * 10, [1.0] * 10)
    _, error = run_to_divergence(20, 5, spoilt_at(7), history=history)
    assert "iteration 17 gave" in str(error)
    assert error.history is history
    assert len(history) == 15


def test_parameters_that_are_not_finite_are_found_though_the_losses_are():
    class LastStepSpoils(SGD):
        calls = 0

        def step(self, closure=None):
            super().step(closure)
            self.calls += 1
            if self.calls == 10:  # the loss of iteration 10 was taken before
                with torch.no_grad():
                    self.param_groups[0]["params"][0].fill_(math.inf)

    def make(D, G):
        return SGD(D.parameters(), lr=0.01), LastStepSpoils(G.parameters(), lr=0.01)

    state, error = run_to_divergence(20, 5, data, make)
    assert isinstance(error, Diverged)
    assert "a parameter is no longer finite after iteration 10" in str(error)
    assert len(error.history) == 5
    assert all(p.isfinite().all() for network in state[:2] for p in network.values())


def test_a_learning_rate_that_is_far_too_large_diverges_clearly():
    def make(D, G):
        return SGD(D.parameters(), lr=1e30), SGD(G.parameters(), lr=1e30)

    _, error = run_to_divergence(50, 5, data, make)
    assert isinstance(error, Diverged)
    assert isinstance(error, RuntimeError)


# Ctrl-C.


def interrupt_at(call, good):
    calls = 0

    def sample(m):
        nonlocal calls
        calls += 1
        if calls == call:
            raise KeyboardInterrupt
        return good(m)

    return sample


@pytest.mark.parametrize("every", [1, 4, 5, 100])
def test_ctrl_c_in_the_loop_returns_what_was_learnt(every):
    D, G = small_pair()
    history = short(D, G, interrupt_at(10, data), noise, steps=100, every=every)
    learnt = parameters(D) + parameters(G)
    assert history.interrupted
    assert len(history.d_loss) == len(history.g_loss) == 9

    D, G = small_pair()
    nine = short(D, G, steps=9)
    assert same(learnt, parameters(D) + parameters(G))
    assert (history.d_loss, history.g_loss) == (nine.d_loss, nine.g_loss)


def test_ctrl_c_in_the_first_iteration_returns_an_empty_history():
    history = short(*small_pair(), data, interrupt_at(1, noise), steps=5)
    assert history == History(interrupted=True)


def test_ctrl_c_between_d_and_g_leaves_nothing_frozen():
    D, G = small_pair()
    history = short(D, G, data, interrupt_at(4, noise), steps=5)
    assert len(history) == 1  # D has moved once more than G
    assert all(p.requires_grad for p in D.parameters())


def test_ctrl_c_in_the_callback_counts_each_iteration_once():
    def callback(step, history):
        if step == 6:
            raise KeyboardInterrupt

    history = short(*small_pair(), callback=callback, steps=50, every=3)
    assert history.interrupted
    assert len(history) == 6


def test_ctrl_c_while_a_good_state_is_kept_counts_each_iteration_once(monkeypatch):
    state, calls = training._state, 0

    def interrupted(parts):
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return state(parts)

    monkeypatch.setattr(training, "_state", interrupted)
    history = short(*small_pair(), steps=50, every=5)
    assert history.interrupted
    assert len(history) == 10


def test_after_ctrl_c_one_can_go_on():
    D, G = small_pair()
    history = short(D, G, interrupt_at(5, data), noise, steps=10)
    history = short(D, G, steps=6, history=history)
    assert len(history) == 10
    assert not history.interrupted


def test_other_errors_come_through():
    def broken(step, history):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        short(*small_pair(), steps=1, callback=broken)


# Checkpoints.


def resumable(seed):
    D, G = small_pair(seed, dropout=0.5)
    opt_d, opt_g = adams(D, G)
    schedulers = [LambdaLR(opt, lambda t: 1 / (1 + t)) for opt in (opt_d, opt_g)]
    return D, G, opt_d, opt_g, schedulers


def go(D, G, opt_d, opt_g, schedulers, **arguments):
    optimizers = {"opt_d": opt_d, "opt_g": opt_g}
    return short(D, G, schedulers=schedulers, **optimizers, k=2, **arguments)


@pytest.mark.parametrize("as_text", [False, True])
def test_stopping_and_resuming_changes_not_a_bit(tmp_path, as_text):
    run = resumable(seed=0)
    in_one_go = go(*run, steps=20)
    expected = states(*run[:4], *run[4])

    *run, schedulers = resumable(seed=0)
    history = go(*run, schedulers, steps=10)
    path = tmp_path / "run.pt"
    path = str(path) if as_text else path
    save_checkpoint(path, *run, history, schedulers)
    assert [file.name for file in tmp_path.iterdir()] == ["run.pt"]

    *run, schedulers = resumable(seed=99)  # fresh objects, other numbers
    history = load_checkpoint(path, *run, schedulers)
    assert len(history) == 10
    assert go(*run, schedulers, steps=10, history=history) == in_one_go
    assert same(states(*run, *schedulers), expected)


def test_a_checkpoint_remembers_an_interruption(tmp_path):
    *run, _ = resumable(seed=0)
    save_checkpoint(tmp_path / "run.pt", *run, History([1.0], [2.0], interrupted=True))
    assert load_checkpoint(tmp_path / "run.pt", *run) == History([1.0], [2.0], interrupted=True)


def test_a_half_written_file_never_replaces_a_good_one(tmp_path, monkeypatch):
    path = tmp_path / "run.pt"
    *run, _ = resumable(seed=0)
    save_checkpoint(path, *run, History([1.0], [1.0]))
    good = path.read_bytes()

    def disk_full(state, target):
        target.write_bytes(good[:100])
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", disk_full)
        with pytest.raises(OSError, match="No space left"):
            save_checkpoint(path, *run, History())
    assert path.read_bytes() == good
    save_checkpoint(path, *run, History())  # what was left behind is no obstacle
    assert len(load_checkpoint(path, *run)) == 0


def test_a_checkpoint_of_other_sizes_is_refused_and_changes_nothing(tmp_path):
    path = tmp_path / "run.pt"
    *run, _ = resumable(seed=0)
    save_checkpoint(path, *run, History())
    D, _ = small_pair(seed=1, dropout=0.5)  # D fits, G does not
    G = Generator(3, 2, (17,))
    parts = [D, G, *adams(D, G)]
    before = states(*parts)
    rng = torch.get_rng_state()
    with pytest.raises(RuntimeError, match="size mismatch"):
        load_checkpoint(path, *parts)
    assert same(states(*parts), before)
    assert torch.equal(torch.get_rng_state(), rng)


def test_a_checkpoint_of_another_optimizer_or_without_schedulers_is_refused(tmp_path):
    path = tmp_path / "run.pt"
    D, G, opt_d, opt_g, schedulers = resumable(seed=0)
    save_checkpoint(path, D, G, opt_d, opt_g, History(), schedulers)
    with pytest.raises(ValueError, match=r"'opt_d': 'Adam'.*got \{'opt_d': 'SGD'"):
        load_checkpoint(path, D, G, SGD(D.parameters(), lr=0.1), opt_g, schedulers)
    with pytest.raises(ValueError, match=r"'scheduler 1': 'LambdaLR'.*got"):
        load_checkpoint(path, D, G, opt_d, opt_g)


def test_a_missing_checkpoint_is_named(tmp_path):
    *run, _ = resumable(seed=0)
    with pytest.raises(FileNotFoundError, match=r"nowhere\.pt"):
        load_checkpoint(tmp_path / "nowhere.pt", *run)


# What is said to a wrong argument.


@pytest.mark.parametrize("name", ["steps", "k", "m", "every"])
@pytest.mark.parametrize("wrong", [0, -1, 2.0, "3", None])
def test_counts_must_be_whole_and_positive(name, wrong):
    with pytest.raises(ValueError, match=f"^{name}: expected a whole number, 1 or more, got"):
        short(*small_pair(), **({"steps": 1} | {name: wrong}))


def test_simultaneous_needs_k_of_1():
    with pytest.raises(ValueError, match=r"^k: expected 1 with simultaneous updates, got 2"):
        short(*small_pair(), steps=1, k=2, simultaneous=True)


def test_an_optimizer_of_the_wrong_network_is_refused():
    D, G = small_pair()
    opt_d, opt_g = adams(D, G)
    before = parameters(D) + parameters(G)
    with pytest.raises(ValueError, match=r"^opt_d: .*D's parameters; 4 of its 4"):
        short(D, G, opt_d=opt_g, opt_g=opt_d, steps=1)
    both = SGD([*D.parameters(), *G.parameters()], lr=0.1)
    with pytest.raises(ValueError, match=r"^opt_g: .*G's parameters; 4 of its 8"):
        short(D, G, opt_d=opt_d, opt_g=both, steps=1)
    with pytest.raises(ValueError, match=r"^opt_d: .*D's parameters; 4 of its 4"):
        short(Discriminator(2, (16,)), G, data, noise, opt_d=opt_d, steps=1)
    assert same(before, parameters(D) + parameters(G))


def test_a_part_of_a_network_may_be_trained():
    D, G = small_pair()
    before = parameters(G)
    opt_g = SGD([list(G.parameters())[-1]], lr=0.1)
    short(D, G, opt_g=opt_g, steps=2)
    first, *_, last = map(torch.equal, before, G.parameters())
    assert first
    assert not last


@pytest.mark.parametrize("wrong", ["sample_data", "sample_noise"])
def test_a_sampler_must_be_a_function(wrong):
    samplers = {"sample_data": data, "sample_noise": noise} | {wrong: torch.zeros(5, 2)}
    with pytest.raises(TypeError, match=rf"^{wrong}: expected a function f\(m\).*got Tensor"):
        short(*small_pair(), **samplers, steps=1)


def test_a_discriminator_with_a_column_of_logits_is_told_to_squeeze():
    with pytest.raises(ValueError, match=r"got \(8, 1\); squeeze the last dimension"):
        short(nn.Linear(2, 1), small_pair()[1], data, noise, steps=1)


def test_an_unknown_device_is_refused():
    with pytest.raises(ValueError, match="got 'nonsense'"):
        train(*small_pair(), data, noise, steps=1, device="nonsense")
