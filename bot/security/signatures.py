"""Secrets that others show us: made, looked up by their hash, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_KEY_BYTES = 32


def new_webhook_key() -> str:
    """Return an opaque key for a webhook's address: 43 URL-safe characters, 256 bits."""
    return secrets.token_urlsafe(_KEY_BYTES)


def new_api_key() -> str:
    """Return a key for a hotel's other systems; its first word says whose it is where one turns up."""
    return f"bellhop_{secrets.token_urlsafe(_KEY_BYTES)}"


def hash_of(key: str) -> bytes:
    """Return the SHA-256 that a key is stored and looked up by; any text has one, lone surrogates too."""
    return hashlib.sha256(_bytes(key)).digest()


def is_known_secret(shown: str | None, current: str, previous: str | None = None) -> bool:
    """Say whether the shown secret is the current or the previous one; nothing and an empty one never are."""
    given = _bytes(shown or "")
    matches = [hmac.compare_digest(given, _bytes(secret)) for secret in (current, previous) if secret]
    return any(matches)


def _bytes(text: str) -> bytes:
    # compare_digest refuses str beyond ASCII, and a header's bytes arrive as surrogates.
    return text.encode("utf-8", "surrogatepass")
