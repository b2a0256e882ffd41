"""Have pages read again in each build: those that show files which the checks write."""

from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def in_each_build(env: BuildEnvironment) -> None:
    """Note, for this build and the next ones, that the page being read is such a page.

    An extension whose directives call this calls ``app.setup_extension("read_again")``, too.
    """
    _pages(env).add(env.docname)


def _pages(env: BuildEnvironment) -> set[str]:
    """Return the names of these pages, kept from build to build."""
    pages: set[str] = vars(env).setdefault("pages_read_again", set())
    return pages


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> set[str]:
    """Name these pages to Sphinx: what they show may be new, or gone."""
    return _pages(env).intersection(env.found_docs) - removed


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the hook."""
    app.connect("env-get-outdated", outdated)
    return {"version": "1", "env_version": 1, "parallel_read_safe": False}
