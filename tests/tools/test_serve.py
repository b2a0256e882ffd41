"""The server of the site keeps up with a browser that opens many pages at once."""

import http.client
import socket
from contextlib import ExitStack

from tools.browser import running
from tools.serve import book_path, make_server

PAGES, CONNECTIONS = 10, 6  # as many as a browser opens to one host


def test_nobody_is_turned_away_while_the_server_is_busy(tmp_path):
    with make_server(tmp_path) as server, ExitStack() as opened:  # it accepts none of them yet
        for _ in range(PAGES * CONNECTIONS):
            opened.enter_context(socket.create_connection(server.server_address[:2], timeout=0.5))


def test_one_connection_serves_many_requests(tmp_path):
    (tmp_path / "index.html").write_text("The book", "utf-8")
    server = make_server(tmp_path)
    with running(server):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        connection.connect()
        socket_of_the_first = connection.sock
        answers = []
        for path in ["/", book_path(), book_path() + "nothing.html", book_path() + "index.html"]:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            answers.append(response.status)
            if path == book_path():
                assert connection.sock is socket_of_the_first
        connection.close()
    assert answers == [302, 200, 404, 200]
