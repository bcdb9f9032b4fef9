"""After a cut: what signing finds out of links that voted, by what is newer, however authorities and workers fail."""

import datetime
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from services.kit import envelope, stream
from services.rules import jws, rechecked
from services.signing import findings
from services.signing.finding_store import matter_of
from services.signing.holdings import STORE
from services.wire import CredentialRevoked, LinksRechecked, LinksToRecheck, Rechecked, RecheckWanted
from tests.integration.signing import test_links
from tests.integration.signing.test_links import Hall
from tests.support.outside import HOUR, revocation_list
from tests.support.pki import Keyed
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("without_press")
house = test_links.hall
MEETING = "ky-hop-12"
_findings = msgspec.json.Decoder(list[Rechecked])


def wanted_of(house: Hall, *thumbprints: str, patience_ms: int = 60_000) -> LinksToRecheck:
    """What voting wants to know now, of a poll that was cut just now."""
    cut = house.desk.clock()
    return LinksToRecheck(
        body="hdnd",
        meeting=MEETING,
        poll="bq-01",
        definition=jws.digest(str(cut).encode()),
        cut=cut,
        until=cut + patience_ms,
        thumbprints=tuple(sorted(thumbprints)),
    )


def sealed(wanted: LinksToRecheck, key: envelope.Envelope) -> RecheckWanted:
    """As voting seals it."""
    about = rechecked.matter("wanted", wanted.definition, wanted.cut)
    words = key.seal(msgspec.json.encode(wanted), about)
    return RecheckWanted(definition=wanted.definition, cut=wanted.cut, sealed=words)


async def ask(house: Hall, wanted: LinksToRecheck, keys: Path) -> None:
    """Voting's publisher puts it on the work stream, twice as streams may."""
    await put(house, *[sealed(wanted, envelope.load(keys / "envelope.key"))] * 2)


async def put(house: Hall, *messages: RecheckWanted) -> None:
    """Somebody puts these on the work stream."""
    name = stream.work(MEETING, findings.STREAM, 1)
    for message in messages:
        await house.desk.streams.xadd(name, {stream.FIELD: msgspec.json.encode(message)})


async def told(house: Hall, wanted: LinksToRecheck, keys: Path) -> dict[str, Rechecked]:
    """What voting is told, by credential, opened as voting opens it."""

    async def found() -> LinksRechecked | None:
        events = [each for each in await house.desk.told(MEETING) if isinstance(each, LinksRechecked)]
        return next((each for each in events if each.definition == wanted.definition), None)

    event = await until(found, 30, "told")
    about = rechecked.matter("found", wanted.definition, wanted.cut)
    raw = envelope.load(keys / "envelope.key").open(event.sealed, about)
    return {each.thumbprint: each for each in _findings.decode(raw)}


def publish(house: Hall, when: datetime.datetime, *revoked: Keyed) -> None:
    """The issuing authority's list, as of then."""
    since = when - HOUR
    entries = {each.certificate.serial_number: (since, x509.ReasonFlags.key_compromise) for each in revoked}
    der = revocation_list(house.there.issuing, entries, this_update=when, next_update=when + 10 * HOUR)
    house.server.give("/issuing.crl", der)


