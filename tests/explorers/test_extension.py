"""What the build says about explorers that are used wrongly."""

import importlib
import re
import sys

import pytest
from docutils import nodes

from tools.chapters import ROOT
from tools.explorers.files import KINDS


@pytest.fixture(scope="module")
def explorer():
    """Import the module, which only a build has on its path."""
    sys.path.insert(0, str(ROOT / "site" / "ext"))
    yield importlib.import_module("explorer")
    sys.path.remove(str(ROOT / "site" / "ext"))


def test_a_right_use_is_all_right(explorer):
    assert explorer.check("convolution", "", ROOT) == ""
    assert explorer.check("convolution", "picture=digit&cell=3,4", ROOT) == ""


def test_wrong_uses_are_named(explorer, tmp_path):
    check = explorer.check
    known = ", ".join(explorer.KINDS)
    assert check("poling", "", ROOT) == f"there is no explorer 'poling', but {known}"
    assert check("convolution", "zoom=2&picture=digit", ROOT).startswith(
        "explorer convolution: no setting zoom; it has ['cell', 'dilation', "
    )
    assert "no setting digit" in check("convolution", "digit", ROOT)
    assert check("convolution", "", tmp_path) == (
        "explorer convolution: site/static/explorer-convolution.svg is missing"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_settings_are_those_of_the_element(explorer, kind):
    module = (ROOT / "site" / "explorers" / f"{kind}.mjs").read_text("utf-8")
    state = module.split("this.state ??= {")[1].split("}")[0]
    assert set(re.findall(r"(\w+):", state)) == explorer.KINDS[kind]


def test_only_comments_on_their_own_line_are_left_out_of_the_copy(explorer):
    code = "// why\nlet a = 1; // what\n  // more\nlet b = `//`;\n"
    assert explorer.COMMENT.sub("", code) == "let a = 1; // what\nlet b = `//`;\n"


class Environment:
    """What the hook asks of a build."""

    docname = "notebooks/01"
    srcdir = ROOT


class Builder:
    """A builder whose pages all lie one folder up."""

    @staticmethod
    def get_relative_uri(page: str, target: str) -> str:
        return f"../{target}.html"


class App:
    """What the hook asks of Sphinx."""

    env, builder, srcdir = Environment, Builder, str(ROOT)


def chapter(link: str, *more: nodes.Node) -> nodes.document:
    """Return a page with a linked picture in a paragraph."""
    from docutils.utils import new_document

    document = new_document("chapter")
    image = nodes.image(uri="https://a.org/_static/explorer-convolution.svg", alt="words")
    reference = nodes.reference("", "", image, refuri=link)
    document += nodes.paragraph("", "", reference, *more)
    return document


def test_a_linked_picture_becomes_the_element_with_its_fallback(explorer):
    document = chapter(
        "https://a.org/book/pages/explorer_convolution.html?picture=digit&amp;cell=1,2"
    )
    explorer.bring_to_life(App, document)
    (element,) = document.children
    assert (element["kind"], element["state"]) == ("convolution", "picture=digit&cell=1,2")
    (reference,) = element.findall(nodes.reference)
    assert reference["refuri"] == "../book/pages/explorer_convolution.html"
    (image,) = element.findall(nodes.image)
    assert (image["uri"], image["alt"]) == ("/site/static/explorer-convolution.svg", "words")


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (chapter("explorer_convolution.html", nodes.Text(" and")), "alone in its paragraph"),
        (chapter("explorer_convolution.html?zoom=2"), "no setting zoom"),
    ],
)
def test_what_cannot_come_to_life_is_a_warning(explorer, document, complaint, monkeypatch):
    said = []
    monkeypatch.setattr(explorer.logger, "warning", lambda text, *a, **_: said.append(text % a))
    explorer.bring_to_life(App, document)
    assert len(said) == 1
    assert complaint in said[0]
    assert not list(document.findall(explorer.explorer))
