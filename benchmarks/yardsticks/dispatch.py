"""Dispatch alone: how fast the frameworks hand an update to a handler that does nothing, with no storage at all."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from aiogram import Bot, Dispatcher, F, Router
from aiogram.types import Message
from whatsapp_api_client_python.API import GreenAPI
from whatsapp_chatbot_python import Notification
from whatsapp_chatbot_python.manager.router import Router as ChatbotRouter

from benchmarks.bench import Bench
from benchmarks.figures import Figure, median

BATCH = 200
TEXT = "When is breakfast?"


async def dispatch(bench: Bench) -> None:
    """aiogram as its webhook handler feeds it, then whatsapp-chatbot-python as its polling loop does."""
    rates = [await _aiogram_rate(bench.scale.seconds) for _ in range(bench.scale.rounds)]
    bench.record(Figure("dispatch.aiogram", "aiogram, bare dispatch", median(rates), "updates/s"))
    rates = [await asyncio.to_thread(_chatbot_rate, bench.scale.seconds) for _ in range(bench.scale.rounds)]
    label = "whatsapp-chatbot-python, bare dispatch"
    bench.record(Figure("dispatch.whatsapp", label, median(rates), "updates/s"))


async def _aiogram_rate(seconds: float) -> float:
    seen = 0
    router = Router()

    @router.message(F.text.startswith("/start"))
    async def start(message: Message) -> None:
        raise AssertionError("nobody says that")

    @router.message(F.text)
    async def question(message: Message) -> None:
        nonlocal seen
        seen += 1

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    bot = Bot("1:benchmark")
    logging.getLogger("aiogram.event").setLevel(logging.WARNING)
    try:
        await dispatcher.emit_startup(bot=bot, dispatcher=dispatcher)
        began, number = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            for _ in range(BATCH):
                number += 1
                await dispatcher.feed_raw_update(bot, _telegram_update(number))
        took = time.perf_counter() - began
        await dispatcher.emit_shutdown(bot=bot, dispatcher=dispatcher)
    finally:
        await bot.session.close()
    assert seen == number, "every update must reach the handler"
    return number / took


def _telegram_update(number: int) -> dict[str, Any]:
    chat = 1_000_000_001 + number % 200
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_790_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "Guest"},
            "from": {"id": chat, "is_bot": False, "first_name": "Guest", "language_code": "en"},
            "text": TEXT,
        },
    }


def _chatbot_rate(seconds: float) -> float:
    seen = 0
    # Its Bot calls the network when it is made; its router is what its loop feeds.
    router = ChatbotRouter(GreenAPI("1101000001", "benchmark"), logging.getLogger("whatsapp-chatbot-python"))

    def question(notification: Notification) -> None:
        nonlocal seen
        seen += 1

    router.message.add_handler(question, type_message="textMessage")
    began, number = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        for _ in range(BATCH):
            number += 1
            router.route_event(_green_event(number))
    took = time.perf_counter() - began
    assert seen == number, "every event must reach the handler"
    return number / took


def _green_event(number: int) -> dict[str, Any]:
    phone = f"{79_000_000_001 + number % 200}@c.us"
    return {
        "typeWebhook": "incomingMessageReceived",
        "instanceData": {"idInstance": 1101000001, "wid": "79001112233@c.us", "typeInstance": "whatsapp"},
        "timestamp": 1_790_000_000,
        "idMessage": f"{number:020X}",
        "senderData": {"chatId": phone, "sender": phone, "chatName": "Guest", "senderName": "Guest"},
        "messageData": {"typeMessage": "textMessage", "textMessageData": {"textMessage": TEXT}},
    }
