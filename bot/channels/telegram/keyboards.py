"""Choices as Telegram's buttons."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.messages import Choice, clean_text

_SHORT = 16


def inline(choices: tuple[Choice, ...]) -> InlineKeyboardMarkup | None:
    """Return buttons below the message: one a row, two when both labels are short; None without choices."""
    rows: list[list[InlineKeyboardButton]] = []
    for choice in choices:
        label = clean_text(choice.label)
        button = InlineKeyboardButton(text=label, callback_data=clean_text(choice.value))
        is_pair = rows and len(rows[-1]) == 1 and max(len(label), len(rows[-1][0].text)) <= _SHORT
        if is_pair:
            rows[-1].append(button)
        else:
            rows.append([button])
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def sharing_contact(label: str) -> ReplyKeyboardMarkup:
    """Return a button in place of the phone's keyboard that shares the guest's own number, and then goes away."""
    button = KeyboardButton(text=clean_text(label), request_contact=True)
    return ReplyKeyboardMarkup(keyboard=[[button]], resize_keyboard=True, one_time_keyboard=True)
