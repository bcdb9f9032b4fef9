"""A whole sitting in memory: roll, keys, signed question, ballots, acts, ledger: and the Result they make.

`Sitting` plays the acts one by one, each of which a test may play wrongly; `result` signs the checkpoint over
whatever lines there are then, as a dishonest ledger would.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import UNSET, UnsetType

from services.rules import act, ballot, begun, jws, majority, merkle, note, tally
from services.wire import (
    ActName,
    ActPayload,
    BallotBegun,
    BallotCast,
    BallotLapsed,
    BallotPayload,
    Body,
    Choice,
    Counts,
    Credential,
    Entry,
    Evidence,
    Extract,
    Lapse,
    Option,
    PollAnnounced,
    PollClosed,
    PollClosing,
    PollCounted,
    PollDeclared,
    PollDefinition,
    PollExtended,
    PollHeld,
    PollOpened,
    PollRechecked,
    PollResumed,
    Quorum,
    Receipt,
    RecheckCounts,
    Rechecked,
    Result,
    Roll,
    RollEntry,
    Rule,
    Statement,
    StepUpDemand,
    Threshold,
    UnknownStatus,
    Withheld,
)
from tests.support.authenticator import Authenticator
from tests.support.pki import Keyed, Pki

NOON = 1_795_000_000_000
LABELS: dict[Choice, str] = {
    "approve": "Tán thành",
    "reject": "Không tán thành",
    "abstain": "Không biểu quyết",
}
HALF = Threshold(numerator=1, denominator=2, strict=True)
RULE = Rule(
    base="roll", threshold=HALF, quorum=Quorum(threshold=Threshold(numerator=2, denominator=3, strict=False))
)
BODY = Body(
    id="hdnd",
    name="Hội đồng nhân dân thành phố Hải Phòng",
    name_en="People's Council of Hai Phong",
    noun="đại biểu Hội đồng nhân dân",
    noun_en="deputies of the council",
)


def encode(message: Any) -> str:
    """A message as it stands in a ledger or file."""
    return msgspec.json.encode(message).decode()


@dataclass
class Sitting:
    """One meeting with one poll, played act by act. `at` is the clock; each act moves it by one second."""

    members: int = 5
    title: str = "Nghị quyết về chuyển đổi số"
    rule: Rule = RULE
    body: Body = BODY
    pki: Pki = field(default_factory=Pki)
    names: dict[str, str] = field(default_factory=dict)
    changes: bool = False
    duration_s: int | None = None
    grace_s: int = 0
    unknown_status: UnknownStatus | UnsetType = UNSET
    step_up: StepUpDemand | UnsetType = UNSET
    linked: tuple[str, ...] = ()
    without_quorum: str = ""
    text: str = "Thông qua toàn văn dự thảo Nghị quyết."
    meeting: str = "ky-hop-12"
    poll: str = "bq-01"
    before: int = 3
    at: int = NOON
    lines: list[str] = field(default_factory=list)
    ledger_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    keys: dict[str, Keyed] = field(default_factory=dict)
    algorithms: dict[bytes, str] = field(default_factory=dict)
    more: list[Credential] = field(default_factory=list)
    last: dict[str, tuple[int, str]] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)
    ending: PollClosing | None = None
    rechecked: RecheckCounts | UnsetType = UNSET
    ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Certify the members, freeze the roll, and write what stood in the ledger before."""
        self.ids = self.ids or [f"db{number:03d}" for number in range(1, self.members + 1)]
        self.presiding = self.ids[0]
        self.origin = f"plenary.local/voting/{self.meeting}"
        self.log_key = note.log_key(self.origin, self.ledger_key.public_key())
        for member in self.ids:
            linked = member in self.linked
            self.keys.setdefault(member, self.pki.person(member, body=self.body.id, linked=linked))
        self.roll = Roll(
            body=self.body.id,
            meeting=self.meeting,
            revision=1,
            entries=tuple(
                RollEntry(
                    member=member,
                    name=self.names.get(member, f"Nguyễn Thị Hằng {member}"),
                    group=f"Tổ {place % 7 + 1}",
                    seat=f"{place // 20 + 1}-{place % 20 + 1}",
                )
                for place, member in enumerate(self.ids)
            ),
        )
        self.roll_text = encode(self.roll)
        self.present: tuple[str, ...] = tuple(self.ids)
        self.head = [merkle.leaf_hash(f"earlier line {place}".encode()) for place in range(self.before)]
        self.definition_jws = ""
        self.definition = self.define()

    def define(self, **changed: Any) -> PollDefinition:
        """The question; `changed` members differ."""
        options = tuple(Option(choice=choice, label=label) for choice, label in LABELS.items())
        definition = PollDefinition(
            origin=self.origin,
            meeting=self.meeting,
            id=self.poll,
            body=self.body,
            title=self.title,
            text=self.text,
            options=options,
            rule=self.rule,
            roll=jws.digest(self.roll_text.encode()),
            presiding=self.presiding,
            duration_s=self.duration_s,
            changes=self.changes,
            without_quorum=self.without_quorum,
            grace_s=self.grace_s,
            unknown_status=self.unknown_status,
            step_up=self.step_up,
        )
        return msgspec.structs.replace(definition, **changed)

    @property
    def hash(self) -> str:
        """What every ballot names: the hash of the signed definition."""
        return jws.digest(self.definition_jws.encode()) if self.definition_jws else ""

    def tick(self, seconds: int = 1) -> int:
        """Let time pass."""
        self.at += seconds * 1000
        return self.at

    def append(self, entry: Entry) -> int:
        """Write a line; its index in the ledger."""
        self.lines.append(encode(entry))
        return self.before + len(self.lines) - 1

    def sign(self, typ: str, cty: str, payload: Any, signer: Keyed) -> str:
        """A compact JWS of a person, by ES256 unless `algorithms` says another of their certificate."""
        alg = self.algorithms.get(signer.der, "ES256")
        header = jws.Header(alg=alg, typ=typ, cty=cty, x5t_S256=jws.digest(signer.der), iat=self.at // 1000)
        raw = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
        return jws.compact(header, raw, signer.key, alg)

    def act(self, name: ActName, *, by: str = "", **changed: Any) -> str:
        """A signed act of the chair (or `by`), perhaps with changed members."""
        members: dict[str, Any] = {
            "act": name,
            "meeting": self.meeting,
            "poll": self.poll,
            "definition": "" if name == "announce" else self.hash,
        }
        payload = ActPayload(**(members | changed))
        return self.sign(act.ACT_TYP, act.ACT_CTY, payload, self.keys[by or self.presiding])

    def announce(self) -> None:
        """The question is shown."""
        self.append(PollAnnounced(at=self.tick(), poll=self.poll, title=self.title, jws=self.act("announce")))

    def open(self, *, by: str = "", present: tuple[str, ...] | None = None) -> None:
        """The chair signs the question."""
        signer = self.keys[by or self.presiding]
        self.definition_jws = self.sign(act.DEFINITION_TYP, act.DEFINITION_CTY, self.definition, signer)
        at = self.tick()
        self.deadline = None if self.duration_s is None else at + self.duration_s * 1000
        self.append(
            PollOpened(
                at=at,
                poll=self.poll,
                definition=self.definition_jws,
                present=self.present if present is None else present,
                deadline=self.deadline,
            )
        )

    def ballot(self, member: str, choice: Choice, *, key: Keyed | None = None, **changed: Any) -> str:
        """A signed ballot, not yet cast."""
        seq, supersedes = self.last.get(member, (0, None))
        members: dict[str, Any] = {
            "v": 1,
            "meeting": self.meeting,
            "poll": self.hash,
            "choice": choice,
            "label": LABELS[choice],
            "voter": member,
            "seq": seq + 1,
            "supersedes": supersedes,
        }
        payload = BallotPayload(**(members | changed))
        return self.sign(ballot.TYP, ballot.CTY, payload, key or self.keys[member])

    def cast(self, member: str, choice: Choice, *, compact: str | None = None) -> int:
        """A ballot is in the ledger; its index."""
        compact = compact or self.ballot(member, choice)
        self.last[member] = (self.last.get(member, (0, ""))[0] + 1, jws.digest(compact.encode()))
        self.choices[member] = choice
        return self.append(BallotCast(at=self.tick(0), poll=self.poll, jws=compact))

    def confirm(self, member: str, choice: Choice, device: Authenticator, **how: Any) -> int:
        """A ballot that a passkey confirmed is in the ledger; `how` as the device is told. Its index."""
        compact = self.ballot(member, choice)
        index = self.cast(member, choice, compact=compact)
        evidence = device.confirm(compact, **how)
        self.lines[-1] = encode(BallotCast(at=self.at, poll=self.poll, jws=compact, confirmed=evidence))
        return index

    def cast_all(self, choices: dict[str, Choice]) -> None:
        """Many vote."""
        for member, choice in choices.items():
            self.cast(member, choice)

    def begin(self, member: str, choice: Choice, *, compact: str | None = None, **changed: Any) -> str:
        """A ballot is begun with a signing service; the signature that will come."""
        compact = compact or self.ballot(member, choice)
        members: dict[str, Any] = {
            "voter": member,
            "commitment": begun.commitment(salt_of(compact), compact.rpartition(".")[0]),
            "provider": "smartca",
        }
        self.append(BallotBegun(at=self.tick(0), poll=self.poll, **(members | changed)))
        return compact

    def come(self, member: str, choice: Choice, compact: str, *, salt: str | None = None) -> int:
        """The signature has come: the ballot is in the ledger; its index."""
        index = self.cast(member, choice, compact=compact)
        said = jws.b64_encode(salt_of(compact)).decode() if salt is None else salt
        cast = BallotCast(at=self.at, poll=self.poll, jws=compact, salt=said)
        self.lines[-1] = encode(cast)
        return index

    def lapse(self, member: str, why: Lapse = "declined") -> None:
        """What the member had begun will not come."""
        self.append(BallotLapsed(at=self.tick(0), poll=self.poll, voter=member, why=why))

    def end(self, pending: int, **changed: Any) -> None:
        """Voting ends, by the chair or by the clock; what was begun may still come."""
        signed, cause = self._end()
        members: dict[str, Any] = {
            "at": self.at,
            "poll": self.poll,
            "jws": signed,
            "cause": cause,
            "present": self.present,
            "until": self.at + self.grace_s * 1000,
            "begun": pending,
        }
        self.ending = PollClosing(**(members | changed))
        self.append(self.ending)

    def hold(self, reason: str = "Mất điện") -> None:
        """Voting is interrupted."""
        self.held_at = self.tick()
        self.append(PollHeld(at=self.at, poll=self.poll, jws=self.act("hold", reason=reason)))

    def resume(self) -> None:
        """Voting goes on with the time that was left."""
        at = self.tick()
        self.deadline = None if self.deadline is None else self.deadline - self.held_at + at
        self.append(PollResumed(at=at, poll=self.poll, jws=self.act("resume"), deadline=self.deadline))

    def extend(self, seconds: int, **changed: Any) -> None:
        """More time."""
        assert self.deadline is not None
        self.deadline += seconds * 1000
        signed = self.act("extend", seconds=seconds, reason="Đại biểu xin thêm thời gian", **changed)
        self.append(PollExtended(at=self.tick(), poll=self.poll, jws=signed, deadline=self.deadline))

    def close(self, **changed: Any) -> None:
        """The cut, by the chair, or by the clock once the deadline has passed; or after a time of grace."""
        signed, cause = (self.ending.jws, self.ending.cause) if self.ending else self._end()
        members: dict[str, Any] = {
            "at": self.at,
            "poll": self.poll,
            "jws": signed,
            "cause": cause,
            "present": self.present,
            "ballots": sum('"kind":"ballot"' in line and self.poll in line for line in self.lines),
        }
        self.append(PollClosed(**(members | changed)))

    def found(self, member: str, **changed: Any) -> Rechecked:
        """What is found of the certificate behind a member's key: good, or with these members changed."""
        members: dict[str, Any] = {
            "thumbprint": jws.digest(self.keys[member].der),
            "outside": jws.digest(b"outside " + member.encode()),
            "kind": "good",
            "known_at": self.at,
            "checked_at": self.at,
            "evidence": (jws.digest(b"answer " + member.encode()),),
        }
        return Rechecked(**(members | changed))

    def recheck(
        self, *found: Rechecked, revoked: int = 0, unknown: int = 0, checked: int | None = None
    ) -> None:
        """The line that says what was found, and the figures that the result must have for it."""
        policy = "count" if isinstance(self.unknown_status, UnsetType) else self.unknown_status
        number = len(found) if checked is None else checked
        self.rechecked = RecheckCounts(checked=number, revoked=revoked, unknown=unknown, policy=policy)
        ordered = tuple(sorted(found, key=lambda each: each.thumbprint))
        self.append(PollRechecked(at=self.tick(), poll=self.poll, found=ordered))

    def _end(self) -> tuple[str, str]:
        if self.deadline is not None and self.tick() >= self.deadline:
            payload = ActPayload(act="close", meeting=self.meeting, poll=self.poll, definition=self.hash)
            return act.sign_by_server(payload, self.ledger_key, self.log_key, self.at // 1000), "deadline"
        return self.act("close"), "chair"

    def count(self, **changed: Any) -> None:
        """The result; `changed` members of the decision are forged."""
        found = tally.NOTHING
        for choice in self.choices.values():
            found = tally.add(found, choice)
        self.decision = msgspec.structs.replace(self.decide(found), **changed)
        self.append(PollCounted(at=self.tick(), poll=self.poll, definition=self.hash, decision=self.decision))

    def decide(self, counts: Counts) -> Any:
        """What the rule makes of counts."""
        return majority.decide(
            self.definition,
            counts,
            roll=self.members,
            present_open=len(self.present),
            present_close=majority.present_at_close(frozenset(self.present), frozenset(self.choices)),
            chair_choice=self.choices.get(self.presiding),
            rechecked=self.rechecked,
        )

    def declare(self, *, result: str = "", by: str = "") -> None:
        """The chair signs the counted line."""
        result = result or jws.digest(self.lines[-1].encode())
        signed = self.act("declare", result=result, by=by)
        self.append(PollDeclared(at=self.tick(), poll=self.poll, jws=signed))

    def play(self, choices: dict[str, Choice]) -> "Sitting":
        """A vote from beginning to end."""
        self.announce()
        self.open()
        self.cast_all(choices)
        self.close()
        self.count()
        self.declare()
        return self

    def credentials(self) -> tuple[Credential, ...]:
        """The certificates of all members."""
        issuer = jws.standard_b64(self.pki.delegates.der)
        return (
            *(
                Credential(
                    member=member,
                    thumbprint=jws.digest(keyed.der),
                    chain=(jws.standard_b64(keyed.der), issuer),
                )
                for member, keyed in self.keys.items()
            ),
            *self.more,
        )

    def leaves(self) -> list[bytes]:
        """The leaf hashes of the whole ledger."""
        return [*self.head, *(merkle.leaf_hash(line.encode()) for line in self.lines)]

    def extract(self) -> Extract:
        """The run of the ledger, with a checkpoint signed over whatever it holds now."""
        frontier = merkle.Frontier().append(self.head)
        tree = frontier.append([_leaf(line) for line in self.lines])
        return Extract(
            origin=self.origin,
            log_key=self.log_key,
            start=self.before,
            frontier=tuple(jws.b64_encode(peak).decode() for peak in frontier.peaks),
            lines=tuple(self.lines),
            checkpoint=note.sign_checkpoint(self.origin, tree.size, tree.root(), self.ledger_key),
        )

    def withhold(self, index: int) -> None:
        """Show only the hash of a line (`index` in the ledger)."""
        line = self.lines[index - self.before]
        leaf = jws.b64_encode(merkle.leaf_hash(line.encode())).decode()
        self.lines[index - self.before] = encode(Withheld(leaf=leaf))

    def receipts(self) -> list[Receipt]:
        """A receipt for every ballot line, proven by the tree as it is now."""
        extract, leaves = self.extract(), [*self.head, *(_leaf(line) for line in self.lines)]
        found = []
        for index, line in enumerate(self.lines, start=self.before):
            if '"kind":"ballot"' in line:
                path = merkle.inclusion_proof(leaves, index)
                proof = note.render_proof(index, path, extract.checkpoint)
                found.append(Receipt(poll=self.poll, index=index, entry=line, proof=proof))
        return found

    def result(self, **changed: Any) -> Result:
        """What voting puts on the stream; `changed` members are forged."""
        evidence = Evidence(roll=self.roll_text, credentials=self.credentials(), ledger=self.extract())
        members: dict[str, Any] = {
            "body": self.body,
            "meeting": self.meeting,
            "poll": self.poll,
            "definition": self.hash,
            "title": self.title,
            "decision": self.decision,
            "evidence": evidence,
        }
        return Result(**(members | changed))

    def statement(self, **changed: Any) -> Statement:
        """The statement a certificate would make of it."""
        result = self.result(**changed)
        members = {name: getattr(result, name) for name in result.__struct_fields__ if name != "request"}
        return Statement(id="gcn-01", issued_at=self.at + 1000, software="plenary test", **members)


def salt_of(compact: str) -> bytes:
    """32 bytes that look random and are the same each time."""
    return sha256(b"salt" + compact.encode()).digest()


def _leaf(line: str) -> bytes:
    entry = msgspec.json.decode(line)
    if entry["kind"] == "withheld":
        return jws.b64_decode(entry["leaf"].encode())
    return merkle.leaf_hash(line.encode())


def by_choice(ids: list[str], approve: int, reject: int, abstain: int) -> dict[str, Choice]:
    """So many of each, in order; the rest do not vote."""
    numbers: list[tuple[Choice, int]] = [("approve", approve), ("reject", reject), ("abstain", abstain)]
    wanted = [choice for choice, number in numbers for _ in range(number)]
    return dict(zip(ids, wanted, strict=False))
