"""What a student has written or printed, as HTML that runs nothing in a reader's browser.

It is shown to its student, to the marker in JupyterLab's formgrader, where a script would act with
the marker's rights, and in feedback. Formulas become MathML, which a browser sets without a script
and without the net.
"""

import base64
import binascii
import re
from typing import Any

import bleach
from jinja2 import pass_context
from jinja2.runtime import Context
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

from ganlib.grading.text import strip_control_chars

__all__ = ["CleanOutputs", "clean", "markdown", "markdown2html", "mathml"]

PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
BESIDE = re.compile(r"(?!.*\.\.)[\w][\w./ -]*")  # a file in the same folder, or below it
LINK = re.compile(r"(?:https?://|mailto:|#).*")
TAGS = re.findall(
    r"\w+",
    """
    a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p
    pre s small span strong sub summary sup table tbody td tfoot th thead tr ul
    """,
)
MATH_TAGS = re.findall(
    r"\w+",
    """
    math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub
    msubsup msup mtable mtd mtext mtr munder munderover
    """,
)
MATH_ATTRIBUTES = re.findall(
    r"\w+",
    """
    accent columnalign columnspacing display displaystyle depth fence form height largeop
    linethickness lspace mathsize mathvariant maxsize minsize movablelimits notation rowspacing
    rspace scriptlevel separator stretchy width xmlns
    """,
)
PICTURES = ("image/png", "image/jpeg")
UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
# TeX sets a thin space between "log" and what it stands beside; MathML has to be told.
THIN = '<mspace width="0.167em"></mspace>'
NAME = "<mi>(?:cos|exp|ln|log|sin)</mi>"
BEFORE_NAME = re.compile(f"(</(?:mi|mn|mover|msub|msup|mfrac)>)(?={NAME})")
AFTER_NAME = re.compile(f"({NAME})(?=<(?:mi|mn|mover|msub|msup|msqrt|mfrac)>)")
MARK = "\ue000{}\ue001"  # stands for a formula while its surroundings are cleaned
UNMARKED = dict.fromkeys(map(ord, "\ue000\ue001"))


def clean(html: str) -> str:
    """HTML less all that could run, load or send something; what is left out is shown as text."""
    return bleach.clean(
        UNSEEN.sub("", html),
        tags=TAGS,
        attributes=_allows,
        protocols=["data", "http", "https", "mailto"],
    )


def _allows(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("img", "src"):
        return bool(PICTURE.fullmatch(value) or BESIDE.fullmatch(value))
    if (tag, name) == ("a", "href"):
        return bool(LINK.fullmatch(value))
    return name in ("alt", "class", "colspan", "open", "rowspan", "title")


def mathml(tex: str, *, block: bool = False) -> str:
    """A formula, or its TeX where it is none."""
    try:
        made = convert(tex, display="block" if block else "inline")
    except Exception:  # a student's formula may be anything
        return f"<code>{bleach.clean(tex, tags=[])}</code>"
    # latex2mathml passes HTML inside \text on, and makes links of \href.
    html = bleach.clean(made, tags=MATH_TAGS, attributes={"*": MATH_ATTRIBUTES})
    return AFTER_NAME.sub(rf"\1{THIN}", BEFORE_NAME.sub(rf"\1{THIN}", html))


class _Renderer(IPythonRenderer):
    """Markdown with a mark for each formula, and headings ``lower`` levels down."""

    def __init__(self, attachments: dict, lower: int) -> None:
        super().__init__(escape=False, attachments=attachments, exclude_anchor_links=True)
        self.formulas: list[str] = []
        self.lower = lower

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return super().heading(text, min(level + self.lower, 6), **attrs)

    def _formula(self, tex: str, *, block: bool) -> str:
        self.formulas.append(mathml(tex, block=block))
        return MARK.format(len(self.formulas) - 1)

    def inline_math(self, body: str) -> str:
        return self._formula(body, block=False)

    def block_math(self, body: str) -> str:
        return self._formula(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)


def markdown(source: str, attachments: dict | None = None, lower: int = 0) -> str:
    """Markdown as harmless HTML, its formulas as MathML, its headings ``lower`` levels down."""
    renderer = _Renderer(attachments or {}, lower)
    try:
        html = MarkdownWithMath(renderer=renderer).render(
            strip_control_chars(source).translate(UNMARKED)
        )
    except Exception:  # an attachment that is missing, brackets nested a thousand deep
        return f"<pre>{bleach.clean(strip_control_chars(source), tags=[])}</pre>"
    formula = re.compile(MARK.format(r"(\d+)"))
    return formula.sub(lambda mark: renderer.formulas[int(mark[1])], clean(html))


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """In place of nbconvert's filter of this name, which lets HTML and scripts through."""
    return markdown(source, context.get("cell", {}).get("attachments"))


class CleanOutputs(Preprocessor):
    """Leaves of each output what is text or a picture, and of HTML what is harmless."""

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, cell_index: int
    ) -> tuple[NotebookNode, dict]:
        if cell.cell_type == "code":
            for output in cell.outputs:
                _clean_output(output)
        return cell, resources


def _clean_output(output: NotebookNode) -> None:
    if output.output_type == "stream":
        output.text = strip_control_chars(output.text)
    elif output.output_type == "error":
        output.ename, output.evalue = (
            strip_control_chars(output.ename),
            strip_control_chars(output.evalue),
        )
        output.traceback = [strip_control_chars(line) for line in output.traceback]
    else:
        about = output.get("metadata", {})
        output.data = {
            kind: cleaned
            for kind, content in output.data.items()
            if (cleaned := _cleaned(kind, content)) is not None
        }
        output.metadata = {kind: {"alt": _alt(about, kind)} for kind in PICTURES}


def _cleaned(kind: str, content: Any) -> str | None:
    """None for what is not shown: JavaScript, widgets, PDF, and kinds that are not known."""
    if kind in ("text/plain", "text/latex", "text/markdown"):
        return strip_control_chars(content)
    if kind == "text/html":
        return clean(strip_control_chars(content))
    if kind == "image/svg+xml":
        return strip_control_chars(content)  # shown as a picture, in which no script runs
    if kind in PICTURES:
        try:
            return base64.b64encode(base64.b64decode(strip_control_chars(content))).decode()
        except binascii.Error:
            return None
    return None


def _alt(about: Any, kind: str) -> str:
    """The words for a picture, from the metadata of its output or of its kind."""
    for place in (about.get(kind), about):
        if isinstance(place, dict) and isinstance(place.get("alt"), str):
            return strip_control_chars(place["alt"])
    return "a picture without a description"
