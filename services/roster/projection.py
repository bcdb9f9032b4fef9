"""What meeting and signing tell, kept in a service's own schema: read from work streams, at least once, in order.

Each change is applied together with the position it moves (per journal key), so that a message that comes again is
passed over, and one that comes too early is kept waiting. An event that we do not know takes its place all the same.
"""

from base64 import b64decode
from collections.abc import Awaitable, Callable

import msgspec
import structlog
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.kit.consumer import Early
from services.kit.database import Connection, Pool
from services.rules import certified
from services.rules.jws import digest
from services.wire import (
    AgendaChanged,
    BodyChanged,
    CredentialIssued,
    CredentialRevoked,
    MeetingChanged,
    MemberChanged,
    PresenceChanged,
    RollFrozen,
    SeatsChanged,
)

# The work streams that tell the roster: a service follows each of them in order.
STREAMS = ("meeting", "credentials")

Told = (
    BodyChanged
    | MemberChanged
    | MeetingChanged
    | RollFrozen
    | PresenceChanged
    | AgendaChanged
    | SeatsChanged
    | CredentialIssued
    | CredentialRevoked
)
Act = Callable[[Connection], Awaitable[None]]

log = structlog.get_logger(__name__)

_events: msgspec.json.Decoder[Told] = msgspec.json.Decoder(Told)
_encode = msgspec.json.Encoder().encode


class Projection:
    """Applies what the streams tell to the tables of the roster."""

    def __init__(self, pool: Pool) -> None:
        """`pool` acts as the role of the service whose schema this is."""
        self._pool = pool

    async def apply(self, message: bytes) -> None:
        """Apply one message, once. Raises Early for one whose predecessors have not come, DecodeError for no event."""
        event = _read(message)
        source, key, act = _handling(event)
        async with self._pool.acquire() as connection, connection.transaction():
            if await _advance(connection, source, key, event.index):
                await act(connection)


class _Place(msgspec.Struct):
    """What every event of any version says: its type, and its place in its journal."""

    type: str
    index: int
    key: str


_places = msgspec.json.Decoder(_Place)


def _read(message: bytes) -> Told | _Place:
    """The event, or only its place if a newer writer said more than we know."""
    try:
        return _events.decode(message)
    except msgspec.ValidationError:
        place = _places.decode(message)
        log.warning("event.unknown", type=place.type[:64])
        return place


def _handling(event: Told | _Place) -> tuple[str, str, Act]:
    """From which journal an event is, under which key, and what it changes here."""
    match event:
        case BodyChanged(body=body):
            return "meeting", body.id, lambda c: _body(c, event)
        case MemberChanged(body=body_id):
            return "meeting", body_id, lambda c: _members(c, event)
        case MeetingChanged(meeting=meeting):
            return "meeting", meeting.id, lambda c: _meeting(c, event)
        case RollFrozen(meeting=meeting_id):
            return "meeting", meeting_id, lambda c: _roll(c, event)
        case PresenceChanged(meeting=meeting_id):
            return "meeting", meeting_id, lambda c: _presence(c, event)
        case AgendaChanged(meeting=meeting_id):
            return "meeting", meeting_id, lambda c: _agenda(c, event)
        case SeatsChanged(meeting=meeting_id):
            return "meeting", meeting_id, _nothing
        case CredentialIssued(body=body_id):
            return "signing", body_id, lambda c: _issued(c, event)
        case CredentialRevoked(body=body_id):
            return "signing", body_id, lambda c: _revoked(c, event)
        case _Place():
            source = "signing" if event.type.startswith("credential.") else "meeting"
            return source, event.key, _nothing


async def _advance(connection: Connection, source: str, key: str, index: int) -> bool:
    """Whether this is the next message of its journal; if so the position moves on. Raises Early.

    A Redis that lost its streams between two messages delivers the later one first; its publisher then repeats all.
    """
    following = await connection.fetchval(
        "select next from position where source = $1 and key = $2 for update", source, key
    )
    if index > (following or 0):
        raise Early
    if following is not None and index < following:
        return False
    moved = await connection.fetchval(
        "insert into position as p (source, key, next) values ($1, $2, $3 + 1)"
        " on conflict (source, key) do update set next = $3 + 1 where p.next = $3 returning next",
        source,
        key,
        index,
    )
    return moved is not None


