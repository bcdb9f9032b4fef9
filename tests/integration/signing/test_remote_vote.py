"""A whole vote in a running house, with voters who sign in a service's app: begun, confirmed, cast, proven."""

import asyncio
from pathlib import Path

import asyncpg
import msgspec

from loadtests.run_json import database_url
from services.desk.presiding import close_and_declare
from services.desk.verify import Beside, verify
from services.rules import jws, proof, remote_evidence
from services.rules.credential import Anchors, load_anchors
from tests.support.service_house import CHOICES, leaf_of, serving_keys
from tests.support.stores import reachable_directory


async def test_votes_signed_at_a_service_and_on_a_phone() -> None:
    """One confirms, one does so after the first is cast, one votes by phone; the certificate proves all three."""
    with reachable_directory() as kept:
        async with serving_keys(kept) as house:
            first, code = await house.begin("an")
            assert house.service.transactions[first].doc_id == f"PL-{code} TAN THANH"
            house.service.confirm(first)
            await house.became("an", "cast")
            await house.client.cast(house.held.poll, house.devices["chi"].ballot(house.held.ask, "approve"))
            second, code = await house.begin("binh")
            assert house.service.transactions[second].doc_id == f"PL-{code} KHONG TAN THANH"
            house.service.confirm(second)
            await house.became("binh", "cast")
            issued = await close_and_declare(house.client, house.held)
            file = await house.client.file(issued.certificate, "json", house.convened.token)
            (kept / "certificate.json").write_bytes(file)
            (kept / "trust.pem").write_bytes(await house.client.trust())
            evidence = await _evidence(kept)
            path = f"/signing/certificates/{issued.certificate}.evidence.json"
            (kept / "evidence.json").write_bytes(
                await house.client.ask("GET", path, token=house.convened.token)
            )
        beside = Beside(outside=kept / "evidence.json")
        verdict = await asyncio.to_thread(verify, kept / "certificate.json", kept / "trust.pem", None, beside)
        assert verdict.refused is None, verdict.refused
        # How the service came to sign both travels with the certificate, and is checked with the service gone.
        assert verdict.figures["remote_signatures"] == 2
        anchors = Anchors(load_anchors((kept / "trust.pem").read_bytes()))
        proven = proof.verify_certificate(file, anchors)
    assert {member: vote.choice for member, vote in proven.votes.items()} == CHOICES
    leaves = {
        jws.standard_b64(leaf): leaf for leaf in (leaf_of(house.devices[member]) for member in ("an", "binh"))
    }
    assert len(evidence) == 2
    for words, raw in evidence:
        remote_evidence.verify(raw, words, leaves.pop(msgspec.json.decode(raw)["chain"][0]))


async def test_refused_in_the_app() -> None:
    """The voter is told, and votes by another way."""
    with reachable_directory() as kept:
        async with serving_keys(kept) as house:
            number, _ = await house.begin("an")
            house.service.confirm(number, "rejected")
            shown = await house.became("an", "lapsed")
            assert shown.why == "declined"
            again, _ = await house.begin("an")
            house.service.confirm(again)
            await house.became("an", "cast")


async def _evidence(data: Path) -> list[tuple[bytes, bytes]]:
    connection = await asyncpg.connect(database_url(data), server_settings={"search_path": "signing"})
    try:
        rows = await connection.fetch("select signing_input, evidence from remote_signature")
    finally:
        await connection.close()
    return [(row["signing_input"], row["evidence"]) for row in rows]
