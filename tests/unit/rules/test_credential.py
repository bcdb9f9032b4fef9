"""Chains of certificates: what is good, and the reason of each that is not."""

from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.refusal import Refused
from services.rules import credential
from services.rules.certified import ANY_POLICY, PERSON_POLICY, SEAL_POLICY, key_of, load_one
from services.rules.credential_errors import (
    ChainMalformed,
    ChainUntrusted,
    ChainWrongUse,
    KeyNotTaken,
    NotAPerson,
)
from tests.support import chains
from tests.support.chains import AT, DAY, ISSUES, NOW, SIGNS, UNHEARD_OF, Minted, Order, mint

UNHEARD_OF_EXTENSION = x509.UnrecognizedExtension(UNHEARD_OF, b"\x05\x00")
# Made weak on purpose.
WEAK_RSA = rsa.generate_private_key(65537, 1024)  # noqa: S505
TLS = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)


@dataclass(frozen=True)
class Tree:
    """A root and an authority of persons under it."""

    root: Minted
    delegates: Minted

    def chain(self, order: Order, key: chains.Key | None = None) -> list[bytes]:
        """The chain of a leaf issued by the authority."""
        return [mint(order, self.delegates, key).der, self.delegates.der]

    def code(self, chain: list[bytes], at: int = AT, purpose: credential.Purpose = "person") -> str:
        """Why the chain is refused; empty if it is not."""
        try:
            credential.verify_chain(chain, [self.root.der], at, purpose)
        except Refused as refused:
            return refused.code
        return ""


@pytest.fixture(scope="module")
def tree() -> Tree:
    """A root, and an authority of persons with path length 0."""
    root = mint(chains.authority("Root"))
    return Tree(root, mint(chains.authority("Delegates", path_length=0), root))


def test_good_person(tree: Tree) -> None:
    """A good chain gives the leaf, which names the member."""
    chain = tree.chain(chains.leaf())
    leaf = credential.verify_chain(chain, [tree.root.der], AT, "person")
    assert credential.member_of(leaf) == ("hdnd", "mai")
    assert credential.load(chain)[0] == leaf


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 2048),
        Ed25519PrivateKey.generate(),
        chains.fresh(),
    ],
)
def test_keys_taken(tree: Tree, key: chains.Key) -> None:
    """P-256, RSA of 2048 bits and Ed25519 are taken, for persons and for authorities."""
    assert tree.code(tree.chain(chains.leaf(), key)) == ""
    issuer = mint(chains.authority("Other"), tree.root, key)
    assert tree.code([mint(chains.leaf(), issuer).der, issuer.der]) == ""


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (chains.leaf(starts=NOW - 9 * DAY, ends=NOW - DAY), "chain_expired"),
        (chains.leaf(starts=NOW + DAY, ends=NOW + 9 * DAY), "chain_not_yet_valid"),
        (chains.leaf(usage=None), "chain_wrong_use"),
        (chains.leaf(usage=frozenset({"key_agreement"})), "chain_wrong_use"),
        (chains.leaf(usage=SIGNS - {"digital_signature"}), ""),
        (chains.leaf(usage=SIGNS - {"content_commitment"}), ""),
        (chains.leaf(uses=None), ""),
        (chains.leaf(uses=TLS), "chain_wrong_use"),
        (chains.leaf(uses=(*TLS, ExtendedKeyUsageOID.EMAIL_PROTECTION)), ""),
        (chains.leaf(ca=None), ""),
        (chains.leaf(ca=True), "chain_wrong_use"),
        (chains.leaf(extra=[(UNHEARD_OF_EXTENSION, True)]), "chain_wrong_use"),
        (chains.leaf(extra=[(UNHEARD_OF_EXTENSION, False)]), ""),
        (chains.leaf(issuer_name=chains.named("Nobody")), "chain_untrusted"),
        (chains.leaf(signs_with=chains.fresh()), "chain_untrusted"),
        (chains.leaf(signs_with=Ed25519PrivateKey.generate()), "chain_untrusted"),
        (chains.leaf(weak_hash=True), "chain_untrusted"),
        (chains.leaf(chains.named("Mai")), "chain_not_person"),
        (chains.leaf(chains.person(member="mai/..")), "chain_not_person"),
        (chains.leaf(chains.person(body="-hdnd")), "chain_not_person"),
    ],
)
def test_leaf_checks(tree: Tree, order: Order, code: str) -> None:
    """Each fault of a leaf has its own reason."""
    assert tree.code(tree.chain(order)) == code


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (chains.authority("A", ca=False), "chain_wrong_use"),
        (chains.authority("A", ca=None), "chain_wrong_use"),
        (chains.authority("A", usage=None), "chain_wrong_use"),
        (chains.authority("A", usage=SIGNS), "chain_wrong_use"),
        (chains.authority("A", uses=TLS), "chain_wrong_use"),
        (chains.authority("A", uses=(ExtendedKeyUsageOID.EMAIL_PROTECTION,)), ""),
        (chains.authority("A", starts=NOW - 9 * DAY, ends=NOW - DAY), "chain_expired"),
        (chains.authority("A", starts=NOW + DAY, ends=NOW + 9 * DAY), "chain_not_yet_valid"),
        (chains.authority("A", extra=[(UNHEARD_OF_EXTENSION, True)]), "chain_wrong_use"),
        (
            chains.authority("A", extra=[(x509.NameConstraints([x509.DNSName("vn")], None), False)]),
            "chain_wrong_use",
        ),
        (chains.authority("A", signs_with=chains.fresh()), "chain_untrusted"),
        (chains.authority("A", issuer_name=chains.named("Nobody")), "chain_untrusted"),
        (chains.authority("A", weak_hash=True), "chain_untrusted"),
        (chains.authority("A"), ""),
    ],
)
def test_issuer_checks(tree: Tree, order: Order, code: str) -> None:
    """Each fault of an issuer spoils its good leaves."""
    issuer = mint(order, tree.root)
    assert tree.code([mint(chains.leaf(), issuer).der, issuer.der]) == code


