"""`/stay NUMBER` shows a stay, with fields it changes it, and `/stay new NUMBER …` adds one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages import OutgoingMessage
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.stay_card import stay_card
from handlers.admin.stay_changes import AddStay, ChangeStay
from handlers.admin.stay_form import House, RejectedField, StayForm, parse_stay
from handlers.base import Outcome, Turn
from handlers.filters import arguments_of
from triggers.engine import Engine


@dataclass(frozen=True, slots=True)
class Known:
    """What was asked, or what is wrong with it, and the stays with this number."""

    form: StayForm | None = None
    rejection: RejectedField | None = None
    stays: tuple[tuple[StayRecord, str], ...] = ()


class HandleStay:
    """Shows, adds or changes a stay."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def load(self, uow: UnitOfWork, turn: Turn) -> Known:
        try:
            form = parse_stay(arguments_of(turn.text), House(turn.zone, turn.settings, turn.now))
        except RejectedField as error:
            return Known(rejection=error)
        if form is None:
            return Known()
        found = [stay for stay, _ in await uow.stays.by_number(form.number)]
        meant = [stay for stay in found if form.source in (None, stay.source)] if not form.is_new else found
        return Known(form, None, tuple([(stay, await stay_card(uow, turn, stay)) for stay in meant]))

    def think(self, turn: Turn, loaded: Known) -> Outcome:
        form = loaded.form
        if loaded.rejection is not None:
            return Outcome((_rejected(turn, loaded.rejection),))
        if form is None:
            return Outcome((turn.reply("admin-stay-usage"),))
        try:
            return self._added(turn, form, loaded) if form.is_new else self._changed(turn, form, loaded)
        except RejectedField as error:
            return Outcome((_rejected(turn, error),))

    def _added(self, turn: Turn, form: StayForm, known: Known) -> Outcome:
        if known.stays:
            return Outcome((turn.reply("admin-stay-exists", number=form.number),))
        for name in ("name", "arrival", "departure"):
            if getattr(form, name) is None:
                raise RejectedField("missing", name)
        _check_order(form, None)
        return Outcome(effects=(AddStay(self._engine, form),))

    def _changed(self, turn: Turn, form: StayForm, known: Known) -> Outcome:
        if not known.stays:
            return Outcome((turn.reply("admin-stay-not-found", number=form.number),))
        if form.changes_nothing:
            return Outcome(tuple(OutgoingMessage(card) for _, card in known.stays))
        if len(known.stays) > 1:
            sources = ", ".join(stay.source for stay, _ in known.stays)
            return Outcome((turn.reply("admin-stay-several", number=form.number, sources=sources),))
        stay = known.stays[0][0]
        _check_order(form, stay)
        return Outcome(effects=(ChangeStay(self._engine, stay.id, form),))


def _check_order(form: StayForm, stay: StayRecord | None) -> None:
    arrival = form.arrival or (stay.check_in if stay else None)
    departure = form.departure or (stay.check_out if stay else None)
    if arrival is not None and departure is not None and departure <= arrival:
        raise RejectedField("order", "departure" if form.departure else "arrival")


def field_label(turn: Turn, field: str) -> str:
    """Return what a field is called in the admin's language; it can be written so, too."""
    return turn.say("admin-stay-field-name", field=field)


def _rejected(turn: Turn, error: RejectedField) -> OutgoingMessage:
    field = field_label(turn, error.field)
    text = turn.say("admin-stay-field", problem=error.problem, field=field, value=error.value[:100])
    if error.nearest:
        text = f"{text} {turn.say('admin-problem-nearest', nearest=error.nearest)}"
    return OutgoingMessage(text)
