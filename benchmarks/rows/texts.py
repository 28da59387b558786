"""Texts: how many messages a second one core understands, everything that is found out about each included."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.bench import Bench
from benchmarks.figures import Figure, median
from bot.nlu.analysis import Analyser
from bot.nlu.entities.finding import find_entities
from training.corpus import own_messages

SEED = 1
IN_THE_HOTEL = datetime(2026, 11, 20, 12, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))


async def texts(bench: Bench) -> None:
    """Judge messages of all languages, none of them twice: a part warms the caches, each of the others is a round."""
    messages = [example.text for example in own_messages()]
    Random(SEED).shuffle(messages)
    parts = bench.scale.rounds + 1
    analyser = Analyser()
    rates, shares = [], []
    for first in range(parts):
        part = messages[first::parts]
        began = time.process_time()
        languages = [analyser.analyse(text, now=IN_THE_HOTEL).language for text in part]
        judged = time.process_time()
        for text, language in zip(part, languages, strict=True):
            find_entities(text, language, IN_THE_HOTEL)
        rates.append(len(part) / (judged - began))
        shares.append((time.process_time() - judged) / len(part))
    note = f"{len(messages):,} messages of guests, once each"
    bench.record(Figure("texts.whole", "messages understood on one core", median(rates[1:]), "/s", note))
    bench.record(Figure("texts.entities", "of it, what they name", 1e6 * median(shares[1:]), "µs each"))
