"""aiogram's session over our own connections: answers stay raw, refusals become our errors."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import SendDocument, SendMessage, TelegramMethod
from aiogram.types import BufferedInputFile
from aiohttp import FormData

from bot.channels.telegram.answers import result_of
from bot.channels.wire import Wire


class WireSession(BaseSession):
    """Makes each call once. Results are not decoded: what aiogram can't decode was still sent, or still arrived."""

    def __init__(self, api_url: str, wire: Wire, timeout: timedelta) -> None:
        super().__init__(api=TelegramAPIServer.from_base(api_url), timeout=timeout.total_seconds())
        self._wire = wire

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: float | None = None,  # noqa: ASYNC109  aiogram's signature
    ) -> Any:
        """Return the raw result of the call. Raises the errors of `result_of` and `Wire.ask`."""
        files: dict[str, BufferedInputFile] = {}
        fields = {
            name: value
            for name, given in method.model_dump(warnings=False).items()
            if (value := self.prepare_value(given, bot=bot, files=files)) is not None
        }
        repeatable = not isinstance(method, SendMessage | SendDocument)
        answer = await self._wire.ask(
            "POST",
            self.api.api_url(bot.token, method.__api_method__),
            within=timedelta(seconds=timeout or self.timeout),
            repeatable=repeatable,
            data=_form(fields, files) if files else fields,
        )
        return result_of(answer, bot.token, repeatable=repeatable)

    async def close(self) -> None:
        """Leave the connections to the channel, which opened them."""

    def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError("files are not fetched through this session")


def _form(fields: dict[str, Any], files: dict[str, BufferedInputFile]) -> FormData:
    """Return a call with files in it; each stands under the name by which a field refers to it."""
    form = FormData(fields)
    for name, file in files.items():
        form.add_field(name, file.data, filename=file.filename)
    return form
