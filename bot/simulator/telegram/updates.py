"""A bot's pending updates and the two ways to get at them: one poller at a time, or a webhook."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.simulator.changes import Changes
from bot.simulator.history import History
from bot.simulator.telegram.people import Bot, Wire
from bot.simulator.telegram.refusal import Refused

KEPT = timedelta(hours=24)
# The real server leaves these out unless they are asked for by name.
_ASKED_FOR_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_TAKEN_OVER = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are pushed to."""

    url: str
    secret: str = field(default="", repr=False)
    max_connections: int = 40


@dataclass(frozen=True, slots=True)
class Pending:
    """An update that the bot has not confirmed."""

    id: int
    at: datetime
    body: Wire

    @property
    def lane(self) -> Any:
        """The chat that it belongs to: webhooks keep its order."""
        part: Wire = next((value for name, value in self.body.items() if name != "update_id"), {})
        chat = part.get("chat") or part.get("message", {}).get("chat") or part.get("from") or {}
        return chat.get("id")


class Updates:
    """The queue of one bot; ids grow by one."""

    def __init__(self, bot: Bot, clock: Clock, history: History, first_id: int) -> None:
        self.news = Changes()
        self.webhook: Webhook | None = None
        self.allowed: tuple[str, ...] = ()
        self.next_id = first_id
        self._bot = bot
        self._clock = clock
        self._history = history
        self._pending: dict[int, Pending] = {}
        self._poller = 0
        self._stop_words = _TAKEN_OVER

    @property
    def pending(self) -> list[Pending]:
        """What is not confirmed and not older than a day, oldest first."""
        horizon = self._clock.now() - KEPT
        while self._pending and (oldest := next(iter(self._pending.values()))).at < horizon:
            del self._pending[oldest.id]
            self._fact("expired", oldest.id)
        return list(self._pending.values())

    def waits(self, update_id: int) -> bool:
        """Whether this update is not confirmed yet."""
        return update_id in self._pending

    def add(self, part: Wire) -> int | None:
        """Queue an update of one kind (`{"message": {...}}`); None where the bot doesn't want the kind."""
        kind = next(iter(part))
        if not self._wants(kind):
            return None
        update_id, self.next_id = self.next_id, self.next_id + 1
        body = {"update_id": update_id, **part}
        self._queue(update_id, body)
        self._history.fact("telegram", self._bot.account, "made", body)
        return update_id

    def repeat(self, body: Wire) -> None:
        """Queue an update once more, under the id that it has."""
        self._queue(body["update_id"], body)
        self._fact("repeated", body["update_id"])

    def _queue(self, update_id: int, body: Wire) -> None:
        self._pending[update_id] = Pending(update_id, self._clock.now(), body)
        self.news.tell()

    def confirm(self, update_id: int) -> None:
        """Forget an update: the bot has it."""
        if self._pending.pop(update_id, None) is not None:
            self._fact("confirmed", update_id)

    def delivered(self, update_id: int) -> None:
        self._fact("delivered", update_id)

    def drop(self) -> None:
        for update in self.pending:
            del self._pending[update.id]
            self._fact("dropped", update.id)

    def move_offset(self, offset: int) -> None:
        """Apply getUpdates' offset: below it is confirmed; negative counts from the end and forgets the rest."""
        waiting = [update.id for update in self.pending]
        done = [i for i in waiting if i < offset] if offset >= 0 else waiting[:offset]
        for update_id in done:
            self.confirm(update_id)

    def start_poll(self) -> int:
        """Take the poller's place from whoever has it. Raises Refused(409) while a webhook is set."""
        if self.webhook is not None:
            raise Refused(
                409,
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        self._poller += 1
        self._stop_words = _TAKEN_OVER
        self.news.tell()
        return self._poller

    def check_poller(self, poller: int) -> None:
        """Raise Refused(409) when somebody else polls by now, or a webhook was set."""
        if poller != self._poller:
            raise Refused(409, self._stop_words)

    def set_webhook(self, webhook: Webhook | None) -> None:
        self.webhook = webhook
        if webhook is not None:
            self._poller += 1
            self._stop_words = "terminated by setWebhook request"
        self.news.tell()

    def _wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in _ASKED_FOR_ONLY

    def _fact(self, name: str, update_id: int) -> None:
        self._history.fact("telegram", self._bot.account, name, {"update_id": update_id})
