"""Change the theme's HTML where it cannot be configured, and fail loudly when it has moved on.

A patch works on a page's HTML before the page is written. So a page that an incremental build
leaves alone keeps its patches, and none is patched twice.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError


@dataclass(frozen=True)
class PagePatch:
    """Replace every match of ``pattern`` by ``replacement``, and insist that there is one.

    Attributes:
        why: What the patch is good for; stands in the error message.
        pattern: A regular expression.
        replacement: The new text; may refer to groups.
        where: A plain text; only pages that hold it are patched. Empty: every page.
        wherenot: A page's name on which the patch has nothing to do, such as "search".
    """

    why: str
    pattern: str
    replacement: str
    where: str = ""
    wherenot: str = ""

    def apply(self, html: str, page: str) -> str:
        """Return the patched HTML of a page.

        Raises:
            ExtensionError: When the page should hold the pattern and does not.
        """
        if self.where not in html or page == self.wherenot:
            return html
        patched, count = re.subn(self.pattern, self.replacement, html, flags=re.DOTALL)
        if count == 0:
            raise ExtensionError(
                f"Page {page}: the theme's HTML no longer matches {self.pattern!r}, so the patch"
                f" '{self.why}' cannot be applied. Adapt it or drop it."
            )
        return patched


def add_page_patches(app: Sphinx, patches: list[PagePatch]) -> None:
    """Apply ``patches`` to every page that this build writes."""
    app.setup_extension(__name__)
    vars(app).setdefault("page_patches", []).extend(patches)


def patched_renderer(
    render: Callable[[str, dict[str, Any]], str], patches: list[PagePatch]
) -> Callable[[str, Mapping[str, Any]], str]:
    """Wrap a template renderer so that the pages it renders are patched."""

    def render_patched(template: str, context: Mapping[str, Any]) -> str:
        html = render(template, dict(context))
        page = context.get("pagename")
        if page is None or "</html>" not in html:  # a script or an index, not a page
            return html
        for patch in patches:
            html = patch.apply(html, page)
        return html

    return render_patched


def wrap_renderer(app: Sphinx) -> None:
    """Put the patches between the theme's templates and the pages' files."""
    if app.builder.format != "html":
        return
    templates = app.builder.templates
    templates.render = patched_renderer(templates.render, vars(app).get("page_patches", []))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the wrapper; the patches come from the extensions that need them."""
    app.connect("builder-inited", wrap_renderer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
