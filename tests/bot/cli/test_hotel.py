from __future__ import annotations

import asyncio
import json

import pytest

from bot.messages import Platform
from tests.bot.cli.conftest import Operator, Reader
from tests.databases import connected


def test_lists_a_hotel_when_it_was_added(hotel: Operator) -> None:
    assert hotel.does("hotel", "list").splitlines() == [
        "adler\tHotel Adler\tEurope/Berlin\tde",
        "baer\tHotel Bär\tEurope/Berlin\tde",
    ]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--slug", "Das Haus", "slug"),
        ("--slug", "adler", "another hotel has it"),
        ("--timezone", "Berlin", "Europe/Berlin"),
        ("--timezone", "../etc/passwd", "timezone"),
        ("--language", "german", "ru or en"),
        ("--name", " ", "what the hotel is called"),
        ("--name", "A" * 300, "too long"),
    ],
)
def test_names_the_wrong_part_when_a_hotel_is_added(hotel: Operator, option: str, value: str, said: str) -> None:
    words = {"--name": "Haus", "--slug": "haus", "--timezone": "Europe/Berlin", "--language": "de", option: value}
    assert said in hotel.fails("hotel", "add", *(word for pair in words.items() for word in pair))
    assert len(hotel.does("hotel", "list").splitlines()) == 2


def test_shows_no_token_when_a_channel_is_added_and_listed(hotel: Operator) -> None:
    added = hotel.tries(
        *("hotel", "channel", "add-green", "--hotel", "adler", "--phone", "+49 30 900100", "--instance", "1101"),
        typed="s3cr3t-t0ken",
    )
    listed = hotel.does("hotel", "channel", "list", "--hotel", "adler")
    assert "s3cr3t" not in added.output + listed
    assert [line.split("\t")[1:4] for line in listed.splitlines()] == [
        [Platform.telegram, "@adler_bot", "new"],
        [Platform.whatsapp_green, "+4930900100", "new"],
    ]


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("add-telegram", "--username", "desk_bot"), "not a token", "bot_token"),
        (("add-telegram", "--username", "baer_bot"), "1:x", "has this account already"),
        (("add-green", "--phone", "+4930900100", "--instance", "abc"), "s3cr3t", "id_instance"),
    ],
)
def test_keeps_nothing_when_a_channel_can_not_be_used(
    hotel: Operator, words: tuple[str, ...], typed: str, said: str
) -> None:
    result = hotel.tries("hotel", "channel", *words, "--hotel", "adler", typed=typed)
    assert result.exit_code == 1
    assert said in result.stderr.splitlines()[-1]
    assert typed not in result.output
    assert len(hotel.does("hotel", "channel", "list", "--hotel", "adler").splitlines()) == 1


@pytest.mark.parametrize("typed", ["", "\n"])
def test_names_the_ways_to_give_a_token_when_none_is_piped_in(hotel: Operator, typed: str) -> None:
    words = ("channel", "add-telegram", "--hotel", "adler", "--username", "desk_bot")
    result = hotel.tries("hotel", *words, typed=typed)
    assert result.exit_code == 2
    assert "BOT_TOKEN" in result.stderr
    assert "desk_bot" not in hotel.does("hotel", "channel", "list", "--hotel", "adler")


@pytest.mark.parametrize("phone", ["900100", "+49", "+49 1", "abc"])
def test_asks_for_the_international_form_when_a_phone_is_none(hotel: Operator, phone: str) -> None:
    result = hotel.tries("hotel", "staff", "--hotel", "adler", "--name", "Olga", "--phone", phone)
    assert result.exit_code == 2
    assert "--phone" in result.stderr


def test_names_the_known_hotels_when_a_slug_is_unknown(hotel: Operator) -> None:
    assert "adler, baer" in hotel.fails("hotel", "channel", "list", "--hotel", "alder")


def test_says_how_to_add_one_when_there_is_no_hotel_yet(operator: Operator) -> None:
    assert "hotel add" in operator.fails("hotel", "channel", "list", "--hotel", "adler")


def test_switches_an_account_off_once_when_it_is_removed(hotel: Operator) -> None:
    account = hotel.account()
    hotel.does("hotel", "channel", "remove", "--hotel", "adler", account)
    assert "\tdisabled\t" in hotel.does("hotel", "channel", "list", "--hotel", "adler")
    assert "no such account" in hotel.fails("hotel", "channel", "remove", "--hotel", "adler", account)


def test_refuses_another_hotels_account_when_one_is_named(hotel: Operator) -> None:
    account = hotel.account("baer")
    assert "no such account" in hotel.fails("hotel", "channel", "remove", "--hotel", "adler", account)
    chat = ("--account", account, "--chat", "-100")
    assert "no such account" in hotel.fails("hotel", "staff-chat", "--hotel", "adler", *chat)
    assert "\tnew\t" in hotel.does("hotel", "channel", "list", "--hotel", "baer")


def test_changes_a_person_when_the_same_one_is_added_again(hotel: Operator) -> None:
    person = ("hotel", "staff", "--hotel", "adler", "--telegram-id", "77")
    hotel.does(*person, "--name", "Olga")
    assert "Olga is admin" in hotel.does(*person, "--name", "Olga", "--role", "admin", "--phone", "+49 30 900 101")
    assert "already" in hotel.fails("hotel", "staff", "--hotel", "adler", "--telegram-id", "78", "--name", "X",
                                    "--phone", "+4930900101")  # fmt: skip


