"""The people's side: what users do in their Telegram apps, and what they see there."""

from __future__ import annotations

from bot.simulator.chats import ButtonKind, Chat, ChatMessage, find_button
from bot.simulator.telegram.bot_methods import administrator
from bot.simulator.telegram.methods import command_entities
from bot.simulator.telegram.people import Bot, Group, Press, User, Wire
from bot.simulator.telegram.state import State
from bot.simulator.telegram.updates import Updates
from bot.simulator.telegram.views import view

Place = Bot | Group


class People:
    """Makes people, bots and groups, and lets people act. Every act returns the message as it looks in the chat."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add_bot(self, token: str, username: str, name: str = "Hotel", *, reads_all_in_groups: bool = True) -> Bot:
        """Register a bot; its id is the number before the colon of the token. Raises ValueError on another shape."""
        bot = Bot(int(token.split(":", 1)[0]), token, username, name, reads_all_in_groups)
        self._state.bots[bot.id] = bot
        self._state.updates[bot.id] = Updates(
            bot, self._state.clock, self._state.history, self._state.first_update_id
        )
        return bot

    def befriend(self, user: User, bot: Bot) -> None:
        """The user started the bot long ago: it may write first."""
        self._state.started.add((bot.id, user.id))

    def revoke(self, bot: Bot, token: str) -> Bot:
        """Give the bot another token: the old one answers 401 from now on."""
        renewed = Bot(bot.id, token, bot.username, bot.name, bot.reads_all_in_groups)
        self._state.bots[bot.id] = renewed
        self._state.updates[bot.id].news.tell()
        return renewed

    def add_user(
        self,
        first_name: str,
        last_name: str | None = None,
        *,
        username: str | None = None,
        language: str | None = None,
        phone: str | None = None,
    ) -> User:
        user_id = self._state.next_user_id()
        phone = phone or f"+4930{user_id % 10_000_000:07d}"
        user = User(user_id, first_name, last_name, username, language, phone)
        self._state.users[user.id] = user
        return user

    def add_group(
        self,
        title: str,
        bots: tuple[Bot, ...] = (),
        members: tuple[User, ...] = (),
        *,
        forum: bool = False,
        supergroup: bool = True,
    ) -> Group:
        """Make a group with these bots as its administrators; a forum is always a supergroup."""
        supergroup = supergroup or forum
        group = Group(self._state.next_group_id(supergroup), title, forum, supergroup)
        group.members = {user.id: user for user in members}
        self._state.groups[group.id] = group
        for bot in bots:
            self.invite(group, bot, by=members[0] if members else None)
        return group

    def invite(self, group: Group, bot: Bot, by: User | None = None) -> None:
        """Put a bot into a group as administrator; it hears so by my_chat_member."""
        group.bots.add(bot.id)
        if by is not None:
            self._member_update(bot, group.chat(), by, _left(bot), administrator(bot.wire()))

    def kick(self, group: Group, bot: Bot, by: User) -> None:
        group.bots.discard(bot.id)
        self._member_update(bot, group.chat(), by, administrator(bot.wire()), _kicked(bot))

    def write(
        self,
        user: User,
        place: Place,
        text: str,
        *,
        thread_id: str | None = None,
        reply_to: ChatMessage | None = None,
    ) -> ChatMessage:
        """Type `text` to a bot or into a group."""
        parts: Wire = {"text": text}
        if entities := command_entities(text):
            parts["entities"] = entities
        return self._say(user, place, parts, thread_id, reply_to)

    def open_link(self, user: User, bot: Bot, payload: str = "") -> ChatMessage:
        """Follow t.me/bot?start=payload and tap Start."""
        return self.write(user, bot, f"/start {payload}".rstrip())

    def press(self, user: User, message: ChatMessage, choice: str) -> Press | ChatMessage:
        """Press the button with this value or label. Raises KeyError that lists the buttons there are."""
        bot = self._state.bots[int(message.account)]
        button = find_button(message, choice)
        if button.kind is ButtonKind.contact:
            return self.share_contact(user, bot)
        if button.kind is ButtonKind.text:
            return self.write(user, self._place(message), button.label)
        if button.kind is ButtonKind.url:
            raise ValueError(f"the button {choice!r} opens an address; nothing comes to the bot")
        return self._call_back(user, bot, message, button.value)

    def share_contact(
        self, user: User, bot: Bot, *, phone: str | None = None, name: str | None = None
    ) -> ChatMessage:
        """Send one's own contact, or with `phone` somebody else's card."""
        contact: Wire = {"phone_number": (phone or user.phone).lstrip("+"), "first_name": name or user.first_name}
        if phone is None:
            contact["user_id"] = user.id
        return self._say(user, bot, {"contact": contact})

    def share_location(self, user: User, place: Place, latitude: float, longitude: float) -> ChatMessage:
        return self._say(user, place, {"location": {"latitude": latitude, "longitude": longitude}})

    def send_photo(self, user: User, place: Place, caption: str = "", content: bytes = b"photo") -> ChatMessage:
        sizes = [self._state.store_file(content) | {"width": side, "height": side} for side in (90, 320, 800)]
        return self._say(user, place, {"photo": sizes, **({"caption": caption} if caption else {})})

    def send_document(
        self, user: User, place: Place, file_name: str = "passport.pdf", content: bytes = b"%PDF-"
    ) -> ChatMessage:
        described = {"file_name": file_name, "mime_type": "application/pdf"}
        return self._say(user, place, {"document": self._state.store_file(content) | described})

    def open_file(self, message: ChatMessage) -> bytes:
        """Download the document of a message, as its phone does."""
        return self._state.files[self._wire(message)["document"]["file_id"]]

    def send_voice(self, user: User, place: Place, seconds: int = 4, content: bytes = b"OggS") -> ChatMessage:
        described = {"duration": seconds, "mime_type": "audio/ogg"}
        return self._say(user, place, {"voice": self._state.store_file(content) | described})

    def send_sticker(self, user: User, place: Place, emoji: str = "👍") -> ChatMessage:
        look = {
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "type": "regular",
            "emoji": emoji,
        }
        return self._say(user, place, {"sticker": self._state.store_file(b"RIFF") | look})

    def edit(self, user: User, message: ChatMessage, text: str) -> ChatMessage:
        """Change one's own message; the bot hears edited_message."""
        wire = self._wire(message)
        if wire["from"]["id"] != user.id:
            raise ValueError("only the author edits a message")
        wire |= {"text": text, "edit_date": self._state.now()}
        self._state.tell_bots(self._listeners(message), {"edited_message": dict(wire)})
        self._state.changes.tell()
        return view(self._state, int(message.account), wire)

    def block(self, user: User, bot: Bot) -> None:
        self._state.blocked.add((bot.id, user.id))
        self._member_update(bot, user.chat(), user, _member(bot), _kicked(bot))

    def unblock(self, user: User, bot: Bot) -> None:
        self._state.blocked.discard((bot.id, user.id))
        self._member_update(bot, user.chat(), user, _kicked(bot), _member(bot))

    def delete_account(self, user: User) -> None:
        self._state.gone.add(user.id)

    def open_topic(self, group: Group, bot: Bot, name: str) -> str:
        """Open a topic by hand and return its thread id."""
        return str(self._state.add_topic(group, bot, name, None)["message_thread_id"])

    def migrate(self, group: Group) -> Group:
        """Turn a basic group into a supergroup: it gets a new id, and both chats say so."""
        moved = Group(self._state.next_group_id(True), group.title, group.forum, True, dict(group.members))
        moved.bots = set(group.bots)
        self._state.groups[moved.id] = moved
        author = next(iter(group.members.values())).wire()
        old = self._state.post(min(group.bots), group.id, author, {"migrate_to_chat_id": moved.id})
        new = self._state.post(min(group.bots), moved.id, author, {"migrate_from_chat_id": group.id})
        group.moved_to = moved.id
        self._state.tell_bots(moved.bots, {"message": old})
        self._state.tell_bots(moved.bots, {"message": new})
        return moved

    def push(self, bot: Bot, part: Wire) -> int | None:
        """Queue an update of any shape, also a hostile one: `{"message": …}`."""
        return self._state.updates[bot.id].add(part)

    def repeat(self, bot: Bot, update: Wire) -> None:
        """Deliver an update once more, under its own id."""
        self._state.updates[bot.id].repeat(update)

    def jump(self, bot: Bot, update_id: int) -> None:
        """Go on with this update id, as after a week of silence; it may be lower than the last."""
        self._state.updates[bot.id].next_id = update_id

    def pending(self, bot: Bot) -> list[Wire]:
        """The updates that the bot has not confirmed, oldest first."""
        return [update.body for update in self._state.updates[bot.id].pending]

    def chat(self, bot: Bot, other: User | Group) -> Chat:
        """Return what the user (or the group) sees of the chat with this bot."""
        room = self._state.room(bot.id, other.id)
        title = other.title if isinstance(other, Group) else bot.name
        return Chat(str(other.id), title, tuple(view(self._state, bot.id, wire) for wire in room.messages.values()))

    def _say(
        self,
        user: User,
        place: Place,
        content: Wire,
        thread_id: str | None = None,
        reply_to: ChatMessage | None = None,
    ) -> ChatMessage:
        bot_id, chat_id = self._enter(user, place)
        parts = dict(content)
        if thread_id is not None:
            parts |= {"message_thread_id": int(thread_id), "is_topic_message": True}
        if reply_to is not None:
            answered = self._wire(reply_to)
            parts["reply_to_message"] = {k: v for k, v in answered.items() if k != "reply_to_message"}
        wire = self._state.post(bot_id, chat_id, user.wire(), parts)
        said = view(self._state, bot_id, wire)
        self._state.tell_bots(self._hearing(said, wire), {"message": dict(wire)})
        return said

    def _enter(self, user: User, place: Place) -> tuple[int, int]:
        if isinstance(place, Bot):
            self._state.started.add((place.id, user.id))
            if (place.id, user.id) in self._state.blocked:
                self.unblock(user, place)
            return place.id, user.id
        if place.moved_to is not None:
            raise ValueError("the group moved; write into the supergroup")
        place.members[user.id] = user
        return min(place.bots, default=0), place.id

    def _listeners(self, message: ChatMessage) -> set[int]:
        chat_id = int(message.chat_id)
        return set(self._state.groups[chat_id].bots) if chat_id < 0 else {int(message.account)}

    def _hearing(self, message: ChatMessage, wire: Wire) -> set[int]:
        """With privacy mode on, a bot in a group hears commands and replies to itself only."""
        listeners = self._listeners(message)
        if int(message.chat_id) > 0:
            return listeners
        answered = wire.get("reply_to_message", {}).get("from", {}).get("id")
        for_bots = message.text.startswith("/")
        bots = self._state.bots
        return {i for i in listeners if bots[i].reads_all_in_groups or for_bots or answered == i}

    def _call_back(self, user: User, bot: Bot, message: ChatMessage, data: str) -> Press:
        press = Press(self._state.next_press_id(), self._state.clock.now(), bot.id)
        self._state.presses[press.id] = press
        query = {
            "id": press.id,
            "from": user.wire(),
            "message": dict(self._wire(message)),
            "chat_instance": str(abs(int(message.chat_id)) * 7919),
            "data": data,
        }
        self._state.tell_bots([bot.id], {"callback_query": query})
        return press

    def _member_update(self, bot: Bot, chat: Wire, by: User, old: Wire, new: Wire) -> None:
        update = {
            "chat": chat,
            "from": by.wire(),
            "date": self._state.now(),
            "old_chat_member": old,
            "new_chat_member": new,
        }
        self._state.tell_bots([bot.id], {"my_chat_member": update})

    def _place(self, message: ChatMessage) -> Place:
        chat_id = int(message.chat_id)
        return self._state.groups[chat_id] if chat_id < 0 else self._state.bots[int(message.account)]

    def _wire(self, message: ChatMessage) -> Wire:
        room = self._state.room(int(message.account), int(message.chat_id))
        return room.messages[int(message.id)]


def _member(bot: Bot) -> Wire:
    return {"status": "member", "user": bot.wire()}


def _left(bot: Bot) -> Wire:
    return {"status": "left", "user": bot.wire()}


def _kicked(bot: Bot) -> Wire:
    return {"status": "kicked", "user": bot.wire(), "until_date": 0}
