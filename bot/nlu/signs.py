"""What is known of a whole text before the model weighs it: rules that hold, the lexicon's verdict, what is asked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from bot.nlu.sentiment import Reading

# Word counts from which a message counts as longer: a short one asks or thanks, a long one tells or reviews.
LENGTHS = (0, 1, 2, 3, 4, 8, 16, 32)


def signs_of(text: str, reading: Reading) -> Iterator[str]:
    """Yield each sign once, in a fixed order."""
    yield f"verdict {reading.sentiment.type}"
    yield from dict.fromkeys(f"rule {finding.about}" for finding in reading.findings)
    if reading.request:
        yield f"request {reading.request}"
    if "?" in text or "？" in text:
        yield "asks"
    if "!" in text or "！" in text:
        yield "calls"
    yield f"words {LENGTHS[bisect_right(LENGTHS, len(reading.tokens)) - 1]}"
