"""The people's side: what guests do on their WhatsApp phones, and what they see there."""

from __future__ import annotations

from bot.clock import Clock
from bot.simulator.changes import Changes
from bot.simulator.chats import Chat, ChatMessage, Tick, find_button
from bot.simulator.green import shapes
from bot.simulator.green.instance import Instance, Said, Wire
from bot.simulator.green.outgoing import Dispatch
from bot.simulator.history import History

_MIME = {
    "imageMessage": ("photo.jpg", "image/jpeg"),
    "videoMessage": ("film.mp4", "video/mp4"),
    "audioMessage": ("voice.oga", "audio/ogg; codecs=opus"),
    "documentMessage": ("passport.pdf", "application/pdf"),
    "stickerMessage": ("sticker.webp", "image/webp"),
}


class Phones:
    """Makes instances and lets people act. Phones are numbers with or without the plus sign."""

    def __init__(self, clock: Clock, history: History, changes: Changes, dispatch: Dispatch, first_id: int) -> None:
        self._clock = clock
        self._history = history
        self._changes = changes
        self._dispatch = dispatch
        self._first_id = first_id
        self.instances: dict[int, Instance] = {}

    def add_instance(
        self, instance_id: int | str, token: str, phone: str, *, settings: Wire | None = None
    ) -> Instance:
        """Register an authorised instance; `settings` replaces single settings of the console's."""
        instance = Instance(
            int(instance_id),
            token,
            _digits(phone),
            self._clock,
            self._history,
            self._changes,
            self._first_id,
            settings=settings or {},
        )
        self.instances[instance.id] = instance
        return instance

    def name(self, phone: str, name: str) -> None:
        """Say what a phone's owner is called."""
        self._dispatch.names[_digits(phone)] = name

    def set_state(self, instance: Instance, state: str) -> None:
        """Move an instance to authorized, notAuthorized, blocked, starting, yellowCard or sleepMode."""
        instance.set_state(state)
        self._dispatch.wake(instance)

    def remove_account(self, phone: str) -> None:
        """This number has no WhatsApp: messages to it end as noAccount."""
        self._dispatch.without_account.add(_digits(phone))

    def go_offline(self, phone: str) -> None:
        """Messages to this phone stay at one tick."""
        self._dispatch.offline.add(_digits(phone))

    def go_online(self, phone: str) -> None:
        """What waited at one tick is delivered, in order."""
        phone = _digits(phone)
        self._dispatch.offline.discard(phone)
        for instance in self.instances.values():
            for said in instance.journal.values():
                if said.chat_id == f"{phone}@c.us" and said.outgoing and said.status is Tick.sent:
                    self._dispatch.advance(instance, said, Tick.delivered)

    def read(self, phone: str, instance: Instance) -> None:
        """Open the chat: everything delivered becomes read."""
        for said in list(instance.journal.values()):
            if said.chat_id == f"{_digits(phone)}@c.us" and said.outgoing and said.status is Tick.delivered:
                self._dispatch.advance(instance, said, Tick.read)

    def fail(self, message: ChatMessage, word: str = "failed", description: str = "") -> None:
        """Let a sent message end as failed, noAccount, notInGroup or yellowCard."""
        instance, said = self._said(message)
        self._dispatch.advance(instance, said, Tick.failed, word, description)

    def write(
        self,
        phone: str,
        instance: Instance,
        text: str,
        *,
        reply_to: ChatMessage | None = None,
        extended: bool = False,
        group: str | None = None,
    ) -> ChatMessage:
        """Type `text`; `extended` sends it in the shape of text with a preview, `group` (…@g.us) in a group."""
        if reply_to is not None:
            data = shapes.quote(text, self._said(reply_to)[1])
        else:
            data = shapes.extended_text(text) if extended else shapes.text(text)
        return self._say(phone, instance, data, group)

    def press(
        self, phone: str, message: ChatMessage, choice: str, shape: str = "interactiveButtonsResponse"
    ) -> ChatMessage:
        """Press a button by value or label. `shape` is one of the three names by which a press arrives:
        interactiveButtonsResponse, templateButtonsReplyMessage, buttonsResponseMessage."""
        instance, said = self._said(message)
        button = find_button(message, choice)
        index = said.buttons.index(button)
        return self._say(phone, instance, shapes.press(shape, said.id, index, button.value, button.label))

    def send_file(self, phone: str, instance: Instance, kind: str = "imageMessage", caption: str = "") -> ChatMessage:
        """Send imageMessage, videoMessage, audioMessage, documentMessage or stickerMessage."""
        name, mime = _MIME[kind]
        url = self._dispatch.media.keep(name, name.encode())
        return self._say(phone, instance, shapes.file(kind, url, name, mime, caption))

    def send_document(self, phone: str, instance: Instance, name: str, content: bytes) -> ChatMessage:
        url = self._dispatch.media.keep(name, content)
        data = shapes.file("documentMessage", url, name, "application/octet-stream")
        return self._say(phone, instance, data)

    def open_file(self, message: ChatMessage) -> bytes:
        """Download the file of a message, as its phone does."""
        url = self._said(message)[1].data["fileMessageData"]["downloadUrl"]
        content = self._dispatch.media.at(url.split("/")[-2])
        assert content is not None, "what a message refers to is kept"
        return content

    def send_image(self, phone: str, instance: Instance, caption: str = "") -> ChatMessage:
        return self.send_file(phone, instance, "imageMessage", caption)

    def share_location(self, phone: str, instance: Instance, latitude: float, longitude: float) -> ChatMessage:
        return self._say(phone, instance, shapes.location(latitude, longitude, "Here", ""))

    def share_contact(self, phone: str, instance: Instance, name: str, number: str) -> ChatMessage:
        return self._say(phone, instance, shapes.contact(name, _digits(number)))

    def react(self, phone: str, message: ChatMessage, emoji: str) -> ChatMessage:
        instance, said = self._said(message)
        return self._say(phone, instance, shapes.reaction(emoji, said))

    def send_poll(self, phone: str, instance: Instance, question: str, *options: str) -> ChatMessage:
        return self._say(phone, instance, shapes.poll(question, options))

    def edit(self, phone: str, message: ChatMessage, text: str) -> ChatMessage:
        """Change one's own message; it comes as another message of type editedMessage."""
        instance, said = self._said(message)
        said.edited_at = instance.clock.now()
        return self._say(phone, instance, shapes.edited(text, said))

    def delete(self, phone: str, message: ChatMessage) -> ChatMessage:
        instance, said = self._said(message)
        return self._say(phone, instance, shapes.deleted(said))

    def call(self, phone: str, instance: Instance, status: str = "missed") -> None:
        """Ring the hotel's number."""
        caller = f"{_digits(phone)}@c.us"
        parts = {"from": caller, "status": status, "idMessage": instance.new_id(outgoing=False)}
        instance.notify("incomingCall", parts)

    def write_from_hotel_phone(self, instance: Instance, phone: str, text: str) -> ChatMessage:
        """Somebody at the hotel types on the phone itself, past the API."""
        said = self._new(instance, f"{_digits(phone)}@c.us", instance.wid, "Hotel", shapes.text(text), outgoing=True)
        instance.notify("outgoingMessageReceived", self._dispatch.envelope(instance, said))
        self._dispatch.advance(instance, said, Tick.delivered)
        return _view(instance, said)

    def push(self, instance: Instance, body: Wire) -> int:
        """Queue a notification of any shape, also a hostile one; returns its receipt."""
        return instance.push(body)

    def pending(self, instance: Instance) -> list[Wire]:
        """The notifications that were not deleted, oldest first."""
        return [notification.body for notification in instance.incoming]

    def chat(self, instance: Instance, phone: str) -> Chat:
        """Return what this phone shows of its chat with the hotel."""
        chat_id = f"{_digits(phone)}@c.us"
        found = [said for said in instance.journal.values() if said.chat_id == chat_id]
        return Chat(chat_id, "Hotel", tuple(_view(instance, said) for said in found))

    def _say(self, phone: str, instance: Instance, data: Wire, group: str | None = None) -> ChatMessage:
        sender = f"{_digits(phone)}@c.us"
        name = self._dispatch.names.get(_digits(phone), _digits(phone))
        said = self._new(instance, group or sender, sender, name, data, outgoing=False)
        instance.notify("incomingMessageReceived", self._dispatch.envelope(instance, said))
        self._changes.tell()
        return _view(instance, said)

    def _new(self, instance: Instance, chat_id: str, sender: str, name: str, data: Wire, *, outgoing: bool) -> Said:
        now = self._clock.now()
        said = Said(instance.new_id(outgoing), chat_id, sender, name, outgoing, False, now, data)
        instance.journal[said.id] = said
        return said

    def _said(self, message: ChatMessage) -> tuple[Instance, Said]:
        instance = self.instances[int(message.account)]
        return instance, instance.journal[message.id]


def _digits(phone: str) -> str:
    return phone.removeprefix("+").removesuffix("@c.us")


def _view(instance: Instance, said: Said) -> ChatMessage:
    return ChatMessage(
        id=said.id,
        chat_id=said.chat_id,
        account=instance.account,
        sender_id=said.sender_id,
        sender=said.sender_name,
        from_bot=said.outgoing,
        text=shapes.text_of(said.data),
        at=said.at,
        kind=said.data["typeMessage"],
        buttons=said.buttons,
        edited_at=said.edited_at,
        tick=said.status,
        reply_to=said.data.get("quotedMessage", {}).get("stanzaId"),
    )
