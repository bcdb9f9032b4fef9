"""Checkpoints, proofs and receipts as C2SP text: one spelling, and any change is noticed."""

from base64 import b64decode, b64encode

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.refusal import Refused
from services.rules.errors import CheckpointWrong, NotProven
from services.rules.merkle import Frontier, grow, leaf_hash
from services.rules.note import (
    Checkpoint,
    hash_line,
    log_key,
    open_checkpoint,
    open_proof,
    render_proof,
    sign_checkpoint,
    verify_receipt,
)
from services.wire import BallotCast, Receipt

ORIGIN = "plenary.test/meeting-1/voting"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
LOG_KEY = log_key(ORIGIN, KEY.public_key())

# Example of the Go package golang.org/x/mod/sumdb/note: an independent key and signature.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)  # fmt: skip


def receipts(before: int = 5, batch: int = 4) -> list[Receipt]:
    """Receipts of a batch appended after `before` lines, as the ballot box makes them."""
    lines = [
        msgspec.json.encode(BallotCast(at=1, poll="poll-1", jws=f"a.b.{n}")) for n in range(before + batch)
    ]
    leaves = [leaf_hash(line) for line in lines]
    growth = grow(Frontier().append(leaves[:before]), leaves[before:])
    checkpoint = sign_checkpoint(ORIGIN, growth.frontier.size, growth.frontier.root(), KEY)
    return [
        Receipt(
            poll="poll-1",
            index=index,
            entry=lines[index].decode(),
            proof=render_proof(index, text, checkpoint),
        )
        for index, text in enumerate(growth.proof_lines(hash_line), before)
    ]


def test_checkpoint_is_read_as_written() -> None:
    """Origin, size and root come back from a signed checkpoint."""
    for size in (0, 1, 20_852_163):
        text = sign_checkpoint(ORIGIN, size, b"r" * 32, KEY)
        assert open_checkpoint(text, LOG_KEY) == Checkpoint(ORIGIN, size, b"r" * 32)


def test_checkpoint_has_the_form_of_the_specification() -> None:
    """Three lines, an empty one, an em dash, the key's name, and 68 bytes of key id and signature."""
    lines = sign_checkpoint(ORIGIN, 7, bytes(32), KEY).split("\n")
    assert lines[:4] == [ORIGIN, "7", b64encode(bytes(32)).decode(), ""]
    assert lines[4].startswith(f"— {ORIGIN} ")
    assert (len(lines[4].split(" ")[2]), lines[5:]) == (92, [""])


def test_signature_of_another_implementation_verifies() -> None:
    """A note signed by Go's code has a good signature, and fails only for not being a checkpoint."""
    with pytest.raises(CheckpointWrong) as refused:
        open_checkpoint(GO_NOTE, GO_KEY)
    assert refused.value.facts["what"] == "lines"
    with pytest.raises(CheckpointWrong) as refused:
        open_checkpoint(GO_NOTE.replace("answer", "Answer"), GO_KEY)
    assert refused.value.facts["what"] == "signature"


def test_key_with_plus_signs_in_its_base64() -> None:
    """The public key of sum.golang.org, whose base64 holds a plus sign, is a key like any other."""
    with pytest.raises(CheckpointWrong) as refused:
        open_checkpoint(GO_NOTE, "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert refused.value.facts["what"] == "not signed by the ledger"


def test_cosignatures_of_others_are_skipped() -> None:
    """A witness may add its line before or after ours; alone it is not enough."""
    ours = sign_checkpoint(ORIGIN, 7, bytes(32), KEY)
    body, _, signature = ours.rpartition("\n\n")
    witness = "— witness.example " + b64encode(b"\x01\x02\x03\x04" + bytes(72)).decode() + "\n"
    assert open_checkpoint(ours + witness, LOG_KEY).size == 7
    assert open_checkpoint(f"{body}\n\n{witness}{signature}", LOG_KEY).size == 7
    with pytest.raises(CheckpointWrong):
        open_checkpoint(f"{body}\n\n{witness}", LOG_KEY)


def test_bad_signature_in_our_name_spoils_the_note() -> None:
    """A line with our name and key id that does not verify is not skipped, even beside a good one."""
    ours = sign_checkpoint(ORIGIN, 7, bytes(32), KEY)
    older = sign_checkpoint(ORIGIN, 6, bytes(32), KEY).rpartition("\n\n")[2]
    with pytest.raises(CheckpointWrong):
        open_checkpoint(ours + older, LOG_KEY)


@pytest.mark.parametrize(
    "body",
    [
        f"{ORIGIN}\n07\n{b64encode(bytes(32)).decode()}\n",
        f"{ORIGIN}\n-1\n{b64encode(bytes(32)).decode()}\n",
        f"{ORIGIN}\n٧\n{b64encode(bytes(32)).decode()}\n",
        f"{ORIGIN}\n7\n{b64encode(bytes(31)).decode()}\n",
        f"{ORIGIN}\n7\n{b64encode(bytes(32)).decode()[:-2]}B=\n",
        f"{ORIGIN}\n7\n{b64encode(bytes(32)).decode()}\nextension\n",
        f"{ORIGIN}\n7\n",
        f"other.test/log\n7\n{b64encode(bytes(32)).decode()}\n",
    ],
)
def test_signed_but_misspelt_checkpoint_is_refused(body: str) -> None:
    """The ledger's signature does not excuse another spelling, another origin or lines of its own."""
    signature = b64decode(sign_checkpoint(ORIGIN, 7, bytes(32), KEY).rpartition(" ")[2])
    value = signature[:4] + KEY.sign(body.encode())
    with pytest.raises(CheckpointWrong):
        open_checkpoint(f"{body}\n— {ORIGIN} {b64encode(value).decode()}\n", LOG_KEY)


def test_every_changed_byte_of_a_checkpoint_is_noticed() -> None:
    """One bit changed anywhere in a checkpoint, and it is refused; so is each byte left out or doubled."""
    raw = sign_checkpoint(ORIGIN, 7, bytes(range(32)), KEY).encode()
    for at in range(len(raw)):
        for changed in (
            raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :],
            raw[:at] + raw[at + 1 :],
            raw[:at] + raw[at : at + 1] + raw[at:],
        ):
            with pytest.raises(Refused):
                open_checkpoint(changed.decode(errors="surrogateescape"), LOG_KEY)


