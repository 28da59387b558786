"""`/hotel zone=… quiet=…`: the hotel's clock and nights as admins write them, read and checked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time

from handlers.admin.stay_form import RejectedField
from triggers.hotel_times import HotelTimes, nearest_zone, zone_called
from triggers.rejections import nearest

_NAMES = {
    "zone": "zone", "timezone": "zone", "time_zone": "zone", "зона": "zone", "пояс": "zone", "часовой_пояс": "zone",
    "quiet": "quiet", "quiet_hours": "quiet", "night": "quiet", "тихо": "quiet", "тихие_часы": "quiet",
    "тишина": "quiet", "ночь": "quiet",
}  # fmt: skip
_NEVER = frozenset({"off", "none", "never", "no", "нет", "никогда", "выключить"})
_FIELD = re.compile(
    r"(?:^|[\s;,])(time zone|quiet hours|часовой пояс|тихие часы|[^\W\d][\w-]*)\s*=\s*", re.IGNORECASE
)
_HOUR = r"(\d{1,2})(?::(\d{2}))?"
_SPAN = re.compile(rf"(?:from |с )?{_HOUR}\s*(?:-|–|—|to|until|до)\s*{_HOUR}")


def parse_times(text: str, times: HotelTimes) -> HotelTimes | None:
    """Return the times with what is told changed; None where nothing is told. Raises RejectedField."""
    parts = _FIELD.split(text)
    if len(parts) == 1 and not text.strip():
        return None
    if parts[0].strip(" ;,"):
        raise RejectedField("unknown", parts[0].strip(" ;,"))
    for written, value in zip(parts[1::2], parts[2::2], strict=True):
        name = _NAMES.get(re.sub(r"[ -]", "_", written.casefold()))
        if name is None:
            raise RejectedField("unknown", written, nearest=nearest(written, _NAMES) or "")
        times = _TAKERS[name](times, value.strip(" \t\n;,\"'"))
    return times


def _take_zone(times: HotelTimes, text: str) -> HotelTimes:
    if not text:
        raise RejectedField("empty", "zone")
    zone = zone_called(text)
    if zone is None:
        raise RejectedField("zone", "zone", text, nearest_zone(text) or "")
    return replace(times, timezone=zone)


def _take_quiet(times: HotelTimes, text: str) -> HotelTimes:
    if not text:
        raise RejectedField("empty", "quiet")
    if text.casefold() in _NEVER:
        return replace(times, quiet_from=time(), quiet_until=time())
    found = _SPAN.fullmatch(text.casefold())
    if found is None:
        raise RejectedField("quiet", "quiet", text)
    try:
        start, end = (time(int(found[hour]), int(found[hour + 1] or 0)) for hour in (1, 3))
    except ValueError:
        raise RejectedField("quiet", "quiet", text) from None
    return replace(times, quiet_from=start, quiet_until=end)


_TAKERS = {"zone": _take_zone, "quiet": _take_quiet}
