"""reply_markup: checked as the real server checks it."""

from __future__ import annotations

from typing import Any

from bot.simulator.chats import Button, ButtonKind
from bot.simulator.telegram.params import Params
from bot.simulator.telegram.people import Wire
from bot.simulator.telegram.refusal import bad

_MAX_BUTTONS = 100
_MAX_CALLBACK_BYTES = 64
_ACTIONS = frozenset(
    {
        "callback_data",
        "url",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)


def read_markup(params: Params, chat: Wire) -> Wire | None:
    """Return the checked reply_markup or None. Raises Refused(400)."""
    markup = params.json("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], "InlineKeyboardButton")
        return {"inline_keyboard": [[_inline(button) for button in row] for row in rows]} if any(rows) else None
    if "keyboard" in markup:
        rows = _rows(markup["keyboard"], "KeyboardButton")
        return markup | {"keyboard": [[_plain(button, chat) for button in row] for row in rows]}
    return markup


def _rows(value: Any, what: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad(f'field "keyboard" of the {what} must be an Array of Arrays')
    if sum(map(len, value)) > _MAX_BUTTONS:
        raise bad("reply markup is too long")
    return [row for row in value if row]


def _inline(button: Any) -> Wire:
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise bad("can't parse inline keyboard button: Text must be non-empty")
    actions = [name for name in button if name in _ACTIONS and button[name] is not None]
    if len(actions) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in actions and not 1 <= len(str(button["callback_data"]).encode()) <= _MAX_CALLBACK_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    return button


def _plain(button: Any, chat: Wire) -> Wire:
    button = {"text": button} if isinstance(button, str) else button
    if not isinstance(button, dict) or not button.get("text"):
        raise bad("can't parse keyboard button: Text must be non-empty")
    if chat["type"] != "private" and (button.get("request_contact") or button.get("request_location")):
        raise bad("phone number can be requested in private chats only")
    return button


def buttons_of(message: Wire, keyboard: Wire | None) -> tuple[Button, ...]:
    """Return what a person can press under a message; `keyboard` is the reply keyboard that came with it."""
    inline = message.get("reply_markup", {}).get("inline_keyboard", [])
    plain = (keyboard or {}).get("keyboard", [])
    return tuple(_inline_view(b) for row in inline for b in row) + tuple(_plain_view(b) for row in plain for b in row)


def _inline_view(button: Wire) -> Button:
    if "callback_data" in button:
        return Button(button["callback_data"], button["text"])
    return Button(str(button.get("url", "")), button["text"], ButtonKind.url)


def _plain_view(button: Wire) -> Button:
    kind = ButtonKind.contact if button.get("request_contact") else ButtonKind.text
    return Button(button["text"], button["text"], kind)
