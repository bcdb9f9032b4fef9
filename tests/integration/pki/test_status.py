"""The status of certificates, over a real network and a real process: good, revoked, unknown, and for how long."""

import asyncio
import datetime

import pytest
from cryptography import x509

from services.pki.demands import PERSON, SEAL
from services.pki.errors import ChainStatusUnknown
from services.pki.examiner import Examiner
from services.pki.inquiry import TTL_MS, UNKNOWN_MS, Question
from services.rules.credential_errors import ChainUntrusted
from tests.support.outside import HOUR, Outside, authority, certify, places, responder, signing
from tests.support.outside_world import World
from tests.support.waiting import until


async def test_good_by_lists(world: World) -> None:
    """Every certificate below the anchor by its issuer's list; the lists are kept, the answer remembered."""
    question = world.question(world.there.person())
    found = await world.book.status(question)
    assert found.kind == "good"
    assert len(found.evidence) == 2
    assert set(found.evidence) == set(world.kept.kept)
    assert found.expires_at == found.checked_at + TTL_MS
    asked = world.server.asked.total()
    assert await world.book.status(question) is found
    assert world.server.asked.total() == asked


async def test_good_by_an_answer(world: World) -> None:
    """A responder is asked first; its answer is kept."""
    leaf = world.there.person(responders=True)
    world.respond(leaf, signer=responder(world.there.issuing))
    found = await world.book.status(world.question(leaf))
    assert found.kind == "good"
    assert world.server.asked == {"/ocsp": 1, "/root.crl": 1}
    assert set(found.evidence) == set(world.kept.kept)


async def test_revoked_between_two_checks(world: World) -> None:
    """What was good is asked again after a while, and is not any more; when and why is told."""
    leaf = world.there.person()
    question = world.question(leaf)
    assert (await world.book.status(question)).kind == "good"
    world.publish(leaf)
    assert (await world.book.status(question)).kind == "good"
    world.kept.ahead += TTL_MS + 1
    found = await world.book.status(question)
    assert (found.kind, found.why) == ("revoked", "keyCompromise")
    assert found.revoked_at > 0


async def test_revoked_authority_revokes_all_below(world: World) -> None:
    """The path is as good as its worst certificate."""
    world.publish(world.there.issuing)
    found = await world.book.status(world.question(world.there.person()))
    assert found.kind == "revoked"


async def test_revoked_by_an_answer(world: World) -> None:
    """Whatever the list says."""
    leaf = world.there.person(responders=True)
    world.respond(leaf, revoked=True)
    assert (await world.book.status(world.question(leaf))).kind == "revoked"


async def test_responder_down_then_the_list(world: World) -> None:
    """An answer that does not come, is a stranger's or nonsense leaves the list."""
    leaf = world.there.person(responders=True)
    assert (await world.book.status(world.question(leaf))).kind == "good"
    for number, content in enumerate([b"", b"<html>not found</html>"]):
        world.server.give("/ocsp", content)
        world.kept.ahead += TTL_MS + 1 + number
        world.publish()
        assert (await world.book.ask(world.question(leaf))).kind == "good"


async def test_answer_of_a_stranger_and_no_list(world: World) -> None:
    """Nobody whom we believe says anything: unknown, and every reason is told."""
    leaf = world.there.person(responders=True, lists=False)
    world.respond(leaf, signer=responder(Outside().issuing))
    found = await world.book.status(world.question(leaf))
    assert found.kind == "unknown"
    assert "stranger" in found.why


async def test_unknown_is_asked_again_soon(world: World) -> None:
    """Never remembered for long; when the list is there again, all is well."""
    kept = world.server.serves.pop("/issuing.crl")
    question = world.question(world.there.person())
    found = await world.book.status(question)
    assert (found.kind, found.why) == ("unknown", "http 404")
    assert found.expires_at <= found.checked_at + UNKNOWN_MS
    world.server.serves["/issuing.crl"] = kept
    world.kept.ahead += UNKNOWN_MS
    assert (await world.book.status(question)).kind == "good"


