"""Ballots that a service outside signs: what was acknowledged as begun is in the ledger, and ends in one way, once."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator

from tests.faults.history import INTENT, History
from tests.faults.ledger_book import Book, Json, decoded, encoded


def begun_ballots_come_once(history: History) -> Iterator[str]:
    """Each ballot that was begun is cast, has lapsed, or was cut off by the end; cast are the words that its voter
    began and no others, each once. What was acknowledged as begun is there."""
    book = Book(history.left.ledger)
    begun = history.begun()
    for (voter, poll), words in begun.items():
        lines = [said for said in book.said if said["poll"] == poll and said.get("voter") == voter]
        opened = [said for said in lines if said["kind"] == "ballot.begun"]
        if not sum(words.values()) <= len(opened) <= len(words):
            yield f"{voter} in {poll}: {sum(words.values())} of {len(words)} acknowledged, {len(opened)} begun"
    came = Counter[str]()
    for said in book.said:
        if said["kind"] == "ballot" and said.get("salt"):
            came[_commitment(said)] += 1
            if said["jws"].rpartition(".")[0] not in _all_words(begun):
                yield f"a ballot that a service signed, and nobody began, in {said['poll']}"
    for poll in {said["poll"] for said in book.said}:
        yield from _ends(book, poll, came)


def _commitment(said: Json) -> str:
    words = said["jws"].rpartition(".")[0].encode()
    return encoded(hashlib.sha256(decoded(said["salt"]) + words).digest())


def _all_words(begun: dict[tuple[str, str], dict[str, bool]]) -> set[str]:
    return {each for words in begun.values() for each in words}


def _ends(book: Book, poll: str, came: Counter[str]) -> Iterator[str]:
    """Of each voter one at a time: begun, then cast or lapsed, then perhaps begun anew."""
    pending: dict[str, str] = {}
    for at, said in enumerate(book.said):
        if said["poll"] != poll:
            continue
        if said["kind"] == "ballot.begun":
            if said["voter"] in pending:
                yield f"line {at}: {said['voter']} has two ballots under way"
            if came[said["commitment"]] > 1:
                yield f"line {at}: what was begun here was cast {came[said['commitment']]} times"
            pending[said["voter"]] = said["commitment"]
        elif said["kind"] == "ballot.lapsed" and pending.pop(said["voter"], None) is None:
            yield f"line {at}: nothing was under way that could lapse"
        elif said["kind"] == "ballot" and said.get("salt"):
            voter = next((who for who, one in pending.items() if one == _commitment(said)), None)
            if voter is None:
                yield f"line {at}: a ballot that was not under way"
            else:
                del pending[voter]


def what_was_told_of_begun_ballots_is_so(history: History) -> Iterator[str]:
    """An acknowledgement names the very words that were sent, by their hash."""
    for sent in history.sent:
        if sent.kind == INTENT and sent.taken:
            words = json.loads(sent.raw)["input"].encode()
            if json.loads(sent.body)["input_sha256"] != encoded(hashlib.sha256(words).digest()):
                yield f"{sent.who} was told of another ballot than the one they began"
