"""Vectors of whole minutes.json files, good and bad, with their trust anchor; the same bytes each time."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from services.rules import seal
from services.wire import MinutesStatement
from tests.support import fixed_keys, pki
from tests.support.evidence import Sitting
from tests.support.minuted import FATES, Fate, MinutedSitting
from tests.support.overlapping import Overlapping, withheld
from tests.support.overlapping import hidden as hidden_in
from tests.support.overlooked_plays import signed_in
from tests.support.vectors_certificates import deterministic


def minutes_files() -> dict[str, Any]:
    """minutes.json."""
    with deterministic("minutes"):
        people = pki.Pki()
        cases = [*_good(people), *_bad(people)]
        trust = people.root.pem.decode()
    return {
        "about": "Whole minutes.json files. Verify each with the anchors in `trust`; `result` is good or the code of the "
        "refusal. `polls` of a good one: each poll's state, in order.",
        "trust": trust,
        "cases": cases,
    }


def _sitting(people: pki.Pki) -> MinutedSitting:
    return MinutedSitting(
        Sitting(members=5, before=0, pki=people, ledger_key=fixed_keys.ed25519("ledger of minutes"))
    )


def _good(people: pki.Pki) -> Iterator[dict[str, Any]]:
    sitting = _sitting(people)
    for fate in sorted(FATES, key=lambda each: each == "open"):
        sitting.poll(fate)
    statement = sitting.statement()
    polls = [[one.poll, one.state] for one in statement.polls]
    yield _case(
        "polls of every fate", "a state that is read otherwise", "good", sitting, statement, polls=polls
    )
    empty = _sitting(people)
    yield _case("no poll", "a ledger must have lines", "good", empty, empty.statement(), polls=[])
    house = _overlapping(people)
    polls = [["bq-01", "declared"], ["bq-02", "voided"]]
    statement = house.statement()
    yield _case(
        "votes that overlap", "a number of ballots for each alone", "good", house, statement, polls=polls
    )
    for name, house, unsaid in (
        ("annulled in the older form", _annulled(people), "bq-01"),
        ("annulled in the older form while another votes", _overlapping(people), "bq-02"),
    ):
        polls = [[one.poll, one.state] for one in house.statement().polls]
        catches = "a number of ballots that was not said yet"
        yield _case(name, catches, "good", *_unsaid(house, unsaid), polls=polls, unsaid=[unsaid])
    asked, statement = _rechecked(people, "closed")
    polls = [["bq-01", "closed"]]
    yield _case(
        "asked about after the cut", "lines that are not known", "good", asked, statement, polls=polls
    )


def _bad(people: pki.Pki) -> Iterator[dict[str, Any]]:
    sitting = _sitting(people)
    for fate in ("annulled", "certified"):
        sitting.poll(fate)
    honest = sitting.statement()
    first, second = honest.polls
    changes: dict[str, tuple[str, str, dict[str, Any]]] = {
        "a poll left out": ("a list that is believed", "minutes_incomplete", {"polls": (second,)}),
        "a poll invented": (
            "a list that is believed",
            "minutes_wrong",
            {"polls": (*honest.polls, msgspec.structs.replace(second, poll="bq-99"))},
        ),
        "polls in another order": ("an order that is believed", "minutes_wrong", {"polls": (second, first)}),
        "an annulled poll as certified": (
            "a state that is believed",
            "minutes_wrong",
            {"polls": (msgspec.structs.replace(first, state="certified", annulled=None), second)},
        ),
        "another certificate": (
            "a hash that the ledger does not name",
            "minutes_wrong",
            {"polls": (first, msgspec.structs.replace(second, sha256="A" * 43))},
        ),
        "a member left out": (
            "an attendance shorter than the roll",
            "minutes_incomplete",
            {"attendance": honest.attendance[1:]},
        ),
        "who presided": ("a chair of one's choice", "minutes_wrong", {"presiding": "db002"}),
        "an edition after none": ("editions without the one before", "minutes_wrong", {"edition": 2}),
        "an item of no agenda": (
            "a vote on nothing",
            "minutes_wrong",
            {"polls": (first, msgspec.structs.replace(second, item="muc-9"))},
        ),
    }
    for name, (catches, code, changed) in changes.items():
        yield _case(name, catches, code, sitting, msgspec.structs.replace(honest, **changed))
    yield from _bad_ledgers(sitting, honest)
    yield from _bad_overlaps(people)
    moved: dict[str, tuple[Fate, int]] = {
        "asked about before the cut": ("open", 1),
        "asked about twice": ("closed", 2),
        "asked about after the count": ("counted", 1),
    }
    for name, (fate, times) in moved.items():
        yield _case(name, "a line that stands anywhere", "order_wrong", *_rechecked(people, fate, times))
    yield _case("another typ", "any sealed paper", "seal_wrong", sitting, honest, typ=seal.TYP)
    others = (first, msgspec.structs.replace(second, poll="bq-99"))
    swapped = msgspec.structs.replace(honest, polls=others)
    yield _case("a poll in another's place", "a list that is counted", "minutes_incomplete", sitting, swapped)
    held = _sitting(people)
    held.poll("open")
    for _ in range(2):
        held.play.hold()
        held.play.resume()
    again, once = signed_in(held.play.lines[-2]), signed_in(held.play.lines[-4])
    held.play.lines[-2] = held.play.lines[-2].replace(again, once)
    catches = "a signature that stands for two acts"
    yield _case("interrupted twice by one signature", catches, "act_line_wrong", held, held.statement())


def _bad_ledgers(sitting: MinutedSitting, honest: MinutesStatement) -> Iterator[dict[str, Any]]:
    play = sitting.play
    # An act hidden among ballots, where nobody votes: the house's own key signs it all the same.
    index = next(
        place for place, line in enumerate(play.lines) if "poll.announced" in line and "bq-02" in line
    )
    kept = play.lines[index]
    play.withhold(index)
    evidence = msgspec.structs.replace(honest.evidence, ledger=sitting.ledger())
    hidden = msgspec.structs.replace(honest, evidence=evidence)
    play.lines[index] = kept
    yield _case("an act among the ballots", "lines withheld anywhere", "order_wrong", sitting, hidden)
    index = next(place for place, line in enumerate(play.lines) if "poll.voided" in line)
    kept, parts = play.lines[index], msgspec.json.decode(play.lines[index])
    play.lines[index] = msgspec.json.encode(parts | {"second": parts["jws"]}).decode()
    alone = sitting.statement()
    play.lines[index] = kept
    yield _case("annulled by one person", "a second that is the first", "act_line_wrong", sitting, alone)


def _bad_overlaps(people: pki.Pki) -> Iterator[dict[str, Any]]:
    house = _overlapping(people)
    inside = hidden_in(house, lambda line: '"poll":"bq-02"' in line)
    yield _case(
        "a poll among another's ballots", "any line while somebody votes", "order_wrong", house, inside
    )
    begun = hidden_in(house, lambda line: '"ballot.' in line)
    yield _case("what was begun withheld", "any line while somebody votes", "order_wrong", house, begun)
    again = _unsaid(_annulled(people), "bq-02")
    yield _case("the older form after the newer one", "a number left out at will", "order_wrong", *again)
    more = _unsaid(_overlapping(people), "bq-02", lambda line: '"ballot.' in line)
    yield _case(
        "more withheld than the older form allows", "any line while somebody votes", "order_wrong", *more
    )


def _overlapping(people: pki.Pki) -> MinutedSitting:
    """A vote that is annulled while another is under way; ballots of it by a signing service, one of which lapsed."""
    house = Overlapping(_sitting(people))
    first = house.steps("bq-01", ["cast", "signed", "lapsed", "cast"], "declared")
    second = house.steps("bq-02", ["cast"], "annulled open")
    return house.play(
        first, second, order=lambda number: number - 1 if len(house.sitting.play.lines) > 3 else 0
    )


def _annulled(people: pki.Pki) -> MinutedSitting:
    """Two votes, both annulled under way."""
    sitting = _sitting(people)
    for _ in range(2):
        sitting.poll("voided")
    return sitting


def _unsaid(
    house: MinutedSitting, poll: str, hides: Callable[[str], bool] = lambda _: False
) -> tuple[MinutedSitting, MinutesStatement]:
    """The line that annuls this poll in its older form, without the number of ballots; these other lines withheld."""
    honest = house.statement()
    house.play.lines[:] = [
        re.sub(r',"ballots":[0-9]+}$', "}", line)
        if '"kind":"poll.voided"' in line and f'"poll":"{poll}"' in line
        else line
        for line in house.play.lines
    ]
    ledger = house.ledger()
    lines = tuple(withheld(line) if hides(line) else line for line in ledger.lines)
    evidence = msgspec.structs.replace(honest.evidence, ledger=msgspec.structs.replace(ledger, lines=lines))
    return house, msgspec.structs.replace(honest, evidence=evidence)


def _rechecked(people: pki.Pki, fate: Fate, times: int = 1) -> tuple[MinutedSitting, MinutesStatement]:
    """A poll that came so far, and then the line that says what was found of certificates of other authorities."""
    sitting = _sitting(people)
    sitting.poll(fate)
    honest = sitting.statement()
    for _ in range(times):
        sitting.play.recheck(sitting.play.found("db001"))
    evidence = msgspec.structs.replace(honest.evidence, ledger=sitting.ledger())
    return sitting, msgspec.structs.replace(honest, evidence=evidence)


def _case(
    name: str,
    catches: str,
    result: str,
    sitting: MinutedSitting,
    statement: MinutesStatement,
    typ: str = seal.MINUTES_TYP,
    **more: Any,
) -> dict[str, Any]:
    sealing = sitting.play.pki.seal
    file = seal.sign(
        msgspec.json.encode(statement), (sealing.der,), sealing.key, statement.issued_at // 1000, typ
    )
    return {"name": name, "catches": catches, "result": result, **more, "file": file.decode()}
