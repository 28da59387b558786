"""The files that an instance was given, under the addresses that notifications name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content_type: str
    content: bytes

    def __str__(self) -> str:
        return self.name


class Media:
    """Keeps files by number and name; `url` is where they are served, set when the server listens."""

    def __init__(self) -> None:
        self.url = ""
        self._files: list[bytes] = []

    def keep(self, name: str, content: bytes) -> str:
        """Keep a file and return its address."""
        self._files.append(content)
        return f"{self.url}/{len(self._files)}/{name}"

    def at(self, number: str) -> bytes | None:
        """Return the file of this number."""
        is_known = number.isdecimal() and 0 < int(number) <= len(self._files)
        return self._files[int(number) - 1] if is_known else None
