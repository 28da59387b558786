"""Providers push: only those who know the secret are let in, and nothing is acknowledged that is not stored."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import make_url

from bot.app import House
from bot.channels.connections import WebhookCredentials
from bot.database import Logins
from bot.messages import Platform
from bot.simulator.faults import Fault
from bot.simulator.history import Kind
from bot.workers import pollers
from tests.flows.house import BOT_TOKEN, INSTANCE_ID, INSTANCE_TOKEN, Scene, eventually
from tests.flows.proxy import PostgresProxy

BOTH = pytest.mark.parametrize("platform", list(Platform))
PATHS = {Platform.telegram: "telegram", Platform.whatsapp_green: "whatsapp-green"}


class Door:
    """The house's own address, as a provider or a stranger sees it."""

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self._address = address
        self._session = session

    def url(self, platform: Platform, key: str) -> str:
        return f"{self._address}/webhooks/{PATHS[platform]}/{key}"

    async def push(
        self, platform: Platform, key: str, secret: str | bytes | None, body: bytes, **headers: str
    ) -> int:
        """Post like the provider; return the status."""
        name = "X-Telegram-Bot-Api-Secret-Token" if platform is Platform.telegram else "Authorization"
        shown = secret.decode("utf-8", "surrogateescape") if isinstance(secret, bytes) else secret
        headers |= {} if shown is None else {name: shown}
        async with self._session.post(self.url(platform, key), data=body, headers=headers) as answer:
            return answer.status


