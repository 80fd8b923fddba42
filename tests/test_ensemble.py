"""Many runs at once are the same runs one by one; a lost run is named and harms no other."""

import copy

import pytest
import torch
from torch import nn
from torch.optim import SGD, Adam, AdamW, RMSprop

from ganlib.ensemble import Ensemble, train_ensemble
from ganlib.networks import Discriminator, Generator
from ganlib.sampling import Noise
from ganlib.training import train
from tests.test_training import Reads

RUNS, M = 3, 8
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


def make_d():
    return Discriminator(2, (16,)).double()


def make_g():
    return Generator(3, 2, (16,)).double()


def pair(seed=0, runs=RUNS):
    torch.manual_seed(seed)
    return Ensemble(make_d, runs), Ensemble(make_g, runs)


def alone(seed=0, runs=RUNS):
    """The networks that go into the pair, as (D, G) of each run."""
    torch.manual_seed(seed)
    discriminators = [make_d() for _ in range(runs)]
    return list(zip(discriminators, [make_g() for _ in range(runs)], strict=True))


def data(n):
    return torch.randn(n, 2, dtype=torch.float64) + 3


def noise(n):
    return torch.randn(n, 3, dtype=torch.float64)


def short(D, G, sample_data=data, sample_noise=noise, *, make=SGD, lr=0.1, **arguments):
    """A short and silent run of all."""
    opt_d, opt_g = make(D.parameters(), lr=lr), make(G.parameters(), lr=lr)
    settings = {"steps": 6, "m": M, "device": "cpu", "progress": False, **arguments}
    return train_ensemble(D, G, sample_data, sample_noise, opt_d=opt_d, opt_g=opt_g, **settings)


# The module.


def test_each_minibatch_goes_through_its_own_network():
    D, G = pair()
    x, z = torch.randn(RUNS, M, 2).double(), torch.randn(RUNS, M, 3).double()
    assert D(x).shape == (RUNS, M)
    assert G(z).shape == (RUNS, M, 2)
    for i, (d, g) in enumerate(alone()):
        torch.testing.assert_close(D(x)[i], d(x[i]))
        torch.testing.assert_close(G(z)[i], g(z[i]))


def test_parameters_are_stacked_and_of_ordinary_kind():
    D, _ = pair()
    (first, _), *_ = alone()
    assert [p.shape for p in D.parameters()] == [(RUNS, *p.shape) for p in first.parameters()]
    assert all(p.is_leaf and p.requires_grad for p in D.parameters())
    twin = Ensemble(make_d, RUNS)
    twin.load_state_dict(D.state_dict())
    assert torch.equal(twin(x := torch.randn(RUNS, M, 2).double()), D(x))
    assert not D.eval().network.training


def test_a_layer_that_draws_draws_for_each_network():
    torch.manual_seed(0)
    D = Ensemble(lambda: nn.Dropout(0.5), 2)
    one, other = D(torch.ones(2, 100))
    assert set(one.tolist()) == {0.0, 2.0}
    assert not torch.equal(one, other)


def test_buffers_are_refused():
    with pytest.raises(ValueError, match="no buffers, got running_mean, running_var"):
        Ensemble(lambda: nn.BatchNorm1d(2), 2)


@pytest.mark.parametrize("shape", [(2, M, 2), (M, 2)])
def test_as_many_minibatches_as_networks(shape):
    D, _ = pair()
    with pytest.raises(ValueError, match=r"expected 3 minibatches, shape \(3, m, ...\), got"):
        D(torch.zeros(shape))


# Training.


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("saturating", [False, True])
@pytest.mark.parametrize("make", [SGD, Adam, AdamW, RMSprop])
def test_all_at_once_is_each_alone(make, saturating, k):
    drawn = {"x": [], "z": []}

    def kept(name, sample):
        def f(n):
            drawn[name].append(sample(n))
            return drawn[name][-1]

        return f

    D, G = pair()
    history = short(
        D, G, kept("x", data), kept("z", noise), make=make, lr=0.01, k=k, saturating=saturating
    )
    assert len(history) == 6
    for run, (d, g) in enumerate(alone()):
        # The rows that this run was given, minibatch by minibatch.
        x, z = (iter([b.view(RUNS, M, -1)[run] for b in drawn[name]]) for name in "xz")
        theirs = train(
            d, g, lambda m, x=x: next(x), lambda m, z=z: next(z),
            steps=6, k=k, m=M, saturating=saturating, device="cpu", progress=False,
            opt_d=make(d.parameters(), lr=0.01), opt_g=make(g.parameters(), lr=0.01),
        )  # fmt: skip
        expected = [*d.parameters(), *g.parameters()]
        ours = [p[run] for p in (*D.parameters(), *G.parameters())]
        torch.testing.assert_close(ours, expected, rtol=1e-9, atol=1e-12)
        assert history.d_loss[:, run].tolist() == pytest.approx(theirs.d_loss)
        assert history.g_loss[:, run].tolist() == pytest.approx(theirs.g_loss)


def test_a_run_has_data_and_noise_of_its_own_and_fresh_ones():
    calls = []

    def sampler(name, sample):
        def f(n):
            calls.append((name, n))
            return sample(n)

        return f

    short(*pair(), sampler("x", data), sampler("z", noise), steps=2, k=2)
    assert calls == [("x", RUNS * M), ("z", RUNS * M)] * 2 + [("z", RUNS * M)] + [
        ("x", RUNS * M),
        ("z", RUNS * M),
    ] * 2 + [("z", RUNS * M)]


