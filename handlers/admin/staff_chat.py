"""Making a group the place where alerts go."""

from __future__ import annotations

from dataclasses import dataclass

from bot.hotel_settings import HotelSettings, StaffChat
from bot.messages import OutgoingMessage, Platform
from bot.storage.unit_of_work import UnitOfWork
from handlers.base import Outcome, Reply, Turn


@dataclass(frozen=True, slots=True)
class SendAlertsHere:
    """Keep the chat, and the forum topic, of this turn as the staff chat."""

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        hotel = await uow.hotels.hold()
        settings = HotelSettings.model_validate(hotel.settings)
        here = StaffChat(account_id=turn.chat.account_id, address=turn.chat.address, thread_id=turn.message.thread_id)
        if settings.staff_chat == here:
            return (_said(turn, "admin-staff-chat-already"),)
        await uow.hotels.change_settings(HotelSettings.changes(staff_chat=here))
        old = settings.staff_chat.model_dump(mode="json") if settings.staff_chat else None
        await uow.audits.add(
            "hotel.staff_chat",
            "The staff chat was set",
            turn.now,
            user_id=turn.user.id if turn.user else None,
            metadata={"old": old, "new": here.model_dump(mode="json")},
            correlation_id=turn.correlation_id,
        )
        return (_said(turn, "admin-staff-chat-set"),)


class SetStaffChat(Reply):
    """Sends alerts to the group in which an admin asks for it."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        if turn.platform is not Platform.telegram:
            return Outcome((_said(turn, "admin-staff-chat-telegram"),))
        if not turn.message.is_group:
            return Outcome((_said(turn, "admin-staff-chat-group"),))
        return Outcome(effects=(SendAlertsHere(),))


def _said(turn: Turn, key: str) -> OutgoingMessage:
    return OutgoingMessage(turn.say(key), thread_id=turn.message.thread_id)
