"""The roster: what the streams tell is kept once, in order, whole, and by each service in a schema of its own."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.kit.consumer import Early
from services.kit.database import Pool, open_pool
from services.roster.errors import MeetingUnknown, RollMissing
from services.roster.keyring import Keyring
from services.roster.projection import Projection
from services.roster.rolls import Rolls
from services.rules import jws
from services.rules.ballot import CredentialRevoked as KeyRevoked
from services.rules.ballot import CredentialUnknown
from services.rules.certified import PERSON_POLICY
from services.wire import (
    AgendaChanged,
    AgendaItem,
    Body,
    BodyChanged,
    Credential,
    CredentialIssued,
    CredentialRevoked,
    Event,
    Meeting,
    MeetingChanged,
    Member,
    MemberChanged,
    Presence,
    PresenceChanged,
    Roll,
    RollEntry,
    RollFrozen,
)
from tests.support.pki import Pki, certify, subject

BODY = Body(id="hdnd", name="Hội đồng nhân dân mẫu", profile="hdnd")
SITTING = Meeting(id="phien-1", body="hdnd", title="Phiên 1")
MAI = Member(id="mai", name="Lê Thị Mai", group="Tổ 1", title="Bí thư", roles=("chair", "delegate"))
ITEMS = (AgendaItem(id="b", position=2, title="Thảo luận"), AgendaItem(id="a", position=1, title="Khai mạc"))


def _frozen(index: int, *members: str, revision: int = 1) -> RollFrozen:
    entries = tuple(RollEntry(member=one, name=one.title()) for one in members)
    raw = msgspec.json.encode(Roll(body="hdnd", meeting="phien-1", revision=revision, entries=entries))
    return RollFrozen(index=index, meeting="phien-1", sha256=jws.digest(raw), roll=raw.decode())


async def _tell(pool: Pool, *events: Event) -> None:
    for event in events:
        await Projection(pool).apply(msgspec.json.encode(event))


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Voting's schema, told of a body, its members and a meeting."""
    opened = await open_pool(database_url, "voting", 2)
    await _tell(
        opened,
        BodyChanged(index=0, body=BODY),
        MemberChanged(index=1, body="hdnd", members=(MAI, Member(id="an", name="An"))),
        MeetingChanged(index=0, meeting=SITTING),
    )
    yield opened
    await opened.close()


async def test_what_was_told_is_kept_whole(pool: Pool) -> None:
    """Members with all that is said of them, the meeting's state, and the agenda in order, each as told last."""
    rolls = Rolls(pool)
    assert await rolls.body_of("phien-1") == (BODY, "Phiên 1")
    assert await rolls.members("hdnd") == {"an": Member(id="an", name="An"), "mai": MAI}
    assert await rolls.members("hdnd", ["mai", "la"]) == {"mai": MAI}
    assert (await rolls.roles("hdnd", "mai"), await rolls.roles("hdnd", "la")) == (MAI.roles, ())
    assert (await rolls.state("phien-1"), await rolls.agenda("phien-1")) == ("planned", ())
    await _tell(
        pool,
        AgendaChanged(index=1, meeting="phien-1", items=ITEMS),
        MeetingChanged(index=2, meeting=msgspec.structs.replace(SITTING, state="open")),
        MemberChanged(index=2, body="hdnd", members=(msgspec.structs.replace(MAI, title="", roles=()),)),
    )
    assert await rolls.agenda("phien-1") == (ITEMS[1], ITEMS[0])
    assert await rolls.state("phien-1") == "open"
    assert (await rolls.members("hdnd"))["mai"].roles == ()
    await _tell(pool, AgendaChanged(index=3, meeting="phien-1", items=ITEMS[:1]))
    assert await rolls.agenda("phien-1") == ITEMS[:1]


async def test_what_was_not_told_is_refused(pool: Pool) -> None:
    """A meeting that was not heard of, and a roll that is not frozen, have their refusals."""
    rolls = Rolls(pool)
    for ask in (rolls.body_of, rolls.state):
        with pytest.raises(MeetingUnknown):
            await ask("phien-9")
    with pytest.raises(RollMissing):
        await rolls.newest("phien-1")
    with pytest.raises(RollMissing):
        await rolls.by_hash("phien-1", "A" * 43)


async def test_the_newest_roll_is_in_force_and_the_old_stays(pool: Pool) -> None:
    """Polls name a roll by its hash: an earlier one is still there, and a repeat does not bring it back in force."""
    rolls = Rolls(pool)
    first, second = _frozen(1, "mai"), _frozen(2, "mai", "an", revision=2)
    await _tell(pool, first, second, first)
    assert (await rolls.newest("phien-1")).sha256 == second.sha256
    assert (await rolls.by_hash("phien-1", first.sha256)).raw.decode() == first.roll


async def test_a_roll_whose_hash_is_another_is_not_kept(pool: Pool) -> None:
    """Bytes that are not those hashed are nobody's roll; what follows is applied all the same."""
    await _tell(pool, msgspec.structs.replace(_frozen(1, "mai"), sha256="A" * 43))
    with pytest.raises(RollMissing):
        await Rolls(pool).newest("phien-1")
    await _tell(pool, _frozen(2, "mai"))
    assert len((await Rolls(pool).newest("phien-1")).roll.entries) == 1


