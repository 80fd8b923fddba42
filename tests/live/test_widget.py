"""The live GAN's panel without a browser: what each control does to the engine."""

import asyncio
import base64
import html
import json
from collections.abc import Callable

import nbformat
import pytest
import torch
from nbclient import NotebookClient
from torch import Tensor, nn

from ganlib.live import GANLab
from ganlib.live.failures import FAILURES
from ganlib.live.losses import LOSSES
from ganlib.live.problems import PROBLEMS, from_samples
from ganlib.live.widget import DRAWN
from tests.live.test_player import until


def header(lab: GANLab) -> dict:
    """What the view was told last, without its arrays."""
    data = lab.canvas.frame
    return json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])


def say(lab: GANLab, **message: object) -> None:
    """A message as it comes from the view."""
    lab.canvas._handle_custom_msg(message, [])


@pytest.fixture
def lab() -> GANLab:
    return GANLab("two gaussians")


def test_it_starts_paused_at_iteration_0(lab: GANLab) -> None:
    shown = header(lab)
    assert (shown["iteration"], shown["playing"], lab.playing) == (0, False, False)
    assert lab.controls.play.description == "Play"


@pytest.mark.parametrize("name", [*PROBLEMS, DRAWN])
def test_every_problem_of_the_picker_can_be_stepped(lab: GANLab, name: str) -> None:
    lab.controls.problem.value = name
    lab.controls.step.click()
    shown = header(lab)
    assert (shown["iteration"], shown["error"]) == (1, None)
    assert lab.engine.problem.name == name


def test_steps_of_one_player_leave_the_other_where_it_was(lab: GANLab) -> None:
    def weights(network: nn.Module) -> Tensor:
        return torch.cat([p.detach().clone().flatten() for p in network.parameters()])

    for button, moved, still in (
        (lab.controls.step_d, lab.engine.D, lab.engine.G),
        (lab.controls.step_g, lab.engine.G, lab.engine.D),
    ):
        before = weights(moved), weights(still)
        button.click()
        assert not torch.equal(weights(moved), before[0])
        assert torch.equal(weights(still), before[1])


@pytest.mark.parametrize(
    ("key", "change"), [("step", 1), ("step D", 1), ("step G", 1), ("reset", 0)]
)
def test_keys_do_what_the_buttons_do(lab: GANLab, key: str, change: int) -> None:
    say(lab, press=key)
    assert header(lab)["iteration"] == change


def test_sliders_set_the_engine_and_show_what_it_has(lab: GANLab) -> None:
    values = {"k": 3, "m": 16, "lr_d": 0.01, "lr_g": 0.1, "momentum_d": 0.9, "momentum_g": 0.0}
    for name, value in values.items():
        lab.controls.sliders[name].value = value
    settings = lab.engine.settings
    assert {name: settings[name] for name in values} == pytest.approx(values)
    lab.engine.set(k=7)
    lab.controls.step.click()
    assert lab.controls.sliders["k"].value == 7


def test_a_rule_without_momentum_has_no_slider_for_it() -> None:
    lab = GANLab(opt_g="rmsprop")
    rules = {who: lab.engine.settings[f"momentum_{who}"] for who in "dg"}
    for who, value in rules.items():
        assert lab.controls.sliders[f"momentum_{who}"].disabled == (value is None)


def test_the_loss_is_picked_in_the_middle_of_a_run(lab: GANLab) -> None:
    lab.controls.step.click()
    lab.controls.loss.value = "hinge"
    assert (lab.engine.loss.name, lab.engine.iteration) == ("hinge", 1)


@pytest.mark.parametrize("name", LOSSES)
def test_the_losses_stand_beside_the_picker_in_symbols(lab: GANLab, name: str) -> None:
    lab.controls.loss.value = name
    loss, words = LOSSES[name], html.unescape(lab.controls.formula.value)
    assert f"D: {loss.d_formula}" in words
    assert f"G: {loss.g_formula}" in words
    assert loss.source in words


def test_hidden_units_make_new_networks_and_keep_the_rates(lab: GANLab) -> None:
    lab.controls.sliders["lr_g"].value = 0.05
    lab.controls.step.click()
    lab.controls.units.value = 8
    widths = [m.out_features for m in lab.engine.G.modules() if isinstance(m, nn.Linear)]
    assert (widths, lab.engine.iteration) == ([8, 8, 1], 0)
    assert lab.engine.settings["lr_g"] == pytest.approx(0.05)


def test_another_problem_brings_its_own_rates_and_keeps_k_and_m(lab: GANLab) -> None:
    lab.controls.sliders["k"].value = 4
    lab.controls.sliders["lr_g"].value = 0.5
    lab.controls.problem.value = "ring"
    assert lab.engine.settings["k"] == 4
    assert lab.engine.settings["lr_g"] == pytest.approx(lab.engine.problem.lr)


