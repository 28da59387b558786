"""Takes out of a text what no other company should read, and puts it back into what came of it."""

from __future__ import annotations

import re
from datetime import datetime

from bot.nlu.entities.contacts import find_contacts
from bot.telemetry.scrubbing import scrub

LONGEST_TEXT = 2_000
_LAST_WORD = re.compile(r"[!-~]{1,320}\Z")
_PLACEHOLDER = re.compile(r"\[[a-z_]+(?:-\d+)?\]")


class Redaction:
    """What was taken out of the texts of one question, by the placeholders that stand for it.

    E-mail addresses, phones and booking numbers are found as they are for the hotel. What only looks like a secret or
    a long number, card numbers among it, is taken out by the rules of the logs, and does not come back.
    """

    def __init__(self, language: str | None, now: datetime) -> None:
        self._language = language
        self._now = now
        self._hidden: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """Return the text as it may leave the house: of 2,000 characters at the utmost."""
        if len(text) > LONGEST_TEXT:
            # What it ends with may be half an address or number, which no rule knows any more.
            text = _LAST_WORD.sub("", text[:LONGEST_TEXT])
        pieces, end = [], 0
        for found in sorted(find_contacts(text, self._language, self._now), key=lambda one: one.start):
            pieces += [text[end : found.start], self._placeholder(found.kind.value, found.text)]
            end = found.start + len(found.text)
        return scrub("".join([*pieces, text[end:]]))

    def restore(self, text: str) -> str:
        """Return a text with what its placeholders stand for."""
        return _PLACEHOLDER.sub(lambda match: self._hidden.get(match.group(), match.group()), text)

    def _placeholder(self, kind: str, text: str) -> str:
        known = next((mark for mark, hidden in self._hidden.items() if hidden == text), None)
        mark = known or f"[{kind}-{len(self._hidden) + 1}]"
        self._hidden[mark] = text
        return mark


def has_gaps(text: str) -> bool:
    """Whether something was taken out of a text that did not come back."""
    return _PLACEHOLDER.search(text) is not None
