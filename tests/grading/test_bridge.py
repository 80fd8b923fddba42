"""The bridge: a student's process and a referee's, with real functions, networks and gradients."""

import contextlib
import os
import socket
import textwrap
from unittest import mock

import numpy as np
import pytest
import torch
from torch import nn

from ganlib.grading.rpc.session import RpcSession
from ganlib.grading.rpc.shared_tensors import State


@contextlib.contextmanager
def student(source: str):
    """A process in which ``source`` has run; yields the referee's bridge to it."""
    here, there = socket.socketpair()
    child = os.fork()
    if not child:
        try:
            here.close()
            names: dict = {}
            exec(textwrap.dedent(source), names)
            RpcSession(there, "student", names).serve()
        finally:
            os._exit(0)
    there.close()
    try:
        yield RpcSession(here, "referee")
    finally:
        here.close()
        os.waitpid(child, 0)


@contextlib.contextmanager
def names(source: str, *wanted: str):
    with student(source) as bridge:
        found = bridge.ask("get", list(wanted))
        yield found[wanted[0]] if len(wanted) == 1 else [found[name] for name in wanted]


VALUES = [
    None, True, 3, 2.5, float("inf"), "ä", [1, [2]], (1, "b"), {"a": [1], 2: None}, {1, 2}, 1 + 2j,
    b"\0x", slice(1, None, 2), range(3), torch.float64, torch.device("cpu"), [], (), {},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_values_come_back_as_they_went(value):
    with names("def same(x): return x", "same") as same:
        back = same(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    "tensor",
    [torch.randn(2, 3), torch.zeros(0, 4), torch.tensor(1.5), torch.arange(4), torch.eye(2).bool(),
     torch.randn(3, 4).T, torch.randn(3, 1).expand(3, 5), torch.randn(2).to(torch.bfloat16)],
    ids=lambda t: f"{t.dtype} {tuple(t.shape)}",
)  # fmt: skip
def test_tensors_come_back_as_they_went(tensor):
    with names("def same(x): return x", "same") as same:
        back = same(tensor)
    assert back.dtype == tensor.dtype
    assert torch.equal(back, tensor)


def test_arrays_and_numpys_numbers_cross():
    with names("def same(x): return x", "same") as same:
        array = same(np.array([[1.5, np.nan]]))
        number = same(np.float32(2.5))
    assert np.array_equal(array, [[1.5, np.nan]], equal_nan=True)
    assert type(number) is np.float32


def test_a_gradient_crosses():
    source = """
    import torch
    def value(a, b): return torch.nn.functional.logsigmoid(a).mean() - (b**2).sum()
    """
    with names(source, "value") as value:
        a = torch.tensor([-1.0, 2.0], requires_grad=True)
        b = torch.tensor([3.0], requires_grad=True)
        v = value(a, b)
        assert v.requires_grad
        (2 * v).backward()
    assert torch.allclose(a.grad, torch.sigmoid(-torch.tensor([-1.0, 2.0])))
    assert b.grad.item() == -12


def test_a_result_without_a_graph_has_no_gradient():
    with names("def value(a): return (a.detach()**2).sum()", "value") as value:
        assert not value(torch.ones(2, requires_grad=True)).requires_grad


def test_second_derivatives_cross():
    source = "def cube(x): return (x**3).sum()"
    with names(source, "cube") as cube:
        x = torch.tensor([2.0], requires_grad=True)
        (first,) = torch.autograd.grad(cube(x), x, create_graph=True)
        (second,) = torch.autograd.grad(first.sum(), x, create_graph=True)
        (third,) = torch.autograd.grad(second.sum(), x)
    assert [first.item(), second.item(), third.item()] == [12, 12, 6]


STEP = """
import torch
from torch.nn.functional import softplus
def discriminator_step(D, G, opt_d, x, z):
    with torch.no_grad():
        x_fake = G(z)
    loss = (softplus(-D(x)) + softplus(D(x_fake))).mean()
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss.detach()
def leaky_step(D, G, opt_d, x, z):
    loss = (softplus(-D(x)) + softplus(D(G(z)))).mean()
    opt_d.zero_grad()
    loss.backward()
    for p in D.parameters():
        p.data -= 0.1 * p.grad
    G.eval()
    return loss
"""


def game():
    torch.manual_seed(0)
    D = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1), nn.Flatten(0))
    G = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    return D, G, torch.randn(4, 2), torch.randn(4, 3)


