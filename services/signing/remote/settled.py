"""The one way in which an answer becomes a signature: normalised, verified with the enrolled key, kept as evidence."""

import hashlib
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from services.rules import certified, jws, remote_evidence
from services.signing.remote.errors import RemoteKeyUnfit, RemoteMalformed, RemoteSignatureForeign
from services.signing.remote.normalised import from_base64, signature_of
from services.signing.remote.port import Done, Order, Pending
from services.wire import RemoteEvidence

_HASHED = Prehashed(SHA256())
# RFC 7518 sections 3.3 and 3.5.
_PADDINGS: dict[str, padding.AsymmetricPadding] = {
    "RS256": padding.PKCS1v15(),
    "PS256": padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32),
}


def algorithm_of(wanted: Order | Pending) -> str:
    """By which algorithm: the one that the message names, or that was said of hashes."""
    return wanted.alg if wanted.hashes else remote_evidence.algorithm_in(wanted.signing_input)


def algorithm_for(order: Order, provider: str, algorithms: tuple[str, ...]) -> str:
    """The algorithm that is wanted, if its key and this service sign by it. Raises RemoteKeyUnfit."""
    alg = algorithm_of(order)
    if alg not in jws.algorithm_of(certified.public_key_of(order.key.chain[0])):
        raise RemoteKeyUnfit(provider=provider, what=f"{alg} is not of this key")
    if alg not in algorithms:
        raise RemoteKeyUnfit(provider=provider, what=f"the service does not sign by {alg}")
    return alg


def hash_of(signing_input: bytes) -> bytes:
    """What every service is given to sign."""
    return hashlib.sha256(signing_input).digest()


def settle_all(pending: Pending, answered: Sequence[str], version: str) -> Done:
    """What was answered last, one for each hash in their order, as signatures: all are good, or none is taken. Raises
    RemoteMalformed, RemoteSignatureForeign."""
    if len(answered) != max(1, len(pending.hashes)):
        raise RemoteMalformed(provider=pending.provider, what="another number of signatures")
    if not pending.hashes:
        return settle(pending, answered[0], version)
    first, *others = (
        _settled(pending, each.sha256, each.code, one, version)
        for each, one in zip(pending.hashes, answered, strict=True)
    )
    return Done(first.signature, first.evidence, tuple(others))


def settle(pending: Pending, answered: str, version: str) -> Done:
    """What was answered last, as a signature. Raises RemoteMalformed, RemoteSignatureForeign."""
    done = _settled(pending, hash_of(pending.signing_input), pending.code, answered, version)
    # A stranger will be able to check it, or it is not one.
    remote_evidence.verify(remote_evidence.write(done.evidence), pending.signing_input, pending.chain[0])
    return done


def _settled(pending: Pending, signed_hash: bytes, code: str, answered: str, version: str) -> Done:
    # 1. In the form that JWS wants.
    alg = algorithm_of(pending)
    key = certified.public_key_of(pending.chain[0])
    form, signature = signature_of(key, from_base64(answered, pending.provider), pending.provider)
    # 2. By the enrolled key over our own hash, or nothing.
    try:
        _must_sign(alg, key, signature, signed_hash)
    except (InvalidSignature, ValueError, jws.SignatureWrong) as error:
        raise RemoteSignatureForeign(provider=pending.provider, what="another key or another hash") from error
    # 3. Kept as it came.
    evidence = RemoteEvidence(
        provider=pending.provider,
        kind=pending.kind,
        version=version,
        transaction=pending.transaction,
        input_sha256=jws.b64_encode(signed_hash).decode(),
        verification_code=code,
        alg=alg,  # type: ignore[arg-type] # one of algorithm_of(key), whose key is P-256 or RSA
        chain=tuple(map(jws.standard_b64, pending.chain)),
        form=form,
        answered=answered,
        signature=jws.b64_encode(signature).decode(),
        answers=pending.answers,
        started_at=pending.started_at,
        done_at=pending.answers[-1].at,
    )
    return Done(signature, evidence)


def _must_sign(alg: str, key: jws.PublicKey, signature: bytes, signed_hash: bytes) -> None:
    """Raise unless it is the key's over what has this SHA-256. Raises InvalidSignature, ValueError, SignatureWrong,
    AlgorithmWrong."""
    if isinstance(key, ec.EllipticCurvePublicKey) and alg == "ES256":
        key.verify(jws.der_of_raw(signature), signed_hash, ec.ECDSA(_HASHED))
    elif isinstance(key, rsa.RSAPublicKey) and alg in _PADDINGS:
        key.verify(signature, signed_hash, _PADDINGS[alg], _HASHED)
    else:
        raise jws.AlgorithmWrong
