"""Answers about our certificates (OCSP, RFC 6960), beside the lists in `revocations`.

Anybody may ask, so an answer must cost little, also where the authority's key lies on a token: each worker has a key of
its own in memory for answering, certified by the issuer for two days and renewed after one.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from services.kit.apart_thread import ApartThread
from services.kit.clock import Clock
from services.pki.ocsp import names
from services.rules.certified import NOT_WELL_FORMED
from services.signing import authority
from services.signing import certificate_profile as profile
from services.signing.authority import Authority, Issuer
from services.signing.books import Issuance
from services.signing.errors import IssuerUnknown

log = structlog.get_logger(__name__)

LARGEST_QUESTION = 4096
_RENEWED_MS = 86_400_000
# Where a key cannot be renewed, the one before answers on, and it is tried again after so long.
_AGAIN_MS = 10_000
_LAST_MS = int((profile.RESPONDER_LIFE - profile.ANSWER_LIFE).total_seconds()) * 1000
_LONGEST_NONCE = 128  # RFC 9654 section 2.1


class Knows(Protocol):
    """What is needed of a store."""

    async def issuance(self, serial: int) -> Issuance | None:
        """What is kept of the person's certificate with this serial number; None if we issued none."""


@dataclass(frozen=True, slots=True)
class _Signer:
    """A key for answering, and until when (milliseconds) it does."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    renewed_at: int


class Responder:
    """Answers for each of our issuers."""

    def __init__(self, store: Knows, issuer: Authority, hand: ApartThread, clock: Clock) -> None:
        """`hand`: the thread that signs with the issuer's key."""
        self._store = store
        self._authority = issuer
        self._hand = hand
        self._clock = clock
        self._signers: dict[str, _Signer] = {}
        self._certifying: dict[str, asyncio.Task[_Signer]] = {}
        self._tried_at: dict[str, int] = {}
        self._turn = asyncio.Lock()

    async def answer(self, name: str, question: bytes) -> bytes:
        """The answer (DER) of the issuer of that name to a question. Raises IssuerUnknown, NotReady, TokenRefused.

        What is no question, or asks about another issuer's certificate, is answered so, unsigned (RFC 5019).
        """
        issuer = self._authority.issuer(name)
        if issuer is None:
            raise IssuerUnknown
        try:
            asked = ocsp.load_der_ocsp_request(question)
            nonce = _nonce(asked)
        except (*NOT_WELL_FORMED, NotImplementedError):
            return _unsigned(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if not names(asked, issuer.certificate):
            return _unsigned(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        found = await self._issuance(issuer, asked.serial_number)
        signer = await self._signer(issuer)
        # Twenty who ask at one instant would hold up the event loop for five milliseconds.
        async with self._turn:
            await asyncio.sleep(0)
            return self._signed(signer, asked, found, nonce)

    async def _issuance(self, issuer: Issuer, serial: int) -> Issuance | None:
        if issuer is self._authority.delegates and (found := await self._store.issuance(serial)) is not None:
            return found
        # What the root issued lies in files, and is good until its operator replaces it.
        own = self._authority.delegates.certificate, self._authority.seal.certificate
        ours = any(each.serial_number == serial and each.issuer == issuer.certificate.subject for each in own)
        return Issuance(None, None) if ours else None

    def _signed(
        self, signer: _Signer, asked: ocsp.OCSPRequest, found: Issuance | None, nonce: bytes | None
    ) -> bytes:
        now = self._clock()
        revoked_at = profile.at(found.revoked_at) if found and found.revoked_at is not None else None
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                asked.issuer_name_hash,
                asked.issuer_key_hash,
                asked.serial_number,
                asked.hash_algorithm,
                _status(found),
                profile.at(now),
                profile.at(now) + profile.ANSWER_LIFE,
                revoked_at,
                profile.REASONS[found.reason] if found and found.reason is not None else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
            .certificates([signer.certificate])
        )
        if nonce is not None:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        return builder.sign(signer.key, SHA256()).public_bytes(Encoding.DER)

    async def _signer(self, issuer: Issuer) -> _Signer:
        now, known = self._clock(), self._signers.get(issuer.name)
        if known is not None and known.renewed_at <= now < known.renewed_at + _RENEWED_MS:
            return known
        if known is not None and known.renewed_at <= now < known.renewed_at + _LAST_MS:
            # It is time for another, and nobody waits for it: a token that is away for a day stops no answer.
            if not 0 <= now - self._tried_at.get(issuer.name, 0) < _AGAIN_MS:
                self._certify(issuer, now)
            return known
        # All who ask meanwhile wait for one.
        self._certify(issuer, now)
        return await asyncio.shield(self._certifying[issuer.name])

    def _certify(self, issuer: Issuer, now: int) -> None:
        """Begin to certify another key, unless that is under way."""
        if issuer.name not in self._certifying:
            self._tried_at[issuer.name] = now
            task = self._certifying[issuer.name] = asyncio.create_task(self._certified(issuer, now))
            task.add_done_callback(lambda done: self._end(issuer.name, done))

    def _end(self, name: str, done: asyncio.Task[_Signer]) -> None:
        del self._certifying[name]
        if not done.cancelled() and (error := done.exception()) is not None:
            log.warning("responder.not_renewed", issuer=name, error=str(error))

    async def _certified(self, issuer: Issuer, now: int) -> _Signer:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = await self._hand.do(authority.responder, issuer, key.public_key(), now)
        known = self._signers[issuer.name] = _Signer(key, certificate, now)
        return known


def _status(found: Issuance | None) -> ocsp.OCSPCertStatus:
    if found is None:
        return ocsp.OCSPCertStatus.UNKNOWN
    return ocsp.OCSPCertStatus.GOOD if found.revoked_at is None else ocsp.OCSPCertStatus.REVOKED


def _nonce(asked: ocsp.OCSPRequest) -> bytes | None:
    for each in asked.extensions:
        if isinstance(each.value, x509.OCSPNonce):
            # A longer one would be a way to have us sign what somebody else wrote.
            return each.value.nonce if len(each.value.nonce) <= _LONGEST_NONCE else None
    return None


def _unsigned(why: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(why).public_bytes(Encoding.DER)
