"""parse_mode: text with markup into plain text, or the error that the real server gives."""

from __future__ import annotations

import html
import re

from bot.simulator.telegram.people import Wire
from bot.simulator.telegram.refusal import Refused, bad

_HTML_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
}
_HTML_TOKEN = re.compile(r"<(/?)([^\s>]*)([^>]*)(>?)|&(?:#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);")
_MARKDOWN_MARKS = {"*": "bold", "_": "italic", "`": "code"}
_V2_MARKS = {
    "```": "pre",
    "*": "bold",
    "_": "italic",
    "~": "strikethrough",
    "`": "code",
    "__": "underline",
    "||": "spoiler",
}
_V2_RESERVED = frozenset("[]()~`>#+-=|{}.!")
_V2_TOKEN = re.compile(r"\\.|__|\|\||```|[*_~`]|\[[^\]]*\]\([^)]*\)|.", re.DOTALL)


def units(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts offsets."""
    return len(text.encode("utf-16-le")) // 2


def parse_markup(text: str, mode: str) -> tuple[str, list[Wire]]:
    """Return plain text and its entities. Raises Refused(400) for markup that can't be parsed."""
    match mode.lower():
        case "":
            return text, []
        case "html":
            return _Html(text).parse()
        case "markdown":
            return _markdown(text)
        case "markdownv2":
            return _markdown_v2(text)
        case _:
            raise bad("unsupported parse_mode")


def _cannot(words: str) -> Refused:
    return bad(f"can't parse entities: {words}")


def _entity(kind: str, plain: str, start: int) -> Wire:
    return {"type": kind, "offset": start, "length": units(plain) - start}


class _Html:
    def __init__(self, text: str) -> None:
        self._text = text
        self._plain = ""
        self._open: list[tuple[str, int, int]] = []
        self._entities: list[Wire] = []

    def parse(self) -> tuple[str, list[Wire]]:
        done = 0
        for token in _HTML_TOKEN.finditer(self._text):
            self._plain += self._text[done : token.start()]
            done = token.end()
            if token[0].startswith("&"):
                self._plain += html.unescape(token[0])
            elif token[1]:
                self._close(token)
            else:
                self._start(token)
        self._plain += self._text[done:]
        if self._open:
            tag, _, at = self._open[-1]
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{tag}" at byte offset {at}')
        return self._plain, self._entities

    def _offset(self, token: re.Match[str]) -> int:
        return len(self._text[: token.start()].encode())

    def _start(self, token: re.Match[str]) -> None:
        tag = token[2].lower()
        if tag not in _HTML_TAGS:
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {self._offset(token)}')
        if not token[4]:
            raise _cannot(f"Unclosed start tag at byte offset {self._offset(token)}")
        self._open.append((tag, units(self._plain), self._offset(token)))

    def _close(self, token: re.Match[str]) -> None:
        tag = token[2].lower()
        if not self._open:
            raise _cannot(f"Unexpected end tag at byte offset {self._offset(token)}")
        opened, start, _ = self._open.pop()
        if tag != opened:
            raise _cannot(
                f'Unmatched end tag at byte offset {self._offset(token)}, expected "</{opened}>", found "</{tag}>"'
            )
        self._entities.append(_entity(_HTML_TAGS[opened], self._plain, start))


def _markdown(text: str) -> tuple[str, list[Wire]]:
    plain, entities, at = "", list[Wire](), 0
    while at < len(text):
        mark = text[at]
        if mark == "\\" and text[at + 1 : at + 2] in set("_*`["):
            plain, at = plain + text[at + 1], at + 2
        elif mark in _MARKDOWN_MARKS or mark == "[":
            end = text.find("]" if mark == "[" else mark, at + 1)
            if end < 0:
                raise _cannot(f"Can't find end of the entity starting at byte offset {len(text[:at].encode())}")
            start = units(plain)
            plain += text[at + 1 : end]
            entities.append(_entity(_MARKDOWN_MARKS.get(mark, "text_link"), plain, start))
            link = re.compile(r"\([^)]*\)").match(text, end + 1) if mark == "[" else None
            at = link.end() if link else end + 1
        else:
            plain, at = plain + mark, at + 1
    return plain, entities


def _markdown_v2(text: str) -> tuple[str, list[Wire]]:
    plain, entities = "", list[Wire]()
    opened: list[tuple[str, int, int]] = []
    for token in _V2_TOKEN.finditer(text):
        mark = token[0]
        if mark.startswith("\\") or (mark.startswith("[") and len(mark) > 1):
            plain += mark[1:] if mark.startswith("\\") else mark[1 : mark.index("]")]
        elif mark in _V2_MARKS:
            if opened and opened[-1][0] == mark:
                _, start, _ = opened.pop()
                entities.append(_entity(_V2_MARKS[mark], plain, start))
            else:
                opened.append((mark, units(plain), len(text[: token.start()].encode())))
        elif mark in _V2_RESERVED:
            raise _cannot(f"Character '{mark}' is reserved and must be escaped with the preceding '\\'")
        else:
            plain += mark
    if opened:
        raise _cannot(f"Can't find end of the entity starting at byte offset {opened[-1][2]}")
    return plain, entities
