"""`/hotel` shows the hotel's clock and its nights; with fields it says what their change would do, and asks.

What was shown is kept in the conversation, so that what is written is what was shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.messages import OutgoingMessage
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import format_time
from handlers.admin.agreeing import is_agreed, new_mark, to_agree
from handlers.admin.hotel_form import parse_times
from handlers.admin.stay_form import RejectedField
from handlers.admin.words import diff_words, moment_words
from handlers.base import Outcome, Reply, Turn
from handlers.filters import arguments_of
from triggers.audits import Author
from triggers.engine import Engine
from triggers.hotel_times import HotelTimes, Prospect, change_times, rehearse_times

PRESS = "htl:"
_KEY = "hotel_times"
_MOST_COMING = 5


@dataclass(frozen=True, slots=True)
class PreviewTimes:
    """Say what other times would do, and offer to set them."""

    engine: Engine
    times: HotelTimes
    mark: str

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        prospect = await rehearse_times(uow, self.engine, self.times, _author(turn), _MOST_COMING)
        text = _preview_text(turn, self.times, prospect)
        return (OutgoingMessage(text, choices=to_agree(turn, PRESS, self.mark)),)


@dataclass(frozen=True, slots=True)
class SetTimes:
    """Make the changes that were shown; where the plan changed meanwhile, it says what became of it now."""

    engine: Engine
    changes: Mapping[str, str]

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        # What somebody else has changed since is not taken back.
        times = HotelTimes.of(await uow.hotels.hold()).changed(self.changes)
        diff = await change_times(uow, self.engine, times, _author(turn))
        after = replace(turn, hotel=await uow.hotels.get())
        return (OutgoingMessage(f"{turn.say('admin-hotel-done')} {diff_words(turn, diff)}\n\n{_card(after, times)}"),)


class HandleHotel(Reply):
    """Shows the times, what others would do, and writes or forgets what was shown."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return self._asked(turn) if turn.pressed is None else self._pressed(turn)

    def _asked(self, turn: Turn) -> Outcome:
        before = HotelTimes.of(turn.hotel)
        try:
            times = parse_times(arguments_of(turn.text), before)
        except RejectedField as error:
            return Outcome((_rejected(turn, error),))
        if times is None:
            return Outcome((OutgoingMessage(f"{_card(turn, before)}\n\n{turn.say('admin-hotel-how')}"),))
        if times == before:
            return Outcome((turn.reply("admin-hotel-same"),))
        mark = new_mark()
        kept = {"mark": mark, "changes": times.changes(before)}
        effect = PreviewTimes(self._engine, times, mark)
        return Outcome(context={**turn.context, _KEY: kept}, effects=(effect,))

    def _pressed(self, turn: Turn) -> Outcome:
        kept, context = turn.context.get(_KEY), _without(turn.context)
        agreed = is_agreed(turn, PRESS, str(kept.get("mark"))) if kept else None
        if not kept or agreed is None:
            return Outcome((turn.reply("admin-hotel-nothing"),))
        if not agreed:
            return Outcome((turn.reply("admin-import-left-alone"),), context=context)
        return Outcome(effects=(SetTimes(self._engine, kept["changes"]),), context=context)


def _preview_text(turn: Turn, times: HotelTimes, prospect: Prospect) -> str:
    before, after = HotelTimes.of(turn.hotel), replace(turn, hotel=prospect.hotel)
    blocks = [
        "\n".join([turn.say("admin-import-title"), *_changes(turn, before, times)]),
        "\n".join([diff_words(turn, prospect.diff), *_coming(after, prospect)]),
    ]
    if before.timezone != times.timezone:
        blocks.append(turn.say("admin-hotel-stays-stay", **_same_moment(turn, times)))
    return "\n\n".join([*blocks, turn.say("admin-import-ask")])


def _changes(turn: Turn, before: HotelTimes, after: HotelTimes) -> Iterator[str]:
    if before.timezone != after.timezone:
        yield turn.say("admin-hotel-zone-change", old=before.timezone, new=after.timezone)
    if _quiet_words(turn, before) != _quiet_words(turn, after):
        yield turn.say("admin-hotel-quiet-change", old=_quiet_words(turn, before), new=_quiet_words(turn, after))


def _coming(turn: Turn, prospect: Prospect) -> Iterator[str]:
    if prospect.coming:
        yield turn.say("admin-hotel-coming")
    for one in prospect.coming:
        yield turn.say(
            "admin-hotel-coming-line",
            time=moment_words(turn, one.due_at),
            trigger=one.trigger,
            guest=one.guest or turn.say("admin-guest-nameless"),
            booking=one.booking or turn.say("admin-value-unknown"),
        )


def _same_moment(turn: Turn, times: HotelTimes) -> dict[str, str]:
    """Return one moment by the old clock and by the new one."""
    zones = {"old": turn.zone, "new": ZoneInfo(times.timezone)}
    return {name: format_time(turn.now, zone, turn.language) for name, zone in zones.items()}


def _card(turn: Turn, times: HotelTimes) -> str:
    return turn.say(
        "admin-hotel-card",
        hotel=turn.hotel.name,
        zone=times.timezone,
        now=format_time(turn.now, turn.zone, turn.language),
        quiet=_quiet_words(turn, times),
    )


def _quiet_words(turn: Turn, times: HotelTimes) -> str:
    if times.quiet_from == times.quiet_until:
        return turn.say("admin-hotel-never-quiet")
    return f"{times.quiet_from:%H:%M}–{times.quiet_until:%H:%M}"


def _rejected(turn: Turn, error: RejectedField) -> OutgoingMessage:
    text = turn.say("admin-hotel-field", problem=error.problem, field=error.field[:100], value=error.value[:100])
    if error.nearest:
        text = f"{text} {turn.say('admin-problem-nearest', nearest=error.nearest)}"
    return OutgoingMessage(text)


def _author(turn: Turn) -> Author:
    return Author(turn.now, turn.correlation_id, turn.user.id if turn.user else None)


def _without(context: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in context.items() if name != _KEY}
