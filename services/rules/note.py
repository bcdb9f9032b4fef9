"""Checkpoints and receipts as text that other tools read too: C2SP signed-note, tlog-checkpoint,
tlog-proof@v1.

One reading, one writing: whatever our own functions would not have written is refused, except signature lines
of other keys (witnesses), which the note format tells us to skip. Signatures are Ed25519 (type 0x01).
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.refusal import Refused
from services.rules.errors import CheckpointWrong, NotProven
from services.rules.merkle import leaf_hash, verify_inclusion
from services.wire import UNREADABLE, FloorReceipt, LedgerEntry, Receipt

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
ED25519 = b"\x01"
# Room for 16 witnesses with post-quantum signatures of 5 kB (signed-note asks for 16).
LONGEST_NOTE = 200_000
LONGEST_PATH = 64

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]+")
_entries: msgspec.json.Decoder[LedgerEntry] = msgspec.json.Decoder(LedgerEntry)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head that its ledger signed: `size` leaves with this `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """A tlog-proof taken apart, not yet believed; `extra` is signed by nobody."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None


@dataclass(frozen=True, slots=True)
class _Verifier:
    name: str
    key_id: bytes
    key: Ed25519PublicKey


def log_key(name: str, key: Ed25519PublicKey) -> str:
    """A ledger's public key as text (signed-note vkey): name, key id, and key, joined by plus signs."""
    public = ED25519 + key.public_bytes_raw()
    return f"{name}+{_key_id(name, public).hex()}+{b64encode(public).decode()}"


def sign_checkpoint(origin: str, size: int, root: bytes, key: Ed25519PrivateKey) -> str:
    """A signed checkpoint; the key's name is the origin. Raises CheckpointWrong for what could not be read
    again.

    A ledger must never sign two heads of which one is not the beginning of the other: the caller holds its
    lock.
    """
    if not _NAME.fullmatch(origin) or size < 0 or len(root) != 32:
        raise CheckpointWrong(what="origin, size or root")
    text = f"{origin}\n{size}\n{b64encode(root).decode()}\n"
    public = ED25519 + key.public_key().public_bytes_raw()
    signature = b64encode(_key_id(origin, public) + key.sign(text.encode())).decode()
    return f"{text}\n— {origin} {signature}\n"


# The receipts of one batch share a checkpoint: its signature is verified once, not for each of them.
@lru_cache(maxsize=64)
def open_checkpoint(text: str, log_key: str) -> Checkpoint:
    """What a checkpoint says, once the ledger's signature on it is verified. Raises CheckpointWrong."""
    verifier = _verifier(log_key)
    if len(text) > LONGEST_NOTE or not text.endswith("\n"):
        raise CheckpointWrong(what="length or end")
    body, blank, signatures = text.rpartition("\n\n")
    if not blank:
        raise CheckpointWrong(what="no signatures")
    body += "\n"
    _must_be_signed(_utf8(body), signatures.removesuffix("\n").split("\n"), verifier)
    # Signed by the ledger; extension lines or another origin would still be no checkpoint of ours.
    lines = body.split("\n")
    if len(lines) != 4 or lines[0] != verifier.name or not _NUMBER.fullmatch(lines[1]):
        raise CheckpointWrong(what="lines")
    return Checkpoint(lines[0], int(lines[1]), _hash(lines[2], CheckpointWrong(what="root")))


def hash_line(value: bytes) -> str:
    """A hash as a line of a proof; encode each once and share it between the receipts of a batch."""
    return b64encode(value).decode() + "\n"


def render_proof(index: int, lines: str | Iterable[bytes], checkpoint: str) -> str:
    """A tlog-proof. `lines`: the hashes, leaf's sibling first, raw or already joined from `hash_line`."""
    joined = lines if isinstance(lines, str) else "".join(map(hash_line, lines))
    return f"{PROOF_HEADER}\nindex {index}\n{joined}\n{checkpoint}"


