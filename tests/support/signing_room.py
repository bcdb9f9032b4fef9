"""The signing desk and its finisher on a real database, without HTTP: heavy work in this process, the rest as it is."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from services.desk.device import Device
from services.kit.clock import now
from services.kit.database import Pool
from services.rules import jws
from services.signing import printing
from services.signing.countersigned import time_authority, trial_authority
from services.signing.countersigned.bindery import Bindery
from services.signing.countersigned.desk import SigningDesk
from services.signing.countersigned.finisher import Finisher
from services.signing.countersigned.pdf_errors import StamperAway
from services.signing.countersigned.store import EditionStore
from services.signing.countersigned.time_authority import TimeAuthority
from services.signing.countersigned.trial_authority import TrialAuthority, TrialStamper
from services.signing.store import Store
from services.wire import (
    CertificateFile,
    Role,
    SignatureBegun,
    SignatureGiven,
    SignaturePrepared,
    SignaturesShown,
    SigningRole,
    Statement,
    Token,
)
from tests.support import issued
from tests.support.issued import Issued
from tests.support.stamps import revocation_list

CERTIFICATE = "cn-01"
CHAIR, SECRETARY, OTHER = "db001", "db002", "db003"
ROLES: dict[str, tuple[Role, ...]] = {
    CHAIR: ("chair", "delegate"),
    SECRETARY: ("secretary",),
    OTHER: ("chair", "secretary"),
    "db004": ("delegate",),
}


class HereShop:
    """Runs the bench's functions in a thread of this process; may be killed before or after one of them."""

    def __init__(self) -> None:
        """Nothing is killed until `kill` is set to the name of a function; `done`: only after it was done."""
        self.kill, self.done = "", False

    async def run(self, do: Callable[..., Any], *arguments: Any) -> Any:
        """The result, unless this is where it ends."""
        if do.__name__ == self.kill and not self.done:
            raise Killed
        result = await asyncio.to_thread(do, *arguments)
        if do.__name__ == self.kill:
            raise Killed
        return result


class Killed(Exception):
    """The process was killed here."""


class FrailStore(EditionStore):
    """The real store; one method fails, or does its work and fails to say so."""

    def __init__(self, pool: Pool) -> None:
        """Nothing is killed until `kill` is set to the name of a method; `kept`: only after its commit."""
        super().__init__(pool)
        self.kill, self.kept = "", False

    async def _frail(self, name: str, work: Callable[..., Any], *given: Any) -> Any:
        if self.kill == name and not self.kept:
            raise Killed
        done = await work(*given)
        if self.kill == name:
            raise Killed
        return done

    async def prepare(self, fresh: Any) -> None:
        """Prepare, perhaps."""
        await self._frail("prepare", super().prepare, fresh)

    async def sign(self, given: Any) -> None:
        """Sign, perhaps."""
        await self._frail("sign", super().sign, given)

    async def finish(self, done: Any) -> None:
        """Finish, perhaps."""
        await self._frail("finish", super().finish, done)

    async def seal(self, edition: Any, sealed: Any, members: Any) -> bool:
        """Seal, perhaps."""
        return bool(await self._frail("seal", super().seal, edition, sealed, members))


class Lists:
    """The revocation lists of the sitting's authorities."""

    def __init__(self, made: Issued, clock: Callable[[], int]) -> None:
        self._pki, self._clock = made.sitting.pki, clock

    async def current(self, name: str) -> bytes:
        """As `RevocationLists` has it."""
        return revocation_list(
            {"root": self._pki.root, "delegates": self._pki.delegates}[name], self._clock()
        )


class Stamper:
    """The trial authority, which may be away."""

    def __init__(self, authority: TrialAuthority) -> None:
        self._stamper = TrialStamper(authority, now)
        self.is_away = False
        self.asked = 0

    def stamp(self, over: bytes) -> bytes:
        """A token. Raises StamperAway."""
        self.asked += 1
        if self.is_away:
            raise StamperAway(what="HTTP 503")
        return self._stamper.stamp(over)


