"""A floor with real certificates: what the record of it says, as the floor's service would put it on the stream.

A dishonest ledger can be played too: lines changed before `evidence` are signed for all the same.
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.rules import jws, merkle, note
from services.rules.ballot import Holder
from services.rules.floor import acts
from services.rules.floor.record import names_of
from services.rules.floor.turn_log import log_of
from services.signing import printing
from services.signing.printing import Printed
from services.wire import (
    Credential,
    EndItem,
    EndTurn,
    ExtendTurn,
    Extract,
    FloorActs,
    FloorEvidence,
    FloorRecord,
    FloorStatement,
    LaneRules,
    OpenLane,
    RecordFloor,
    Roll,
    RollEntry,
    RollTaken,
    WriteOpinion,
)
from tests.support.floor_sitting import BODY, ITEM, MEETING, MEMBERS, SECRETARY, FloorSitting
from tests.support.issued import materials
from tests.support.pki import Keyed, Pki

RULES = LaneRules(turn_s=60, second_s=30, warn_s=10, stances=("for", "against", "other"), presence=False)
NAMES = {
    "an": "Nguyễn Thị Minh Khai",
    "binh": "Trần Văn Ơn",
    "chi": "Lê Thị Hồng Gấm",
    "dung": "Phạm Ngũ Lão",
    "em": "Đặng Thùy Trâm",
    "chair-1": "Hoàng Văn Thụ",
}


class RecordedSitting(FloorSitting):
    """A sitting whose people have certificates of a PKI, and names."""

    def __init__(
        self,
        members: dict[str, str] | None = None,
        names: dict[str, str] | None = None,
        pki: Pki | None = None,
    ) -> None:
        """`members`: group by id; `names` by id."""
        self.names = NAMES | (names or {})
        super().__init__(members=members)
        self.pki = pki or Pki(body=BODY.id)
        self.ledger_key = Ed25519PrivateKey.generate()
        self.origin = f"plenary.local/{MEETING}/floor"
        people = (*MEMBERS, SECRETARY, *(members or {}))
        self.people: dict[str, Keyed] = {name: self.pki.person(name, body=BODY.id) for name in people}

    def take_roll(self, members: dict[str, str], revision: int = 1) -> None:
        """A roll in force: group by member, each with their name."""
        entries = tuple(
            RollEntry(member=member, name=self.names.get(member, f"Ông {member}"), group=group, seat=f"{n}")
            for n, (member, group) in enumerate(members.items(), start=1)
        )
        raw = msgspec.json.encode(Roll(body=BODY.id, meeting=MEETING, revision=revision, entries=entries))
        self.append(RollTaken(at=self.now, sha256=jws.digest(raw), roll=raw.decode()))

    def signed(self, by: str, act: FloorActs) -> str:
        """The act as its author's key signs it."""
        person = self.people[by]
        header = jws.Header(
            alg="ES256", typ=acts.TYP, cty=acts.CTY, x5t_S256=jws.digest(person.der), iat=len(self.lines)
        )
        return jws.compact(header, msgspec.json.encode(act), person.key, "ES256")

    def holder_at(self, thumbprint: str, at: int) -> Holder:
        """Whose key this is."""
        (found,) = [name for name, one in self.people.items() if jws.digest(one.der) == thumbprint]
        return Holder(thumbprint, found, self.people[found].key.public_key(), 0, at + 1)

    # --- What leaves ---------------------------------------------------------------------------------------------

    def texts(self) -> list[str]:
        """The lines as they stand."""
        return [msgspec.json.encode(line).decode() for line in self.lines]

    def extract(self, texts: list[str] | None = None) -> Extract:
        """The whole ledger, or these lines as if they were it, with a checkpoint over them."""
        lines = self.texts() if texts is None else texts
        tree = merkle.Frontier().append([merkle.leaf_hash(line.encode()) for line in lines])
        return Extract(
            origin=self.origin,
            log_key=note.log_key(self.origin, self.ledger_key.public_key()),
            start=0,
            frontier=(),
            lines=tuple(lines),
            checkpoint=note.sign_checkpoint(self.origin, tree.size, tree.root(), self.ledger_key),
        )

    def credentials(self) -> tuple[Credential, ...]:
        """The certificates of all."""
        issuer = jws.standard_b64(self.pki.delegates.der)
        return tuple(
            Credential(member=name, thumbprint=jws.digest(one.der), chain=(jws.standard_b64(one.der), issuer))
            for name, one in self.people.items()
        )

    def actors(self) -> dict[str, str]:
        """Names of all who acted, as a stranger reads them: of the roll, else of their certificates."""
        return names_of(self.floor.roll, self.credentials())

    def record(self, **changed: Any) -> FloorRecord:
        """What the floor puts on the stream; `changed` members are forged."""
        members: dict[str, Any] = {
            "body": BODY,
            "meeting": MEETING,
            "index": len(self.lines) - 1,
            "log": log_of(self.lines),
            "evidence": FloorEvidence(credentials=self.credentials(), ledger=self.extract()),
        }
        return FloorRecord(**(members | changed))

    def statement(self, **changed: Any) -> FloorStatement:
        """What the seal would sign."""
        record = self.record(**changed)
        members = {name: getattr(record, name) for name in record.__struct_fields__ if name != "request"}
        return FloorStatement(id="nk-01", issued_at=self.now + 1000, software="plenary test", **members)


