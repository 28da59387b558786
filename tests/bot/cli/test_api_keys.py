from __future__ import annotations

import pytest

from bot.security.signatures import hash_of
from tests.bot.cli.conftest import Operator, Reader

KEY = ("hotel", "api-key")


def test_keeps_only_the_hash_when_a_key_is_made(hotel: Operator, reader: Reader) -> None:
    key = hotel.does(*KEY, "new", "--hotel", "adler", "--name", "spa").strip()
    (row,) = reader.rows("adler", "SELECT name, key_hash FROM api_keys")
    assert (row["name"], row["key_hash"]) == ("spa", hash_of(key))
    assert key not in hotel.does(*KEY, "list", "--hotel", "adler")
    (audit,) = reader.rows("adler", "SELECT description FROM dashboard.audits WHERE action = 'api_key.add'")
    assert key not in audit["description"]
    assert reader.rows("baer", "SELECT FROM api_keys") == []


def test_shows_both_keys_and_which_is_valid_when_one_was_rotated(hotel: Operator) -> None:
    for _ in range(2):
        hotel.does(*KEY, "new", "--hotel", "adler")
    old, new = (line.split("\t") for line in hotel.does(*KEY, "list", "--hotel", "adler").splitlines())
    hotel.does(*KEY, "revoke", "--hotel", "adler", old[0])

    listed = [line.split("\t") for line in hotel.does(*KEY, "list", "--hotel", "adler").splitlines()]
    assert [(line[0], line[3].split()[0]) for line in listed] == [(old[0], "revoked"), (new[0], "valid")]
    assert "no such key in use" in hotel.fails(*KEY, "revoke", "--hotel", "adler", old[0])


def test_leaves_a_key_valid_when_another_hotel_revokes_it(hotel: Operator) -> None:
    hotel.does(*KEY, "new", "--hotel", "adler")
    key_id = hotel.does(*KEY, "list", "--hotel", "adler").split("\t")[0]
    assert "no such key in use" in hotel.fails(*KEY, "revoke", "--hotel", "baer", key_id)
    assert hotel.does(*KEY, "list", "--hotel", "adler").strip().endswith("valid")


@pytest.mark.parametrize("name", [" ", "x" * 65])
def test_asks_for_another_name_when_a_key_can_not_be_called_so(hotel: Operator, name: str) -> None:
    assert "--name" in hotel.fails(*KEY, "new", "--hotel", "adler", "--name", name)
