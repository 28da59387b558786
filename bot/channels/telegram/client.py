"""One Telegram bot: fetches updates raw, confirms them when told to, sends and edits messages."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from aiogram import Bot
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteWebhook,
    EditMessageText,
    GetFile,
    GetMe,
    GetUpdates,
    GetWebhookInfo,
    SendDocument,
    SendMessage,
    SetWebhook,
)
from aiogram.types import BufferedInputFile, LinkPreviewOptions

from bot.channels.base import Batch, Limits, SendRecord
from bot.channels.choices import numbered, send_parts, split_text
from bot.channels.credentials import TelegramCredentials
from bot.channels.downloads import check_size, download
from bot.channels.payload import identifier, inner
from bot.channels.telegram.format import TelegramFormat
from bot.channels.telegram.keyboards import inline, sharing_contact
from bot.channels.telegram.session import WireSession
from bot.channels.wire import Wire
from bot.clock import Clock
from bot.errors import AccountContested, AccountUnusable, InDoubt, PermanentError, TransientError
from bot.messages import AccountState, Attachment, OutgoingMessage, Platform, clean_text

SEND_TIMEOUT = timedelta(seconds=20)
_CAPTION = 1024
"""UTF-16 units of text that a file may have below it."""
POLL = timedelta(seconds=25)
_POLL_SLACK = timedelta(seconds=10)
_KINDS = ["message", "edited_message", "callback_query", "my_chat_member", "message_reaction"]
_NOTE = 200
"""Characters that a pressed button's note may have."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_QUIET = timedelta(days=5)
"""After a week without updates Telegram starts their ids anew, perhaps below our offset: before that we forget it."""
_UNCHANGED = "message is not modified"
_LOST = (
    "message to edit not found",
    "message not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier",
)
_TOPIC_GONE = ("message thread not found", "topic_closed", "topic_deleted")
_TOO_LATE = ("query is too old", "query id is invalid", "query_id_invalid")


