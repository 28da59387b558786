from __future__ import annotations

import json
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from bot.clock import FixedClock
from bot.messages import OutgoingMessage, Platform
from bot.outbox import Letter, enqueue
from bot.telemetry.metrics import oldest_unclaimed_seconds
from bot.web.app import serve
from bot.web.health import Health
from bot.web.listeners import listen
from models.enums import OutboxPurpose
from tests.bot.web.conftest import Site, open_site
from tests.bot.web.outage import away
from tests.databases import Database as Place
from tests.databases import open_storage
from tests.factories import NOW, ready_chat


async def test_is_ready_when_nothing_is_wrong(site: Site) -> None:
    status, body = await site.get("/health/ready")
    assert (status, json.loads(body)["checks"]) == (
        200,
        {"scheduler": "ok", "database": "ok", "inbox": "ok", "outbox": "ok"},
    )


async def test_lives_and_is_not_ready_when_the_database_is_away(new_database: Place) -> None:
    async with open_site(open_storage(new_database)) as site:
        async with away(new_database):
            status, body = await site.get("/health/ready")
            assert status == 503
            assert json.loads(body)["checks"]["database"] == "does not answer"
            assert (await site.get("/health/live"))[0] == 200
        assert (await site.get("/health/ready"))[0] == 200


async def test_is_not_ready_when_the_scheduler_has_not_begun(site: Site) -> None:
    async with serve(listen("127.0.0.1", 0), Health(site.storage, FixedClock(NOW)).routes()) as port:
        site.url = f"http://127.0.0.1:{port}"
        status, body = await site.get("/health/ready")
    assert status == 503
    assert json.loads(body)["checks"]["scheduler"] == "not started yet"


async def test_is_not_ready_when_the_scheduler_is_silent(site: Site) -> None:
    site.seconds = 15
    assert (await site.get("/health/ready"))[0] == 200
    site.seconds = 16
    status, body = await site.get("/health/ready")
    assert status == 503
    assert json.loads(body)["checks"]["scheduler"] == "silent for 16 s"
    await site.health.beat()
    assert (await site.get("/health/ready"))[0] == 200


async def _wait_for(site: Site, age: timedelta) -> None:
    """Leave a chat waiting, since `age` ago."""
    async with site.storage.unit(site.hotel_id) as uow:
        await ready_chat(uow, site.accounts[Platform.telegram], "5")
        await uow.connection.exec_driver_sql("UPDATE chats SET ready_at = now() - $1::interval", (age,))


async def test_is_not_ready_when_work_waits_too_long(site: Site) -> None:
    await _wait_for(site, timedelta(seconds=90))
    status, body = await site.get("/health/ready")
    assert status == 503
    assert json.loads(body)["checks"]["inbox"].startswith("oldest waits 9")


async def test_is_ready_when_work_waits_a_moment(site: Site) -> None:
    await _wait_for(site, timedelta(seconds=30))
    assert (await site.get("/health/ready"))[0] == 200


async def test_is_ready_when_a_message_waits_for_its_provider(site: Site) -> None:
    async with site.storage.unit(site.hotel_id) as uow:
        account = site.accounts[Platform.telegram]
        chat = await uow.chats.at(account, "5")
        letter = Letter(account, chat, Platform.telegram, OutboxPurpose.reply, timedelta(hours=12), "c0ffee")
        await enqueue(uow, letter, OutgoingMessage("See you!"), NOW - timedelta(hours=1))
    status, body = await site.get("/health/ready")
    assert (status, json.loads(body)["checks"]["outbox"]) == (200, "oldest waits 3600 s")


async def test_gives_text_that_prometheus_reads_when_asked_for_metrics(site: Site) -> None:
    await _wait_for(site, timedelta(seconds=90))
    await site.health.beat()
    async with site.session.get(f"{site.url}/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        families = {family.name: family for family in text_string_to_metric_families(await answer.text())}
    ages = {sample.labels["queue"]: sample.value for sample in families["bellhop_oldest_unclaimed_seconds"].samples}
    assert ages["inbox"] >= 90
    assert ages["outbox"] == 0
    oldest_unclaimed_seconds.clear()


async def test_offers_nothing_else_when_asked(site: Site) -> None:
    assert (await site.get("/"))[0] == 404
    assert (await site.get("/webhooks/telegram/key"))[0] == 405
