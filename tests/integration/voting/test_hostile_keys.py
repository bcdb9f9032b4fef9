"""Whose keys are taken: enrolled, of that member, in their time, by their own algorithm, and not revoked."""

import datetime

import pytest

from services.desk.device import Device, KeyKind
from services.rules import jws
from services.rules.certified import PERSON_POLICY
from services.wire import Credential, CredentialIssued
from tests.support.forgery import Forger
from tests.support.pki import Pki, certify, subject
from tests.support.voting_desk import BODY, CHAIR, VotingDesk
from tests.support.voting_hall import Convene, code_of, lines_of, prove, send

TODAY = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
DAY = datetime.timedelta(days=1)


def _certified(pki: Pki, member: str, starts: datetime.datetime, ends: datetime.datetime) -> Device:
    device = Device.make(member)
    leaf = certify(
        subject(member, body=BODY.id, member=member),
        device.key,  # type: ignore[arg-type]  # a P-256 key
        pki.delegates,
        policy=PERSON_POLICY,
        starts=starts,
        ends=ends,
    )
    return device.enrolled([leaf.pem.decode()])


async def _tell(desk: VotingDesk, device: Device, member: str = "") -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    leaf = x509.load_pem_x509_certificate(device.chain[0].encode()).public_bytes(Encoding.DER)
    credential = Credential(
        member=member or device.member,
        thumbprint=device.thumbprint,
        chain=(jws.standard_b64(leaf), jws.standard_b64(desk.pki.delegates.der)),
    )
    await desk.tell(
        CredentialIssued(index=desk.index("s", BODY.id), body=BODY.id, credential=credential, not_after=1)
    )


@pytest.mark.parametrize(("starts", "ends"), [(TODAY - 2 * DAY, TODAY - DAY), (TODAY + DAY, TODAY + 2 * DAY)])
async def test_a_key_out_of_its_time_is_refused(
    desk: VotingDesk, starts: datetime.datetime, ends: datetime.datetime
) -> None:
    """An expired certificate, and one that is not valid yet, cast no ballot."""
    poll, asked = await desk.opened()
    device = _certified(desk.pki, "001", starts, ends)
    await _tell(desk, device)
    before = await lines_of(desk)
    assert code_of(await send(desk, poll, device.ballot(asked, "approve"))) == "credential_expired"
    assert await lines_of(desk) == before


async def test_a_key_that_nobody_enrolled_is_refused(desk: VotingDesk) -> None:
    """A certificate of another authority, and one of ours that signing never told of, are both unknown."""
    poll, asked = await desk.opened()
    for pki in (Pki(), desk.pki):
        device = _certified(pki, "001", TODAY - DAY, TODAY + DAY)
        assert code_of(await send(desk, poll, device.ballot(asked, "approve"))) == "credential_unknown"


async def test_who_is_not_on_the_roll_casts_no_ballot(desk: VotingDesk) -> None:
    """The chair has a key but no place on this roll."""
    poll, asked = await desk.opened()
    raw = desk.devices[CHAIR].ballot(asked, "approve")
    assert code_of(await send(desk, poll, raw)) == "not_on_roll"


async def test_a_key_votes_for_its_own_member_only(desk: VotingDesk) -> None:
    """A ballot that names another voter than the key's holder is refused, whoever sends it."""
    poll, asked = await desk.opened()
    mine, theirs = desk.devices["001"], desk.devices["002"]
    borrowed = Device("002", mine.key, mine.algorithm, mine.thumbprint)
    assert code_of(await send(desk, poll, borrowed.ballot(asked, "approve"))) == "ballot_other_voter"
    labelled = Device("001", mine.key, mine.algorithm, theirs.thumbprint)
    assert code_of(await send(desk, poll, labelled.ballot(asked, "approve"))) == "signature_wrong"


@pytest.mark.parametrize("kind", ["p256", "rsa", "rsa-pss", "ed25519"])
async def test_every_kind_of_key_signs_by_its_own_algorithm_only(desk: VotingDesk, kind: KeyKind) -> None:
    """ES256, RS256, PS256 and EdDSA are taken, pinned by the certificate; the header cannot choose another."""
    device = await desk.enrol("001", kind)
    poll, asked = await desk.opened()
    f = Forger(device, asked)
    own = {"RS256", "PS256"} if kind.startswith("rsa") else {device.algorithm}
    for alg in {"ES256", "RS256", "PS256", "EdDSA", "HS256", "none"} - own:
        assert code_of(await send(desk, poll, f.headed(alg=alg))) == "algorithm_wrong", alg
    for alg in own - {device.algorithm}:
        assert code_of(await send(desk, poll, f.headed(alg=alg))) == "signature_wrong", alg
    assert (await send(desk, poll, f.genuine))[0] == 201
    closed = await desk.act(poll, "close", definition=asked.hash)
    assert closed["decision"]["counts"]["approve"] == 1


async def test_a_revoked_key_is_refused_at_once_by_every_worker_and_its_ballots_count(hall: Convene) -> None:
    """From the revocation on no worker takes the key's next ballot; what it cast before stays in the count."""
    desks = await hall()
    poll, asked = await desks[0].opened(changes=True)
    for desk, voter in zip(desks, ("001", "002"), strict=True):
        await desk.cast(poll, asked, voter)  # both workers know the keys by heart now
    first = desks[0].devices["001"].ballot(asked, "approve")
    assert (await send(desks[0], poll, first))[0] in (409,)
    await desks[0].revoke("001")
    await desks[0].revoke("003")
    before = await lines_of(desks[0])
    for desk in reversed(desks):
        for voter in ("001", "003"):
            again = desk.devices[voter].ballot(asked, "reject")
            assert code_of(await send(desk, poll, again)) == "credential_revoked"
    assert await lines_of(desks[0]) == before
    closed = await desks[1].act(poll, "close", definition=asked.hash)
    assert closed["decision"]["counts"] == {"approve": 2, "reject": 0, "abstain": 0}
    await prove(desks[1])


async def test_a_new_phone_votes_at_once_and_goes_on_where_the_old_one_stopped(hall: Convene) -> None:
    """A replaced key: the new one supersedes the ballot of the old one, at every worker."""
    desks = await hall()
    poll, asked = await desks[0].opened(changes=True)
    old = desks[0].devices["001"].ballot(asked, "approve")
    assert (await send(desks[0], poll, old))[0] == 201
    await desks[0].revoke("001")
    new = await desks[0].enrol("001")
    assert (await send(desks[1], poll, new.ballot(asked, "reject", old, 2)))[0] == 201
    counts = (await prove(desks[0]))[poll]
    assert (counts.approve, counts.reject) == (0, 1)
