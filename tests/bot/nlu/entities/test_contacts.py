from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.bot.nlu.entities.said import FRIDAY, named, values


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "call me at +49 30 901820", "+4930901820"),
        ("en", "0049 (30) 901820", "+4930901820"),
        ("de", "meine Nummer: 030 9018 2012", "+493090182012"),
        ("en", "my number here is 030 9018 2012", "+493090182012"),
        ("ru", "мой телефон 8 (916) 123-45-67", "+79161234567"),
        ("ru", "бронь на 89161234567", "+79161234567"),
        ("fr", "06 12 34 56 78", "+33612345678"),
        ("tr", "0532 123 45 67", "+905321234567"),
        ("zh", "我的电话13812345678", "+8613812345678"),
    ],
)
def test_a_phone_is_found_when_it_exists_in_the_guests_country_or_the_hotels(
    language: str, text: str, expected: str
) -> None:
    assert named(text, language) == [f"phone {expected}"]


@pytest.mark.parametrize(
    "text", ["12.11.2026 - 15.11.2026", "1234 5678 9012 3456", "+1 000 000 0000", "999999999", "0000000000"]
)
def test_no_phone_is_found_in_other_long_numbers(text: str) -> None:
    assert values("phone", text) == []


def test_a_national_number_is_nobodys_when_the_hotels_country_is_not_known() -> None:
    assert values("phone", "030 9018 2012", now=FRIDAY.astimezone(ZoneInfo("UTC"))) == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "My booking number is 4123456789", "4123456789"),
        ("en", "reservation #1001", "1001"),
        ("en", "the confirmation code is bk-1001", "BK-1001"),
        ("en", "BK-1001", "BK-1001"),
        ("ru", "номер брони: 12345678", "12345678"),
        ("ru", "бронирование № AB 4521", "AB 4521"),
        ("de", "Buchungsnummer lautet 2026555", "2026555"),
        ("fr", "réservation numéro 778899", "778899"),
        ("es", "mi reserva es la 445566", "445566"),
        ("tr", "rezervasyon numaram 334455", "334455"),
        ("zh", "订单号是55667788", "55667788"),
    ],
)
def test_a_booking_number_is_what_is_called_one(language: str, text: str, expected: str) -> None:
    assert values("booking_number", text, language) == [expected]
    assert values("phone", text, language) == []


@pytest.mark.parametrize(
    "text",
    ["booking for 2 on 2026-12-03", "reservation 19:30", "flight LH-1234", "booking under +49 30 901820", "COVID-19"],
)
def test_no_booking_number_is_found_in_what_stands_beside_the_word(text: str) -> None:
    assert values("booking_number", text) == []


def test_an_address_is_found_once_and_its_digits_name_nothing() -> None:
    assert named("Write to Anna.Petrova+305@Example.com, please") == ["email anna.petrova+305@example.com"]
    assert named("@anna, a@b or @305") == []
