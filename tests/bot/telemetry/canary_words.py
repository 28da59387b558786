"""What must never be seen in a log. Apart from the program that logs it: words of its own source are seen."""

TELEGRAM = "7123456789:AAH-fakeFakeFAKE_fake1234567890abcd"
GREEN = "d75b3a66374942c5b3c019c698abc2067e151558acbd412345"
PASSWORD = "Sesam0effne"
KEY = "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k="
PHONE = "+7 (999) 123-45-67"
PHONE_DIGITS = 79991234567
CHAT = "79991234567@c.us"
MAIL = "anna.ivanova@mail.example"
NAME = "Анна Иванова"
LATIN_NAME = "Wilhelmine"
WORDS = "The room is filthy and nobody answers"

CANARIES = (
    *("AAH-fake", GREEN, PASSWORD, KEY, PHONE, "123-45-67", str(PHONE_DIGITS), MAIL, "anna.ivanova"),
    *("Анна", "Иванова", LATIN_NAME, WORDS, "filthy"),
)
SURVIVORS = (
    "01890a5d-ac96-774b-bcce-b302099a8057",
    "req-123456",
    "2025-07-11T04:50:00",
    "sqlstate=23505",
    "Telegram answered 400",
)

TELEGRAM_URL = f"https://api.telegram.org/bot{TELEGRAM}/sendMessage"
GREEN_URL = f"https://api.green-api.com/waInstance1101000001/sendMessage/{GREEN}"
EVERYTHING = f"{TELEGRAM_URL} {GREEN_URL} {PASSWORD} {KEY} {PHONE} {CHAT} {MAIL} {NAME} {LATIN_NAME}: {WORDS}"
