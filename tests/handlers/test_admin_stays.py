from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hotel_settings import HotelSettings
from bot.messages import Platform
from bot.storage.repositories.guests import GuestRecord, Identity
from bot.storage.repositories.stays import StayRecord
from bot.texts import Texts
from handlers.admin.stay_changes import AddStay, ChangeStay
from handlers.admin.stay_form import House as StayHouse
from handlers.admin.stay_form import RejectedField, StayForm, parse_stay
from handlers.admin.stays import field_label
from models.enums import BookingStatus, IdentityKind, TriggerType
from tests.factories import NOW, make_staff_turn
from tests.handlers.admins import add_trigger, audits_of, hire
from tests.handlers.conversing import House

NEW = "/stay new BK-7 name=Anna Petrova arrival=2026-11-21 departure=2026-11-24"


async def stay_of(house: House, number: str = "BK-7") -> StayRecord:
    async with house.database.unit(house.id) as uow:
        ((stay, _),) = await uow.stays.by_number(number)
    return stay


async def guest_with(house: House, phone: str) -> GuestRecord:
    async with house.database.unit(house.id) as uow:
        guest = await uow.guests.recognise(Identity(IdentityKind.phone, phone))
    assert guest is not None
    return guest


async def link_of(house: House, stay: StayRecord) -> str | None:
    """Return the secret part of the stay's link, made where it has none."""
    async with house.database.unit(house.id) as uow:
        return await uow.stays.keep_link_token(stay.id, uuid4().hex)


async def stays_of(house: House, number: str) -> int:
    async with house.database.unit(house.id) as uow:
        return len(await uow.stays.by_number(number))


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_stay_is_added_planned_and_audited(house: House, platform: Platform) -> None:
    await add_trigger(house)
    said = await (await hire(house, platform)).write(f"{NEW} phone=+49 151 23456789 room=305 type=suite adults=2")
    assert "Stay BK-7 is added. In the plan: 1 added, 0 moved, 0 cancelled." in said.text
    assert "BK-7 (manual) · confirmed\nGuest: Anna Petrova\nRoom: 305 · type: suite" in said.text
    assert "Arrival: 21 November 2026, 15:00" in said.text
    assert "• 21 November 2026, 17:00: welcome" in said.text
    stay = await stay_of(house)
    assert stay.check_in == datetime(2026, 11, 21, 14, tzinfo=UTC)
    assert stay.check_out == datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert (stay.adults, stay.booking_status, stay.booked_at) == (2, BookingStatus.confirmed, NOW)
    async with house.database.unit(house.id) as uow:
        guest = await uow.guests.recognise(Identity(IdentityKind.phone, "+4915123456789"))
    assert guest is not None
    assert guest.id == stay.guest_id
    (audit,) = await audits_of(house)
    assert audit.action == "stay.added"
    assert audit.metadata["new"]["room_number"] == "305"
    assert "Anna" not in str(audit)


async def test_a_stay_is_added_in_russian_words(house: House) -> None:
    said = await (await hire(house, language="ru")).write(
        "/stay новое BK-7; имя=Иванова Анна; заезд=сегодня 16:30; выезд=23.11.2026; тип номера=люкс; язык=ru; детей=1"
    )
    assert "Проживание BK-7 добавлено." in said.text
    assert "Заезд: 20 ноября 2026, 16:30" in said.text
    stay = await stay_of(house)
    assert stay.check_in == datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    assert (stay.room_type, stay.children) == ("люкс", 1)


