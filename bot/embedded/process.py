"""One run of the server program: from the first try of a port to the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.embedded.account import Account
from bot.embedded.address import HOST
from bot.embedded.binaries import Binaries
from bot.embedded.cluster import last_words
from bot.embedded.pidfile import is_alive, read_postmaster, remove_pidfile, serving_pid
from bot.errors import ConfigurationError

_START = timedelta(minutes=2)  # a crashed server replays its log first
_STOP = timedelta(seconds=8)
_FAREWELL = timedelta(seconds=8)
_PAUSE = timedelta(milliseconds=300)
_GLANCE = timedelta(milliseconds=10)
_TRIES = 5
# Somebody took the port in between; a killed server's last children are still ending.
_PASSING_TROUBLE = ("Address already in use", "pre-existing shared memory block")

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A refused statement is told to its sender; in the log its values would be guests' data.
    "log_min_messages": "log",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "client_connection_check_interval": "10s",
}
_CARELESS_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that takes connections on a port of the loopback interface."""

    process: subprocess.Popen[bytes]
    port: int

    def end(self, how: signal.Signals) -> None:
        """Stop it and wait: SIGINT keeps everything in order, SIGQUIT leaves a replay to the next start."""
        self.process.send_signal(how)
        try:
            self.process.wait(_STOP.total_seconds())
        except subprocess.TimeoutExpired:
            _abort(self.process)


@dataclass(frozen=True, slots=True)
class ServerProgram:
    """How to run the server: what, as whom, with its words written to `log`."""

    binaries: Binaries
    account: Account
    log: Path
    throwaway: bool

    def run(self, cluster: Path) -> RunningServer:
        """Start the server and wait until it takes connections. Raises ConfigurationError with its last words."""
        for _ in range(_TRIES):
            server = self._spawn(cluster, _free_port())
            if _becomes_ready(server.process, cluster):
                return server
            words = self.log.read_text(errors="replace")
            if not any(trouble in words for trouble in _PASSING_TROUBLE):
                break
            time.sleep(_PAUSE.total_seconds())
        problem = f"PostgreSQL didn't start on {cluster}; mend what its last words name, or set BELLHOP_DATABASE_URL"
        raise ConfigurationError(f"{problem}:\n{last_words(words)}")

    def _spawn(self, cluster: Path, port: int) -> RunningServer:
        settings = _SETTINGS | (_CARELESS_SETTINGS if self.throwaway else {}) | {"port": str(port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        with os.fdopen(log, "wb") as file:
            command = [self.binaries.postgres, "-D", str(cluster), *options]
            outputs = {"stdin": subprocess.DEVNULL, "stdout": file, "stderr": file}
            return RunningServer(self.account.start(command, signal.SIGINT, **outputs), port)


def wait_for_farewell(cluster: Path) -> None:
    """Wait for the server of a process that was killed: on Linux it shuts down by itself.

    Raises ConfigurationError when it doesn't. Afterwards no server runs on the data directory.
    """
    deadline = time.monotonic() + _FAREWELL.total_seconds()
    while pid := serving_pid(cluster):
        if time.monotonic() > deadline:
            problem = f"a PostgreSQL that nobody looks after runs on {cluster} as process {pid}"
            raise ConfigurationError(f"{problem}: stop it with `kill -INT {pid}` and start again")
        time.sleep(_GLANCE.total_seconds())
    stale = read_postmaster(cluster)
    if stale and is_alive(stale.pid):
        # Its id belongs to a stranger now, whom PostgreSQL would take for a running server.
        remove_pidfile(cluster)


def _becomes_ready(process: subprocess.Popen[bytes], cluster: Path) -> bool:
    """Whether our own child says `ready` before it ends: a stale file says so, too."""
    deadline = time.monotonic() + _START.total_seconds()
    try:
        while process.poll() is None and time.monotonic() < deadline:
            postmaster = read_postmaster(cluster)
            if postmaster and postmaster.pid == process.pid and postmaster.is_ready:
                return True
            time.sleep(_GLANCE.total_seconds())
    except BaseException:
        _abort(process)
        raise
    _abort(process)
    return False


def _abort(process: subprocess.Popen[bytes]) -> None:
    """End it at once; what it had committed is replayed by the next start."""
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(_STOP.total_seconds())
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
