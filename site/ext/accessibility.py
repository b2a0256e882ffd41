"""Mend what readers stumble over in the theme's HTML: screen readers, and those without scripts."""

from typing import Any

from page_patches import PagePatch, add_page_patches  # type: ignore[import-not-found]
from sphinx.application import Sphinx

PATCHES = [
    PagePatch(
        "colours are there without scripts",
        r'(<html [^>]*data-theme=)"auto"',
        r'\1"light"',
    ),
    PagePatch(
        "colours are right from the first paint, not after the last script",
        r'(dataset\.theme = )localStorage\.getItem\("theme"\) \|\| "auto";',
        r'\1{light: "light", dark: "dark"}[localStorage.getItem("mode")]'
        r' || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");',
    ),
    PagePatch(
        "bibliography: a role that no longer exists",
        r'(<div class="citation" id="[^"]*") role="doc-biblioentry"',
        r"\1",
        where='<div class="citation"',
    ),
    PagePatch(
        "bibliography: a list without list items",
        r'<div role="list" class="citation-list">',
        '<div class="citation-list">',
        where='class="citation-list"',
    ),
    PagePatch(
        "search button: its name is the text that it shows",
        r'(<button class="btn search-button-field[^>]*?) aria-label="Search"',
        r"\1",
    ),
    PagePatch(
        "search button: the keys are no part of its name",
        r'<span class="search-button__kbd-shortcut">',
        '<span class="search-button__kbd-shortcut" aria-hidden="true">',
    ),
    PagePatch(
        "colour mode button: the icons' titles are no part of its name",
        r'(<i class="theme-switch [^>]*?) title="[^"]*"',
        r'\1 aria-hidden="true"',
    ),
    PagePatch(
        "folded cells: the name is the text that is shown",
        r'<summary aria-label="Toggle hidden content">',
        "<summary>",
        where='<summary aria-label="Toggle hidden content"',
    ),
    PagePatch(
        "sidebar: a landmark of its own",
        r'<div id="pst-primary-sidebar" class',
        '<div id="pst-primary-sidebar" role="region" aria-label="Site sidebar" class',
    ),
]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the patches."""
    add_page_patches(app, PATCHES)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
