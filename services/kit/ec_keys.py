"""Elliptic curve private keys by name in a directory: `<name>.key`, a file; or `<name>.uri`, its address on a token."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.kit import keys, token_keys
from services.kit.keys import KeyRefused
from services.kit.token_address import AddressWrong, TokenAddress, parse
from services.kit.token_keys import TokenKey, TokenRefused

# A key to be handed to a process of our own: PKCS#8 (DER), or where on a token it lies.
Handed = bytes | TokenAddress


def ensure(directory: Path, name: str) -> ec.EllipticCurvePrivateKey:
    """The key of that name, made where the directory says if there is none yet. Raises KeyRefused."""
    address = _address(directory, name)
    if address is None:
        return keys.ensure(directory / f"{name}.key", ec.generate_private_key(ec.SECP256R1()))
    try:
        return token_keys.load(address) if token_keys.holds(address) else token_keys.generate(address)
    except TokenRefused as error:
        raise KeyRefused(f"{name}.uri: {error}") from error


def load(directory: Path, name: str) -> ec.EllipticCurvePrivateKey:
    """The key of that name. Raises KeyRefused: none, unreadable, readable by others, the token says no."""
    address = _address(directory, name)
    if address is None:
        return keys.load_ec(directory / f"{name}.key")
    try:
        return token_keys.load(address)
    except TokenRefused as error:
        raise KeyRefused(f"{name}.uri: {error}") from error


def hand(key: ec.EllipticCurvePrivateKey) -> Handed:
    """What another process of ours needs to use this key: see `take`."""
    if isinstance(key, TokenKey):
        return key.address
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def take(handed: Handed) -> ec.EllipticCurvePrivateKey:
    """The key that was handed over. Raises KeyRefused."""
    if isinstance(handed, TokenAddress):
        try:
            return token_keys.load(handed)
        except TokenRefused as error:
            raise KeyRefused(f"the token: {error}") from error
    key = serialization.load_der_private_key(handed, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyRefused("it is no elliptic curve key")
    return key


def _address(directory: Path, name: str) -> TokenAddress | None:
    place = directory / f"{name}.uri"
    if not place.exists():
        return None
    if (directory / f"{name}.key").exists():
        raise KeyRefused(f"{name}.key and {name}.uri are both there: which is the key? Take one away")
    try:
        return parse(place.read_text())
    except (OSError, UnicodeDecodeError, AddressWrong) as error:
        raise KeyRefused(f"{name}.uri cannot be used: {error}") from error