def test_the_seed_decides_everything(lab: GANLab) -> None:
    def losses(seed: int) -> list[float]:
        lab.controls.seed.value = seed
        lab.controls.reset.click()
        for _ in range(3):
            lab.controls.step.click()
        return lab.engine.history["d_loss"].tolist()

    first, other, again = losses(0), losses(5), losses(0)
    assert first == again
    assert first != other


def test_scrubbing_goes_back_and_the_next_step_branches(lab: GANLab) -> None:
    for _ in range(8):
        lab.controls.step.click()
    say(lab, scrub=3)
    shown = header(lab)
    assert (shown["iteration"], max(shown["kept"])) == (3, 8)
    lab.controls.step.click()
    shown = header(lab)
    assert (shown["iteration"], max(shown["kept"])) == (4, 4)
    pale = [s for s in shown["charts"][0]["series"] if s.get("alpha")]
    assert pale


def test_slow_motion_does_one_line_a_step(lab: GANLab) -> None:
    lab.controls.slow.value = True
    assert header(lab)["walk"]["at"] == -1
    iterations = []
    for _ in range(5):
        lab.controls.step.click()
        iterations.append(header(lab)["iteration"])
    assert iterations == [0, 0, 0, 0, 1]
    assert "before" in header(lab)["runs"][0]["stage"]["batch"]
    lab.controls.step_d.click()  # which is no line of the page
    assert header(lab)["walk"]["at"] == -1
    assert "batch" not in header(lab)["runs"][0]["stage"]
    lab.controls.slow.value = False
    assert header(lab)["walk"] is None


def test_two_runs_begin_together_and_the_sliders_tune_the_second(lab: GANLab) -> None:
    lab.controls.step.click()
    lab.controls.compare.value = True
    lab.controls.sliders["k"].value = 5
    assert [run.engine.iteration for run in lab.runs] == [0, 0]
    assert [run.engine.k for run in lab.runs] == [1, 5]
    first = [next(run.engine.G.parameters()).detach().clone() for run in lab.runs]
    assert torch.equal(*first)
    lab.controls.step.click()
    assert len(header(lab)["runs"]) == 2
    lab.controls.compare.value = False
    assert (len(lab.runs), lab.engine.k) == (1, 5)


@pytest.mark.parametrize("name", ["ring", DRAWN])
def test_both_of_two_runs_get_a_new_problem(lab: GANLab, name: str) -> None:
    lab.controls.compare.value = True
    lab.controls.problem.value = name
    assert [run.engine.problem.name for run in lab.runs] == [name, name]
    assert header(lab)["error"] is None


def test_what_is_drawn_is_learnt(lab: GANLab) -> None:
    lab.controls.problem.value = DRAWN
    assert header(lab)["draws"]
    lab.controls.new_drawing.click()
    say(lab, draw=[[1.0, 1.0], [1.1, 1.0]])
    say(lab, draw=[[1.2, 1.0]])
    x = lab.engine.problem.sample_data(400)
    assert x.mean(dim=0).tolist() == pytest.approx([1.1, 1.0], abs=0.05)
    lab.controls.problem.value = "ring"
    assert not header(lab)["draws"]


@pytest.mark.parametrize("name", FAILURES)
def test_each_failure_of_the_gallery_starts_with_one_click(name: str) -> None:
    """With its own settings, playing at once, and with words about what to see."""

    async def main() -> None:
        lab = GANLab()
        button = next(b for b in lab.gallery.children if b.description == name)
        button.click()
        assert lab.playing
        assert FAILURES[name].cause in lab.aside.children[0].value.replace("&#x27;", "'")
        settings = FAILURES[name].settings
        assert lab.controls.problem.value == lab.engine.problem.name == settings["problem"]
        lab.close()

    asyncio.run(main())


def test_you_are_the_discriminator_of_the_present_run(lab: GANLab) -> None:
    lab.controls.quiz.value = True
    (panel,) = lab.aside.children
    panel.real.click()
    assert panel.quiz.you().n == panel.quiz.d().n == 1
    lab.controls.quiz.value = False
    assert lab.aside.children == ()


def test_layers_that_are_switched_off_are_not_sent(lab: GANLab) -> None:
    assert "p_g" in header(lab)["runs"][0]["stage"]
    lab.canvas.hidden = ["p_g"]
    assert "p_g" not in header(lab)["runs"][0]["stage"]


# Playing


def test_playing_trains_and_pausing_stops_at_once(lab: GANLab) -> None:
    async def main() -> None:
        say(lab, press="play")
        assert lab.controls.play.description == "Pause"
        await until(lambda: lab.engine.iteration > 0)
        lab.controls.play.click()
        at = lab.engine.iteration
        assert header(lab)["iteration"] == at
        await asyncio.sleep(0.1)
        assert (lab.engine.iteration, lab.playing) == (at, False)

    asyncio.run(main())


