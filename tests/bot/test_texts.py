from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message, VariableReference
from fluent.syntax.visitor import Visitor

from bot.errors import RejectedInput
from bot.texts import LOCALES, Texts, format_date, format_time, language_code, wider_language

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "triggers")

# Written ahead of the room that will say them; take a key out when its room stands.
NOT_YET_SAID: frozenset[str] = frozenset(
    {
        "answer-follow-up",
        "choice-expired",
        "complaint-received",
        "disappointment-received",
        "emergency-received",
        "fallback",
        "information-empty",
        "information-title",
        "language-ask",
        "language-done",
        "language-name",
        "link-already",
        "link-ask-booking",
        "link-ask-surname",
        "link-done",
        "link-done-no-room",
        "link-expired",
        "link-foreign-contact",
        "link-not-found",
        "link-offer-contact",
        "link-phone-not-found",
        "link-share-contact",
        "link-too-many",
        "location-received",
        "media-received",
        "menu-back",
        "menu-information",
        "menu-language",
        "menu-link",
        "menu-person",
        "menu-title",
        "opt-in-done",
        "opt-out-done",
        "person-called",
        "thanks-reply",
        "unsupported-received",
        "welcome-back",
        "welcome-stay",
        "welcome-unknown",
    }
)


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802 - the visitor's protocol
        self.names.add(node.id.name)


def catalogue(language: str) -> dict[str, frozenset[str]]:
    """Every key of a language with the variables its text uses."""
    found: dict[str, frozenset[str]] = {}
    for file in sorted((LOCALES / language).glob("*.ftl")):
        for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, Junk), f"{file.name}: {entry.content!r} is not Fluent"
            if isinstance(entry, Message):
                assert entry.id.name not in found, f"{entry.id.name} is written twice in {language}"
                variables = _Variables()
                variables.visit(entry)
                found[entry.id.name] = frozenset(variables.names)
    return found


def syntax_trees() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            yield file, ast.parse(file.read_text(encoding="utf-8"))


def literals() -> set[str]:
    return {
        node.value
        for _, tree in syntax_trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def asked_keys() -> Iterator[tuple[str, str]]:
    """Keys given as literals to something called `texts`, with the file that asks."""
    for file, tree in syntax_trees():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id="texts") | ast.Attribute(attr="texts" | "_texts"),
                    args=[ast.Constant(value=str(key)), *_],
                ):
                    yield str(file.relative_to(ROOT)), key


def write(folder: Path, language: str, source: str) -> None:
    (folder / language).mkdir()
    (folder / language / "some.ftl").write_text(source, encoding="utf-8")


def test_every_language_has_the_same_keys_and_variables() -> None:
    english = catalogue("en")
    assert english
    for language in Texts().languages():
        assert catalogue(language) == english


def test_every_key_that_code_asks_for_is_in_the_catalogue() -> None:
    english = catalogue("en")
    assert [(file, key) for file, key in asked_keys() if key not in english] == []


def test_every_key_in_the_catalogue_is_said_somewhere() -> None:
    assert sorted(set(catalogue("en")) - literals() - NOT_YET_SAID) == []


def test_texts_come_from_both_catalogues_when_asked_by_language() -> None:
    texts = Texts()
    assert texts.languages() == ["en", "ru"]
    assert texts("welcome-stay", "en", guest="Ann", hotel="Aurora").startswith("Hello Ann, welcome to Aurora!")
    assert texts("welcome-stay", "ru", guest="Анна", hotel="Аврора").startswith("Здравствуйте, Анна!")


@pytest.mark.parametrize(
    ("language", "said"),
    [("pt-BR", "olá"), ("pt_br", "olá"), ("PT", "olá"), ("de-AT", "привет"), (None, "привет"), ("", "привет")],
)
def test_the_nearest_language_answers_when_the_asked_one_is_missing(
    tmp_path: Path, language: str | None, said: str
) -> None:
    for name, source in {"en": "hi = hello\nbye = bye", "pt": "hi = olá", "ru": "hi = привет"}.items():
        write(tmp_path, name, source)
    texts = Texts(tmp_path).with_default("ru")
    assert texts("hi", language) == said
    assert texts("bye", language) == "bye"


