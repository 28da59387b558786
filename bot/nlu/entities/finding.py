"""Finds what of a text a hotel acts on: rooms, days, hours, counts, sums, phones, e-mails, booking numbers. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from bot.nlu.base import Entity
from bot.nlu.entities.contacts import find_contacts, hide, secrets_and_links
from bot.nlu.entities.days import DAYS
from bot.nlu.entities.hours import HOURS
from bot.nlu.entities.lexemes import lexemes
from bot.nlu.entities.lexicon import lexicon
from bot.nlu.entities.rules import Sentence
from bot.nlu.entities.things import AMOUNTS, COUNTS, ROOMS_NAMED
from bot.nlu.tokens import UNSPACED

# What stands further behind is a story that a person reads.
MOST_CHARACTERS = 2000
# Chinese words can't be told apart cheaply; such texts are always looked through.
MAY_TELL = re.compile(rf"[\d@{UNSPACED}]")
RULES = (*DAYS, *HOURS, *ROOMS_NAMED, *AMOUNTS, *COUNTS)


def find_entities(text: str, language: str | None, now: datetime) -> tuple[Entity, ...]:
    """Return what the text names, in its order. `now` is in the hotel's zone, in which days and hours are meant."""
    text = text[:MOST_CHARACTERS]
    if not MAY_TELL.search(text) and not lexicon(language).tells(text):
        return ()
    contacts = list(find_contacts(text, language, now))
    taken = [(each.start, each.start + len(each.text)) for each in contacts]
    sentence = Sentence(text, lexemes(hide(text, [*taken, *secrets_and_links(text)]), language), now)
    for rule in RULES:
        sentence.apply(rule)
    return tuple(sorted([*contacts, *sentence.found], key=lambda entity: entity.start))


def as_json(entities: tuple[Entity, ...]) -> dict[str, list[dict[str, Any]]]:
    """Return the entities by kind, as they are stored and printed."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in entities:
        unit = {"unit": each.unit} if each.unit else {}
        found.setdefault(each.kind.value, []).append({"value": each.value, **unit, "text": each.text})
    return found