async def _nothing(_: Connection) -> None:
    return


async def _body(connection: Connection, event: BodyChanged) -> None:
    await connection.execute(
        "insert into body (id, body) values ($1, $2) on conflict (id) do update set body = excluded.body",
        event.body.id,
        _encode(event.body),
    )


async def _members(connection: Connection, event: MemberChanged) -> None:
    await connection.executemany(
        "insert into member (body, id, member) values ($1, $2, $3)"
        " on conflict (body, id) do update set member = excluded.member",
        [(event.body, one.id, _encode(one)) for one in event.members],
    )


async def _meeting(connection: Connection, event: MeetingChanged) -> None:
    one = event.meeting
    await connection.execute(
        "insert into meeting (id, body, title, state) values ($1, $2, $3, $4)"
        " on conflict (id) do update set title = excluded.title, state = excluded.state",
        one.id,
        one.body,
        one.title,
        one.state,
    )


async def _roll(connection: Connection, event: RollFrozen) -> None:
    raw = event.roll.encode()
    if digest(raw) != event.sha256:
        log.error("roll.hash_wrong", meeting=event.meeting)
        return
    await connection.execute(
        "insert into roll (meeting, sha256, revision, roll) values"
        " ($1, $2, (select coalesce(max(revision), 0) + 1 from roll where meeting = $1), $3)"
        " on conflict (meeting, sha256) do update set revision = excluded.revision",
        event.meeting,
        event.sha256,
        raw,
    )


async def _presence(connection: Connection, event: PresenceChanged) -> None:
    await connection.executemany(
        "insert into presence (meeting, member, present) values ($1, $2, $3)"
        " on conflict (meeting, member) do update set present = excluded.present",
        [(event.meeting, one.member, one.present) for one in event.presence],
    )


async def _agenda(connection: Connection, event: AgendaChanged) -> None:
    await connection.execute(
        "insert into agenda (meeting, items) values ($1, $2)"
        " on conflict (meeting) do update set items = excluded.items",
        event.meeting,
        _encode(sorted(event.items, key=lambda item: item.position)),
    )


async def _issued(connection: Connection, event: CredentialIssued) -> None:
    one = event.credential
    chain = [b64decode(certificate) for certificate in one.chain]
    leaf = certified.load_one(chain[0])
    certified.key_of(leaf)
    await connection.execute(
        "insert into credential (thumbprint, body, member, chain, key, not_before, not_after, epoch,"
        " linked) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (thumbprint) do nothing",
        one.thumbprint,
        event.body,
        one.member,
        chain,
        leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        int(leaf.not_valid_before_utc.timestamp() * 1000),
        int(leaf.not_valid_after_utc.timestamp() * 1000),
        await _new_epoch(connection, event.body),
        certified.is_link(leaf),
    )


async def _revoked(connection: Connection, event: CredentialRevoked) -> None:
    await connection.execute(
        "update credential set revoked_at = $2, epoch = $3 where thumbprint = $1 and revoked_at is null",
        event.thumbprint,
        event.at,
        await _new_epoch(connection, event.body),
    )


async def _new_epoch(connection: Connection, body: str) -> int:
    """The body's next epoch, later than any before it. Its row stays locked until the change is committed, so epochs
    are seen in order.

    By the clock: a change that a database lost with its last commits may be known to workers, and the next one must not
    be taken for it.
    """
    epoch = await connection.fetchval(
        "insert into keyring as k (body, epoch) values"
        " ($1, (extract(epoch from clock_timestamp()) * 1000000)::bigint)"
        " on conflict (body) do update set epoch = greatest(k.epoch + 1, excluded.epoch) returning epoch",
        body,
    )
    return int(epoch)