def test_the_speed_is_in_iterations_a_second(lab: GANLab) -> None:
    lab.controls.speed.value = 10
    for _ in range(30):
        lab._turn(0.05)
    assert lab.engine.iteration == 15
    before = lab.canvas.frame
    lab._turn(0.01)
    assert lab.canvas.frame == before  # nothing new, nothing sent


def test_time_that_was_too_short_is_not_made_up_for(lab: GANLab) -> None:
    lab.controls.speed.value = 300
    lab._turn(1000.0)
    first = lab.engine.iteration
    assert first < 1000
    lab._turn(0.0)
    assert lab.engine.iteration == first


def test_threads_of_the_student_are_left_as_they_were(lab: GANLab) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    lab._turn(0.05)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)


def test_a_view_that_does_not_paint_makes_it_rest(lab: GANLab) -> None:
    async def main() -> None:
        lab.toggle()
        lab._player.sent += 100
        at = lab.engine.iteration
        await asyncio.sleep(0.15)
        assert lab.engine.iteration == at
        say(lab, seen=lab._player.sent)
        await until(lambda: lab.engine.iteration > at)
        lab.close()

    asyncio.run(main())


# Students' modules


class Tired(nn.Module):
    """A G that raises once it has been called often enough."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.linear, self.calls = nn.Linear(1, 1), calls

    def forward(self, z: Tensor) -> Tensor:
        self.calls -= 1
        if self.calls < 0:
            raise RuntimeError("tired")
        return self.linear(z)


def test_your_own_modules_are_trained(lab: GANLab) -> None:
    G, D = nn.Linear(1, 1), nn.Sequential(nn.Linear(1, 1), nn.Flatten(0))
    own = GANLab("gaussian", G, D)
    before = G.weight.item(), D[0].weight.item()
    own.controls.step.click()
    assert G.weight.item() != before[0]
    assert D[0].weight.item() != before[1]


def test_an_error_while_it_plays_is_shown_and_pauses() -> None:
    async def main() -> None:
        lab = GANLab("gaussian", G=Tired(calls=30))
        lab.toggle()
        await until(lambda: not lab.playing)
        shown = header(lab)
        assert "G raised RuntimeError" in shown["error"]
        assert "tired" in shown["error"]

    asyncio.run(main())


def test_an_error_of_a_click_is_shown_and_goes_with_the_next_thing_that_works(
    lab: GANLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(lab.engine, "step", lambda: 1 / 0)
        lab.controls.step.click()
    assert header(lab)["error"] == "ZeroDivisionError: division by zero"
    lab.controls.step.click()
    assert header(lab)["error"] is None


def test_a_wrong_module_is_told_at_once() -> None:
    with pytest.raises(RuntimeError, match=r"G should return shape \(512, 1\)"):
        GANLab("gaussian", G=nn.Linear(1, 2))


def test_your_own_data_are_a_problem_too() -> None:
    lab = GANLab(from_samples(torch.rand(30, 784), name="digits"))
    lab.controls.step.click()
    assert header(lab)["kind"] == "images"
    lab.controls.problem.value = "ring"
    assert header(lab)["error"] is None


# In the notebook


def test_closing_takes_every_widget_away(lab: GANLab) -> None:
    parts = [lab.panel, lab.canvas, lab.controls.play, lab.controls.sliders["k"], lab.aside]
    assert all(part.comm is not None for part in parts)
    lab.close()
    assert all(part.comm is None for part in parts)


@pytest.fixture
def execute() -> Callable[..., list]:
    """Run cells in a kernel with no front end; return their outputs."""

    def run(*cells: str) -> list:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
        return [cell.outputs for cell in notebook.cells]

    return run


def test_without_a_front_end_it_leaves_a_picture_and_words(execute: Callable) -> None:
    (outputs,) = execute("from ganlib.live import GANLab\nGANLab('two gaussians')")
    widget, line, picture = outputs
    assert "application/vnd.jupyter.widget-view+json" in widget.data
    assert "Run the cell to play." in line.data["text/html"]
    assert base64.b64decode(picture.data["image/png"]).startswith(b"\x89PNG")
    assert picture.metadata["image/png"]["alt"].startswith("Live GAN, problem two gaussians")


def test_playing_without_a_front_end_ends_with_the_cell(execute: Callable) -> None:
    """nbclient, nbval and nbgrader are neither held up nor kept busy."""
    _, after = execute(
        "from ganlib.live import GANLab\nlab = GANLab('two gaussians')\nlab.toggle()",
        "import asyncio\nwhile not lab._player.resting:\n    await asyncio.sleep(0.1)\n"
        "print(lab.playing, lab._player.resting)",
    )
    assert after[0].text == "True True\n"
