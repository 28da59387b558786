from __future__ import annotations

import pytest

from bot.nlu.base import Guess
from bot.nlu.language import LangidDetector


@pytest.fixture(scope="module")
def detector() -> LangidDetector:
    return LangidDetector()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Could you tell us when the restaurant opens?", "en"),
        ("THE LIFT IS STUCK AGAIN", "en"),
        ("Подскажите, где у вас бассейн?", "ru"),
        ("Чи можна нам ще один рушник, будь ласка?", "uk"),
        ("Бізге тағы бір сүлгі керек еді", "kk"),
        ("Zdravstvuyte, kakoy parol ot wifi?", "ru"),
        ("hello, какой пароль от wifi?", "ru"),
        ("Könnten wir bitte zwei Handtücher haben?", "de"),
        ("À quelle heure est le petit déjeuner ?", "fr"),
        ("¿Dónde puedo aparcar el coche, por favor?", "es"),
        ("A che ora apre la piscina?", "it"),
        ("Odada sıcak su yok, lütfen yardım edin", "tr"),
        ("هل يمكنني الحصول على منشفة أخرى من فضلك", "ar"),
        ("房间里没有热水", "zh"),
        ("タオルをもう一枚お願いします", "ja"),
        ("수건 하나 더 주세요", "ko"),
        ("אפשר עוד מגבת בבקשה", "he"),
    ],
)
def test_a_whole_sentence_is_recognised_for_sure(detector: LangidDetector, text: str, language: str) -> None:
    assert detector.guess(text) == Guess(language, confident=True)


@pytest.mark.parametrize("text", ["ok", "да", "wifi?", "merci", "Hello", "нет", "TV", "12 room", "Bonjour !", "お"])
def test_a_short_text_is_never_a_sure_guess(detector: LangidDetector, text: str) -> None:
    guess = detector.guess(text)
    assert guess.language is not None
    assert not guess.confident


@pytest.mark.parametrize(
    "text",
    [
        "Late check out?",
        "early check in possible",
        "wifi password please",
        "room service menu",
        "king size bed extra",
        "Holiday Inn Express Berlin",
        "Hauptstraße zwölf, Berlin Mitte",
        "Mehmet Ali Yılmaz",
        "José García López",
        "pizza margherita, cappuccino",
        "Champs Élysées",
        "Danke, danke, danke!",
        "Thank you very much!",
        "Muchas gracias, amigo",
        "Hola, buenos días",
        "ok, danke schön",
        "teşekkür ederim",
        "спс",
        "ага, ок",
        "谢谢！",
        "你好",
        "ありがとうございます",
        "감사합니다",
        "תודה",
    ],
)
def test_names_courtesies_and_words_of_every_hotel_are_never_a_sure_guess(
    detector: LangidDetector, text: str
) -> None:
    assert not detector.guess(text).confident


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What time is breakfast", "en"),
        ("My key card stopped working again", "en"),
        ("Кондиционер в номере не работает", "ru"),
        ("пароль от вайфая", "ru"),
        ("кондей до сих пор не починили", "ru"),
        ("кондиціонер досі не працює", "uk"),
        ("Meine Schlüsselkarte geht nicht mehr", "de"),
        ("noch ein Kissen", "de"),
        ("Apportez-nous deux serviettes s'il vous plaît", "fr"),
        ("Ma carte ne fonctionne plus", "fr"),
        ("El aire acondicionado no funciona", "es"),
        ("Mi tarjeta ya no funciona", "es"),
        ("Oda kartım artık çalışmıyor", "tr"),
        ("Odadaki klima çalışmıyor", "tr"),
        ("房间很冷", "zh"),
        ("谢谢，房间里没有毛巾", "zh"),
    ],
)
def test_a_short_sentence_is_a_sure_guess_when_small_words_hold_it_together(
    detector: LangidDetector, text: str, language: str
) -> None:
    assert detector.guess(text) == Guess(language, confident=True)


@pytest.mark.parametrize(
    "text", ["", " ", "😀👍", "1234", "+49 30 1234567", "?!…", "https://example.com/abc", "a@b.example", "/start"]
)
def test_nothing_is_guessed_when_there_are_no_words(detector: LangidDetector, text: str) -> None:
    assert detector.guess(text) == Guess(None, confident=False)


def test_a_latin_text_with_words_of_another_script_is_an_unsure_guess(detector: LangidDetector) -> None:
    assert not detector.guess("please уберите room 118").confident


def test_a_script_nobody_taught_us_is_an_unsure_guess(detector: LangidDetector) -> None:
    assert not detector.guess("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ").confident


def test_half_a_character_does_no_harm(detector: LangidDetector) -> None:
    assert detector.guess("\ud83d hello, where is the pool please").language == "en"
