"""The authority: what its certificates say, extension by extension, and how it comes into being."""

import datetime
import stat
import subprocess
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from services.kit import keys
from services.rules import credential, jws
from services.rules.certified import BODY_OID, DOCUMENT_SIGNING, MEMBER_OID, PERSON_POLICY, SEAL_POLICY
from services.rules.credential_errors import NotAPerson
from services.signing import authority, revocation_list
from services.signing.authority import Authority, AuthorityRefused
from services.signing.certificate_profile import Person
from services.signing.revocation_list import Revoked
from tests.support import chains
from tests.support.chains import mint

ADDRESS = "https://plenary.example.vn"
NOW = 1_767_225_600_500
MAI = Person("hdnd", "Hội đồng nhân dân tỉnh", "mai", "Lê Thị Mai")
FILES = ["delegates.key", "delegates.pem", "root.key", "root.pem", "seal.key", "seal.pem", "trust.pem"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Authority]:
    """An authority made on a first start, and where."""
    directory = tmp_path_factory.mktemp("keys")
    return directory, authority.ensure(directory, ADDRESS, NOW)


@pytest.fixture(scope="module")
def issued(made: tuple[Path, Authority]) -> x509.Certificate:
    """Mai's certificate."""
    issued = authority.issue(made[1], chains.fresh().public_key(), MAI, NOW)
    return x509.load_der_x509_certificate(issued.chain[0])


def critical(certificate: x509.Certificate) -> dict[str, bool]:
    """The extensions by the name of their OID, and whether each is critical."""
    return {each.oid._name: each.critical for each in certificate.extensions}


def extension(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> x509.ExtensionType:
    """The extension of a kind."""
    return certificate.extensions.get_extension_for_class(kind).value


def usage_of(certificate: x509.Certificate) -> set[str]:
    """The key usages that are set."""
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    names = {"digital_signature", "content_commitment", "key_encipherment", "data_encipherment"}
    return {name for name in names | {"key_agreement", "key_cert_sign", "crl_sign"} if getattr(usage, name)}


def test_person_extensions(issued: x509.Certificate) -> None:
    """A person's certificate has exactly the extensions of the profile; key usage and CA:FALSE are critical."""
    assert critical(issued) == {
        "subjectKeyIdentifier": False,
        "basicConstraints": True,
        "keyUsage": True,
        "extendedKeyUsage": False,
        "certificatePolicies": False,
        "authorityKeyIdentifier": False,
        "cRLDistributionPoints": False,
        "authorityInfoAccess": False,
    }


def test_person_use(issued: x509.Certificate) -> None:
    """Made for signing documents and mail, and not for issuing."""
    assert usage_of(issued) == {"digital_signature", "content_commitment"}
    uses = extension(issued, x509.ExtendedKeyUsage)
    assert uses == x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING])
    assert extension(issued, x509.BasicConstraints) == x509.BasicConstraints(ca=False, path_length=None)
    policies = x509.CertificatePolicies([x509.PolicyInformation(PERSON_POLICY, None)])
    assert extension(issued, x509.CertificatePolicies) == policies


def test_person_addresses(issued: x509.Certificate) -> None:
    """It says where the list of revocations, who answers about it, and its issuer's certificate are."""
    (point,) = issued.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert point.full_name == [x509.UniformResourceIdentifier(f"{ADDRESS}/signing/crl/delegates.crl")]
    access = issued.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [(each.access_method, each.access_location.value) for each in access] == [
        (AuthorityInformationAccessOID.OCSP, f"{ADDRESS}/signing/ocsp/delegates"),
        (AuthorityInformationAccessOID.CA_ISSUERS, f"{ADDRESS}/signing/ca/delegates.cer"),
    ]


def test_person_key_identifiers(made: tuple[Path, Authority], issued: x509.Certificate) -> None:
    """Its key identifiers are its own and its issuer's."""
    own = x509.SubjectKeyIdentifier.from_public_key(issued.public_key())
    assert extension(issued, x509.SubjectKeyIdentifier) == own
    above = extension(made[1].delegates.certificate, x509.SubjectKeyIdentifier)
    assert isinstance(above, x509.SubjectKeyIdentifier)
    expected = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above)
    assert extension(issued, x509.AuthorityKeyIdentifier) == expected