def weights(network):
    return nn.utils.parameters_to_vector(network.parameters()).detach().clone()


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.Adam])
def test_a_step_on_the_other_side_is_the_step_on_this_side(optimizer):
    space: dict = {}
    exec(STEP, space)
    D, G, x, z = game()
    opt = optimizer(D.parameters(), lr=0.1)
    right = [space["discriminator_step"](D, G, opt, x, z) for _ in range(3)]
    with names(STEP, "discriminator_step") as step:
        D_, G_, x, z = game()
        made = []
        opt = optimizer(D_.parameters(), lr=0.1)
        opt.register_step_post_hook(lambda *_: made.append(1))
        losses = [step(D_, G_, opt, x, z) for _ in range(3)]
    assert torch.allclose(weights(D), weights(D_), atol=1e-6)
    assert torch.allclose(torch.stack(losses), torch.stack(right), atol=1e-6)
    assert len(made) == 3
    assert all(p.grad is None for p in G_.parameters())
    assert all(p.grad is not None for p in D_.parameters())


def test_a_forgotten_detach_shows_on_this_side():
    with names(STEP, "leaky_step") as step:
        D, G, x, z = game()
        start = weights(D)
        loss = step(D, G, torch.optim.SGD(D.parameters(), lr=0.1), x, z)
    assert loss.requires_grad
    assert all(p.grad is not None for p in G.parameters())
    assert not torch.equal(weights(D), start)
    assert not G.training
    assert D.training


def test_a_network_of_the_students_is_trained_here():
    source = """
    import torch
    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.BatchNorm1d(8),
                                              torch.nn.Tanh(), torch.nn.Linear(8, 1))
            self.width = 8
        def forward(self, x):
            return self.layers(x).squeeze(-1)
    def make(): return Network()
    """
    with names(source, "make") as make:
        torch.manual_seed(0)
        net = make()
        assert isinstance(net, nn.Module)
        assert net.width == 8
        assert sum(isinstance(part, nn.Linear) for part in net.modules()) == 2
        x = torch.linspace(-1, 1, 32)[:, None]
        opt = torch.optim.Adam(net.parameters(), lr=0.05)
        losses = []
        for _ in range(60):
            loss = (net(x) - x.squeeze(-1) ** 2).square().mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            losses.append(loss.item())
        assert losses[-1] < 0.1 * losses[0]
        assert net.layers[1].num_batches_tracked == 60
        net.eval()
        before = net.layers[1].running_mean.clone()
        net.double()(x.double() + 5)
        assert torch.equal(net.layers[1].running_mean, before.double())
        other = make()
        assert not {id(p) for p in net.parameters()} & {id(p) for p in other.parameters()}


PART_C = """
import torch
from torch import nn

class ConvGenerator(nn.Module):
    def __init__(self, noise_dim):
        super().__init__()
        self.layers = nn.Sequential(nn.Unflatten(1, (noise_dim, 1, 1)),
                                    nn.ConvTranspose2d(noise_dim, 8, 4), nn.BatchNorm2d(8),
                                    nn.ReLU(),
                                    nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1), nn.Tanh())
        self.register_buffer("mean_w", torch.zeros(noise_dim))
    def forward(self, z):
        return self.layers(z - self.mean_w)

def adaptive_instance_norm(x, scale, bias):
    mean = x.mean((2, 3), keepdim=True)
    std = x.std((2, 3), keepdim=True, unbiased=False) + 1e-5
    return scale[:, :, None, None] * (x - mean) / std + bias[:, :, None, None]

def mapping_network(noise_dim, layers):
    return nn.Sequential(*[part for _ in range(layers)
                           for part in (nn.Linear(noise_dim, noise_dim), nn.LeakyReLU(0.2))])

def fit_feature_axes(z, attributes):
    axes = torch.linalg.lstsq(z, attributes).solution.T
    return axes / axes.norm(dim=1, keepdim=True)

def gradient_penalty(critic, x):
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()
"""


