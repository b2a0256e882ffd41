"""Download a file once: checked, resumable, cached, and never mistaken for whole when it is not."""

import contextlib
import errno
import hashlib
import http.client
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

_ATTEMPTS = 4  # the first try and three more
_PAUSE_SECONDS = 0.5  # before the second attempt; doubled before each further one
_TIMEOUT_SECONDS = 30.0  # without a single byte
_CHUNK_BYTES = 1 << 18
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}  # or no quota left
_HEADERS = {"User-Agent": "cnnutils", "Accept-Encoding": "identity"}


class DownloadError(OSError):
    """A file could not be fetched; the message says why, and what to do."""


class _Checksum(NamedTuple):
    algorithm: str  # "sha256" or "md5"
    digest: str  # hexadecimal, small letters

    @property
    def title(self) -> str:
        return {"sha256": "SHA-256", "md5": "MD5"}[self.algorithm]


class _Failure(Exception):  # noqa: N818 (never leaves this module)
    """One attempt failed; `again` says whether another one may help."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again


def fetch_file(
    url: str,
    *,
    sha256: str | None = None,
    md5: str | None = None,
    filename: str | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
    progress: bool = True,
) -> Path:
    """Return the path of a file, downloading it first if it is not in the cache.

    An interrupted download is continued where it stopped, in the next attempt or the next run; if
    the disk was full, what it took is given back. The file gets its name only when it is complete
    and its checksum is right. Of two processes that want the same file, one downloads and the other
    waits for it.

    Args:
        url: where the file is, http or https.
        sha256: its SHA-256 checksum, 64 hexadecimal digits. Exactly one of sha256 and md5 is given.
        md5: its MD5 checksum, 32 hexadecimal digits, for a file whose publisher tells no other
            (Keras does so for its weights). It finds every accident; against someone who makes a
            second file with the same MD5 it does not protect, so prefer sha256 where there is one.
        filename: its name in the cache; by default the last part of the url's path.
        cache_dir: the cache's folder; by default the environment variable CNNUTILS_CACHE, or else
            ~/.cache/cnnutils.
        progress: draw a bar on stderr while downloading, if it is a terminal.

    Returns:
        The file's path in the cache.

    Raises:
        DownloadError: the server cannot be reached, refuses, breaks off again and again, or sends
            something with another checksum; or the cache's folder cannot be written.
        TypeError: none or both of sha256 and md5 are given.
        ValueError: the url, the checksum or the file's name is not of this form.
    """
    name = _check_name(url, filename)
    checksum = _check_checksum(sha256, md5)
    target = cache_folder(cache_dir) / name
    try:
        return _fetch(url, target, checksum, progress=progress and sys.stderr.isatty())
    except _Failure as failure:
        raise DownloadError(
            f"fetch_file: {name} could not be downloaded from {url}: {failure.reason}. "
            f"Try again later, or put the file at {target} by hand."
        ) from failure
    except OSError as error:
        raise DownloadError(not_stored("fetch_file", target, error)) from error


def _fetch(url: str, target: Path, checksum: _Checksum, *, progress: bool) -> Path:
    """Return `target` once it is there and right."""
    if _has_checksum(target, checksum):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    # The checksum in its name keeps a part of one version from being continued with another.
    part = target.with_name(f"{target.name}.{checksum.digest[:12]}.part")
    with locked(target.with_name(f"{target.name}.lock")):
        if not _has_checksum(target, checksum):  # or else another process was faster
            _download(url, part, checksum, progress=progress)
            part.replace(target)
    return target


def not_stored(function: str, target: Path, error: OSError) -> str:
    """Return the sentence for a disk that is full or must not be written."""
    reason = (error.strerror or type(error).__name__).lower()
    return (
        f"{function}: {target.name} could not be stored in {target.parent}: {reason}. "
        "Choose another folder with cache_dir or the environment variable CNNUTILS_CACHE."
    )


def _check_name(url: str, filename: str | None) -> str:
    """Return the file's name in the cache."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"fetch_file: url must start with http:// or https://, got {url!r}.")
    name = urllib.parse.unquote(parts.path).rpartition("/")[2] if filename is None else filename
    if name in ("", ".", "..") or re.search(r'[/\\:*?"<>|\x00-\x1f]', name):
        raise ValueError(
            f"fetch_file: filename must be the name of a file without a folder, got {name!r}."
        )
    return name


def _check_checksum(sha256: str | None, md5: str | None) -> _Checksum:
    if (sha256 is None) == (md5 is None):
        given = "neither" if sha256 is None else "both"
        raise TypeError(f"fetch_file: exactly one of sha256 and md5 must be given, got {given}.")
    algorithm, digest, length = ("sha256", sha256, 64) if md5 is None else ("md5", md5, 32)
    if digest is None or not re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", digest):
        raise ValueError(
            f"fetch_file: {algorithm} must be {length} hexadecimal digits, got {digest!r}."
        )
    return _Checksum(algorithm, digest.lower())


