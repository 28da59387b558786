"""What a setting's value may look like. Every check raises ValueError with a remedy and without the value."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_POSTGRES_DRIVERS = {"postgres", "postgresql", "postgresql+asyncpg"}
_POSTGRES_OPTIONS = {"host", "port", "ssl", "target_session_attrs", "prepared_statement_cache_size"}
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
_LONGEST = timedelta(hours=1)


class LogLevel(StrEnum):
    """The least level that is written."""

    debug = "debug"
    info = "info"
    warning = "warning"
    error = "error"


class LogFormat(StrEnum):
    """One JSON object per line, or lines for a person's terminal."""

    json = "json"
    console = "console"


def seconds(value: object) -> timedelta:
    """Read a number of seconds above 0 and up to an hour."""
    return _duration(value, timedelta(seconds=1), "seconds")


def seconds_up_to(longest: timedelta) -> Callable[[object], timedelta]:
    """Return a reader of seconds above 0 and up to `longest`."""
    return lambda value: _duration(value, timedelta(seconds=1), "seconds", longest)


def milliseconds(value: object) -> timedelta:
    """Read a number of milliseconds above 0 and up to an hour."""
    return _duration(value, timedelta(milliseconds=1), "milliseconds")


def _duration(value: object, unit: timedelta, name: str, longest: timedelta = _LONGEST) -> timedelta:
    remedy = f"give a number of {name} above 0 and up to {longest // unit}"
    try:
        number = float(str(value))
    except ValueError:
        raise ValueError(remedy) from None
    if not math.isfinite(number) or not timedelta() < min(number, 1e9) * unit <= longest:
        raise ValueError(remedy)
    return number * unit


def whole_number(least: int, most: int) -> Callable[[object], int]:
    """Return a reader of whole numbers between two bounds, both included."""

    def read(value: object) -> int:
        text = str(value)
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            raise ValueError(f"give a whole number from {least} to {most}")
        return int(text)

    return read


def postgres_url(value: str) -> str:
    """Return the address as SQLAlchemy's asyncpg driver wants it: `sslmode` becomes `ssl`, sockets become `host`."""
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError("write it as postgresql://user:password@host:5432/database") from None
    if url.drivername not in _POSTGRES_DRIVERS:
        raise ValueError("it must begin with postgresql://, postgresql+asyncpg:// or postgres://")
    if not url.database:
        raise ValueError("add the database's name: postgresql://user:password@host:5432/database")
    url = _with_socket(_with_ssl(url)).set(drivername="postgresql+asyncpg")
    try:
        url.get_dialect()().create_connect_args(url)
    except (ArgumentError, ValueError):
        raise ValueError("give every host of it a port, in its query part: host=one:5432&host=two:5432") from None
    return url.render_as_string(hide_password=False)


def _with_ssl(url: URL) -> URL:
    options = dict(url.query)
    if "sslmode" in options:
        options["ssl"] = options.pop("sslmode")
    if unknown := sorted(set(options) - _POSTGRES_OPTIONS):
        name = "".join(character for character in unknown[0][:40] if character.isalnum() or character in "_-")
        raise ValueError(
            f"take '{name}' out of its query part: the driver doesn't know it, only sslmode, host and port"
        )
    if options.get("ssl", "prefer") not in _SSL_MODES:
        raise ValueError(f"its sslmode must be one of {', '.join(sorted(_SSL_MODES))}")
    return url.set(query=options)


def _with_socket(url: URL) -> URL:
    folder = unquote(url.host or "")
    if not folder.startswith("/"):
        return url
    query = {**url.query, "host": folder, "port": str(url.port or 5432)}
    return URL.create("postgresql+asyncpg", url.username, url.password, None, None, url.database, query)


def redis_url(value: str) -> str:
    """Return the address unchanged when it is redis://, rediss:// or unix:// with what each of them needs."""
    parts = _split(value)
    if parts is None or parts.scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("write it as redis://host:6379/0, rediss://host:6379/0 or unix:///path/to/socket")
    if parts.scheme == "unix" and len(parts.path) < 2:
        raise ValueError("add the socket's path: unix:///path/to/socket")
    if parts.scheme != "unix" and not (
        parts.hostname and (parts.path.strip("/").isdigit() or parts.path in {"", "/"})
    ):
        raise ValueError("give a host, and after it only a database number: redis://host:6379/0")
    return value


def api_url(value: str) -> str:
    """Return a provider's base address without its closing slash."""
    parts = _split(value)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write it as https://host, without a query part")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError("leave out user, password, query part and fragment: https://host")
    return value.rstrip("/")


def model_name(value: str) -> str:
    """Return a model's name unchanged: a printable word, such as gpt-4o-mini or qwen2.5:7b."""
    if len(value) > 200 or not value.isprintable() or " " in value:
        raise ValueError("give the name by which the API lists the model, without spaces")
    return value


def public_url(value: str) -> str:
    """Return our own outside address without its closing slash; only https, except on loopback."""
    address = api_url(value)
    if not hides_secrets(address):
        raise ValueError("it must begin with https://: providers push to nothing else")
    return address


def hides_secrets(address: str) -> bool:
    """Whether nobody on the way reads what is sent there."""
    parts = urlsplit(address)
    return parts.scheme == "https" or _is_loopback(parts.hostname or "")


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