@pytest.fixture(scope="module")
def part_c():
    """What the student's functions are here, and what stands for them."""
    here: dict = {}
    exec(PART_C, here)
    with student(PART_C) as bridge:
        yield here, bridge.ask("get", [name for name in here if not name.startswith("_")])


def test_a_convolutional_generator_with_buffers_learns(part_c):
    torch.manual_seed(0)
    G = part_c[1]["ConvGenerator"](3)
    z, target = torch.randn(16, 3), torch.full((16, 1, 8, 8), 0.5)
    assert G(z).shape == target.shape
    assert set(dict(G.named_buffers())) >= {"mean_w", "layers.2.running_mean"}
    optimizer = torch.optim.Adam(G.parameters(), lr=0.02)
    losses = []
    for _ in range(30):
        loss = (G(z) - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.1 * losses[0]
    kept = {name: value.clone() for name, value in G.state_dict().items()}
    G.mean_w.add_(1)
    assert not torch.allclose(G(z), target, atol=0.01)
    G.load_state_dict(kept)
    assert (G.eval()(z) - target).square().mean() < 0.1


def test_normalisation_by_style_has_its_gradients(part_c):
    torch.manual_seed(0)
    x, scale, bias = torch.randn(2, 3, 4, 4), torch.randn(2, 3), torch.randn(2, 3)
    results = []
    for space in part_c:
        given = [t.clone().requires_grad_() for t in (x, scale, bias)]
        out = space["adaptive_instance_norm"](*given)
        out.pow(3).sum().backward()
        results.append([out.detach(), *(t.grad for t in given)])
    for ours, theirs in zip(*results, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_a_mapping_network_and_axes_of_features(part_c):
    _, theirs = part_c
    net = theirs["mapping_network"](4, 3)
    assert [type(part).__mro__[2] for part in net] == 3 * [nn.Linear, nn.LeakyReLU]
    net(torch.randn(5, 4)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    axes = theirs["fit_feature_axes"](torch.eye(4), torch.tensor([[2.0], [0], [0], [0]]))
    assert torch.allclose(axes, torch.tensor([[1.0, 0, 0, 0]]))


def test_a_gradient_penalty_reaches_the_critics_weights(part_c):
    results = []
    for space in part_c:
        torch.manual_seed(0)
        critic = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(16, 1))
        penalty = space["gradient_penalty"](critic, torch.ones(2, 1, 4, 4))
        penalty.backward()
        results.append(
            [penalty.detach(), *(p.grad for p in critic.parameters() if p.grad is not None)]
        )
    ours, through = results
    assert len(ours) == len(through) == 4
    for mine, other in zip(ours, through, strict=True):
        assert torch.allclose(mine, other, atol=1e-5)


def test_callbacks_see_what_happens_in_order():
    source = """
    import torch
    def train(D, sample, opt, steps):
        for _ in range(steps):
            loss = D(sample(4)).square().mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
        return [loss.item()]
    """
    log = []

    class Recorded(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.ones(2))
            self.w.register_post_accumulate_grad_hook(
                lambda w: log.append(("grad", w.grad.clone()))
            )

        def forward(self, x):
            log.append(("forward", self.w.detach().clone()))
            return x @ self.w

    with names(source, "train") as train:
        D = Recorded()
        opt = torch.optim.SGD(D.parameters(), lr=0.1)
        opt.register_step_post_hook(lambda *_: log.append(("step", D.w.detach().clone())))

        def sample(m):
            log.append(("sample", m))
            return torch.ones(m, 2)

        history = train(D, sample, opt, 2)
    assert [word for word, _ in log] == ["sample", "forward", "grad", "step"] * 2
    assert torch.allclose(log[3][1], torch.full((2,), 0.6))
    assert torch.allclose(log[2][1], torch.full((2,), 4.0))
    assert torch.allclose(log[5][1], torch.full((2,), 0.6))
    assert history == [pytest.approx(1.44)]


def test_a_context_of_ours_can_be_entered_over_there():
    entered = []

    @contextlib.contextmanager
    def looking():
        entered.append("in")
        yield 7
        entered.append("out")

    source = """
    def f(looking):
        with looking() as seven:
            return seven
    """
    with names(source, "f") as f:
        assert f(looking) == 7
    assert entered == ["in", "out"]


OTHERS = {"lambda: 0": "function", "torch.nn.Linear": "type", "open('/dev/null')": "TextIOWrapper"}


@pytest.mark.parametrize(("thing", "kind"), OTHERS.items())
def test_what_stays_where_it_is_is_called_by_the_name_of_its_kind(thing, kind):
    with names(f"import torch\ndef make(): return {thing}", "make") as make:
        assert type(make()).__name__ == kind


def test_what_is_no_longer_needed_is_not_kept():
    source = """
    def play(D, G, z, n):
        for _ in range(n):
            D(G(z)).sum().backward()
    """
    with student(source) as bridge:
        play = bridge.ask("get", ["play"])["play"]
        D, G = nn.Linear(2, 1), nn.Linear(3, 2)
        kept = []
        for _ in range(3):
            play(D, G, torch.ones(4, 3), 20)
            kept.append((len(bridge.objects), len(bridge.shared.tensors)))
        assert kept[0] == kept[1] == kept[2]
        assert kept[0][0] < 20


NETWORKS_OF_EARLIER_CHECKS = """
import torch
net = torch.nn.Linear(2, 2)
def get(): return net
def grow():
    with torch.no_grad():
        net.weight.add_(1)
def grow_by_data(): net.weight.data.add_(1)
def grow_gradient(): (2 * net.weight).sum().backward()
def nothing(): pass
def see(network): return network.weight.sum()
"""


@pytest.mark.parametrize("change", ["grow", "grow_gradient"])
def test_a_network_of_an_earlier_check_changes_behind_a_call_that_does_not_name_it(change):
    with student(NETWORKS_OF_EARLIER_CHECKS) as bridge:
        net = bridge.begin(["get"])["get"]()
        before = net.weight.detach().clone()
        act = bridge.begin([change])[change]
        act()
        assert torch.equal(net.weight, before + (change == "grow"))
        if change == "grow_gradient":
            assert torch.equal(net.weight.grad, torch.full((2, 2), 2.0))
            act()
            assert torch.equal(net.weight.grad, torch.full((2, 2), 4.0))


def test_what_data_alone_shows_crosses_as_soon_as_a_check_has_to_do_with_the_network():
    with student(NETWORKS_OF_EARLIER_CHECKS) as bridge:
        found = bridge.begin(["get", "grow_by_data", "see", "nothing"])
        net = found["get"]()
        before = net.weight.detach().clone()
        found["grow_by_data"]()
        assert torch.allclose(net.weight, before + 1)  # in the same check: at once
        bridge.begin([])
        found["grow_by_data"]()
        assert found["get"]() is net
        assert torch.allclose(net.weight, before + 2)
        bridge.begin([])
        net.weight.data.zero_()
        found["nothing"]()
        assert found["see"](net) == 0
        bridge.begin([])
        net.weight.data.fill_(1)
        assert net(torch.zeros(1, 2)).shape == (1, 2)
        bridge.begin([])
        assert found["see"](net) == 4


def test_large_networks_of_earlier_checks_are_not_compared(monkeypatch):
    compared = []
    agrees = State.agrees
    monkeypatch.setattr(State, "agrees", lambda *a: compared.append(1) or agrees(*a))
    with student(NETWORKS_OF_EARLIER_CHECKS) as bridge:
        found = bridge.begin(["see", "nothing"])
        kept = [nn.Linear(2, 2) for _ in range(50)]
        for net in kept:
            found["see"](net)
        bridge.begin([])
        del compared[:]
        found["nothing"]()
        assert not compared
        found["see"](kept[0])
        assert 2 <= len(compared) <= 4


def test_a_check_can_lend_a_name():
    source = """
    def make(): return 1
    def train(): return make() + 1
    """
    with student(source) as bridge:
        space = bridge.ask("get", ["make", "train"])
        installed = dict(space)
        bridge.patched_names = lambda: {k: v for k, v in space.items() if v is not installed[k]}
        assert space["train"]() == 2
        with mock.patch.dict(space, make=lambda: 10):
            assert space["train"]() == 11
        assert space["train"]() == 2


def test_a_function_under_vmap():
    source = """
    import torch
    def spread(x): return torch.cat([x, x.std(0, keepdim=True).expand_as(x)], dim=1)
    """
    with names(source, "spread") as spread:
        x = torch.randn(3, 5, 2)
        seen = torch.func.vmap(spread)(x)
    assert seen.shape == (3, 5, 4)
    assert torch.allclose(seen[:, 0, 2:], x.std(1))


def test_many_networks_of_ours_in_the_students_ensemble():
    source = """
    from ganlib.ensemble import Ensemble
    import torch
    def run(make, n):
        E = Ensemble(make, n)
        opt = torch.optim.SGD(E.parameters(), lr=1.0)
        E(torch.ones(n, 4, 2)).sum().backward()
        opt.step()
        with torch.no_grad():
            return E(torch.ones(n, 4, 2))
    """
    with names(source, "run") as run:
        out = run(lambda: nn.Linear(2, 1, bias=False), 3)
    assert out.shape == (3, 4, 1)


@pytest.mark.parametrize("kind", ["sgd", "data"])
def test_what_a_function_does_to_its_arguments_is_seen(kind):
    with names("def double(x):\n    x *= 2\n    return x.sum()", "double") as double:
        for x in (torch.ones(3), np.ones(3)):
            assert double(x) == 6
            assert x.sum() == 6


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("raise NotImplementedError('not yet')", NotImplementedError, "not yet"),
        ("raise ValueError('no')", ValueError, "no"),
        ("import sys; sys.exit(3)", RuntimeError, "SystemExit 3"),
        ("class Own(KeyError): pass\n    raise Own('k')", KeyError, "k"),
        ("raise KeyboardInterrupt", RuntimeError, "KeyboardInterrupt"),
        ("b'\\xff'.decode()", ValueError, "can't decode"),
        ("return iter(())", None, ""),
    ],
)
def test_exceptions_cross_as_pythons_own(code, kind, text):
    with names(f"def f():\n    {code}", "f") as f:
        if kind is None:
            assert list(f()) == []
        else:
            with pytest.raises(kind, match=text):
                f()


