"""A whole vote in a running house, by voters whose keys another authority certified; it changes its mind meanwhile."""

import asyncio
import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import UNSET, UnsetType

from services.desk import own_server
from services.desk.client import Client, opened
from services.desk.convening import Convened, convene, enrol_all
from services.desk.device import Device
from services.desk.operator_token import mint
from services.desk.presiding import Opened, close_and_declare, open_poll
from services.desk.verify import Beside, verify
from services.rules import jws, proof
from services.rules.certified import thumbprint, to_pem
from services.rules.credential import Anchors, load_anchors
from services.wire import (
    Choice,
    Enrolled,
    Link,
    LinkAsked,
    LinkChallenge,
    PollDraft,
    UnknownStatus,
)
from tests.integration.signing.test_links import proof_of
from tests.support.ca_server import serving
from tests.support.council import CHAIR, council
from tests.support.outside import Outside
from tests.support.outside_responder import Responder, moment
from tests.support.pki import Keyed
from tests.support.stores import reachable_directory

VOTERS = ("an", "binh", "chi")
CHOICES: dict[str, Choice] = {"an": "approve", "binh": "reject", "chi": "approve"}
PLAN = council(VOTERS)


@dataclass
class House:
    """A running house, everybody's keys, and the authority that vouches for those of `an` and `binh`."""

    client: Client
    kept: Path
    outside: Responder
    convened: Convened
    devices: dict[str, Device]
    leaves: dict[str, Keyed]

    async def voted(self, *members: str, unknown_status: UnknownStatus | UnsetType = UNSET) -> Opened:
        """A poll that these have voted in."""
        draft = PollDraft(title="Chuyển đổi số", presiding=CHAIR, unknown_status=unknown_status)
        held = await open_poll(self.client, self.convened, self.devices[CHAIR], draft)
        for member in members:
            await self.client.cast(held.poll, self.devices[member].ballot(held.ask, CHOICES[member]))
        return held

    async def certified(self, held: Opened) -> proof.Proven:
        """Closed, declared, certified; proven as a stranger would, by the command too."""
        issued = await close_and_declare(self.client, held)
        file = await self.client.file(issued.certificate, "json", self.convened.token)
        (self.kept / "certificate.json").write_bytes(file)
        (self.kept / "trust.pem").write_bytes(await self.client.trust())
        path = f"/signing/certificates/{issued.certificate}.evidence.json"
        beside = await self.client.ask("GET", path, token=self.convened.token)
        (self.kept / "certificate.evidence.json").write_bytes(beside)
        trusted = self.kept / "trust" / "hdnd" / "outside.pem"
        outside = Beside(outside=self.kept / "certificate.evidence.json", outside_trust=(trusted,))
        for given in (outside, Beside(outside=outside.outside), Beside()):
            verdict = await asyncio.to_thread(
                verify, self.kept / "certificate.json", self.kept / "trust.pem", None, given
            )
            assert verdict.refused is None, verdict.refused
            assert ("outside_status" in verdict.checks) == (given.outside is not None)
        return proof.verify_certificate(file, Anchors(load_anchors((self.kept / "trust.pem").read_bytes())))


@asynccontextmanager
async def running() -> AsyncIterator[House]:
    """Two have links; the third has a key of the house's own authority."""
    with reachable_directory() as kept:
        async with serving() as server:
            there = Outside(server.url)
            outside = Responder(server, there)
            outside.begin()
            trust = kept / "trust" / "hdnd"
            trust.mkdir(parents=True)
            (trust / "outside.pem").write_text(to_pem(there.root.der))
            settings = {"workers": "2", "revocation_hosts": "127.0.0.0/8", "recheck_seconds": "15"}
            async with own_server.running(settings, kept) as (url, data), opened(url) as client:
                convened = await convene(client, mint(data), PLAN)
                devices = await enrol_all(client, convened.body, [CHAIR, "chi"], convened.token)
                leaves = {member: outside.person(member) for member in ("an", "binh")}
                for member, leaf in leaves.items():
                    devices[member] = await _linked(client, convened, there, member, leaf)
                yield House(client, kept, outside, convened, devices, leaves)


async def _linked(client: Client, convened: Convened, there: Outside, member: str, leaf: Keyed) -> Device:
    (invite,) = await client.invite(convened.body, [member], convened.token)
    chain = tuple(to_pem(each) for each in there.chain(leaf))
    asked = LinkAsked(code=invite.code, chain=chain)
    challenge = await client.send("POST", "/signing/links/challenges", asked, LinkChallenge)
    link = Link(code=invite.code, chain=chain, proof=proof_of(leaf, challenge.payload))
    enrolled = await client.send("POST", "/signing/links", link, Enrolled)
    return Device(member, leaf.key, "ES256").enrolled(enrolled.chain)


def kinds(proven: proof.Proven) -> dict[str, str]:
    """What was found after the cut, by outside certificate."""
    line = proven.history.rechecked
    return {} if line is None else {each.outside: each.kind for each in line.found}


async def test_authority_that_changes_its_mind() -> None:
    """Good at close; revoked before the ballot; revoked after it; unknown, counted and excluded: all proven offline."""
    async with running() as house:
        held = await house.voted(*VOTERS)
        proven = await house.certified(held)
        assert {member: vote.choice for member, vote in proven.votes.items()} == CHOICES
        assert kinds(proven) == {thumbprint(leaf.der): "good" for leaf in house.leaves.values()}
        told = {jws.digest(each) for each in house.outside.told}
        assert proven.history.rechecked is not None
        assert all(any(name in told for name in each.evidence) for each in proven.history.rechecked.found)

        # Revoked after the ballot was cast: it was good then.
        held = await house.voted(*VOTERS)
        house.outside.revoke(house.leaves["an"], moment() + datetime.timedelta(seconds=5))
        proven = await house.certified(held)
        assert {member: vote.choice for member, vote in proven.votes.items()} == CHOICES
        assert kinds(proven)[thumbprint(house.leaves["an"].der)] == "revoked"

        # Silence: the question decides, and it is said of whom.
        house.outside.say(house.leaves["binh"], "silent")
        held = await house.voted("binh", "chi", unknown_status="exclude")
        proven = await house.certified(held)
        assert {member: vote.choice for member, vote in proven.votes.items()} == {"chi": "approve"}
        assert proven.weighed.noted["binh"].why == "unknown"
        assert proven.weighed.noted["binh"].excluded
        assert proven.definition.unknown_status == "exclude"

        held = await house.voted("binh", "chi")
        # Revoked since before the ballot, and only now told.
        house.outside.say(house.leaves["binh"], "good")
        house.outside.revoke(house.leaves["binh"], moment() - datetime.timedelta(hours=2))
        proven = await house.certified(held)
        assert {member: vote.choice for member, vote in proven.votes.items()} == {"chi": "approve"}
        assert proven.weighed.noted["binh"].why == "revoked"
        decision = proven.statement.decision
        assert msgspec.to_builtins(decision.rechecked) == {
            "checked": 1,
            "revoked": 1,
            "unknown": 0,
            "policy": "count",
        }
