"""Addresses in texts are filled in from one place."""

from tools.addresses import Project, filled_in

NAMES = Project("https://github.com/ann/nets", "https://ann.github.io/nets/", "1.2.0")


def test_explorers_are_linked_by_the_books_address():
    # A relative link leads nowhere in Colab, which knows the notebook alone.
    old = (
        "[![A kernel](https://OWNER.github.io/cnn-course/_static/explorer-convolution.svg)]"
        "(https://OWNER.github.io/cnn-course/book/pages/explorer_convolution.html?picture=digit)"
    )
    new = (
        "[![A kernel](https://ann.github.io/nets/_static/explorer-convolution.svg)]"
        "(https://ann.github.io/nets/book/pages/explorer_convolution.html?picture=digit)"
    )
    assert filled_in(old, NAMES) == new
    assert filled_in(new, NAMES) == new


def test_other_links_stay_as_they_are():
    text = "[paper](https://arxiv.org/abs/1603.07285) [![x](https://a.org/_static/logo.svg)](b.md)"
    assert filled_in(text, NAMES) == text
