"""What an account's owner types in, checked before it is used; secrets never show in a repr or an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from bot.errors import RejectedInput


def _stripped(value: Any) -> Any:
    """Forgive the blank and the number that copying from a web page or a spreadsheet leaves."""
    value = str(value) if type(value) is int else value
    return value.strip() if isinstance(value, str) else value


class Credentials(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TelegramCredentials(Credentials):
    """`bot_token` as @BotFather gives it: digits, a colon, letters."""

    bot_token: Annotated[SecretStr, BeforeValidator(_stripped), Field(description="123456789:AA…")]


class GreenCredentials(Credentials):
    """`id_instance` and `api_token` as the console of Green API shows them."""

    id_instance: Annotated[str, BeforeValidator(_stripped), Field(pattern=r"^\d{1,20}$")]
    api_token: Annotated[SecretStr, BeforeValidator(_stripped), Field(min_length=1)]


_Credentials = TypeVar("_Credentials", bound=Credentials)


def check_credentials(model: type[_Credentials], values: Mapping[str, Any]) -> _Credentials:
    """Return `values` as `model`. Raises RejectedInput that names the wrong part and never shows a value."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        wrong = ", ".join(str(step) for each in error.errors(include_input=False) for step in each["loc"][:1])
    raise RejectedInput(f"credentials: {wrong} is missing or has another shape ({model.__doc__})")
