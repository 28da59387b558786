"""Engines and logins: how the process reaches PostgreSQL, and as whom."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import URL, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

APP_ROLE = "bellhop_app"
RUNTIME_ROLE = "bellhop_runtime"

# A dead or frozen process must not hold a row for long; the leases of the queues live a little longer.
LOCK_TIMEOUT = timedelta(seconds=2)
IDLE_IN_TRANSACTION_TIMEOUT = timedelta(seconds=5)

# What a server says of itself, or of our logins, that can only be read.
_READ_ONLY = ("in_hot_standby", "default_transaction_read_only")


def driver_url(url: str) -> URL:
    """Return the URL for asyncpg: any postgres scheme, libpq's `sslmode` renamed to asyncpg's `ssl`."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    if "sslmode" in parsed.query:
        query = {name: value for name, value in parsed.query.items() if name != "sslmode"}
        parsed = parsed.set(query={**query, "ssl": parsed.query["sslmode"]})
    return parsed


def login_url(owner_url: str, role: str) -> str:
    """Return the URL by which the process logs in as `role` beside the owner's.

    The password follows from the owner's, so every process with the same setting knows it and nothing more
    has to be kept; an owner without a password (peer or trust authentication) gets roles without one.
    """
    owner = make_url(owner_url)
    password = role_password(owner.password, role)
    return owner.set(username=role, password=password).render_as_string(hide_password=False)


def role_password(owner_password: Any, role: str) -> str | None:
    """Return the password that belongs to `role`, or None where the owner has none."""
    if not owner_password:
        return None
    return hmac.digest(str(owner_password).encode(), f"bellhop login {role}".encode(), "sha256").hex()


def make_engine(
    url: str, pool_size: int, statement_timeout: timedelta, *, waits_for_disk: bool = True
) -> AsyncEngine:
    """Return a pooled engine whose connections carry our timeouts and JSON codec.

    Without `waits_for_disk` the server may forget the last commits when it falls: for leases, which die with it.
    """
    engine = create_async_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        # Whoever wants a transaction begins it: `bot.storage.transactions`. A question is one statement without.
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": 5,
            "command_timeout": statement_timeout.total_seconds() + 1,
            "server_settings": {
                "application_name": "bellhop",
                "timezone": "UTC",
                "jit": "off",
                # A kept plan is as old as its connection: one made while a queue was empty reads it whole for ever.
                "plan_cache_mode": "force_custom_plan",
                "statement_timeout": _milliseconds(statement_timeout),
                "lock_timeout": _milliseconds(LOCK_TIMEOUT),
                "idle_in_transaction_session_timeout": _milliseconds(IDLE_IN_TRANSACTION_TIMEOUT),
                **({} if waits_for_disk else {"synchronous_commit": "off"}),
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _check_open)
    event.listen(engine.sync_engine, "checkin", _keep_only_good)
    return engine


def _check_open(connection: DBAPIConnection, *_: Any) -> None:
    """Let the pool replace a connection whose end was heard; asking the server each time would cost three turns.

    One that ended unheard fails its first statement, and with it the pool throws all others away.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _keep_only_good(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    """Keep no connection that has ended or is in the midst of something, nor one to a server that can only be read:
    after a failover the address leads to another one."""
    if connection is not None:
        driver = connection.driver_connection
        if driver.is_closed() or driver.is_in_transaction() or _is_read_only(driver):
            entry.invalidate()


def _is_read_only(driver: Any) -> bool:
    # The server tells of changes by itself (not through every pooler), so looking costs no turn.
    settings = driver.get_settings()
    return any(getattr(settings, name, "off") == "on" for name in _READ_ONLY)


@asynccontextmanager
async def owner_connection(owner_url: str) -> AsyncIterator[AsyncConnection]:
    """Open one connection as the owner, for migrations and logins; never used while serving."""
    engine = create_async_engine(driver_url(owner_url), poolclass=NullPool, hide_parameters=True)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def provision_logins(owner_url: str) -> None:
    """Let the two serving roles log in with the passwords that follow from the owner's."""
    password = make_url(owner_url).password
    async with owner_connection(owner_url) as connection:
        # Two processes that start at once would meet in the same catalogue row.
        await connection.execute(text("SELECT pg_advisory_xact_lock(7230413)"))
        for role in (APP_ROLE, RUNTIME_ROLE):
            secret = role_password(password, role)
            verifier = f"'{scram_verifier(secret)}'" if secret else "NULL"
            await connection.exec_driver_sql(f"ALTER ROLE {role} LOGIN PASSWORD {verifier}")
        await connection.commit()


def scram_verifier(password: str, iterations: int = 4096) -> str:
    """Return PostgreSQL's SCRAM-SHA-256 verifier (RFC 5803), so that no password stands in a statement."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${iterations}:{salt64}${stored64}:{server64}"


def _milliseconds(duration: timedelta) -> str:
    return str(round(duration.total_seconds() * 1000))
