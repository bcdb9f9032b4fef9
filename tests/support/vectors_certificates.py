"""Vectors of whole certificates: sealed files good and bad, with their trust anchors, the same bytes each time."""

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import msgspec
from cryptography import x509

from services.rules import jws, seal
from services.rules.certified import PERSON_POLICY
from services.wire import Credential, Quorum, Rule, Statement, Threshold
from tests.support import begun_plays, fixed_keys, overlooked_plays, pki, recheck_plays, step_up_plays
from tests.support.evidence import Sitting, by_choice

Case = tuple[str, str, str, bytes]
_G = "good"


def _fixed(label: str) -> Iterator[Any]:
    return (fixed_keys.p256(f"{label} {number}") for number in itertools.count())


def _signed(builder: x509.CertificateBuilder, key: Any, hashed: Any) -> x509.Certificate:
    return _sign(builder, key, hashed, ecdsa_deterministic=True)


_sign = x509.CertificateBuilder.sign


def _sign_bytes(alg: str, key: Any, signed: bytes) -> bytes:
    return fixed_keys.sign(alg, key, signed)


@contextmanager
def deterministic(label: str) -> Iterator[None]:
    """Keys, serial numbers and signatures are the same each time."""
    keys, serials = _fixed(label), itertools.count(1)
    with (
        mock.patch.object(pki, "fresh_key", side_effect=keys),
        mock.patch.object(x509, "random_serial_number", side_effect=serials),
        mock.patch.object(x509.CertificateBuilder, "sign", _signed),
        mock.patch.object(jws, "sign_bytes", _sign_bytes),
    ):
        yield


def certificates() -> dict[str, Any]:
    """certificates.json."""
    with deterministic("certificate"):
        people = pki.Pki()
        cases = [
            *_good(people),
            *_bad(people),
            *_bad_files(people),
            *_rsa(people),
            *_begun(people),
            *_rechecked(people),
            *_overlooked(people),
        ]
        trust = people.root.pem.decode()
    return {
        "about": "Whole certificate.json files. Verify each with the anchors in `trust`; `result` is good or the code of "
        "the refusal. `votes` of a good one: who chose what, by member id.",
        "trust": trust,
        "cases": cases,
    }


def _case(name: str, catches: str, result: str, file: bytes, **more: Any) -> dict[str, Any]:
    return {"name": name, "catches": catches, "result": result, **more, "file": file.decode()}


def _sitting(people: pki.Pki, **changed: Any) -> Sitting:
    members: dict[str, Any] = {
        "members": 3,
        "pki": people,
        "ledger_key": fixed_keys.ed25519("ledger"),
        "title": "Nghị quyết về chuyển đổi số",
    }
    return Sitting(**(members | changed))


def _open(people: pki.Pki, **changed: Any) -> Sitting:
    vote = _sitting(people, **changed)
    vote.announce()
    vote.open()
    return vote


def _end(vote: Sitting) -> Sitting:
    vote.close()
    vote.count()
    vote.declare()
    return vote


def _seal(vote: Sitting, people: pki.Pki, *, typ: str = seal.TYP, by: Any = None, **changed: Any) -> bytes:
    return _seal_statement(vote.statement(**changed), people, typ=typ, by=by)


