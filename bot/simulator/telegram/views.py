"""Wire messages as people see them."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.simulator.chats import ChatMessage, Tick
from bot.simulator.telegram.keyboard import buttons_of
from bot.simulator.telegram.people import Wire
from bot.simulator.telegram.state import State

_CONTENT = ("photo", "document", "voice", "video", "audio", "sticker", "location", "contact")
_KINDS = {name: name for name in _CONTENT} | {"forum_topic_created": "topic"}


def view(state: State, bot_id: int, wire: Wire) -> ChatMessage:
    """Return a wire message as a person sees it in the chat with this bot."""
    author, chat = wire["from"], wire["chat"]
    keyboard = state.keyboards.get((author["id"], chat["id"], wire["message_id"]))
    edited, thread = wire.get("edit_date"), wire.get("message_thread_id")
    answered = wire.get("reply_to_message", {}).get("message_id")
    return ChatMessage(
        id=str(wire["message_id"]),
        chat_id=str(chat["id"]),
        account=str(author["id"] if author["is_bot"] else bot_id),
        sender_id=str(author["id"]),
        sender=" ".join(filter(None, (author["first_name"], author.get("last_name")))),
        from_bot=author["is_bot"],
        text=_text_of(wire),
        at=datetime.fromtimestamp(wire["date"], UTC),
        kind=next((kind for name, kind in _KINDS.items() if name in wire), "text"),
        buttons=buttons_of(wire, keyboard),
        edited_at=datetime.fromtimestamp(edited, UTC) if edited else None,
        tick=Tick.read,
        thread_id=str(thread) if thread else None,
        reply_to=str(answered) if answered else None,
    )


def _text_of(wire: Wire) -> str:
    if "contact" in wire:
        return f"{wire['contact']['first_name']} +{wire['contact']['phone_number'].lstrip('+')}"
    if "location" in wire:
        return f"{wire['location']['latitude']}, {wire['location']['longitude']}"
    if "forum_topic_created" in wire:
        return str(wire["forum_topic_created"]["name"])
    if "sticker" in wire:
        return str(wire["sticker"].get("emoji", ""))
    return str(wire.get("text") or wire.get("caption") or "")
