"""One WhatsApp number at Green API: receives notifications one by one, sends, and asks the provider's journal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from bot.channels.base import JOURNAL_LAG, Batch, Limits, SendRecord
from bot.channels.choices import numbered, send_parts, split_text
from bot.channels.credentials import GreenCredentials
from bot.channels.downloads import check_size, download
from bot.channels.payload import identifier, inner, moment
from bot.channels.whatsapp_green.calls import GreenCalls
from bot.channels.whatsapp_green.content import is_group
from bot.channels.whatsapp_green.format import STATES, GreenFormat, body_of_buttons
from bot.channels.wire import Wire, is_same_address
from bot.clock import Clock
from bot.errors import AccountContested, InDoubt, PermanentError, TransientError
from bot.messages import AccountState, Attachment, OutgoingMessage, Platform, clean_text

SEND_TIMEOUT = timedelta(seconds=20)
POLL = timedelta(seconds=20)
"""The provider takes 5 to 60 s."""
_LEAST_POLL = 5
_POLL_SLACK = timedelta(seconds=10)
QUEUE_SHOWN = 500
"""No more of the provider's queue is shown."""
_WORDS = ("message", "body", "fileName")
"""Where a queued message has its words, or the name of its file."""
_FLAGS = (
    "incomingWebhook",
    "outgoingWebhook",
    "outgoingMessageWebhook",
    "outgoingAPIMessageWebhook",
    "stateWebhook",
)
"""Settings without which the provider keeps to itself messages, statuses, what is written on the hotel's own phone,
echoes or account states."""


class GreenChannel:
    """Implements Channel for one instance. WhatsApp shows no spinner and knows the number: both are skipped."""

    platform = Platform.whatsapp_green
    limits = Limits(
        text=20_000,
        choices=3,
        choice_label=25,
        account_gap=timedelta(milliseconds=500),
        chat_gap=timedelta(seconds=1),
        group_gap=timedelta(seconds=1),
    )

    def __init__(
        self,
        credentials: GreenCredentials,
        *,
        api_url: str,
        clock: Clock,
        buttons: bool = True,
        poll: timedelta = POLL,
        send_timeout: timedelta = SEND_TIMEOUT,
    ) -> None:
        self._wire = Wire()
        self._calls = GreenCalls(credentials, api_url, self._wire, send_timeout)
        self._polling = GreenCalls(credentials, api_url, self._wire, poll + _POLL_SLACK)
        self._format = GreenFormat()
        self._clock = clock
        self._poll = poll
        self._timeout = send_timeout
        self._own = api_url.rstrip("/") + "/"
        self._buttons = buttons

    async def __aenter__(self) -> GreenChannel:
        await self._wire.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._wire.__aexit__(*exc)

    async def fetch(self) -> Batch:
        """Wait up to the poll time for one notification; it comes again until it is acknowledged."""
        seconds = int(self._poll.total_seconds())
        given = await self._polling.receiving.receiveNotificationAsync(receiveTimeout=seconds)
        if not given:
            return Batch(())  # null, as it comes; the documentation also speaks of an empty response
        receipt, body = inner(given, "receiptId"), inner(given, "body")
        # Without a body of its own it is kept as it came; without a receipt it can't be confirmed, and comes again.
        notification = given if body is None else body
        if identifier(receipt) is None:
            if inner(notification, "typeWebhook") is None:
                raise TransientError("Green API gave something else than a notification")
            receipt = None
        return Batch((self._format.envelope(notification),), receipt)

    async def acknowledge(self, batch: Batch) -> None:
        if batch.receipt is not None:
            with suppress(PermanentError):  # forgotten there already; if not it comes again, and is known here
                await self._calls.delete_notification(batch.receipt)

    async def send(self, chat_id: str, message: OutgoingMessage) -> str | None:
        """Send with buttons where they fit and are taken, else with numbered choices; `replaces` is sent anew."""
        if message.answers_press is not None:
            return None
        if self._buttons and fits_buttons(chat_id, message):
            with suppress(PermanentError):  # buttons are in beta there and may be refused: numbers always work
                return await self._send_buttons(chat_id, message)
        # WhatsApp shows words below pictures, but not below documents: they go before.
        parts = [*split_text(_plain(message), self.limits.text), *([message.file.name] if message.file else ())]
        return await send_parts(parts, lambda part, is_last: self._say(chat_id, part, message, is_last))

    async def download(self, attachment: Attachment, most: int) -> bytes:
        """Fetch the file from where the provider says that it lies, for fifteen days."""
        check_size(attachment, most)
        url = attachment.url or ""
        if not url.startswith(("https://", self._own)):
            raise PermanentError("Green API names no address of this file")
        return await download(self._wire, url, self._timeout, most)

    async def find_sent(self, chat_id: str, message: OutgoingMessage, since: datetime) -> SendRecord | None:
        """Look into the queue and the journal for the same words to the same chat, sent at `since` or later.

        Raises TransientError also where what they show can't tell: ask again after `retry_after`.
        """
        minutes = max(1, math.ceil((self._clock.now() - since + JOURNAL_LAG) / timedelta(minutes=1)))
        texts = {message.file.name} if message.file else {_plain(message), clean_text(message.text)}
        last_parts = {split_text(text, self.limits.text)[-1] for text in texts}
        queue = _listed(await self._calls.queues.showMessagesQueueAsync())
        journal = _listed(await self._calls.last_outgoing(minutes))
        for message_id in (*_queued(queue, chat_id, last_parts), *_sent(journal, chat_id, last_parts, since)):
            return SendRecord(message_id)
        if len(queue) >= QUEUE_SHOWN:
            raise TransientError("the queue is longer than what is shown of it", JOURNAL_LAG)
        if self._clock.now() - since > timedelta(minutes=minutes):  # we stood still between question and answer
            raise TransientError("the journal was not asked far enough back", timedelta(seconds=1))
        return None

    async def state(self) -> AccountState:
        try:
            answer = await self._calls.account.getStateInstanceAsync()
        except PermanentError:
            # A server that stands in may lack this, which looks like a refused account: what each one has tells.
            with suppress(AccountContested):
                await self._calls.receiving.receiveNotificationAsync(receiveTimeout=_LEAST_POLL)
            return AccountState.active
        name = inner(answer, "stateInstance")
        if not isinstance(name, str):
            raise TransientError("Green API did not say the account's state")
        return STATES.get(name, AccountState.limited)

    async def address(self) -> str | None:
        number, _, kind = str(inner(await self._settings(), "wid")).partition("@")
        return f"+{number}" if kind == "c.us" and number.isdecimal() else None

    async def webhook(self) -> str | None:
        return _webhook_of(await self._settings())

    async def use_webhook(self, url: str | None, secret: str) -> None:
        """Set what differs only, since a change restarts the instance for up to five minutes."""
        current = await self._settings()
        wanted = {"webhookUrl": url or ""} | ({"webhookUrlToken": secret} if url else {})
        wanted |= {flag: "yes" for flag in _FLAGS if flag in current}
        changes = {name: value for name, value in wanted.items() if (current.get(name) or "") != value}
        told = _webhook_of(current)
        if url is not None and told is not None and is_same_address(told, url):
            changes.pop("webhookUrl", None)
        if changes:
            try:
                await self._calls.account.setSettingsAsync(changes)
            except PermanentError:
                if url is not None:
                    raise
                # What arrives can be fetched all the same; raises where it is the account that is in trouble.
                await self.state()

    async def switched_off(self) -> tuple[str, ...]:
        current = await self._settings()
        return tuple(flag for flag in _FLAGS if current.get(flag, "yes") != "yes")

    async def _settings(self) -> dict[str, Any]:
        """Return the account's settings: none from a server that has the account but not this question."""
        try:
            settings = await self._calls.account.getSettingsAsync()
        except PermanentError:
            await self.state()
            return {}
        if not isinstance(settings, dict):
            raise TransientError("Green API did not say the account's settings")
        return settings

    async def _send_buttons(self, chat_id: str, message: OutgoingMessage) -> str:
        buttons = [
            {"buttonId": clean_text(choice.value), "buttonText": clean_text(choice.label)}
            for choice in message.choices
        ]
        body = clean_text(message.text)
        return _id_of(await self._calls.sending.sendInteractiveButtonsReplyAsync(chat_id, body, buttons))

    async def _say(self, chat_id: str, text: str, message: OutgoingMessage, is_last: bool) -> str:
        if is_last and message.file is not None:
            return _id_of(await self._calls.send_file_by_upload(chat_id, message.file))
        return _id_of(await self._calls.sending.sendMessageAsync(chat_id, text, linkPreview=False))


