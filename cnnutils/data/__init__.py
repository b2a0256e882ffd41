"""The course's data: `load_*` ships with the packages, `fetch_*` downloads when you ask for it."""

from cnnutils.data.bundled import PHOTOGRAPHS, Digits, load_digits, load_photograph
from cnnutils.data.download import DownloadError, fetch_file

__all__ = [
    "PHOTOGRAPHS",
    "Digits",
    "DownloadError",
    "fetch_file",
    "load_digits",
    "load_photograph",
]
