"""What an operator says of a signing service: one file for each under `<data>/providers/`, `<id>.toml`.

    kind = "neac769"
    name = "VNPT SmartCA"
    bodies = ["hdnd"]
    url = "https://gwsca.vnpt.vn/sca/sp769"
    sp_id = "4184-….apps.signserviceapi.com"
    secret_file = "vnpt.secret"

Secrets lie beside it in files of their own. Whatever may be read by others is refused, and an address without TLS is,
too, but on this machine itself.
"""

import stat
import tomllib
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from services.kit.complaint import Complaint
from services.kit.files import read_text
from services.wire import Id, Title

FOLDER = "providers"


class Secret:
    """A password of ours at a service: told only to whom asks for it by name, never to a log."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def told(self) -> str:
        """The password itself."""
        return self._value

    def __repr__(self) -> str:
        """Nothing of it."""
        return "Secret(…)"


class _Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Of every service: what people call it, who may use it, where it is, and the file that our password is in."""

    name: Title
    bodies: tuple[Id, ...]
    url: str
    secret_file: str
    # How long a person has to confirm, in seconds; the services' own limits are four or five minutes.
    patience_s: Annotated[int, Meta(ge=30, le=900)] = 300


class Neac769Settings(_Service, frozen=True, kw_only=True, tag="neac769"):
    """Decision 769/QĐ-BTTTT. `mode`: "password" is the integrated package, which signs by a password held for the
    person; `status_by`: which of its two numbers a service wants to be asked with."""

    sp_id: Title
    mode: Literal["app", "password"] = "app"
    status_by: Literal["transaction_id", "tran_code"] = "transaction_id"


class MySignSettings(_Service, frozen=True, kw_only=True, tag="mysign"):
    """Viettel MySign."""

    client_id: Title
    profile_id: Title


class CscSettings(_Service, frozen=True, kw_only=True, tag="csc"):
    """Cloud Signature Consortium. `token_url`: where we sign in ourselves (client credentials), empty for a service
    that wants no token; `authorize_url` and `redirect_url`: the page where people confirm, and where it sends them back
    to, `https://<this house>/signing/remote/<id>/returned`; `pushed_url`: where version 2 is told beforehand what they
    confirm. `implicit`: the operator has seen that this service asks the signer itself before it gives a permission."""

    version: Literal["1", "2"] = "2"
    client_id: str = ""
    token_url: str = ""
    authorize_url: str = ""
    pushed_url: str = ""
    redirect_url: str = ""
    implicit: bool = False


ServiceSettings = Neac769Settings | MySignSettings | CscSettings


def is_offered(said: ServiceSettings) -> bool:
    """Whether people confirm in the service's own app, or on its own page, so that nothing secret passes through us."""
    match said:
        case Neac769Settings():
            return said.mode == "app"
        case MySignSettings():
            return True
        case CscSettings():
            return said.implicit or bool(said.authorize_url)


def load(data: Path) -> dict[str, tuple[ServiceSettings, Secret]]:
    """Every service that is set up, by its id. Raises Complaint, with the file's name and never what is in it."""
    folder = data / FOLDER
    return {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}


def _read(path: Path) -> tuple[ServiceSettings, Secret]:
    try:
        msgspec.convert(path.stem, Id)
        said = tomllib.loads(_private(path))
        settings: ServiceSettings = msgspec.convert(said, ServiceSettings)
    except tomllib.TOMLDecodeError as error:
        raise Complaint(f"{path}: no TOML") from error
    except msgspec.ValidationError as error:
        raise Complaint(f"{path}: {error}") from error
    for address in _addresses(settings):
        _must_be_safe(path, address)
    if isinstance(settings, CscSettings):
        _must_lead_back(path, settings)
    secret = path.parent / settings.secret_file
    if secret.parent != path.parent:
        raise Complaint(f"{path}: secret_file must be the name of a file beside it")
    return settings, Secret(_private(secret).strip())


def _private(path: Path) -> str:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise Complaint(f"{path} may be read by others; set its mode to 0600")
    except OSError as error:
        raise Complaint(f"{path}: {error.strerror}") from error
    return read_text(path)


def _addresses(settings: ServiceSettings) -> Iterator[str]:
    yield settings.url
    if isinstance(settings, CscSettings):
        pages = (settings.token_url, settings.authorize_url, settings.pushed_url, settings.redirect_url)
        yield from filter(None, pages)


def _must_lead_back(path: Path, said: CscSettings) -> None:
    """A page where people confirm needs the addresses around it, and a way back that is ours."""
    if not said.authorize_url:
        return
    if not said.token_url or (said.version == "2" and not said.pushed_url):
        raise Complaint(f"{path}: authorize_url needs token_url, and in version 2 pushed_url")
    back = f"/signing/remote/{path.stem}/returned"
    if not said.redirect_url.endswith(back):
        raise Complaint(f"{path}: redirect_url must be this house's own address with {back}")


def _must_be_safe(path: Path, address: str) -> None:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        here = host == "localhost" or (host[:1].isdigit() and ip_address(host).is_loopback)
    except ValueError as error:
        raise Complaint(f"{path}: not an address") from error
    if not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise Complaint(f"{path}: an address is https://host/path, without user, ? or #")
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise Complaint(f"{path}: https:// is needed; http:// is for this machine itself")
