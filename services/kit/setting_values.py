"""What stands in a setting, read from text: numbers, truth, paths, words, addresses."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}
_URL_SCHEMES = {
    "database_url": ("postgresql", "postgres"),
    "redis_url": ("redis", "rediss", "unix"),
    "public_url": ("http", "https"),
    "tsa_url": ("http", "https"),
}
# Without a host they lead nowhere.
_TOLD_TO_OTHERS = ("public_url", "tsa_url")
_PATHS = ("tls_certificate", "tls_key", "tsa_trust", "backup_directory")
# Words of which one must be chosen, by setting.
CHOICES = {"log_level": ("debug", "info", "warning", "error"), "log_format": ("json", "console")}
# A name with its optional port: the first line of a ledger's checkpoint (C2SP tlog-checkpoint), so no spaces.
_ORIGIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:/_-]{0,126}[A-Za-z0-9])?")


def parse(name: str, default: object, limits: Mapping[str, Any], text: str) -> object:
    """The value of the setting `name`, of the kind of its default. Raises ValueError: in Vietnamese, then in English.

    `limits`: the `least` and `most` of a number.
    """
    match default:
        case bool():
            return _parse_bool(text)
        case int():
            return _parse_int(text, limits["least"], limits["most"])
        case Path():
            return _parse_path(text)
        case _:
            return _parse_word(name, text)


def _parse_bool(text: str) -> bool:
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise ValueError(f"phải là true hoặc false / must be true or false, not {text!r}")


def _parse_int(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text) or not least <= int(text) <= most:
        raise ValueError(
            f"phải là số nguyên từ {least} đến {most} / must be a whole number from {least} to {most}, not {text!r}"
        )
    return int(text)


def _parse_path(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError("phải là một đường dẫn / must be a path")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        home = text.split("/")[0]
        raise ValueError(
            f"không có người dùng {home}: viết cả đường dẫn / nobody knows whose home {home} is: write the whole path"
        ) from None


def _parse_word(name: str, text: str) -> str:
    if name in CHOICES and text not in CHOICES[name]:
        raise ValueError(f"phải là một trong / must be one of: {', '.join(CHOICES[name])}; not {text!r}")
    if name == "origin" and not _ORIGIN.fullmatch(text):
        raise ValueError(
            "phải là một tên như plenary.example.vn, không dấu cách"
            f" / must be a name like plenary.example.vn, without spaces, not {text!r}"
        )
    if name in _URL_SCHEMES and text:
        _must_lead_somewhere(name, text)
    if name == "host":
        return _parse_host(text)
    return str(_parse_path(text)) if name in _PATHS and text else text


def _parse_host(text: str) -> str:
    try:
        # As an address in a URL is written.
        host = text[1:-1] if text.startswith("[") and text.endswith("]") else text
        if host and host.encode("idna"):
            return host
    except UnicodeError:
        pass
    raise ValueError(
        f"phải là địa chỉ để nghe, như 0.0.0.0 / must be an address to listen on, like 0.0.0.0, not {text[:80]!r}"
    )


def _must_lead_somewhere(name: str, text: str) -> None:
    """Whether a URL has what it needs, before people scan it from a screen. It may hold a password: never repeated."""
    parts = _split(name, text)
    if name in _TOLD_TO_OTHERS and (not parts.hostname or not parts.netloc.isprintable() or " " in text):
        raise ValueError(
            "phải có tên máy sau ://, không có dấu cách / must name a host after ://, and hold no spaces"
        )
    if name == "public_url" and ("@" in parts.netloc or parts.query or parts.fragment):
        raise ValueError(
            "chỉ gồm tên máy, cổng, đường dẫn: không có tên người dùng, không có gì sau ? hoặc #"
            " / must be a host, with its port and a path perhaps: no user, nothing after ? or #"
        )
    try:
        # Of PostgreSQL there may be several, each with its port.
        _ = None if name == "database_url" else parts.port
    except ValueError:
        raise ValueError(
            "cổng phải là số nguyên đến 65535 / its port must be a whole number up to 65535"
        ) from None


def _split(name: str, text: str) -> SplitResult:
    begin = [f"{scheme}://" for scheme in _URL_SCHEMES[name]]
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError(
            "địa chỉ sai ở phần tên máy: thiếu dấu [ hoặc ]? / its host is no address: is [ or ] missing?"
        ) from None
    if parts.scheme not in _URL_SCHEMES[name]:
        raise ValueError(
            f"phải là địa chỉ bắt đầu bằng {' hoặc '.join(begin)} / must be a URL that begins with {' or '.join(begin)}"
        )
    return parts
