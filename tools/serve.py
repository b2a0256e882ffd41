"""Serve the built site on this machine, under the path that it has on the web.

Usage: python -m tools.serve
"""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tools.addresses import project
from tools.build_site import SITE


class SiteServer(ThreadingHTTPServer):
    """Lets many connections wait: a browser opens six for a page, and more for several pages."""

    request_queue_size = 128


class SiteHandler(SimpleHTTPRequestHandler):
    """Answers with the site's files, and with the site's own page where there is none."""

    protocol_version = "HTTP/1.1"  # a connection serves many requests
    disable_nagle_algorithm = True  # so that a body need not wait for its head's receipt

    def __init__(self, *arguments: Any, prefix: str, **options: Any) -> None:
        self.prefix = prefix
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        """Lead from the server's root to the book's, as a browser's first request asks for it."""
        if self.path == "/" != self.prefix:
            self.send_response(302)
            self.send_header("Location", self.prefix)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        super().do_GET()

    def translate_path(self, path: str) -> str:
        """Take the book's path away; what lies outside it does not exist."""
        if not path.startswith(self.prefix):
            return str(Path(self.directory) / "no such file")
        return super().translate_path("/" + path.removeprefix(self.prefix))

    def log_message(self, *arguments: Any) -> None:
        """Say nothing about each request."""


def book_path() -> str:
    """Return the path that the book has on its host, such as "/cnn-course/"."""
    return urlsplit(project().book).path


def make_server(site: Path, port: int = 0, handler: type[SiteHandler] = SiteHandler) -> SiteServer:
    """Return a server for ``site`` on the loopback interface; port 0 takes a free one."""
    options = {"directory": str(site), "prefix": book_path()}
    return SiteServer(("127.0.0.1", port), partial(handler, **options))


def address(server: SiteServer) -> str:
    """Return the address of the book on a server."""
    return f"http://127.0.0.1:{server.server_port}{book_path()}"


def main() -> int:
    if not (SITE / "index.html").exists():
        print("There is no site yet: `make book` builds it.", file=sys.stderr)
        return 1
    try:
        server = make_server(SITE, 8000)
    except OSError:  # somebody else uses this port
        server = make_server(SITE)
    print(f"The book is at {address(server)} (stop with Ctrl+C)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