def play(sitting: RecordedSitting) -> RecordedSitting:
    """Three speak, one of them out of turn and one beyond the limit and extended; one is not reached, and writes."""
    sitting.chair(OpenLane, item=ITEM, lane="speech", rules=RULES, reason="Theo quy chế của kỳ họp")
    for member, stance in (("an", "for"), ("binh", "against"), ("chi", "other"), ("dung", "for")):
        sitting.ask(member, stance=stance)
    first = sitting.call("r-an", begun=True)
    sitting.wait(42_500)
    sitting.chair(EndTurn, turn=first)
    second = sitting.call("r-chi", begun=True, reason="Đại biểu phải đi công tác")
    sitting.wait(50_000)
    sitting.chair(ExtendTurn, turn=second, seconds=30, reason="Ý kiến liên quan trực tiếp")
    sitting.wait(47_042)
    sitting.chair(EndTurn, by=SECRETARY, turn=second)
    third = sitting.call("r-binh", begun=True)
    sitting.wait(60_000)
    sitting.chair(EndTurn, turn=third)
    sitting.chair(EndItem, item=ITEM)
    sitting.act("dung", WriteOpinion(meeting=MEETING, item=ITEM, text="Đồng ý.\nĐề nghị nêu rõ nguồn vốn."))
    sitting.chair(RecordFloor)
    return sitting


def record_again(sitting: RecordedSitting) -> None:
    """Somebody writes once more, and the desk asks for another record."""
    sitting.act("dung", WriteOpinion(meeting=MEETING, item=ITEM, text="Xin bổ sung: đồng ý cả Điều 5."))
    sitting.chair(RecordFloor)


@cache
def usual() -> tuple[RecordedSitting, Printed]:
    """The sitting of `play`, and its sealed papers; made once and shared."""
    sitting = play(RecordedSitting())
    return sitting, issue(sitting)


def issue(sitting: RecordedSitting) -> Printed:
    """Print a record of a sitting."""
    printing.equip(materials(sitting.pki))
    printed = printing.print_out(msgspec.json.encode(sitting.statement()))
    assert isinstance(printed, Printed), printed
    assert printing.verify(printed.sha256) is None
    return printed


def files_of(sitting: RecordedSitting, printed: Printed, sheet: bytes | None = None) -> dict[str, bytes]:
    """The files of a record by name, as `plenary turns` writes them."""
    files = {
        "turns.json": printed.file,
        "turns.pdf": printed.pdf,
        "floor.jsonl": printed.ledger,
        "trust.pem": sitting.pki.root.pem,
    }
    return files if sheet is None else files | {"turns.csv": sheet}


def write(files: dict[str, bytes], directory: Path) -> Path:
    """A directory of these files."""
    directory.mkdir(exist_ok=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)
    return directory
