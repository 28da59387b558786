"""What an import makes of a hotel's triggers and its plan, over a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from models import Hotel
from models.enums import BookingStatus, CatchUp, ConsentPurpose, OncePer
from tests.triggers.hotels import NOON, HotelDesk
from triggers.audits import Author
from triggers.exchange.document import Document, plain_document
from triggers.exchange.importing import Change, Deed, Order, Outlook, apply, rehearse
from triggers.exchange.markup import to_json, to_yaml
from triggers.exchange.packs import open_pack, pack_names
from triggers.exchange.reading import RejectedFile, check_document, read_document
from triggers.planning import PlanDiff
from triggers.premises import ESTABLISHED

WELCOME = {"name": "Welcome", "type": "time_based", "conditions": {"hours_after_checkin": 2}, "text": "Welcome!"}
SUITES = {"name": "Suites", "type": "condition_based", "conditions": {"room_type": "suite"}, "text": "Champagne?"}


def document(*entries: dict[str, Any]) -> Document:
    return check_document({"version": 1, "triggers": list(entries)})


async def brought(
    hotel: HotelDesk, imported: Document, *, replace: bool = False, author: Author | None = None
) -> dict[str, Change]:
    """Import a document and return what became of each trigger."""
    order = Order(imported, author or Author(hotel.clock.now(), "c-9"), replace=replace)
    async with hotel.database.unit(hotel.id) as uow:
        changes = await apply(uow, hotel.engine, order)
    return {change.name: change for change in changes}


async def exported(hotel: HotelDesk) -> dict[str, Any]:
    async with hotel.database.unit(hotel.id) as uow:
        return plain_document(await uow.triggers.all())


async def names(hotel: HotelDesk) -> list[str]:
    return [entry["name"] for entry in (await exported(hotel))["triggers"]]


async def test_triggers_are_added_and_planned_when_a_hotel_has_none(hotel: HotelDesk, twin: HotelDesk) -> None:
    for each in (hotel, twin):
        await each.stay(room_type="suite")
    changes = await brought(hotel, document(WELCOME, SUITES))
    assert changes["Welcome"].deed is Deed.added
    assert changes["Welcome"].diff == PlanDiff(added=1)
    assert await names(hotel) == ["Welcome", "Suites"]
    assert [line.due_at for line in await hotel.lines() if line.status == "scheduled"] == [NOON + timedelta(hours=2)]
    assert await names(twin) == []
    assert await twin.lines() == []


@pytest.mark.parametrize("write", [to_yaml, to_json])
async def test_nothing_changes_when_an_export_is_imported(hotel: HotelDesk, write: Any) -> None:
    await hotel.stay()
    await hotel.trigger(
        {"days_before_checkout": 1, "at": "18:00", "any": [{"nights": {"gte": 2}}, {"guest.tags": ["vip"]}]},
        "Tomorrow\n\nis the day, {{ guest.name }} 🛎",
        name="Départ: «завтра»",
        translations={"ru": "Завтра — день выезда\n", "no": "I morgen"},
        priority=7,
        once_per=OncePer.guest,
        purpose=ConsentPurpose.promotional,
        useful_for=timedelta(hours=36, seconds=5),
        cooldown=timedelta(days=14),
        catch_up=CatchUp.skip,
        channels=["whatsapp_green", "telegram"],
        is_active=False,
    )
    before, lines = await exported(hotel), await hotel.lines()
    changes = await brought(hotel, read_document(write(before).encode()), replace=True)
    assert {change.deed for change in changes.values()} == {Deed.unchanged}
    assert await exported(hotel) == before
    assert await hotel.lines() == lines


async def test_a_copy_of_a_hotels_triggers_is_exact_when_another_hotel_imports_them(
    hotel: HotelDesk, twin: HotelDesk
) -> None:
    await brought(hotel, open_pack("hotel", "ru"))
    await brought(twin, read_document(to_yaml(await exported(hotel)).encode()))
    assert await exported(twin) == await exported(hotel)


async def test_only_what_differs_is_changed_and_planned_anew_when_a_trigger_is_known(hotel: HotelDesk) -> None:
    await hotel.stay(room_type=None)
    await brought(hotel, document(WELCOME, SUITES))
    later = {**WELCOME, "name": "WELCOME", "conditions": {"hours_after_checkin": 3}}
    changes = await brought(hotel, document(later, SUITES))
    assert changes["WELCOME"].deed is Deed.changed
    assert changes["WELCOME"].fields == ("conditions", "name")
    assert changes["WELCOME"].diff == PlanDiff(moved=1)
    assert changes["Suites"].deed is Deed.unchanged
    assert [line.due_at for line in await hotel.lines()] == [NOON + timedelta(hours=3)]


async def test_what_a_file_leaves_out_gets_its_default_when_a_trigger_had_something_else(hotel: HotelDesk) -> None:
    await hotel.trigger({"hours_after_checkin": 2}, "Welcome!", name="Welcome", priority=7, is_active=False)
    changes = await brought(hotel, document(WELCOME))
    assert changes["Welcome"].fields == ("active", "priority")
    (entry,) = (await exported(hotel))["triggers"]
    assert entry == WELCOME


async def test_triggers_that_are_not_in_the_file_stay_unless_it_replaces_them(hotel: HotelDesk) -> None:
    await hotel.stay(room_type=None)
    await brought(hotel, document(WELCOME))
    assert (await brought(hotel, document(SUITES)))["Welcome"].deed is Deed.left
    assert await names(hotel) == ["Welcome", "Suites"]
    changes = await brought(hotel, document(SUITES), replace=True)
    assert changes["Welcome"].deed is Deed.deleted
    assert changes["Welcome"].diff == PlanDiff(cancelled=1)
    assert await names(hotel) == ["Suites"]


async def test_a_paused_trigger_plans_nothing_when_it_is_imported(hotel: HotelDesk) -> None:
    await hotel.stay()
    await brought(hotel, document(WELCOME))
    changes = await brought(hotel, document({**WELCOME, "active": False}))
    assert changes["Welcome"].diff == PlanDiff(cancelled=1)


async def test_the_trail_says_what_was_before_and_after_when_a_file_changes_triggers(hotel: HotelDesk) -> None:
    await brought(hotel, document(WELCOME, SUITES))
    await brought(hotel, document({**WELCOME, "text": "Hello!", "useful_for": "3h"}), replace=True)
    async with hotel.database.unit(hotel.id) as uow:
        lines = {line.action: line.metadata for line in await uow.audits.latest()}
    assert lines["trigger.changed"]["old"] == {"message_template": "Welcome!", "useful_for": None}
    assert lines["trigger.changed"]["new"] == {"message_template": "Hello!", "useful_for": "3:00:00"}
    assert lines["trigger.deleted"]["old"]["name"] == "Suites"
    assert lines["trigger.created"]["plan"] == {"added": 0, "moved": 0, "cancelled": 0}


async def test_nothing_is_written_when_an_import_fails_for_somebody_unknown(hotel: HotelDesk) -> None:
    await brought(hotel, document(WELCOME))
    author = Author(NOON, "c-9", user_id=uuid4())
    with pytest.raises(IntegrityError):
        await brought(hotel, document(SUITES), replace=True, author=author)
    assert await names(hotel) == ["Welcome"]


async def test_the_changes_are_told_and_nothing_is_written_when_an_import_is_rehearsed(hotel: HotelDesk) -> None:
    guest = await hotel.guest()
    await hotel.stay(guest, "BK-1", room_type="suite")
    await hotel.stay(guest, "BK-2", check_in=NOON + timedelta(days=20), check_out=NOON + timedelta(days=22))
    await hotel.stay(guest, "BK-3", booking_status=BookingStatus.cancelled)
    await brought(hotel, document(WELCOME))
    before, lines = await exported(hotel), await hotel.lines()
    imported = document({**WELCOME, "conditions": {"hours_after_checkin": 4, "room_type": "suite"}}, SUITES)
    async with hotel.database.unit(hotel.id) as uow:
        changes, outlook = await rehearse(uow, hotel.engine, Order(imported, Author(NOON, "c-9"), replace=True))
    told = {change.name: change for change in changes}
    assert (told["Welcome"].deed, told["Welcome"].diff) == (Deed.changed, PlanDiff(moved=2))
    assert outlook["Welcome"] == Outlook(matches=1, planned=1)
    assert told["Suites"].deed is Deed.added
    assert outlook["Suites"] == Outlook(matches=1, planned=0)
    assert await exported(hotel) == before
    assert await hotel.lines() == lines


@pytest.mark.parametrize("fires", [False, "2026-03-10 16:00"])
async def test_a_file_is_refused_when_an_example_comes_out_otherwise(hotel: HotelDesk, fires: Any) -> None:
    stay = {"check_in": "2026-03-10 15:00", "check_out": "2026-03-12 12:00"}
    wrong = document(SUITES, {**WELCOME, "examples": [{"stay": stay, "fires": True}, {"stay": stay, "fires": fires}]})
    with pytest.raises(RejectedFile, match=r"fires: 'Welcome' should fire: .* it fires: 2026-03-10 17:00") as refusal:
        await brought(hotel, wrong)
    assert [problem.path for problem in refusal.value.problems] == ["triggers[1].examples[1].fires"]
    assert await names(hotel) == []


@pytest.mark.parametrize("pack", pack_names())
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
async def test_every_example_comes_out_when_a_pack_is_imported(hotel: HotelDesk, pack: str, zone: str) -> None:
    async with hotel.database.unit(hotel.id) as uow:
        await uow.connection.execute(update(Hotel).values(timezone=zone))
    for language in ("en", "ru"):
        for entry in open_pack(pack, language).triggers:
            assert {bool(example.fires) for example in entry.examples} == {True, False}, entry.name
        await brought(hotel, open_pack(pack, language), replace=True)


@pytest.mark.parametrize("pack", pack_names())
def test_both_languages_say_the_same_when_a_pack_has_two(pack: str) -> None:
    english, russian = open_pack(pack, "en"), open_pack(pack, "ru")
    for one, other in zip(english.triggers, russian.triggers, strict=True):
        assert one.text == other.translations["en"]
        assert other.text == one.translations["ru"]
        assert one.columns.keys() == other.columns.keys()
        said = {"name", "message_template", "translations", "conditions"}
        assert {k: v for k, v in one.columns.items() if k not in said} == {
            k: v for k, v in other.columns.items() if k not in said
        }
        named = {"received", "not_received"}
        assert one.conditions.keys() == other.conditions.keys()
        assert {k: v for k, v in one.conditions.items() if k not in named} == {
            k: v for k, v in other.conditions.items() if k not in named
        }


@pytest.mark.parametrize("write", [to_yaml, to_json])
async def test_actions_leave_and_come_back_the_same(hotel: HotelDesk, twin: HotelDesk, write: Any) -> None:
    actions = [
        {"notify_staff": "{{ guest.name }}: room {{ stay.room_number }}", "severity": "critical"},
        {"open_request": "Towels, please", "department": "housekeeping"},
        {"add_tag": "no"},
    ]
    await brought(hotel, document({**WELCOME, "actions": actions}))
    data = write(await exported(hotel)).encode()
    await brought(twin, read_document(data))
    assert (await exported(twin))["triggers"] == [{**WELCOME, "actions": actions}]
    assert (await brought(hotel, document(WELCOME)))["Welcome"].fields == ("actions",)
    assert (await exported(hotel))["triggers"] == [WELCOME]


async def fill(hotel: HotelDesk) -> None:
    """Let so many have booked doubles that the hotel seems to have nothing else."""
    for number in range(ESTABLISHED):
        await hotel.stay(number=f"BK-{number}")


async def test_nothing_is_written_when_a_trigger_can_never_go_in_this_hotel(hotel: HotelDesk) -> None:
    await fill(hotel)
    with pytest.raises(RejectedFile) as refused:
        await brought(hotel, document(WELCOME, {**SUITES, "conditions": {"room_type": "duoble"}}))
    (problem,) = refused.value.problems
    assert (problem.path, problem.nearest) == ("triggers[1].conditions.room_type", "double")
    assert await names(hotel) == []


async def test_a_file_may_ask_for_what_the_hotel_does_not_have_when_nothing_of_it_begins_to_run(
    hotel: HotelDesk, twin: HotelDesk
) -> None:
    await twin.stay(room_type="suite")
    await brought(hotel, document(SUITES))
    await fill(hotel)
    changes = await brought(hotel, document(SUITES, {**SUITES, "name": "Later", "active": False}))
    assert [changes[name].deed for name in ("Suites", "Later")] == [Deed.unchanged, Deed.added]
    with pytest.raises(RejectedFile):
        await brought(hotel, document({**SUITES, "text": "Champagne!"}))


async def test_triggers_of_one_file_may_ask_whether_another_was_received(hotel: HotelDesk) -> None:
    after = {**WELCOME, "name": "After", "conditions": {"hours_after_checkin": 4, "received": "Welcome"}}
    assert len(await brought(hotel, document(after, WELCOME))) == 2


async def test_a_rehearsal_warns_of_overlaps_with_the_file_and_with_what_there_is(hotel: HotelDesk) -> None:
    await hotel.trigger({"hours_after_checkin": 2, "nights": {"gte": 3}}, name="long")
    hello = {**WELCOME, "name": "Hello"}
    order = Order(document(WELCOME, hello), Author(hotel.clock.now(), "c-9"))
    async with hotel.database.unit(hotel.id) as uow:
        changes, _ = await rehearse(uow, hotel.engine, order)
    warned = {change.name: [(one.concern.value, one.names) for one in change.cautions] for change in changes}
    assert warned == {
        "Welcome": [("overlap", ("long", "Hello"))],
        "Hello": [("overlap", ("long", "Welcome"))],
        "long": [],
    }
    assert await names(hotel) == ["long"]
