"""Which recipe for notebook 07? One change at a time, the same number of iterations for all.

    python benchmarks/mnist_recipe.py [--steps 2000] [--only WORDS]

Each recipe trains a fully connected GAN on MNIST by Algorithm 1. Its G, and the running mean of G's
parameters, then draw 10,000 images, which a small classifier of real digits judges:

    sure      share of images whose digit it names with a probability above .9
    digits    exp of the entropy of its guesses: 10 if all come equally often, 1 if only one does
    Fréchet   distance between Gaussians fitted to its 64 features on samples and on test images
              (as Heusel et al. 2017 do with a larger network): 0 is best, low is good

The classifier is trained here, so distances can be compared within one table and not between
machines. CPU seconds count the training alone, over all threads.
"""

import argparse
import time
from dataclasses import dataclass

import torch
from reference import steadiness
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ganlib.data import load_mnist
from ganlib.sampling import Minibatches, Noise
from ganlib.training import train

NOISE_DIM = 64


@dataclass(frozen=True)
class Recipe:
    """The notebook's choice by default."""

    name: str
    input_noise: float = 0.4  # standard deviation of the noise on D's inputs
    dropout: float = 0.0  # on D's hidden units
    batch_norm: bool = True  # in G
    spectral_norm: bool = False  # in D
    beta1: float = 0.0
    lr: float = 1e-3
    sgd: bool = False  # momentum .5 as in the paper, instead of Adam
    m: int = 64


RECIPES = (
    Recipe("the notebook's"),
    Recipe("  input noise .2", input_noise=0.2),
    Recipe("  input noise .6", input_noise=0.6),
    Recipe("  no input noise", input_noise=0.0),
    Recipe("  dropout .3 instead of it", input_noise=0.0, dropout=0.3),
    Recipe("  spectral norm instead of it", input_noise=0.0, spectral_norm=True),
    Recipe("  no batch norm in G", batch_norm=False),
    Recipe("  Adam's first beta .5", beta1=0.5),
    Recipe("  learning rate .0002", lr=2e-4),
    Recipe("  learning rate .002", lr=2e-3),
    Recipe("  m = 128", m=128),
    Recipe("  momentum SGD, rate .1", sgd=True, lr=0.1),
    Recipe("dropout .3, rate .0002, beta .5", input_noise=0.0, dropout=0.3, lr=2e-4, beta1=0.5),
)


class InputNoise(nn.Module):
    """Adds N(0, std²) to each number while training, and nothing in eval mode."""

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        return x + self.std * torch.randn_like(x) if self.training and self.std else x


def build_generator(recipe: Recipe) -> nn.Module:
    def norm(width: int) -> nn.Module:
        return nn.BatchNorm1d(width) if recipe.batch_norm else nn.Identity()

    return nn.Sequential(
        *(nn.Linear(NOISE_DIM, 256), norm(256), nn.ReLU()),
        *(nn.Linear(256, 512), norm(512), nn.ReLU()),
        *(nn.Linear(512, 784), nn.Sigmoid()),
    )


def build_discriminator(recipe: Recipe) -> nn.Module:
    def linear(before: int, after: int) -> nn.Module:
        layer = nn.Linear(before, after)
        return nn.utils.parametrizations.spectral_norm(layer) if recipe.spectral_norm else layer

    return nn.Sequential(
        InputNoise(recipe.input_noise),
        *(linear(784, 512), nn.LeakyReLU(0.2), nn.Dropout(recipe.dropout)),
        *(linear(512, 256), nn.LeakyReLU(0.2), nn.Dropout(recipe.dropout)),
        *(linear(256, 1), nn.Flatten(start_dim=0)),
    )


def train_by(recipe: Recipe, x_train: Tensor, steps: int) -> tuple[nn.Module, nn.Module]:
    """G as the last iteration leaves it, and the running mean of its parameters."""
    torch.manual_seed(0)
    G, D = build_generator(recipe), build_discriminator(recipe)
    if recipe.sgd:
        opt_d, opt_g = (torch.optim.SGD(net.parameters(), recipe.lr, 0.5) for net in (D, G))
    else:
        betas = (recipe.beta1, 0.999)
        opt_d, opt_g = (
            torch.optim.Adam(net.parameters(), recipe.lr, betas, fused=True) for net in (D, G)
        )
    mean_G = AveragedModel(G, multi_avg_fn=get_ema_multi_avg_fn(0.998), use_buffers=True)
    opt_g.register_step_post_hook(lambda *_: mean_G.update_parameters(G))
    train(
        *(D, G, Minibatches(x_train), Noise(NOISE_DIM)),
        steps=steps, m=recipe.m, opt_d=opt_d, opt_g=opt_g, device="cpu", progress=False,
    )  # fmt: skip
    return G.eval(), mean_G.module.eval()


