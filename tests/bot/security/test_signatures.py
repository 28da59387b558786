from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.security.signatures import hash_of, is_known_secret, new_webhook_key


@pytest.mark.parametrize("shown", ["current", "previous", "geheimnis-ü"])
def test_a_secret_is_known_when_it_is_the_current_or_the_previous_one(shown: str) -> None:
    current, previous = ("geheimnis-ü", None) if shown == "geheimnis-ü" else ("current", "previous")
    assert is_known_secret(shown, current, previous)


@pytest.mark.parametrize("shown", [None, "", "Current", "current ", "curren", "tök", "\udcff"])
def test_a_secret_is_unknown_when_it_is_missing_or_different(shown: str | None) -> None:
    assert not is_known_secret(shown, "current", "previous")


@pytest.mark.parametrize("previous", [None, ""])
def test_nothing_is_known_when_no_secret_was_ever_set(previous: str | None) -> None:
    assert not is_known_secret("", "", previous)
    assert not is_known_secret(None, "", previous)
    assert not is_known_secret("guess", "", previous)


@given(st.text(), st.text(min_size=1))
def test_only_equal_texts_are_known_when_anything_is_shown(shown: str, current: str) -> None:
    assert is_known_secret(shown, current) == (shown == current)


def test_webhook_keys_are_opaque_and_fit_an_address_when_they_are_made() -> None:
    keys = {new_webhook_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", key) for key in keys)


def test_a_key_is_looked_up_by_its_sha256_when_it_arrives() -> None:
    assert hash_of("key") == hashlib.sha256(b"key").digest()
    assert len(hash_of("\udcff")) == 32
