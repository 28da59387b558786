from __future__ import annotations

import asyncio
import json
from urllib.parse import quote

import pytest

from bot.errors import ConfigurationError
from bot.messages import Platform
from bot.web import webhooks
from bot.web.app import LARGEST_BODY
from bot.web.listeners import listen
from tests.bot.web.conftest import Site, open_site
from tests.bot.web.outage import away
from tests.databases import Database as Place
from tests.databases import open_storage

BOTH = pytest.mark.parametrize("platform", list(Platform))


def body_of(platform: Platform, number: int = 1, text: str = "hi") -> bytes:
    if platform is Platform.telegram:
        chat = {"id": 5, "type": "private"}
        return json.dumps({"update_id": number, "message": {"message_id": 1, "date": 1, "chat": chat, "text": text}},
                          ensure_ascii=False).encode()  # fmt: skip
    return json.dumps(
        {
            "typeWebhook": "incomingMessageReceived",
            "idMessage": f"M{number}",
            "timestamp": 1,
            "senderData": {"chatId": "4930900100@c.us", "sender": "4930900100@c.us"},
            "messageData": {"typeMessage": "textMessage", "textMessageData": {"textMessage": text}},
        },
        ensure_ascii=False,
    ).encode()


@BOTH
async def test_stores_once_and_exactly_when_a_provider_pushes_again(site: Site, platform: Platform) -> None:
    bodies = [body_of(platform, number, "Привет, 👋") for number in (1, 2)]
    for body in (*bodies, *bodies):
        assert await site.push(platform, body) == 200
    assert [json.loads(payload) for payload in await site.stored()] == [json.loads(body) for body in bodies]


@BOTH
@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[1]", b"\xff\x00", b"[" * 5000])
async def test_stores_and_acknowledges_when_a_body_can_not_be_read(
    site: Site, platform: Platform, body: bytes
) -> None:
    assert await site.push(platform, body) == 200
    assert len(await site.stored()) == 1


@BOTH
@pytest.mark.parametrize("secret", ["", "wrong", "wröng"])
async def test_refuses_when_the_secret_is_not_the_accounts(site: Site, platform: Platform, secret: str) -> None:
    assert await site.push(platform, body_of(platform), secret=secret) == 401
    assert await site.stored() == []


@BOTH
@pytest.mark.parametrize("key", ["unknown", "..", "' OR 1=1", "x" * 4000, "\x00"])
async def test_knows_no_such_place_when_the_key_is_nobodys(site: Site, platform: Platform, key: str) -> None:
    assert await site.push(platform, body_of(platform), key=quote(key, safe="")) == 404
    assert await site.stored() == []


async def test_knows_no_such_place_when_the_key_is_of_another_platform(site: Site) -> None:
    key = site.hooks[Platform.telegram].key
    assert await site.push(Platform.whatsapp_green, b"{}", key=key) == 404


@BOTH
async def test_refuses_when_a_body_is_larger_than_any_providers(site: Site, platform: Platform) -> None:
    assert await site.push(platform, b"x" * (LARGEST_BODY + 1)) == 413
    assert await site.push(platform, body_of(platform, text="x" * (LARGEST_BODY // 2))) == 200
    assert len(await site.stored()) == 1


async def test_takes_the_bare_token_when_green_api_sends_no_scheme(site: Site) -> None:
    hook = site.hooks[Platform.whatsapp_green]
    url = f"{site.url}/webhooks/whatsapp-green/{hook.key}"
    async with site.session.post(url, data=b"{}", headers={"Authorization": hook.secret}) as answer:
        assert answer.status == 200


async def test_asks_to_be_told_again_when_the_database_is_away(new_database: Place) -> None:
    """The provider keeps what is not acknowledged."""
    async with open_site(open_storage(new_database)) as site:
        assert await site.push(Platform.telegram, body_of(Platform.telegram, 1)) == 200
        async with away(new_database):
            assert await site.push(Platform.telegram, body_of(Platform.telegram, 2)) == 503
            assert await site.push(Platform.whatsapp_green, body_of(Platform.whatsapp_green, 3)) == 503
        assert await site.push(Platform.telegram, body_of(Platform.telegram, 2)) == 200
        assert len(await site.stored()) == 2


async def test_forgets_an_account_in_time_when_it_was_switched_off(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await site.push(Platform.telegram, body_of(Platform.telegram, 1)) == 200
    async with site.storage.unit(site.hotel_id) as uow:
        await uow.accounts.disable(site.accounts[Platform.telegram])
    assert await site.push(Platform.telegram, body_of(Platform.telegram, 2)) == 200
    monkeypatch.setattr(webhooks, "KEEP_SECONDS", 0.0)
    assert await site.push(Platform.telegram, body_of(Platform.telegram, 3)) == 404


async def test_forgets_the_oldest_when_many_accounts_are_remembered(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MOST_KEPT", 1)
    for number in range(3):
        for platform in Platform:
            assert await site.push(platform, body_of(platform, number)) == 200
    assert len(await site.stored()) == 6


async def test_stores_everything_when_many_are_pushed_at_once(site: Site) -> None:
    pushes = [site.push(platform, body_of(platform, number)) for platform in Platform for number in range(20)]
    assert set(await asyncio.gather(*pushes)) == {200}
    assert len(await site.stored()) == 40


async def test_names_the_settings_when_the_port_is_taken(site: Site) -> None:
    port = int(site.url.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match=f"BELLHOP_HOST and BELLHOP_PORT: can't listen on 127.0.0.1:{port}"):
        listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["203.0.113.9", "nowhere.invalid"])  # for documentation, for tests
async def test_asks_for_another_host_when_it_is_not_this_machines(host: str) -> None:
    with pytest.raises(ConfigurationError, match="set BELLHOP_HOST to an address of this machine"):
        listen(host, 0)
