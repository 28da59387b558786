"""What was said before this simulator began, put back: a provider's chats outlive the bot that is started again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.simulator.chats import Button, ButtonKind
from bot.simulator.telegram.people import Bot, Wire
from bot.simulator.telegram.state import State


class Memory:
    """Takes messages in the order in which they were said; the bot hears nothing of it."""

    def __init__(self, state: State) -> None:
        self._state = state

    def heard(self, bot: Bot, update: Wire) -> None:
        """Put back what a person said, from the update that told the bot; a press leaves nothing in the chat."""
        if message := update.get("message"):
            self._state.room(bot.id, message["chat"]["id"]).messages[message["message_id"]] = message

    def said(
        self,
        bot: Bot,
        chat_id: int,
        message_id: int,
        text: str,
        buttons: Sequence[Button],
        at: datetime,
        thread_id: int | None = None,
    ) -> None:
        """Put back what the bot said; for an id that is known, what it made of it at that time."""
        room = self._state.room(bot.id, chat_id)
        date = int(at.timestamp())
        message: Wire = {"message_id": message_id, "from": bot.wire(), "chat": room.chat, "date": date, "text": text}
        if before := room.messages.get(message_id):
            message |= {"date": before["date"], "edit_date": date}
        if thread_id is not None:
            message |= {"message_thread_id": thread_id, "is_topic_message": True}
        if inline := [[_inline(button)] for button in buttons if button.kind is ButtonKind.callback]:
            message["reply_markup"] = {"inline_keyboard": inline}
        if plain := [[_contact(button)] for button in buttons if button.kind is ButtonKind.contact]:
            self._state.keyboards[bot.id, chat_id, message_id] = {"keyboard": plain}
        room.messages[message_id] = message


def _inline(button: Button) -> Wire:
    return {"text": button.label, "callback_data": button.value}


def _contact(button: Button) -> Wire:
    return {"text": button.label, "request_contact": True}
