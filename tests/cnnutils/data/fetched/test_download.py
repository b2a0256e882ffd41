"""The downloader, against a server on this machine that misbehaves in every way we know."""

import hashlib
import http.server
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from cnnutils import data
from cnnutils.data.fetched import download

CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT; the server's `script` says, request by request, what goes wrong."""

    def do_GET(self):
        self.server.ranges.append(self.headers.get("Range"))
        script = self.server.script
        fault = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(fault, int):
            self.send_error(fault)
            return
        body = b"?" * len(CONTENT) if fault == "corrupted" else CONTENT
        start = 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and fault != "no ranges":
            start = int(asked[1])
            if start >= len(body):
                self.send_error(416)
                return
        first = 7 if asked and fault == "wrong part" else start
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        if start:
            self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        self.send_body(body[start:], fault)

    def send_body(self, body, fault):
        if fault == "truncated":
            self.wfile.write(body[:100_000])
        elif fault == "stalled":
            self.wfile.write(body[:100_000])
            self.wfile.flush()
            self.server.over.wait(20)
        elif fault == "slow":
            for start in range(0, len(body), 50_000):
                self.wfile.write(body[start : start + 50_000])
                self.wfile.flush()
                time.sleep(0.15)
        else:
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download, "_PAUSE_SECONDS", 0.0)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.script, server.ranges, server.over = ["good"], [], threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}/folder/digits%20a.npz?download=1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def fetch(server, folder, **options):
    return data.fetch_file(server.url, sha256=SHA256, cache_dir=folder, **options)


def part(folder):
    return folder / f"digits a.npz.{SHA256[:12]}.part"


def assert_fails(server, folder, reason):
    """The whole sentence, no file under the final name, and nothing that looks like one."""
    sentence = (
        f"fetch_file: digits a.npz could not be downloaded from {server.url}: {reason}. "
        f"Try again later, or put the file at {folder / 'digits a.npz'} by hand."
    )
    with pytest.raises(data.DownloadError, match=f"^{re.escape(sentence)}$") as caught:
        fetch(server, folder)
    assert isinstance(caught.value, OSError)
    assert not (folder / "digits a.npz").exists()


def test_a_good_file_is_downloaded_once(server, tmp_path, capfd):
    path = fetch(server, tmp_path / "new" / "cache")
    assert path == tmp_path / "new" / "cache" / "digits a.npz"
    assert path.read_bytes() == CONTENT
    assert fetch(server, tmp_path / "new" / "cache") == path
    assert server.ranges == [None]
    assert not part(path.parent).exists()
    assert capfd.readouterr() == ("", "")  # stderr is no terminal here


def test_the_checksum_may_be_in_capitals_and_the_name_ones_own(server, tmp_path):
    path = data.fetch_file(server.url, sha256=SHA256.upper(), filename="x.bin", cache_dir=tmp_path)
    assert path == tmp_path / "x.bin"
    assert path.read_bytes() == CONTENT


