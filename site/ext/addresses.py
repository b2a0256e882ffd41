"""Where the book and its repository live: taken from pyproject.toml, the one place that says so."""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

COLAB = "https://colab.research.google.com"
BRANCH = "main"
# People edit a chapter's text in book/; the notebook that the site shows is made from it.
EDITED_FILE = "{{ file_name | replace('notebooks/', 'book/') | replace('.ipynb', '.md') }}"


def read_addresses(root: Path) -> dict[str, str]:
    """Return the addresses in ``[project.urls]`` of the ``pyproject.toml`` in ``root``."""
    with (root / "pyproject.toml").open("rb") as file:
        urls: dict[str, str] = tomllib.load(file)["project"]["urls"]
    for name in ("repository", "book"):
        if not urls.get(name, "").startswith("https://"):
            raise ExtensionError(f"pyproject.toml: [project.urls] needs {name} = 'https://...'.")
    return {"repository": urls["repository"].rstrip("/"), "book": urls["book"].rstrip("/") + "/"}


def set_addresses(app: Sphinx, config: Config) -> None:
    """Tell Sphinx, the theme and the extensions where the book and its repository live."""
    addresses = read_addresses(Path(app.confdir))
    repository, book = addresses["repository"], addresses["book"]
    config.html_baseurl = book
    config.ogp_site_url = book
    config.notfound_urls_prefix = urlsplit(book).path
    config.html_theme_options |= {
        "repository_url": repository,
        "repository_branch": BRANCH,
        "launch_buttons": {"colab_url": COLAB, "notebook_interface": "jupyterlab"},
    }
    config.html_context |= {
        "edit_page_provider_name": "GitHub",
        "edit_page_url_template": f"{repository}/edit/{BRANCH}/{EDITED_FILE}",
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the hook, ahead of every extension that reads an address."""
    app.connect("config-inited", set_addresses, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
