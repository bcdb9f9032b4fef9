"""A delegate's device, in Python: it makes a key, asks for a certificate, signs, and checks what it gets back.

What it signs is written exactly as `services.rules` reads it. A receipt is believed only after it was proven
(C2SP tlog-proof) and found to hold the very ballot that was sent.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from services.kit.complaint import Complaint
from services.rules import act, ballot, certified, countersigned, jws, note, prepared_page
from services.rules.countersigned import Paper
from services.rules.errors import NotProven
from services.rules.floor import acts as floor_acts
from services.wire import (
    UNREADABLE,
    ActPayload,
    BallotCast,
    BallotPayload,
    CertificateFile,
    Choice,
    FloorActed,
    FloorActs,
    FloorReceipt,
    LoginPayload,
    PollDefinition,
    Receipt,
    SignatureGiven,
    SignaturePrepared,
)

KeyKind = Literal["p256", "rsa", "rsa-pss", "ed25519"]

LOGIN_TYP = "plenary-login+jws"
LOGIN_CTY = "application/vnd.plenary.login+json"

_entries = msgspec.json.Decoder(BallotCast)
_acted = msgspec.json.Decoder(FloorActed)


class CertificateForeign(Complaint):
    """The certificate issued is for another key than the one that asked for it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """An open question as a device sees it: the definition, and the hash that ballots name."""

    definition: PollDefinition
    hash: str

    def label(self, choice: Choice) -> str:
        """The words of a choice. Raises KeyError for a choice that the question does not have."""
        return {str(option.choice): option.label for option in self.definition.options}[choice]


@dataclass(frozen=True, slots=True)
class Device:
    """One person's key and, once enrolled, their certificate (PEM, leaf first) and its thumbprint."""

    member: str
    key: jws.PrivateKey
    algorithm: str
    thumbprint: str = ""
    chain: tuple[str, ...] = ()

    @classmethod
    def make(cls, member: str, kind: KeyKind = "p256") -> "Device":
        """A device with a fresh key; nobody else ever has it."""
        match kind:
            case "p256":
                return cls(member, ec.generate_private_key(ec.SECP256R1()), "ES256")
            case "rsa" | "rsa-pss":
                key = rsa.generate_private_key(65537, jws.RSA_SMALLEST_BITS)
                return cls(member, key, "RS256" if kind == "rsa" else "PS256")
            case "ed25519":
                return cls(member, Ed25519PrivateKey.generate(), "EdDSA")

    def request(self) -> str:
        """A PKCS#10 request (RFC 2986) as PEM: proof that we hold the key we want certified."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.member)])
        builder = x509.CertificateSigningRequestBuilder().subject_name(name)
        if isinstance(self.key, Ed25519PrivateKey):
            signed = builder.sign(self.key, None)
        else:
            signed = builder.sign(self.key, SHA256())
        return signed.public_bytes(Encoding.PEM).decode()

    def enrolled(self, chain: Sequence[str]) -> "Device":
        """The device with its certificate. Raises CertificateForeign if it is for another key."""
        leaf = x509.load_pem_x509_certificate(chain[0].encode())
        ours, theirs = (
            key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            for key in (self.key.public_key(), leaf.public_key())
        )
        if ours != theirs:
            raise CertificateForeign(f"the certificate issued to {self.member} is for another key")
        thumbprint = jws.digest(leaf.public_bytes(Encoding.DER))
        return replace(self, thumbprint=thumbprint, chain=tuple(chain))

    def login(self, challenge: str, audience: str) -> bytes:
        """The answer to a challenge."""
        payload = LoginPayload(challenge=challenge, audience=audience)
        return self._signed(LOGIN_TYP, LOGIN_CTY, msgspec.json.encode(payload))

    def ballot(self, asked: Ask, choice: Choice, after: bytes | None = None, seq: int = 1) -> bytes:
        """A ballot; `after`: the bytes of the ballot it takes the place of, `seq` then one more than that one's."""
        payload = BallotPayload(
            v=1,
            meeting=asked.definition.meeting,
            poll=asked.hash,
            choice=choice,
            label=asked.label(choice),
            voter=self.member,
            seq=seq,
            supersedes=None if after is None else jws.digest(after),
        )
        return self._signed(ballot.TYP, ballot.CTY, msgspec.json.encode(payload))

    def act(self, payload: ActPayload) -> bytes:
        """A signed act on a poll."""
        return self._signed(act.ACT_TYP, act.ACT_CTY, msgspec.json.encode(payload))

    def floor_act(self, payload: FloorActs) -> bytes:
        """A signed act on the floor."""
        return self._signed(floor_acts.TYP, floor_acts.CTY, msgspec.json.encode(payload))

    def countersign(
        self,
        prepared: SignaturePrepared,
        page: bytes,
        file: bytes,
        paper: Paper[Any] = countersigned.CERTIFICATE,
    ) -> SignatureGiven:
        """Both signatures to what was prepared; `file`: certificate.json or minutes.json, proven before. Raises
        PreparationWrong."""
        chain = tuple(certified.blocks("".join(self.chain).encode()))
        attributes = prepared_page.must_be_to_sign(prepared, page, file, chain, int(time.time()), paper)
        payload = msgspec.json.decode(file, type=CertificateFile).payload
        signed = f"{prepared.protected}.{payload}".encode()
        of_page = jws.sign_bytes(self.algorithm, self.key, attributes)
        if self.algorithm == "ES256":
            of_page = jws.der_of_raw(of_page)
        of_statement = jws.sign_bytes(self.algorithm, self.key, signed)
        return SignatureGiven(
            prepared=prepared.id,
            page=jws.b64_encode(of_page).decode(),
            statement=jws.b64_encode(of_statement).decode(),
        )

    def definition(self, raw: bytes) -> bytes:
        """The chair's signature over exactly the definition's bytes: this opens the poll."""
        return self._signed(act.DEFINITION_TYP, act.DEFINITION_CTY, raw)

    def _signed(self, typ: str, cty: str, payload: bytes) -> bytes:
        header = jws.Header(
            alg=self.algorithm, typ=typ, cty=cty, x5t_S256=self.thumbprint, iat=int(time.time())
        )
        return jws.compact(header, payload, self.key, self.algorithm).encode()


def must_hold(receipt: Receipt, sent: bytes, log_key: str) -> None:
    """Raise unless the receipt proves that the ballot sent stands in the ledger.

    Raises NotProven, CheckpointWrong.
    """
    note.verify_receipt(receipt, log_key)
    must_be_of(receipt, sent)


def must_hold_act(receipt: FloorReceipt, sent: bytes, log_key: str) -> None:
    """Raise unless the receipt proves that the act sent stands in the floor's ledger.

    Raises NotProven, CheckpointWrong.
    """
    note.verify_place(receipt, log_key)
    try:
        entry = _acted.decode(receipt.entry)
    except UNREADABLE as error:
        raise NotProven(what="no act in the receipt") from error
    if entry.jws.encode() != sent:
        raise NotProven(what="another act than the one sent")


def must_be_of(receipt: Receipt, sent: bytes) -> None:
    """Raise NotProven unless the receipt's line holds exactly the ballot sent (its place is not proven)."""
    try:
        entry = _entries.decode(receipt.entry)
    except UNREADABLE as error:
        raise NotProven(what="no ballot in the receipt") from error
    if entry.jws.encode() != sent:
        raise NotProven(what="another ballot than the one sent")
