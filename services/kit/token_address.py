"""Where a key lies on a PKCS#11 token: an RFC 7512 URI, as `openssl`, `p11tool` and the makers of tokens write it.

Taken are `token` or `serial`, `object` or `id`, `type=private`, `module-path` and `pin-source`; nothing is passed over.
`pin-value` is refused: a secret does not stand in an address. Pure.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

_PATH = ("token", "serial", "object", "id", "type")
_QUERY = ("module-path", "pin-source")
# RFC 7512 section 2.3: what may stand unescaped in a value.
_VALUE = re.compile(r"(?:[A-Za-z0-9\-._~:\[\]@!$'()*+,=/?|]|%[0-9A-Fa-f]{2})+")


class AddressWrong(Exception):
    """The address of a key on a token cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """A token by label or serial number, a key on it by label or id, the library to reach it, the PIN's file."""

    module: str
    pin_file: Path
    token: str | None
    serial: bytes | None
    label: str | None
    id: bytes | None


def parse(text: str) -> TokenAddress:
    """The address in a text of one line. Raises AddressWrong."""
    scheme, _, rest = text.strip().partition(":")
    if scheme.lower() != "pkcs11":
        raise AddressWrong("it does not begin with pkcs11:")
    path, _, query = rest.partition("?")
    said = _pairs(path, ";", _PATH) | _pairs(query, "&", _QUERY)
    if said.get("type", b"private") != b"private":
        raise AddressWrong("type must be private")
    for needed in _QUERY:
        if needed not in said:
            raise AddressWrong(f"{needed} is missing")
    if ("token" in said) == ("serial" in said):
        raise AddressWrong("token or serial must be named, one of them")
    if "object" not in said and "id" not in said:
        raise AddressWrong("object or id must be named")
    return TokenAddress(
        module=_text(said["module-path"]),
        pin_file=_file(_text(said["pin-source"])),
        token=_text(said["token"]) if "token" in said else None,
        serial=said.get("serial"),
        label=_text(said["object"]) if "object" in said else None,
        id=said.get("id"),
    )


def _pairs(text: str, between: str, known: tuple[str, ...]) -> dict[str, bytes]:
    said: dict[str, bytes] = {}
    for pair in text.split(between) if text else ():
        name, equals, value = pair.partition("=")
        if name == "pin-value":
            raise AddressWrong("pin-value is not taken; put the PIN into a file and name that in pin-source")
        # A value of a query holds no `&`, one of a path no `;`: both are split away already.
        if name not in known or name in said or not equals or not _VALUE.fullmatch(value):
            raise AddressWrong(f"{name} cannot be read or is not taken here")
        said[name] = unquote_to_bytes(value)
    return said


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise AddressWrong("not UTF-8") from error


def _file(source: str) -> Path:
    parts = urlsplit(source)
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        raise AddressWrong("pin-source must be a file")
    # A pipe (RFC 7512 allows `|command`) and a path that means another file in another directory are not taken.
    if not parts.path.startswith("/"):
        raise AddressWrong("pin-source must be a file, by its whole path")
    return Path(parts.path)
