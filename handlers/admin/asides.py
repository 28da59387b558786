"""What else can be settled once a trigger is whole, before it is saved: its limits, and its text in other languages.

One asks what to settle, the next for one limit or one language; both lead back to saving.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.errors import RejectedInput
from bot.texts import language_code
from handlers.admin.draft import Draft, Question
from handlers.admin.limits import CHOICES, USUAL, Limit, limit_words, split_limits, value_words, with_limits
from handlers.admin.phrases import Unclear, parse_conditions_text
from handlers.base import Turn
from triggers.exchange.reading import read_entry
from triggers.rejections import Problem, RejectedTrigger, shown
from triggers.templates import check_template

ENOUGH = "done"
Asked = tuple[str, list[tuple[str, str]]]


def take_limits(draft: Draft, answer: str) -> Draft:
    """Take which limit is to be settled, or limits written out."""
    if answer == ENOUGH:
        return replace(draft, aside=None)
    if answer in frozenset(Limit):
        return replace(draft, aside=Question.limit, part=answer)
    limits, conditions = split_limits(parse_conditions_text(answer))
    if conditions or not limits:
        raise Unclear(answer)
    return limited(draft, limits)


def take_limit(draft: Draft, answer: str) -> Draft:
    """Take what the limit shall be that was asked for."""
    limits, _ = split_limits({draft.part or "": answer.split("|") if "|" in answer else answer})
    return replace(limited(draft, limits), aside=Question.limits, part=None)


def limited(draft: Draft, limits: dict[str, object]) -> Draft:
    """Return the draft with these limits. Raises RejectedTrigger for one that is none."""
    changed = replace(draft, limits=with_limits(draft.limits, limits))
    read_entry(changed.values)
    return changed


def take_languages(draft: Draft, answer: str) -> Draft:
    """Take the language whose text is to be written."""
    return (
        replace(draft, aside=None)
        if answer == ENOUGH
        else replace(draft, aside=Question.translation, part=_code(answer))
    )


def take_translation(draft: Draft, answer: str) -> Draft:
    """Take the text in the language that was asked for."""
    return replace(translated(draft, draft.part or "", answer), aside=Question.languages, part=None)


def translated(draft: Draft, language: str, text: str) -> Draft:
    """Return the draft with this text in another language, or without any there. Raises RejectedTrigger."""
    code = _code(language)
    others = {name: said for name, said in draft.translations.items() if name != code}
    if text == USUAL:
        return replace(draft, translations=others)
    check_template(text, path=f"translations.{code}")
    return replace(draft, translations={**others, code: text})


def _code(language: str) -> str:
    try:
        return language_code(language)
    except RejectedInput as error:
        raise RejectedTrigger(shown(language) or "language", Problem.unknown_name, error.sentence) from None


def ask_limits(turn: Turn, draft: Draft) -> Asked:
    """Show the limits as they are; each can be chosen."""
    lines = "\n".join(limit_words(turn, limit, draft.limits.get(limit)) for limit in Limit)
    names = [(limit.value, turn.say("admin-limit-name", limit=limit.value)) for limit in Limit]
    return turn.say("admin-new-limits", limits=lines), [*names, (ENOUGH, turn.say("admin-button-enough"))]


def ask_limit(turn: Turn, draft: Draft) -> Asked:
    """Ask for one limit."""
    limit = Limit(draft.part or "")
    values = [
        (value, value_words(turn, limit, [value] if limit is Limit.channels else value)) for value in CHOICES[limit]
    ]
    usual = (USUAL, turn.say("admin-button-usual"))
    text = turn.say("admin-new-limit", limit=limit.value, now=value_words(turn, limit, draft.limits.get(limit)))
    return text, [*values, usual]


def ask_languages(turn: Turn, draft: Draft) -> Asked:
    """Ask for which language there shall be a text."""
    offered = sorted({*turn.texts.languages(), *draft.translations} - {turn.hotel.default_language})
    text = turn.say("admin-new-languages", count=len(draft.translations), languages=_joined(draft.translations))
    return text, [*((code, code) for code in offered), (ENOUGH, turn.say("admin-button-enough"))]


def ask_translation(turn: Turn, draft: Draft) -> Asked:
    """Ask for the text in one language."""
    known = draft.translations.get(draft.part or "", "")
    text = turn.say("admin-new-translation", language=draft.part or "", known="yes" if known else "no", text=known)
    return text, [(USUAL, turn.say("admin-button-without"))] if known else []


def _joined(languages: Iterable[str]) -> str:
    return ", ".join(sorted(languages))
