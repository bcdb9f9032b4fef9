"""Paths: what is not good is refused, each by its own refusal, and nothing is believed that was not given."""

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from services.kit.complaint import Complaint
from services.pki import anchors, paths
from services.pki.anchors import NONE, TrustAnchors
from services.pki.demands import PERSON, SEAL, TIME_STAMP, Demand
from services.pki.errors import ChainRevoked, ChainStatusUnknown, ChainWeak
from services.pki.paths import TOLERANCE, Evidence
from services.refusal import Refused
from services.rules.certified import to_pem
from services.rules.credential_errors import (
    ChainExpired,
    ChainMalformed,
    ChainNotYetValid,
    ChainUntrusted,
    ChainWrongUse,
    KeyNotTaken,
)
from tests.support import outside
from tests.support.outside import AT, HOUR, NOW, Outside, authority, certify, revocation_list, signing, usage
from tests.support.pki import ENDS, STARTS, Keyed

MS = datetime.timedelta(milliseconds=1)
_HELD = x509.ReasonFlags.key_compromise


@pytest.fixture(scope="module")
def there() -> Outside:
    """An authority that is not ours."""
    return Outside()


def evidence(there: Outside, **revoked: Keyed) -> Evidence:
    """Both lists, with these revoked an hour ago."""
    lists = {
        name: revocation_list(
            issuer,
            {each.certificate.serial_number: (NOW - HOUR, _HELD) for each in [revoked[name]]}
            if name in revoked
            else {},
        )
        for name, issuer in (("root", there.root), ("issuing", there.issuing))
    }
    return Evidence(tuple(lists.values()))


async def test_good_path(there: Outside) -> None:
    """From the leaf to the anchor, in the bytes that were given, valid until its first certificate ends."""
    leaf = there.person()
    path = await paths.validate(there.chain(leaf), there.anchors, AT, PERSON, evidence(there))
    assert path.certificates == (leaf.der, there.issuing.der, there.root.der)
    assert path.not_after == int(ENDS.timestamp() * 1000)
    assert path.anchor == there.root.der


async def test_order_of_the_others_is_free(there: Outside) -> None:
    """Only the leaf must come first; others may be there that do not belong."""
    leaf, stranger = there.person(), certify("Stranger", None, authority())
    chain = (leaf.der, stranger.der, there.issuing.der)
    path = await paths.validate(chain, there.anchors, AT, PERSON, evidence(there))
    assert path.certificates[1] == there.issuing.der


async def test_no_anchors_no_trust(there: Outside) -> None:
    """Not even what the system would trust."""
    with pytest.raises(ChainUntrusted):
        await paths.validate(there.chain(there.person()), NONE, AT, PERSON, evidence(there))


async def test_another_anchor(there: Outside) -> None:
    """A root of the same name is another root."""
    other = Outside()
    with pytest.raises(ChainUntrusted):
        await paths.validate(there.chain(there.person()), other.anchors, AT, PERSON, evidence(there))


async def test_anchor_in_the_chain_is_no_anchor(there: Outside) -> None:
    """Who sends a root along is not believed for that."""
    other = Outside()
    with pytest.raises(ChainUntrusted):
        await paths.validate(
            (*there.chain(there.person()), there.root.der), other.anchors, AT, PERSON, evidence(there)
        )


async def test_revoked_leaf_and_revoked_authority(there: Outside) -> None:
    """Either is told, with when and why."""
    leaf = there.person()
    for revoked in ({"issuing": leaf}, {"root": there.issuing}):
        with pytest.raises(ChainRevoked) as caught:
            await paths.validate(there.chain(leaf), there.anchors, AT, PERSON, evidence(there, **revoked))
        assert caught.value.facts == {"when": "2026-06-01 07:00:00Z", "reason": "key_compromise"}


