"""PostgreSQL for a newcomer, a developer or a test run: started, waited for, stopped, never left behind."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Self

from bot.embedded.account import Account, server_account
from bot.embedded.address import Secrets, ServerAddress, new_secrets, read_address, read_secrets, write_state
from bot.embedded.binaries import binaries_for
from bot.embedded.cluster import ClusterMaker
from bot.embedded.folder import make_folder, open_to, take, unusable
from bot.embedded.lodging import cluster_of, find_lodging, forget_lodging
from bot.embedded.pidfile import serving_pid
from bot.embedded.process import RunningServer, ServerProgram, wait_for_farewell
from bot.embedded.throwaway import new_throwaway_folder


class EmbeddedPostgres:
    """A server on 127.0.0.1 whose data, log and state file live in one folder, and which dies with this process.

    `start` and `stop` block; call them in the main thread, since the server is tied to the thread that
    started it. With `throwaway` everything lives in a folder of its own, in memory where there is room, is
    unsafe and fast, and is removed by `stop`.
    """

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        self._given_folder = folder.resolve()
        self._throwaway = throwaway
        self._folder = self._given_folder
        self._lock: int | None = None
        self._server: RunningServer | None = None
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
            self._lock = take(self._folder)
            self._address = self._launch(account)
        except OSError as error:
            self.stop()
            raise unusable(self._given_folder, error) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server, waiting for it; does nothing when none runs."""
        if self._server is not None:
            self._server.end(signal.SIGQUIT if self._throwaway else signal.SIGINT)
        if self._throwaway and self._folder != self._given_folder:
            forget_lodging(self._folder)
        if self._lock is not None:
            os.close(self._lock)
        self._server = self._address = self._lock = None
        self._folder = self._given_folder

    def _open_folder(self, account: Account) -> Path:
        make_folder(self._given_folder, account)
        if not self._throwaway:
            return self._given_folder
        folder = new_throwaway_folder(self._given_folder)
        open_to(account, folder)
        return folder

    def _launch(self, account: Account) -> ServerAddress:
        binaries = binaries_for(account)
        cluster = find_lodging(self._folder, account)
        wait_for_farewell(cluster)
        secrets = self._prepare(cluster, ClusterMaker(binaries, account, self._throwaway))
        program = ServerProgram(binaries, account, self._folder / "server.log", self._throwaway)
        self._server = program.run(cluster)
        address = ServerAddress(self._server.process.pid, self._server.port, secrets)
        write_state(self._folder, secrets, address)
        return address

    def _prepare(self, cluster: Path, maker: ClusterMaker) -> Secrets:
        secrets = read_secrets(self._folder)
        if secrets and cluster.exists():
            return secrets
        secrets = new_secrets()
        if cluster.exists():
            maker.renew_passwords(cluster, secrets)
        else:
            maker.make(cluster, secrets)
        # Only now: passwords that the server never learnt would lock us out for good.
        write_state(self._folder, secrets)
        return secrets


def attach(folder: Path) -> ServerAddress | None:
    """Return the address of the server that another process runs on this folder, or None when none runs.

    Raises ConfigurationError when the folder belongs to somebody else.
    """
    folder = folder.resolve()
    try:
        address = read_address(folder)
        return address if address and serving_pid(cluster_of(folder)) == address.pid else None
    except OSError as error:
        raise unusable(folder, error) from error


def forget(folder: Path) -> None:
    """Remove a folder with all its data. Raises ConfigurationError while a server runs on it."""
    folder = folder.resolve()
    if not folder.exists():
        return
    lock = take(folder)
    try:
        wait_for_farewell(cluster_of(folder))
        forget_lodging(folder)
    except OSError as error:
        raise unusable(folder, error) from error
    finally:
        os.close(lock)
