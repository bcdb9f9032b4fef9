"""What persons signed, and the minutes: a signature that was acknowledged stands, an edition is signed once and proven
by a stranger, and minutes leave out no poll."""

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.desk.verify import verify
from services.refusal import Refused
from services.rules import minutes
from services.rules.credential import Anchors, load_anchors
from tests.faults.history import MINUTES_ASKED, SIGNATURE, History
from tests.faults.ledger_book import Book, Json, encoded

_ROLES = ("secretary", "chair")


def signatures_stand(history: History) -> Iterator[str]:
    """Whoever was told that they have signed has: from then on everybody sees it, and it is their very signature that
    the signed edition bears; nobody else's is under it."""
    for sent in history.sent:
        if sent.kind != SIGNATURE or not sent.taken:
            continue
        for glimpse in history.glimpses:
            later = glimpse.of == "signatures" and glimpse.about == sent.about and glimpse.began > sent.ended
            if later and sent.who not in _signers(json.loads(glimpse.body)):
                yield f"{sent.who} has signed {sent.about}, and it was not to be seen later"
        if json.loads(sent.raw)["statement"] not in _statements(history.left.signed[sent.about]):
            yield f"the signature of {sent.who} is not in the signed edition of {sent.about}"
    for paper, files in history.left.signed.items():
        acknowledged = {
            each.who for each in history.sent if each.kind == SIGNATURE and each.taken and each.about == paper
        }
        if set(_signers(json.loads(files["signatures"]))) != acknowledged or len(acknowledged) != len(_ROLES):
            yield f"{paper} is signed by others than {acknowledged}"


def _signers(shown: Json) -> list[str]:
    return [each["member"] for each in shown["signed"]]


def _statements(files: Mapping[str, bytes]) -> list[str]:
    return [each["signature"] for each in json.loads(files["signed.json"])["signatures"]]


def signed_once(history: History) -> Iterator[str]:
    """Each certificate, each edition of the minutes and each signed edition is told of once, by its hash."""
    told = [json.loads(message) for _, message in history.left.streams["signing"]]
    issued = Counter(
        (each["type"], each.get("poll", ""), each.get("edition", 0))
        for each in told
        if each["type"] in ("certificate.issued", "minutes.issued")
    )
    for what, times in issued.items():
        if times != 1:
            yield f"{what} was told {times} times"
    for paper, files in history.left.signed.items():
        hashes = [
            each["sha256"]
            for each in told
            if each["type"] in ("certificate.signed", "minutes.signed")
            and paper in (each.get("certificate"), each.get("minutes"))
        ]
        shown = json.loads(files["signatures"])
        page, file = (_digest(files[name]) for name in ("signed.pdf", "signed.json"))
        if hashes != [page] or (shown["pdf_sha256"], shown["json_sha256"]) != (page, file):
            yield f"{paper}: its signed edition is {page}, told were {hashes}"


def _digest(content: bytes) -> str:
    return encoded(hashlib.sha256(content).digest())


def signed_editions_are_proven(history: History) -> Iterator[str]:
    """Both files of each signed edition, as a stranger checks them."""
    for paper, files in history.left.signed.items():
        with tempfile.TemporaryDirectory() as name:
            out = Path(name)
            (out / "trust.pem").write_bytes(history.left.trust)
            (out / "time.pem").write_bytes(history.left.time_trust)
            for kind in ("signed.json", "signed.pdf"):
                (out / kind).write_bytes(files[kind])
                verdict = verify(out / kind, out / "trust.pem", out / "time.pem")
                if verdict.refused is not None:
                    yield f"{paper}.{kind}: {verdict.refused.code}: {verdict.refused.text_en}"


def minutes_name_all_polls(history: History) -> Iterator[str]:
    """If minutes were asked for there is one edition of them, proven; it names every poll of the ledger, with the
    ledger's decision and the hash of its certificate."""
    listed, file = history.left.minutes
    editions = [each["edition"] for each in json.loads(listed)]
    asked = {json.loads(each.raw)["edition"] for each in history.sent if each.kind == MINUTES_ASKED}
    if editions != sorted(asked):
        yield f"editions {sorted(asked)} were asked for, there are {editions}"
    if not file:
        return
    try:
        statement = minutes.verify_file(file, Anchors(load_anchors(history.left.trust))).statement
    except Refused as refused:
        yield f"{refused.code}: {refused.text_en}"
        return
    book = Book(history.left.ledger)
    lines = "\n".join(statement.evidence.ledger.lines)
    carried = Book(f"{{}}\n{lines}\n{{}}".encode())
    if carried.leaves != book.leaves[: len(carried.leaves)]:
        yield "its ledger is another"
    named = {each.poll: each for each in statement.polls}
    for poll in {said["poll"] for said in book.said}:
        if poll not in named:
            yield f"{poll} is left out"
    for poll, files in history.left.papers.items():
        # A certificate may be noted only after the minutes were asked for.
        noted = bool(carried.places("poll.certified", poll))
        if noted and named[poll].sha256 != _digest(files["certificate.json"]):
            yield f"{poll}: it names another certificate than the one that there is"