async def test_each_list_is_required(there: Outside) -> None:
    """Also about a certificate that names no list: the mode that takes such a one for good is not used."""
    silent = certify("Silent", there.issuing, signing())
    lists = evidence(there).lists
    for leaf in (there.person(), silent):
        for given_lists in ((), lists[:1], lists[1:]):
            with pytest.raises(ChainStatusUnknown):
                await paths.validate(
                    there.chain(leaf), there.anchors, AT, PERSON, Evidence(tuple(given_lists))
                )


async def test_list_of_a_stranger(there: Outside) -> None:
    """A list of the right name and another key is none."""
    forged = Keyed(Outside().issuing.key, there.issuing.certificate)
    lists = revocation_list(there.root), revocation_list(forged)
    with pytest.raises(ChainStatusUnknown):
        await paths.validate(there.chain(there.person()), there.anchors, AT, PERSON, Evidence(lists))


async def test_list_that_ran_out(there: Outside) -> None:
    """A list whose next one should be there already says nothing."""
    old = revocation_list(there.issuing, this_update=NOW - 48 * HOUR, next_update=NOW - 24 * HOUR)
    with pytest.raises(ChainStatusUnknown):
        await paths.validate(
            there.chain(there.person()),
            there.anchors,
            AT,
            PERSON,
            Evidence((revocation_list(there.root), old)),
        )


async def test_expired_authority(there: Outside) -> None:
    """An authority that ended an hour ago; a renewed one of the same name and key beside it makes a path."""
    ended = certify("Ended", there.root, authority(path_length=0), ends=NOW - HOUR)
    leaf = certify("An", ended, signing())
    lists = Evidence((revocation_list(there.root), revocation_list(ended)))
    with pytest.raises(ChainExpired):
        await paths.validate((leaf.der, ended.der), there.anchors, AT, PERSON, lists)
    renewed = certify("Ended", there.root, authority(path_length=0), key=ended.key)
    path = await paths.validate((leaf.der, ended.der, renewed.der), there.anchors, AT, PERSON, lists)
    assert path.certificates[1] == renewed.der


async def test_expired_anchor() -> None:
    """An anchor that ended vouches for nobody."""
    root = certify("Old Root", None, authority(), ends=NOW - HOUR)
    leaf = certify("An", root, signing())
    with pytest.raises(ChainExpired):
        await paths.build((leaf.der,), anchors.of([root.der]), AT, PERSON)


@pytest.mark.parametrize("early", [True, False])
async def test_clocks_may_differ_by_a_minute(there: Outside, early: bool) -> None:
    """Either way, and not by a second more."""
    starts, ends = (NOW, ENDS) if early else (STARTS, NOW)
    leaf = certify("An", there.issuing, signing(), starts=starts, ends=ends)
    sign = -1 if early else 1
    within, beyond = TOLERANCE, TOLERANCE + datetime.timedelta(seconds=1)
    good = int((NOW + sign * within).timestamp() * 1000)
    await paths.build(there.chain(leaf), there.anchors, good, PERSON)
    with pytest.raises(ChainNotYetValid if early else ChainExpired):
        await paths.build(
            there.chain(leaf), there.anchors, int((NOW + sign * beyond).timestamp() * 1000), PERSON
        )


async def test_moment_is_that_of_the_call(there: Outside) -> None:
    """What was good is not, once it has ended: nothing of an earlier call is kept."""
    leaf = certify("An", there.issuing, signing(), ends=NOW)
    await paths.build(there.chain(leaf), there.anchors, AT, PERSON)
    with pytest.raises(ChainExpired):
        await paths.build(there.chain(leaf), there.anchors, AT + 61_000, PERSON)


async def test_cross_certificate(there: Outside) -> None:
    """An authority certified by two roots is trusted through the one that we trust."""
    other = certify("Other Root", None, authority())
    crossed = certify("Outside Issuing", other, authority(path_length=0), key=there.issuing.key)
    leaf = there.person()
    for root, middle in ((there.root, there.issuing), (other, crossed)):
        path = await paths.build(
            (leaf.der, crossed.der, there.issuing.der), anchors.of([root.der]), AT, PERSON
        )
        assert path.certificates == (leaf.der, middle.der, root.der)


