"""The minutes of a sitting in memory: polls of every kind in one ledger, as an honest house tells of them or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from services.rules import act, jws, minutes, seal
from services.rules.credential import Anchors
from services.rules.merkle import leaf_hash
from services.wire import (
    ActPayload,
    AgendaItem,
    Attendee,
    Choice,
    Extract,
    Meeting,
    MinutesEvidence,
    MinutesStatement,
    Officer,
    PollAlarmed,
    PollCertified,
    PollVoided,
    Proceedings,
    SittingRecord,
    Statement,
    Stay,
    Withheld,
)
from tests.support.evidence import Sitting, encode

# How far a poll comes: shown only, opened, cut, counted, declared, certified; annulled while open or when declared;
# found unequal; declared in practice.
Fate = Literal[
    "announced",
    "open",
    "closed",
    "counted",
    "declared",
    "certified",
    "voided",
    "annulled",
    "alarmed",
    "practice",
]
FATES: tuple[Fate, ...] = get_args(Fate)
ITEM = AgendaItem(id="muc-1", position=1, title="Dự thảo Nghị quyết")
_encoder = msgspec.json.Encoder()


def usual() -> "MinutedSitting":
    """A vote annulled, the same again, one in practice, one that was only shown."""
    sitting = MinutedSitting()
    for fate in ("annulled", "certified", "practice", "announced"):
        sitting.poll(fate)
    return sitting


@dataclass
class MinutedSitting:
    """Plays polls into one ledger; `statements` of the certified, by poll; `files` as sealed: no seal is made twice."""

    play: Sitting = field(default_factory=lambda: Sitting(members=7, before=0))
    statements: dict[str, Statement] = field(default_factory=dict)
    files: dict[bytes, bytes] = field(default_factory=dict)
    number: int = 0

    def poll(self, fate: Fate) -> str:
        """One more, by now; its id."""
        self.number += 1
        play, identifier = self.play, f"bq-{self.number:02d}"
        play.poll, play.last, play.choices, play.definition_jws = identifier, {}, {}, ""
        play.definition = play.define(practice=fate == "practice")
        play.announce()
        for step, do in self._steps(fate):
            if fate == step:
                break
            do()
        return identifier

    def _steps(self, fate: Fate) -> Sequence[tuple[Fate, Any]]:
        play = self.play
        votes: dict[str, Choice] = dict.fromkeys(play.ids[:5], "approve")
        if fate == "voided":
            return (
                ("annulled", play.open),
                ("annulled", lambda: play.cast_all(votes)),
                ("announced", lambda: self.void(ballots=len(votes))),
            )
        steps: list[tuple[Fate, Any]] = [
            ("announced", play.open),
            ("open", lambda: play.cast_all(votes)),
            ("open", play.close),
            ("closed", self._alarm if fate == "alarmed" else play.count),
            ("counted", lambda: None if fate == "alarmed" else play.declare()),
        ]
        if fate == "annulled":
            steps.append(("announced", self.void))
        if fate == "certified":
            steps.append(("declared", self._certify))
        return steps

    def _alarm(self) -> None:
        self.play.append(PollAlarmed(at=self.play.tick(), poll=self.play.poll))

    def void(self, ballots: int | UnsetType = UNSET) -> None:
        """Two persons annul the poll; while it is under way the ledger says how many ballots it has."""
        play = self.play
        payload = ActPayload(
            act="void", meeting=play.meeting, poll=play.poll, definition=play.hash, reason="Nhầm nội dung"
        )
        raw = _encoder.encode(payload)
        one, other = (play.sign(act.ACT_TYP, act.ACT_CTY, raw, play.keys[each]) for each in play.ids[:2])
        play.append(PollVoided(at=play.tick(), poll=play.poll, jws=one, second=other, ballots=ballots))

    def _certify(self) -> None:
        play = self.play
        statement = self.certificate()
        self.statements[play.poll] = statement
        sha256 = jws.digest(self.file(statement))
        play.append(PollCertified(at=play.tick(), poll=play.poll, certificate=statement.id, sha256=sha256))

    def certificate(self) -> Statement:
        """Of the poll that was declared last: what voting would put into its evidence."""
        play = self.play
        statement = play.statement()
        lines = tuple(
            line if f'"poll":"{play.poll}"' in line or play.poll in line else _withheld(line)
            for line in statement.evidence.ledger.lines
        )
        ledger = msgspec.structs.replace(statement.evidence.ledger, lines=lines)
        evidence = msgspec.structs.replace(statement.evidence, ledger=ledger)
        return msgspec.structs.replace(statement, id=f"gcn-{play.poll}", evidence=evidence)

    def file(self, statement: Statement | MinutesStatement) -> bytes:
        """Sealed, as it leaves the house."""
        typ = seal.MINUTES_TYP if isinstance(statement, MinutesStatement) else seal.TYP
        pki = self.play.pki
        raw = _encoder.encode(statement)
        if raw not in self.files:
            self.files[raw] = seal.sign(raw, (pki.seal.der,), pki.seal.key, statement.issued_at // 1000, typ)
        return self.files[raw]

    @property
    def anchors(self) -> Anchors:
        """What a stranger trusts."""
        return Anchors([self.play.pki.root.der])

    def ledger(self) -> Extract:
        """All of it, ballots withheld; what is said of those that were begun stands there."""
        found = self.play.extract()
        lines = tuple(_withheld(line) if '"kind":"ballot"' in line else line for line in found.lines)
        return msgspec.structs.replace(found, lines=lines)

    def proceedings(self, request: str = "") -> Proceedings:
        """What comes to signing of it."""
        play, said = self.play, self.statement()
        meeting = Meeting(
            id=said.meeting, body=said.body.id, title=said.title, place=said.place, state="ended"
        )
        sitting = SittingRecord(
            body=said.body,
            meeting=meeting,
            opened_at=said.opened_at,
            ended_at=said.ended_at,
            edition=said.edition,
            asked_at=said.asked_at,
            asked_by=said.asked_by,
            desk=said.desk,
            roll=play.roll_text,
            attendance=said.attendance,
            agenda=said.agenda,
            request=request,
        )
        return Proceedings(
            sitting=sitting, items={}, credentials=play.credentials(), ledger=said.evidence.ledger
        )

    def statement(self, **changed: Any) -> MinutesStatement:
        """The minutes as an honest house makes them; `changed` members are forged."""
        play, ledger = self.play, self.ledger()
        credentials = play.credentials()
        polls = minutes.polls_of(ledger, {one.thumbprint: one.member for one in credentials})
        listed = tuple(
            msgspec.structs.replace(one, certificate=f"gcn-{one.poll}", sha256="C" * 43)
            if minutes.is_certified(one) and not one.certificate
            else one
            for one in polls
        )
        secretary = Officer(member="thu-ky", name="Trịnh Công Thư", roles=("secretary",))
        members: dict[str, Any] = {
            "id": "bb-01",
            "issued_at": play.at + 2_000,
            "software": "plenary test",
            "edition": 1,
            "before": None,
            "body": play.body,
            "meeting": play.meeting,
            "title": "Kỳ họp thứ 12",
            "place": "Hội trường lớn",
            "starts_at": play.at,
            "opened_at": play.at - 3_600_000,
            "ended_at": play.at,
            "asked_at": play.at + 1_000,
            "asked_by": secretary,
            "presiding": minutes.presiding_of(polls),
            "desk": (secretary,),
            "attendance": tuple(
                Attendee(
                    member=one.member,
                    name=one.name,
                    group=one.group,
                    seat=one.seat,
                    stays=(
                        Stay(came=play.at - 3_000_000, left=play.at - 1_000_000),
                        Stay(came=play.at, left=None),
                    ),
                )
                for one in play.roll.entries
            ),
            "agenda": (ITEM,),
            "polls": listed,
            "turns": None,
            "evidence": MinutesEvidence(roll=play.roll_text, credentials=credentials, ledger=ledger),
        }
        return MinutesStatement(**(members | changed))


def _withheld(line: str) -> str:
    if line.startswith('{"kind":"withheld"'):
        return line
    return encode(Withheld(leaf=jws.b64_encode(leaf_hash(line.encode())).decode()))