@dataclass
class Room:
    """A worker's desk and finisher; two rooms on one database are two workers."""

    pool: Pool
    made: Issued
    stamper: Stamper | None
    authority: TrialAuthority
    ahead: int = 0
    time: TimeAuthority | None = None
    rung: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Put it together as `furnishing` does."""
        numbers = itertools.count(1)
        self.store, self.shop = FrailStore(self.pool), HereShop()
        time = self.time
        if self.stamper:
            time = time_authority.trial_of(self.authority, self.stamper, self.clock)
        pki = self.made.sitting.pki
        lists, names = Lists(self.made, self.clock), ("root", "delegates")
        bindery = Bindery(self.shop, lists, names, pki.root.pem, self.clock, time)
        self.bindery = bindery
        self.finisher = Finisher(self.store, self.pool, bindery, self.clock, self.rung.append)
        self.desk = SigningDesk(
            self.store,
            Store(self.pool),
            bindery,
            self.clock,
            lambda prefix: f"{prefix}-{id(self)}-{next(numbers)}",
            lambda: None,
        )

    def clock(self) -> int:
        """The real clock, moved as the test says."""
        return now() + self.ahead

    def device(self, member: str) -> Device:
        """The member's own device."""
        sitting = self.made.sitting
        keyed = sitting.keys[member]
        chain = (keyed.pem.decode(), sitting.pki.delegates.pem.decode())
        return Device(member, keyed.key, "ES256", jws.digest(keyed.der), chain)

    def who(self, member: str, body: str = "hdnd") -> Token:
        """Signed in."""
        thumbprint = self.device(member).thumbprint
        return Token(sub=member, body=body, roles=ROLES[member], iat=0, exp=1, credential=thumbprint)

    async def begin(self, member: str, role: SigningRole, instead: str = "") -> SignaturePrepared:
        """What the member is to sign."""
        begun = SignatureBegun(role=role, instead=instead)
        return await self.desk.begin(self.who(member), CERTIFICATE, begun)

    async def given(self, member: str, prepared: SignaturePrepared) -> SignatureGiven:
        """What the device signs after it has looked."""
        page = await self.desk.page(self.who(member), CERTIFICATE, prepared.id)
        return self.device(member).countersign(prepared, page, self.made.printed.file)

    async def send(self, member: str, given: SignatureGiven) -> SignaturesShown:
        """The signatures, sent."""
        return await self.desk.sign(self.who(member), CERTIFICATE, given)

    async def sign(self, member: str, role: SigningRole, instead: str = "") -> SignaturesShown:
        """Begin, look, sign, send."""
        return await self.send(member, await self.given(member, await self.begin(member, role, instead)))

    async def go_on(self) -> SignaturesShown:
        """What happens by itself, now."""
        await self.finisher.go_on(CERTIFICATE)
        return await self.desk.shown(CERTIFICATE)

    async def sign_all(self) -> SignaturesShown:
        """Secretary, chair, seal."""
        await self.sign(SECRETARY, "secretary")
        await self.go_on()
        await self.sign(CHAIR, "chair")
        return await self.go_on()


async def furnish(pool: Pool, *, stamped: bool = True, time: TimeAuthority | None = None) -> Room:
    """A certificate on the shelf, its members and their keys known. `time`: who stamps, if not the trial authority."""
    made = await asyncio.to_thread(issued.usual)
    printing.equip(issued.materials(made.sitting.pki))
    await _shelve(pool, made)
    authority = trial_authority.found(now())
    stamper = Stamper(authority) if stamped and time is None else None
    return Room(pool, made, stamper, authority, time=time)


def payload_of(file: bytes) -> bytes:
    """The statement in certificate.json."""
    return jws.b64_decode(msgspec.json.decode(file, type=CertificateFile).payload.encode())


async def _shelve(pool: Pool, made: Issued) -> None:
    statement = msgspec.json.decode(payload_of(made.printed.file), type=Statement)
    await pool.execute(
        "insert into paper (kind, about, line, id, body, meeting, issued_at, statement, sha256)"
        " values ('certificate', $1, 0, $2, $3, $4, $5, $6, $7)",
        *(statement.poll, CERTIFICATE, statement.body.id, statement.meeting, statement.issued_at),
        *(payload_of(made.printed.file), made.printed.sha256),
    )
    for kind, content in {
        "json": made.printed.file,
        "pdf": made.printed.pdf,
        "jsonl": made.printed.ledger,
    }.items():
        await pool.execute(
            "insert into paper_file (paper, kind, sha256, content) values ($1, $2, $3, $4)",
            *(CERTIFICATE, kind, jws.digest(content), content),
        )
    for member, keyed in made.sitting.keys.items():
        await enrol(pool, made, member, keyed.der, keyed.certificate.serial_number)


async def enrol(pool: Pool, made: Issued, member: str, der: bytes, serial: int) -> None:
    """A member with an enrolled key."""
    await pool.execute(
        "insert into member (body, id, name, told) values ('hdnd', $1, $2, 1) on conflict do nothing",
        *(member, f"Đại biểu {member}"),
    )
    await pool.execute(
        "insert into credential (thumbprint, body, member, serial, chain, key, request, issued_at, not_after)"
        " values ($1, 'hdnd', $2, $3, $4, '', '', 1, $5)",
        *(jws.digest(der), member, serial.to_bytes(20), [der, made.sitting.pki.delegates.der], 2**45),
    )


async def revoke(pool: Pool, member: str) -> None:
    """The member's key is good no more."""
    await pool.execute(
        "update credential set revoked_at = $2, reason = 'lost', revoked_in = pg_current_xact_id()"
        " where member = $1",
        *(member, now()),
    )