async def test_name_constraints(there: Outside) -> None:
    """An authority for names in Việt Nam certifies nobody else."""
    permitted = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]))
    constrained = certify(
        "Constrained",
        there.root,
        [*authority(path_length=0), (x509.NameConstraints([permitted], None), True)],
    )
    inside, outsider = (certify("An", constrained, signing(), country=each) for each in ("VN", "LA"))
    await paths.build((inside.der, constrained.der), there.anchors, AT, PERSON)
    with pytest.raises(ChainUntrusted):
        await paths.build((outsider.der, constrained.der), there.anchors, AT, PERSON)


async def test_path_length(there: Outside) -> None:
    """An authority that may have none below it has none."""
    below = certify("Below", there.issuing, authority())
    leaf = certify("An", below, signing())
    with pytest.raises(ChainUntrusted):
        await paths.build((leaf.der, below.der, there.issuing.der), there.anchors, AT, PERSON)


async def test_policies_of_a_body(there: Outside) -> None:
    """A body that names policies takes only paths that assert one of them."""
    wanted = TrustAnchors(there.anchors.certificates, frozenset({"1.3.6.1.4.1.99999.1"}))
    with pytest.raises(ChainUntrusted):
        await paths.build(there.chain(there.person()), wanted, AT, PERSON)
    asserted = x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), None)]
    )
    middle = certify("Middle", there.root, [*authority(), (asserted, False)])
    leaf = certify("An", middle, [*signing(), (asserted, False)])
    path = await paths.build((leaf.der, middle.der), wanted, AT, PERSON)
    assert path.policies == {"1.3.6.1.4.1.99999.1"}


@pytest.mark.parametrize(
    ("extensions", "demand"),
    [
        ([usage("digital_signature")], PERSON),
        ([usage("key_encipherment")], SEAL),
        ([], PERSON),
        (
            [
                usage("content_commitment"),
                (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            ],
            PERSON,
        ),
        ([*authority(path_length=None)], PERSON),
        ([usage("digital_signature")], TIME_STAMP),
        (
            [
                usage("digital_signature"),
                (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), False),
            ],
            TIME_STAMP,
        ),
        (
            [
                usage("digital_signature"),
                (
                    x509.ExtendedKeyUsage(
                        [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION]
                    ),
                    True,
                ),
            ],
            TIME_STAMP,
        ),
    ],
)
async def test_made_for_something_else(
    there: Outside, extensions: list[outside.Extension], demand: Demand
) -> None:
    """A certificate for TLS, for encryption, of an authority, or half made for time-stamps."""
    leaf = certify("An", there.root, extensions)
    with pytest.raises(ChainWrongUse):
        await paths.build((leaf.der,), there.anchors, AT, demand)


async def test_time_stamp_authority(there: Outside) -> None:
    """Made for time-stamps alone, and saying so critically."""
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    leaf = certify("TSA", there.root, [usage("digital_signature"), (uses, True)])
    assert (await paths.build((leaf.der,), there.anchors, AT, TIME_STAMP)).anchor == there.root.der