@pytest.mark.parametrize(
    "key",
    [
        "", "name", "name+00000000", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        GO_KEY.replace("c74f20a3", "C74F20A3"), GO_KEY.replace("c74f20a3", "c74f20a4"), GO_KEY[:-4],
        GO_KEY.replace("Peter", "Pete r"), GO_KEY.replace("+A", "+B"),
    ],
)  # fmt: skip
def test_wrong_ledger_keys_are_refused(key: str) -> None:
    """A key that is misspelt, of another type, or not that of its own id is no ledger key."""
    with pytest.raises(CheckpointWrong) as refused:
        open_checkpoint(GO_NOTE, key)
    assert refused.value.facts["what"] == "ledger key"


@pytest.mark.parametrize(
    ("origin", "size", "root"), [("", 1, 32), ("a b", 1, 32), ("a+b", 1, 32), ("a", -1, 32), ("a", 1, 31)]
)
def test_unreadable_checkpoint_is_not_signed(origin: str, size: int, root: int) -> None:
    """What nobody could read again is not signed in the first place."""
    with pytest.raises(CheckpointWrong):
        sign_checkpoint(origin, size, bytes(root), KEY)


def test_receipt_proves_its_place() -> None:
    """Every receipt of a batch verifies with nothing but itself and the ledger's public key."""
    for receipt in receipts():
        assert verify_receipt(receipt, LOG_KEY).size == 9


def test_receipt_of_a_single_line() -> None:
    """The first ballot of a ledger has a proof without hashes."""
    (receipt,) = receipts(0, 1)
    assert verify_receipt(receipt, LOG_KEY).size == 1
    assert open_proof(receipt.proof).hashes == ()


def test_every_changed_character_of_a_receipt_is_noticed() -> None:
    """One character changed in the line, the proof, the poll or the index, and nothing is proven."""
    receipt = receipts()[2]
    for field in ("entry", "proof", "poll"):
        text: str = getattr(receipt, field)
        for at in range(len(text)):
            changed = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
            with pytest.raises(Refused):
                verify_receipt(msgspec.structs.replace(receipt, **{field: changed}), LOG_KEY)
    for index in (0, 6, 8, 9):
        with pytest.raises(Refused):
            verify_receipt(msgspec.structs.replace(receipt, index=index), LOG_KEY)


def test_swapped_receipts_prove_nothing() -> None:
    """Another voter's line under my proof is not proven."""
    mine, theirs = receipts()[:2]
    with pytest.raises(NotProven):
        verify_receipt(msgspec.structs.replace(mine, entry=theirs.entry), LOG_KEY)


def test_receipt_of_another_ledger_is_refused() -> None:
    """A proof that is right in itself, but signed by another key, is nothing to us."""
    with pytest.raises(CheckpointWrong):
        verify_receipt(receipts()[0], log_key(ORIGIN, OTHER.public_key()))


def test_line_that_is_no_ledger_entry_is_refused() -> None:
    """A leaf may be proven and still not be a line that Plenary writes."""
    line = '{"kind":"ballot","at":1,"poll":"poll-1","jws":"x","more":1}'
    frontier = Frontier().append([leaf_hash(line.encode())])
    proof = render_proof(0, "", sign_checkpoint(ORIGIN, 1, frontier.root(), KEY))
    with pytest.raises(NotProven):
        verify_receipt(Receipt(poll="poll-1", index=0, entry=line, proof=proof), LOG_KEY)


def test_extra_data_is_read_and_never_in_our_receipts() -> None:
    """The format allows extra data that nobody signed; we read it, and take no receipt that carries it."""
    receipt = receipts()[0]
    proof = receipt.proof.replace("\nindex", "\nextra AAEC\nindex", 1)
    assert open_proof(proof).extra == b"\x00\x01\x02"
    with pytest.raises(NotProven):
        verify_receipt(msgspec.structs.replace(receipt, proof=proof), LOG_KEY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1\n", "@v2\n"), ("index 5\n", "index 05\n"), ("index 5\n", "index +5\n"), ("index 5\n", ""),
        ("index 5\n", "Index 5\n"), ("index 5\n", "index 5\r\n"), ("index 5\n", "index 5\nextra AAEC\n"),
        ("index 5\n", "index 5\nAAEC\n"), ("index 5\n", "extra A\nindex 5\n"), ("\n\n", "\n"),
        ("index 5\n", "index 5\n" + (b64encode(bytes(32)).decode() + "\n") * 65), ("c2sp", "\nc2sp"),
    ],
)  # fmt: skip
def test_misspelt_proofs_are_refused(old: str, new: str) -> None:
    """Another header, a number with zeros or signs, wrong order, short or too many hashes: no proof."""
    proof = receipts()[0].proof
    assert old in proof
    with pytest.raises(Refused):
        verify_receipt(msgspec.structs.replace(receipts()[0], proof=proof.replace(old, new, 1)), LOG_KEY)


def test_proof_from_raw_hashes_is_the_same_text() -> None:
    """Hashes given raw or already as text end up as the same receipt."""
    proof = open_proof(receipts()[0].proof)
    assert render_proof(proof.index, proof.hashes, proof.checkpoint) == receipts()[0].proof
