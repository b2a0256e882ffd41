"""Copies of the tiny assignment, changed in one place."""

import shutil

from tests.homework.support import TINY


def copy_of_tiny(place, changes=()):
    """Copy the tiny assignment, and replace a text in some of its files.

    Args:
        place: a folder.
        changes: (file, text, replacement); the text must be there.
    """
    folder = place / "tiny"
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file, text, replacement in changes:
        path = folder / file
        content = path.read_text(encoding="utf-8")
        assert text in content, f"{file} has no {text!r}"
        path.write_text(content.replace(text, replacement), encoding="utf-8")
    return folder