def test_person_subject(issued: x509.Certificate) -> None:
    """The subject is the member: ids that decide, names for people."""
    found = {each.oid: each.value for each in issued.subject}
    assert found == {
        BODY_OID: "hdnd",
        NameOID.ORGANIZATION_NAME: "Hội đồng nhân dân tỉnh",
        MEMBER_OID: "mai",
        NameOID.COMMON_NAME: "Lê Thị Mai",
    }


def test_person_times(issued: x509.Certificate) -> None:
    """Good for a year from now, and from a day ago: for clocks that are behind, and for ours, should it be set back."""
    now = datetime.datetime.fromtimestamp(NOW // 1000, datetime.UTC)
    assert issued.not_valid_before_utc == now - datetime.timedelta(days=1)
    assert issued.not_valid_after_utc == now + datetime.timedelta(days=365)


def test_serial_numbers(made: tuple[Path, Authority]) -> None:
    """Serial numbers are random, of at least 64 bits and at most 20 bytes (RFC 5280 section 4.1.2.2)."""
    key = chains.fresh().public_key()
    serials = {authority.issue(made[1], key, MAI, NOW).serial for _ in range(50)}
    assert len(serials) == 50
    assert all(64 < serial.bit_length() < 160 for serial in serials)


def test_long_names(made: tuple[Path, Authority]) -> None:
    """Names longer than X.509 allows are cut between letters, ids of 64 characters are not."""
    member, body = "m" * 64, "A_" * 32
    who = Person(body, "Ủ" * 500, member, "Ỹ" * 500)
    chain = authority.issue(made[1], chains.fresh().public_key(), who, NOW).chain
    leaf = credential.verify_chain(chain, credential.load_anchors(made[1].trust), NOW, "person")
    assert credential.member_of(leaf) == (body, member)
    assert leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Ỹ" * 21


def test_never_beyond_the_issuer(made: tuple[Path, Authority]) -> None:
    """A certificate ends no later than its issuer's."""
    issuer = made[1].delegates.certificate
    late = int(issuer.not_valid_after_utc.timestamp() * 1000) - 86_400_000
    given = authority.issue(made[1], chains.fresh().public_key(), MAI, late)
    assert given.not_after == int(issuer.not_valid_after_utc.timestamp()) * 1000


@pytest.mark.parametrize(
    "key", [chains.fresh(), rsa.generate_private_key(65537, 2048), Ed25519PrivateKey.generate()]
)
def test_openssl_agrees(made: tuple[Path, Authority], tmp_path: Path, key: jws.PrivateKey) -> None:
    """OpenSSL verifies a person's certificate up to trust.pem, by the letter of RFC 5280."""
    directory, issuer = made
    given = authority.issue(issuer, key.public_key(), MAI, NOW)
    (tmp_path / "leaf.pem").write_text(credential.to_pem(given.chain[0]))
    command = ["openssl", "verify", "-x509_strict", "-check_ss_sig", "-purpose", "smimesign"]
    command += ["-attime", str(NOW // 1000), "-CAfile", str(directory / "trust.pem")]
    command += ["-untrusted", str(directory / "delegates.pem"), str(tmp_path / "leaf.pem")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_root(made: tuple[Path, Authority]) -> None:
    """The root is a self-signed P-256 authority for twenty years, one level above the others."""
    root = made[1].root.certificate
    root.verify_directly_issued_by(root)
    assert isinstance(root.public_key(), ec.EllipticCurvePublicKey)
    assert extension(root, x509.BasicConstraints) == x509.BasicConstraints(ca=True, path_length=1)
    assert usage_of(root) == {"key_cert_sign", "crl_sign"}
    assert set(critical(root)) == {"subjectKeyIdentifier", "basicConstraints", "keyUsage"}
    assert (root.not_valid_after_utc - root.not_valid_before_utc).days == 20 * 365


def test_delegates(made: tuple[Path, Authority]) -> None:
    """The delegates' authority issues persons' certificates only, for ten years."""
    delegates = made[1].delegates.certificate
    assert extension(delegates, x509.BasicConstraints) == x509.BasicConstraints(ca=True, path_length=0)
    assert usage_of(delegates) == {"key_cert_sign", "crl_sign"}
    policies = x509.CertificatePolicies([x509.PolicyInformation(PERSON_POLICY, None)])
    assert extension(delegates, x509.CertificatePolicies) == policies
    (point,) = delegates.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert point.full_name == [x509.UniformResourceIdentifier(f"{ADDRESS}/signing/crl/root.crl")]
    assert (delegates.not_valid_after_utc - delegates.not_valid_before_utc).days == 10 * 365


def test_seal(made: tuple[Path, Authority]) -> None:
    """The seal signs documents, under the policy that makes it one, and is nobody's person."""
    _, issuer = made
    seal = credential.verify_chain(issuer.seal.chain, credential.load_anchors(issuer.trust), NOW, "seal")
    assert seal == issuer.seal.certificate
    assert usage_of(seal) == {"digital_signature", "content_commitment"}
    uses = extension(seal, x509.ExtendedKeyUsage)
    assert uses == x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING])
    policies = x509.CertificatePolicies([x509.PolicyInformation(SEAL_POLICY, None)])
    assert extension(seal, x509.CertificatePolicies) == policies
    assert "cRLDistributionPoints" in critical(seal)
    assert seal.public_key() == issuer.seal.key.public_key()
    with pytest.raises(NotAPerson):
        credential.verify_chain(issuer.seal.chain, credential.load_anchors(issuer.trust), NOW, "person")


def test_files(made: tuple[Path, Authority]) -> None:
    """Keys may be read by their owner only, certificates lie beside them, nothing else is left."""
    directory, issuer = made
    assert sorted(path.name for path in directory.iterdir()) == FILES
    for path in directory.glob("*.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (directory / "trust.pem").read_bytes() == (directory / "root.pem").read_bytes() == issuer.trust


def test_second_start(made: tuple[Path, Authority]) -> None:
    """A later start finds the same authority and writes nothing."""
    directory, issuer = made
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in directory.iterdir()}
    again = authority.ensure(directory, ADDRESS, NOW + 1000)
    assert again.seal.chain == issuer.seal.chain
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in directory.iterdir()} == before


def _ensure(directory: Path) -> bytes:
    made = authority.ensure(directory, ADDRESS, NOW)
    return made.trust + b"".join((*made.seal.chain, *made.delegates.chain))


def test_two_first_starts_at_once(tmp_path: Path) -> None:
    """Processes that start at once agree on one authority."""
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        found = set(pool.map(_ensure, [tmp_path / "keys"] * 8))
    assert len(found) == 1
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == FILES


@pytest.mark.parametrize("lost", [name for name in FILES if name.endswith("pem")])
def test_crash_during_the_first_start(tmp_path: Path, lost: str) -> None:
    """Whatever the first start did not get to write, the second writes."""
    authority.ensure(tmp_path, ADDRESS, NOW)
    anchors = credential.load_anchors((tmp_path / "trust.pem").read_bytes())
    (tmp_path / lost).unlink()
    made = authority.ensure(tmp_path, ADDRESS, NOW)
    given = authority.issue(made, chains.fresh().public_key(), MAI, NOW)
    # Also who has the trust.pem of before goes on believing: the keys are the same.
    for trusted in (anchors, credential.load_anchors(made.trust)):
        leaf = credential.verify_chain(given.chain, trusted, NOW, "person")
        assert credential.member_of(leaf) == ("hdnd", "mai")
        assert credential.verify_chain(made.seal.chain, trusted, NOW, "seal") == made.seal.certificate


@pytest.mark.parametrize("changed", [name for name in FILES if name.endswith("pem")])
def test_changed_file(tmp_path: Path, changed: str) -> None:
    """A certificate file that was tampered with stops the start."""
    authority.ensure(tmp_path, ADDRESS, NOW)
    text = (tmp_path / changed).read_bytes()
    (tmp_path / changed).write_bytes(text[:100] + (b"A" if text[100:101] != b"A" else b"B") + text[101:])
    with pytest.raises(AuthorityRefused):
        authority.ensure(tmp_path, ADDRESS, NOW)


def test_key_that_others_may_read(tmp_path: Path) -> None:
    """A key file that others may read stops the start."""
    authority.ensure(tmp_path, ADDRESS, NOW)
    (tmp_path / "delegates.key").chmod(0o640)
    with pytest.raises(keys.KeyRefused):
        authority.ensure(tmp_path, ADDRESS, NOW)


def external(directory: Path, order: chains.Order, *, trusted: bool = True) -> chains.Minted:
    """An authority of the operator's own under a root of theirs, placed in the directory; its root."""
    ages = {"starts": chains.NOW - chains.DAY, "ends": chains.NOW + 999 * chains.DAY}
    root = mint(chains.authority("Cơ quan chứng thực", **ages))
    middle = mint(chains.authority("Trung gian", **ages), root)
    key = chains.fresh()
    delegates = mint(order, middle, key)
    keys.write_private(directory / "delegates.key", key)
    (directory / "delegates.pem").write_text(delegates.pem + middle.pem)
    ours = keys.ensure(directory / "root.key", chains.fresh())
    own = mint(chains.authority("Ours", **ages), None, ours)
    (directory / "root.pem").write_text(own.pem)
    (directory / "trust.pem").write_text((root.pem if trusted else "") + own.pem)
    return root


def test_operators_own_authority(tmp_path: Path) -> None:
    """An authority that the operator placed is used as it is, with its intermediates."""
    root = external(tmp_path, chains.authority("Đại biểu", path_length=0, ends=chains.NOW + 99 * chains.DAY))
    before = (tmp_path / "trust.pem").read_bytes()
    made = authority.ensure(tmp_path, ADDRESS, chains.AT)
    given = authority.issue(made, chains.fresh().public_key(), MAI, chains.AT)
    assert len(given.chain) == 3
    leaf = credential.verify_chain(given.chain, [root.der], chains.AT, "person")
    assert credential.member_of(leaf) == ("hdnd", "mai")
    assert (tmp_path / "trust.pem").read_bytes() == before == made.trust


@pytest.mark.parametrize(
    "order",
    [
        chains.leaf(chains.named("no authority")),
        chains.authority("no use", usage=chains.SIGNS),
        chains.authority("expired", ends=chains.NOW - chains.DAY / 2),
        chains.authority("wrong uses", uses=(ExtendedKeyUsageOID.SERVER_AUTH,)),
    ],
)
def test_operators_wrong_authority(tmp_path: Path, order: chains.Order) -> None:
    """What cannot issue persons' certificates is refused at the start, not at the first enrolment."""
    external(tmp_path, order)
    with pytest.raises(AuthorityRefused):
        authority.ensure(tmp_path, ADDRESS, chains.AT)


def test_operators_authority_without_anchor(tmp_path: Path) -> None:
    """An authority that leads to no anchor in trust.pem is refused."""
    external(tmp_path, chains.authority("Đại biểu"), trusted=False)
    with pytest.raises(AuthorityRefused, match="chain_untrusted"):
        authority.ensure(tmp_path, ADDRESS, chains.AT)


def test_operators_wrong_key(tmp_path: Path) -> None:
    """A certificate of another key is refused."""
    external(tmp_path, chains.authority("Đại biểu"))
    (tmp_path / "delegates.key").unlink()
    keys.write_private(tmp_path / "delegates.key", chains.fresh())
    with pytest.raises(AuthorityRefused, match=r"delegates\.pem is not the certificate"):
        authority.ensure(tmp_path, ADDRESS, chains.AT)


def test_seal_not_trusted(tmp_path: Path) -> None:
    """A trust.pem without the anchor of our seal is refused: no result could be verified."""
    root = external(tmp_path, chains.authority("Đại biểu"))
    (tmp_path / "trust.pem").write_text(root.pem)
    with pytest.raises(AuthorityRefused, match="chain_untrusted"):
        authority.ensure(tmp_path, ADDRESS, chains.AT)


def test_revocation_list(made: tuple[Path, Authority]) -> None:
    """A CRL is signed by its issuer, names each serial with moment and reason, and is good for seven days."""
    issuer = made[1].delegates
    reasons = ["superseded", "lost", "left", "compromised"]
    entries = [
        revocation_list.entry(Revoked(number + 1, NOW + number * 1000, reason))
        for number, reason in enumerate(reasons)
    ]
    found = x509.load_der_x509_crl(revocation_list.sign(issuer.certificate, issuer.key, entries, NOW))
    assert found.is_signature_valid(issuer.key.public_key())
    assert isinstance(found.signature_hash_algorithm, SHA256)
    assert found.issuer == issuer.certificate.subject
    assert found.next_update_utc is not None
    assert found.next_update_utc - found.last_update_utc == datetime.timedelta(days=7)
    assert [each.serial_number for each in found] == [1, 2, 3, 4]
    flags = [each.extensions.get_extension_for_class(x509.CRLReason).value.reason for each in found]
    assert [flag.value for flag in flags] == [
        "superseded",
        "keyCompromise",
        "affiliationChanged",
        "keyCompromise",
    ]
    second = x509.load_der_x509_crl(revocation_list.sign(issuer.certificate, issuer.key, [], NOW + 1))
    numbers = [
        each.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for each in (found, second)
    ]
    assert numbers == sorted(set(numbers))
