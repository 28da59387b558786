"""May this bot write here? The chat it meant, or the error the real server gives."""

from __future__ import annotations

from bot.simulator.telegram.params import Params
from bot.simulator.telegram.people import Bot, Group, Room
from bot.simulator.telegram.refusal import Refused, bad, forbidden
from bot.simulator.telegram.state import State


def find_chat(state: State, bot: Bot, params: Params, name: str = "chat_id") -> int:
    """Return the id of a chat that this bot knows of. Raises Refused(400)."""
    raw = params.text(name).strip()
    if not raw:
        raise bad("chat_id is empty")
    try:
        chat_id = int(raw)
    except ValueError:
        raise bad("chat not found") from None
    if chat_id not in state.users and chat_id not in state.groups and chat_id not in state.bots:
        raise bad("chat not found")
    return chat_id


def check_writable(state: State, bot: Bot, chat_id: int) -> Room:
    """Return the room to write into. Raises Refused(400, 403)."""
    if chat_id in state.bots:
        raise forbidden("bots can't send messages to bots")
    if chat_id < 0:
        _check_group(state.groups[chat_id], bot)
        return state.room(bot.id, chat_id)
    pair = (bot.id, chat_id)
    if chat_id in state.gone:
        raise forbidden("user is deactivated")
    if pair in state.blocked:
        raise forbidden("bot was blocked by the user")
    if pair not in state.started:
        raise forbidden("bot can't initiate conversation with a user")
    return state.room(bot.id, chat_id)


def check_thread(state: State, chat_id: int, params: Params) -> dict[str, int | bool]:
    """Return the message's thread parts, empty outside a topic. Raises Refused(400)."""
    thread_id = params.integer("message_thread_id")
    if not thread_id:
        return {}
    group = state.groups.get(chat_id)
    if group is None or thread_id not in group.topics:
        raise bad("message thread not found")
    return {"message_thread_id": thread_id, "is_topic_message": True}


def _check_group(group: Group, bot: Bot) -> None:
    if group.moved_to is not None:
        raise Refused(400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=group.moved_to)
    if bot.id not in group.bots:
        raise forbidden(f"bot was kicked from the {group.kind}")
