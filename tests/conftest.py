"""No test uses the network: whatever is not this machine is refused."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


class NetworkBlockedError(RuntimeError):
    """Not an OSError, so that code which handles a lost connection does not swallow it."""


def _is_this_machine(host: Any) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return False


def _refuse_others(host: Any) -> None:
    if not _is_this_machine(host):
        raise NetworkBlockedError(
            f"a test tried to reach {host!r}; tests use no network: serve what you need from "
            "127.0.0.1, or take data that ships with a dependency"
        )


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    def guarded_connect(method: Any) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                _refuse_others(address[0])
            return method(self, address)

        return connect

    def getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
        _refuse_others(host)
        return original_getaddrinfo(host, *args, **options)

    original_getaddrinfo = socket.getaddrinfo
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", guarded_connect(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield
