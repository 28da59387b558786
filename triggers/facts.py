"""What a condition may ask and a template may say of a guest and a stay. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.stays import StayRecord
from models.enums import BookingStatus
from triggers.base import Facts, StayTimes
from triggers.dossiers import Dossier
from triggers.filters import Plain

_SEASONS = ("winter", "spring", "summer", "autumn")
_STAYED = frozenset({BookingStatus.checked_in, BookingStatus.checked_out})


@dataclass(frozen=True, slots=True)
class Case:
    """One guest, with or without a stay, as a trigger looks at them."""

    hotel: HotelRecord
    guest: GuestRecord
    stay: StayRecord | None
    facts: Facts
    variables: Mapping[str, Plain]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hotel.timezone)


def stay_times(stay: StayRecord, zone: ZoneInfo) -> StayTimes:
    """Return the moments of a stay that schedules count from."""
    return StayTimes(zone, stay.check_in, stay.check_out, stay.booked_at, stay.checked_in_at, stay.checked_out_at)


def case_of(
    hotel: HotelRecord, dossier: Dossier, stay: StayRecord | None, happened: Mapping[str, Any], now: datetime
) -> Case:
    """Return the case; `happened` holds what an event knows, by dotted name (`message.text`)."""
    zone, guest = ZoneInfo(hotel.timezone), dossier.guest
    values: dict[str, Any] = {
        "guest": {
            "language": guest.language,
            "tags": list(guest.tags),
            "stays_count": sum(1 for one in dossier.stays if one.booking_status in _STAYED),
            "preferences": guest.preferences,
            "channel": reach.platform if (reach := dossier.reach()) else None,
        },
        "message": {name.removeprefix("message."): value for name, value in happened.items()},
        "received": dossier.received.keys(),
        **_calendar(now.astimezone(zone)),
        **(_stay_facts(stay, now, zone) if stay else {}),
    }
    return Case(hotel, guest, stay, Facts(values), _variables(hotel, guest, stay, happened))


def _calendar(local: datetime) -> dict[str, str]:
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[local.weekday()]
    return {"weekday": weekday, "season": _SEASONS[local.month % 12 // 3]}


def _stay_facts(stay: StayRecord, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    today, first, last = (at.astimezone(zone).date() for at in (now, stay.check_in, stay.check_out))
    return {
        "room_type": stay.room_type,
        "room_number": stay.room_number,
        "booking_status": stay.booking_status.value,
        "source": stay.source,
        "nights": (last - first).days,
        "adults": stay.adults,
        "children": stay.children,
        "amount": stay.amount,
        "days_to_checkin": (first - today).days,
        "days_to_checkout": (last - today).days,
    }


def _variables(
    hotel: HotelRecord, guest: GuestRecord, stay: StayRecord | None, happened: Mapping[str, Any]
) -> dict[str, Plain]:
    zone = ZoneInfo(hotel.timezone)
    nights = (stay.check_out.astimezone(zone).date() - stay.check_in.astimezone(zone).date()).days if stay else None
    return {
        "guest.name": guest.name,
        "guest.language": guest.language,
        "hotel.name": hotel.name,
        "stay.booking_number": stay.external_id if stay else None,
        "stay.room_type": stay.room_type if stay else None,
        "stay.room_number": stay.room_number if stay else None,
        "stay.check_in": stay.check_in if stay else None,
        "stay.check_out": stay.check_out if stay else None,
        "stay.nights": nights,
        "stay.adults": stay.adults if stay else None,
        "stay.children": stay.children if stay else None,
        "stay.amount": stay.amount if stay else None,
        "stay.currency": stay.currency if stay else None,
        "message.text": happened.get("message.text"),
    }
