"""The figures: counted again by hand, and the same in the ledger, over HTTP, on the hall's screen, on the stream, in
the certificate and on paper; and nobody saw any before the cut."""

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from services.desk.audit import audit
from services.refusal import Refused
from services.rules.credential import Anchors, load_anchors
from services.rules.floor import record
from services.wire import Receipt
from tests.faults.history import History
from tests.faults.ledger_book import Book, Json, decoded, payload_of

CHOICES = ("approve", "reject", "abstain")
# The rows of the table of figures, as poppler reads them.
_ROWS = re.compile(r"^[\f ]*(?:Tán thành|Không tán thành|Không biểu quyết) +(\d+) +[\d,]+%", re.MULTILINE)
_UNDER_WAY = frozenset({"draft", "announced", "open", "held", "closing"})
_OVER = frozenset({"poll.closed", "poll.voided"})


def counts_of(book: Book, poll: str) -> Json:
    """Each voter's last ballot, counted once."""
    last: dict[str, str] = {}
    for at in book.places("ballot", poll):
        payload = payload_of(book.said[at]["jws"])
        last[payload["voter"]] = payload["choice"]
    counted = Counter(last.values())
    return {choice: counted[choice] for choice in CHOICES}


def same_figures_everywhere(history: History) -> Iterator[str]:
    """What the ledger's ballots add up to is what is counted; the decision is the same wherever it is to be seen."""
    book = Book(history.left.ledger)
    for at in book.places("poll.counted"):
        poll, decision = book.said[at]["poll"], book.said[at]["decision"]
        if decision["counts"] != counts_of(book, poll):
            yield f"{poll}: the ledger counts {decision['counts']}, its ballots are {counts_of(book, poll)}"
        for where, seen in _decisions(history, poll):
            if seen != decision:
                yield f"{poll}: {where} says {_short(seen)}, the ledger {_short(decision)}"
        on_paper = _ROWS.findall(history.left.sheets.get(poll, ""))
        if (
            poll in history.left.sheets
            and dict(zip(CHOICES, map(int, on_paper), strict=False)) != decision["counts"]
        ):
            yield f"{poll}: on paper stands {on_paper}, in the ledger {decision['counts']}"


def _short(decision: Json | None) -> str:
    return "nothing" if decision is None else json.dumps(decision.get("counts"))


def _decisions(history: History, poll: str) -> Iterator[tuple[str, Json | None]]:
    left = history.left
    yield "GET poll", json.loads(left.polls[poll])["decision"]
    yield "the hall", json.loads(left.hall)["polls"].get(poll, {}).get("decision")
    if poll in left.results:
        yield "GET result", json.loads(left.results[poll])["decision"]
    for _, message in left.streams["voting"]:
        said = json.loads(message)
        if said["type"] == "poll.changed" and said["poll"] == poll:
            line = json.loads(said["line"])
            if line["kind"] == "poll.counted":
                yield "the stream", line["decision"]
    if poll in left.papers:
        file = json.loads(left.papers[poll]["certificate.json"])
        yield "the certificate", json.loads(decoded(file["payload"]))["decision"]


def nobody_sees_totals_before_the_cut(history: History) -> Iterator[str]:
    """No choice and no total over HTTP, in the ledger, on a screen or on the stream, as long as the poll is open."""
    for glimpse in history.glimpses:
        if glimpse.of == "poll":
            yield from _of_shown(json.loads(glimpse.body))
        elif glimpse.of == "hall":
            for poll in json.loads(glimpse.body)["polls"].values():
                yield from _of_shown(poll)
        elif glimpse.of == "ledger":
            yield from _of_ledger(Book(glimpse.body))
    ballots = [said["jws"] for said in Book(history.left.ledger).said if said["kind"] == "ballot"]
    for service, entries in history.left.streams.items():
        told = b"\n".join(message for _, message in entries).decode()
        if any(ballot in told for ballot in ballots):
            yield f"a ballot stands on the stream of {service}"


