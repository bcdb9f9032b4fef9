"""Vectors of chains of X.509 certificates: who may sign as a person or as the seal, and who may not."""

import base64
import itertools
from typing import Any
from unittest import mock

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.oid import ExtensionOID as OID

from services.rules.certified import ANY_POLICY, PERSON_POLICY, SEAL_POLICY
from tests.support import chains, fixed_keys
from tests.support.chains import AT, DAY, NOW, UNHEARD_OF, Minted, authority, leaf, mint, named, person
from tests.support.rewritten import (
    EXTENSIONS,
    KEY,
    SEQUENCE,
    VALIDITY,
    VERSION,
    Change,
    Parts,
    element,
    extended,
    parts_of,
    rewrite,
    with_key,
    with_part,
    with_texts,
)

Case = tuple[str, str, str, list[Minted]]
_sign = x509.CertificateBuilder.sign


def _signed(builder: x509.CertificateBuilder, key: Any, hashed: Any, **how: Any) -> x509.Certificate:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _sign(builder, key, hashed, ecdsa_deterministic=True)
    return _sign(builder, key, hashed, **how)


def made() -> dict[str, Any]:
    """chains.json."""
    keys = (fixed_keys.p256(f"chain {number}") for number in itertools.count())
    with (
        mock.patch.object(chains, "fresh", side_effect=keys),
        mock.patch.object(x509, "random_serial_number", side_effect=itertools.count(1)),
        mock.patch.object(x509.CertificateBuilder, "sign", _signed),
    ):
        root = mint(authority("Root"))
        cases = [*_persons(root), *_authorities(root)]
        seals = _seals(root)
        cases += _rewritten(root)
    return {
        "about": "Chains (base64 DER, leaf first, without the anchor). Verify each under `trust` at `at` (milliseconds) for its "
        "`purpose`; `result` is good or the code of the refusal.",
        "trust": root.pem,
        "at": AT,
        "cases": [_case("person", *each) for each in cases] + [_case("seal", *each) for each in seals],
    }


def _case(purpose: str, name: str, catches: str, result: str, chain: list[Minted]) -> dict[str, Any]:
    ders = [base64.b64encode(one.der).decode() for one in chain]
    return {"name": name, "catches": catches, "result": result, "purpose": purpose, "chain": ders}


def _persons(root: Minted) -> list[Case]:
    issuer = mint(authority("Delegates", path_length=0, policies=[PERSON_POLICY]), root)
    servers = [ExtendedKeyUsageOID.SERVER_AUTH]
    constraints = x509.NameConstraints([x509.DNSName("example.vn")], None)
    unheard = x509.UnrecognizedExtension(UNHEARD_OF, b"\x05\x00")
    rsa, edwards = fixed_keys.rsa2048(), fixed_keys.ed25519("chain")
    wide = ec.derive_private_key(12_345, ec.SECP384R1())

    def one(**changed: object) -> list[Minted]:
        return [mint(leaf(**changed), issuer), issuer]  # type: ignore[arg-type]

    return [
        ("a person", "nothing: it must be taken", "good", one()),
        ("an RSA key", "a reader of one kind of key", "good", [mint(leaf(), issuer, rsa), issuer]),
        ("an Ed25519 key", "the same", "good", [mint(leaf(), issuer, edwards), issuer]),
        ("P-384", "keys of any curve", "key_not_taken", [mint(leaf(), issuer, wide), issuer]),
        ("not yet valid", "times that nobody reads", "chain_not_yet_valid", one(starts=NOW + DAY / 2)),
        ("expired", "the same", "chain_expired", one(ends=NOW - DAY / 2)),
        ("critical and unheard of", "critical taken for optional", "chain_wrong_use", one(extra=[(unheard, True)])),
        ("unheard of, not critical", "whatever is new refused", "good", one(extra=[(unheard, False)])),
        ("name constraints", "constraints passed over", "chain_wrong_use", one(extra=[(constraints, False)])),
        ("for servers", "purposes that nobody reads", "chain_wrong_use", one(uses=servers)),
        ("an authority as a person", "an authority that votes", "chain_wrong_use", one(ca=True)),
        ("a key that may not sign", "key usage that nobody reads", "chain_wrong_use", one(usage=frozenset({"key_agreement"}))),
        ("no key usage", "the same", "chain_wrong_use", one(usage=None)),
        ("nobody", "a subject without a member", "chain_not_person", one(subject=named("Mai"))),
        ("an id that is none", "ids with anything in them", "chain_not_person", one(subject=person("mai thị"))),
        ("its issuer left out", "a chain with a hole", "chain_untrusted", one()[:1]),
        ("no chain", "an empty list", "chain_malformed", []),
        ("signed by another key", "names without signatures", "chain_untrusted", one(signs_with=fixed_keys.p256("thief"))),
        ("another issuer's name", "signatures without names", "chain_untrusted", one(issuer_name=named("Other"))),
        ("a weak hash", "any hash", "chain_untrusted", one(weak_hash=True)),
    ]  # fmt: skip


