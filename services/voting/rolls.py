"""What voting knows of bodies, meetings, rolls, presence and credentials: read here, written by the projection."""

import asyncio
from dataclasses import dataclass

import msgspec
from asyncpg import Record
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.kit.database import Connection, Pool
from services.rules.ballot import CredentialRevoked, CredentialUnknown, Holder
from services.voting.errors import MeetingUnknown, RollMissing
from services.wire import Body, Role, Roll

LOOK_SECONDS = 0.05

_bodies = msgspec.json.Decoder(Body)
_rolls = msgspec.json.Decoder(Roll)


@dataclass(frozen=True, slots=True)
class RollInForce:
    """A roll in force: its exact bytes, their hash, and what they say."""

    raw: bytes
    sha256: str
    roll: Roll


class Rolls:
    """Reads of the projections."""

    def __init__(self, pool: Pool) -> None:
        """`pool` acts as the role plenary_voting."""
        self._pool = pool

    async def body_of(self, meeting: str) -> tuple[Body, str]:
        """The body that a meeting is of, and the meeting's title. Raises MeetingUnknown."""
        row = await self._pool.fetchrow(
            "select b.body, m.title from meeting m join body b on b.id = m.body where m.id = $1", meeting
        )
        if row is None:
            raise MeetingUnknown
        return _bodies.decode(row["body"]), row["title"]

    async def newest(self, meeting: str) -> RollInForce:
        """The meeting's roll in force. Raises RollMissing."""
        row = await self._pool.fetchrow(
            "select roll, sha256 from roll where meeting = $1 order by revision desc limit 1", meeting
        )
        if row is None:
            raise RollMissing
        return RollInForce(row["roll"], row["sha256"], _rolls.decode(row["roll"]))

    async def by_hash(self, meeting: str, sha256: str, connection: Connection | None = None) -> RollInForce:
        """The roll that a poll was opened on. Raises RollMissing."""
        raw = await (connection or self._pool).fetchval(
            "select roll from roll where meeting = $1 and sha256 = $2", meeting, sha256
        )
        if raw is None:
            raise RollMissing
        return RollInForce(raw, sha256, _rolls.decode(raw))

    async def present(self, connection: Connection, meeting: str) -> list[str]:
        """Members checked in now."""
        rows = await connection.fetch(
            "select member from presence where meeting = $1 and present order by member", meeting
        )
        return [row["member"] for row in rows]

    async def roles(self, body: str, member: str) -> tuple[Role, ...]:
        """The roles a member holds; none if unknown."""
        return tuple(
            await self._pool.fetchval("select roles from member where body = $1 and id = $2", body, member)
            or ()
        )

    async def chains(self, thumbprints: list[str]) -> list[Record]:
        """thumbprint, member, chain of credentials, by thumbprint."""
        return await self._pool.fetch(
            "select thumbprint, member, chain from credential where thumbprint = any($1::text[])"
            " order by thumbprint",
            thumbprints,
        )

    async def credentials(
        self, connection: Connection | None, body: str, after: int
    ) -> tuple[int, list[Record]]:
        """The body's epoch, and its credentials that changed after the epoch `after`."""
        reader = connection or self._pool
        epoch = await reader.fetchval("select epoch from keyring where body = $1", body)
        rows = await reader.fetch(
            "select thumbprint, member, key, not_before, not_after, revoked_at from credential"
            " where body = $1 and epoch > $2",
            body,
            after,
        )
        return int(epoch or 0), rows


class Keyring:
    """Enrolled keys in memory, by body; as fresh as the epoch it last saw.

    Any change of a body's credentials moves its epoch. The ballot box compares epochs under the ledger's lock, so a
    revoked key is refused from the commit of its revocation on, in every worker, without a read per ballot.
    """

    def __init__(self, rolls: Rolls) -> None:
        self._rolls = rolls
        self._holders: dict[str, dict[str, Holder | Record]] = {}
        self._revoked: dict[str, set[str]] = {}
        self._epochs: dict[str, int] = {}
        self._looks: dict[str, asyncio.Task[None]] = {}

    def epoch(self, body: str) -> int:
        """The epoch last seen; -1 before the first look."""
        return self._epochs.get(body, -1)

    def holder(self, body: str, thumbprint: str) -> Holder:
        """The holder of an enrolled key. Raises CredentialUnknown, CredentialRevoked."""
        if thumbprint in self._revoked.get(body, ()):
            raise CredentialRevoked
        return self.holder_ever(body, thumbprint)

    def holder_ever(self, body: str, thumbprint: str) -> Holder:
        """The holder of a key that was enrolled at some time, also if revoked since: old ballots still verify."""
        try:
            found = self._holders[body][thumbprint]
        except KeyError as error:
            raise CredentialUnknown from error
        # Keys are parsed when they are first used, not all at once when a large body begins to vote.
        if not isinstance(found, Holder):
            found = self._holders[body][thumbprint] = _holder(found)
        return found

    async def look_again(self, body: str) -> None:
        """Look for a key that is not known here yet. All who ask within a moment share one look: strangers who send
        unknown keys cost themselves a wait, and the store one read."""
        look = self._looks.get(body)
        if look is None:
            look = self._looks[body] = asyncio.create_task(self._look(body))
        await asyncio.shield(look)

    async def _look(self, body: str) -> None:
        await asyncio.sleep(LOOK_SECONDS)
        # Whoever asks from here on may mean a key that this read is too early for.
        del self._looks[body]
        await self.refresh(body)

    async def refresh(self, body: str, connection: Connection | None = None) -> None:
        """Look again; only what has changed since is read."""
        epoch, rows = await self._rolls.credentials(connection, body, self.epoch(body))
        known = self._holders.setdefault(body, {})
        for row in rows:
            known.setdefault(row["thumbprint"], row)
        self._revoked.setdefault(body, set()).update(
            row["thumbprint"] for row in rows if row["revoked_at"] is not None
        )
        self._epochs[body] = max(epoch, self.epoch(body))


def _holder(row: Record) -> Holder:
    key = load_der_public_key(row["key"])
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey | Ed25519PublicKey):
        raise CredentialUnknown
    return Holder(row["thumbprint"], row["member"], key, row["not_before"], row["not_after"])