async def test_names_nobody_to_ask(world: World) -> None:
    """A certificate that names neither a list nor a responder is not good for that."""
    leaf = certify("An", world.there.issuing, signing())
    found = await world.book.status(world.question(leaf))
    assert (found.kind, found.why) == ("unknown", "names neither a responder nor a list")


async def test_old_list(world: World) -> None:
    """A list that could be newer, though it says nothing of a next one for long: unknown for a person."""
    world.publish(age=25 * HOUR)
    assert (await world.book.status(world.question(world.there.person()))).kind == "unknown"


async def test_list_of_changes_is_left_to_the_path_library(world: World) -> None:
    """A list that we do not read, but the library does: with an indirect one it says who is revoked."""
    leaf = world.there.person()
    indirect = (x509.IssuingDistributionPoint(None, None, False, False, None, True, False), True)
    world.publish(extensions=(indirect,))
    assert (await world.book.status(world.question(leaf))).kind == "good"
    world.publish(leaf, extensions=(indirect,))
    world.kept.ahead += TTL_MS + 1
    assert (await world.book.status(world.question(leaf))).kind == "revoked"


async def test_list_signed_by_another(world: World) -> None:
    """A list in the right place, of the right name, by a key that nobody certified."""
    world.publish(signer=Outside().issuing)
    assert (await world.book.status(world.question(world.there.person()))).kind == "unknown"


async def test_two_at_once_ask_once(world: World) -> None:
    """500 phones that check in at once: one fetch of each list."""
    world.server.gate.clear()
    persons = [world.there.person(str(number)) for number in range(20)]
    asking = [
        asyncio.create_task(world.book.status(world.question(person))) for person in persons for _ in "ab"
    ]

    async def asked() -> bool:
        return world.server.asked.total() >= 2

    await until(asked)
    world.server.gate.set()
    assert {each.kind for each in await asyncio.gather(*asking)} == {"good"}
    assert world.server.asked == {"/issuing.crl": 1, "/root.crl": 1}


async def test_addresses_of_strangers_are_not_visited(world: World) -> None:
    """A certificate that leads to no anchor makes us go nowhere."""
    leaf = certify(
        "Mallory", Outside().issuing, [*signing(), *places(lists=[f"{world.server.url}/issuing.crl"])]
    )
    with pytest.raises(ChainUntrusted):
        await world.book.status(world.question(leaf))
    assert world.server.asked.total() == 0


async def test_remembered_for_one_purpose_and_one_trust(world: World) -> None:
    """Other anchors or another purpose are asked anew; so is everything when the clock is set back."""
    leaf = world.there.person()
    question = world.question(leaf)
    await world.book.status(question)
    assert world.book.remembered(question) is not None
    assert world.book.remembered(Question(question.chain, question.anchors, SEAL)) is None
    assert world.book.remembered(Question(question.chain, Outside().anchors, PERSON)) is None
    world.kept.ahead -= 60_000
    assert world.book.remembered(question) is None
    world.kept.ahead += 60_000
    assert world.book.remembered(question) is not None


async def test_runs_out_with_its_certificate(world: World) -> None:
    """Nothing is remembered beyond the end of what it is about."""
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    leaf = certify(
        "An",
        world.there.issuing,
        [*signing(), *places(lists=[f"{world.server.url}/issuing.crl"])],
        ends=now + datetime.timedelta(seconds=90),
    )
    found = await world.book.status(world.question(leaf))
    assert found.expires_at == int((now + datetime.timedelta(seconds=90)).timestamp() * 1000)


async def test_a_process_that_dies_is_replaced(examiner: Examiner, world: World) -> None:
    """What it remembered is shown to the next one."""
    question = world.question(world.there.person())
    await world.book.status(question)
    process = examiner._process
    assert process is not None
    for each in list(process._processes.values()):
        each.kill()

    async def good() -> bool:
        try:
            return (await world.book.ask(question)).kind == "good"
        except ChainStatusUnknown:
            return False

    await until(good)


async def test_anchor_itself(world: World) -> None:
    """An authority is no person, whatever vouches for it."""
    with pytest.raises(ChainUntrusted):
        await world.book.status(
            Question((certify("Self", None, authority()).der,), world.there.anchors, PERSON)
        )