def cache_folder(cache_dir: str | os.PathLike[str] | None) -> Path:
    """Return the folder that keeps the downloads."""
    chosen = cache_dir or os.environ.get("CNNUTILS_CACHE") or "~/.cache/cnnutils"
    return Path(chosen).expanduser()


def _has_checksum(path: Path, checksum: _Checksum) -> bool:
    if not path.is_file():
        return False

    def new() -> Any:
        # Machines in FIPS mode refuse MD5 unless they are told that nothing is kept secret by it.
        return hashlib.new(checksum.algorithm, usedforsecurity=False)

    with path.open("rb") as file:
        return hashlib.file_digest(file, new).hexdigest() == checksum.digest


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that the system gives back even if this process is killed."""
    with path.open("ab") as file:
        # Some network drives know no locks; there the checksum alone must keep order.
        with contextlib.suppress(OSError):
            _lock(file)
        yield


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        while True:
            with contextlib.suppress(OSError):  # gives up after ten seconds: ask again
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                return
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)


def _download(url: str, part: Path, checksum: _Checksum, *, progress: bool) -> None:
    """Fill `part` until it has the checksum; raise _Failure when that does not come about."""
    for attempt in range(1, _ATTEMPTS + 1):
        resumed = part.exists() and part.stat().st_size > 0
        try:
            if not _has_checksum(part, checksum):  # the last run may have ended before renaming
                _transfer(url, part, progress=progress)
            if _has_checksum(part, checksum):
                return
            part.unlink()
            # A wrong beginning may have been continued: once more from the start, then give up.
            reason = f"the file that arrived has another {checksum.title} checksum"
            raise _Failure(reason, again=resumed)
        except _Failure as failure:
            if not failure.again or attempt == _ATTEMPTS:
                raise
        time.sleep(_PAUSE_SECONDS * 2 ** (attempt - 1))


def _transfer(url: str, part: Path, *, progress: bool) -> None:
    """Append to `part` what is missing of the file at `url`."""
    start = part.stat().st_size if part.exists() else 0
    headers = _HEADERS | ({"Range": f"bytes={start}-"} if start else {})
    with _open(urllib.request.Request(url, headers=headers), part) as response:  # noqa: S310
        if response.status != http.HTTPStatus.PARTIAL_CONTENT:
            start = 0  # the server knows no ranges and sends everything
        elif not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            part.unlink()
            raise _Failure("the server sent another part than was asked for", again=True)
        length = response.headers.get("Content-Length")
        total = start + int(length) if length is not None and length.isdecimal() else None
        received = start
        bar = _Bar(part.name.rsplit(".", 2)[0], total) if progress else None
        with _no_room_used_up(part), part.open("ab" if start else "wb") as file:
            while chunk := _read(response):
                file.write(chunk)
                received += len(chunk)
                if bar is not None:
                    bar.show(received)
        if bar is not None:
            bar.end()
    if total is not None and received < total:
        raise _Failure(f"it broke off after {received:,} of {total:,} bytes", again=True)


@contextlib.contextmanager
def _no_room_used_up(part: Path) -> Iterator[None]:
    """Remove `part` if the disk is full: it may be all that keeps other programs from writing."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _open(request: urllib.request.Request, part: Path) -> Iterator[Any]:
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)  # more is there than the file has: start over
            raise _Failure("the server refused to continue it", again=True) from error
        again = error.code >= 500 or error.code in (408, 429)
        raise _Failure(f"the server answered {error.code} {error.reason}", again=again) from error
    except (OSError, http.client.HTTPException) as error:
        raise _Failure(_why(error), again=True) from error
    with response:
        yield response


def _read(response: Any) -> bytes:
    try:
        return bytes(response.read1(_CHUNK_BYTES))  # read() would wait until the chunk is full
    except (OSError, http.client.HTTPException) as error:
        raise _Failure(_why(error), again=True) from error


def _why(error: Exception) -> str:
    """Say in words why there is no connection."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"nothing arrived for {_TIMEOUT_SECONDS:g} seconds"
    if isinstance(cause, ConnectionRefusedError):
        return "the server refused the connection"
    if isinstance(cause, OSError) and type(cause).__name__ == "gaierror":
        return "its server was not found (is this computer online?)"
    return f"the connection failed ({cause or type(cause).__name__})"


class _Bar:
    """A progress bar of one line, drawn again at most ten times a second."""

    def __init__(self, name: str, total: int | None) -> None:
        self.name = name
        self.total = total
        self.drawn = 0.0

    def show(self, received: int) -> None:
        now = time.monotonic()
        if now - self.drawn < 0.1 and received != self.total:
            return
        self.drawn = now
        amount = f"{received / 1e6:.1f}"
        if self.total:
            filled = 30 * received // self.total
            amount = f"[{'#' * filled}{'.' * (30 - filled)}] {amount} of {self.total / 1e6:.1f}"
        sys.stderr.write(f"\r{self.name} {amount} MB")
        sys.stderr.flush()

    def end(self) -> None:
        sys.stderr.write("\n")
        sys.stderr.flush()
