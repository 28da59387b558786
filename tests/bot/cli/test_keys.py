from __future__ import annotations

import os
from datetime import timedelta

import pytest

from bot.cli.checks.keys import try_keys
from bot.enrolment import NewAccount, enrol_account, enrol_hotel
from bot.errors import ConfigurationError
from bot.messages import Platform
from bot.security.encryption import KeyRing, new_key
from bot.storage.engine import make_engine
from bot.storage.unit_of_work import Database
from tests.bot.cli.conftest import Operator, Reader
from tests.databases import Database as Place

SECONDS = timedelta(seconds=5)


@pytest.mark.parametrize(("words", "start"), [(("keys", "new"), "key-20"), (("keys", "new", "spring"), "spring:")])
def test_prints_what_the_setting_takes_when_a_key_is_made(words: tuple[str, ...], start: str) -> None:
    line = Operator().does(*words).strip()
    assert line.startswith(start)
    assert KeyRing.from_setting(line).first == line.partition(":")[0]


def test_names_keys_apart_when_two_are_made_on_one_day() -> None:
    ids = {Operator().does("keys", "new").partition(":")[0] for _ in range(2)}
    assert len(ids) == 2


def test_lets_the_old_key_go_when_everything_was_sealed_anew(
    hotel: Operator, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = f"next:{new_key()}"
    monkeypatch.setenv("BELLHOP_ENCRYPTION_KEYS", f"{new},{os.environ['BELLHOP_ENCRYPTION_KEYS']}")
    assert hotel.does("keys", "rotate") == "2 credentials sealed anew, 0 left on other keys.\n"
    monkeypatch.setenv("BELLHOP_ENCRYPTION_KEYS", new)
    assert hotel.does("keys", "rotate") == "0 credentials sealed anew, 0 left on other keys.\n"
    (row,) = reader.rows("adler", "SELECT encryption_key_id FROM integrations")
    assert row["encryption_key_id"] == "next"


@pytest.mark.parametrize("slug", ["adler", "baer"])
async def test_opens_the_house_when_only_one_hotels_credentials_are_damaged(settings: Place, slug: str) -> None:
    storage = Database(make_engine(settings.app_url, 1, SECONDS), make_engine(settings.runtime_url, 1, SECONDS))
    keys = KeyRing.from_setting(f"main:{new_key()}")
    others = KeyRing.from_setting(f"main:{new_key()}")
    for each in ("adler", "baer"):
        hotel_id = await enrol_hotel(storage, each, each, "Europe/Berlin", "de")
        async with storage.unit(hotel_id) as uow:
            account = NewAccount(Platform.telegram, f"@{each}", {"bot_token": f"{len(each)}:t"})
            await enrol_account(uow, others if each == slug else keys, account)
    await try_keys(storage, keys)
    await try_keys(storage, KeyRing.from_setting(f"next:{new_key()}"))
    with pytest.raises(ConfigurationError, match="opens none of them"):
        await try_keys(storage, KeyRing.from_setting(f"main:{new_key()}"))
    await storage.close()


def test_fails_when_credentials_are_left_on_a_key_that_is_gone(
    hotel: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELLHOP_ENCRYPTION_KEYS", f"next:{new_key()}")
    result = hotel.tries("keys", "rotate")
    assert result.exit_code == 1
    assert "0 credentials sealed anew, 2 left on other keys." in result.stdout