def test_a_warning_crosses():
    source = "import numpy as np\ndef f(): return np.exp(1000.0)"
    with names(source, "f") as f, pytest.warns(RuntimeWarning, match="overflow"):
        assert f() == float("inf")


def test_our_own_exception_comes_back_as_itself():
    class Enough(BaseException):
        pass

    def end():
        raise Enough

    source = """
    def f(end):
        while True:
            try: end()
            except Exception: pass
    """
    with names(source, "f") as f, pytest.raises(Enough):
        f(end)


def test_the_students_random_numbers_follow_from_the_checks_seed():
    with names("import torch\ndef draw(): return torch.rand(3)", "draw") as draw:
        torch.manual_seed(1)
        first, second = draw(), draw()
        torch.manual_seed(1)
        again = draw()
    assert torch.equal(first, again)
    assert not torch.equal(first, second)


def test_a_process_that_ends_is_said_to_have_ended():
    with names("import os\ndef f(): os._exit(1)", "f") as f:
        with pytest.raises(ConnectionError, match="ended"):
            f()
        with pytest.raises(ConnectionError):
            f()


@pytest.mark.parametrize(
    "reach",
    [
        "g.__globals__", "g.__code__", "g.__self__", "next(loop).gi_frame", "loop.gi_frame",
        "error.__traceback__", "thing.secret", "cls.mro", "module.path", "g.gi_frame",
    ],
)  # fmt: skip
def test_what_is_lent_leads_nowhere_else(reach):
    source = f"""
    def f(g, loop, thing, cls, module, error):
        try:
            return {reach}
        except (AttributeError, TypeError, StopIteration) as caught:
            return "refused"
    """
    from types import SimpleNamespace

    with names(source, "f") as f:
        arguments = (
            lambda: 1,
            (i for i in (1,)),
            SimpleNamespace(secret=1),
            dict,
            os,
            ValueError(),
        )
        assert f(*arguments) == "refused"
