"""The ledgers by themselves: whose ballots, how many, above which line; nothing changed, no time taken back."""

import json
from collections import Counter
from collections.abc import Iterator

import msgspec

from services.refusal import Refused
from services.rules import ballot, jws, note
from services.rules.ballot import Holder
from services.rules.floor.replay import replay
from services.wire import FloorEntry
from tests.faults.history import ACT, BALLOT, History
from tests.faults.ledger_book import Book, head_of, payload_of

_floor_lines: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)


def ballots_are_as_they_were_signed(history: History) -> Iterator[str]:
    """Each ballot in the ledger was sent, byte for byte, or begun and signed by a service; and it bears the signature
    of its voter's own key."""
    sent = {each.raw for each in history.ballots()}
    begun = {each.encode() for words in history.begun().values() for each in words}
    for said in Book(history.left.ledger).said:
        if said["kind"] != "ballot":
            continue
        raw = said["jws"].encode()
        if (raw.rpartition(b".")[0] not in begun) if said.get("salt") else (raw not in sent):
            yield "a ballot that nobody sent"
        try:
            parts = jws.split(raw, ballot.TYP, ballot.CTY, ballot.LARGEST)
            member, key = history.keys[jws.signer_of(said["jws"])]
            jws.verify(parts, key)
        except (Refused, KeyError) as error:
            yield f"a ballot that no key of anybody signed: {error!r}"
            continue
        if payload_of(said["jws"])["voter"] != member:
            yield f"a ballot of {payload_of(said['jws'])['voter']} signed by {member}"


def one_ballot_a_voter(history: History) -> Iterator[str]:
    """Of each voter in each poll: ballots 1, 2, … without a gap, each in place of the one before."""
    book, last = Book(history.left.ledger), dict[tuple[str, str], str]()
    numbers: Counter[tuple[str, str]] = Counter()
    for at in book.places("ballot"):
        said = book.said[at]
        payload = payload_of(said["jws"])
        voter = said["poll"], payload["voter"]
        numbers[voter] += 1
        before = last.get(voter)
        if payload["seq"] != numbers[voter]:
            yield f"line {at}: ballot {payload['seq']} of {voter} where {numbers[voter]} was due"
        if payload["supersedes"] != (jws.digest(before.encode()) if before else None):
            yield f"line {at}: it does not supersede the voter's last"
        last[voter] = said["jws"]


def close_is_a_cut(history: History) -> Iterator[str]:
    """All that was acknowledged stands above the line that closes, nothing below it; and what was sent only after the
    chair had been told that the poll is closed is in no ledger."""
    book = Book(history.left.ledger)
    for poll in {said["poll"] for said in book.said}:
        ballots, cuts = book.places("ballot", poll), book.places("poll.closed", poll)
        if len(cuts) > 1:
            yield f"{poll} was closed {len(cuts)} times"
        for cut in cuts:
            if late := [at for at in ballots if at > cut]:
                yield f"{poll}: ballots at {late} below the cut at {cut}"
            if book.said[cut]["ballots"] != len(ballots):
                yield f"{poll}: the cut says {book.said[cut]['ballots']} ballots, {len(ballots)} are there"
    yield from _late(history, book)


def _late(history: History, book: Book) -> Iterator[str]:
    kept = {said["jws"].encode(): said["poll"] for said in book.said if said["kind"] == "ballot"}
    first: dict[bytes, int] = {}
    for sent in history.sent:
        if sent.kind == BALLOT:
            first[sent.raw] = min(first.get(sent.raw, sent.began), sent.began)
    for sent in history.sent:
        if sent.kind == ACT and sent.name in ("close", "void") and sent.taken:
            for raw, poll in kept.items():
                if poll == sent.about and first.get(raw, 0) > sent.ended:
                    yield f"{poll}: a ballot counts that was sent after the chair was told of the {sent.name}"


def time_goes_forward(history: History) -> Iterator[str]:
    """The time of the lines never goes back, no ballot came after the deadline it was under."""
    for name, raw in (("voting", history.left.ledger), ("floor", history.left.floor)):
        times = [said["at"] for said in Book(raw).said]
        if times != sorted(times):
            yield f"time goes back in the ledger of {name}"
    deadlines: dict[str, int | None] = {}
    for at, said in enumerate(Book(history.left.ledger).said):
        if "deadline" in said:
            deadlines[said["poll"]] = said["deadline"]
        elif said["kind"] == "poll.held":
            deadlines[said["poll"]] = None
        elif said["kind"] == "poll.closing":
            # What was begun with a service before the end may come until then.
            deadlines[said["poll"]] = said["until"] + 1
        deadline = deadlines.get(said["poll"])
        if said["kind"] == "ballot" and deadline is not None and said["at"] >= deadline:
            yield f"line {at}: a ballot after its deadline"


def nothing_is_overwritten(history: History) -> Iterator[str]:
    """Every ledger that was ever to be seen is the beginning of the last, and so is every tree that was signed."""
    for of, raw, key in (
        ("ledger", history.left.ledger, history.log_key),
        ("floor ledger", history.left.floor, history.floor_key),
    ):
        last = Book(raw)
        for body in [*(each.body for each in history.glimpses if each.of == of), raw]:
            book = Book(body)
            if book.leaves != last.leaves[: len(book.leaves)]:
                yield f"an earlier {of} of {len(book.leaves)} lines is not the beginning of the last"
            try:
                signed = note.open_checkpoint(book.checkpoint, key)
            except Refused as refused:
                yield f"the checkpoint of a {of}: {refused.code}"
                continue
            if (signed.size, signed.root) != (len(book.leaves), last.root(signed.size)):
                yield f"the checkpoint of a {of} of {len(book.leaves)} lines signs another tree"
            assert head_of(book.checkpoint) == (signed.size, signed.root)


def floor_is_what_the_rules_make_of_it(history: History) -> Iterator[str]:
    """Each act on the floor decided again by the rules, each signature verified."""
    holders = {
        thumbprint: Holder(thumbprint, member, key, 0, 2**53)
        for thumbprint, (member, key) in history.keys.items()
    }
    lines = Book(history.left.floor).lines
    try:
        if lines:
            replay(map(_floor_lines.decode, lines), lambda thumbprint, _: holders[thumbprint])
    except Refused as refused:
        yield f"{refused.code}: {json.dumps(refused.facts, default=str)}"