def test_a_run_that_diverges_is_named_and_harms_no_other():
    calls = iter(range(99))

    def spoilt(n):
        x = data(n)
        if next(calls) == 3:
            x.view(RUNS, M, 2)[1, 0, 0] = float("inf")
        return x

    sound, lost = pair(), pair()
    torch.manual_seed(1)
    expected = short(*sound, make=Adam)
    torch.manual_seed(1)
    with pytest.warns(RuntimeWarning, match=r"1 of 3 runs diverged: run 1 after iteration 3\."):
        history = short(*lost, spoilt, make=Adam)
    assert expected.diverged == []
    assert history.diverged == [1]
    for run in (0, 2):
        assert torch.equal(history.g_loss[:, run], expected.g_loss[:, run])
        for a, b in zip(sound, lost, strict=True):
            for p, q in zip(a.parameters(), b.parameters(), strict=True):
                assert torch.equal(p[run], q[run])
    assert history.d_loss[:3, 1].isfinite().all()
    assert not history.d_loss[3:, 1].isfinite().any()


def test_a_parameter_that_is_lost_in_the_last_step_is_noticed():
    D, G = pair()
    opt_d, opt_g = SGD(D.parameters(), lr=0.1), SGD(G.parameters(), lr=float("inf"))
    with pytest.warns(RuntimeWarning, match="run 2 after iteration 1"):
        history = train_ensemble(
            *(D, G, data, noise),
            steps=1, opt_d=opt_d, opt_g=opt_g, device="cpu", progress=False,
        )  # fmt: skip
    assert history.d_loss.isfinite().all()
    assert history.g_loss.isfinite().all()
    assert history.diverged == [0, 1, 2]


def test_a_parameter_may_be_a_single_number():
    class Shift(nn.Module):
        def __init__(self):
            super().__init__()
            self.theta = nn.Parameter(torch.zeros(()))

        def forward(self, z):
            return z[..., :2].float() + self.theta

    G = Ensemble(Shift, 2)
    short(Ensemble(lambda: Discriminator(2), 2), G, lambda n: data(n).float())
    assert next(G.parameters()).shape == (2,)
    assert (next(G.parameters()) > 0).all()  # the data lie at 3


def test_the_cpu_reads_nothing_in_the_loop(monkeypatch):
    looks = []
    with Reads(monkeypatch) as reads:
        short(
            *pair(),
            steps=20,
            every=7,
            callback=lambda n: looks.append((n, reads.scalars, reads.lists)),
        )
    assert looks == [(7, 0, 0), (14, 0, 0), (20, 0, 0)]


@pytest.mark.parametrize("after", [0, 3])
def test_interrupting_keeps_what_was_learnt(after):
    calls = iter(range(99))

    def stopped(n):
        if next(calls) == after:
            raise KeyboardInterrupt
        return data(n)

    D, G = pair()
    before = copy.deepcopy(G.state_dict())
    history = short(D, G, stopped)
    assert history.interrupted
    assert history.d_loss.shape == history.g_loss.shape == (after, RUNS)
    moved = [not torch.equal(p, before[name]) for name, p in G.state_dict().items()]
    assert all(moved) == any(moved) == bool(after)


def test_the_bar_names_runs_and_device(capsys):
    short(*pair(), progress=True)
    assert "3 runs on cpu: 100%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps: expected a whole number, 1 or more, got 0"),
        ({"k": 0}, "k: expected"),
        ({"m": 2.5}, "m: expected"),
        ({"every": 0}, "every: expected"),
    ],
)
def test_counts_below_one(arguments, message):
    with pytest.raises(ValueError, match=message):
        short(*pair(), **arguments)
    with pytest.raises(ValueError, match="runs: expected"):
        Ensemble(make_d, 0)


def test_ensembles_and_optimizers_that_do_not_fit():
    D, G = pair()
    with pytest.raises(ValueError, match="as many D as G, got 3 and 2"):
        short(D, pair(runs=2)[1])
    opt = SGD(G.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="opt_d: expected an optimizer of D's parameters"):
        train_ensemble(D, G, data, noise, steps=1, opt_d=opt, opt_g=opt, device="cpu")
    with pytest.raises(TypeError, match="sample_data: expected a function"):
        short(D, G, sample_data=data(8))


def test_global_seed_governs_all():
    losses = [short(*pair(seed=5), sample_noise=noise).g_loss for _ in range(2)]
    assert torch.equal(*losses)


@needs_cuda
def test_on_a_gpu():
    torch.manual_seed(0)
    D, G = Ensemble(lambda: Discriminator(2), 4), Ensemble(lambda: Generator(3, 2), 4)
    opt_d, opt_g = (Adam(net.parameters(), lr=1e-3) for net in (D, G))
    history = train_ensemble(
        D, G, lambda n: torch.randn(n, 2), Noise(3),
        steps=5, m=16, opt_d=opt_d, opt_g=opt_g, device="cuda", progress=False,
    )  # fmt: skip
    assert next(G.parameters()).is_cuda
    assert history.g_loss.device.type == "cpu"
    assert history.g_loss.shape == (5, 4)
