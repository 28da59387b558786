"""The user's WhatsApp package over our own connections.

`whatsapp_api_client_python` knows the methods, their parameters and addresses, and those are used as they are. Its
transport is not: it opens a connection a call, hides whether a request left, writes the token into a log of its own
and builds some addresses wrongly. Its groups of methods only need an object with `requestAsync`: here is ours.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import FormData
from whatsapp_api_client_python.tools.account import Account
from whatsapp_api_client_python.tools.queues import Queues
from whatsapp_api_client_python.tools.receiving import Receiving
from whatsapp_api_client_python.tools.sending import Sending

from bot.channels.credentials import GreenCredentials
from bot.channels.whatsapp_green.answers import result_of
from bot.channels.wire import Wire
from bot.messages import OutgoingFile, clean_text


class GreenCalls:
    """The methods of one instance. All raise the errors of `result_of` and `Wire.ask`, and make each call once."""

    def __init__(self, credentials: GreenCredentials, api_url: str, wire: Wire, within: timedelta) -> None:
        self._token = credentials.api_token.get_secret_value()
        instance = f"/waInstance{credentials.id_instance.get_secret_value()}"
        self._instance = f"{api_url}{instance}"
        # Green API wants files at a host of their own; a server that stands in for it has one for all.
        self._media = f"{api_url.replace('api.green-api.com', 'media.green-api.com')}{instance}"
        self._wire = wire
        self._within = within
        self.account = Account(self)
        self.queues = Queues(self)
        self.sending = Sending(self)
        self.receiving = Receiving(self)

    async def requestAsync(self, method: str, url: str, payload: Any = None, files: None = None) -> Any:  # noqa: N802
        """Make the call that the package describes; `{{…}}` in `url` are its places for address and secrets."""
        path = url.removeprefix("{{host}}/waInstance{{idInstance}}")
        name = path.split("/")[1]
        repeatable = not name.startswith("send")
        answer = await self._wire.ask(
            method,
            self._instance + path.replace("{{apiTokenInstance}}", self._token),
            within=self._within,
            repeatable=repeatable,
            json=payload,
        )
        return result_of(answer, self._token, repeatable=repeatable)

    async def send_file_by_upload(self, chat_id: str, file: OutgoingFile) -> Any:
        """The package's own method wants a path on the disk, and an address that has no host here."""
        form = FormData({"chatId": chat_id, "fileName": file.name})
        form.add_field("file", clean_text(file.text).encode(), filename=file.name, content_type=file.mime_type)
        url = f"{self._media}/sendFileByUpload/{self._token}"
        answer = await self._wire.ask("POST", url, within=self._within, repeatable=False, data=form)
        return result_of(answer, self._token, repeatable=False)

    async def delete_notification(self, receipt: int) -> None:
        """The package's own method leaves the receipt out of the address."""
        await self.requestAsync("DELETE", _path("deleteNotification", f"/{receipt}"))

    async def last_outgoing(self, minutes: int) -> Any:
        """The package's own method puts the minutes into a body that is not read."""
        return await self.requestAsync("GET", _path("lastOutgoingMessages", f"?minutes={minutes}"))


def _path(name: str, rest: str) -> str:
    return f"{{{{host}}}}/waInstance{{{{idInstance}}}}/{name}/{{{{apiTokenInstance}}}}{rest}"
