"""E-mail addresses, phones and booking numbers: what is found by its form, before words are looked at."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import islice

from bot.nlu.base import Entity, EntityKind
from bot.nlu.terms import DATA
from bot.nlu.tokens import UNSPACED

# Every part is bounded and begins where nothing like it stands before, so that the search is linear.
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,4}[a-z]{2,24}(?![\w-])", re.IGNORECASE)
LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
CODE = r"(?P<code>[A-Za-z]{0,5}[-/ ]?\d[\dA-Za-z/-]{2,30})(?![\w@]|[.,:]\d)"
BARE_BOOKING = re.compile(r"(?<![\w-])(?P<code>[A-Z]{2,5}-\d{3,10})(?![\w-])")
PHONE = re.compile(rf"(?<!\+)(?<![^\W{UNSPACED}])(?:\+|00)?\(?\d[\d \u00a0().\-/]{{5,22}}\d(?![^\W{UNSPACED}])")
DATE = re.compile(r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}([./-])\d{1,2}\1(?:20)?\d{2})(?!\d|[./-]\d)")
# Without one there is nothing here but e-mail addresses.
DIGITS = re.compile(r"\d")
LEAST_BOOKING_DIGITS, LEAST_WITH_LETTERS = 4, 3
# Shorter ones are no numbers that one calls from abroad, and are too easily something else.
LEAST_PHONE_DIGITS, MOST_PHONE_DIGITS = 9, 15
# A message with more is a list that nobody dials; each costs some 50 µs to check.
MOST_PHONES = 5
# Where people call home from, by what they write; English is written everywhere.
REGIONS = {"ru": "RU", "de": "DE", "fr": "FR", "es": "ES", "tr": "TR", "zh": "CN"}


def find_contacts(text: str, language: str | None, now: datetime) -> Iterator[Entity]:
    """Yield what stands in the text, none over another; what is a password is nothing else."""
    emails = list(_emails(text))
    yield from emails
    if not DIGITS.search(text):
        return
    bookings = list(_bookings(text))
    yield from bookings
    taken = [(each.start, each.start + len(each.text)) for each in (*emails, *bookings)]
    yield from _phones(hide(text, [*taken, *_secrets(text)]), language, now)


def hide(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with marks, that no rule reads, over the spans."""
    for start, end in spans:
        text = f"{text[:start]}{'•' * (end - start)}{text[end:]}"
    return text


def secrets_and_links(text: str) -> list[tuple[int, int]]:
    """Return where passwords and links stand: their numbers are nothing to act on."""
    return [*_secrets(text), *(match.span() for match in LINK.finditer(text))]


def _secrets(text: str) -> list[tuple[int, int]]:
    if not DIGITS.search(text):
        return []
    return [match.span("secret") for match in _forms()["secret"].finditer(text)]


def _emails(text: str) -> Iterator[Entity]:
    if "@" in text:
        for match in EMAIL.finditer(text):
            yield Entity(EntityKind.email, match.group().lower(), match.group(), match.start())


def _bookings(text: str) -> Iterator[Entity]:
    """What is called a booking number, or looks like BK-1001 and is no flight."""
    found = {match.span("code"): match for match in _forms()["booking"].finditer(text)}
    flights = {match.span("code") for match in _forms()["flight"].finditer(text)}
    bare = (match for match in BARE_BOOKING.finditer(text) if match.span("code") not in flights)
    for span, match in {**{match.span("code"): match for match in bare}, **found}.items():
        code = match["code"].rstrip("-/")
        digits = len(DIGITS.findall(code))
        least = LEAST_WITH_LETTERS if code[0].isalpha() else LEAST_BOOKING_DIGITS
        if digits >= least and not DATE.match(code):
            yield Entity(EntityKind.booking_number, code.upper(), code, span[0])


def _phones(text: str, language: str | None, now: datetime) -> Iterator[Entity]:
    for match in islice(PHONE.finditer(text), MOST_PHONES):
        written = match.group()
        if LEAST_PHONE_DIGITS <= len(DIGITS.findall(written)) <= MOST_PHONE_DIGITS and not DATE.match(written):
            number = _number(written, language, now)
            if number:
                yield Entity(EntityKind.phone, number, written, match.start())


def _number(written: str, language: str | None, now: datetime) -> str | None:
    """The number as the whole world dials it, where it exists in the guest's country or the hotel's."""
    import phonenumbers  # here: its tables take a moment, and few messages hold a number

    if written.startswith("00"):
        written = f"+{written[2:]}"
    regions = [None] if written.startswith("+") else [REGIONS.get(language or ""), _territory(str(now.tzinfo))]
    for region in regions:
        leniency = phonenumbers.Leniency.VALID
        for found in phonenumbers.PhoneNumberMatcher(written, region, leniency, max_tries=1):
            return phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)
    return None


@cache
def _territory(zone: str) -> str | None:
    from babel.core import get_global  # here, as above

    territory: str | None = get_global("zone_territories").get(zone)
    return territory


@cache
def _forms() -> dict[str, re.Pattern[str]]:
    """How passwords, booking numbers and flights are introduced, by the words of `contacts.toml`."""
    listed = tomllib.loads((DATA / "contacts.toml").read_text(encoding="utf-8"))
    words = {name: "|".join(word.strip() for word in text.split(",")) for name, text in listed.items()}
    links = rf"[\s:#№.=-]*(?:(?:{words['links']})(?![^\W\d_])[\s:#№.=-]*){{0,3}}"
    forms = {
        "secret": rf"(?:{words['secret']}){links}(?P<secret>(?=\S{{0,40}}\d)\S{{3,60}})",
        "booking": rf"(?:{words['booking']}){links}{CODE}",
        "flight": rf"(?:{words['flight']}){links}{CODE}",
    }
    return {name: re.compile(rf"(?<![^\W{UNSPACED}]){form}", re.IGNORECASE) for name, form in forms.items()}