def test_a_hotels_default_leaves_other_hotels_alone() -> None:
    texts = Texts()
    texts.with_default("ru")
    assert texts("thanks-reply", None) == "You're very welcome!"


def test_a_missing_key_is_a_loud_error() -> None:
    with pytest.raises(KeyError, match="no-such-text"):
        Texts()("no-such-text", "en")


def test_a_missing_value_is_a_loud_error() -> None:
    with pytest.raises(KeyError, match=r"welcome-stay.*hotel"):
        Texts()("welcome-stay", "en", guest="Ann")


def test_a_text_with_attributes_only_is_a_loud_error(tmp_path: Path) -> None:
    write(tmp_path, "en", "hi =\n    .label = hello")
    with pytest.raises(KeyError, match=r"hi.*no value"):
        Texts(tmp_path)("hi", "en")


@pytest.mark.parametrize("name", ["{ $hotel }", "{ menu-title }", '{ "x" }', "\u2068Ann\u2069", "a\n.b = c", "👩‍🚀"])
def test_a_guests_words_are_repeated_verbatim_when_they_look_like_a_pattern(name: str) -> None:
    said = Texts()("welcome-back", "en", guest=name)
    assert said == f"Hello again, {name}. How can I help?"


def test_a_moment_is_written_in_the_hotels_zone_and_the_guests_language() -> None:
    at = datetime(2026, 11, 20, 22, 5, tzinfo=UTC)
    berlin = ZoneInfo("Europe/Berlin")
    assert format_time(at, berlin, "en") == "23:05"
    assert format_time(at, berlin, "ru") == "23:05"
    assert format_date(at, "en", berlin) == "20 November 2026"
    assert format_date(at, "ru", ZoneInfo("Asia/Almaty")) == "21 ноября 2026"
    assert format_date(date(2026, 11, 20), "de-AT") == "20. November 2026"


@pytest.mark.parametrize("language", [None, "xx", "not a tag", "zz-Latn-ZZ"])
def test_a_day_is_written_in_english_when_the_language_is_unknown(language: str | None) -> None:
    assert format_date(date(2026, 11, 20), language) == "20 November 2026"


@pytest.mark.parametrize(
    ("count", "span", "attempts"),
    [
        (1, "1 час", "за 1 попытку,"),
        (2, "2 часа", "за 2 попытки,"),
        (5, "5 часов", "за 5 попыток,"),
        (11, "11 часов", "за 11 попыток,"),
        (21, "21 час", "за 21 попытку,"),
    ],
)
def test_russian_nouns_agree_when_they_are_counted(count: int, span: str, attempts: str) -> None:
    assert Texts()("admin-span", "ru", unit="hours", count=count) == span
    assert attempts in Texts()("alert-quarantined", "ru", event="7", attempts=count)


@pytest.mark.parametrize(("given", "code"), [("RU", "ru"), ("en-GB", "en-gb"), ("zh-Hans", "zh-hans")])
def test_takes_a_language_however_it_is_cased(given: str, code: str) -> None:
    assert language_code(given) == code


@pytest.mark.parametrize("given", ["", "r", "russian", "ru_RU", "ru-", "en-latn-gb-x", "xx", "qqq"])
def test_refuses_a_language_when_it_is_no_code(given: str) -> None:
    with pytest.raises(RejectedInput, match="ru or en"):
        language_code(given)


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("pt-BR", "pt-br"),
        ("zh-hans-raw", "zh-hans"),
        ("ru_RU", "ru-ru"),
        ("xx-klingon", None),
        ("a" * 16, None),
        (None, None),
    ],
)
def test_the_nearest_known_language_is_taken_when_an_app_names_another(tag: str | None, code: str | None) -> None:
    assert wider_language(tag) == code
