"""The course's data: `load_*` ships with the packages, `fetch_*` downloads when you ask for it."""

from cnnutils.data.bundled import PHOTOGRAPHS, Digits, load_digits, load_photograph

__all__ = ["PHOTOGRAPHS", "Digits", "load_digits", "load_photograph"]
