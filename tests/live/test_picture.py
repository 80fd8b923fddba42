"""The picture that stands in for the widget."""

import pytest
import torch

from ganlib.live.engine import Engine
from ganlib.live.picture import picture
from ganlib.live.problems import PROBLEMS, from_samples


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_has_a_picture_with_its_name_and_iteration(name: str) -> None:
    engine = Engine(name)
    engine.step()
    figure = picture(engine)
    titles = [axes.get_title() for axes in figure.axes] + [figure.get_suptitle()]
    assert any(f"{name}, iteration 1" in title for title in titles)


@pytest.mark.parametrize("features", [1, 2, 784])
def test_data_of_unknown_density_have_one_too(features: int) -> None:
    torch.manual_seed(0)
    figure = picture(Engine(from_samples(torch.rand(40, features))))
    assert figure.axes


def test_making_it_leaves_the_run_as_it_was() -> None:
    """The next step is the same whether or not a picture was taken."""
    looked, alone = Engine("ring"), Engine("ring")
    picture(looked)
    looked.step()
    alone.step()
    assert looked.history.latest == alone.history.latest
