"""The hotels' bots and numbers: what does each provider say?"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from bot.channels.base import Channel
from bot.channels.connections import Connections
from bot.channels.registry import import_clients
from bot.cli.checks.finding import Finding
from bot.errors import AccountUnusable, BellhopError, TransientError
from bot.messages import AccountState, Platform
from bot.storage.repositories.accounts import AccountRecord

PATIENCE = timedelta(seconds=10)
# Telegram pushes to these only, and the others take them, too.
PUSHED_PORTS = {443, 80, 88, 8443}

_REMEDIES = {
    Platform.telegram: "ask @BotFather for the token and add the account again",
    Platform.whatsapp_green: "authorise the instance in Green API's console, or copy its token from there",
}


async def check_account(
    slug: str, hotel_id: UUID, account: AccountRecord, connections: Connections, public_url: str | None
) -> Finding:
    """Ask the provider for the account's state, and whether it pushes or keeps events as our settings want it."""
    about = f"{slug}: {account.platform} {account.address}"
    import_clients()  # now: on a slow machine it takes longer than a provider is waited for
    try:
        async with (
            asyncio.timeout(PATIENCE.total_seconds()),
            connections.reader(hotel_id, account) as channel,
        ):
            return await _ask(about, account, channel, public_url)
    except AccountUnusable as error:
        return Finding(about, problem=str(error), remedy=_REMEDIES[Platform(account.platform)])
    except TransientError as error:
        return Finding(about, problem=str(error), remedy="see to the network and the provider's status page")
    except TimeoutError:
        seconds = f"{PATIENCE.total_seconds():.0f}"
        return Finding(about, problem=f"no answer in {seconds} s", remedy="see to the network to the provider")
    except BellhopError as error:
        return Finding(about, problem=str(error), remedy="remove the account and add it again")


async def _ask(about: str, account: AccountRecord, channel: Channel, public_url: str | None) -> Finding:
    state = await channel.state()
    if state is not AccountState.active:
        remedy = _REMEDIES[Platform(account.platform)]
        return Finding(about, problem=f"the provider says that it is {state}", remedy=remedy)
    actual = await channel.address()
    if actual is not None and not is_same(account.address, actual):
        remedy = "guests' links lead astray: remove the account and add it again under its own address"
        return Finding(about, problem=f"its credentials are those of {actual}", remedy=remedy)
    if off := await channel.switched_off():
        problem = (
            f"the provider keeps things from us: {', '.join(off)} {'is' if len(off) == 1 else 'are'} switched off"
        )
        remedy = (
            "start `python -m bot run` anew: it switches them on, which restarts the number for up to five minutes"
        )
        return Finding(about, problem=problem, remedy=remedy)
    return judge_way(about, await channel.webhook(), public_url)


def is_same(address: str, actual: str) -> bool:
    """Whether two addresses are one account's. WhatsApp has numbers of some countries with a digit more or less than
    they are dialled with, behind the country's code (+52, +54, +55): the last eight digits are the same."""
    if actual.startswith("+"):
        return address[-8:] == actual[-8:]
    return address.casefold() == actual.casefold()


def judge_way(about: str, webhook: str | None, public_url: str | None) -> Finding:
    """The running process sets the way by its own settings. The address holds the webhook's key: it is not shown."""
    wanted = f"{public_url}/webhooks/" if public_url else None
    if wanted is None and webhook is None:
        return Finding(about, "active, polled")
    if wanted is not None and webhook is not None and webhook.startswith(wanted):
        return Finding(about, "active, pushes to us")
    if wanted is None:
        problem = f"it pushes to {urlsplit(webhook or '').hostname}, and BELLHOP_PUBLIC_URL is not set"
    else:
        problem = "it does not push to BELLHOP_PUBLIC_URL"
    return Finding(about, problem=problem, remedy="start `python -m bot run` with the same settings: it sets the way")


def check_public_url(public_url: str | None) -> Finding:
    """Its form is checked with the settings; whether providers would push to it is seen here."""
    about = "BELLHOP_PUBLIC_URL"
    if public_url is None:
        return Finding(about, "not set: events are fetched")
    address = urlsplit(public_url)
    port = address.port or (443 if address.scheme == "https" else 80)
    if address.scheme == "https" and port not in PUSHED_PORTS:
        ports = ", ".join(str(each) for each in sorted(PUSHED_PORTS))
        return Finding(about, problem=f"Telegram doesn't push to port {port}", remedy=f"use one of {ports}")
    return Finding(about, public_url)
