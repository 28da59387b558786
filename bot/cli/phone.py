"""Telephone numbers as an operator types them."""

from __future__ import annotations

import click
import phonenumbers


class Phone(click.ParamType[str]):
    """A number in international form, with any blanks and dashes; becomes E.164."""

    name = "phone"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            number = phonenumbers.parse(value)
        except phonenumbers.NumberParseException:
            self.fail("write it in international form, such as +49 30 900100", param, ctx)
        if not phonenumbers.is_possible_number(number):
            self.fail("there is no number of this length in that country", param, ctx)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
