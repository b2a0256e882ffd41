"""Fill in the repository's address, the book's address and the version from pyproject.toml.

Usage: python -m tools.addresses

They stand in pyproject.toml only. Everything else that must name them (Colab badges and set-up
cells, the README, CITATION.cff) is rewritten by this command, and a test holds it to that.
"""

import re
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

from tools import chapters


class Project(NamedTuple):
    """What stands in one place."""

    repository: str  # without a slash at its end
    book: str  # with one
    version: str

    @property
    def slug(self) -> str:
        """The owner and the name, as in OWNER/cnn-course."""
        return "/".join(self.repository.split("/")[-2:])


def project(root: Path = chapters.ROOT) -> Project:
    """Read pyproject.toml."""
    table = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    urls = table["urls"]
    return Project(urls["repository"].rstrip("/"), urls["book"].rstrip("/") + "/", table["version"])


def files(root: Path = chapters.ROOT) -> list[Path]:
    """Return the texts that name an address or the version."""
    masters = sorted(root.glob("homework/hw*/hw*.md"))
    pages = sorted(root.glob("book/pages/*.md"))
    copied = sorted(root.glob("homework/templates/**/*"))
    templates = [path for path in copied if path.suffix in {".md", ".yml"}]
    return [
        *chapters.texts(root),
        *masters,
        *pages,
        *templates,
        root / "README.md",
        root / "CITATION.cff",
    ]


def filled_in(text: str, names: Project) -> str:
    """Return a text with the present addresses and version."""
    colab = "colab.research.google.com/github"
    rules = {
        rf"{colab}/[^/\s]+/[^/\s]+/blob/[^/\s]+/": f"{colab}/{names.slug}/blob/main/",
        r"git\+https://[^\s\"@]+@v[^\s\"]+": f"git+{names.repository}@v{names.version}",
        r"made_with\(\"[^\"]*\"\)": f'made_with("{names.version}")',
        # pages of the book, pictures of explorers: Colab knows no other file of this repository
        r"https://[^\s()]+/(?=_static/explorer-[\w-]+\.svg)": names.book,
        r"https://[^\s()<>]+/(?=(?:book/pages|notebooks)/\w+\.html)": names.book,
        r"https://[^\s()<>]+/(?=cnn-course\.(?:pdf|zip)\b)": names.book,
        r"git clone https://\S+": f"git clone {names.repository}",
        r"(?m)^\[repository\]: .*$": f"[repository]: {names.repository}",
        r"(?m)^\[book\]: .*$": f"[book]: {names.book}",
        r"(?m)^repository-code: .*$": f"repository-code: {names.repository}",
        r"(?m)^url: .*$": f"url: {names.book}",
        r"(?m)^version: .*$": f"version: {names.version}",
    }
    for pattern, replacement in rules.items():
        text = re.sub(pattern, replacement.replace("\\", r"\\"), text)
    return text


def outdated(root: Path = chapters.ROOT) -> list[Path]:
    """Return the files that name another address or version than pyproject.toml."""
    names = project(root)
    return [path for path in files(root) if filled_in(path.read_text(), names) != path.read_text()]


def main() -> int:
    names = project()
    for path in outdated():
        path.write_text(filled_in(path.read_text(), names))
        print(f"filled in {path.relative_to(chapters.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
