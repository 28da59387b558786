"""What a trigger says: a small language for untrusted authors (docs/decisions/0007-template-language.md).

Liquid without loops, assignments and includes: variables, filters, `if`, `unless`, `case`, comments. Unknown
names are refused when the trigger is saved; what is rendered is plain text of at most one message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from liquid import BoundTemplate, Environment, StrictUndefined, Tag
from liquid.builtin import comment_tag, content, illegal, output
from liquid.builtin.tags import case_tag, if_tag, unless_tag
from liquid.exceptions import LiquidError

from triggers.filters import FILTERS, Plain, filters_for, locale_of, value_for
from triggers.rejections import Problem, RejectedTrigger, nearest, shown

LONGEST_MESSAGE = 4096  # UTF-16 units, which is how Telegram counts
LONGEST_TEMPLATE = 8192

# Every variable, with the value of an invented guest: what is checked and previewed against.
VARIABLES: Mapping[str, Plain] = {
    "guest.name": "Anna Petrova",
    "guest.language": "en",
    "hotel.name": "Hotel Bellevue",
    "stay.booking_number": "A-1024",
    "stay.room_type": "suite",
    "stay.room_number": "305",
    "stay.check_in": datetime(2026, 11, 20, 14, tzinfo=UTC),
    "stay.check_out": datetime(2026, 11, 23, 11, tzinfo=UTC),
    "stay.nights": 3,
    "stay.adults": 2,
    "stay.children": 1,
    "stay.amount": Decimal("450.00"),
    "stay.currency": "EUR",
    "message.text": "The room is cold",
}
_ZONE = ZoneInfo("UTC")
_CHECKED_IN = "en"
_PATH = "message_template"
_LONGEST_SENTENCE = 200

_TAGS: tuple[type[Tag], ...] = (
    content.Literal,
    output.Output,
    illegal.Illegal,
    if_tag.IfTag,
    unless_tag.UnlessTag,
    case_tag.CaseTag,
    comment_tag.CommentTag,
)
_FAILURES = (LiquidError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


class _Sandbox(Environment):
    """Liquid with only what is named here; a tag or filter that a later version adds stays outside."""

    block_nesting_limit = 8
    context_depth_limit = 8
    loop_iteration_limit = 1
    local_namespace_limit = 1
    output_stream_limit = LONGEST_MESSAGE * 4  # bytes

    def __init__(self, language: str | None) -> None:
        self._filters = filters_for(locale_of(language))
        super().__init__(undefined=StrictUndefined)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in _TAGS:
            self.add_tag(tag)
        self.filters = dict(self._filters)


@lru_cache(maxsize=128)
def _sandbox(language: str | None) -> _Sandbox:
    return _Sandbox(language)


@dataclass(frozen=True, slots=True)
class _Template:
    """A text, read once, and the dotted names and filters that it uses."""

    bound: BoundTemplate
    names: tuple[str, ...]
    filters: tuple[str, ...]


@lru_cache(maxsize=1024)
def _parsed(text: str, language: str | None) -> _Template:
    bound = _sandbox(language).from_string(text)
    found = bound.analyze(include_partials=False)
    names = dict.fromkeys(str(use) for uses in found.variables.values() for use in uses)
    return _Template(bound, tuple(names), tuple(found.filters))


def check_template(text: object, variables: Mapping[str, Plain] = VARIABLES, path: str = _PATH) -> None:
    """Raise RejectedTrigger unless the text is a template that can be sent to any guest.

    `variables` are the right names with sample values; it is rendered with them, and with none of them known.
    """
    if not isinstance(text, str):
        raise RejectedTrigger(path, Problem.wrong_type, f"must be text, not {shown(text)!r}")
    if len(text) > LONGEST_TEMPLATE:
        raise RejectedTrigger(path, Problem.too_much, f"must have at most {LONGEST_TEMPLATE} characters")
    try:
        _check_names(_parsed(text, _CHECKED_IN), variables, path)
        said = _rendered(text, variables, _CHECKED_IN, _ZONE)
        _rendered(text, dict.fromkeys(variables), _CHECKED_IN, _ZONE)
    except _FAILURES as error:
        raise RejectedTrigger(path, Problem.bad_template, _sentence(error)) from None
    _check_length(said, path)


def _check_names(template: _Template, variables: Mapping[str, Plain], path: str) -> None:
    for name in template.names:
        if name not in variables:
            detail = f"there is no variable {shown(name)}"
            raise RejectedTrigger(path, Problem.unknown_name, detail, nearest(name, variables))
    for name in template.filters:
        if name not in FILTERS:
            detail = f"there is no filter {shown(name)}"
            raise RejectedTrigger(path, Problem.unknown_name, detail, nearest(name, FILTERS))


def render(text: str, variables: Mapping[str, Plain], language: str | None, zone: ZoneInfo) -> str:
    """Return the text for a guest: variables by dotted name (`guest.name`), None where nothing is known.

    Raises RejectedTrigger when the template fails, says nothing or too much; no value enters the error.
    """
    try:
        said = _rendered(text, variables, language, zone)
    except _FAILURES:
        raise RejectedTrigger(_PATH, Problem.bad_template, "can't be rendered for this guest") from None
    _check_length(said, _PATH)
    return said


def _rendered(text: str, variables: Mapping[str, Plain], language: str | None, zone: ZoneInfo) -> str:
    template = _parsed(text, language)
    used = {name: variables[name] for name in template.names if name in variables}
    return template.bound.render(_nested(used, language, zone)).strip()


def _check_length(said: str, path: str) -> None:
    if not said:
        raise RejectedTrigger(path, Problem.empty, "says nothing")
    if len(said.encode("utf-16-le")) // 2 > LONGEST_MESSAGE:
        raise RejectedTrigger(path, Problem.too_much, f"says more than {LONGEST_MESSAGE} characters")


def _nested(variables: Mapping[str, Plain], language: str | None, zone: ZoneInfo) -> dict[str, dict[str, object]]:
    locale = locale_of(language)
    values: dict[str, dict[str, object]] = {}
    for name, value in variables.items():
        owner, _, part = name.partition(".")
        values.setdefault(owner, {})[part] = value_for(value, locale, zone)
    return values


def _sentence(error: Exception) -> str:
    """Return the library's own words on the author's text, without the excerpt that it draws."""
    return shown(error.message, _LONGEST_SENTENCE) if isinstance(error, LiquidError) else "is not a template"


def choose_text(
    template: str, translations: Mapping[str, str], language: str | None, default: str
) -> tuple[str, str]:
    """Return the text in the guest's language, else in the hotel's `default`, and that language. The template is in
    the default one, unless that has a text of its own, as in a file of a hotel that speaks another.

    A wider tag serves a narrower one: "pt" is taken for "pt-BR".
    """
    texts = {_tag(default): template} | {_tag(tag): text for tag, text in translations.items()}
    names = {_tag(tag): tag for tag in (default, *translations)}
    chosen = next((tag for tag in _narrowing(language) if tag in texts), _tag(default))
    return texts[chosen], names[chosen]


def _narrowing(language: str | None) -> Iterator[str]:
    parts = _tag(language or "").split("-")
    return ("-".join(parts[:length]) for length in range(len(parts), 0, -1))


def _tag(language: str) -> str:
    return language.lower().replace("_", "-")
