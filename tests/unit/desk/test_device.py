"""What a device signs is what the rules read; what it gets back it believes only when proven."""

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.desk.device import LOGIN_CTY, LOGIN_TYP, Ask, CertificateForeign, Device, KeyKind, must_hold
from services.meeting import login
from services.rules import act, ballot, jws, merkle, note
from services.rules.ballot import Holder
from services.rules.errors import NotProven
from services.rules.profiles import profile
from services.wire import ActPayload, BallotCast, Body, PollDefinition, Receipt
from tests.support.pki import Pki

DEFINITION = PollDefinition(
    origin="o/m",
    meeting="m",
    id="p",
    body=Body(id="b", name="Hội đồng"),
    title="Câu hỏi",
    options=profile("hdnd").options,
    rule=profile("hdnd").rule,
    roll="r" * 43,
    presiding="an",
)
ASK = Ask(DEFINITION, "h" * 43)


def holder(device: Device) -> Holder:
    """The device's key as voting knows it."""
    return Holder(device.thumbprint, device.member, device.key.public_key(), 0, 2**53)


@pytest.mark.parametrize("kind", ["p256", "rsa", "rsa-pss", "ed25519"])
def test_every_kind_of_key_signs_and_asks(kind: KeyKind) -> None:
    """A device of any kind of key signs ballots that are genuine, and asks for a certificate for its key."""
    device = Device.make("an", kind)
    asked = ballot.question(DEFINITION, ASK.hash, frozenset({"an"}))
    read = ballot.read(device.ballot(ASK, "abstain"), asked, lambda _: holder(device))
    assert (read.payload.choice, read.payload.label, read.payload.seq) == ("abstain", "Không biểu quyết", 1)
    request = x509.load_pem_x509_csr(device.request().encode())
    assert request.is_signature_valid
    assert request.public_key() == device.key.public_key()


def test_changed_ballot_names_the_one_before() -> None:
    """A changed vote names the bytes it takes the place of."""
    device = Device.make("an")
    first = device.ballot(ASK, "approve")
    second = device.ballot(ASK, "reject", after=first, seq=2)
    parts = jws.split(second, ballot.TYP, ballot.CTY, 4096)
    assert msgspec.json.decode(parts.payload)["supersedes"] == jws.digest(first)


def test_acts_and_definitions_are_read_as_signed() -> None:
    """Acts and definitions carry exactly the bytes that were to be signed."""
    device = Device.make("an")
    payload = ActPayload(act="announce", meeting="m", poll="p")
    assert act.read_act(device.act(payload), lambda _: holder(device))[0] == payload
    raw = msgspec.json.encode(DEFINITION)
    assert act.read_definition(device.definition(raw), lambda _: holder(device))[1] == raw


def test_login_is_what_meeting_reads() -> None:
    """The login's type and content type are those of the meeting service."""
    assert (LOGIN_TYP, LOGIN_CTY) == (login.TYP, login.CTY)


def receipt_for(line: bytes, key: Ed25519PrivateKey) -> Receipt:
    """A receipt of a ledger with one line."""
    root = merkle.leaf_hash(line)
    proof = note.render_proof(0, (), note.sign_checkpoint("o/m", 1, root, key))
    return Receipt(poll="p", index=0, entry=line.decode(), proof=proof)


def test_receipt_is_believed_only_for_the_own_ballot() -> None:
    """A receipt that is proven but holds another ballot is not one's own."""
    device, key = Device.make("an"), Ed25519PrivateKey.generate()
    mine, other = device.ballot(ASK, "approve"), device.ballot(ASK, "reject")
    log_key = note.log_key("o/m", key.public_key())
    receipt = receipt_for(msgspec.json.encode(BallotCast(at=1, poll="p", jws=mine.decode())), key)
    must_hold(receipt, mine, log_key)
    with pytest.raises(NotProven):
        must_hold(receipt, other, log_key)
    with pytest.raises(NotProven):
        must_hold(msgspec.structs.replace(receipt, entry=receipt.entry.replace(":1", ":2")), mine, log_key)


def test_certificate_of_another_key_is_refused() -> None:
    """A device takes no certificate but for its own key."""
    stranger = Pki().person("an").pem.decode()
    with pytest.raises(CertificateForeign):
        Device.make("an").enrolled([stranger])