@pytest.mark.parametrize("key", [WEAK_RSA, ec.generate_private_key(ec.SECP192R1())])
def test_weak_issuer_key(tree: Tree, key: chains.Key) -> None:
    """An authority with a weak key leads nowhere."""
    issuer = mint(chains.authority("Weak"), tree.root, key)
    assert tree.code([mint(chains.leaf(), issuer).der, issuer.der]) == "chain_untrusted"


@pytest.mark.parametrize(("at", "code"), [(-1, "chain_not_yet_valid"), (0, ""), (1, "")])
def test_first_second(tree: Tree, at: int, code: str) -> None:
    """A certificate is good from its first second on."""
    chain = tree.chain(chains.leaf(starts=NOW, ends=NOW + DAY))
    assert tree.code(chain, AT + at) == code


@pytest.mark.parametrize(("at", "code"), [(0, ""), (999, ""), (1000, "chain_expired")])
def test_last_second(tree: Tree, at: int, code: str) -> None:
    """A certificate is good through the whole of its last second (RFC 5280 section 4.1.2.5)."""
    chain = tree.chain(chains.leaf(ends=NOW))
    assert tree.code(chain, AT + at) == code


def test_path_length(tree: Tree) -> None:
    """An authority of path length 0 has no authority under it, one of path length 1 has one."""
    under = mint(chains.authority("Under"), tree.delegates)
    assert tree.code([mint(chains.leaf(), under).der, under.der, tree.delegates.der]) == "chain_wrong_use"
    first = mint(chains.authority("First", path_length=1), tree.root)
    second = mint(chains.authority("Second"), first)
    third = mint(chains.authority("Third"), second)
    assert tree.code([mint(chains.leaf(), second).der, second.der, first.der]) == ""
    deep = [mint(chains.leaf(), third).der, third.der, second.der, first.der]
    assert tree.code(deep) == "chain_wrong_use"


def test_person_under_person(tree: Tree) -> None:
    """A person's key issues nothing."""
    mai = mint(chains.leaf(), tree.delegates)
    forged = mint(chains.leaf(chains.person("nam")), mai)
    assert tree.code([forged.der, mai.der, tree.delegates.der]) == "chain_wrong_use"


def test_order_of_the_chain(tree: Tree) -> None:
    """A chain is leaf first, each followed by its own issuer, and nothing else."""
    leaf, issuer = tree.chain(chains.leaf())
    assert tree.code([]) == "chain_malformed"
    assert tree.code([leaf]) == "chain_untrusted"
    assert tree.code([issuer, leaf]) == "chain_untrusted"
    assert tree.code([leaf, leaf, issuer]) == "chain_wrong_use"
    assert tree.code([leaf, *[issuer] * 5]) == "chain_malformed"
    assert tree.code([tree.root.der]) == "chain_wrong_use"


def test_foreign_root(tree: Tree) -> None:
    """A chain of the same names under another root is not ours."""
    root = mint(chains.authority("Root"))
    delegates = mint(chains.authority("Delegates", path_length=0), root)
    chain = [mint(chains.leaf(), delegates).der, delegates.der]
    assert tree.code(chain) == "chain_untrusted"
    assert tree.code([*chain, root.der]) == "chain_untrusted"
    both = [tree.root.der, root.der]
    assert credential.verify_chain(chain, both, AT, "person") == credential.load(chain)[0]


def test_no_anchor_trusts_nobody(tree: Tree) -> None:
    """An empty list of anchors is not the operating system's."""
    with pytest.raises(ChainUntrusted):
        credential.verify_chain(tree.chain(chains.leaf()), [], AT, "person")