async def test_usual_times_are_the_hotels_own(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.hotels.save_settings({"check_in_time": "14:00:00", "check_out_time": "10:30:00"})
    said = await (await hire(house)).write(NEW)
    assert "Arrival: 21 November 2026, 14:00" in said.text
    assert "Departure: 24 November 2026, 10:30" in said.text


async def test_the_guest_is_the_known_one_when_the_phone_is_known(house: House) -> None:
    known = await house.book("Petrova Anna", "BK-1", phone="+4915123456789")
    await (await hire(house)).write(f"{NEW} phone=+4915123456789")
    assert (await stay_of(house)).guest_id == known.guest_id


async def test_nothing_is_added_when_the_phone_is_that_of_somebody_who_is_called_otherwise(house: House) -> None:
    await house.book("Clara Schulz", "BK-1", phone="+4915123456789")
    admin = await hire(house)
    said = await admin.write(f"{NEW} phone=+4915123456789")
    assert "belongs to another guest, who is called otherwise, so nothing was added" in said.text
    async with house.database.unit(house.id) as uow:
        assert await uow.stays.by_number("BK-7") == []
    assert (await guest_with(house, "+4915123456789")).name == "Clara Schulz"


async def test_a_stay_is_shown_with_what_is_planned(house: House) -> None:
    await house.book("Anna Petrova")
    for number in range(7):
        await add_trigger(house, f"day {number}", conditions={"days_before_checkout": 1, "at": f"1{number}:00"})
    admin = await hire(house)
    assert "No messages are planned." in (await admin.write("/stay bk-1001")).text
    said = await admin.write("/stay BK-1001 adults=2")
    assert "• 22 November 2026, 10:00: day 0" in said.text
    assert "… and 2 more messages" in said.text


async def test_a_change_moves_the_plan_and_tells_the_diff(house: House) -> None:
    await add_trigger(house)
    admin = await hire(house)
    await admin.write(NEW)
    said = await admin.write("/stay BK-7 arrival=22.11.2026 room=214")
    assert "Stay BK-7 is changed. In the plan: 0 added, 1 moved, 0 cancelled." in said.text
    assert "• 22 November 2026, 17:00: welcome" in said.text
    audit = (await audits_of(house))[0]
    assert audit.metadata["old"] == {"room_number": None, "check_in": "2026-11-21T14:00:00+00:00"}
    assert audit.metadata["new"] == {"room_number": "214", "check_in": "2026-11-22T14:00:00+00:00"}


async def test_checking_in_counts_from_that_moment(house: House) -> None:
    await add_trigger(house)
    admin = await hire(house)
    await admin.write(NEW.replace("11-21", "11-20"))
    said = await admin.write("/stay BK-7 status=checked in")
    assert "• 20 November 2026, 15:00: welcome" in said.text
    assert (await stay_of(house)).checked_in_at == NOW
    house.clock.move(timedelta(hours=1))
    await admin.write("/stay BK-7 status=checked-out")
    stay = await stay_of(house)
    assert (stay.checked_in_at, stay.checked_out_at) == (NOW, NOW + timedelta(hours=1))
    await admin.write("/stay BK-7 статус=подтверждено")
    stay = await stay_of(house)
    assert (stay.checked_in_at, stay.checked_out_at) == (None, None)


async def test_nobody_is_thanked_when_a_stay_of_long_ago_is_added(house: House) -> None:
    await add_trigger(house, conditions={"hours_after_checkout": 2})
    said = await (await hire(house)).write(
        "/stay new BK-7 name=Anna phone=+4915112345678 arrival=2026-05-01 departure=2026-05-03 status=checked_out"
    )
    assert "No messages are planned." in said.text
    assert (await stay_of(house)).checked_out_at == datetime(2026, 5, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("status", list(BookingStatus))
def test_a_status_is_understood_when_it_is_written_as_the_card_shows_it(status: BookingStatus, language: str) -> None:
    shown = Texts()("admin-booking-status", language, status=status.value)
    form = parse_stay(f"BK-7 status={shown}", StayHouse(ZoneInfo("UTC"), HotelSettings(), NOW))
    assert form is not None
    assert form.status is status


@pytest.mark.parametrize(
    ("written", "status"), [("приехал", BookingStatus.checked_in), ("уехали", BookingStatus.checked_out)]
)
def test_who_has_come_is_not_taken_for_gone_when_the_word_is_a_common_one(
    written: str, status: BookingStatus
) -> None:
    form = parse_stay(f"BK-7 статус={written}", StayHouse(ZoneInfo("UTC"), HotelSettings(), NOW))
    assert form is not None
    assert form.status is status


async def test_cancelling_cancels_what_is_planned(house: House) -> None:
    await add_trigger(house)
    admin = await hire(house)
    await admin.write(NEW)
    said = await admin.write("/stay BK-7 status=cancelled")
    assert "0 added, 0 moved, 1 cancelled" in said.text
    assert "BK-7 (manual) · cancelled" in said.text


async def test_the_guest_is_changed_without_a_trace_of_the_values_in_the_audit(house: House) -> None:
    admin = await hire(house)
    await admin.write(NEW)
    said = await admin.write("/stay BK-7 name=Anna Ivanova phone=+4915123456789 language=RU")
    assert "Guest: Anna Ivanova" in said.text
    async with house.database.unit(house.id) as uow:
        guest = await uow.guests.recognise(Identity(IdentityKind.phone, "+4915123456789"))
    assert guest is not None
    assert (guest.name, guest.language) == ("Anna Ivanova", "ru")
    audit = (await audits_of(house))[0]
    assert audit.metadata["new"] == {"guest": ["name", "phone", "language"]}


async def test_another_guests_phone_is_left_where_it_is(house: House) -> None:
    other = await house.book("Boris", "BK-1", phone="+4915123456789")
    admin = await hire(house)
    await admin.write(NEW)
    said = await admin.write("/stay BK-7 phone=+4915123456789")
    assert "belongs to another guest" in said.text
    async with house.database.unit(house.id) as uow:
        guest = await uow.guests.recognise(Identity(IdentityKind.phone, "+4915123456789"))
    assert guest is not None
    assert guest.id == other.guest_id


async def test_the_stay_is_handed_on_when_name_and_phone_are_both_new(house: House) -> None:
    await add_trigger(house)
    before = await house.book("Anna Petrova", "BK-7", phone="+4915123456789", check_in=NOW)
    token = await link_of(house, before)
    admin = await hire(house)
    await admin.write("/stay BK-7 adults=2")
    said = await admin.write("/stay BK-7 name=Boris Ivanov phone=+4915123456780 language=ru")
    assert "the stay was handed on to another guest" in said.text
    assert "In the plan: 0 added, 1 moved, 0 cancelled." in said.text
    assert "Guest: Boris Ivanov" in said.text
    anna, boris = await guest_with(house, "+4915123456789"), await guest_with(house, "+4915123456780")
    assert (anna.id, anna.name) == (before.guest_id, "Anna Petrova")
    assert (boris.id, boris.name, boris.language) == ((await stay_of(house)).guest_id, "Boris Ivanov", "ru")
    assert await link_of(house, before) not in {token, None}
    audit = (await audits_of(house))[0]
    assert (audit.metadata["old"]["guest_id"], audit.metadata["new"]["guest_id"]) == (str(anna.id), str(boris.id))
    assert "Boris" not in str(audit)


async def test_the_stay_is_handed_on_to_the_guest_who_has_that_name_and_phone(house: House) -> None:
    boris = await house.book("Ivanov Boris", "BK-1", phone="+4915123456789")
    await house.book("Anna Petrova", "BK-7")
    said = await (await hire(house)).write("/stay BK-7 name=Boris Ivanov phone=+4915123456789")
    assert "handed on" in said.text
    assert (await stay_of(house)).guest_id == boris.guest_id


async def test_nobody_is_renamed_when_name_and_phone_are_those_of_two_other_guests(house: House) -> None:
    await house.book("Clara Schulz", "BK-1", phone="+4915123456789")
    before = await house.book("Anna Petrova", "BK-7", phone="+4915123456780")
    said = await (await hire(house)).write("/stay BK-7 name=Boris Ivanov phone=+4915123456789")
    assert "belongs to another guest, who is called otherwise" in said.text
    assert await stay_of(house) == before
    names = [(await guest_with(house, f"+491512345678{digit}")).name for digit in (9, 0)]
    assert names == ["Clara Schulz", "Anna Petrova"]


async def test_the_guest_stays_the_same_when_name_and_phone_are_corrected(house: House) -> None:
    before = await house.book("Ana Petrova", "BK-7", phone="+4915123456780")
    said = await (await hire(house)).write("/stay BK-7 name=Anna Petrova phone=+4915123456789")
    assert "handed on" not in said.text
    guest = await guest_with(house, "+4915123456789")
    assert (guest.id, guest.name) == (before.guest_id, "Anna Petrova")


async def test_a_source_says_which_stay_is_meant_when_several_have_the_number(house: House) -> None:
    await house.book("Anna", "BK-1")
    await house.book("Boris", "BK-1", source="pms")
    admin = await hire(house)
    shown = (await admin.write("/stay BK-1")).text
    assert "Guest: Anna" in shown
    assert "Guest: Boris" in shown
    assert "source=" in (await admin.write("/stay BK-1 room=9")).text
    said = await admin.write("/stay BK-1 room=9 source=pms")
    assert "Guest: Boris\nRoom: 9" in said.text
    assert "Guest: Boris" in (await admin.write("/stay BK-1 источник=pms")).text


@pytest.mark.parametrize(
    ("fields", "english", "russian"),
    [
        ("rooom=3", "I don't know the field “rooom”. Did you mean “room”?", "Может быть, «room»?"),
        ("room=", "The field “room” has no value: write room=…", "У поля «номер» нет значения: напишите номер=…"),
        (f"room={'9' * 33}", "takes at most 32 characters", "не больше 32 знаков"),
        ("arrival=soon", "I can't read “soon” in the field “arrival” as a date.", "Напишите 20.11.2026"),
        ("arrival=31.02.2026", "I can't read “31.02.2026”", "Не получается прочитать «31.02.2026»"),
        ("arrival=2026-11-20 25:00", "I can't read “2026-11-20 25:00”", "как дату"),
        ("arrival=0001-01-01", "as a date", "как дату"),
        ("status=checkedin", "There is no status “checkedin”.", "Может быть, «checked_in»?"),
        ("adults=two", "is not a number from 0 to 99", "нужно число от 0 до 99"),
        ("children=100", "is not a number from 0 to 99", "нужно число"),
        ("phone=12345", "“12345” is not a phone number.", "с плюсом и кодом страны"),
        ("phone=+7 123", "“+7 123” is not a phone number.", "не похоже на телефон"),
        ("language=русский", "“русский” is not a language.", "не похоже на язык"),
        ("departure=2026-11-19", "The departure has to be after the arrival: correct “departure”.", "Выезд должен"),
        ("arrival=2026-11-25", "correct “arrival”", "исправьте «заезд»"),
    ],
)
async def test_a_mistake_names_the_field_and_the_remedy_and_changes_nothing(
    house: House, fields: str, english: str, russian: str
) -> None:
    before = await house.book("Anna", "BK-7")
    assert english in (await (await hire(house)).write(f"/stay BK-7 {fields}")).text
    assert russian in (await (await hire(house, language="ru")).write(f"/stay BK-7 {fields}")).text
    assert await stay_of(house) == before
    assert await audits_of(house) == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_fields_are_called_by_names_that_can_be_written(language: str) -> None:
    house = StayHouse(ZoneInfo("Europe/Berlin"), HotelSettings(), NOW)
    turn = replace(make_staff_turn("/stay"), language=language)
    said = {
        "name": "Anna", "phone": "+4915123456789", "room": "3", "type": "suite", "arrival": "today",
        "departure": "tomorrow", "status": "confirmed", "adults": "1", "children": "2", "language": "ru",
        "source": "pms",
    }  # fmt: skip
    line = " ".join(f"{field_label(turn, name)}={value}" for name, value in said.items())
    form = parse_stay(f"BK-7 {line}", house)
    assert form is not None
    assert all(getattr(form, name) is not None for name in said)


@pytest.mark.parametrize("missing", ["name", "arrival", "departure"])
async def test_a_new_stay_needs_name_and_dates(house: House, missing: str) -> None:
    given = {"name": "Anna", "arrival": "tomorrow", "departure": "2026-11-24"}
    fields = " ".join(f"{name}={value}" for name, value in given.items() if name != missing)
    said = await (await hire(house)).write(f"/stay new BK-7 {fields}")
    assert said.text == f"A new stay needs the field “{missing}”: add {missing}=…"
    assert await stays_of(house, "BK-7") == 0


async def test_a_new_stay_ends_after_it_begins(house: House) -> None:
    said = await (await hire(house)).write("/stay new BK-7 name=Anna arrival=tomorrow departure=yesterday")
    assert "The departure has to be after the arrival" in said.text
    assert await stays_of(house, "BK-7") == 0


@pytest.mark.parametrize("text", ["/stay", "/stay new", "/stay room=3", f"/stay {'9' * 129}"])
async def test_the_usage_is_told_when_there_is_no_number(house: House, text: str) -> None:
    said = await (await hire(house)).write(text)
    assert "/stay BK-1024" in said.text or "at most 128 characters" in said.text


async def test_an_unknown_or_a_doubled_number_says_what_to_write_instead(house: House) -> None:
    admin = await hire(house)
    assert "To add it: /stay new BK-7" in (await admin.write("/stay BK-7")).text
    await admin.write(NEW)
    assert "without “new”" in (await admin.write(NEW.replace("BK-7", "bk-7"))).text
    assert await stays_of(house, "BK-7") == 1


async def test_an_admin_sees_and_changes_only_the_own_hotels_stays(house: House, other_house: House) -> None:
    before = await house.book("Anna", "BK-7", phone="+4915123456789")
    stranger = await hire(other_house)
    assert "There is no stay BK-7" in (await stranger.write("/stay BK-7")).text
    assert "There is no stay BK-7" in (await stranger.write("/stay BK-7 room=1")).text
    assert "is added" in (await stranger.write(f"{NEW} phone=+4915123456789")).text
    assert await stay_of(house) == before
    assert (await stay_of(other_house)).guest_id != before.guest_id


async def test_a_stay_that_was_added_or_removed_meanwhile_is_answered_sensibly(house: House) -> None:
    before = await house.book("Anna", "BK-7")
    engine = house.person().engine
    turn = make_staff_turn("/stay")
    async with house.database.unit(house.id) as uow:
        (exists,) = await AddStay(engine, StayForm("BK-7", is_new=True, name="Anna")).apply(uow, turn)
        (gone,) = await ChangeStay(engine, uuid4(), StayForm("BK-8", room="1")).apply(uow, turn)
    assert "There is a stay BK-7 already." in exists.text
    assert "There is no stay BK-8." in gone.text
    assert await stay_of(house) == before


@given(st.text(max_size=80) | st.text(alphabet="roomarivlstu=;-.:2012 \n", max_size=80))
def test_nothing_that_is_written_breaks_the_form(text: str) -> None:
    with suppress(RejectedField):
        parse_stay(text, StayHouse(ZoneInfo("Europe/Berlin"), HotelSettings(), NOW))


async def test_events_of_a_stay_are_in_the_plan_when_an_admin_changes_it(house: House) -> None:
    for event in ("booking_created", "checked_in"):
        async with house.database.unit(house.id) as uow:
            await uow.triggers.add(event, TriggerType.event_based, {"event": event}, "Hello!")
    admin = await hire(house)
    assert "In the plan: 1 added, 0 moved, 0 cancelled." in (await admin.write(NEW)).text
    assert "In the plan: 1 added, 0 moved, 0 cancelled." in (await admin.write("/stay BK-7 status=checked_in")).text
    assert "The plan stays as it was." in (await admin.write("/stay BK-7 status=checked_in")).text


async def test_who_changed_a_stay_is_on_record_when_an_admin_does(house: House) -> None:
    stay = await house.book("Anna Petrova", "BK-1")
    admin = await hire(house)
    await admin.write("/stay BK-1 room=99")
    async with house.database.unit(house.id) as uow:
        (user,) = await uow.users.known_by([int(admin.sender.id)], [])
        (change,) = (await uow.history.of_stays([stay.id]))[stay.id].changes
    assert (change.actor, change.old, change.new) == (f"user:{user.id}", {"room_number": "12"}, {"room_number": "99"})
