"""Generative adversarial networks as Goodfellow et al. (2014) describe them.

Each module is one idea and is imported by name, so that ``import ganlib`` stays quick:

- ``ganlib.networks``: a generator G and a discriminator D,
- ``ganlib.value``: the value function V(D, G), the losses, D*, KL, JSD and C(G),
- ``ganlib.training``: Algorithm 1,
- ``ganlib.ensemble``: Algorithm 1 for many seeds at once,
- ``ganlib.two_by_two``: the smallest GAN, its gradients by hand,
- ``ganlib.sampling``: where minibatches of data and noise come from,
- ``ganlib.data``: p_data, from toy densities to MNIST,
- ``ganlib.evaluation``: how well p_g matches p_data,
- ``ganlib.plotting``: figures,
- ``ganlib.live``: the live GAN, an engine and a widget.
"""

__version__ = "0.1.0"
