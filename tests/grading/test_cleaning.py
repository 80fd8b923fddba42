"""What a student has written runs nothing in a reader's browser, and is still readable."""

import base64
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from ganlib.grading.reports.cleaning import CleanOutputs, clean, markdown, mathml
from ganlib.grading.text import strip_control_chars

SCRIPTS = [
    "<script>pwned()</script>",
    "<img src=x onerror=pwned()>",
    "<img src='http://somewhere.example/count.png'>",
    "<img src='../../other/hand-in.png'>",
    "<img src='data:text/html;base64,AAAA'>",
    "<svg onload=pwned()></svg>",
    "<svg><style><img src=x onerror=pwned()></style></svg>",
    "<math><mtext><style><img src=x onerror=pwned()></style></mtext></math>",
    "<a href='javascript:pwned()'>a</a>",
    "<a href='data:text/html,pwned'>a</a>",
    "<a href='../other/hand-in.html'>a</a>",
    "<iframe src='a.html'></iframe>",
    "<form action='http://somewhere.example'><input name=a></form>",
    "<meta http-equiv=refresh content='0;url=javascript:pwned()'>",
    "<p style='position:fixed' id='top' onclick='pwned()'>a</p>",
    "<!--><script>pwned()</script>-->",
    "<noscript><p title='</noscript><img src=x onerror=pwned()>'></noscript>",
]
# As markup: escaped text may say all of this.
HARM = re.compile(
    r"<(script|iframe|form|input|meta|svg|style|object|embed|base|link)\b"
    r"|<[^>]*\s(on\w+|style|id)\s*=|<[^>]*(javascript:|text/html|\.\./|somewhere)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("html", SCRIPTS)
@pytest.mark.parametrize("through", [clean, markdown, mathml, lambda html: markdown(f"${html}$")])
def test_nothing_of_a_script_is_left_as_markup(through, html):
    assert HARM.search(html)
    assert not HARM.search(re.sub(r'title="[^"]*"', "", through(html)))


@pytest.mark.parametrize(
    "tex", [r"\href{javascript:pwned()}{a}", r"\text{<script>pwned()</script>}", r"\frac{", "\\"]
)
def test_a_formula_is_mathml_or_its_own_text(tex):
    html = mathml(tex)
    assert not HARM.search(html)
    assert "<math" in html or "<code>" in html


def test_a_functions_name_stands_apart():
    assert mathml("y\\log 2").count("<mspace") == 2
    assert "<mspace" not in mathml("\\log(2)")


def test_formulas_stand_in_markdown_as_mathml():
    html = markdown("Is $a<b$ and\n\n$$\\frac{1}{2}$$\n\nand <b>bold</b> | `$x$` code?")
    assert html.count("<math") == 2
    assert "<mfrac>" in html
    assert "<b>bold</b>" in html
    assert "<code>$x$</code>" in html


def test_a_formulas_mark_cannot_be_written_by_a_student():
    assert "<math" not in markdown("\ue0000\ue001")


def test_a_missing_attachment_costs_no_page():
    assert markdown("![a](attachment:none.png)").startswith("<pre>")


def test_pictures_beside_and_inside_are_kept():
    inside = "data:image/png;base64,AAAA"
    for source in ("images/a3-line.png", inside):
        assert f'src="{source}"' in markdown(f"![alt text]({source})")


def test_plain_text_has_no_escape_sequences():
    text = "\x1b[31mred\x1b[0m \x1b]8;;javascript:pwned()\x07link\x1b]8;;\x07\x00\x9b1m\u202e."
    assert strip_control_chars(text) == "red link1m."
    assert strip_control_chars("a\r\nb\rc") == "a\nb\nc"


def cleaned(*outputs):
    notebook = new_notebook(cells=[new_code_cell("f()", outputs=list(outputs))])
    return CleanOutputs().preprocess(notebook, {})[0].cells[0].outputs


def test_of_an_output_stays_what_is_text_or_a_picture():
    png = base64.b64encode(b"a picture").decode()
    data = {
        "application/javascript": "pwned()",
        "application/vnd.jupyter.widget-view+json": {"model_id": "pwned"},
        "image/png": png,
        "image/svg+xml": "<svg/>",
        "text/html": "<b>a</b><script>pwned()</script>",
        "text/plain": "\x1b[1ma",
        "text/vnd.mermaid": "pwned",
    }
    metadata = {"image/png": {"width": "1 onerror=pwned()", "alt": "a line"}, "isolated": True}
    (output,) = cleaned(new_output("display_data", data=data, metadata=metadata))
    assert output.data == {
        "image/png": png,
        "image/svg+xml": "<svg/>",
        "text/html": "<b>a</b>",
        "text/plain": "a",
    }
    assert output.metadata["image/png"] == {"alt": "a line"}
    assert "pwned" not in nbformat.writes(new_notebook(cells=[new_code_cell(outputs=[output])]))


def test_a_picture_that_is_none_is_dropped():
    (output,) = cleaned(
        new_output("display_data", data={"image/png": "'><script>", "text/plain": ""})
    )
    assert output.data == {"text/plain": ""}
