"""Persons who sign a certificate at a service outside: asked once for both, kept together or not, by whoever comes."""

import asyncio
import base64
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from services.kit.database import Connection, Pool
from services.refusal import Refused
from services.rules.ballot import CredentialRevoked
from services.rules.verification_code import of as code_of
from services.signing.countersigned import errors
from services.signing.countersigned.desk import LONGEST_MS
from services.signing.countersigned.remote_pairs import EVER, HOURLY, RemotePairs
from services.signing.remote.errors import AccountUnknown, RemoteAskedTooOften
from services.signing.remote.port import (
    Declined,
    Expired,
    Grant,
    Order,
    Pending,
    Purpose,
    RemoteKey,
    StillPending,
)
from services.signing.remote.round_store import RoundStore
from services.signing.remote.settings import Neac769Settings
from services.signing.remote.settled import settle_all
from services.signing.remote.signing_round import SigningRound
from services.signing.remote.wanted import Account, Outcome, Wanted
from services.wire import RemoteAnswer, RemotePairAsked, RemotePairShown
from tests.support.signing_room import CERTIFICATE, CHAIR, OTHER, SECRETARY, Room, furnish, revoke
from tests.support.waiting import until

_HASHED = ec.ECDSA(Prehashed(SHA256()))
SETTINGS = Neac769Settings(
    name="VNPT", bodies=("hdnd",), url="http://127.0.0.1:9", secret_file="s", sp_id="sp"
)


@dataclass
class Elsewhere:
    """A service that signs by P-256, with the very keys of the sitting; `state`: what its person does."""

    room: Room
    state: str = "waiting"
    orders: list[Order] = field(default_factory=list)

    async def certificates(self, user: str, purpose: Purpose = "person") -> list[RemoteKey]:
        """Nobody asks."""
        raise NotImplementedError

    async def start(self, order: Order) -> Pending:
        """The person is asked."""
        self.orders.append(order)
        now = self.room.clock()
        said: dict[str, Any] = {"provider": "vnpt", "kind": "neac769", "order": order.id, "user": order.user}
        said |= {"key": order.key.id, "chain": order.key.chain, "transaction": order.id, "code": "0000"}
        said |= {"signing_input": b"", "started_at": now, "expires_at": order.expires_at}
        return Pending(**said, hashes=order.hashes, alg=order.alg)

    async def ask(self, pending: Pending, grant: Grant | None = None) -> Any:
        """What the person did."""
        if self.state != "signed":
            ends: dict[str, Any] = {"rejected": Declined(pending, "person"), "expired": Expired(pending)}
            return ends.get(self.state, StillPending(pending))
        key: Any = self.room.device(pending.user).key
        values = [base64.b64encode(key.sign(each.sha256, _HASHED)).decode() for each in pending.hashes]
        body = base64.b64encode(json.dumps(values).encode()).decode()
        answer = RemoteAnswer(at=self.room.clock(), act="status", status=200, body=body)
        return settle_all(pending.heard(answer), values, "1")


@dataclass
class Desk:
    """A worker: its desk, its pairs, its signing round."""

    room: Room
    service: Elsewhere

    def __post_init__(self) -> None:
        """As furnishing puts it together."""
        self.rounds = RoundStore(self.room.pool)
        room = self.room
        self.pairs = RemotePairs(room.store, room.desk, self.rounds, {"vnpt": SETTINGS}, room.clock)
        self.round = SigningRound(self.rounds, {"vnpt": self.service}, room.clock, _told)

    async def begin(self, member: str = SECRETARY, role: Any = "secretary") -> RemotePairShown:
        """Look, and have the service asked."""
        device = self.room.device(member)
        key = RemoteKey(f"key-{member}", (self.room.made.sitting.keys[member].der,))
        await self.rounds.enrol(device.thumbprint, "vnpt", Account(member, key))
        prepared = await self.room.begin(member, role)
        shown = await self.ask(prepared.id, member)
        await self.turn()
        return shown

    async def ask(self, prepared: str, member: str = SECRETARY, provider: str = "vnpt") -> RemotePairShown:
        """The same request, as often as one likes."""
        asked = RemotePairAsked(prepared=prepared, provider=provider)
        return await self.pairs.ask(self.room.who(member), CERTIFICATE, asked)

    async def turn(self) -> None:
        """What is due at the service, once."""
        self.room.ahead += 11_000
        # For the database, too, whose clock nobody moves here.
        await self.room.pool.execute("update remote_signature set next_at = next_at - 11000")
        await self.round.turn()


def _told(wanted: Wanted, outcome: Outcome, signature: bytes) -> Any:
    async def nobody(_: Connection) -> None:
        return

    return nobody


