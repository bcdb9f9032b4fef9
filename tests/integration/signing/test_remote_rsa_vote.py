"""A whole vote by keys as signing services hold them: RSA, certified by us, cast, sealed, proven by a stranger."""

import asyncio

from services.desk import own_server
from services.desk.client import Client, opened
from services.desk.convening import Convened, convene, enrol_all
from services.desk.device import Device, KeyKind
from services.desk.operator_token import mint
from services.desk.presiding import close_and_declare, open_poll
from services.desk.verify import verify
from services.rules import proof
from services.rules.credential import Anchors, load_anchors
from services.wire import Choice, PollDraft
from tests.support.council import CHAIR, council
from tests.support.stores import reachable_directory

KINDS: dict[str, KeyKind] = {"an": "rsa", "binh": "rsa-pss", "chi": "p256", "dung": "rsa", "em": "rsa-pss"}
CHOICES: dict[str, Choice] = {
    "an": "approve",
    "binh": "approve",
    "chi": "reject",
    "dung": "approve",
    "em": "abstain",
}
ALGORITHMS = {"rsa": "RS256", "rsa-pss": "PS256", "p256": "ES256"}
PLAN = council(KINDS)


async def test_a_vote_of_rsa_keys() -> None:
    """PKCS#1 v1.5, PSS and P-256 beside each other: receipts, counts, certificate and its PDF are all proven."""
    with reachable_directory() as kept:
        async with own_server.running({"workers": "1"}, kept) as (url, data), opened(url) as client:
            convened = await convene(client, mint(data), PLAN)
            certificate = await _voted(client, convened)
            for kind in ("json", "pdf"):
                (data / f"certificate.{kind}").write_bytes(
                    await client.file(certificate, kind, convened.token)
                )
            (data / "trust.pem").write_bytes(await client.trust())
        for kind in ("json", "pdf"):
            verdict = await asyncio.to_thread(verify, kept / f"certificate.{kind}", kept / "trust.pem")
            assert verdict.refused is None, verdict.refused
        anchors = Anchors(load_anchors((kept / "trust.pem").read_bytes()))
        proven = proof.verify_certificate((kept / "certificate.json").read_bytes(), anchors)
    assert {member: vote.choice for member, vote in proven.votes.items()} == CHOICES
    assert proven.statement.decision.counts.approve == 3


async def _voted(client: Client, convened: Convened) -> str:
    """Everybody's ballot is in, the result declared: the certificate's id."""
    chair = (await enrol_all(client, convened.body, [CHAIR], convened.token))[CHAIR]
    devices: dict[str, Device] = {}
    for member, kind in KINDS.items():
        devices |= await enrol_all(client, convened.body, [member], convened.token, kind)
    assert {member: device.algorithm for member, device in devices.items()} == {
        member: ALGORITHMS[kind] for member, kind in KINDS.items()
    }
    held = await open_poll(client, convened, chair, PollDraft(title="Nghị quyết", presiding=CHAIR))
    for member, choice in CHOICES.items():
        ballot = devices[member].ballot(held.ask, choice)
        receipt = await client.cast(held.poll, ballot)
        assert ballot.decode() in receipt.entry
    return (await close_and_declare(client, held)).certificate
