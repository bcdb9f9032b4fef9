"""Keys on a PKCS#11 token (a hardware security module, SoftHSM): they sign there and never leave it.

A TokenKey is an elliptic curve private key like those of `cryptography`, of which only `sign` and `public_key` are of
use; so who issues certificates or seals with a key need not know where it lies. It hashes here and has the token sign
the digest (CKM_ECDSA), since not every token can hash (SoftHSM 2.6 cannot).
"""

import stat
import threading
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import pkcs11
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import Hash
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from services.kit.token_address import TokenAddress

T = TypeVar("T")


class TokenRefused(Exception):
    """The token does not do what it is asked; the text says what, never the PIN."""


class _Desk:
    """The one session that this process has with a token: a second login is refused by PKCS#11."""

    def __init__(self, address: TokenAddress) -> None:
        self._address = address
        self._session: pkcs11.Session | None = None
        self._lock = threading.RLock()

    def ask(self, question: Callable[[pkcs11.Session], T]) -> T:
        """The token's answer; a session that was lost (the token drawn and put back) is opened again, once."""
        with self._lock:
            # Not after a first login: a PIN that is wrong twice may lock the token.
            if self._session is not None:
                try:
                    return question(self._session)
                except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned):
                    raise
                except pkcs11.PKCS11Error:
                    self._let_go()
            return question(self._open())

    def _open(self) -> pkcs11.Session:
        if self._session is None:
            library = pkcs11.lib(self._address.module)
            named = (
                {"token_label": self._address.token}
                if self._address.token is not None
                else {"token_serial": self._address.serial}
            )
            token = library.get_token(**named)
            self._session = token.open(rw=True, user_pin=_pin(self._address))
        return self._session

    def _let_go(self) -> None:
        lost, self._session = self._session, None
        try:
            if lost is not None:
                lost.close()
            # A library that lost its token knows of it again only when it begins anew.
            pkcs11.lib(self._address.module).reinitialize()
        except pkcs11.PKCS11Error:
            # It could not even be closed: opening it says what is wrong.
            return


_desks: dict[tuple[str, str | None, bytes | None], _Desk] = {}
_desks_lock = threading.Lock()


class TokenKey(ec.EllipticCurvePrivateKey):
    """A private key on a token. Raises TokenRefused where the token does not sign."""

    def __init__(self, address: TokenAddress, public: ec.EllipticCurvePublicKey) -> None:
        self.address = address
        self._public = public

    def sign(self, data: bytes, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:  # type: ignore[override]
        """The DER signature over `data`."""
        hashed = signature_algorithm.algorithm
        if isinstance(hashed, Prehashed):
            digest = bytes(data)
        else:
            state = Hash(hashed)
            state.update(data)
            digest = state.finalize()
        raw = _asked(
            self.address, lambda session: _private(session, self.address).sign(digest, mechanism=_ECDSA)
        )
        half = len(raw) // 2
        signature = encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))
        # A token that signs with another key must not be found out only by whoever reads the certificate.
        try:
            self._public.verify(signature, data, signature_algorithm)
        except InvalidSignature as error:
            raise TokenRefused("it signed with another key") from error
        return signature

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public half, which the token shows."""
        return self._public

    @property
    def curve(self) -> ec.EllipticCurve:
        """The curve."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """In bits."""
        return self._public.key_size

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> bytes:
        """Not what these keys are for."""
        _never()

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        """They do not leave the token."""
        _never()

    def private_bytes(self, *_: object, **__: object) -> bytes:
        """They do not leave the token."""
        _never()

    def __copy__(self) -> "TokenKey":
        return self

    def __deepcopy__(self, memo: object) -> "TokenKey":
        return self


def load(address: TokenAddress) -> TokenKey:
    """The key at this address. Raises TokenRefused: no such library, token or key, the PIN, two keys of that name."""
    return TokenKey(address, _asked(address, lambda session: _public(session, address)))


def generate(address: TokenAddress) -> TokenKey:
    """A new P-256 key at this address, which the token never gives out. Raises TokenRefused."""
    if address.label is None:
        raise TokenRefused("a new key needs a name: say object=")
    label = address.label

    def make(session: pkcs11.Session) -> ec.EllipticCurvePublicKey:
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        private = {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False}
        identifier = address.id or label.encode()
        public, _ = parameters.generate_keypair(
            store=True, label=label, id=identifier, private_template=private
        )
        return _read(public)

    return TokenKey(address, _asked(address, make))


def holds(address: TokenAddress) -> bool:
    """Whether there is a key at this address. Raises TokenRefused."""

    def look(session: pkcs11.Session) -> bool:
        try:
            _private(session, address)
        except pkcs11.NoSuchKey:
            return False
        return True

    return _asked(address, look)


_ECDSA = pkcs11.Mechanism.ECDSA


def _asked(address: TokenAddress, question: Callable[[pkcs11.Session], T]) -> T:
    with _desks_lock:
        place = (address.module, address.token, address.serial)
        desk = _desks.setdefault(place, _Desk(address))
    try:
        return desk.ask(question)
    except pkcs11.NoSuchKey as error:
        raise TokenRefused("there is no such key on the token") from error
    except pkcs11.MultipleObjectsReturned as error:
        raise TokenRefused("there are several such keys on the token; name its id") from error
    except pkcs11.PKCS11Error as error:
        raise TokenRefused(str(error) or type(error).__name__) from error


def _private(session: pkcs11.Session, address: TokenAddress) -> Any:
    # Any: the library's types do not say which keys can sign.
    return session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.KeyType.EC, address.label, address.id)


def _public(session: pkcs11.Session, address: TokenAddress) -> ec.EllipticCurvePublicKey:
    _private(session, address)
    return _read(session.get_key(pkcs11.ObjectClass.PUBLIC_KEY, pkcs11.KeyType.EC, address.label, address.id))


def _read(public: object) -> ec.EllipticCurvePublicKey:
    key = load_der_public_key(encode_ec_public_key(public))  # type: ignore[arg-type]
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TokenRefused("it is not an elliptic curve key")
    return key


def _pin(address: TokenAddress) -> str:
    try:
        if stat.S_IMODE(address.pin_file.stat().st_mode) & 0o077:
            raise TokenRefused(f"{address.pin_file} may be read by others; set its mode to 0600")
        return address.pin_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TokenRefused(f"the PIN cannot be read from {address.pin_file}") from error


def _never() -> NoReturn:
    raise TokenRefused("the key does not leave the token")