def _seal_statement(statement: Statement, people: pki.Pki, *, typ: str = seal.TYP, by: Any = None) -> bytes:
    keyed = by or people.seal
    raw = msgspec.json.encode(statement)
    return seal.sign(raw, (keyed.der,), keyed.key, statement.issued_at // 1000, typ)


def _good(people: pki.Pki) -> Iterator[dict[str, Any]]:
    plays: list[tuple[str, str, Callable[[], Sitting]]] = [
        ("carried", "nothing: it must be proven", lambda: _played(people, 2, 1, 0)),
        ("held, extended, changed, closed by the clock", "a verifier whose clock goes on while a poll is held",
         lambda: _eventful(people)),
        ("decided by the chair's side", "a verifier that calls every tie lost", lambda: _tied(people)),
        ("the whole ledger", "a verifier that needs a frontier", lambda: _played(people, 1, 1, 1, before=0)),
        ("names that need escapes in JSON", "a writer of JSON with other escapes", lambda: _named(people)),
    ]  # fmt: skip
    for name, catches, play in plays:
        vote = play()
        yield _case(name, catches, _G, _seal(vote, people), votes=vote.choices)


def _played(people: pki.Pki, approve: int, reject: int, abstain: int, **changed: Any) -> Sitting:
    vote = _sitting(people, **changed)
    return vote.play(by_choice(vote.ids, approve, reject, abstain))


def _eventful(people: pki.Pki) -> Sitting:
    vote = _open(people, changes=True, duration_s=60)
    vote.cast("db001", "reject")
    vote.hold()
    vote.tick(3600)
    vote.resume()
    vote.cast("db001", "approve")
    vote.extend(30)
    vote.cast("db002", "approve")
    vote.tick(120)
    return _end(vote)


def _begun(people: pki.Pki) -> Iterator[dict[str, Any]]:
    """Ballots begun with signing services: rightly, and in every wrong way."""
    for play in (*begun_plays.GOOD, *begun_plays.BAD):
        vote = play.play(functools.partial(_sitting, people))
        wrong = {"an end that another has signed": "act_line_wrong"}.get(play.name, "order_wrong")
        if play.what:
            yield _case(play.name, f"a verifier that overlooks: {play.what}", wrong, _seal(vote, people))
        else:
            yield _case(play.name, "nothing: it must be proven", _G, _seal(vote, people), votes=vote.choices)


def _rechecked(people: pki.Pki) -> Iterator[dict[str, Any]]:
    """Certificates of other authorities behind ballots: asked about after the cut, rightly and in every wrong way.
    Passkeys that confirm ballots beside them, the same."""
    plays = (*recheck_plays.GOOD, *recheck_plays.BAD, *step_up_plays.GOOD, *step_up_plays.BAD)
    yield from _plays(people, plays)


def _overlooked(people: pki.Pki) -> Iterator[dict[str, Any]]:
    """What one of two checkers was found to overlook, or both."""
    yield from _plays(people, (*overlooked_plays.GOOD, *overlooked_plays.BAD))
    vote = _played(people, 2, 1, 0)
    evidence = _evidence(vote, credentials=overlooked_plays.respelled(vote.credentials()))
    catches = "two texts for one certificate"
    yield _case(
        "a certificate in another base64", catches, "credential_wrong", _seal(vote, people, evidence=evidence)
    )


def _plays(people: pki.Pki, plays: Iterable[recheck_plays.Play]) -> Iterator[dict[str, Any]]:
    for play in plays:
        vote = play.play(functools.partial(_sitting, people))
        file = _seal(vote, people)
        if play.what:
            yield _case(play.name, f"a verifier that overlooks: {play.what}", play.code, file)
        else:
            yield _case(play.name, "nothing: it must be proven", _G, file, votes=vote.choices)


def _rsa(people: pki.Pki) -> Iterator[dict[str, Any]]:
    """Voters whose keys lie at a signing service: RSA with PKCS#1 v1.5 and with PSS, beside P-256 on a phone."""
    key: Any = fixed_keys.rsa2048()
    holders = {
        member: pki.certify(
            pki.subject(member, body="hdnd", member=member), key, people.delegates, policy=PERSON_POLICY
        )
        for member in ("db002", "db003")
    }
    algorithms = {holders["db002"].der: "RS256", holders["db003"].der: "PS256"}
    vote = _played(people, 2, 0, 1, keys=dict(holders), algorithms=algorithms)
    catches = "a verifier that knows P-256 only, or one padding"
    yield _case("RSA keys", catches, _G, _seal(vote, people), votes=vote.choices)
    swapped = {holders["db002"].der: "PS256", holders["db003"].der: "RS256"}
    vote = _sitting(people, keys=dict(holders), algorithms=algorithms)
    vote.announce()
    vote.open()
    signed = vote.ballot("db002", "approve")
    vote.algorithms = swapped
    head, said, _ = vote.ballot("db002", "approve").split(".")
    vote.cast("db002", "approve", compact=f"{head}.{said}.{signed.rpartition('.')[2]}")
    catches = "an RSA verifier that takes either padding, whatever the header says"
    yield _case(
        "RSA signature under the other padding's name", catches, "ballot_wrong", _seal(_end(vote), people)
    )


def _tied(people: pki.Pki) -> Sitting:
    half = Threshold(numerator=1, denominator=2, strict=True)
    return _played(people, 1, 1, 0, rule=Rule(base="present", threshold=half, tie="chair"))


def _named(people: pki.Pki) -> Sitting:
    names = {"db002": 'Trần "Út" \\ Văn\u00a0Minh', "db003": "Đỗ Thị 𠀋 / Hà"}
    return _played(people, 3, 0, 0, names=names)


def _bad(people: pki.Pki) -> Iterator[dict[str, Any]]:
    for name, catches, result, file in (*_bad_lines(people), *_bad_people(people), *_bad_figures(people)):
        yield _case(name, catches, result, file)


def _bad_lines(people: pki.Pki) -> Iterator[Case]:
    def lying(act: Callable[[Sitting], None], **changed: Any) -> bytes:
        vote = _open(people, duration_s=60, **changed)
        vote.cast("db001", "approve")
        act(vote)
        return _seal(vote, people)

    def late(vote: Sitting) -> None:
        vote.close()
        vote.cast("db002", "approve")
        vote.count()
        vote.declare()

    def overdue(vote: Sitting) -> None:
        vote.tick(61)
        vote.cast("db002", "approve")
        _end(vote)

    def hidden(vote: Sitting) -> None:
        vote.withhold(_end(vote).before + 2)

    def spaced(vote: Sitting) -> None:
        vote.lines[0] = vote.lines[0].replace(":", ": ", 1)
        _end(vote)

    def backwards(vote: Sitting) -> None:
        vote.at -= 3_000
        vote.cast("db002", "approve")
        _end(vote)

    yield "a ballot after the cut", "a count of whatever stands there", "order_wrong", lying(late)
    yield "a ballot after the deadline", "a verifier without a clock", "order_wrong", lying(overdue)
    yield "a ballot withheld", "a verifier that counts what it is shown", "order_wrong", lying(hidden)
    yield "a line with a space", "two ways to write one line", "ledger_line_wrong", lying(spaced)
    yield "time that goes backwards", "the same", "ledger_line_wrong", lying(backwards)
    vote = _played(people, 2, 1, 0)
    extract = vote.extract()
    fewer = msgspec.structs.replace(extract, lines=(*extract.lines[:2], *extract.lines[3:]))
    yield (
        "a line left out",
        "no tree",
        "ledger_root_wrong",
        _seal(vote, people, evidence=_evidence(vote, ledger=fewer)),
    )
    foreign = msgspec.structs.replace(vote.extract(), log_key=_other_ledger(people).log_key)
    yield (
        "the key of another ledger", "a checkpoint that nobody verifies", "checkpoint_wrong",
        _seal(vote, people, evidence=_evidence(vote, ledger=foreign)),
    )  # fmt: skip
    named = msgspec.structs.replace(vote.extract(), origin="plenary.local/voting/ky-hop-13")
    yield (
        "another ledger's name",
        "a checkpoint of any ledger",
        "ledger_root_wrong",
        _seal(vote, people, evidence=_evidence(vote, ledger=named)),
    )
    vote = _open(people, duration_s=60)
    vote.extend(30)
    assert vote.deadline is not None
    vote.lines[-1] = vote.lines[-1].replace(str(vote.deadline), str(vote.deadline + 30_000))
    vote.deadline += 30_000
    yield (
        "extended by more than was signed",
        "deadlines that nobody signed",
        "act_line_wrong",
        _seal(_end(vote), people),
    )
    expired = people.person("db002", ends=pki.STARTS.replace(year=2026))
    vote = _sitting(people, keys={"db002": expired}).play({"db001": "approve", "db002": "approve"})
    yield "a ballot by an expired key", "keys good for ever", "ballot_wrong", _seal(vote, people)


def _other_ledger(people: pki.Pki) -> Sitting:
    return _sitting(people, ledger_key=fixed_keys.ed25519("another ledger"))


def _evidence(vote: Sitting, **changed: Any) -> Any:
    return msgspec.structs.replace(vote.result().evidence, **changed)


def _bad_people(people: pki.Pki) -> Iterator[Case]:
    other_body = people.person("db002", body="other-body")
    vote = _sitting(people, keys={"db002": other_body}).play({"db001": "approve", "db002": "approve"})
    yield "a member of another body", "credentials of anybody", "credential_wrong", _seal(vote, people)
    vote = _played(people, 2, 1, 0)
    some = tuple(one for one in vote.credentials() if one.member != "db002")
    yield (
        "a credential left out",
        "keys taken from messages",
        "ballot_wrong",
        _seal(vote, people, evidence=_evidence(vote, credentials=some)),
    )
    renamed: tuple[Credential, ...] = tuple(
        msgspec.structs.replace(one, member="db003") if one.member == "db002" else one
        for one in vote.credentials()
    )
    yield (
        "a credential under another name",
        "names from the evidence",
        "credential_wrong",
        _seal(vote, people, evidence=_evidence(vote, credentials=renamed)),
    )
    vote = _sitting(people)
    vote.announce()
    vote.open(by="db002")
    yield (
        "opened by another",
        "any signature over the question",
        "definition_wrong",
        _seal(_end(vote), people),
    )
    vote = _open(people)
    forged = vote.ballot("db001", "approve", key=vote.keys["db002"])
    vote.cast("db001", "approve", compact=forged)
    yield "a ballot by another's key", "voter named by the payload", "ballot_wrong", _seal(_end(vote), people)
    vote = _open(people)
    vote.cast("db001", "approve", compact=vote.ballot("db001", "approve", label="Không tán thành"))
    yield "another label", "labels that nobody compares", "ballot_wrong", _seal(_end(vote), people)
    vote = _open(people)
    vote.cast("db001", "approve")
    vote.cast("db001", "reject")
    yield (
        "a vote changed where it cannot be",
        "the last ballot always taken",
        "tally_wrong",
        _seal(_end(vote), people),
    )
    vote = _sitting(people)
    vote.definition = vote.define(practice=True)
    yield "a practice vote", "a rehearsal taken for a decision", "practice_vote", _seal(vote.play({}), people)
    vote = _sitting(people)
    vote.title = "Nghị quyết\u202e"
    vote.definition = vote.define(title=vote.title)
    vote.announce()
    vote.open()
    yield (
        "a title that turns its direction",
        "text that is not looked at",
        "definition_wrong",
        _seal(_end(vote), people),
    )


def _bad_figures(people: pki.Pki) -> Iterator[Case]:
    def counted(**changed: Any) -> Sitting:
        vote = _open(people)
        vote.cast("db001", "approve")
        vote.close()
        vote.count(**changed)
        return vote

    forged = msgspec.structs.replace(_played(people, 2, 1, 0).decision.counts, approve=3, reject=0)
    vote = counted(counts=forged)
    vote.declare()
    yield "counts that are not the ballots'", "figures that are believed", "count_wrong", _seal(vote, people)
    vote = counted(outcome="carried")
    vote.declare()
    yield "carried without a majority", "an outcome that is believed", "decision_wrong", _seal(vote, people)
    vote = counted(sentence="Như vậy, đã được thông qua.")
    vote.declare()
    yield "another sentence", "words that are believed", "decision_wrong", _seal(vote, people)
    vote = counted()
    vote.declare(result="A" * 43)
    yield "another result declared", "a declaration of anything", "declaration_wrong", _seal(vote, people)
    vote = counted()
    vote.declare(by="db002")
    yield "declared by another", "any declaration", "act_line_wrong", _seal(vote, people)
    vote = _played(people, 2, 1, 0)
    roll = vote.roll_text.replace("db003", "db004")
    yield (
        "another roll",
        "a roll without its hash",
        "roll_wrong",
        _seal(vote, people, evidence=_evidence(vote, roll=roll)),
    )
    quorum = Quorum(threshold=Threshold(numerator=2, denominator=3, strict=False))
    half = Threshold(numerator=1, denominator=2, strict=True)
    vote = _sitting(people, rule=Rule(base="roll", threshold=half, quorum=quorum))
    vote.present = ("db001",)
    vote.play({"db001": "approve"})
    yield "opened without a quorum", "a quorum that nobody asks for", "decision_wrong", _seal(vote, people)


def _bad_files(people: pki.Pki) -> Iterator[dict[str, Any]]:
    vote = _played(people, 2, 1, 0)
    good = _seal(vote, people)
    person = vote.keys["db001"]
    foreign = pki.Pki().seal
    place = len(good) // 2
    flipped = good[:place] + (b"A" if good[place : place + 1] != b"A" else b"B") + good[place + 1 :]
    later = msgspec.structs.replace(vote.statement(), issued_at=vote.at + 5_000)
    early = seal.sign(msgspec.json.encode(later), (people.seal.der,), people.seal.key, vote.at // 1000)
    yield _case(
        "sealed by a person",
        "every key under the anchor may seal",
        "seal_wrong",
        _seal(vote, people, by=person),
    )
    yield _case(
        "sealed under a foreign anchor", "x5c believed", "seal_wrong", _seal(vote, people, by=foreign)
    )
    yield _case("one character changed", "a seal that nobody verifies", "seal_wrong", flipped)
    yield _case(
        "another typ",
        "any sealed paper taken for a certificate",
        "seal_wrong",
        _seal(vote, people, typ="plenary-turns+jws"),
    )
    yield _case("a space", "a file with two spellings", "certificate_malformed", good.replace(b",", b", ", 1))
    yield _case("another time of sealing", "two times of one paper", "seal_wrong", early)
    yield _case("empty", "a reader that fails otherwise", "certificate_malformed", b"")
