"""Which channels there are. A new one is its own package and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bot.channels.base import Channel, Format
from bot.channels.credentials import Credentials, GreenCredentials, TelegramCredentials, check_credentials
from bot.channels.telegram.format import TelegramFormat
from bot.channels.whatsapp_green.format import GreenFormat
from bot.clock import Clock, SystemClock
from bot.errors import RejectedInput
from bot.messages import Platform


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach one account: decrypted `credentials`, the integration's `settings`, the provider's address."""

    credentials: Mapping[str, Any]
    settings: Mapping[str, Any]
    api_url: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Adapter:
    api_url: str
    credentials: type[Credentials]
    format: Callable[[Clock], Format]
    connect: Callable[[Connection], Channel]


def format_of(platform: str, clock: Clock | None = None) -> Format:
    """Return the reader of a platform's payloads. Raises RejectedInput for one that is not supported."""
    return _adapter(platform).format(clock or SystemClock())


def check_account(platform: str, credentials: Mapping[str, Any]) -> None:
    """Raise RejectedInput like `connect` does, without importing a client, which takes seconds."""
    check_credentials(_adapter(platform).credentials, credentials)


def connect(
    platform: str,
    credentials: Mapping[str, Any],
    *,
    settings: Mapping[str, Any] | None = None,
    api_url: str | None = None,
    clock: Clock | None = None,
) -> Channel:
    """Return an account's channel, to be opened with `async with`; the provider's public address by default.

    Raises RejectedInput that names the unsupported platform, or the part of the credentials that is wrong.
    """
    adapter = _adapter(platform)
    url = (api_url or adapter.api_url).rstrip("/")
    return adapter.connect(Connection(credentials, settings or {}, url, clock or SystemClock()))


def import_clients() -> None:
    """Import every client now; later it would stop a running event loop, with its open transactions, for seconds."""
    for client in _CLIENTS:
        import_module(client)


def _adapter(platform: str) -> _Adapter:
    try:
        return _ADAPTERS[Platform(platform)]
    except ValueError:
        supported = ", ".join(_ADAPTERS)
    raise RejectedInput(f"platform {platform[:50]!r} is not supported; supported: {supported}")


def _telegram(account: Connection) -> Channel:
    from bot.channels.telegram.client import TelegramChannel  # here: aiogram takes seconds to import

    credentials = check_credentials(TelegramCredentials, account.credentials)
    return TelegramChannel(credentials, api_url=account.api_url, clock=account.clock)


def _whatsapp_green(account: Connection) -> Channel:
    from bot.channels.whatsapp_green.client import GreenChannel  # here: readers need no client

    credentials = check_credentials(GreenCredentials, account.credentials)
    buttons = account.settings.get("buttons", True) is not False
    return GreenChannel(credentials, api_url=account.api_url, clock=account.clock, buttons=buttons)


_CLIENTS = ("bot.channels.telegram.client", "bot.channels.whatsapp_green.client")
_ADAPTERS = {
    Platform.telegram: _Adapter("https://api.telegram.org", TelegramCredentials, TelegramFormat, _telegram),
    Platform.whatsapp_green: _Adapter(
        "https://api.green-api.com", GreenCredentials, lambda _clock: GreenFormat(), _whatsapp_green
    ),
}
