"""Events that a hotel's other systems tell of, over HTTP and into the real database."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.security.signatures import hash_of, new_api_key
from bot.storage.repositories.guests import Identity
from bot.storage.repositories.stays import NewStay
from bot.web.api import BURST, LARGEST_BODY
from models.enums import BookingStatus, IdentityKind, OncePer, TriggerType
from tests.bot.web.conftest import Site, open_site
from tests.bot.web.outage import away
from tests.databases import Database as Place
from tests.databases import open_storage
from tests.factories import NOW

PHONE = "+491511234567"
READY = {"name": "spa_ready", "booking": "BK-1"}


@dataclass
class Caller:
    """The hotel's spa, which has a key."""

    site: Site
    key: str = field(default_factory=new_api_key)
    key_id: UUID = field(default_factory=uuid4)

    async def tell(self, body: Any, slug: str = "adler", **headers: str) -> tuple[int, dict[str, Any]]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = f"{self.site.url}/api/v1/hotels/{slug}/events"
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {self.key}", **given}
        async with self.site.session.post(url, data=raw, headers=sent) as answer:
            assert answer.content_type == "application/json"
            return answer.status, await answer.json()

    async def planned(self) -> list[UUID | None]:
        """Return the stays that a message is planned for."""
        async with self.site.storage.unit(self.site.hotel_id) as uow:
            rows = await uow.connection.exec_driver_sql("SELECT stay_id FROM trigger_firings ORDER BY id")
            return list(rows.scalars())


async def book(site: Site, number: str = "BK-1", source: str = "csv", **changes: Any) -> UUID:
    """Let the guest with the phone have a booking."""
    phone = Identity(IdentityKind.phone, PHONE)
    async with site.storage.unit(site.hotel_id) as uow:
        guest = await uow.guests.recognise(phone) or await uow.guests.add("Anna Petrova")
        await uow.guests.identify(guest.id, phone, {"by": "import"})
        times = {"check_in": NOW, "check_out": NOW + timedelta(days=2), **changes}
        return (await uow.stays.save(NewStay(guest.id, number, source, BookingStatus.confirmed, **times))).id


async def open_spa(site: Site) -> Caller:
    caller = Caller(site)
    async with site.storage.unit(site.hotel_id) as uow:
        caller.key_id = await uow.api_keys.add("spa", hash_of(caller.key), NOW)
        event = {"event": "external", "name": "spa_ready"}
        await uow.triggers.add("spa", TriggerType.event_based, event, "The spa is ready!", once_per=OncePer.day)
    return caller


@pytest.fixture
async def spa(site: Site) -> Caller:
    return await open_spa(site)


async def test_plans_a_message_when_an_event_is_told_of_a_booking(site: Site, spa: Caller) -> None:
    stay = await book(site)
    status, answer = await spa.tell({**READY, "booking": "bk-1"})
    assert (status, answer["planned"], answer["repeated"]) == (202, 1, False)
    assert await spa.planned() == [stay]


async def test_plans_for_the_present_stay_when_an_event_is_told_of_a_phone(site: Site, spa: Caller) -> None:
    await book(site, "BK-0", check_in=NOW - timedelta(days=9), check_out=NOW - timedelta(days=7))
    stay = await book(site)
    assert (await spa.tell({"name": "spa_ready", "phone": PHONE}))[0] == 202
    assert await spa.planned() == [stay]


async def test_plans_nothing_when_no_trigger_waits_for_the_event(site: Site, spa: Caller) -> None:
    await book(site)
    status, answer = await spa.tell({**READY, "name": "sauna_ready"})
    assert (status, answer["planned"]) == (202, 0)
    assert await spa.planned() == []


async def test_hears_once_when_the_same_is_told_again_under_one_key(site: Site, spa: Caller) -> None:
    await book(site)
    _, first = await spa.tell(READY, Idempotency_Key="event-1")
    async with site.storage.unit(site.hotel_id) as uow:
        await uow.connection.exec_driver_sql("UPDATE trigger_firings SET status = 'skipped'")

    assert await spa.tell(READY, Idempotency_Key="event-1") == (202, {**first, "repeated": True})

    async with site.storage.unit(site.hotel_id) as uow:
        states = (await uow.connection.exec_driver_sql("SELECT status FROM trigger_firings")).scalars().all()
    assert states == ["skipped"]


async def test_hears_once_when_the_same_is_told_many_times_at_the_same_moment(site: Site, spa: Caller) -> None:
    await book(site)
    answers = await asyncio.gather(*(spa.tell(READY, Idempotency_Key="event-1") for _ in range(8)))
    assert {status for status, _ in answers} == {202}
    assert [answer["repeated"] for _, answer in answers].count(False) == 1
    assert {answer["planned"] for _, answer in answers} == {1}
    assert len(await spa.planned()) == 1


async def test_hears_an_event_when_it_was_refused_before_under_the_same_key(site: Site, spa: Caller) -> None:
    assert (await spa.tell(READY, Idempotency_Key="event-1"))[0] == 404
    await book(site)
    status, answer = await spa.tell(READY, Idempotency_Key="event-1")
    assert (status, answer["planned"], answer["repeated"]) == (202, 1, False)