def _of_shown(poll: Json) -> Iterator[str]:
    if poll["state"] in _UNDER_WAY and (poll.get("decision") or poll.get("interim")):
        yield f"{poll['state']}, and its figures are to be seen: {poll}"


def _of_ledger(book: Book) -> Iterator[str]:
    over = {said["poll"] for said in book.said if said["kind"] in _OVER}
    for said in book.said:
        if said["kind"] == "ballot" and said["poll"] not in over:
            yield f"a ballot of {said['poll']} was to be read before the cut"


def streams_are_the_ledger(history: History) -> Iterator[str]:
    """The stream that screens follow has every line of the ledger once, in order, with the ledger's own numbers."""
    book, upto = Book(history.left.ledger), 0
    for identifier, message in history.left.streams["voting"]:
        said = json.loads(message)
        first = said.get("first", said["index"])
        if identifier != f"0-{said['index'] + 1}" or first != upto:
            yield f"entry {identifier} covers lines {first} to {said['index']}, {upto} was due"
        if said["type"] == "poll.changed" and said["line"].encode() != book.lines[first]:
            yield f"entry {identifier} is another line than the ledger's"
        leaves = tuple(map(decoded, said.get("leaves", ())))
        if said["type"] == "ballots.received" and leaves != book.leaves[first : said["index"] + 1]:
            yield f"entry {identifier} has other leaves than the ledger"
        upto = said["index"] + 1
    if upto != len(book.lines):
        yield f"the stream has {upto} lines of {len(book.lines)}"
    floor = history.left.streams["floor"]
    if (int(floor[-1][0].partition("-")[2]) if floor else 0) != len(Book(history.left.floor).lines):
        yield "the floor's stream does not reach to the end of its ledger"


def everything_is_finished(history: History) -> Iterator[str]:
    """No poll is left open, closed and uncounted, declared and without a certificate; no count ever differed."""
    book = Book(history.left.ledger)
    if alarms := book.places("poll.alarmed"):
        yield f"the two counts differed at {alarms}"
    for poll, raw in history.left.polls.items():
        state = json.loads(raw)["state"]
        for line, needs in (("poll.closed", "poll.counted"), ("poll.declared", "poll.certified")):
            if book.places(line, poll) and len(book.places(needs, poll)) != 1:
                yield f"{poll}: {line} and {len(book.places(needs, poll))} times {needs}"
        if state not in ("certified", "voided", "draft"):
            yield f"{poll} is left {state}"
        if (state == "certified") != (poll in history.left.papers):
            yield f"{poll} is {state}, its certificate is {'there' if poll in history.left.papers else 'missing'}"


def turns_are_proven(history: History) -> Iterator[str]:
    """The sealed log of the turns, with the floor's ledger up to it, as a stranger checks it."""
    try:
        proven = record.verify_file(history.left.turns, Anchors(load_anchors(history.left.trust)))
    except Refused as refused:
        yield f"{refused.code}: {refused.text_en}"
        return
    lines = list(map(str.encode, proven.statement.evidence.ledger.lines))
    # Whose turn is over by the clock may be noted after the log was asked for.
    if lines != Book(history.left.floor).lines[: len(lines)]:
        yield "its ledger is another than the floor's"


def certificates_are_proven(history: History) -> Iterator[str]:
    """Each certificate with the receipts that clients hold, audited as a stranger does, offline."""
    for poll, files in history.left.papers.items():
        receipts = {
            msgspec.json.decode(each.body, type=Receipt).index: each.body
            for each in history.receipts()
            if each.about == poll
        }
        with tempfile.TemporaryDirectory() as name:
            out = Path(name)
            for file, content in files.items():
                (out / file).write_bytes(content)
            (out / "trust.pem").write_bytes(history.left.trust)
            (out / "receipts.jsonl").write_bytes(
                b"".join(receipts[index] + b"\n" for index in sorted(receipts))
            )
            verdict = audit(out, out / "trust.pem")
        if verdict.refused is not None:
            yield f"{poll}: {verdict.refused.code}: {verdict.refused.text_en}"