def train_classifier(x: Tensor, labels: Tensor, epochs: int = 5, m: int = 128) -> nn.Sequential:
    """A small convolutional classifier of digits; its last hidden layer holds 64 features."""
    torch.manual_seed(0)
    classifier = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        *(nn.Conv2d(1, 16, kernel_size=5, stride=2, padding=2), nn.ReLU()),  # (n, 16, 14, 14)
        *(nn.Conv2d(16, 32, kernel_size=3, stride=2, padding=1), nn.ReLU()),  # (n, 32, 7, 7)
        *(nn.Flatten(), nn.Linear(32 * 7 * 7, 64), nn.ReLU()),
        *(nn.Dropout(0.3), nn.Linear(64, 10)),
    )
    total = epochs * (len(x) // m)
    opt = torch.optim.Adam(classifier.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=3e-3, total_steps=total)
    for _ in range(total):
        rows = torch.randint(len(x), (m,))
        loss = cross_entropy(classifier(x[rows]), labels[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
        schedule.step()
    return classifier.eval()


class Judge:
    """A classifier's opinion of 10,000 images."""

    def __init__(self, classifier: nn.Sequential, x_test: Tensor) -> None:
        self.features, self.decide = classifier[:-1], classifier[-1]
        with torch.no_grad():
            self.real = self.features(x_test)

    @torch.no_grad()
    def __call__(self, x: Tensor) -> tuple[float, float, float]:
        features = self.features(x)
        probabilities = self.decide(features).softmax(dim=1)  # (n, 10)
        sure = (probabilities.amax(dim=1) > 0.9).double().mean().item()
        guesses = torch.bincount(probabilities.argmax(dim=1), minlength=10) / len(x)
        digits = torch.special.entr(guesses).sum().exp().item()
        return sure, digits, frechet_distance(features, self.real)


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """|mean difference|² + tr(A + B - 2 (AB)^½) for samples a, b of shape (n, features)."""
    a, b = a.double(), b.double()
    A, B = torch.cov(a.T), torch.cov(b.T)
    # The eigenvalues of AB are real and >= 0, for it is similar to A^½ B A^½.
    root = torch.linalg.eigvals(A @ B).real.clamp(min=0).sqrt().sum()
    return ((a.mean(0) - b.mean(0)).square().sum() + A.trace() + B.trace() - 2 * root).item()


@steadiness()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2000, help="iterations of each recipe")
    parser.add_argument("--only", default="", help="run the recipes whose name has these words")
    options = parser.parse_args()

    x_train, labels = load_mnist("train")
    x_test, test_labels = load_mnist("test")
    classifier = train_classifier(x_train, labels)
    right = (classifier(x_test).argmax(dim=1) == test_labels).double().mean().item()
    judge = Judge(classifier, x_test)
    print(f"{len(x_train):,} training images, {options.steps:,} iterations, one run each;")
    print(f"the classifier names {right:.1%} of the test digits rightly")
    print(f"{'':32}{'CPU s':>6}  {'G':^22}  {'running mean of G':^22}")
    print(f"{'':32}{'':>6}" + f"  {'sure':>6}{'digits':>7}{'Fréchet':>9}" * 2)
    real = x_train[torch.randperm(len(x_train))[:10_000]]
    sure, digits, distance = judge(real)
    print(
        f"{'real training images':32}{'':>6}  {sure:6.0%}{digits:7.1f}{distance:9.1f}", flush=True
    )
    for recipe in RECIPES:
        if options.only not in recipe.name:
            continue
        start = time.process_time()
        networks = train_by(recipe, x_train, options.steps)
        line = f"{recipe.name:32}{time.process_time() - start:6.0f}"
        for G in networks:
            torch.manual_seed(1)
            with torch.no_grad():
                sure, digits, distance = judge(G(torch.randn(10_000, NOISE_DIM)))
            line += f"  {sure:6.0%}{digits:7.1f}{distance:9.1f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
