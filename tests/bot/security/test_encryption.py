from __future__ import annotations

import base64
import copy
import pickle
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.security.encryption import KeyRing, Place, UnreadableValue, key_id_of, new_key

TOKEN = b"123456789:AAFakeTokenOfABotThatNeverWas-0000"
PLACE = Place(uuid4(), "channel_accounts", "token", uuid4())
OLD = f"2025:{new_key()}"
NEW = f"2026:{new_key()}"
RING = KeyRing.from_setting(OLD)
ROTATED = KeyRing.from_setting(f"{NEW}, {OLD}")


@given(st.binary(max_size=10_000))
def test_a_value_comes_back_unchanged_when_it_is_read_where_it_was_written(value: bytes) -> None:
    assert RING.decrypt(RING.encrypt(value, PLACE), PLACE) == value


def test_two_stored_values_share_nothing_when_the_secret_is_the_same() -> None:
    header = 2 + len("2025")
    first, second = RING.encrypt(TOKEN, PLACE), RING.encrypt(TOKEN, PLACE)
    assert first[header:] != second[header:]
    assert TOKEN not in first


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, hotel_id=uuid4()),
        replace(PLACE, row_id=uuid4()),
        replace(PLACE, table="integrations"),
        replace(PLACE, column="secret"),
        replace(PLACE, table="channel_accountst", column="oken"),
        replace(PLACE, hotel_id=PLACE.row_id, row_id=PLACE.hotel_id),
    ],
)
def test_a_value_is_unreadable_when_it_was_copied_to_another_place(elsewhere: Place) -> None:
    blob = RING.encrypt(TOKEN, PLACE)
    with pytest.raises(UnreadableValue, match=rf"{elsewhere.table}.{elsewhere.column} of row {elsewhere.row_id}"):
        RING.decrypt(blob, elsewhere)


def test_a_value_is_unreadable_when_any_of_its_bytes_changed() -> None:
    blob = RING.encrypt(TOKEN, PLACE)
    for position in range(len(blob)):
        damaged = bytearray(blob)
        damaged[position] ^= 1
        with pytest.raises((UnreadableValue, ConfigurationError)) as caught:
            RING.decrypt(bytes(damaged), PLACE)
        assert "AAFake" not in str(caught.value)


def test_a_value_is_unreadable_when_it_was_cut_short() -> None:
    blob = RING.encrypt(TOKEN, PLACE)
    for length in range(len(blob)):
        with pytest.raises(UnreadableValue):
            RING.decrypt(blob[:length], PLACE)


@given(st.binary(max_size=200))
def test_bytes_of_another_kind_are_refused_clearly_when_they_stand_in_a_secrets_column(blob: bytes) -> None:
    with pytest.raises((UnreadableValue, ConfigurationError)):
        RING.decrypt(blob, PLACE)


def test_the_missing_key_and_its_variable_are_named_when_a_key_was_retired_too_early() -> None:
    blob = RING.encrypt(TOKEN, PLACE)
    with pytest.raises(ConfigurationError, match=r"BELLHOP_ENCRYPTION_KEYS lacks the key '2025'.*add it back"):
        KeyRing.from_setting(NEW).decrypt(blob, PLACE)


def test_another_key_of_the_same_id_is_suspected_when_nothing_opens() -> None:
    blob = RING.encrypt(TOKEN, PLACE)
    with pytest.raises(UnreadableValue, match="'2025' is another key now"):
        KeyRing.from_setting(f"2025:{new_key()}").decrypt(blob, PLACE)


def test_the_first_key_encrypts_and_all_decrypt_when_there_are_several() -> None:
    assert key_id_of(ROTATED.encrypt(TOKEN, PLACE)) == "2026"
    assert ROTATED.decrypt(RING.encrypt(TOKEN, PLACE), PLACE) == TOKEN


def test_a_value_needs_only_the_new_key_when_it_was_rewrapped() -> None:
    rewrapped = ROTATED.rewrap(RING.encrypt(TOKEN, PLACE), PLACE)
    assert rewrapped is not None
    assert KeyRing.from_setting(NEW).decrypt(rewrapped, PLACE) == TOKEN
    assert ROTATED.rewrap(rewrapped, PLACE) is None


def test_a_value_is_not_rewrapped_when_it_was_copied_from_another_place() -> None:
    blob = RING.encrypt(TOKEN, PLACE)
    with pytest.raises(UnreadableValue):
        ROTATED.rewrap(blob, replace(PLACE, row_id=uuid4()))


def test_the_key_id_of_something_else_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(UnreadableValue, match="the value is not an encrypted value"):
        key_id_of(b"")


SHORT = base64.b64encode(b"x" * 31).decode()
WHOLE = base64.b64encode(b"y" * 32).decode()


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("", "entry 1: no id"),
        (WHOLE, "entry 1: no id"),
        (f"schlüssel:{WHOLE}", "entry 1: no id"),
        (f"a b:{WHOLE}", "entry 1: no id"),
        (f"{'a' * 65}:{WHOLE}", "entry 1: no id"),
        (f"2025:{WHOLE},", "entry 2: no id"),
        (f"2025:{WHOLE},b:not base64!", "entry 2: the key of id 'b' is not base64"),
        ("b:ключ", "entry 1: the key of id 'b' is not base64"),
        (f"b:{SHORT}", "entry 1: the key of id 'b' has 31 bytes, not 32"),
        ("b:", "entry 1: the key of id 'b' has 0 bytes, not 32"),
        (f"2025:{WHOLE},2025:{WHOLE}", "has the key id '2025' twice"),
    ],
)
def test_the_setting_is_refused_without_its_keys_when_an_entry_is_wrong(setting: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        KeyRing.from_setting(setting)
    sentence = str(caught.value)
    assert sentence.startswith("BELLHOP_ENCRYPTION_KEYS")
    assert complaint in sentence
    assert not any(part in sentence for part in (SHORT, OLD.partition(":")[2], "ключ", "not base64!"))


def test_keys_stay_inside_when_the_ring_is_shown_copied_or_pickled() -> None:
    secret = NEW.partition(":")[2]
    assert repr(ROTATED) == "KeyRing(2026, 2025)"
    assert secret not in f"{ROTATED} {ROTATED.key_ids}"
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="never written down"):
            write(ROTATED)


def test_new_keys_differ_and_fit_the_setting_when_they_are_made() -> None:
    first, second = new_key(), new_key()
    assert first != second
    assert KeyRing.from_setting(f"a:{first},b:{second}").key_ids == ("a", "b")


def test_the_place_is_shown_without_the_hotel_when_it_is_named() -> None:
    row = UUID(int=7)
    assert str(Place(uuid4(), "channel_accounts", "token", row)) == f"channel_accounts.token of row {row}"
