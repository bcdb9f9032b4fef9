"""Minutes of a sitting beside the papers that they name: what is given is proven and compared, the rest is told."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.desk.hands import Forks
from services.desk.verdict import Figures
from services.refusal import Refused
from services.rules import jws, minutes, proceedings, proof, seal
from services.rules.credential import Anchors
from services.rules.floor import record
from services.rules.minutes import Minuted
from services.signing.minutes_words import clock
from services.wire import Voted

_STATES = {"voided": "ĐÃ HỦY / ANNULLED", "certified": "", "declared": ""}


@dataclass(slots=True)
class Compared:
    """What was proven and is as the minutes say, by what it is of; and names of files that are none of it."""

    polls: dict[str, str] = field(default_factory=dict)
    turns: str = ""
    before: str = ""
    unchecked: list[str] = field(default_factory=list)


def compare(minuted: Minuted, beside: Iterable[tuple[str, bytes]], anchors: Anchors) -> Compared:
    """Prove and compare the files given, names and contents. Raises a Refused that names the check which failed."""
    found = Compared()
    for name, content in beside:
        typ = _typ_of(content)
        if typ == seal.CERTIFICATE.typ:
            _compare_certificate(minuted, name, content, anchors, found)
        elif typ == record.TYP:
            _compare_turns(minuted, name, content, anchors, found)
        elif typ == seal.MINUTES.typ and _is_before(minuted, content):
            minutes.verify_file(content, anchors)
            found.before = name
        else:
            found.unchecked.append(name)
    return found


def figures_of_minutes(minuted: Minuted) -> Figures:
    """What minutes say, flat."""
    statement = minuted.statement
    there = sum(bool(one.stays) for one in statement.attendance)
    certified = [one for one in statement.polls if one.certificate]
    annulled = sum(one.annulled is not None for one in statement.polls)
    return {
        "minutes": statement.id,
        "edition": statement.edition,
        "meeting": statement.meeting,
        "title": statement.title,
        "roll": len(statement.attendance),
        "attended": there,
        "items": len(statement.agenda),
        "polls": [{"poll": one.poll, "state": one.state, "sha256": one.sha256} for one in statement.polls],
        "certificates": len(certified),
        "annulled": annulled,
        "turns": sum(one.turns for one in statement.turns.spoken) if statement.turns else None,
        "lines": minuted.run.count,
        "issued_at": statement.issued_at,
        "sentence": (
            f"Biên bản phiên họp {statement.title}, lần {statement.edition}:"
            f" {there}/{len(statement.attendance)} đại biểu có mặt,"
            f" {len(statement.polls)} cuộc biểu quyết ({annulled} đã hủy), {len(certified)} giấy chứng nhận."
        ),
        "sentence_en": (
            f"Minutes of {statement.title}, edition {statement.edition}:"
            f" {there} of {len(statement.attendance)} attended,"
            f" {len(statement.polls)} polls ({annulled} annulled), {len(certified)} certificates."
        ),
    }


def told_of_minutes(minuted: Minuted, compared: Compared | None) -> list[str]:
    """Each poll, a line; then what was not given to be compared."""
    lines = [_told(one) for one in minuted.statement.polls]
    if minuted.statement.ended_at is None:
        lines.append("Lập khi phiên họp chưa kết thúc / made before the sitting ended")
    lines += [
        f"CHƯA KIỂM ĐƯỢC sổ phiếu từ khi mở {one.poll}: cuộc này chưa đóng khi lập biên bản"
        " / NOT PROVEN that all lines withheld since it was opened are ballots: this vote was under way"
        for one in proceedings.under_way(minuted.statement.polls)
    ]
    lines += [
        f"CHƯA KIỂM ĐƯỢC sổ phiếu từ khi mở đến khi hủy {poll}: sổ theo dạng cũ, không ghi số phiếu của cuộc bị hủy"
        " / NOT PROVEN that all lines withheld while it was under way are ballots: an older ledger, which does not say"
        " how many were cast in a vote that was annulled"
        for poll in sorted(proceedings.unsaid(minuted.run))
    ]
    lines += [f"CHƯA ĐỐI CHIẾU / NOT GIVEN: {each}" for each in not_given(minuted, compared)]
    return lines


def not_given(minuted: Minuted, compared: Compared | None) -> list[str]:
    """What the minutes name by hash that nobody gave."""
    found, statement = compared or Compared(), minuted.statement
    missing = [
        f"{one.certificate} (SHA-256 {one.sha256}), {one.poll}"
        for one in statement.polls
        if one.certificate and one.poll not in found.polls
    ]
    if statement.turns is not None and not found.turns:
        missing.append(f"{statement.turns.record} (SHA-256 {statement.turns.sha256}), turns.json")
    if statement.before is not None and not found.before:
        missing.append(f"{statement.before.minutes} (SHA-256 {statement.before.sha256}), minutes.json")
    return missing


def _compare_certificate(
    minuted: Minuted, name: str, content: bytes, anchors: Anchors, found: Compared
) -> None:
    statement = proof.verify_certificate(content, anchors, Forks()).statement
    poll = minutes.must_agree_with(minuted, statement, jws.digest(content), name)
    found.polls[poll] = name


def _compare_turns(minuted: Minuted, name: str, content: bytes, anchors: Anchors, found: Compared) -> None:
    turns = minuted.statement.turns
    statement = record.verify_file(content, anchors).statement
    if turns is not None and statement.id != turns.record and statement.index < turns.line:
        # An earlier log of the same floor: the one that the minutes sum up has all of it.
        found.unchecked.append(name)
        return
    minutes.must_agree_with_turns(
        minuted, statement.log, statement.id, statement.index, jws.digest(content), name
    )
    found.turns = name


def _is_before(minuted: Minuted, content: bytes) -> bool:
    before = minuted.statement.before
    return before is not None and before.sha256 == jws.digest(content)


def _typ_of(content: bytes) -> str:
    try:
        return seal.typ_of(content)
    except Refused:
        return ""


def _told(one: Voted) -> str:
    state = _STATES.get(one.state, one.state)
    if one.annulled is not None:
        by = f"{one.annulled.by}, {one.annulled.second}"
        return f"{one.poll}: {state}, {clock(one.annulled.at)}, {by}: {one.annulled.reason}"
    sentence = one.decision.sentence if one.decision and one.declared_at is not None else state
    practice = "THỬ / PRACTICE: " if one.practice else ""
    return f"{one.poll}: {practice}{sentence}"
