"""Keys on a PKCS#11 token (a hardware security module, SoftHSM): they sign there and never leave it.

A TokenKey is an elliptic curve private key like those of `cryptography`, of which only `sign` and `public_key` are of
use; so who issues certificates or seals with a key need not know where it lies. It hashes here and has the token sign
the digest (CKM_ECDSA), since not every token can hash (SoftHSM 2.6 cannot).

Each token has a process of its own (`token_session`). One that hangs is waited for a few seconds and its process
ended; who asks a moment later begins a new one. So a token that comes back is used again, and nobody waits for ever.
"""

import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, NoReturn, TypeVar

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import Hash
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.kit import metrics, own_process, token_session
from services.kit.token_address import TokenAddress
from services.kit.token_session import No
from services.refusal import Refused

log = structlog.get_logger(__name__)

T = TypeVar("T")

# Less than who waits for the authority's thread does (see apart_thread), or for a transaction.
LONGEST_S = 6.0
# When the installation starts: keys are made, by some tokens in a minute.
LONGEST_START_S = 60.0
# A process of Python begins and its library is loaded, on a busy machine.
BEGIN_S = 20.0
# And ends, once it was killed.
END_S = 2.0
# So long a token that hung is left alone: those who come next are told at once.
QUIET_S = 5.0


class TokenRefused(Refused):
    """A key of this installation lies on a token that does not sign now. Nothing was done with it; try again."""

    code = "token_away"
    status = 503
    vi = "Thiết bị giữ khóa của hệ thống hiện không ký được. Chưa thực hiện gì bằng khóa đó; xin thử lại."

    def __init__(self, why: str = "") -> None:
        """`why` is for the operator, and never has the PIN; strangers are not told."""
        super().__init__()
        self.why = why

    def __str__(self) -> str:
        """For logs and for who starts the installation."""
        return self.why


class _Desk:
    """Where a token is asked, one question after the other, in a process of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: tuple[BaseProcess, Connection] | None = None
        self._quiet_until = 0.0
        self._wrong_pin = ""
        self.is_away = False

    def ask(self, longest_s: float, address: TokenAddress, do: Callable[..., T | No], *given: object) -> T:
        """The token's answer. Raises TokenRefused; at the latest after twice the time for one."""
        if not self._lock.acquire(timeout=longest_s):
            raise TokenRefused("it is busy")
        try:
            found = self._answer(longest_s, address, do, *given)
        finally:
            self._lock.release()
        self.is_away = isinstance(found, No)
        if isinstance(found, No):
            log.warning("token.refused", token=address.token, why=found.why)
            metrics.token_refusals.inc()
            raise TokenRefused(found.why)
        return found

    def _answer(
        self, longest_s: float, address: TokenAddress, do: Callable[..., T | No], *given: object
    ) -> T | No:
        if time.monotonic() < self._quiet_until:
            return No("it hung a moment ago")
        # A PIN that was refused is not tried again: a few times more, and the token is locked.
        if self._wrong_pin and _said(address) == self._wrong_pin:
            return No("it refused this PIN before; put the right one into its file")
        try:
            found: T | No = self._put(longest_s, (do, address, *given))
        except TimeoutError:
            self._end()
            self._quiet_until = time.monotonic() + QUIET_S
            return No(f"it has not answered for {longest_s:.0f} seconds")
        except (EOFError, OSError):
            self._end()
            return No("its library fell")
        self._quiet_until = 0.0
        self._wrong_pin = _said(address) if isinstance(found, No) and found.pin else ""
        return found

    def _put(self, longest_s: float, question: tuple[object, ...]) -> Any:
        """What is answered; whether it began is not counted. Raises TimeoutError, EOFError, OSError."""
        if self._begun is None:
            self._begun = own_process.converse(token_session.serve)
            longest_s += BEGIN_S
        _, pipe = self._begun
        pipe.send(question)
        if not pipe.poll(longest_s):
            raise TimeoutError
        return pipe.recv()

    def _end(self) -> None:
        """End the process, whatever it hangs in."""
        if self._begun is not None:
            process, pipe = self._begun
            self._begun = None
            process.kill()
            # One that hangs in the kernel cannot even be killed: it is left there, and a new one begun.
            process.join(END_S)
            pipe.close()


class _Beside:
    """What a process beside this one, which was handed a key, said of its token last."""

    is_away = False


_beside = _Beside()
_desks: dict[tuple[str, str | None, bytes | None], _Desk] = {}
_desks_lock = threading.Lock()


def are_away() -> bool:
    """Whether a token did not do what it was asked last, here or in a process beside this one."""
    return _beside.is_away or any(desk.is_away for desk in tuple(_desks.values()))


def hear(code: str) -> None:
    """A process beside this one was to sign: the code of the refusal that it answered with, "" if it signed."""
    _beside.is_away = code == TokenRefused.code


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
        raw = _asked(LONGEST_S, self.address, token_session.sign, digest)
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
    return TokenKey(address, _read(_asked(LONGEST_START_S, address, token_session.public)))


def generate(address: TokenAddress) -> TokenKey:
    """A new P-256 key at this address, which the token never gives out. Raises TokenRefused."""
    return TokenKey(address, _read(_asked(LONGEST_START_S, address, token_session.generate)))


def holds(address: TokenAddress) -> bool:
    """Whether there is a key at this address. Raises TokenRefused."""
    return _asked(LONGEST_START_S, address, token_session.holds)


def _asked(longest_s: float, address: TokenAddress, do: Callable[..., T | No], *given: object) -> T:
    with _desks_lock:
        desk = _desks.setdefault((address.module, address.token, address.serial), _Desk())
    return desk.ask(longest_s, address, do, *given)


def _said(address: TokenAddress) -> str:
    """What the file of the PIN says now."""
    try:
        return address.pin_file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _read(der: bytes) -> ec.EllipticCurvePublicKey:
    key = load_der_public_key(der)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TokenRefused("it is not an elliptic curve key")
    return key


def _never() -> NoReturn:
    raise TokenRefused("the key does not leave the token")