def _authorities(root: Minted) -> list[Case]:
    def under(**changed: object) -> list[Minted]:
        issuer = mint(authority("Delegates", **changed), root)
        return [mint(leaf(), issuer), issuer]

    narrow = mint(authority("Narrow", path_length=0), root)
    deeper = mint(authority("Deeper"), narrow)
    foreign = mint(authority("Root"))
    long = [root]
    for number in range(5):
        long.append(mint(authority(f"Step {number}"), long[-1]))
    padded = mint(authority("Padded"), root, fixed_keys.rsa2048())
    # Without a salt there is one such signature, the same each time that this is made.
    pss = padding.PSS(padding.MGF1(SHA256()), 0)
    return [
        ("issued by a person", "every certificate an authority", "chain_wrong_use", under(ca=False)),
        ("issuer may not issue", "key usage of authorities", "chain_wrong_use", under(usage=frozenset({"crl_sign"}))),
        ("issuer expired", "times of the leaf only", "chain_expired", under(ends=NOW - DAY / 2)),
        ("longer than allowed", "path lengths that nobody reads", "chain_wrong_use", [mint(leaf(), deeper), deeper, narrow]),
        ("under a foreign root of the same name", "anchors by name", "chain_untrusted", [mint(leaf(), foreign)]),
        ("an RSA authority", "nothing: it must be taken", "good", [mint(leaf(), padded), padded]),
        ("an RSA authority that signs with PSS", "taken here and refused there: no browser's X.509 reads it in ours", "chain_untrusted", [mint(leaf(pss=pss), padded), padded]),
        ("policy constraints", "constraints passed over, critical or not", "chain_wrong_use", under(extra=[(x509.PolicyConstraints(0, None), False)])),
        ("six certificates", "chains without end", "chain_malformed", [mint(leaf(), long[-1]), *reversed(long[1:])]),
    ]  # fmt: skip


def _rewritten(root: Minted) -> list[Case]:
    """What one of two readers of certificates was found to take, and the other not."""
    issuer = mint(authority("Delegates", path_length=0, policies=[PERSON_POLICY]), root)
    whole = mint(leaf(), issuer)
    malformed, no_key = "chain_malformed", "key_not_taken"
    usage, constraints, policies = OID.KEY_USAGE, OID.BASIC_CONSTRAINTS, OID.CERTIFICATE_POLICIES
    qualified = element(SEQUENCE, element(SEQUENCE, bytes.fromhex("06012a0500")))
    # An ECDSA with parameters (RFC 5758: there are none), a unique identifier of eight unused bits, and no year.
    null = bytes.fromhex("300c06082a8648ce3d0403020500")
    no_year = element(SEQUENCE, element(0x18, b"00000101000000Z"), element(0x17, b"490101000000Z"))

    def one(change: Change, algorithm: bytes | None = None) -> list[Minted]:
        return [rewrite(whole, issuer, change, *([algorithm] if algorithm else [])), issuer]

    def pathless(parts: Parts) -> None:
        extended(constraints, bytes.fromhex("300e0101ff0209010000000000000000"))(parts)

    authority_of = rewrite(issuer, root, pathless)

    def bare(parts: Parts) -> None:
        algorithm, key = parts_of(parts[KEY])
        parts[KEY] = element(SEQUENCE, element(SEQUENCE, parts_of(algorithm)[0]), key)

    of_rsa = rewrite(mint(leaf(), issuer, fixed_keys.rsa2048()), issuer, bare)
    compressed = with_key(lambda bits: bytes([0, 2 + (bits[-1] & 1)]) + bits[2:34])
    return [
        ("rewritten as it was", "nothing: it must be taken", "good", one(lambda parts: None)),
        ("a version and another number", "what stands behind passed over", malformed, one(with_part(VERSION, bytes.fromhex("a006020102020102")))),
        ("qualifiers of a policy that are none", "the same", malformed, one(extended(policies, qualified))),
        ("it may only decipher, and agrees on no keys", "bits that mean nothing alone", malformed, one(extended(usage, bytes.fromhex("0303078080")))),
        ("key usage with zeros at its end", "what others write refused here and taken there", "good", one(extended(usage, bytes.fromhex("030205c0")))),
        ("an algorithm with parameters", "parameters passed over", malformed, one(lambda parts: None, null)),
        ("a path length of nine bytes", "a number that is no place in any chain", malformed, [mint(leaf(), issuer), authority_of]),
        ("an identifier of eight unused bits", "what nobody uses passed over", malformed, one(lambda parts: parts.insert(EXTENSIONS, bytes.fromhex("81020801")))),
        ("the year 0", "a fault of ours instead of a refusal", malformed, one(with_part(VALIDITY, no_year))),
        ("a compressed key", "a key that not every browser reads", no_key, one(compressed)),
        ("a key off its curve", "a key that nobody tries", no_key, one(with_key(lambda bits: bits[:-1] + bytes([bits[-1] ^ 1])))),
        ("an RSA key without its parameters", "a key in two spellings", no_key, [of_rsa, issuer]),
        ("a member's name in UTF-16", "names that one reader knows and another does not", "chain_not_person", one(with_texts(0x1E, "utf-16-be"))),
    ]  # fmt: skip


def _seals(root: Minted) -> list[Case]:
    persons = mint(authority("Delegates", policies=[PERSON_POLICY]), root)
    seals = mint(authority("Seals", policies=[ANY_POLICY]), root)
    wrong = "chain_wrong_use"
    return [
        ("a seal", "nothing: it must be taken", "good", [mint(leaf(policies=[SEAL_POLICY]), root)]),
        ("a seal's own authority", "seals from the root only", "good", [mint(leaf(policies=[SEAL_POLICY]), seals), seals]),
        ("a person as the seal", "every key under the anchor may seal", wrong, [mint(leaf(policies=[PERSON_POLICY]), persons), persons]),
        ("a seal by the persons' authority", "policies of the leaf only", wrong, [mint(leaf(policies=[SEAL_POLICY]), persons), persons]),
        ("any policy", "any policy at the end of a chain", wrong, [mint(leaf(policies=[ANY_POLICY]), root)]),
    ]  # fmt: skip