def second(house: Hall) -> datetime.datetime:
    """The second that signing's clock shows."""
    return datetime.datetime.fromtimestamp(house.desk.clock() // 1000, datetime.UTC)


async def test_a_list_from_before_the_cut_says_nothing(house: Hall, tmp_path: Path) -> None:
    """Unknown, with what was known and when; nobody waits for an answer that will be no younger."""
    linked = await house.linked("mai", house.there.person())
    wanted = wanted_of(house, linked["thumbprint"])
    await ask(house, wanted, tmp_path)
    (found,) = (await told(house, wanted, tmp_path)).values()
    assert (found.kind, found.why) == ("unknown", "nothing newer than the cut")
    assert 0 < found.known_at < wanted.cut
    assert len(found.evidence) == 2
    assert house.desk.clock() < wanted.until


async def test_what_was_fetched_before_the_cut_is_fetched_again(house: Hall, tmp_path: Path) -> None:
    """A list that is remembered for ten minutes will not do: there is a newer one, and it says otherwise."""
    mai, nam = house.there.person("Mai"), house.there.person("Nam")
    first = await house.linked("mai", mai)
    second_one = await house.linked("nam", nam)
    publish(house, second(house), nam)
    wanted = wanted_of(house, first["thumbprint"], second_one["thumbprint"])
    await ask(house, wanted, tmp_path)
    found = await told(house, wanted, tmp_path)
    assert found[first["thumbprint"]].kind == "good"
    revoked = found[second_one["thumbprint"]]
    assert (revoked.kind, revoked.why) == ("revoked", "keyCompromise")
    assert revoked.revoked_at < wanted.cut
    # 1. As at a check-in, it is revoked here too; once, though it was asked for twice.
    ended = [each for each in await house.desk.told() if isinstance(each, CredentialRevoked)]
    assert [each.thumbprint for each in ended] == [second_one["thumbprint"]]
    events = [each for each in await house.desk.told(MEETING) if isinstance(each, LinksRechecked)]
    assert len(events) == 1
    # 2. What says so is kept for who asks later.
    pool = house.desk.app[STORE]._pool
    kept = {jws.digest(row["der"]) for row in await pool.fetch("select der from evidence")}
    assert kept >= {name for each in found.values() for name in each.evidence}


async def test_silence_is_asked_again_and_then_told(house: Hall, tmp_path: Path) -> None:
    """Until voting will wait no longer; who answers meanwhile is heard."""
    linked = await house.linked("mai", house.there.person())
    del house.server.serves["/issuing.crl"]
    wanted = wanted_of(house, linked["thumbprint"], patience_ms=3_000)
    await ask(house, wanted, tmp_path)
    (found,) = (await told(house, wanted, tmp_path)).values()
    assert (found.kind, found.known_at) == ("unknown", 0)
    assert found.why
    # Silent at first, and back while voting still waits.
    wanted = wanted_of(house, linked["thumbprint"])
    asked = house.server.asked["/issuing.crl"]
    await ask(house, wanted, tmp_path)

    async def tried() -> bool:
        return house.server.asked["/issuing.crl"] > asked

    await until(tried, 20, "asked in vain")
    publish(house, second(house))
    # An address that failed is left alone for a while.
    house.desk.clock.ahead += 16_000
    (found,) = (await told(house, wanted, tmp_path)).values()
    assert found.kind == "good"


@pytest.mark.parametrize("ahead_ms", [2_000, 3_600_000], ids=["it runs out", "by a clock that was ahead"])
async def test_what_a_dead_worker_had_in_hand_is_taken_up(house: Hall, tmp_path: Path, ahead_ms: int) -> None:
    """Its lease runs out, and another asks; a stranger's credential is nobody's link and is told of by nobody."""
    linked = await house.linked("mai", house.there.person())
    publish(house, second(house))
    wanted = wanted_of(house, linked["thumbprint"], jws.digest(b"no link"))
    await house.desk.app[STORE]._pool.execute(
        "insert into recheck (matter, wanted, leased_until) values ($1, $2, $3)",
        *(matter_of(wanted), msgspec.json.encode(wanted), house.desk.clock() + ahead_ms),
    )
    found = await told(house, wanted, tmp_path)
    assert {name: each.kind for name, each in found.items()} == {linked["thumbprint"]: "good"}


async def rows(house: Hall) -> list[str]:
    """What signing keeps of all that was asked."""
    found = await house.desk.app[STORE]._pool.fetch("select matter from recheck order by matter")
    return [row["matter"] for row in found]


async def test_who_writes_on_the_stream_asks_nothing(house: Hall, tmp_path: Path) -> None:
    """A question in another's place would silence the true one, for of a cut nobody asks twice: another key, none, a
    true envelope under another question or cut, another's words in it; the truth that comes after them is heard."""
    linked = await house.linked("mai", house.there.person())
    publish(house, second(house))
    wanted, key = wanted_of(house, linked["thumbprint"]), envelope.load(tmp_path / "envelope.key")
    replace = msgspec.structs.replace
    true, nobody = sealed(wanted, key), replace(wanted, thumbprints=())
    answer = key.seal(msgspec.json.encode(nobody), rechecked.matter("found", wanted.definition, wanted.cut))
    await put(
        house,
        sealed(nobody, envelope.Envelope(b"x" * 32)),
        replace(true, sealed=""),
        replace(true, definition=jws.digest(b"another")),
        replace(true, cut=wanted.cut - 1),
        replace(true, sealed=answer),
        true,
    )
    found = await told(house, wanted, tmp_path)
    assert {name: each.kind for name, each in found.items()} == {linked["thumbprint"]: "good"}
    assert await rows(house) == [matter_of(wanted)]


async def test_an_old_question_heard_again_does_nothing(house: Hall, tmp_path: Path) -> None:
    """Of a cut that nobody waits for any more (a backup was restored, and the poll is cut anew): kept by whoever can
    read the stream, put there first, it neither asks nor stands in the way of the new one."""
    linked = await house.linked("mai", house.there.person())
    publish(house, second(house))
    new = wanted_of(house, linked["thumbprint"])
    old = msgspec.structs.replace(new, cut=new.cut - 60_000, until=new.cut - 40_000)
    asked = house.server.asked["/issuing.crl"]
    await ask(house, old, tmp_path)
    await ask(house, new, tmp_path)
    await told(house, new, tmp_path)
    # Again, after it was answered.
    await ask(house, new, tmp_path)
    await ask(house, old, tmp_path)
    marker = wanted_of(house)
    await ask(house, marker, tmp_path)
    await told(house, marker, tmp_path)
    assert await rows(house) == sorted([matter_of(new), matter_of(marker)])
    assert house.server.asked["/issuing.crl"] == asked + 1
    events = [each for each in await house.desk.told(MEETING) if isinstance(each, LinksRechecked)]
    assert [each.cut for each in events] == [new.cut, marker.cut]
