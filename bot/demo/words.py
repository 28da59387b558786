"""What the demo hotel has written down, as a real one would with its own commands: answers and triggers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.enums import TriggerType


@dataclass(frozen=True, slots=True)
class Answer:
    """Ways to ask, and the answer, by language."""

    questions: dict[str, list[str]]
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class DemoTrigger:
    """A rule of the demo, in English and Russian."""

    name: str
    kind: TriggerType
    conditions: dict[str, Any]
    text: str
    text_ru: str


ANSWERS = {
    "wifi": Answer(
        {
            "en": ["What is the wifi password?", "How do I connect to the internet?", "wifi"],
            "ru": ["Какой пароль от wifi?", "Как подключиться к интернету?", "Подскажите вайфай"],
        },
        {
            "en": "The Wi-Fi network is Bellevue-Guest, the password is sunny-terrace.",
            "ru": "Сеть Wi-Fi: Bellevue-Guest, пароль: sunny-terrace.",
        },
    ),
    "breakfast": Answer(
        {
            "en": ["When is breakfast?", "Where is breakfast served?", "breakfast hours"],
            "ru": ["Во сколько завтрак?", "Где завтрак?", "До скольки завтрак?"],
        },
        {
            "en": "Breakfast is served from 7:00 to 10:30 in the winter garden on the ground floor.",
            "ru": "Завтрак с 7:00 до 10:30 в зимнем саду на первом этаже.",
        },
    ),
    "checkout": Answer(
        {
            "en": ["When is check-out?", "Is late check-out possible?"],
            "ru": ["Во сколько выезд?", "Можно ли выехать позже?"],
        },
        {
            "en": "Check-out is until 12:00. If you need more time, write “person” and reception will see what is free.",
            "ru": "Выезд до 12:00. Если нужно больше времени, напишите «человек», и администратор посмотрит.",
        },
    ),
    "parking": Answer(
        {
            "en": ["Is there parking?", "Where can I park my car?"],
            "ru": ["Есть ли парковка?", "Где можно поставить машину?"],
        },
        {
            "en": "The garage is behind the house, entrance from Lindenweg; 15 EUR a night.",
            "ru": "Гараж за отелем, въезд с Линденвег; 15 евро за ночь.",
        },
    ),
}

TRIGGERS = [
    DemoTrigger(
        "welcome",
        TriggerType.time_based,
        {"hours_after_checkin": 2},
        "Hello {{ guest.name }}, welcome to {{ hotel.name }}! Is everything all right in room {{ stay.room_number }}? "
        "Just write here if you need anything.",
        "Здравствуйте, {{ guest.name }}! Рады видеть вас в {{ hotel.name }}. Всё ли в порядке в номере "
        "{{ stay.room_number }}? Если что-то нужно, просто напишите сюда.",
    ),
    DemoTrigger(
        "suite confirmed",
        TriggerType.condition_based,
        {"room_type": "suite", "booking_status": "confirmed"},
        "Dear {{ guest.name }}, your suite is confirmed. Would you like a transfer from the airport? Just answer here.",
        "{{ guest.name }}, ваш люкс подтверждён. Нужен ли трансфер из аэропорта? Просто ответьте здесь.",
    ),
    DemoTrigger(
        "we are sorry",
        TriggerType.event_based,
        {"event": "negative_sentiment"},
        "This is not the stay we want you to have. The manager on duty will look after it in person.",
        "Мы хотели для вас совсем другого отдыха. Дежурный менеджер займётся этим лично.",
    ),
    DemoTrigger(
        "before you leave",
        TriggerType.time_based,
        {"days_before_checkout": 1, "at": "18:00"},
        "{{ guest.name }}, you are leaving us tomorrow. Shall we order a taxi, or keep your luggage for the day?",
        "{{ guest.name }}, завтра вы уезжаете. Заказать вам такси или подержать багаж у нас до вечера?",
    ),
]
