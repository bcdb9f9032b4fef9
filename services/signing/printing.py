"""What happens to a statement in the print shop: prove it, sign it, typeset it, seal it, verify what came out.

These functions run in a process of their own (`print_shop`); what they need beside their arguments is given once.
"""

import contextlib
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.refusal import Refused
from services.rules import jws, ledger_file, proof
from services.rules import seal as json_seal
from services.rules.credential import Anchors, load_anchors
from services.rules.holders import Known
from services.rules.proof import Proven
from services.signing import minutes, seal, sealed_pdf
from services.wire import Statement

# Credentials whose chains need not be verified again for the next vote of a meeting: 3 kB each.
MOST_KNOWN = 20_000


@dataclass(frozen=True, slots=True)
class Materials:
    """The seal's chain (DER, without the anchor) and key (PKCS#8 DER), trust.pem, and the address people use."""

    chain: tuple[bytes, ...]
    key: bytes
    trust: bytes
    public_url: str


@dataclass(frozen=True, slots=True)
class Printed:
    """The files of one certificate, each verified."""

    certificate: bytes
    pdf: bytes
    ledger: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Why there is no certificate: the refusal's code and English text (a refusal itself cannot be pickled)."""

    code: str
    text: str


class _Bench:
    """What lies ready in this process: the materials, and the last statement proven, with its hash."""

    materials: Materials
    anchors: Anchors
    key: ec.EllipticCurvePrivateKey
    known: Known
    proven: tuple[str, Proven] | None = None


_bench = _Bench()
_statements = msgspec.json.Decoder(Statement)


def equip(materials: Materials) -> None:
    """Take up the materials, once for the process."""
    key = serialization.load_der_private_key(materials.key, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the seal's key is not an elliptic curve key")
    _bench.materials, _bench.key = materials, key
    _bench.anchors = Anchors(load_anchors(materials.trust))
    _bench.known, _bench.proven = {}, None


def warm() -> None:
    """Load fonts and libraries, and seal an empty page, so that nothing is done for the first time later."""
    page = minutes.warm()
    sealed = seal.seal(page, _bench.materials.chain, _bench.key)
    # It has none of our attachments: all that is refused comes after all that is to be warmed.
    with contextlib.suppress(Refused):
        sealed_pdf.open_pdf(sealed, _bench.materials.trust)


def prove(statement: bytes) -> Spoiled | None:
    """Whether everything in the statement is true, before it is stored as the one to be signed."""
    try:
        _proven(statement)
    except Refused as refused:
        return Spoiled(refused.code, refused.text_en)
    return None


def print_out(statement: bytes) -> Printed | Spoiled:
    """Both files over exactly this statement, verified as a stranger would."""
    try:
        return _print(statement)
    except Refused as refused:
        return Spoiled(refused.code, refused.text_en)


def _print(statement: bytes) -> Printed:
    materials = _bench.materials
    # 1. It may have been stored by another process, in another year: prove it here and now.
    proven = _proven(statement)
    # 2. Sign, typeset, seal.
    certificate = json_seal.sign(statement, materials.chain, _bench.key, proven.statement.issued_at // 1000)
    digest = jws.digest(certificate)
    pdf = minutes.typeset(proven, certificate, digest, f"{materials.public_url}/verify#{digest}")
    sealed = seal.seal(pdf, materials.chain, _bench.key)
    # 3. Verify our own output: the seal on the bytes proven above, and a PDF that carries them.
    _, signed, _ = json_seal.open_file(certificate, _bench.anchors, json_seal.CERTIFICATE)
    attached = sealed_pdf.open_pdf(sealed, materials.trust)
    if signed != statement or attached.certificate != certificate:
        raise RuntimeError("what came out is not what was put in")
    sealed_pdf.must_agree(attached, proven)
    return Printed(certificate, sealed, ledger_file.render(proven.statement.evidence.ledger), digest)


def _proven(statement: bytes) -> Proven:
    digest = jws.digest(statement)
    if _bench.proven is None or _bench.proven[0] != digest:
        if len(_bench.known) > MOST_KNOWN:
            _bench.known.clear()
        said = _statements.decode(statement)
        _bench.proven = digest, proof.verify_statement(said, _bench.anchors, _bench.known)
    return _bench.proven[1]
