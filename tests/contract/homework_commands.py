"""The command lines of our homework that a text shows, as the program itself would read them."""

import re
import shlex

from cnnutils.homework.__main__ import _parser

PROGRAM = "python -m cnnutils.homework"
ENDS = set("<>|&;()")


def commands(text: str) -> list[list[str]]:
    """Return the arguments of every command line that begins with the program."""
    joined = re.sub(r"\\\n\s*", "", text)
    found = []
    for line in re.findall(rf"{re.escape(PROGRAM)} +([a-z$\"][^\n`]*)", joined):
        words = shlex.shlex(line, posix=True, punctuation_chars=True)
        words.whitespace_split = True
        arguments = []
        for word in words:
            if set(word) <= ENDS:
                break
            arguments.append(word)
        found.append(arguments)
    return found


def refused(text: str) -> list[str]:
    """Return the command lines that the program does not understand."""
    wrong = []
    for arguments in commands(text):
        try:
            _parser().parse_args(arguments)
        except SystemExit:
            wrong.append(shlex.join(arguments))
    return wrong
