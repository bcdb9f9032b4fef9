"""What clients were told, held against the ledgers in the end."""

import json
from collections.abc import Iterator

import msgspec

from services.desk.device import must_hold, must_hold_act
from services.kit.problem import Problem
from services.refusal import Refused
from services.wire import (
    FloorDone,
    IntentShown,
    MinutesWanted,
    Poll,
    Receipt,
    SignaturePrepared,
    SignaturesShown,
)
from tests.faults.history import (
    ACT,
    BALLOT,
    BEGUN,
    FLOOR,
    INTENT,
    MINUTES_ASKED,
    RECEIPT,
    SIGNATURE,
    History,
    Sent,
)
from tests.faults.ledger_book import Book, head_of

_MESSAGES: dict[str, type] = {
    BALLOT: Receipt,
    RECEIPT: Receipt,
    ACT: Poll,
    FLOOR: FloorDone,
    INTENT: IntentShown,
    BEGUN: SignaturePrepared,
    SIGNATURE: SignaturesShown,
    MINUTES_ASKED: MinutesWanted,
}


def answers_are_messages(history: History) -> Iterator[str]:
    """What came whole is a message as proto/ has it, or a problem with a code; and never a fault of ours (500)."""
    for sent in history.sent:
        if sent.status == 0:
            continue
        if sent.status == 500:
            yield f"500 to {sent.kind} {sent.name} of {sent.who}: {sent.body[:200]!r}"
            continue
        try:
            msgspec.json.decode(sent.body, type=_MESSAGES[sent.kind] if sent.taken else Problem)
        except msgspec.DecodeError as error:
            yield f"{sent.status} to {sent.kind} of {sent.who}: {error}"


def acknowledged_is_in_the_ledger(history: History) -> Iterator[str]:
    """Every receipt is proven, stands where it says with the ballot that was sent, and its tree is the ledger's."""
    book = Book(history.left.ledger)
    for sent in history.receipts():
        receipt = msgspec.json.decode(sent.body, type=Receipt)
        try:
            must_hold(receipt, sent.raw, history.log_key)
        except Refused as refused:
            yield f"receipt of {sent.who} is not proven: {refused.code}"
        yield from _must_stand(book, receipt.index, receipt.entry, receipt.proof)


def _must_stand(book: Book, index: int, entry: str, proof: str) -> Iterator[str]:
    if index >= len(book.lines) or book.lines[index] != entry.encode():
        yield f"line {index} is not what its receipt says"
    size, root = head_of(proof.partition("\n\n")[2])
    if size > len(book.lines) or book.root(size) != root:
        yield f"the tree of {size} lines in the receipt of line {index} is not the ledger's"


def same_bytes_same_receipt(history: History) -> Iterator[str]:
    """However often and wherever the same bytes are sent, there is one receipt; the first alone is answered 201."""
    by_bytes: dict[bytes, list[Sent]] = {}
    for sent in history.sent:
        if sent.kind in (BALLOT, FLOOR) and sent.taken:
            by_bytes.setdefault(sent.raw, []).append(sent)
    for answers in by_bytes.values():
        receipts = {_receipt(each) for each in answers}
        if len(receipts) != 1:
            yield f"{len(receipts)} receipts for one {answers[0].kind} of {answers[0].who}"
        if sum(each.status == 201 for each in answers) > 1:
            yield f"a {answers[0].kind} of {answers[0].who} was new twice"


def _receipt(sent: Sent) -> str:
    said = json.loads(sent.body)
    return json.dumps(said["receipt"] if sent.kind == FLOOR else said, sort_keys=True)


def what_was_refused_is_not_kept(history: History) -> Iterator[str]:
    """When all is quiet each ballot is asked about once more: it has a receipt exactly if it is in the ledger."""
    kept = {said["jws"].encode() for said in Book(history.left.ledger).said if said["kind"] == "ballot"}
    asked = {each.raw: each for each in history.ballots() if each.final and each.told}
    for sent in history.ballots():
        if sent.raw not in asked:
            yield f"nobody asked in the end what became of a ballot of {sent.who}"
    for raw, sent in asked.items():
        if sent.taken != (raw in kept):
            yield f"a ballot of {sent.who} was answered {sent.status} and is {'' if raw in kept else 'not '}kept"


def acts_are_done_once(history: History) -> Iterator[str]:
    """What the chair was told is done stands in the ledger once."""
    said = Book(history.left.ledger).said
    # After a time of grace the cut repeats the act with which the vote ended.
    ended = {line["poll"] for line in said if line["kind"] == "poll.closing"}
    texts = [
        line.get("jws") or line.get("definition") or ""
        for line in said
        if not (line["kind"] == "poll.closed" and line["poll"] in ended)
    ]
    for raw, name in {
        each.raw: each.name for each in history.sent if each.kind == ACT and each.taken
    }.items():
        text = json.loads(raw)["act"] if name == "void" else raw.decode()
        # A chair who closes what the clock has closed is answered with what the clock did.
        allowed = (0, 1) if name == "close" else (1,)
        if texts.count(text) not in allowed:
            yield f"the act {name} stands {texts.count(text)} times in the ledger"


def floor_acts_are_in_their_ledger(history: History) -> Iterator[str]:
    """The same of the floor: each receipt is proven, stands where it says, and its act stands there once."""
    book = Book(history.left.floor)
    texts = [said.get("jws", "") for said in book.said]
    for sent in history.sent:
        if sent.kind != FLOOR or not sent.taken:
            continue
        receipt = msgspec.json.decode(sent.body, type=FloorDone).receipt
        entry = json.loads(receipt.entry)
        try:
            # A repeated wish under the same id is answered with the line that took the first in.
            must_hold_act(
                receipt,
                sent.raw if entry["jws"] == sent.raw.decode() else entry["jws"].encode(),
                history.floor_key,
            )
        except Refused as refused:
            yield f"receipt of {sent.who} on the floor is not proven: {refused.code}"
        yield from _must_stand(book, receipt.index, receipt.entry, receipt.proof)
        if texts.count(entry["jws"]) != 1:
            yield f"an act of {sent.who} stands {texts.count(entry['jws'])} times in the floor's ledger"