class TelegramChannel:
    """Implements Channel for one bot token. Text goes without markup, so that nothing can be injected."""

    platform = Platform.telegram
    limits = Limits(
        text=4096,
        choices=100,
        choice_label=64,
        account_gap=timedelta(milliseconds=40),
        chat_gap=timedelta(seconds=1),
        group_gap=timedelta(seconds=60) / 16,
    )

    def __init__(
        self,
        credentials: TelegramCredentials,
        *,
        api_url: str,
        clock: Clock,
        poll: timedelta = POLL,
        send_timeout: timedelta = SEND_TIMEOUT,
    ) -> None:
        self._wire = Wire()
        session = WireSession(api_url, self._wire, send_timeout)
        self._bot = Bot(credentials.bot_token.get_secret_value(), session=session)
        self._format = TelegramFormat(clock)
        self._clock = clock
        self._poll = poll
        self._timeout = send_timeout
        self._offset: int | None = None
        self._last_event = clock.now()

    async def __aenter__(self) -> TelegramChannel:
        await self._wire.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._wire.__aexit__(*exc)

    async def fetch(self) -> Batch:
        """Wait up to the poll time for updates; the receipt is the offset behind them."""
        if self._clock.now() - self._last_event > _QUIET:
            self._offset = None
        seconds = int(self._poll.total_seconds())
        call = GetUpdates(offset=self._offset, timeout=seconds, allowed_updates=_KINDS)
        updates: Any = await self._bot(call, request_timeout=seconds + int(_POLL_SLACK.total_seconds()))
        if updates is None or updates == []:
            return Batch(())  # some servers write null for an empty list
        if not isinstance(updates, list):
            raise TransientError("Telegram gave something else than a list of updates")
        self._last_event = self._clock.now()
        numbers = [_number(identifier(inner(update, "update_id"))) for update in updates]
        last = max((number for number in numbers if number is not None), default=None)
        return Batch(tuple(map(self._format.envelope, updates)), receipt=None if last is None else last + 1)

    async def acknowledge(self, batch: Batch) -> None:
        """Move the offset, so that the next `fetch` confirms the batch."""
        if batch.receipt is not None:
            self._offset = batch.receipt

    async def send(self, chat_id: str, message: OutgoingMessage) -> str | None:
        """Send, edit or answer a press; a long text goes in parts, of which the last has the buttons and the id."""
        if message.answers_press is not None:
            await self._answer(message.answers_press, message.text)
            return None
        text = clean_text(message.text)
        if message.asks_contact is not None:
            # A message has room for one keyboard: the contact's button takes it, the choices get numbers.
            text = numbered(text, message.choices)
        parts = _parts(text, message, self.limits.text)
        if message.replaces and len(parts) == 1 and await self._edit(chat_id, parts[0], message):
            return message.replaces
        return await send_parts(parts, lambda part, is_last: self._say(chat_id, part, message, is_last))

    async def download(self, attachment: Attachment, most: int) -> bytes:
        """Ask where the file lies, which holds for an hour, and fetch it; Telegram gives bots 20 MB at most."""
        check_size(attachment, most)
        found: Any = await self._bot(GetFile(file_id=attachment.provider_file_id or ""))
        path = inner(found, "file_path")
        if not isinstance(path, str):
            raise PermanentError("Telegram does not hand this file over")
        return await download(self._wire, self._bot.session.api.file_url(self._bot.token, path), self._timeout, most)

    async def find_sent(self, chat_id: str, message: OutgoingMessage, since: datetime) -> SendRecord | None:
        """Raises InDoubt: Telegram keeps no journal for bots."""
        raise InDoubt("Telegram can't be asked whether a message was sent")

    async def state(self) -> AccountState:
        try:
            await self._bot(GetMe())
        except PermanentError:
            # A server that stands in may lack getMe, which looks like a refused token: what each one has tells.
            with suppress(AccountContested):
                await self._bot(GetUpdates(offset=self._offset, limit=1, timeout=0))
        return AccountState.active

    async def address(self) -> str | None:
        try:
            name = inner(await self._bot(GetMe()), "username")
        except PermanentError:
            await self.state()
            return None
        return f"@{name}" if isinstance(name, str) and name else None

    async def webhook(self) -> str | None:
        url = inner(await self._webhook_info(), "url")
        return url if isinstance(url, str) and url else None

    async def use_webhook(self, url: str | None, secret: str) -> None:
        info = await self._webhook_info()
        current = inner(info, "url") or None
        if url is None and current:
            await self._bot(DeleteWebhook())
        if url is not None and not _is_set(info, url):
            call = SetWebhook(url=url, secret_token=secret, max_connections=1, allowed_updates=_KINDS)
            await self._bot(call)

    async def switched_off(self) -> tuple[str, ...]:
        return ()  # what is wanted goes with each question, and with the webhook

    async def _webhook_info(self) -> Any:
        """Return what is known of the webhook: None from a server that has the bot but not this question."""
        try:
            return await self._bot(GetWebhookInfo())
        except (PermanentError, TransientError):
            await self.state()  # raises where it is the bot, or the whole server, that is in trouble
            return None

    async def _say(self, chat_id: str, text: str, message: OutgoingMessage, is_last: bool) -> str | None:
        contact = message.asks_contact
        keyboard = sharing_contact(contact) if contact is not None else inline(message.choices)
        call: SendDocument | SendMessage
        if is_last and message.file is not None:
            file = BufferedInputFile(clean_text(message.file.text).encode(), message.file.name)
            call = SendDocument(chat_id=chat_id, document=file, caption=text or None)
        else:
            call = SendMessage(chat_id=chat_id, text=text, link_preview_options=_NO_PREVIEW)
        call = call.model_copy(update={"reply_markup": keyboard if is_last else None})
        sent = await self._into_topic(call, _number(message.thread_id))
        return identifier(inner(sent, "message_id"))  # "ok" is the word that it was sent, also where it has no id

    async def _into_topic(self, call: SendDocument | SendMessage, topic: int | None) -> Any:
        """Send into a topic of the chat; where that was closed or deleted, which refuses it, into the chat itself."""
        try:
            return await self._bot(call.model_copy(update={"message_thread_id": topic}))
        except PermanentError as error:
            if topic is None or not any(mark in str(error).lower() for mark in _TOPIC_GONE):
                raise
        return await self._bot(call)

    async def _edit(self, chat_id: str, text: str, message: OutgoingMessage) -> bool:
        """Change an earlier message; False when it can't be changed any more and has to be sent anew."""
        message_id = _number(message.replaces)
        if message_id is None or message.asks_contact is not None or message.file is not None:
            return False
        call = EditMessageText(
            chat_id=chat_id,
            message_id=message_id,
            text=text,
            reply_markup=inline(message.choices),
            link_preview_options=_NO_PREVIEW,
        )
        try:
            await self._bot(call)
        except AccountUnusable:
            return False  # or a server that can't edit: sending anew tells
        except PermanentError as error:
            if any(mark in str(error).lower() for mark in _LOST):
                return False
            if _UNCHANGED not in str(error).lower():
                raise
        return True

    async def _answer(self, press_id: str, note: str) -> None:
        """Stop the button's spinner; one that Telegram stopped itself, after some seconds, is as good."""
        try:
            await self._bot(AnswerCallbackQuery(callback_query_id=press_id, text=clean_text(note)[:_NOTE] or None))
        except PermanentError as error:
            if not any(mark in str(error).lower() for mark in _TOO_LATE):
                # Never worth a rest of the account: until it is over the spinner has stopped by itself.
                raise PermanentError(error.sentence, quoted=error.quoted) from None


def _parts(text: str, message: OutgoingMessage, longest: int) -> list[str]:
    """Return the text in messages; the last takes the file, and stays empty where the text is too long for it."""
    if message.file is None:
        return split_text(text, longest)
    return [text] if len(split_text(text, _CAPTION)) == 1 else [*split_text(text, longest), ""]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _is_set(info: Any, url: str) -> bool:
    """Say whether the webhook is as we want it; its secret can't be asked for, but 401s tell that it is another."""
    wanted = {"url": url, "max_connections": 1}
    is_same = all(inner(info, name) == value for name, value in wanted.items())
    kinds, trouble = inner(info, "allowed_updates"), inner(info, "last_error_message")
    return is_same and isinstance(kinds, list) and set(map(str, kinds)) == set(_KINDS) and "401" not in str(trouble)
