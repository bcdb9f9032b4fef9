"""The one session with a PKCS#11 token, in a process of its own (see `token_keys`): what is asked there.

Functions of plain values; each gives its answer, or a `No` with the reason, never the PIN. A library of somebody else's
runs here: it may hang or fall, and takes nothing with it but this process.
"""

import contextlib
import stat
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

import pkcs11
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from services.kit.token_address import TokenAddress

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class No:
    """Why the token does not do it. `pin`: it refused the PIN, which must not be tried again as it is."""

    why: str
    pin: bool = False


class _Refused(Exception):
    """The text says why."""


class _Session:
    """What is open in this process: a second login is refused by PKCS#11."""

    opened: pkcs11.Session | None = None


_held = _Session()


def serve(pipe: Connection) -> None:
    """Answer one question after the other: a function of this file, the address, what else it is given."""
    with contextlib.suppress(EOFError):
        while True:
            do, *given = pipe.recv()
            pipe.send(do(*given))


def _answering(do: Callable[P, T]) -> Callable[P, T | No]:
    @wraps(do)
    def answer(*given: P.args, **named: P.kwargs) -> T | No:
        try:
            return do(*given, **named)
        except _Refused as refused:
            return No(str(refused))
        except pkcs11.NoSuchKey:
            return No("there is no such key on the token")
        except pkcs11.MultipleObjectsReturned:
            return No("there are several such keys on the token; name its id")
        except pkcs11.PKCS11Error as error:
            # The names of the library's own refusals all begin so: PinIncorrect, PinLocked.
            why = str(error) or type(error).__name__
            return No(why, type(error).__name__.startswith("Pin"))

    return answer


@_answering
def public(address: TokenAddress) -> bytes:
    """The public half (SubjectPublicKeyInfo, DER) of the key at this address."""

    def look(session: pkcs11.Session) -> bytes:
        _private(session, address)
        wanted = pkcs11.ObjectClass.PUBLIC_KEY, pkcs11.KeyType.EC, address.label, address.id
        return _read(session.get_key(*wanted))

    return _ask(address, look)


@_answering
def generate(address: TokenAddress) -> bytes:
    """A new P-256 key at this address, which the token never gives out; its public half."""
    label = address.label
    if label is None:
        raise _Refused("a new key needs a name: say object=")

    def make(session: pkcs11.Session) -> bytes:
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        private = {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False}
        identifier = address.id or label.encode()
        made, _ = parameters.generate_keypair(
            store=True, label=label, id=identifier, private_template=private
        )
        return _read(made)

    return _ask(address, make)


@_answering
def holds(address: TokenAddress) -> bool:
    """Whether there is a key at this address."""

    def look(session: pkcs11.Session) -> bool:
        try:
            _private(session, address)
        except pkcs11.NoSuchKey:
            return False
        return True

    return _ask(address, look)


@_answering
def sign(address: TokenAddress, digest: bytes) -> bytes:
    """The key's signature (r and s, one after the other) over a digest."""
    ecdsa = pkcs11.Mechanism.ECDSA
    return bytes(_ask(address, lambda session: _private(session, address).sign(digest, mechanism=ecdsa)))


def _ask(address: TokenAddress, question: Callable[[pkcs11.Session], T]) -> T:
    """The token's answer; a session that was lost (the token drawn and put back) is opened again, once."""
    # Not after a first login: a PIN that is wrong twice may lock the token.
    if _held.opened is not None:
        try:
            return question(_held.opened)
        except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned):
            raise
        except pkcs11.PKCS11Error:
            _let_go(address)
    return question(_open(address))


def _open(address: TokenAddress) -> pkcs11.Session:
    if _held.opened is None:
        library = pkcs11.lib(address.module)
        named = (
            {"token_label": address.token} if address.token is not None else {"token_serial": address.serial}
        )
        token = library.get_token(**named)
        _held.opened = token.open(rw=True, user_pin=pin_of(address))
    return _held.opened


def _let_go(address: TokenAddress) -> None:
    lost, _held.opened = _held.opened, None
    try:
        if lost is not None:
            lost.close()
        # A library that lost its token knows of it again only when it begins anew.
        pkcs11.lib(address.module).reinitialize()
    except pkcs11.PKCS11Error:
        # It could not even be closed: opening it says what is wrong.
        return


def _private(session: pkcs11.Session, address: TokenAddress) -> Any:
    # Any: the library's types do not say which keys can sign.
    return session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.KeyType.EC, address.label, address.id)


def _read(found: object) -> bytes:
    return bytes(encode_ec_public_key(found))  # type: ignore[arg-type]


def pin_of(address: TokenAddress) -> str:
    """The PIN in its file."""
    try:
        if stat.S_IMODE(address.pin_file.stat().st_mode) & 0o077:
            raise _Refused(f"{address.pin_file} may be read by others; set its mode to 0600")
        return address.pin_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _Refused(f"the PIN cannot be read from {address.pin_file}") from error