def test_the_cache_is_where_the_environment_says(server, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNUTILS_CACHE", str(tmp_path / "mine"))
    assert data.fetch_file(server.url, sha256=SHA256).parent == tmp_path / "mine"
    monkeypatch.delenv("CNNUTILS_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert data.fetch_file(server.url, sha256=SHA256).parent == tmp_path / ".cache" / "cnnutils"


def test_a_file_that_was_put_there_by_hand_needs_no_server(tmp_path):
    (tmp_path / "digits.npz").write_bytes(CONTENT)
    url = "http://127.0.0.1:9/digits.npz"  # nobody answers there
    assert data.fetch_file(url, sha256=SHA256, cache_dir=tmp_path).read_bytes() == CONTENT


def test_a_file_in_the_cache_with_another_checksum_is_replaced(server, tmp_path):
    (tmp_path / "digits a.npz").write_bytes(b"an older version")
    assert fetch(server, tmp_path).read_bytes() == CONTENT


def test_a_download_that_breaks_off_is_continued(server, tmp_path):
    server.script = ["truncated", "truncated", "good"]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=100000-", "bytes=200000-"]


def test_a_download_is_continued_by_the_next_run(server, tmp_path):
    part(tmp_path).write_bytes(CONTENT[:123_456])
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == ["bytes=123456-"]


def test_a_part_that_is_already_complete_is_only_renamed(server, tmp_path):
    part(tmp_path).write_bytes(CONTENT)
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == []


def test_a_server_without_ranges_sends_everything_again(server, tmp_path):
    server.script = ["no ranges"]
    part(tmp_path).write_bytes(CONTENT[:123_456])
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == ["bytes=123456-"]  # once is enough


@pytest.mark.parametrize(
    "beginning", [b"!" * 123_456, CONTENT + b"more than all"], ids=["wrong", "too long"]
)
def test_a_part_that_does_not_fit_is_thrown_away(server, tmp_path, beginning):
    part(tmp_path).write_bytes(beginning)
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == [f"bytes={len(beginning)}-", None]


def test_another_part_than_was_asked_for_is_not_appended(server, tmp_path):
    server.script = ["wrong part", "good"]
    part(tmp_path).write_bytes(CONTENT[:1000])
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == ["bytes=1000-", None]


def test_a_server_that_is_busy_for_a_while_is_asked_again(server, tmp_path):
    server.script = [503, 429, "good"]
    assert fetch(server, tmp_path).read_bytes() == CONTENT


def test_a_server_that_always_breaks_off_is_given_up(server, tmp_path):
    server.script = ["truncated", 500, 500, 500]
    assert_fails(server, tmp_path, "the server answered 500 Internal Server Error")
    assert len(server.ranges) == 4
    assert part(tmp_path).stat().st_size == 100_000  # the next run continues here


def test_a_truncated_file_never_gets_its_name(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_ATTEMPTS", 1)
    server.script = ["truncated"]
    assert_fails(server, tmp_path, "it broke off after 100,000 of 300,000 bytes")


def test_a_corrupted_file_is_refused_at_once_and_removed(server, tmp_path):
    server.script = ["corrupted"]
    assert_fails(server, tmp_path, "the file that arrived has another SHA-256 checksum")
    assert server.ranges == [None]
    assert not part(tmp_path).exists()


def test_a_file_may_be_checked_by_its_md5_instead(server, tmp_path):
    path = data.fetch_file(server.url, md5=MD5.upper(), cache_dir=tmp_path)
    assert path.read_bytes() == CONTENT
    assert data.fetch_file(server.url, md5=MD5, cache_dir=tmp_path) == path
    assert server.ranges == [None]
    server.script = ["corrupted"]
    with pytest.raises(data.DownloadError, match="the file that arrived has another MD5 checksum"):
        data.fetch_file(server.url, md5=MD5, cache_dir=tmp_path / "other")
    assert not (tmp_path / "other" / "digits a.npz").exists()


@pytest.mark.parametrize(
    ("checksums", "given"), [({}, "neither"), ({"sha256": SHA256, "md5": MD5}, "both")]
)
def test_exactly_one_checksum_is_given(checksums, given, tmp_path):
    sentence = f"fetch_file: exactly one of sha256 and md5 must be given, got {given}."
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        data.fetch_file("https://h/x", cache_dir=tmp_path / "cache", **checksums)
    assert not (tmp_path / "cache").exists()


def test_an_md5_has_32_digits(tmp_path):
    sentence = f"fetch_file: md5 must be 32 hexadecimal digits, got {SHA256!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        data.fetch_file("https://h/x", md5=SHA256, cache_dir=tmp_path)


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_downloaded(server, tmp_path):
    (tmp_path / "cache").write_text("a file, no folder")
    sentence = (
        f"fetch_file: digits a.npz could not be stored in {tmp_path / 'cache'}: file exists. "
        "Choose another folder with cache_dir or the environment variable CNNUTILS_CACHE."
    )
    with pytest.raises(data.DownloadError, match=f"^{re.escape(sentence)}$"):
        fetch(server, tmp_path / "cache")
    assert server.ranges == []


def no_room(folder, reason):
    return (
        f"fetch_file: digits a.npz could not be stored in {folder}: {reason}. "
        "Choose another folder with cache_dir or the environment variable CNNUTILS_CACHE."
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told_and_nothing_of_the_file_stays(server, tmp_path):
    part(tmp_path).symlink_to("/dev/full")  # every write to it: no space left on device
    sentence = no_room(tmp_path, "no space left on device")
    with pytest.raises(data.DownloadError, match=f"^{re.escape(sentence)}$"):
        fetch(server, tmp_path)
    assert server.ranges == [None]
    assert not os.path.lexists(part(tmp_path))
    assert fetch(server, tmp_path).read_bytes() == CONTENT


LIMITED = """
import resource, sys
from cnnutils import data
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    data.fetch_file(sys.argv[1], sha256=sys.argv[2])
except data.DownloadError as error:
    sys.exit(str(error))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the size of a file")
@pytest.mark.parametrize("already", [0, 90_000])
def test_what_was_written_before_the_room_ran_out_is_given_back(server, tmp_path, already):
    if already:
        part(tmp_path).write_bytes(CONTENT[:already])
    command = [sys.executable, "-c", LIMITED, server.url, SHA256]
    environment = os.environ | {"CNNUTILS_CACHE": str(tmp_path)}
    ended = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True, timeout=60)
    assert ended.stderr == no_room(tmp_path, "file too large") + "\n"
    assert [path.name for path in tmp_path.iterdir()] == ["digits a.npz.lock"]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == [f"bytes={already}-" if already else None, None]


def test_a_missing_file_is_not_asked_for_again(server, tmp_path):
    server.script = [404]
    assert_fails(server, tmp_path, "the server answered 404 Not Found")
    assert server.ranges == [None]


def test_a_stalled_download_ends(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(download, "_ATTEMPTS", 2)
    server.script = ["stalled"]
    start = time.monotonic()
    assert_fails(server, tmp_path, "nothing arrived for 0.2 seconds")
    assert time.monotonic() - start < 5
    assert server.ranges == [None, "bytes=100000-"]


def test_a_slow_download_is_waited_for(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_TIMEOUT_SECONDS", 0.5)  # less than the whole takes
    server.script = ["slow"]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None]


def test_a_refused_connection(server, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server.url = f"http://127.0.0.1:{free.getsockname()[1]}/digits%20a.npz"
        assert_fails(server, tmp_path, "the server refused the connection")


def test_without_a_network_the_sentence_asks_for_it(server, tmp_path, monkeypatch):
    def offline(*args, **options):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    server.url = "http://data.example/digits%20a.npz"
    assert_fails(server, tmp_path, "its server was not found (is this computer online?)")


def test_two_processes_at_once_download_once(server, tmp_path):
    server.script = ["slow"]
    code = "import sys; from cnnutils import data; data.fetch_file(sys.argv[1], sha256=sys.argv[2])"
    command = [sys.executable, "-c", code, server.url, SHA256]
    environment = os.environ | {"CNNUTILS_CACHE": str(tmp_path)}
    both = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [process.wait(timeout=30) for process in both] == [0, 0]
    assert server.ranges == [None]
    assert (tmp_path / "digits a.npz").read_bytes() == CONTENT


def test_on_a_terminal_a_bar_shows_how_far_it_is(server, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    fetch(server, tmp_path)
    shown = capsys.readouterr().err.split("\r")
    assert shown[-1] == f"digits a.npz [{'#' * 30}] 0.3 of 0.3 MB\n"
    fetch(server, tmp_path / "quiet", progress=False)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("url", "options", "sentence"),
    [
        ("file:///etc/passwd", {}, "url must start with http:// or https://, got {url!r}."),
        ("https:///x.npz", {}, "url must start with http:// or https://, got {url!r}."),
        ("https://h/x", {"sha256": "abc"}, "sha256 must be 64 hexadecimal digits, got 'abc'."),
        ("https://h/", {}, "filename must be the name of a file without a folder, got ''."),
        ("https://h/..%2Fx", {}, None),
        (
            "https://h/x",
            {"filename": "../x"},
            "filename must be the name of a file without a folder, got '../x'.",
        ),
    ],
)
def test_wrong_arguments(url, options, sentence, tmp_path):
    arguments = {"sha256": SHA256, "cache_dir": tmp_path / "cache"} | options
    if sentence is None:  # an escaped slash still cannot lead out of the cache
        assert download._check_name(url, None) == "x"
        return
    sentence = f"fetch_file: {sentence.format(url=url)}"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        data.fetch_file(url, **arguments)
    assert not Path(arguments["cache_dir"]).exists()
