"""What a check has found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """All is well with `about` (`note` says how), or there is a `problem` and what to do about it."""

    about: str
    note: str = ""
    problem: str = ""
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        return not self.problem

    def line(self) -> str:
        """Return the finding in one line of plain text."""
        if self.is_well:
            return f"✓ {self.about}: {self.note or 'ok'}"
        return f"✗ {self.about}: {self.problem}: {self.remedy}"
