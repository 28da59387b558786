"""What staff put right, written out for the training without telling who wrote it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.nlu.base import Intent
from bot.nlu.evaluation import read_rows
from bot.storage.repositories.corrections import CorrectionRecord
from bot.storage.repositories.messages import NewMessage
from models.enums import MessageRole, MessageType, SentimentType
from tests.bot.cli.conftest import Operator
from tests.databases import Database, open_storage
from tests.factories import NOW

CALM, ANGRY = SentimentType.neutral, SentimentType.requires_attention


@pytest.fixture
def corrected(hotel: Operator, settings: Database) -> Operator:
    """An operator of two hotels whose staff have put something right."""
    asyncio.run(_correct(settings, "adler", "Anna Petrova", "Anna from room 305 here, the lift sings", CALM, None))
    asyncio.run(_correct(settings, "adler", "王小明", "我是王小明，早餐几点开始？我很高兴", None, Intent.breakfast))
    asyncio.run(_correct(settings, "baer", "Ivan", "Call\t+49 151 2345678\nplease", ANGRY, Intent.complaint))
    return hotel


async def _correct(
    urls: Database, slug: str, name: str, text: str, mood: SentimentType | None, intent: Intent | None
) -> None:
    database = open_storage(urls)
    await database.claims.ensure_partitions(NOW.date(), NOW.date())
    async with database.unit((await database.claims.hotels())[slug]) as uow:
        (account,) = await uow.accounts.all()
        guest = await uow.guests.add(name)
        chat = await uow.chats.at(account.id, name)
        talk = (await uow.conversations.begin_all({chat: guest.id}, NOW))[chat]
        said = NewMessage(
            talk.id,
            guest.id,
            MessageType.incoming,
            MessageRole.guest,
            text,
            "telegram",
            NOW,
            sentiment_type=SentimentType.positive,
            intent=Intent.other,
        )
        (message_id,) = await uow.messages.add_all([said])
        await uow.corrections.save(CorrectionRecord(message_id, mood, intent, None, NOW))
    await database.close()


def test_every_correction_is_a_line_without_who_wrote_it_when_all_are_exported(corrected: Operator) -> None:
    result = corrected.tries("corrections", "export")
    assert result.stdout.splitlines() == [
        "lang\ttext\tlabel\tintent",
        "en\tX from room 000 here, the lift sings\tneutral\t",
        "zh\t我是X，早餐几点开始？我很高兴\tpositive\tbreakfast",
        "en\tCall +00 000 0000000 please\trequires_attention\tcomplaint",
    ]
    assert "guests' words" in result.stderr


def test_only_one_hotels_are_written_when_it_is_named(corrected: Operator, tmp_path: Path) -> None:
    file = tmp_path / "corrections.tsv"
    corrected.does("corrections", "export", "--hotel", "baer", str(file))
    (row,) = read_rows(file)
    assert (row.language, row.label, row.intent) == ("en", "requires_attention", "complaint")


def test_a_line_is_written_once_when_the_same_was_put_right_again(corrected: Operator, settings: Database) -> None:
    asyncio.run(_correct(settings, "adler", "Anna Petrova", "Anna from room 12 here, the lift sings", CALM, None))
    asyncio.run(_correct(settings, "adler", "Olga", "Olga from room 305 here, the lift sings", CALM, None))
    lines = corrected.does("corrections", "export", "--hotel", "adler").splitlines()
    assert [line for line in lines if "room 000" in line] == ["en\tX from room 000 here, the lift sings\tneutral\t"]


def test_there_is_only_the_first_line_when_nothing_was_put_right(hotel: Operator) -> None:
    assert hotel.does("corrections", "export") == "lang\ttext\tlabel\tintent\n"


def test_known_hotels_are_named_when_one_is_unknown(hotel: Operator) -> None:
    assert "adler, baer" in hotel.fails("corrections", "export", "--hotel", "ader")