def test_anchor_must_be_an_authority(tree: Tree) -> None:
    """What is not a self-signed authority is no anchor."""
    for wrong in (tree.delegates, mint(chains.leaf()), mint(chains.authority("A", usage=None))):
        with pytest.raises(Refused):
            credential.Anchors([wrong.der])


def test_expired_anchor(tree: Tree) -> None:
    """An anchor that has expired carries nothing any more."""
    assert tree.code(tree.chain(chains.leaf(ends=NOW + 9 * DAY)), AT + 5 * 86_400_000) == "chain_expired"


def test_only_a_seal_seals(tree: Tree) -> None:
    """A person's certificate never passes as the seal, nor does one that claims to under the persons' authority."""
    seal = chains.leaf(chains.named("Seal"), policies=[SEAL_POLICY])
    good = mint(seal, tree.root)
    assert tree.code([good.der], purpose="seal") == ""
    assert tree.code([good.der]) == "chain_not_person"
    assert tree.code(tree.chain(chains.leaf(policies=[PERSON_POLICY])), purpose="seal") == "chain_wrong_use"
    assert tree.code(tree.chain(seal), purpose="seal") == "chain_wrong_use"
    persons = mint(chains.authority("Persons", policies=[PERSON_POLICY]), tree.root)
    assert tree.code([mint(seal, persons).der, persons.der], purpose="seal") == "chain_wrong_use"
    seals = mint(chains.authority("Seals", policies=[ANY_POLICY]), tree.root)
    assert tree.code([mint(seal, seals).der, seals.der], purpose="seal") == ""


def test_every_changed_bit_of_a_chain(tree: Tree) -> None:
    """A chain with any bit changed is refused, in the leaf and in its issuer."""
    chain = tree.chain(chains.leaf())
    for place, der in enumerate(chain):
        for bit in range(8 * len(der)):
            changed = bytearray(der)
            changed[bit // 8] ^= 1 << bit % 8
            assert tree.code([*chain[:place], bytes(changed), *chain[place + 1 :]]), (place, bit)


def test_cut_and_longer(tree: Tree) -> None:
    """A certificate cut short, or with something after it, is not well formed."""
    leaf, issuer = tree.chain(chains.leaf())
    for wrong in (b"", leaf[:-1], leaf + b"\x00", leaf + leaf, b"\x30\x00"):
        with pytest.raises(ChainMalformed):
            credential.load([wrong])
        assert tree.code([wrong, issuer]) == "chain_malformed"


@pytest.mark.parametrize(
    ("key", "what"),
    [
        (WEAK_RSA, "RSA 1024"),
        (rsa.generate_private_key(3, 2048), "RSA exponent"),
        (rsa.generate_private_key(65537, 4104), "RSA 4104"),
        (ec.generate_private_key(ec.SECP384R1()), "secp384r1"),
        (ec.generate_private_key(ec.SECP256K1()), "secp256k1"),
    ],
)
def test_keys_not_taken(tree: Tree, key: chains.Key, what: str) -> None:
    """Weak keys, slow keys and curves that we do not verify are refused, and the reason names them."""
    chain = tree.chain(chains.leaf(), key)
    with pytest.raises(KeyNotTaken) as caught:
        credential.public_key_of(chain[0])
    assert caught.value.facts == {"what": what}
    assert tree.code(chain) == "key_not_taken"


def test_many_chains_check_each_issuer_once(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred leaves of one authority cost one check of that authority."""
    made = [tree.chain(chains.leaf(chains.person(f"m{number}"))) for number in range(100)]
    seen: list[bytes] = []

    def noticed(der: bytes) -> x509.Certificate:
        seen.append(der)
        return load_one(der)

    monkeypatch.setattr(credential, "load_one", noticed)
    leaves = credential.verify_chains(made, [tree.root.der], AT, "person")
    assert [credential.member_of(leaf)[1] for leaf in leaves] == [f"m{number}" for number in range(100)]
    assert seen.count(tree.delegates.der) == 1
    assert len(seen) == 102


def test_one_bad_among_many(tree: Tree) -> None:
    """One chain that is not good refuses the lot."""
    made = [tree.chain(chains.leaf()), tree.chain(chains.leaf(usage=None))]
    with pytest.raises(ChainWrongUse):
        credential.verify_chains(made, [tree.root.der], AT, "person")


def test_two_members_in_one_subject(tree: Tree) -> None:
    """A subject that names two members names none."""
    twice = [*chains.person("mai"), *chains.person("nam")]
    assert tree.code(tree.chain(chains.leaf(x509.Name(twice)))) == "chain_not_person"
    with pytest.raises(NotAPerson):
        credential.member_of(tree.root.certificate)


def test_key_of_the_leaf(tree: Tree) -> None:
    """The key that comes out is the key that went in."""
    made = mint(chains.leaf(), tree.delegates)
    assert credential.public_key_of(made.der) == made.key.public_key() == key_of(made.certificate)
    assert made.certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER) == []
    assert ISSUES.isdisjoint(SIGNS)