async def test_weak_curve(there: Outside) -> None:
    """An authority on a small curve certifies nobody; a person on a curve whose ballots we do not check neither."""
    small = certify("Small", there.root, authority(), key=ec.generate_private_key(ec.SECP224R1()))
    leaf = certify("An", small, signing())
    with pytest.raises(ChainWeak):
        await paths.build((leaf.der, small.der), there.anchors, AT, PERSON)
    odd = certify("An", there.issuing, signing(), key=ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(KeyNotTaken):
        await paths.build(there.chain(odd), there.anchors, AT, PERSON)


async def test_weak_hash(there: Outside) -> None:
    """A hash of fewer than 256 bits proves nothing."""
    leaf = certify("An", there.issuing, signing(), hashed=hashes.SHA224())
    with pytest.raises(ChainWeak):
        await paths.build(there.chain(leaf), there.anchors, AT, PERSON)


async def test_too_many_certificates(there: Outside) -> None:
    """Nobody keeps us building paths."""
    chain = (there.person().der,) + (there.issuing.der,) * paths.LONGEST_CHAIN
    with pytest.raises(ChainMalformed):
        await paths.build(chain, there.anchors, AT, PERSON)


async def test_maze_of_cross_certificates(there: Outside) -> None:
    """Authorities that all certify each other, and no anchor among them: an end is found."""
    makers = [certify(f"Maze {number % 2}", None, authority()) for number in range(paths.LONGEST_CHAIN - 1)]
    maze = [
        certify(f"Maze {(number + 1) % 2}", each, authority(), key=each.key)
        for number, each in enumerate(makers)
    ]
    leaf = certify("An", maze[0], signing())
    with pytest.raises(Refused):
        await paths.build((leaf.der, *(each.der for each in maze)), there.anchors, AT, PERSON)


_LEAF = Outside()
_CHAIN = _LEAF.chain(_LEAF.person())
_LISTS = evidence(_LEAF).lists


@given(st.binary(max_size=300))
async def test_hostile_bytes(raw: bytes) -> None:
    """Whatever bytes are given as a certificate, a list or an answer: refused, by a refusal of ours."""
    for chain, told in (
        ((raw, *_CHAIN[1:]), Evidence(_LISTS)),
        ((_CHAIN[0], raw), Evidence(_LISTS)),
        (_CHAIN, Evidence((raw,), ())),
        (_CHAIN, Evidence((), (raw,))),
    ):
        with pytest.raises(Refused):
            await paths.validate(chain, _LEAF.anchors, AT, PERSON, told)


@given(st.integers(0, len(_CHAIN[0]) - 1), st.integers(1, 255))
async def test_any_byte_changed(place: int, change: int) -> None:
    """A leaf of which one byte is another is not good; the signature covers all but itself."""
    leaf = bytearray(_CHAIN[0])
    leaf[place] ^= change
    with pytest.raises(Refused):
        await paths.validate((bytes(leaf), _CHAIN[1]), _LEAF.anchors, AT, PERSON, Evidence(_LISTS))


def test_anchors_of_a_body(tmp_path_factory: pytest.TempPathFactory, there: Outside) -> None:
    """All files of a body's directory, and no other's; the version changes with them."""
    trust = tmp_path_factory.mktemp("trust")
    assert anchors.load(trust, "hdnd") == NONE
    (trust / "hdnd").mkdir()
    (trust / "hdnd" / "root.pem").write_text(to_pem(there.root.der))
    first = anchors.load(trust, "hdnd")
    assert first.certificates == (there.root.der,)
    (trust / "hdnd" / "other.pem").write_text(to_pem(Outside().root.der))
    both = anchors.load(trust, "hdnd")
    assert len(both.certificates) == 2
    (trust / "hdnd" / "policies.txt").write_text("1.2.3\n1.2.4\n")
    third = anchors.load(trust, "hdnd")
    assert third.policies == {"1.2.3", "1.2.4"}
    assert len({each.version for each in (first, both, third)}) == 3
    assert anchors.load(trust, "ubnd") == NONE


@pytest.mark.parametrize("body", ["..", "../hdnd", "", "/etc", "hdnd/../x"])
def test_body_is_no_path(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    """A body's id leads nowhere else."""
    with pytest.raises(Complaint):
        anchors.load(tmp_path_factory.mktemp("trust"), body)


@pytest.mark.parametrize(
    "content", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "x"]
)
def test_anchor_malformed(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    """A file that is no anchor is told to the operator by its name."""
    directory = tmp_path_factory.mktemp("trust") / "hdnd"
    directory.mkdir()
    (directory / "root.pem").write_text(content)
    with pytest.raises(Complaint, match=r"root\.pem"):
        anchors.load(directory.parent, "hdnd")


def test_anchor_that_is_a_person(there: Outside) -> None:
    """A person is no authority."""
    with pytest.raises(ChainWrongUse):
        anchors.of([there.person().der])
