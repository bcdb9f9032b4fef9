"""After a cut: what signing finds out of links that voted, by what is newer, however authorities and workers fail."""

import datetime
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from services.kit import envelope, stream
from services.rules import jws, rechecked
from services.signing import findings
from services.signing.holdings import STORE
from services.wire import CredentialRevoked, LinksRechecked, Rechecked, RecheckWanted
from tests.integration.signing import test_links
from tests.integration.signing.test_links import Hall
from tests.support.outside import HOUR, revocation_list
from tests.support.pki import Keyed
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("without_press")
house = test_links.hall
MEETING = "ky-hop-12"
_findings = msgspec.json.Decoder(list[Rechecked])


def wanted_of(house: Hall, *thumbprints: str, patience_ms: int = 60_000) -> RecheckWanted:
    """What voting wants to know now, of a poll that was cut just now."""
    cut = house.desk.clock()
    return RecheckWanted(
        body="hdnd",
        meeting=MEETING,
        poll="bq-01",
        definition=jws.digest(str(cut).encode()),
        cut=cut,
        until=cut + patience_ms,
        thumbprints=tuple(sorted(thumbprints)),
    )


async def ask(house: Hall, wanted: RecheckWanted) -> None:
    """Voting's publisher puts it on the work stream, twice as streams may."""
    name = stream.work(MEETING, findings.STREAM, 1)
    for _ in range(2):
        await house.desk.streams.xadd(name, {stream.FIELD: msgspec.json.encode(wanted)})


async def told(house: Hall, wanted: RecheckWanted, keys: Path) -> dict[str, Rechecked]:
    """What voting is told, by credential, opened as voting opens it."""

    async def found() -> LinksRechecked | None:
        events = [each for each in await house.desk.told(MEETING) if isinstance(each, LinksRechecked)]
        return next((each for each in events if each.definition == wanted.definition), None)

    event = await until(found, 30, "told")
    about = rechecked.matter(wanted.definition, wanted.cut)
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
    await ask(house, wanted)
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
    await ask(house, wanted)
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
    await ask(house, wanted)
    (found,) = (await told(house, wanted, tmp_path)).values()
    assert (found.kind, found.known_at) == ("unknown", 0)
    assert found.why
    # Silent at first, and back while voting still waits.
    wanted = wanted_of(house, linked["thumbprint"])
    asked = house.server.asked["/issuing.crl"]
    await ask(house, wanted)

    async def tried() -> bool:
        return house.server.asked["/issuing.crl"] > asked

    await until(tried, 20, "asked in vain")
    publish(house, second(house))
    # An address that failed is left alone for a while.
    house.desk.clock.ahead += 16_000
    (found,) = (await told(house, wanted, tmp_path)).values()
    assert found.kind == "good"


async def test_what_a_dead_worker_had_in_hand_is_taken_up(house: Hall, tmp_path: Path) -> None:
    """Its lease runs out, and another asks; a stranger's credential is nobody's link and is told of by nobody."""
    linked = await house.linked("mai", house.there.person())
    publish(house, second(house))
    wanted = wanted_of(house, linked["thumbprint"], jws.digest(b"no link"))
    await house.desk.app[STORE]._pool.execute(
        "insert into recheck (definition, wanted, leased_until) values ($1, $2, $3)",
        *(wanted.definition, msgspec.json.encode(wanted), house.desk.clock() + 2_000),
    )
    found = await told(house, wanted, tmp_path)
    assert {name: each.kind for name, each in found.items()} == {linked["thumbprint"]: "good"}