def test_keeps_what_is_not_given_when_a_person_is_changed(hotel: Operator) -> None:
    person = ("hotel", "staff", "--hotel", "adler", "--name", "Olga")
    hotel.does(*person, "--phone", "+49 30 900 101", "--language", "ru")
    hotel.does(*person, "--phone", "+4930900101", "--telegram-id", "77")
    hotel.does(*person, "--telegram-id", "77", "--role", "admin")
    assert "Olga is admin" in hotel.does(*person, "--telegram-id", "77", "--phone", "+4930900101")
    assert people(hotel) == [["Olga", "admin", "77", "+4930900101", "ru"]]


def test_leaves_others_alone_when_a_person_has_no_telegram_or_no_phone(hotel: Operator) -> None:
    person = ("hotel", "staff", "--hotel", "adler")
    hotel.does(*person, "--name", "Ivan", "--phone", "+4930900101")
    hotel.does(*person, "--name", "Olga", "--telegram-id", "77")
    hotel.does(*person, "--name", "Anna", "--telegram-id", "78")
    assert [one[0] for one in people(hotel)] == ["Anna", "Ivan", "Olga"]


def test_lets_the_next_one_have_the_phone_when_somebody_is_dismissed(hotel: Operator, reader: Reader) -> None:
    person = ("hotel", "staff", "--hotel", "adler", "--phone", "+4930900101", "--name")
    hotel.does(*person, "Olga", "--telegram-id", "77", "--role", "admin")
    olga = hotel.does("hotel", "people", "--hotel", "adler").split("\t")[0]
    assert "nobody" in hotel.fails("hotel", "dismiss", "--hotel", "baer", olga)

    assert "staff group" in hotel.does("hotel", "dismiss", "--hotel", "adler", olga)
    assert "nobody" in hotel.fails("hotel", "dismiss", "--hotel", "adler", olga)
    hotel.does(*person, "Ivan", "--telegram-id", "78")

    assert people(hotel) == [["Ivan", "staff", "78", "+4930900101", ""]]
    trail = reader.rows("adler", "SELECT description FROM dashboard.audits WHERE action = 'staff.dismiss'")
    assert [row["description"] for row in trail] == ["Olga was dismissed."]


def people(hotel: Operator) -> list[list[str]]:
    """Return what is listed of the hotel's people but for their ids."""
    return [line.split("\t")[1:] for line in hotel.does("hotel", "people", "--hotel", "adler").splitlines()]


def test_wants_to_know_a_person_by_something_when_one_is_added(hotel: Operator) -> None:
    assert "--telegram-id or --phone" in hotel.fails("hotel", "staff", "--hotel", "adler", "--name", "Olga")


def test_keeps_the_other_settings_when_the_staff_chat_is_set(hotel: Operator, reader: Reader) -> None:
    account = hotel.account()
    chat = ("hotel", "staff-chat", "--hotel", "adler", "--account", account)
    asyncio.run(_set_emergency_number(reader))
    hotel.does(*chat, "--chat", "-1001", "--topic", "5")
    (row,) = reader.rows("adler", "SELECT settings FROM hotels")
    assert json.loads(row["settings"]) == {
        "emergency_number": "911",
        "staff_chat": {"account_id": account, "address": "-1001", "thread_id": "5"},
    }


async def _set_emergency_number(reader: Reader) -> None:
    async with connected(reader.database.app_url) as app:
        (row,) = await reader.fetch("adler", "SELECT id FROM hotels")
        await app.execute("SELECT set_config('app.hotel_id', $1, false)", str(row["id"]))
        await app.execute("""UPDATE hotels SET settings = '{"emergency_number": "911"}'""")


def test_keeps_the_other_language_when_an_answer_is_written_in_a_second_one(hotel: Operator, reader: Reader) -> None:
    answer = ("hotel", "answer", "--hotel", "adler", "--intent", "wifi")
    hotel.does(*answer, "--language", "en", "--question", "wifi?", "--question", "internet?", "--answer", "sun")
    hotel.does(*answer, "--language", "RU", "--question", "вайфай?", "--answer", "солнце")
    (row,) = reader.rows("adler", "SELECT questions, answers FROM knowledge_items")
    assert json.loads(row["questions"]) == {"en": ["wifi?", "internet?"], "ru": ["вайфай?"]}
    assert json.loads(row["answers"]) == {"en": "sun", "ru": "солнце"}


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--language", "?", "ru or en"),
        ("--intent", "i" * 101, "too long"),
        ("--intent", " ", "--intent: write something"),
        ("--question", "", "--question: write something"),
        ("--answer", "\n", "--answer: write something"),
    ],
)
def test_keeps_no_answer_when_it_can_not_be_used(
    hotel: Operator, reader: Reader, option: str, value: str, said: str
) -> None:
    words = {"--intent": "wifi", "--language": "en", "--question": "q", "--answer": "a", option: value}
    answer = (word for pair in words.items() for word in pair)
    assert said in hotel.fails("hotel", "answer", "--hotel", "adler", *answer)
    assert not reader.rows("adler", "SELECT FROM knowledge_items")


def test_keeps_who_did_what_when_something_is_changed(hotel: Operator, reader: Reader) -> None:
    hotel.does("hotel", "channel", "remove", "--hotel", "adler", hotel.account())
    actions = [row["action"] for row in reader.rows("adler", "SELECT action FROM dashboard.audits ORDER BY id")]
    assert actions == ["channel.add", "channel.remove"]
