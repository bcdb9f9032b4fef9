"""One body that trusts three kinds of anchors at once: its own authority, a public one, the Government's. A person of
each is enrolled, votes, and is in the certificate; none of the authorities vouches for another's."""

import asyncio
import datetime
from pathlib import Path

import pytest

from services.desk import own_server
from services.desk.asking import Declined
from services.desk.client import Client, opened
from services.desk.convening import Convened, convene, enrol_all
from services.desk.device import Device
from services.desk.operator_token import mint
from services.desk.presiding import close_and_declare, open_poll
from services.desk.verify import Beside, verify
from services.rules import proof
from services.rules.certified import thumbprint, to_pem
from services.rules.credential import Anchors, load_anchors
from services.wire import Choice, Enrolled, Link, LinkAsked, LinkChallenge, PollDraft
from tests.integration.signing.test_links import proof_of
from tests.support.ca_server import CaServer, serving
from tests.support.council import CHAIR, council
from tests.support.outside import HOUR, Outside, revocation_list
from tests.support.pki import Keyed
from tests.support.stores import reachable_directory

CHOICES: dict[str, Choice] = {"an": "approve", "binh": "reject", "chi": "approve"}


def _authority(server: CaServer, kept: Path, name: str) -> Outside:
    """An authority whose root the body trusts, and whose lists are served under its name."""
    there = Outside(f"{server.url}/{name}")
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    for file, issuer in (("root", there.root), ("issuing", there.issuing)):
        der = revocation_list(issuer, this_update=now, next_update=now + 10 * HOUR)
        server.give(f"/{name}/{file}.crl", der)
    (kept / "trust" / "hdnd" / f"{name}.pem").write_text(to_pem(there.root.der))
    return there


async def _linked(
    client: Client, convened: Convened, chain: tuple[bytes, ...], member: str, leaf: Keyed
) -> Device:
    (invite,) = await client.invite(convened.body, [member], convened.token)
    pems = tuple(map(to_pem, chain))
    asked = LinkAsked(code=invite.code, chain=pems)
    challenge = await client.send("POST", "/signing/links/challenges", asked, LinkChallenge)
    link = Link(code=invite.code, chain=pems, proof=proof_of(leaf, challenge.payload))
    enrolled = await client.send("POST", "/signing/links", link, Enrolled)
    return Device(member, leaf.key, "ES256").enrolled(enrolled.chain)


async def test_one_person_of_each() -> None:
    """Enrolled, voted, certified, proven offline, with the outside roots and without them."""
    with reachable_directory() as kept:
        (kept / "trust" / "hdnd").mkdir(parents=True)
        async with serving() as server:
            public, government = (_authority(server, kept, name) for name in ("public", "government"))
            settings = {"workers": "1", "revocation_hosts": "127.0.0.0/8", "recheck_seconds": "15"}
            async with own_server.running(settings, kept) as (url, data), opened(url) as client:
                convened = await convene(client, mint(data), council(tuple(CHOICES)))
                devices = await enrol_all(client, convened.body, [CHAIR, "chi"], convened.token)
                leaves = {"an": public.person("An"), "binh": government.person("Bình")}
                for member, there in (("an", public), ("binh", government)):
                    chain = there.chain(leaves[member])
                    devices[member] = await _linked(client, convened, chain, member, leaves[member])
                await _must_not_mix(client, convened, public, government)
                await _vote(client, convened, devices, kept, leaves)


async def _must_not_mix(client: Client, convened: Convened, public: Outside, government: Outside) -> None:
    """Somebody of the one under the authority of the other, whose names are the same here, leads nowhere."""
    leaf = public.person("Chi")
    with pytest.raises(Declined, match="chain_untrusted"):
        await _linked(client, convened, (leaf.der, government.issuing.der), "chi", leaf)


async def _vote(
    client: Client, convened: Convened, devices: dict[str, Device], kept: Path, leaves: dict[str, Keyed]
) -> None:
    held = await open_poll(
        client, convened, devices[CHAIR], PollDraft(title="Chuyển đổi số", presiding=CHAIR)
    )
    for member, choice in CHOICES.items():
        await client.cast(held.poll, devices[member].ballot(held.ask, choice))
    issued = await close_and_declare(client, held)
    file = await client.file(issued.certificate, "json", convened.token)
    (kept / "certificate.json").write_bytes(file)
    (kept / "trust.pem").write_bytes(await client.trust())
    beside = await client.ask(
        "GET", f"/signing/certificates/{issued.certificate}.evidence.json", token=convened.token
    )
    (kept / "certificate.evidence.json").write_bytes(beside)
    proven = proof.verify_certificate(file, Anchors(load_anchors((kept / "trust.pem").read_bytes())))
    assert {member: vote.choice for member, vote in proven.votes.items()} == CHOICES
    assert proven.history.rechecked is not None
    found = {each.outside: each.kind for each in proven.history.rechecked.found}
    assert found == {thumbprint(leaf.der): "good" for leaf in leaves.values()}
    roots = tuple(sorted((kept / "trust" / "hdnd").glob("*.pem")))
    for given in (Beside(outside=kept / "certificate.evidence.json", outside_trust=roots), Beside()):
        verdict = await asyncio.to_thread(verify, kept / "certificate.json", kept / "trust.pem", None, given)
        assert verdict.refused is None, verdict.refused
        assert ("outside_status" in verdict.checks) == (given.outside is not None)
    one = Beside(outside=kept / "certificate.evidence.json", outside_trust=roots[:1])
    verdict = await asyncio.to_thread(verify, kept / "certificate.json", kept / "trust.pem", None, one)
    assert verdict.refused is not None
