"""The demo hotel's channels: nobody knows them but the providers that the demo plays."""

from __future__ import annotations

from bot.enrolment import NewAccount
from bot.messages import Platform

SLUG = "bellevue"
BOT_USERNAME = "bellevue_bot"
TELEGRAM_TOKEN = "700000001:demo-demo-demo-demo-demo-demo-demo"
GREEN_INSTANCE, GREEN_TOKEN, GREEN_PHONE = 1101000001, "demo-token", "+4930900100"

ACCOUNTS = (
    NewAccount(Platform.telegram, f"@{BOT_USERNAME}", {"bot_token": TELEGRAM_TOKEN}),
    NewAccount(
        Platform.whatsapp_green,
        GREEN_PHONE,
        {"id_instance": str(GREEN_INSTANCE), "api_token": GREEN_TOKEN},
    ),
)


def is_played(slug: str, platform: str, address: str) -> bool:
    """Whether a hotel's account is one of these, which no real provider can be asked about."""
    return slug == SLUG and (platform, address) in {(account.platform, account.address) for account in ACCOUNTS}
