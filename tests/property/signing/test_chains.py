"""Our check of chains against the library's own verifier, over chains with any mixture of faults."""

import datetime

from cryptography import x509
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from services.refusal import Refused
from services.rules import credential
from services.rules.certified import MEMBER_OID
from tests.support import chains
from tests.support.chains import AT, DAY, ISSUES, NOW, SIGNS, UNHEARD_OF, Minted, Order, mint

KEYS = [chains.fresh() for _ in range(4)]
UNKNOWN = x509.UnrecognizedExtension(UNHEARD_OF, b"\x05\x00")
# Mostly good, so that chains with one fault or none are common.
TIMES = st.sampled_from([(-9, 9)] * 8 + [(-9, -1), (1, 9)])
WRONG_KEY = st.sampled_from([None] * 9 + [KEYS[3]])
WRONG_NAME = st.sampled_from([None] * 9 + [chains.named("Nobody")])
EXTRA = st.sampled_from([()] * 8 + [((UNKNOWN, True),), ((UNKNOWN, False),)])


@st.composite
def authorities(draw: st.DrawFn) -> Order:
    """An order for an authority, with any faults."""
    starts, ends = draw(TIMES)
    ca = draw(st.sampled_from([True] * 9 + [False]))
    return chains.authority(
        draw(st.sampled_from(["One", "Two"])),
        ca=ca,
        path_length=draw(st.sampled_from([None, None, 0, 1])) if ca else None,
        usage=draw(st.sampled_from([ISSUES] * 9 + [SIGNS])),
        starts=NOW + starts * DAY,
        ends=NOW + ends * DAY,
        signs_with=draw(WRONG_KEY),
        issuer_name=draw(WRONG_NAME),
        extra=draw(EXTRA),
    )


@st.composite
def leaves(draw: st.DrawFn) -> Order:
    """An order for a person's certificate, with any faults."""
    starts, ends = draw(TIMES)
    return chains.leaf(
        usage=draw(st.sampled_from([SIGNS] * 9 + [None, frozenset({"key_agreement"})])),
        starts=NOW + starts * DAY,
        ends=NOW + ends * DAY,
        signs_with=draw(WRONG_KEY),
        issuer_name=draw(WRONG_NAME),
        extra=draw(EXTRA),
    )


def _must_sign(_: object, __: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not (usage.digital_signature or usage.content_commitment):
        raise ValueError


def _must_issue(_: object, __: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not usage.key_cert_sign:
        raise ValueError


def theirs(chain: list[Minted], root: Minted, at: datetime.datetime) -> bool:
    """Whether the library finds the chain good, by policies as near to ours as it has them."""
    leaf = ExtensionPolicy.permit_all().require_present(x509.KeyUsage, Criticality.AGNOSTIC, _must_sign)
    issuers = (
        ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
        .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _must_issue)
    )
    verifier = (
        PolicyBuilder()
        .store(Store([root.certificate]))
        .time(at)
        .extension_policies(ca_policy=issuers, ee_policy=leaf)
        .build_client_verifier()
    )
    try:
        found = verifier.verify(chain[0].certificate, [each.certificate for each in chain[1:]])
    except VerificationError:
        return False
    # It may find another way up than ours, which is the order of the chain.
    return found.chain[1:-1] == [each.certificate for each in chain[1:]]


def ours(chain: list[Minted], root: Minted, at: int) -> bool:
    """Whether we find it good."""
    try:
        credential.verify_chain([each.der for each in chain], [root.der], at, "person")
    except Refused:
        return False
    return True


@settings(max_examples=400)
@given(st.lists(authorities(), max_size=3), leaves(), st.integers(-2, 2))
def test_same_verdict(orders: list[Order], order: Order, day: int) -> None:
    """What we find good the library finds good, and the other way round."""
    root = mint(
        chains.authority("Root", path_length=2, starts=NOW - 9 * DAY, ends=NOW + 9 * DAY), None, KEYS[0]
    )
    chain: list[Minted] = []
    above = root
    for key, each in zip([*KEYS[1:]], orders, strict=False):
        above = mint(each, above, key)
        chain.insert(0, above)
    chain.insert(0, mint(order, above))
    at = NOW + day * DAY
    assert ours(chain, root, AT + day * 86_400_000) is theirs(chain, root, at)


IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
ROOT = mint(chains.authority("Root"))


@settings(max_examples=50)
@given(IDS, IDS)
def test_ids_survive(body: str, member: str) -> None:
    """Every id of a body and a member comes out of a certificate as it went in."""
    leaf = mint(chains.leaf(chains.person(member, body)), ROOT)
    read = credential.verify_chain([leaf.der], [ROOT.der], AT, "person")
    assert credential.member_of(read) == (body, member)


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=80).filter(lambda text: not text.isascii() or len(text) > 64))
def test_what_is_no_id(member: str) -> None:
    """A subject whose UID is no id of ours names nobody."""
    name = x509.Name([x509.NameAttribute(MEMBER_OID, member), *chains.person()])
    leaf = mint(chains.leaf(x509.Name([each for each in name if each.value != "mai"])), ROOT)
    try:
        credential.verify_chain([leaf.der], [ROOT.der], AT, "person")
    except Refused as refused:
        found = refused.code
    else:
        found = ""
    assert found == "chain_not_person"
