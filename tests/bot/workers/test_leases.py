from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.messages import Platform
from bot.storage.claims import ChatLease
from bot.storage.engine import make_engine
from bot.storage.unit_of_work import Database
from bot.workers import leases as module
from bot.workers.leases import Leases
from tests.bot.workers.conftest import eventually
from tests.databases import Database as Place
from tests.factories import ready_chat

SOON = timedelta(milliseconds=20)


@pytest.fixture
async def chat(storage: Database, monkeypatch: pytest.MonkeyPatch) -> ChatLease:
    """A chat in which something waits, claimed for a moment only."""
    monkeypatch.setattr(module, "RENEW_EVERY", SOON)
    hotel_id = uuid4()
    async with storage.unit(hotel_id) as uow:
        await uow.hotels.add("Hotel Adler", "adler", "Europe/Berlin", "en")
        account = await uow.accounts.add(Platform.telegram, "@adler", uuid4(), b"sealed", "k1", uuid4().bytes * 2)
        await ready_chat(uow, account, "5")
    (lease,) = await storage.claims.claim_chats(1, lease=timedelta(seconds=1))
    return lease


async def _left(storage: Database, chat_id: UUID) -> timedelta:
    async with storage.runtime.connect() as connection:
        rows = await connection.execute(
            text("SELECT leased_until - clock_timestamp() FROM chats WHERE id = :id"), {"id": chat_id}
        )
        left: timedelta = rows.scalar_one()
        return left


async def _lasts(storage: Database, chat_id: UUID, least: timedelta) -> bool:
    return await _left(storage, chat_id) > least


async def _is_over(storage: Database, chat_id: UUID) -> bool:
    return await _left(storage, chat_id) < timedelta()


async def _has(lines: Sequence[object], count: int) -> bool:
    return len(lines) >= count


async def test_keeps_a_lease_when_its_work_is_alive(storage: Database, chat: ChatLease) -> None:
    leases = Leases(storage.claims)
    running = asyncio.create_task(leases.run())
    with leases.chat(chat.token), leases.outbox(uuid4()):
        await eventually(lambda: _lasts(storage, chat.chat_id, timedelta(seconds=2)))
    running.cancel()
    await asyncio.wait({running})


async def test_lets_a_lease_go_when_its_work_is_over(storage: Database, chat: ChatLease) -> None:
    leases = Leases(storage.claims)
    with pytest.raises(RuntimeError, match="failed"), leases.chat(chat.token):
        raise RuntimeError("the work failed")
    running = asyncio.create_task(leases.run())
    await eventually(lambda: _is_over(storage, chat.chat_id))
    running.cancel()
    await asyncio.wait({running})


async def test_tries_again_when_the_database_is_away(
    clean_database: Place, chat: ChatLease, storage: Database
) -> None:
    nowhere = make_engine("postgresql://bellhop_runtime@127.0.0.1:1/bellhop", 1, SOON)
    leases = Leases(Database(nowhere, nowhere).claims)
    with capture_logs() as logs, leases.chat(chat.token):
        running = asyncio.create_task(leases.run())
        await eventually(lambda: _has(logs, 2))
        running.cancel()
        await asyncio.wait({running})
    await nowhere.dispose()
    assert {line["event"] for line in logs} == {"leases_not_renewed"}