async def test_a_repeat_changes_nothing_and_what_is_early_waits(pool: Pool) -> None:
    """Presence told twice or out of order ends as it was told last."""
    events = [
        PresenceChanged(index=n, meeting="phien-1", presence=(Presence(member="mai", present=here, at=n),))
        for n, here in enumerate([True, False, True], start=1)
    ]
    with pytest.raises(Early):
        await _tell(pool, events[1])
    await _tell(pool, events[0], events[1], events[0])
    assert await Rolls(pool).present("phien-1") == []
    await _tell(pool, events[2], events[1])
    assert await Rolls(pool).present("phien-1") == ["mai"]


async def test_an_event_of_a_newer_writer_takes_its_place(pool: Pool) -> None:
    """What we do not know holds up nothing that follows it, in the journals of meeting and of signing."""
    await _tell_raw(pool, type="roll.burnt", key="phien-1", index=1, ashes=3)
    await _tell(pool, AgendaChanged(index=2, meeting="phien-1", items=ITEMS))
    assert len(await Rolls(pool).agenda("phien-1")) == 2
    await _tell_raw(pool, type="credential.lent", key="hdnd", index=0)
    await _tell(pool, _issued(1, "mai"))
    assert (await Rolls(pool).credentials("hdnd", 0))[0] > 0


async def _tell_raw(pool: Pool, **event: Any) -> None:
    await Projection(pool).apply(msgspec.json.encode(event))


async def test_what_is_no_event_is_refused(pool: Pool) -> None:
    """The consumer passes over what cannot be decoded."""
    for raw in (b"", b"{", b'{"type":"agenda.changed"}', b"[]"):
        with pytest.raises(msgspec.DecodeError):
            await Projection(pool).apply(raw)


def _issued(index: int, member: str) -> CredentialIssued:
    """A certificate for a fresh key of the member."""
    pki, key = Pki(), ec.generate_private_key(ec.SECP256R1())
    leaf = certify(subject(member, body="hdnd", member=member), key, pki.delegates, policy=PERSON_POLICY)
    credential = Credential(
        member=member,
        thumbprint=jws.digest(leaf.der),
        chain=(jws.standard_b64(leaf.der), jws.standard_b64(pki.delegates.der)),
    )
    return CredentialIssued(index=index, body="hdnd", credential=credential, not_after=1)


async def test_every_change_of_keys_moves_the_epoch(pool: Pool) -> None:
    """A keyring that looks again knows the new key, and refuses the revoked one, whose old signatures still verify."""
    rolls = Rolls(pool)
    keyring, issued = Keyring(rolls), _issued(0, "mai")
    thumbprint = issued.credential.thumbprint
    await keyring.refresh("hdnd")
    with pytest.raises(CredentialUnknown):
        keyring.holder("hdnd", thumbprint)
    await _tell(pool, issued, _issued(1, "an"))
    await keyring.look_again("hdnd")
    before = keyring.epoch("hdnd")
    assert keyring.holder("hdnd", thumbprint).member == "mai"
    await _tell(
        pool,
        CredentialRevoked(index=2, body="hdnd", member="mai", thumbprint=thumbprint, at=7, reason="lost"),
    )
    epoch, changed = await rolls.credentials("hdnd", keyring.epoch("hdnd"))
    assert epoch > before > 0
    assert [row["thumbprint"] for row in changed] == [thumbprint]
    await keyring.refresh("hdnd")
    with pytest.raises(KeyRevoked):
        keyring.holder("hdnd", thumbprint)
    assert keyring.holder_ever("hdnd", thumbprint).member == "mai"
    (kept,) = await rolls.chains([thumbprint, "A" * 43])
    assert (kept.member, len(kept.chain)) == ("mai", 2)


async def test_keys_after_a_database_lost_its_last_changes(pool: Pool, database_url: str) -> None:
    """A key whose enrolment was lost is unknown again; a revocation in its place is taken for nothing that was known,
    also by who has not looked in between."""
    mai, an = _issued(0, "mai"), _issued(1, "an")
    thumbprint = mai.credential.thumbprint
    await _tell(pool, mai)
    epoch = await pool.fetchval("select epoch from keyring where body = 'hdnd'")
    await _tell(pool, an)
    looked, slept = Keyring(Rolls(pool)), Keyring(Rolls(pool))
    for keyring in (looked, slept):
        await keyring.refresh("hdnd")
        assert keyring.holder("hdnd", an.credential.thumbprint).member == "an"
    owner = await asyncpg.connect(database_url)
    await owner.execute("delete from voting.credential where member = 'an'")
    await owner.execute("update voting.keyring set epoch = $1", epoch)
    await owner.execute("update voting.position set next = 1 where source = 'signing'")
    await owner.close()
    await looked.refresh("hdnd")
    assert looked.epoch("hdnd") == epoch
    assert looked.holder("hdnd", thumbprint).member == "mai"
    with pytest.raises(CredentialUnknown):
        looked.holder("hdnd", an.credential.thumbprint)
    await _tell(
        pool,
        CredentialRevoked(index=1, body="hdnd", member="mai", thumbprint=thumbprint, at=7, reason="lost"),
    )
    for keyring in (looked, slept):
        assert await pool.fetchval("select epoch from keyring") != keyring.epoch("hdnd")
        await keyring.refresh("hdnd")
        with pytest.raises(KeyRevoked):
            keyring.holder("hdnd", thumbprint)
