"""The sockets that requests come in by, opened apart from the server: several processes can share them."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from bot.config import Web
from bot.errors import ConfigurationError

Sockets = Sequence[socket.socket]


@dataclass(frozen=True, slots=True)
class Listeners:
    """Where one process answers.

    Others may answer at `public`, too. A process's figures are its own, so they can be had at `public` only where
    `metrics` is None; otherwise at `metrics`, which may be nowhere.
    """

    public: Sockets
    metrics: Sockets | None


def open_listeners(web: Web, processes: int = 1) -> list[Listeners]:
    """Listen for so many processes. Raises ConfigurationError when an address can't be used."""
    public = listen(web.host, web.port)
    if web.metrics_port is None:
        return [Listeners(public, None if processes == 1 else ())] * processes
    ports = range(web.metrics_port, web.metrics_port + processes)
    return [Listeners(public, listen(web.host, port, "BELLHOP_METRICS_PORT")) for port in ports]


def listen(host: str, port: int, setting: str = "BELLHOP_PORT") -> list[socket.socket]:
    """Listen on every address that the host's name stands for."""
    opened: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            opened.append(socket.create_server(address, family=family, backlog=socket.SOMAXCONN))
    except OSError as error:
        for each in opened:
            each.close()
        is_taken = error.errno in {errno.EADDRINUSE, errno.EACCES}
        remedy = "set a free port" if is_taken else "set BELLHOP_HOST to an address of this machine"
        problem = f"BELLHOP_HOST and {setting}: can't listen on {host}:{port} ({error.strerror})"
        raise ConfigurationError(f"{problem}: {remedy}") from None
    return opened