def fits_buttons(chat_id: str, message: OutgoingMessage) -> bool:
    """Whether the choices have room on the provider's buttons."""
    limits, labels = GreenChannel.limits, [choice.label for choice in message.choices]
    fits = 0 < len(labels) <= limits.choices and all(len(label) <= limits.choice_label for label in labels)
    is_one = len(split_text(clean_text(message.text), limits.text)) == 1
    return fits and is_one and message.file is None and not is_group(chat_id)


def _plain(message: OutgoingMessage) -> str:
    return clean_text(numbered(message.text, message.choices))


def _id_of(answer: Any) -> str:
    message_id = identifier(inner(answer, "idMessage"))
    if message_id is None:
        raise InDoubt("Green API's answer to a message names no message")
    return message_id


def _webhook_of(settings: dict[str, Any]) -> str | None:
    url = inner(settings, "webhookUrl")
    return url if isinstance(url, str) and url else None


def _listed(answer: Any) -> list[Any]:
    """Return what the queue or the journal shows; some servers write null for an empty list."""
    if answer is not None and not isinstance(answer, list):
        raise TransientError("Green API gave something else than a list of messages")
    return answer or []


def _queued(queue: list[Any], chat_id: str, texts: set[str]) -> Iterator[str]:
    for entry in queue:
        said = next((word for name in _WORDS if (word := inner(entry, "body", name))), None)
        message_id = identifier(inner(entry, "messageID"))
        if message_id and inner(entry, "body", "chatId") == chat_id and said in texts:
            yield message_id


def _sent(journal: list[Any], chat_id: str, texts: set[str], since: datetime) -> Iterator[str]:
    """Give the ids of matching messages, the latest first. Their times have whole seconds."""
    found = []
    for entry in journal:
        message_id = identifier(inner(entry, "idMessage"))
        if message_id and inner(entry, "chatId") == chat_id and _said(entry) & texts:
            found.append((_time_of(entry), message_id))
    yield from (message_id for at, message_id in sorted(found, reverse=True) if at >= since.replace(microsecond=0))


def _time_of(entry: dict[str, Any]) -> datetime:
    try:
        return moment(entry.get("timestamp"))
    except ValueError:
        raise TransientError("the journal does not say when a message was sent") from None


def _said(entry: dict[str, Any]) -> set[str]:
    given = (entry.get("textMessage"), inner(entry, "extendedTextMessage", "text"), entry.get("fileName"))
    words = (*given, body_of_buttons(entry))
    return {word for word in words if isinstance(word, str) and word}