def open_proof(text: str) -> Proof:
    """Take a tlog-proof apart without believing it. Raises NotProven."""
    head, blank, checkpoint = text.partition("\n\n")
    header, *lines = head.split("\n")
    if not blank or header != PROOF_HEADER or len(text) > 2 * LONGEST_NOTE:
        raise NotProven(what="header")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = _canonical(lines.pop(0).removeprefix("extra "), NotProven(what="extra"))
    if not lines or not lines[0].startswith("index "):
        raise NotProven(what="index")
    number = lines[0].removeprefix("index ")
    if not _NUMBER.fullmatch(number) or len(lines) - 1 > LONGEST_PATH:
        raise NotProven(what="index or length")
    hashes = tuple(_hash(line, NotProven(what="hash")) for line in lines[1:])
    return Proof(int(number), hashes, checkpoint, extra)


def verify_receipt(receipt: Receipt, log_key: str) -> Checkpoint:
    """Prove that the receipt's line stands in the ledger where it says, and belongs to the poll it names.

    Returns the checkpoint it is proven by. Raises NotProven, CheckpointWrong. Whose ballot the line holds,
    and whether its signature is good, is for the caller to verify.
    """
    checkpoint = verify_place(receipt, log_key)
    try:
        entry = _entries.decode(_utf8(receipt.entry))
    except UNREADABLE as error:
        raise NotProven(what="ledger line") from error
    if entry.poll != receipt.poll:
        raise NotProven(what="poll of the receipt")
    return checkpoint


def verify_place(receipt: Receipt | FloorReceipt, log_key: str) -> Checkpoint:
    """Prove that the receipt's line, whatever it says, stands in the ledger where the receipt says.

    Returns the checkpoint it is proven by. Raises NotProven, CheckpointWrong.
    """
    proof = open_proof(receipt.proof)
    # Our receipts carry no extra data; it would be signed by nobody.
    if proof.index != receipt.index or proof.extra is not None:
        raise NotProven(what="index of the receipt")
    checkpoint = open_checkpoint(proof.checkpoint, log_key)
    line = _utf8(receipt.entry)
    verify_inclusion(leaf_hash(line), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return checkpoint


def _must_be_signed(body: bytes, lines: list[str], verifier: _Verifier) -> None:
    """Raise CheckpointWrong unless the ledger's key signed; a bad signature in its name spoils the note."""
    found = False
    for line in lines:
        dash, name, encoded = _three(line)
        value = _canonical(encoded, CheckpointWrong(what="signature line"))
        if dash != "—" or not _NAME.fullmatch(name) or len(value) < 5:
            raise CheckpointWrong(what="signature line")
        if name != verifier.name or value[:4] != verifier.key_id:
            continue
        try:
            verifier.key.verify(value[4:], body)
        except (InvalidSignature, ValueError) as error:
            raise CheckpointWrong(what="signature") from error
        found = True
    if not found:
        raise CheckpointWrong(what="not signed by the ledger")


def _three(line: str) -> tuple[str, str, str]:
    pieces = line.split(" ")
    if len(pieces) != 3:
        raise CheckpointWrong(what="signature line")
    return pieces[0], pieces[1], pieces[2]


def _verifier(text: str) -> _Verifier:
    wrong = CheckpointWrong(what="ledger key")
    # The key's base64 may itself hold plus signs, the name and the id never.
    pieces = text.split("+", 2)
    if len(pieces) != 3 or not _NAME.fullmatch(pieces[0]):
        raise wrong
    public = _canonical(pieces[2], wrong)
    key_id = _key_id(pieces[0], public)
    if len(public) != 33 or public[:1] != ED25519 or key_id.hex() != pieces[1]:
        raise wrong
    return _Verifier(pieces[0], key_id, Ed25519PublicKey.from_public_bytes(public[1:]))


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + public).digest()[:4]


def _hash(text: str, wrong: Refused) -> bytes:
    value = _canonical(text, wrong)
    if len(value) != 32:
        raise wrong
    return value


def _canonical(text: str, wrong: Refused) -> bytes:
    """Standard base64 (RFC 4648 section 4) in its one canonical spelling, or `wrong`."""
    try:
        value = b64decode(text, validate=True)
    except ValueError as error:
        raise wrong from error
    if b64encode(value).decode() != text:
        raise wrong
    return value


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotProven(what="Unicode") from error
