"""Updates as the Bot API documents them."""

from __future__ import annotations

from typing import Any

import orjson

ANNA = {
    "id": 501,
    "is_bot": False,
    "first_name": "Anna",
    "last_name": "Berg",
    "username": "anna",
    "language_code": "de",
}
PRIVATE = {"id": 501, "type": "private", "first_name": "Anna"}
STAFF = {"id": -1001, "type": "supergroup", "title": "Staff", "is_forum": True}
DATE = 1_760_000_000


def message(**parts: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": DATE, "chat": PRIVATE, "from": ANNA, **parts}


def update(**part: Any) -> bytes:
    return orjson.dumps({"update_id": 9001, **part})


def press(**parts: Any) -> dict[str, Any]:
    keyboard = {"inline_keyboard": [[{"text": "Wi-Fi", "callback_data": "info:wifi"}, {"text": "Taxi"}]]}
    below = message(message_id=70, reply_markup=keyboard, **{"from": {"id": 1, "is_bot": True, "first_name": "Desk"}})
    return {"id": "77", "from": ANNA, "chat_instance": "1", "message": below, "data": "info:wifi", **parts}


EXAMPLES = [
    update(message=message(text="Здравствуйте")),
    update(message=message(text="/start@desk_bot s", entities=[{"type": "bot_command", "offset": 0, "length": 15}])),
    update(message=message(photo=[{"file_id": "s", "width": 90, "height": 90}, {"file_id": "l", "width": 900}])),
    update(message=message(contact={"phone_number": "4915112345678", "first_name": "Anna", "user_id": 501})),
    update(message=message(location={"latitude": 52.5, "longitude": 13.4})),
    update(edited_message=message(text="two towels", edit_date=DATE + 5)),
    update(callback_query=press()),
    update(my_chat_member={"chat": PRIVATE, "from": ANNA, "date": DATE, "new_chat_member": {"status": "kicked"}}),
    update(message_reaction={"chat": STAFF, "message_id": 3, "user": ANNA, "date": DATE,
                             "new_reaction": [{"type": "emoji", "emoji": "👍"}], "old_reaction": []}),
    update(message=message(migrate_to_chat_id=-1009)),
]  # fmt: skip
