"""The error tree. Leaves are named by their remedy; a class docstring is the operator's sentence."""

from __future__ import annotations

from datetime import timedelta

from pydantic import ValidationError


class BellhopError(Exception):
    """Something that Bellhop knows how to name went wrong.

    `sentence` is ours. `quoted` is somebody else's, who may repeat what a guest wrote: staff sees it, no log does.
    """

    def __init__(self, sentence: str = "", *, quoted: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.quoted = quoted

    def __str__(self) -> str:
        return f"{self.sentence}: {self.quoted}" if self.quoted else self.sentence


class RejectedInput(BellhopError):
    """The input can't be used as it is: correct the named part and give it again."""


class ConfigurationError(BellhopError):
    """A setting is missing or wrong: set it as the sentence says and start again."""


class TransientError(BellhopError):
    """Nothing was done; doing it again later is safe. `retry_after` is the least wait that was asked for."""

    def __init__(self, sentence: str, retry_after: timedelta | None = None, *, quoted: str = "") -> None:
        super().__init__(sentence, quoted=quoted)
        self.retry_after = retry_after


class PermanentError(BellhopError):
    """The other side refused, and would refuse again: a person has to change something."""


class RecipientUnreachable(PermanentError):
    """This chat can't be written to: the guest blocked the bot, has no account, or the chat is gone."""


class ChatMigrated(PermanentError):
    """The chat has a new id; write there."""

    def __init__(self, sentence: str, new_chat_id: str) -> None:
        super().__init__(sentence)
        self.new_chat_id = new_chat_id


class AccountUnusable(PermanentError):
    """The channel account itself is refused: renew its token or authorise it again."""


class AccountContested(TransientError):
    """Somebody else reads this account's messages: its token is in use elsewhere. Find and stop the other reader."""


class InDoubt(BellhopError):
    """The request left and no answer came: it may or may not have been done. Never repeat it by guess."""


class LeaseLost(BellhopError):
    """Another worker took this work over; what was thought here must not be saved."""


def first_fault(error: ValidationError) -> tuple[tuple[str | int, ...], str]:
    """Return where pydantic found the first part at fault, and what is wrong there, without what was given."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    return first["loc"], first["msg"].removeprefix("Value error, ")
