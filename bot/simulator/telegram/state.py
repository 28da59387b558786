"""The Telegram of one simulator: who is there, what was said, and what each bot has still to hear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from typing import Any

from bot.clock import Clock
from bot.simulator.changes import Changes
from bot.simulator.history import History
from bot.simulator.telegram.people import Bot, Group, Press, Room, User, Wire
from bot.simulator.telegram.updates import Updates

# aiogram and the Bot API tell a forum's general topic by the absence of a thread.
_ICON_COLOR = 7322096


class State:
    """Shared by the HTTP methods and the people's side.

    Ids are handed out in order, so runs repeat exactly. `first_id` is where the ids of updates, messages and
    presses begin; those of people and groups are the same in every run.
    """

    def __init__(self, clock: Clock, history: History, changes: Changes, first_id: int) -> None:
        self.clock = clock
        self.history = history
        self.changes = changes
        self.first_update_id = 100_000_000 + first_id
        self.bots: dict[int, Bot] = {}
        self.updates: dict[int, Updates] = {}
        self.users: dict[int, User] = {}
        self.groups: dict[int, Group] = {}
        self.started: set[tuple[int, int]] = set()
        self.blocked: set[tuple[int, int]] = set()
        self.gone: set[int] = set()
        self.presses: dict[str, Press] = {}
        self.files: dict[str, bytes] = {}
        self.settings: defaultdict[int, dict[Any, Any]] = defaultdict(dict)
        self.keyboards: dict[tuple[int, int, int], Wire] = {}
        self._rooms: dict[tuple[int, int], Room] = {}
        self._message_ids: defaultdict[int, count[int]] = defaultdict(lambda: count(first_id))
        self._user_ids = count(5_000_000_001)
        self._group_ids = count(4_000_000_001)
        self._press_ids = count(700_000_000_000_000_000 + first_id)
        self._file_ids = count(1)

    def now(self) -> int:
        return int(self.clock.now().timestamp())

    def next_user_id(self) -> int:
        return next(self._user_ids)

    def next_group_id(self, supergroup: bool) -> int:
        number = next(self._group_ids)
        return -1_000_000_000_000 - number if supergroup else -number

    def next_press_id(self) -> str:
        return str(next(self._press_ids))

    def room(self, bot_id: int, chat_id: int) -> Room:
        """Return the chat as this bot sees it; a group's room is the same for all bots."""
        key = (0, chat_id) if chat_id < 0 else (bot_id, chat_id)
        if key not in self._rooms:
            chat = self.groups[chat_id].chat() if chat_id < 0 else self.users[chat_id].chat()
            self._rooms[key] = Room(chat)
        return self._rooms[key]

    def rooms_of_user(self, user_id: int) -> list[Room]:
        return [room for (_, chat_id), room in self._rooms.items() if chat_id == user_id]

    def post(self, bot_id: int, chat_id: int, sender: Wire, parts: Wire) -> Wire:
        """Put a message into a chat and return it as the wire shows it."""
        room = self.room(bot_id, chat_id)
        ids = self._message_ids[chat_id if chat_id < -1_000_000_000_000 else bot_id]
        message: Wire = {
            "message_id": next(ids),
            "from": sender,
            "chat": room.chat,
            "date": self.now(),
            **parts,
        }
        room.messages[message["message_id"]] = message
        self.changes.tell()
        return message

    def tell_bots(self, bot_ids: Iterable[int], part: Wire) -> None:
        """Queue an update of one kind for these bots."""
        for bot_id in sorted(bot_ids):
            self.updates[bot_id].add(part)

    def add_topic(self, group: Group, bot: Bot, name: str, icon_color: int | None) -> Wire:
        """Open a forum topic; its thread id is the id of the service message that says so."""
        topic = {"name": name, "icon_color": icon_color or _ICON_COLOR}
        message = self.post(bot.id, group.id, bot.wire(), {"forum_topic_created": topic, "is_topic_message": True})
        message["message_thread_id"] = message["message_id"]
        group.topics[message["message_id"]] = name
        return {"message_thread_id": message["message_id"], **topic}

    def store_file(self, content: bytes) -> Wire:
        """Keep a file and return the part that every kind of media shares."""
        number = next(self._file_ids)
        file_id = f"BQACAgIAAxkBAAI{number:06d}"
        self.files[file_id] = content
        return {"file_id": file_id, "file_unique_id": f"AgAD{number:06d}", "file_size": len(content)}
