"""Where the book and its repository live: taken from pyproject.toml, the one place that says so."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config

from tools.addresses import project

COLAB = "https://colab.research.google.com"
BINDER = "https://mybinder.org"
BRANCH = "main"
# People edit a chapter's text in book/; the notebook that the site shows is made from it.
EDITED_FILE = "{{ file_name | replace('notebooks/', 'book/') | replace('.ipynb', '.md') }}"


def set_addresses(app: Sphinx, config: Config) -> None:
    """Tell Sphinx, the theme and the extensions where the book and its repository live."""
    names = project(Path(app.confdir))
    config.html_baseurl = names.book
    config.ogp_site_url = names.book
    config.ogp_image = f"{names.book}_static/preview.png"
    config.ogp_image_alt = "The book's first page, with an edge detector at work: a kernel of nine"
    config.ogp_image_alt += " numbers slides over an image and finds its edge"
    config.notfound_urls_prefix = urlsplit(names.book).path
    config.html_theme_options |= {
        "repository_url": names.repository,
        "repository_branch": BRANCH,
        "launch_buttons": {
            "binderhub_url": BINDER,
            "colab_url": COLAB,
            "notebook_interface": "jupyterlab",
        },
    }
    config.html_context |= {
        "edit_page_provider_name": "GitHub",
        "edit_page_url_template": f"{names.repository}/edit/{BRANCH}/{EDITED_FILE}",
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the hook, ahead of every extension that reads an address."""
    app.connect("config-inited", set_addresses, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
