"""What one of the hotel's people writes to a guest on the hotel's own phone: from then on it is they who answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from bot.errors import LeaseLost
from bot.messages import Platform, StaffMessage
from bot.notifications import USEFUL_FOR
from bot.outbox import enqueue_all
from bot.storage.repositories.conversations import ConversationChange, ConversationRecord
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.repositories.messages import NewMessage
from bot.storage.repositories.notifications import NotificationRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.alerts import rewritten_everywhere
from handlers.menu import AT_REST
from handlers.turns import HANDED_OVER, TurnLoader
from models.enums import ConversationStatus, MessageRole, MessageType
from triggers.engine import Engine


class StaffMessages:
    """Hears what staff wrote past us, in the transaction that finishes its event. Nothing of it is sent again."""

    def __init__(self, loader: TurnLoader, engine: Engine) -> None:
        self._loader = loader
        self._engine = engine

    async def hear(self, uow: UnitOfWork, event: InboxRecord, platform: Platform, message: StaffMessage) -> None:
        """Keep it with what was said, let the bot be quiet, and mark the alerts that it answers.

        Where no guest talks with the hotel nothing is kept: whom its people write to otherwise is not our business.
        """
        conversation = await uow.conversations.open_in(event.chat_id)
        if conversation is None or conversation.guest_id is None:
            return
        now = self._loader.now()
        await uow.messages.add_all([_message(conversation, platform, message, now)])
        if not await uow.conversations.save_all([_handed_over(conversation, now)]):
            raise LeaseLost("the conversation was changed by another worker")
        await self._engine.note_reply(uow, conversation.guest_id)
        taken = await uow.notifications.acknowledge_all(conversation.id, now)
        # An older one is no longer in sight, and hundreds may be open where staff have always answered by phone.
        await self._mark(uow, [one for one in taken if now - one.created_at < USEFUL_FOR], event.correlation_id, now)

    async def _mark(
        self, uow: UnitOfWork, taken: Sequence[NotificationRecord], correlation_id: str, now: datetime
    ) -> None:
        if taken:
            house = self._loader.voice_of(await uow.hotels.get())
            for one in taken:
                await enqueue_all(uow, await rewritten_everywhere(uow, house, one, correlation_id), now)


def _message(
    conversation: ConversationRecord, platform: Platform, message: StaffMessage, now: datetime
) -> NewMessage:
    return NewMessage(
        conversation_id=conversation.id,
        guest_id=conversation.guest_id,
        message_type=MessageType.outgoing,
        role=MessageRole.staff,
        content=message.text,
        platform=platform,
        created_at=now,
        platform_message_id=message.message_id,
        attachments=tuple(asdict(attachment) for attachment in message.attachments),
        metadata={"kind": message.kind.value},
    )


def _handed_over(conversation: ConversationRecord, now: datetime) -> ConversationChange:
    """Return the conversation as it stands when a person was called."""
    return ConversationChange(
        id=conversation.id,
        version=conversation.version,
        context_data={**conversation.context_data, HANDED_OVER: True},
        current_state=AT_REST,
        status=ConversationStatus.escalated,
        escalated_at=now,
        last_message_at=now,
        messages=1,
        guest_messages=0,
    )
