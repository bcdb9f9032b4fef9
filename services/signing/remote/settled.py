"""The one way in which an answer becomes a signature: normalised, verified with the enrolled key, kept as evidence."""

import hashlib

from services.rules import certified, jws, remote_evidence
from services.signing.remote.errors import RemoteKeyUnfit, RemoteSignatureForeign
from services.signing.remote.normalised import from_base64, signature_of
from services.signing.remote.port import Done, Order, Pending
from services.wire import RemoteEvidence


def algorithm_for(order: Order, provider: str, algorithms: tuple[str, ...]) -> str:
    """The algorithm that the message names, if its key and this service sign by it. Raises RemoteKeyUnfit."""
    alg = remote_evidence.algorithm_in(order.signing_input)
    if alg not in jws.algorithm_of(certified.public_key_of(order.key.chain[0])):
        raise RemoteKeyUnfit(provider=provider, what=f"{alg} is not of this key")
    if alg not in algorithms:
        raise RemoteKeyUnfit(provider=provider, what=f"the service does not sign by {alg}")
    return alg


def hash_of(signing_input: bytes) -> bytes:
    """What every service is given to sign."""
    return hashlib.sha256(signing_input).digest()


def settle(pending: Pending, answered: str, version: str) -> Done:
    """What was answered last, as a signature. Raises RemoteMalformed, RemoteSignatureForeign."""
    # 1. In the form that JWS wants.
    alg = remote_evidence.algorithm_in(pending.signing_input)
    key = certified.public_key_of(pending.chain[0])
    form, signature = signature_of(key, from_base64(answered, pending.provider), pending.provider)
    # 2. By the enrolled key over our own message, or nothing.
    try:
        jws.verify_bytes(alg, key, signature, pending.signing_input)
    except jws.SignatureWrong as error:
        raise RemoteSignatureForeign(provider=pending.provider, what="another key or another hash") from error
    # 3. Kept as it came.
    evidence = RemoteEvidence(
        provider=pending.provider,
        kind=pending.kind,
        version=version,
        transaction=pending.transaction,
        input_sha256=jws.digest(pending.signing_input),
        verification_code=pending.code,
        alg=alg,  # type: ignore[arg-type] # one of algorithm_of(key), whose key is P-256 or RSA
        chain=tuple(map(jws.standard_b64, pending.chain)),
        form=form,
        answered=answered,
        signature=jws.b64_encode(signature).decode(),
        answers=pending.answers,
        started_at=pending.started_at,
        done_at=pending.answers[-1].at,
    )
    # 4. A stranger will be able to check it, or it is not one.
    remote_evidence.verify(remote_evidence.write(evidence), pending.signing_input, pending.chain[0])
    return Done(signature, evidence)