@asynccontextmanager
async def pushed_to(scene: Scene, logins: Logins | None = None) -> AsyncIterator[tuple[House, Door]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    async with (
        aiohttp.ClientSession() as session,
        scene.serving(logins, BELLHOP_PORT=str(port), BELLHOP_PUBLIC_URL=address) as house,
    ):
        yield house, Door(address, session)


async def guard_of(scene: Scene, house: House, platform: Platform) -> WebhookCredentials:
    async with house.database.unit(scene.hotel_id) as uow:
        account = await uow.accounts.get(scene.accounts[platform])
    assert account is not None
    return house.connections.webhook(scene.hotel_id, account)


@BOTH
async def test_guest_is_answered_when_the_provider_pushes(scene: Scene, platform: Platform) -> None:
    guest = scene.guest(platform)
    async with pushed_to(scene):
        guest.write("What is the wifi password?")
        (reply, *_) = await scene.simulator.until(guest.said)
    assert "sunny-terrace" in reply.text
    assert not scene.simulator.history.of(method="getUpdates")
    assert not scene.simulator.history.of(method="receiveNotification")


@BOTH
@pytest.mark.parametrize("secret", [None, "", "wrong", "неверно".encode(), b"\xff\xfe"], ids=repr)
async def test_stranger_is_refused_and_nothing_kept_when_the_secret_is_wrong(
    scene: Scene, platform: Platform, secret: str | bytes | None
) -> None:
    async with pushed_to(scene) as (house, door):
        guard = await guard_of(scene, house, platform)
        assert await door.push(platform, guard.key, secret, b"{}") == 401
        assert await door.push(platform, "no-such-key", guard.secret, b"{}") == 404
        other = next(each for each in Platform if each is not platform)
        assert await door.push(other, guard.key, guard.secret, b"{}") == 404
    assert not await scene.rows("SELECT FROM inbox_events WHERE payload = '{}'")


@BOTH
@pytest.mark.parametrize("body", [b"", b"garbage \xff\x00", b"[" * 5000, b'{"update_id": 7, "message": []}'], ids=len)
async def test_garbage_is_kept_set_aside_and_acknowledged_when_the_secret_is_right(
    scene: Scene, platform: Platform, body: bytes
) -> None:
    async with pushed_to(scene) as (house, door):
        guard = await guard_of(scene, house, platform)
        assert await door.push(platform, guard.key, guard.secret, body) == 200
        (event,) = await eventually(
            lambda: scene.rows("SELECT payload FROM inbox_events WHERE state = 'quarantined'")
        )
    assert event["payload"] == body


@BOTH
async def test_a_push_is_called_wrong_when_its_body_is_not_in_the_coding_that_it_names(
    scene: Scene, platform: Platform
) -> None:
    async with pushed_to(scene) as (house, door):
        guard = await guard_of(scene, house, platform)
        coding = {"Content-Encoding": "gzip"}
        assert await door.push(platform, guard.key, guard.secret, gzip.compress(b'"whole"'), **coding) == 200
        assert await door.push(platform, guard.key, guard.secret, b'"no gzip"', **coding) == 400
    assert await scene.rows("SELECT FROM inbox_events WHERE payload = '\"whole\"'")


@BOTH
async def test_nothing_is_acknowledged_when_the_database_is_away(scene: Scene, platform: Platform) -> None:
    url = make_url(scene.database.admin_url)
    async with PostgresProxy(url.host or "", url.port or 5432, lambda _: None, lambda: None) as proxy:
        logins = Logins(None, proxy.url_for(scene.logins().app), proxy.url_for(scene.logins().runtime))
        async with pushed_to(scene, logins) as (house, door):
            guard = await guard_of(scene, house, platform)
            assert await door.push(platform, guard.key, guard.secret, b"{}") == 200
            proxy.is_open = False
            assert await door.push(platform, guard.key, guard.secret, b'{"a": 1}') == 503
            proxy.is_open = True
            assert await door.push(platform, guard.key, guard.secret, b'{"a": 1}') == 200
    assert len(await scene.rows("SELECT FROM inbox_events WHERE payload IN ('{}', '{\"a\": 1}')")) == 2


@BOTH
async def test_staff_hear_of_it_and_guests_are_answered_when_somebody_set_another_webhook(
    scene: Scene, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("CONTESTED_PAUSE", "STATE_EVERY"):
        monkeypatch.setattr(pollers, pause, timedelta(milliseconds=50))
    guest = scene.guest(platform)
    async with pushed_to(scene):
        await eventually(lambda: scene.rows("SELECT FROM channel_accounts HAVING every(status = 'active')"))
        await eventually(lambda: _is_told(scene, platform))
        guest.write("What is the wifi password?")
        (reply, *_) = await scene.simulator.until(guest.said)
        await eventually(lambda: scene.rows("SELECT FROM channel_accounts HAVING every(status = 'active')"))
    assert "sunny-terrace" in reply.text


async def test_staff_hear_of_it_when_somebody_was_quicker_than_the_first_look(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("CONTESTED_PAUSE", "STATE_EVERY"):
        monkeypatch.setattr(pollers, pause, timedelta(milliseconds=50))
    theirs = Fault.answer(200, '{"ok": true, "result": {"url": "https://127.0.0.1:9/webhooks"}}')
    scene.simulator.telegram.faults.program(theirs, method="getWebhookInfo", times=None)
    async with pushed_to(scene):
        await scene.simulator.until(lambda: any("is limited" in alert for alert in scene.alerts()))


async def test_nobody_is_told_when_the_provider_writes_the_address_in_its_own_way(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pollers, "STATE_EVERY", timedelta(milliseconds=50))
    async with pushed_to(scene) as (house, door):
        guard = await guard_of(scene, house, Platform.telegram)
        url = door.url(Platform.telegram, guard.key).replace("http", "HTTP").replace("telegram", "%74elegram") + "/"
        own_way = Fault.answer(200, json.dumps({"ok": True, "result": {"url": url}}))
        scene.simulator.telegram.faults.program(own_way, method="getWebhookInfo", times=None)
        await scene.simulator.until(lambda: len(scene.simulator.history.of(method="getMe", kind=Kind.ok)) > 3)
    told = await scene.rows("SELECT content FROM staff_notifications")
    assert not [alert for alert in told if "is limited" in alert["content"]]


async def _is_told(scene: Scene, platform: Platform) -> bool:
    """Whether staff know of it by now; ours may have been set again for another reason, before anybody noticed."""
    await _push_elsewhere(scene, platform)
    return any("is limited" in alert for alert in scene.alerts())


async def _push_elsewhere(scene: Scene, platform: Platform) -> None:
    """Set another webhook, as a program would that has the same credentials."""
    telegram, green = scene.simulator.telegram.url, scene.simulator.green.url
    url, name = {
        Platform.telegram: (f"{telegram}/bot{BOT_TOKEN}/setWebhook", "url"),
        Platform.whatsapp_green: (f"{green}/waInstance{INSTANCE_ID}/setSettings/{INSTANCE_TOKEN}", "webhookUrl"),
    }[platform]
    async with aiohttp.ClientSession() as session, session.post(url, json={name: "http://127.0.0.1:9/"}) as answer:
        assert answer.status == 200
