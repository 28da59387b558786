"""What is known of a whole text before the model weighs it: rules that hold, the lexicon's verdict, what is asked."""

from __future__ import annotations

from collections.abc import Iterator

from bot.nlu.requests import recognise_tokens
from bot.nlu.sentiment import Reading

# Beyond this many words a message is as long as any other.
MOST_COUNTED = 4


def signs_of(text: str, reading: Reading) -> Iterator[str]:
    """Yield each sign once, in a fixed order."""
    yield f"verdict {reading.sentiment.type}"
    yield from dict.fromkeys(f"rule {finding.about}" for finding in reading.findings)
    if request := recognise_tokens(text, reading.tokens):
        yield f"request {request}"
    if "?" in text or "？" in text:
        yield "asks"
    if "!" in text or "！" in text:
        yield "calls"
    yield f"words {min(len(reading.tokens), MOST_COUNTED)}"
