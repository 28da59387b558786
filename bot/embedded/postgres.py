"""PostgreSQL for a newcomer, a developer or a test run: started, waited for, stopped, never left behind."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Self

from bot.embedded.account import Account, server_account
from bot.embedded.address import HOST, Secrets, ServerAddress, new_secrets, read_address, read_secrets, write_state
from bot.embedded.binaries import Binaries, binaries_for
from bot.embedded.cluster import ClusterMaker, last_words
from bot.embedded.lodging import cluster_of, find_lodging, forget_lodging
from bot.embedded.pidfile import read_postmaster, serving_pid
from bot.embedded.throwaway import new_throwaway_folder
from bot.errors import ConfigurationError

_START = timedelta(minutes=2)  # a crashed server replays its log first
_STOP = timedelta(seconds=8)
_FAREWELL = timedelta(seconds=8)
_GLANCE = 0.01  # seconds between two looks
_PORT_TRIES = 3

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


class EmbeddedPostgres:
    """A server on 127.0.0.1 whose data, log and state file live in one folder, and which dies with this process.

    `start` and `stop` block; call them in the main thread, since the server is tied to the thread that
    started it. With `throwaway` the data lives beside the folder, in memory where there is room, unsafe and
    fast, and is removed by `stop`.
    """

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        self._given_folder = folder.resolve()
        self._throwaway = throwaway
        self._folder = self._given_folder
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._address: ServerAddress | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def address(self) -> ServerAddress:
        """Where the running server is. Raises RuntimeError before `start` and after `stop`."""
        if self._address is None:
            raise RuntimeError("the embedded PostgreSQL isn't running")
        return self._address

    @property
    def owner_url(self) -> str:
        """`postgresql://` URL of the login that owns the database `bellhop` and may make roles."""
        return self.address.owner_url

    @property
    def superuser_url(self) -> str:
        """`postgresql://` URL of the superuser; tests only."""
        return self.address.superuser_url

    def start(self) -> None:
        """Make the data directory if there is none, start the server and wait until it takes connections.

        Raises ConfigurationError, which names the problem and the remedy; nothing keeps running then.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("start the embedded PostgreSQL in the main thread: it dies with its thread")
        account = server_account()
        try:
            self._folder = self._open_folder(account)
            self._lock = _take(self._folder)
            self._address = self._launch(account)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server, waiting for it; does nothing when none runs."""
        if self._process is not None:
            _end(self._process, signal.SIGQUIT if self._throwaway else signal.SIGINT)
        if self._address is not None:
            write_state(self._folder, self._address.secrets)
        if self._throwaway and self._folder != self._given_folder:
            forget_lodging(self._folder)
        if self._lock is not None:
            os.close(self._lock)
        self._process = self._address = self._lock = None
        self._folder = self._given_folder

    def _open_folder(self, account: Account) -> Path:
        try:
            folder = _make_folder(self._given_folder, account)
            if self._throwaway:
                folder = new_throwaway_folder(folder)
                folder.chmod(_mode(account))
        except OSError as error:
            raise _unusable(self._given_folder, error) from error
        return folder

    def _launch(self, account: Account) -> ServerAddress:
        binaries = binaries_for(account)
        try:
            cluster = find_lodging(self._folder, account)
            _wait_for_farewell(cluster)
            secrets = self._prepare(cluster, ClusterMaker(binaries, account, self._throwaway))
            address = self._serve(cluster, binaries, account, secrets)
            write_state(self._folder, secrets, address)
        except OSError as error:
            raise _unusable(self._folder, error) from error
        return address

    def _prepare(self, cluster: Path, maker: ClusterMaker) -> Secrets:
        secrets = read_secrets(self._folder)
        if secrets and cluster.exists():
            return secrets
        secrets = new_secrets()
        write_state(self._folder, secrets)
        if cluster.exists():
            maker.renew_passwords(cluster, secrets)
        else:
            maker.make(cluster, secrets)
        return secrets

    def _serve(self, cluster: Path, binaries: Binaries, account: Account, secrets: Secrets) -> ServerAddress:
        for _ in range(_PORT_TRIES):
            port = _free_port()
            self._process = self._spawn(cluster, binaries, account, port)
            if self._wait_until_ready(cluster, self._process):
                return ServerAddress(self._process.pid, port, secrets)
            words = (self._folder / "server.log").read_text(errors="replace")
            if "Address already in use" not in words:
                break
        raise ConfigurationError(f"PostgreSQL didn't start on {cluster}; its last words:\n{last_words(words)}")

    def _spawn(self, cluster: Path, binaries: Binaries, account: Account, port: int) -> subprocess.Popen[bytes]:
        settings = _SETTINGS | (_CARELESS_SETTINGS if self._throwaway else {}) | {"port": str(port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = os.open(self._folder / "server.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        with os.fdopen(log, "wb") as file:
            command = [binaries.postgres, "-D", str(cluster), *options]
            return account.start(command, signal.SIGINT, stdin=subprocess.DEVNULL, stdout=file, stderr=file)

    def _wait_until_ready(self, cluster: Path, process: subprocess.Popen[bytes]) -> bool:
        """Whether our own child says `ready`: a stale file says so, too."""
        deadline = time.monotonic() + _START.total_seconds()
        while process.poll() is None and time.monotonic() < deadline:
            postmaster = read_postmaster(cluster)
            if postmaster and postmaster.pid == process.pid and postmaster.is_ready:
                return True
            time.sleep(_GLANCE)
        return False


def attach(folder: Path) -> ServerAddress | None:
    """Return the address of the server that another process runs on this folder, or None when none runs."""
    address = read_address(folder)
    return address if address and serving_pid(cluster_of(folder.resolve())) == address.pid else None


def forget(folder: Path) -> None:
    """Remove a folder with all its data. Raises ConfigurationError while a server runs on it."""
    folder = folder.resolve()
    if folder.exists():
        lock = _take(folder)
        try:
            _wait_for_farewell(cluster_of(folder))
            forget_lodging(folder)
        finally:
            os.close(lock)


def _make_folder(folder: Path, account: Account) -> Path:
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(_mode(account))
    return folder


def _mode(account: Account) -> int:
    # The other account has to pass through; what lies inside is closed by itself.
    return 0o711 if account.is_other else 0o700


def _take(folder: Path) -> int:
    """Lock a folder for this process; the kernel frees it when we die."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(folder, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(lock, 32).decode(errors="replace").strip()
        os.close(lock)
        problem = f"PostgreSQL on {folder} is already used by process {holder}"
        raise ConfigurationError(f"{problem}: stop that one first (Ctrl-C, or kill -INT {holder})") from error
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def _wait_for_farewell(cluster: Path) -> None:
    """Wait for the server of a process that was killed: it shuts down by itself (Linux)."""
    deadline = time.monotonic() + _FAREWELL.total_seconds()
    while pid := serving_pid(cluster):
        if time.monotonic() > deadline:
            problem = f"a PostgreSQL that isn't ours runs on {cluster} as process {pid}"
            raise ConfigurationError(f"{problem}: stop it with `kill -INT {pid}` and start again")
        time.sleep(_GLANCE)


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    try:
        process.wait(_STOP.total_seconds())
    except subprocess.TimeoutExpired:
        # Ends at once, and the next start replays the log: nothing committed is lost.
        process.send_signal(signal.SIGQUIT)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _unusable(folder: Path, error: OSError) -> ConfigurationError:
    problem = f"{folder} can't be used for PostgreSQL's data ({error.strerror})"
    return ConfigurationError(f"{problem}: make room, take it over from its owner, or set BELLHOP_DATABASE_URL")
