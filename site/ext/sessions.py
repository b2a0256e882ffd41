"""Sessions of a shell: lines that begin with ``$`` are commands, all others are what they print.

Pygments' own lexer for ``console`` takes any line that begins with ``#`` for a command of root.
"""

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, using  # type: ignore[import-untyped]
from pygments.lexers.shell import BashLexer  # type: ignore[import-untyped]
from pygments.token import Generic  # type: ignore[import-untyped]
from sphinx.application import Sphinx


class SessionLexer(RegexLexer):  # type: ignore[misc]
    """Highlights the commands, and leaves their output alone."""

    name = "Session"
    tokens: ClassVar[dict[str, list[Any]]] = {
        "root": [
            (r"^(\$ )(.*\n)", bygroups(Generic.Prompt, using(BashLexer))),
            (r".*\n", Generic.Output),
        ]
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the lexer in place of Pygments' own."""
    app.add_lexer("console", SessionLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
