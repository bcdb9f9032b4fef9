"""Whole votes in a running house by every kind of signing service: linked, asked, cast, proven; and what goes wrong."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from services.desk.presiding import Opened, close_and_declare
from services.desk.verify import Beside, verify
from services.rules import proof
from services.rules.credential import Anchors, load_anchors
from tests.support.linked_house import LinkedHouse, house_of_keys, linked_house
from tests.support.signing_services import AtService, Certomancer, Cloud, Viettel, Vnpt
from tests.support.stores import reachable_directory

SERVICES: dict[str, Callable[[], AtService]] = {
    "769": Vnpt,
    "MySign": Viettel,
    "CSC v1": lambda: Cloud("1"),
    "CSC v2": lambda: Cloud("2"),
}


@pytest.mark.parametrize("make", SERVICES.values(), ids=SERVICES)
async def test_votes_at_a_service(make: Callable[[], AtService]) -> None:
    """Every mishap leaves the voter free to begin again; what is signed then counts, and is proven with all gone."""
    with reachable_directory() as kept:
        async with linked_house(kept, make()) as house:
            held = await house.poll()
            for mishap, becomes in house.service.mishaps.items():
                if becomes != "cast":
                    await _must_become(house, held, mishap, becomes)
            # The last is signed, where an answer can be lost without harm, after one was.
            survived = next(
                (name for name, becomes in house.service.mishaps.items() if becomes == "cast"), ""
            )
            house.service.begins(survived)
            words = await house.begin(held, "reject")
            house.service.begins("")
            await house.does("signed", words)
            await house.stands(held, "cast")
            await house.client.cast(held.poll, house.devices["chi"].ballot(held.ask, "approve"))
            await _must_be_proven(house, held, kept, {"an": "reject", "chi": "approve"}, remote=1)
            # Another question, which ends before the person confirms.
            held = await house.poll()
            words = await house.begin(held)
            await house.client.cast(held.poll, house.devices["chi"].ballot(held.ask, "approve"))
            await _must_be_proven(house, held, kept, {"chi": "approve"}, remote=0)
            assert (await house.stands(held, "lapsed")).why == "late"
            await house.does("signed", words)
            assert (await house.stands(held, "lapsed")).why == "late"


@pytest.mark.filterwarnings("ignore::aiohttp.web.NotAppKeyWarning")
async def test_vote_at_somebody_elses_service() -> None:
    """certomancer-csc-dummy (CSC v1), with the key that was enrolled: what it signs in a running house is proven."""
    with reachable_directory() as kept:
        async with house_of_keys(kept, Certomancer(kept / "certomancer")) as house:
            held = await house.poll()
            await house.begin(held, "reject")
            await house.stands(held, "cast")
            await house.client.cast(held.poll, house.devices["chi"].ballot(held.ask, "approve"))
            await _must_be_proven(house, held, kept, {"an": "reject", "chi": "approve"}, remote=1)


async def _must_become(house: LinkedHouse, held: Opened, mishap: str, becomes: str) -> None:
    house.service.begins(mishap)
    words = await house.begin(held)
    await house.does(mishap if mishap in ("declined", "expired") else "signed", words)  # type: ignore[arg-type]
    lapsed = await house.stands(held, "lapsed")
    assert (mishap, lapsed.why) == (mishap, becomes)
    house.service.begins("")


async def _must_be_proven(
    house: LinkedHouse, held: Opened, kept: Path, votes: dict[str, str], remote: int
) -> None:
    issued = await close_and_declare(house.client, held)
    file = await house.client.file(issued.certificate, "json", house.convened.token)
    (kept / "certificate.json").write_bytes(file)
    (kept / "trust.pem").write_bytes(await house.client.trust())
    beside = Beside()
    if remote:
        path = f"/signing/certificates/{issued.certificate}.evidence.json"
        (kept / "evidence.json").write_bytes(await house.client.ask("GET", path, token=house.convened.token))
        beside = Beside(
            outside=kept / "evidence.json", outside_trust=tuple((kept / "trust").glob("hdnd/outside.pem"))
        )
    verdict = await asyncio.to_thread(verify, kept / "certificate.json", kept / "trust.pem", None, beside)
    assert verdict.refused is None, verdict.refused
    assert verdict.figures.get("remote_signatures", 0) == remote
    proven = proof.verify_certificate(file, Anchors(load_anchors((kept / "trust.pem").read_bytes())))
    assert {member: vote.choice for member, vote in proven.votes.items()} == votes