@pytest.fixture
async def desk(pool: Pool) -> Desk:
    """A certificate that may be signed, and a service where all have their keys."""
    room = await furnish(pool)
    return Desk(room, Elsewhere(room))


async def test_both_are_signed_there(desk: Desk) -> None:
    """Secretary and chair, each asked once for two hashes; the codes are those of what is signed; the seal follows."""
    shown = await desk.begin()
    (order,) = desk.service.orders
    assert [each.label for each in order.hashes] == ["Trang ký", "Nội dung số"]
    prepared = await desk.room.store.prepared(shown.prepared)
    assert prepared is not None
    assert (shown.state, shown.page_code) == ("pending", code_of(prepared.attributes))
    assert [each.code for each in order.hashes] == [shown.page_code, shown.statement_code]
    desk.service.state = "signed"
    await desk.turn()
    assert (await desk.ask(shown.prepared)).state == "signed"
    # The same again is answered as before, and nobody is asked twice.
    assert (await desk.ask(shown.prepared)).state == "signed"
    assert len(desk.service.orders) == 1
    assert (await desk.room.go_on()).awaited == "chair"
    shown = await desk.begin(CHAIR, "chair")
    await desk.turn()
    assert (await desk.ask(shown.prepared, CHAIR)).state == "signed"
    assert (await desk.room.go_on()).level == "B-LTA"


async def test_any_worker_brings_it(desk: Desk) -> None:
    """Nobody looks any more: what was signed is kept all the same, once."""
    await desk.begin()
    desk.service.state = "signed"
    await desk.turn()
    assert (await desk.room.desk.shown(CERTIFICATE)).awaited == "secretary"
    another = Desk(Room(desk.room.pool, desk.room.made, desk.room.stamper, desk.room.authority), desk.service)
    another.room.ahead = desk.room.ahead
    running = [asyncio.create_task(each.pairs.run()) for each in (desk, another)]

    async def kept() -> bool:
        return (await desk.room.desk.shown(CERTIFICATE)).awaited == "stamp"

    try:
        await until(kept, 20, "kept")
    finally:
        for each in running:
            each.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await each


@pytest.mark.parametrize(("does", "state"), [("rejected", "declined"), ("expired", "expired")])
async def test_not_signed(desk: Desk, does: str, state: str) -> None:
    """Told as what it is; nothing is kept; begun anew, it is another question."""
    shown = await desk.begin()
    desk.service.state = does
    await desk.turn()
    assert (await desk.ask(shown.prepared)).state == state
    assert (await desk.room.desk.shown(CERTIFICATE)).signed == ()
    desk.service.state = "waiting"
    again = await desk.begin()
    assert again.prepared != shown.prepared
    desk.service.state = "signed"
    await desk.turn()
    assert (await desk.ask(again.prepared)).state == "signed"


async def refused(asking: Any) -> type[Refused]:
    """Why not."""
    with pytest.raises(Refused) as found:
        await asking
    return type(found.value)


async def test_too_late_is_said(desk: Desk) -> None:
    """Begun anew meanwhile, or looked at too long ago, or with a key revoked since: signed there, and not kept here."""
    first = await desk.begin()
    second = await desk.begin()
    desk.service.state = "signed"
    await desk.turn()
    assert await refused(desk.ask(first.prepared)) is errors.PreparationOver
    desk.room.ahead += LONGEST_MS
    assert await refused(desk.ask(second.prepared)) is errors.PreparationOver
    third = await desk.begin()
    await desk.turn()
    await revoke(desk.room.pool, SECRETARY)
    assert await refused(desk.ask(third.prepared)) is CredentialRevoked
    assert (await desk.room.desk.shown(CERTIFICATE)).signed == ()


async def test_somebody_was_first(desk: Desk) -> None:
    """Another secretary signed on their device meanwhile: theirs stands, and who comes late is told."""
    shown = await desk.begin()
    await desk.room.sign(OTHER, "secretary")
    desk.service.state = "signed"
    await desk.turn()
    assert await refused(desk.ask(shown.prepared)) is errors.SignedAlready


async def test_who_may_not(desk: Desk) -> None:
    """Not with what another began, not at a service where the key is not, not for ever."""
    shown = await desk.begin()
    assert await refused(desk.ask(shown.prepared, OTHER)) is errors.PreparationUnknown
    assert await refused(desk.ask("ky-x")) is errors.PreparationUnknown
    prepared = await desk.room.begin(SECRETARY, "secretary")
    assert await refused(desk.ask(prepared.id, provider="viettel")) is AccountUnknown
    for _ in range(HOURLY - 1):
        await desk.rounds.ask(f"sign hdnd {SECRETARY}", desk.room.clock(), HOURLY, EVER)
    assert await refused(desk.ask(prepared.id)) is RemoteAskedTooOften
