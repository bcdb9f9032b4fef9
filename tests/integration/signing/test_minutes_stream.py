"""From the work stream `proceedings` to minutes over HTTP: joined with the certificates and the turn log there are."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from services.desk.verify import Beside, verify
from services.kit import envelope, stream
from services.rules import jws
from services.rules.minutes import matter
from services.signing import holdings
from services.wire import MinutesIssued, Proceedings, ProceedingsTold
from tests.support.evidence import Sitting
from tests.support.minuted import MinutedSitting
from tests.support.pki import Keyed, Pki
from tests.support.signing_desk import SigningDesk
from tests.support.waiting import until


def sitting_of(desk: SigningDesk) -> MinutedSitting:
    """A sitting of people certified by the authority that signing made for itself."""
    authority = desk.app[holdings.AUTHORITY]
    pki = Pki(body="hdnd")
    pki.root = Keyed(authority.root.key, authority.root.certificate)
    pki.delegates = Keyed(authority.delegates.key, authority.delegates.certificate)
    pki.seal = Keyed(authority.seal.key, authority.seal.certificate)
    at = desk.clock() + 1_000
    desk.clock.ahead += 600_000
    return MinutedSitting(Sitting(members=7, before=0, pki=pki, body=BODY, at=at))


BODY = msgspec.structs.replace(Sitting(members=1).body, id="hdnd")


async def tell(desk: SigningDesk, directory: Path, said: Proceedings, about: str = "") -> None:
    """Put on the stream what voting would."""
    key = envelope.load(directory / "envelope.key")
    meeting, edition = said.sitting.meeting.id, said.sitting.edition
    sealed = key.seal(msgspec.json.encode(said), about or matter("proceedings", meeting, edition))
    told = ProceedingsTold(meeting=meeting, edition=edition, sealed=sealed)
    await desk.streams.xadd(stream.work(meeting, "proceedings", 1), {stream.FIELD: msgspec.json.encode(told)})


async def noticed(desk: SigningDesk, meeting: str, number: int = 1) -> list[dict[str, Any]]:
    """The editions there are, once there are so many."""
    who = desk.token("an", "delegate", body="hdnd")

    async def notices() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = await desk.ask(
            "GET", f"/meetings/{meeting}/minutes", who=who, status=200
        )
        return found if len(found) == number else None

    return await until(notices, what="minutes")


async def test_minutes_wait_for_the_certificates_they_name(desk: SigningDesk, tmp_path: Path) -> None:
    """Heard before a certificate is there, they come once it is, and name it by its hash; told to screens, once."""
    sitting = sitting_of(desk)
    sitting.poll("declared")
    proceedings, result = sitting.proceedings(request="req-12345678"), sitting.play.result()
    await tell(desk, tmp_path, proceedings)
    await desk.streams.xadd(
        stream.work(result.meeting, "results", 1), {stream.FIELD: msgspec.json.encode(result)}
    )
    (notice,) = await noticed(desk, result.meeting)
    await tell(desk, tmp_path, proceedings)
    who = desk.token("an", "delegate", body="hdnd")
    async with desk.client.get(
        f"/signing/minutes/{notice['id']}.json", headers={"Authorization": f"Bearer {who}"}
    ) as answer:
        assert answer.status == 200
        (tmp_path / "minutes.json").write_bytes(await answer.read())
    assert jws.digest((tmp_path / "minutes.json").read_bytes()) == notice["sha256"]
    found = await desk.ask("GET", f"/polls/{result.poll}/certificate", status=200)
    (tmp_path / "beside").mkdir()
    async with desk.client.get(f"/signing/certificates/{found['id']}.json") as answer:
        (tmp_path / "beside" / "certificate.json").write_bytes(await answer.read())
    (tmp_path / "trust.pem").write_bytes(await desk.ask("GET", "/trust.pem"))
    verdict = await asyncio.to_thread(
        verify, tmp_path / "minutes.json", tmp_path / "trust.pem", None, Beside(tmp_path / "beside")
    )
    assert verdict.refused is None, verdict.refused
    assert (verdict.figures["certificates"], verdict.figures["not_given"]) == (1, [])
    told = [
        one for one in await desk.on_stream(f"{{{result.meeting}}}:signing") if isinstance(one, MinutesIssued)
    ]
    assert [(one.minutes, one.sha256, one.request) for one in told] == [
        (notice["id"], notice["sha256"], "req-12345678")
    ]


async def test_an_edition_waits_for_the_one_before(desk: SigningDesk, tmp_path: Path) -> None:
    """Heard the other way round, the second is drawn up after the first, and names it."""
    sitting = sitting_of(desk)
    sitting.poll("announced")
    first = sitting.proceedings()
    again = msgspec.structs.replace(first.sitting, edition=2)
    await tell(desk, tmp_path, msgspec.structs.replace(first, sitting=again))
    await tell(desk, tmp_path, first)
    one, two = await noticed(desk, sitting.play.meeting, 2)
    statement = await desk.app[holdings.POOL].fetchval("select statement from paper where id = $1", two["id"])
    assert msgspec.json.decode(statement)["before"] == {"minutes": one["id"], "sha256": one["sha256"]}


async def test_what_others_put_on_the_stream_is_no_sitting(desk: SigningDesk, tmp_path: Path) -> None:
    """Another key, another matter, another body's eyes: nothing comes of it, and what follows is not held up."""
    sitting = sitting_of(desk)
    sitting.poll("announced")
    said = sitting.proceedings()
    (tmp_path / "other").mkdir()
    envelope.ensure(tmp_path / "other" / "envelope.key")
    await tell(desk, tmp_path / "other", said)
    await tell(desk, tmp_path, said, matter("proceedings", "khac", 1))
    forged = msgspec.structs.replace(said, ledger=msgspec.structs.replace(said.ledger, lines=()))
    await tell(desk, tmp_path, forged)
    await tell(desk, tmp_path, said)
    (notice,) = await noticed(desk, sitting.play.meeting)
    foreign = desk.token("an", "delegate", body="khac")
    path = f"/meetings/{sitting.play.meeting}/minutes"
    assert await desk.ask("GET", path, who=foreign, status=200) == []
    for kind in ("json", "pdf", "jsonl"):
        said_no = await desk.ask("GET", f"/minutes/{notice['id']}.{kind}", who=foreign)
        assert said_no["code"] == "foreign_body"


async def test_no_proxy_keeps_minutes_for_everybody(desk: SigningDesk, tmp_path: Path) -> None:
    """Who was absent and why is for those of the body: a cache in front of us may keep it for nobody else, though it
    keeps a certificate for all."""
    sitting = sitting_of(desk)
    sitting.poll("announced")
    await tell(desk, tmp_path, sitting.proceedings())
    (notice,) = await noticed(desk, sitting.play.meeting)
    headers = {"Authorization": f"Bearer {desk.token('an', 'delegate', body='hdnd')}"}
    for kind in ("json", "pdf", "jsonl"):
        path = f"/signing/minutes/{notice['id']}.{kind}"
        async with desk.client.get(path, headers=headers) as answer:
            known = {"If-None-Match": answer.headers["ETag"]}
            assert (answer.status, answer.headers["Cache-Control"].split(",")[0]) == (200, "private")
        async with desk.client.get(path, headers=headers | known) as answer:
            assert (answer.status, answer.headers["Cache-Control"].split(",")[0]) == (304, "private")