async def test_refuses_when_a_key_comes_again_with_another_event(site: Site, spa: Caller) -> None:
    await book(site)
    await spa.tell(READY, Idempotency_Key="event-1")
    status, answer = await spa.tell({**READY, "name": "other"}, Idempotency_Key="event-1")
    assert (status, answer["error"]["code"]) == (409, "conflict")


async def test_asks_for_the_source_when_two_have_the_number(site: Site, spa: Caller) -> None:
    await book(site)
    stay = await book(site, source="pms")
    assert (await spa.tell(READY))[0] == 409
    assert (await spa.tell({**READY, "source": "pms"}))[0] == 202
    assert await spa.planned() == [stay]


@pytest.mark.parametrize(
    ("body", "status", "code", "said"),
    [
        (b"{", 422, "bad_event", "JSON"),
        (b"\xff", 422, "bad_event", "JSON"),
        ([], 422, "bad_event", "object"),
        ({"booking": "BK-1"}, 422, "bad_event", "name"),
        ({"name": "x" * 65, "booking": "BK-1"}, 422, "bad_event", "name"),
        ({"name": "spa_ready"}, 422, "bad_event", "give either booking or phone"),
        ({**READY, "phone": PHONE}, 422, "bad_event", "either booking or phone"),
        ({"name": "spa_ready", "phone": "0151 1234567"}, 422, "bad_event", "phone"),
        ({"name": "spa_ready", "phone": PHONE, "source": "pms"}, 422, "bad_event", "source"),
        ({**READY, "guest": "Anna"}, 422, "bad_event", "guest"),
        ({**READY, "booking": "a\x00b"}, 422, "bad_event", "booking"),
        ({**READY, "booking": "BK-404"}, 404, "not_found", "booking"),
        ({"name": "spa_ready", "phone": "+49151000000"}, 404, "not_found", "guest"),
        (b"x" * (LARGEST_BODY + 1), 413, "body_too_large", str(LARGEST_BODY)),
    ],
)
async def test_says_what_is_wrong_when_an_event_can_not_be_taken(
    site: Site, spa: Caller, body: Any, status: int, code: str, said: str
) -> None:
    await book(site)
    found, answer = await spa.tell(body)
    assert (found, answer["error"]["code"]) == (status, code)
    assert said in answer["error"]["message"]
    assert "Value error" not in answer["error"]["message"], "a sentence, not a library's words"
    assert await spa.planned() == []


@pytest.mark.parametrize("key", ["two words", "", "ключ", "x" * 256])
async def test_refuses_when_the_idempotency_key_can_not_be_one(site: Site, spa: Caller, key: str) -> None:
    await book(site)
    status, answer = await spa.tell(READY, Idempotency_Key=key)
    assert (status, answer["error"]["code"]) == (400, "bad_idempotency_key")


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", "Basic {key}", "{key}", "Bearer wröng"])
async def test_refuses_when_the_key_is_not_the_hotels(site: Site, spa: Caller, shown: str) -> None:
    await book(site)
    status, answer = await spa.tell(READY, Authorization=shown.format(key=spa.key))
    assert (status, answer["error"]["code"]) == (401, "unauthorized")
    assert await spa.planned() == []


@pytest.mark.parametrize("slug", ["baer", "nowhere", "ADLER", "%00", "x" * 300])
async def test_gives_the_same_answer_when_the_hotel_is_another_or_none(site: Site, spa: Caller, slug: str) -> None:
    other = uuid4()
    async with site.storage.unit(other) as uow:
        await uow.hotels.add("Hotel Bär", "baer", "Europe/Berlin", "en")
    refused = await spa.tell(READY, Authorization="Bearer wrong")
    assert await spa.tell(READY, slug=slug) == refused


async def test_takes_both_keys_until_the_old_one_is_revoked_when_a_key_is_rotated(site: Site, spa: Caller) -> None:
    await book(site)
    new = Caller(site)
    async with site.storage.unit(site.hotel_id) as uow:
        await uow.api_keys.add("spa, new", hash_of(new.key), NOW)
    assert [(await caller.tell(READY))[0] for caller in (spa, new)] == [202, 202]

    async with site.storage.unit(site.hotel_id) as uow:
        assert await uow.api_keys.revoke(spa.key_id, NOW)

    assert [(await caller.tell(READY))[0] for caller in (spa, new)] == [401, 202]


async def test_slows_a_hotel_down_when_it_tells_too_much(site: Site, spa: Caller) -> None:
    await book(site)
    for _ in range(BURST):
        assert (await spa.tell(READY))[0] == 202
    status, answer = await spa.tell(READY)
    assert (status, answer["error"]["code"]) == (429, "too_many_requests")
    site.seconds += 0.2
    assert (await spa.tell(READY))[0] == 202


async def test_asks_to_be_told_again_when_the_database_is_away(new_database: Place) -> None:
    async with open_site(open_storage(new_database)) as site:
        spa = await open_spa(site)
        await book(site)
        async with away(new_database):
            status, answer = await spa.tell(READY)
        assert (status, answer["error"]["code"]) == (503, "unavailable")
        assert (await spa.tell(READY))[0] == 202
