"""Envelope encryption of values at rest: AES-256-GCM under a data key of its own, wrapped by a named key.

A value's form: version (1 byte) | length of the key id (1) | key id | nonce (12) | wrapped data key (48)
| nonce (12) | ciphertext with its tag. Both layers are bound to the place and the key id, so that a value
copied to another hotel, table, column or row can't be read there.
"""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import ConfigurationError, PermanentError

VARIABLE = "BELLHOP_ENCRYPTION_KEYS"

_VERSION = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_WRAPPED_BYTES = _NONCE_BYTES + _KEY_BYTES + _TAG_BYTES
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_REMEDY = "write it as id:base64 of 32 bytes, comma separated (openssl rand -base64 32 makes such bytes)"


class UnreadableValue(PermanentError):
    """A stored secret is damaged or was moved from elsewhere: restore the row, or enter the secret anew."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lives; it can be read nowhere else."""

    hotel_id: UUID
    table: str
    column: str
    row_id: UUID

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of row {self.row_id}"


class KeyRing:
    """The key-encryption keys by id; the first encrypts, all decrypt. Shows and pickles nothing of them."""

    __slots__ = ("_ciphers",)

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}

    @classmethod
    def from_setting(cls, setting: str, source: str = VARIABLE) -> KeyRing:
        """Read `id:base64,id2:base64`. Raises ConfigurationError that names the source, never a key."""
        keys: dict[str, bytes] = {}
        for position, entry in enumerate(setting.split(","), start=1):
            key_id, key = _read_entry(entry.strip(), f"{source}, entry {position}")
            if key_id in keys:
                raise ConfigurationError(f"{source} has the key id '{key_id}' twice: give each key its own id")
            keys[key_id] = key
        return cls(keys)

    @property
    def first(self) -> str:
        """The id of the key that encrypts."""
        return next(iter(self._ciphers))

    @property
    def key_ids(self) -> tuple[str, ...]:
        """All ids, the encrypting one first."""
        return tuple(self._ciphers)

    def encrypt(self, plaintext: bytes, place: Place) -> bytes:
        """Return the stored form of a value for this place."""
        data_key = os.urandom(_KEY_BYTES)
        binding = _binding(place, self.first)
        return self._wrap(data_key, place) + _seal(AESGCM(data_key), plaintext, binding)

    def decrypt(self, blob: bytes, place: Place) -> bytes:
        """Return the value. Raises ConfigurationError for a missing key, UnreadableValue for anything else."""
        key_id, wrapped, sealed = _parts(blob, place)
        binding = _binding(place, key_id)
        try:
            data_key = _open(self._cipher(key_id, place), wrapped, binding)
            return _open(AESGCM(data_key), sealed, binding)
        except InvalidTag:
            raise UnreadableValue(
                f"{place} was damaged, or moved from another place, or '{key_id}' is another key now: enter it anew"
            ) from None

    def rewrap(self, blob: bytes, place: Place) -> bytes | None:
        """Return the value encrypted anew under the first key, or None when it is under that key already.

        Raises like `decrypt`. The data key changes too, since the inner layer is bound to the key id.
        """
        return None if key_id_of(blob) == self.first else self.encrypt(self.decrypt(blob, place), place)

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.key_ids)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key ring is never written down: build it from the setting")

    def _wrap(self, data_key: bytes, place: Place) -> bytes:
        key_id = self.first.encode()
        header = bytes((_VERSION, len(key_id))) + key_id
        return header + _seal(self._ciphers[self.first], data_key, _binding(place, self.first))

    def _cipher(self, key_id: str, place: Place) -> AESGCM:
        if key_id not in self._ciphers:
            raise ConfigurationError(
                f"{VARIABLE} lacks the key '{key_id}' that {place} was encrypted with: add it back"
            )
        return self._ciphers[key_id]


def key_id_of(blob: bytes) -> str:
    """Return the id of the key that a stored value needs. Raises UnreadableValue when it is no such value."""
    return _parts(blob, None)[0]


def new_key() -> str:
    """Return a random key as the setting wants it after the colon."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def _read_entry(entry: str, where: str) -> tuple[str, bytes]:
    key_id, colon, encoded = entry.partition(":")
    if not colon or not _KEY_ID.fullmatch(key_id):
        raise ConfigurationError(
            f"{where}: no id of 1 to 64 letters, digits, dots or dashes before a colon; {_REMEDY}"
        )
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise ConfigurationError(f"{where}: the key of id '{key_id}' is not base64; {_REMEDY}") from None
    if len(key) != _KEY_BYTES:
        raise ConfigurationError(f"{where}: the key of id '{key_id}' has {len(key)} bytes, not 32; {_REMEDY}")
    return key_id, key


def _parts(blob: bytes, place: Place | None) -> tuple[str, bytes, bytes]:
    id_end = 2 + blob[1] if len(blob) > 1 else 0
    wrapped_end = id_end + _WRAPPED_BYTES
    key_id = blob[2:id_end].decode("ascii", "replace")
    whole = id_end and blob[0] == _VERSION and len(blob) >= wrapped_end + _NONCE_BYTES + _TAG_BYTES
    if not whole or not _KEY_ID.fullmatch(key_id):
        raise UnreadableValue(f"{place or 'the value'} is not an encrypted value of a known version")
    return key_id, blob[id_end:wrapped_end], blob[wrapped_end:]


def _binding(place: Place, key_id: str) -> bytes:
    parts = (place.hotel_id.bytes, place.table.encode(), place.column.encode(), place.row_id.bytes, key_id.encode())
    return bytes((_VERSION,)) + b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def _seal(cipher: AESGCM, plaintext: bytes, binding: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plaintext, binding)


def _open(cipher: AESGCM, sealed: bytes, binding: bytes) -> bytes:
    return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], binding)
