"""What an account's owner types in, checked before it is used; secrets never show in a repr or an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr, ValidationError

from bot.errors import RejectedInput


def _stripped(value: Any) -> Any:
    """Forgive the blank and the number that copying from a web page or a spreadsheet leaves."""
    value = str(value) if type(value) is int else value
    return value.strip() if isinstance(value, str) else value


def _shaped(pattern: str) -> AfterValidator:
    """Take only what fits into an address as it is, since these become a part of one."""

    def check(value: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, value.get_secret_value(), re.ASCII):
            raise ValueError("it has another shape")
        return value

    return AfterValidator(check)


class Credentials(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TelegramCredentials(Credentials):
    """bot_token as @BotFather gives it: digits, a colon, letters and digits."""

    bot_token: Annotated[SecretStr, BeforeValidator(_stripped), _shaped(r"\d{1,20}:[\w.~-]{1,200}")]


class GreenCredentials(Credentials):
    """id_instance, a number, and api_token, letters and digits, as Green API's console shows them."""

    id_instance: Annotated[SecretStr, BeforeValidator(_stripped), _shaped(r"\d{1,20}")]
    api_token: Annotated[SecretStr, BeforeValidator(_stripped), _shaped(r"[\w.~-]{1,200}")]


_Credentials = TypeVar("_Credentials", bound=Credentials)


def check_credentials(model: type[_Credentials], values: Mapping[str, Any]) -> _Credentials:
    """Return `values` as `model`. Raises RejectedInput that names the wrong part and never shows a value."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        wrong = ", ".join(str(step) for each in error.errors(include_input=False) for step in each["loc"][:1])
    raise RejectedInput(f"credentials: {wrong} is missing or has another shape; wanted is {model.__doc__}")
