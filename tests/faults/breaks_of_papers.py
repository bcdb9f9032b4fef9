"""Signatures of persons that vanish, editions that were signed twice or forged, minutes with a hole; ballots at
services that come twice or out of nowhere."""

import json
from collections.abc import Callable
from dataclasses import replace

from tests.faults.breaking import breaks, left, one, with_lines, without
from tests.faults.history import INTENT, SIGNATURE, Glimpse, History
from tests.faults.ledger_book import Book, Json, encoded, payload_of


def _signed(history: History, name: str, made: Callable[[bytes], bytes]) -> History:
    """The first signed paper with one of its files changed."""
    paper, files = next(iter(history.left.signed.items()))
    return left(history, signed={**history.left.signed, paper: {**files, name: made(files[name])}})


def _told(history: History, kind: str, made: Callable[[bytes], list[bytes]]) -> History:
    """Signing's stream with other messages in place of one kind."""
    entries = [
        (at, said)
        for at, message in history.left.streams["signing"]
        for said in (made(message) if json.loads(message)["type"] == kind else [message])
    ]
    return left(history, streams={**history.left.streams, "signing": entries})


def _bent(raw: bytes, change: Callable[[Json], None]) -> bytes:
    said = json.loads(raw)
    change(said)
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()


# --- Signatures of persons ---------------------------------------------------------------------------------------


@breaks("signatures_stand")
def _a_signature_forgotten(history: History) -> History:
    """It was acknowledged, and nobody sees it in the end."""
    return _signed(history, "signatures", lambda raw: _bent(raw, lambda said: said["signed"].pop()))


@breaks("signatures_stand")
def _a_signature_gone_for_a_while(history: History) -> History:
    sent = one(history, SIGNATURE)
    shown = _bent(history.left.signed[sent.about]["signatures"], lambda said: said.update(signed=[]))
    glimpse = Glimpse("signatures", sent.about, sent.ended + 1, sent.ended + 2, shown)
    return replace(history, glimpses=(*history.glimpses, glimpse))


@breaks("signatures_stand")
def _another_signature_than_the_one_taken(history: History) -> History:
    """The person signed twice, both were acknowledged, one is in the file."""
    sent = one(history, SIGNATURE)
    other = _bent(sent.raw, lambda said: said.update(statement=said["statement"][::-1]))
    return replace(history, sent=(*history.sent, replace(sent, raw=other)))


@breaks("signatures_stand")
def _a_signature_that_nobody_gave(history: History) -> History:
    sent = one(history, SIGNATURE)
    return without(history, lambda each: (each.kind, each.who) == (SIGNATURE, sent.who))


@breaks("signed_once")
def _an_edition_signed_twice(history: History) -> History:
    return _told(history, "certificate.signed", lambda message: [message, message])


@breaks("signed_once")
def _an_edition_never_told_of(history: History) -> History:
    return _told(history, "minutes.signed", lambda _: [])


@breaks("signed_once")
def _a_certificate_told_of_twice(history: History) -> History:
    return _told(history, "certificate.issued", lambda message: [message, message])


@breaks("signed_once")
@breaks("signed_editions_are_proven")
def _another_page_than_the_one_told_of(history: History) -> History:
    return _signed(
        history, "signed.pdf", lambda page: page[: len(page) // 2] + b"!" + page[len(page) // 2 + 1 :]
    )


@breaks("signed_editions_are_proven")
def _a_signed_file_forged(history: History) -> History:
    def bend(said: Json) -> None:
        said["signatures"][0]["signature"] = said["signatures"][1]["signature"]

    return _signed(history, "signed.json", lambda raw: _bent(raw, bend))


# --- Minutes -----------------------------------------------------------------------------------------------------


@breaks("minutes_name_all_polls")
def _minutes_that_are_older_than_the_last_poll(history: History) -> History:
    """The ledger went on, and the minutes do not say so."""
    lines = Book(history.left.ledger).lines
    return with_lines(history, [*lines, lines[0].replace(b'"poll":"', b'"poll":"x')])


@breaks("minutes_name_all_polls")
def _minutes_twice(history: History) -> History:
    listed, file = history.left.minutes
    return left(history, minutes=(json.dumps(json.loads(listed) * 2).encode(), file))


@breaks("minutes_name_all_polls")
def _minutes_forged(history: History) -> History:
    listed, file = history.left.minutes
    return left(history, minutes=(listed, file.replace(b'"payload":"e', b'"payload":"f')))


@breaks("minutes_name_all_polls")
def _another_certificate_than_the_one_in_the_minutes(history: History) -> History:
    poll, files = next(iter(history.left.papers.items()))
    other = {**files, "certificate.json": files["certificate.json"] + b" "}
    return left(history, papers={**history.left.papers, poll: other})


# --- Ballots at signing services ---------------------------------------------------------------------------------


def _begun(history: History) -> tuple[list[bytes], int, int]:
    """The lines, where a ballot was begun, and where it was cast."""
    book = Book(history.left.ledger)
    cast = next(at for at in book.places("ballot") if book.said[at].get("salt"))
    voter = payload_of(book.said[cast]["jws"])["voter"]
    begun = [at for at in book.places("ballot.begun") if at < cast and book.said[at]["voter"] == voter]
    return book.lines, begun[-1], cast


@breaks("begun_ballots_come_once")
def _a_begun_ballot_lost(history: History) -> History:
    """It was acknowledged as begun, and is in no ledger."""
    lines, begun, cast = _begun(history)
    return with_lines(history, [line for at, line in enumerate(lines) if at not in (begun, cast)])


@breaks("begun_ballots_come_once")
def _a_begun_ballot_cast_twice(history: History) -> History:
    lines, _, cast = _begun(history)
    return with_lines(history, [*lines[: cast + 1], lines[cast], *lines[cast + 1 :]])


@breaks("begun_ballots_come_once")
@breaks("ballots_are_as_they_were_signed")
def _a_ballot_that_nobody_began(history: History) -> History:
    return without(history, lambda each: each.kind == INTENT)


@breaks("begun_ballots_come_once")
def _a_ballot_under_another_beginning(history: History) -> History:
    lines, begun, _ = _begun(history)
    other = _bent(lines[begun], lambda said: said.update(commitment=encoded(bytes(32))))
    return with_lines(history, [*lines[:begun], other, *lines[begun + 1 :]])


@breaks("what_was_told_of_begun_ballots_is_so")
def _told_of_another_ballot(history: History) -> History:
    sent = one(history, INTENT)
    body = _bent(sent.body, lambda said: said.update(input_sha256=encoded(bytes(32))))
    return replace(history, sent=(*history.sent, replace(sent, body=body)))
