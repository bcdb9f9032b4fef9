"""The signing desk step by step: who may, who comes first, what is lost on the way, what is killed, who is away."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.access import ForeignBody
from services.kit.database import Pool
from services.refusal import Refused
from services.rules import countersigned, jws
from services.rules.ballot import CredentialRevoked, CredentialUnknown
from services.rules.credential import load_anchors
from services.rules.errors import TextUnclean
from services.signing.countersigned import errors, revisions, signed_pdf
from services.signing.countersigned.acts import Signature
from services.signing.countersigned.pdf_errors import StamperAway
from services.signing.countersigned.picture_files import PictureFiles
from services.signing.countersigned.steps import PreparedSignature
from services.wire import CertificateSigned, SignatureBegun, SignatureGiven
from tests.support.drawn import ring, stroke
from tests.support.pki import Pki
from tests.support.signing_room import (
    CERTIFICATE,
    CHAIR,
    OTHER,
    SECRETARY,
    Killed,
    Room,
    Stamper,
    furnish,
    revoke,
)
from tests.support.waiting import until


async def must_be_signed_once(room: Room) -> None:
    """One signed edition, told of once, both files proven by a stranger."""
    shown = await room.desk.shown(CERTIFICATE)
    assert (shown.awaited, shown.level, len(shown.signed)) == ("", "B-LTA", 2)
    rows = await room.pool.fetch("select message from journal")
    (told,) = [msgspec.json.decode(row["message"], type=CertificateSigned) for row in rows]
    assert (told.certificate, told.secretary, told.chair) == (CERTIFICATE, SECRETARY, CHAIR)
    assert told.sha256 == shown.pdf_sha256
    file, pdf = await room.store.file(CERTIFICATE, "json"), await room.store.file(CERTIFICATE, "pdf")
    assert file is not None
    assert pdf is not None
    time_trust, pki = room.authority.trust, room.made.sitting.pki
    found = countersigned.open_file(file[0], pki.anchors(), load_anchors(time_trust))
    assert found.certificate == room.made.printed.sha256
    opened = await asyncio.to_thread(signed_pdf.open_signed, pdf[0], pki.root.pem, time_trust)
    assert opened.file == room.made.printed.file


async def test_all_sign_and_it_is_told(room: Room) -> None:
    """In order, each step shown; the publisher is woken."""
    assert (await room.desk.shown(CERTIFICATE)).awaited == "secretary"
    assert (await room.sign(SECRETARY, "secretary")).awaited == "stamp"
    assert (await room.go_on()).awaited == "chair"
    assert (await room.sign(CHAIR, "chair")).awaited == "stamp"
    assert (await room.go_on()).test_time
    await must_be_signed_once(room)
    assert room.rung == [room.made.sitting.meeting]


async def test_without_an_authority_for_time_it_is_b_b(pool: Pool) -> None:
    """And it says so."""
    room = await furnish(pool, stamped=False)
    shown = await room.sign_all()
    assert (shown.awaited, shown.level, shown.test_time) == ("", "B-B", False)
    assert [each.level for each in shown.signed] == ["B-B", "B-B"]


# --- Who may ---------------------------------------------------------------------------------------------------


async def test_the_secretary_signs_first(room: Room) -> None:
    """The chair waits for the secretary, and for the time-stamp on that signature."""
    with pytest.raises(errors.OutOfTurn):
        await room.begin(CHAIR, "chair")
    await room.sign(SECRETARY, "secretary")
    with pytest.raises(errors.StampAwaited):
        await room.begin(CHAIR, "chair")


async def test_only_who_has_the_role_signs_in_it(room: Room) -> None:
    """Neither a delegate, nor the chair as secretary, nor the other way round."""
    for member, role in (("db004", "secretary"), (CHAIR, "secretary"), (SECRETARY, "chair")):
        with pytest.raises(errors.RoleMissing):
            await room.begin(member, role)  # type: ignore[arg-type]  # each is one of them


async def test_who_declared_the_result_is_its_chair(room: Room) -> None:
    """Another chair says why, and it is shown; the reason of who declared it is of no use."""
    await room.sign(SECRETARY, "secretary")
    await room.go_on()
    for reason in ("", "  "):
        with pytest.raises(errors.ReasonMissing, match=CHAIR):
            await room.begin(OTHER, "chair", reason)
    await room.sign(OTHER, "chair", " Chủ tọa nghỉ ốm ")
    shown = await room.go_on()
    assert (shown.presiding, shown.awaited) == (CHAIR, "")
    assert [(each.member, each.instead) for each in shown.signed] == [
        (SECRETARY, ""),
        (OTHER, "Chủ tọa nghỉ ốm"),
    ]


async def test_why_another_chair_signs_can_be_read(room: Room) -> None:
    """Everybody sees it: no text that turns round, heaps marks, or that the database cannot hold."""
    await room.sign(SECRETARY, "secretary")
    await room.go_on()
    for reason in ("Nghỉ\u202e ốm", "Nghỉ\u0000", "Nghỉ Z\u0316\u0317\u0318\u0319\u031c"):
        with pytest.raises(TextUnclean):
            await room.begin(OTHER, "chair", reason)
    assert (await room.desk.shown(CERTIFICATE)).awaited == "chair"


async def test_nobody_signs_twice(room: Room) -> None:
    """Whoever has both roles signs in one of them."""
    await room.sign(OTHER, "secretary")
    await room.go_on()
    with pytest.raises(errors.SamePersonTwice):
        await room.begin(OTHER, "chair", "một mình")


async def test_strangers_are_told_nothing(room: Room) -> None:
    """Of another body; signed in without a key; with somebody else's."""
    begun = SignatureBegun(role="secretary")
    with pytest.raises(ForeignBody):
        await room.desk.begin(room.who(SECRETARY, body="khac"), CERTIFICATE, begun)
    for thumbprint in ("", room.device(CHAIR).thumbprint):
        who = msgspec.structs.replace(room.who(SECRETARY), credential=thumbprint)
        with pytest.raises(CredentialUnknown):
            await room.desk.begin(who, CERTIFICATE, begun)


async def test_a_revoked_key_does_not_sign(room: Room) -> None:
    """Neither begins nor ends; what it signed before it was revoked stands."""
    prepared = await room.begin(SECRETARY, "secretary")
    given = await room.given(SECRETARY, prepared)
    await revoke(room.pool, SECRETARY)
    with pytest.raises(CredentialRevoked):
        await room.send(SECRETARY, given)
    with pytest.raises(CredentialRevoked):
        await room.begin(SECRETARY, "secretary")


async def test_a_role_that_was_taken_away_does_not_sign(room: Room) -> None:
    """What was begun with it is refused; what was kept before is answered again whatever became of the role."""
    given = await room.given(SECRETARY, await room.begin(SECRETARY, "secretary"))
    without = msgspec.structs.replace(room.who(SECRETARY), roles=("delegate",))
    with pytest.raises(errors.RoleMissing):
        await room.desk.sign(without, CERTIFICATE, given)
    assert await room.store.signed(CERTIFICATE, "secretary") is None
    shown = await room.send(SECRETARY, given)
    assert await room.desk.sign(without, CERTIFICATE, given) == shown


async def test_the_event_loop_reads_no_statement(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is megabytes in a large vote: who declared, and whose signature it is, is found out in the print shop."""
    done: list[str] = []
    run = room.shop.run

    async def noted(do: Callable[..., Any], *arguments: Any) -> Any:
        done.append(do.__name__)
        return await run(do, *arguments)

    monkeypatch.setattr(room.shop, "run", noted)
    for _ in range(2):
        assert (await room.desk.shown(CERTIFICATE)).presiding == CHAIR
    assert done == ["presiding_of"]
    given = await room.given(SECRETARY, await room.begin(SECRETARY, "secretary"))
    wrong = msgspec.structs.replace(given, statement=given.page)
    for each, refusal in ((wrong, jws.SignatureWrong), (given, None)):
        with pytest.raises(refusal) if refusal else contextlib.nullcontext():
            await room.send(SECRETARY, each)
        assert done.pop() == "must_be_signed"


async def test_what_was_signed_before_the_key_was_revoked_is_finished(room: Room) -> None:
    """And its answer is given again."""
    given = await room.given(SECRETARY, await room.begin(SECRETARY, "secretary"))
    await room.send(SECRETARY, given)
    await revoke(room.pool, SECRETARY)
    assert (await room.send(SECRETARY, given)).signed[0].member == SECRETARY
    assert (await room.go_on()).awaited == "chair"


# --- Who comes first --------------------------------------------------------------------------------------------


async def test_the_same_bytes_again_are_the_same_answer(room: Room) -> None:
    """Before and after it is finished."""
    given = await room.given(SECRETARY, await room.begin(SECRETARY, "secretary"))
    first = await room.send(SECRETARY, given)
    assert await room.send(SECRETARY, given) == first
    finished = await room.go_on()
    assert await room.send(SECRETARY, given) == finished
    assert await room.pool.fetchval("select count(*) from person_signature") == 1


async def test_another_signature_to_the_same_is_refused(room: Room) -> None:
    """ECDSA signs anew each time: only what was kept is known again."""
    prepared = await room.begin(SECRETARY, "secretary")
    await room.send(SECRETARY, await room.given(SECRETARY, prepared))
    with pytest.raises(errors.SignedAlready, match=SECRETARY):
        await room.send(SECRETARY, await room.given(SECRETARY, prepared))


async def test_of_two_secretaries_at_once_one_wins(room: Room) -> None:
    """The other is told who was first."""
    one = await room.given(SECRETARY, await room.begin(SECRETARY, "secretary"))
    other = await room.given(OTHER, await room.begin(OTHER, "secretary"))
    outcomes = await asyncio.gather(
        room.send(SECRETARY, one), room.send(OTHER, other), return_exceptions=True
    )
    (refused,) = [each for each in outcomes if isinstance(each, errors.SignedAlready)]
    shown = await room.desk.shown(CERTIFICATE)
    assert [each.member for each in shown.signed] == [refused.facts["member"]]


async def test_whoever_begins_anew_signs_the_new(room: Room) -> None:
    """The older preparation is good no more, also for who had its page already."""
    old = await room.begin(SECRETARY, "secretary")
    signed = await room.given(SECRETARY, old)
    fresh = await room.begin(SECRETARY, "secretary")
    with pytest.raises(errors.PreparationOver):
        await room.desk.page(room.who(SECRETARY), CERTIFICATE, old.id)
    with pytest.raises(errors.PreparationOver):
        await room.send(SECRETARY, signed)
    await room.send(SECRETARY, await room.given(SECRETARY, fresh))


async def test_beginning_again_takes_nothing_from_what_is_signed_meanwhile(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for twice, as by two taps: one is signed while the page of the other is still being set."""
    given = await room.given(SECRETARY, await room.begin(SECRETARY, "secretary"))
    prepare = room.store.prepare

    async def late(fresh: PreparedSignature) -> None:
        await room.send(SECRETARY, given)
        await prepare(fresh)

    monkeypatch.setattr(room.store, "prepare", late)
    with pytest.raises(errors.SignedAlready, match=SECRETARY):
        await room.begin(SECRETARY, "secretary")
    assert (await room.go_on()).awaited == "chair"


async def test_beginning_is_no_obstacle_to_another(room: Room) -> None:
    """Two secretaries may both look; neither takes the page from the other."""
    one = await room.begin(SECRETARY, "secretary")
    await room.begin(OTHER, "secretary")
    await room.send(SECRETARY, await room.given(SECRETARY, one))


async def test_after_half_an_hour_it_is_begun_anew(room: Room) -> None:
    """The time in it would be wrong."""
    given = await room.given(SECRETARY, await room.begin(SECRETARY, "secretary"))
    room.ahead = 30 * 60_000 + 1
    with pytest.raises(errors.PreparationOver):
        await room.send(SECRETARY, given)


async def test_nobody_signs_what_was_prepared_for_another(room: Room) -> None:
    """Nor sees it."""
    prepared = await room.begin(SECRETARY, "secretary")
    with pytest.raises(errors.PreparationUnknown):
        await room.desk.page(room.who(OTHER), CERTIFICATE, prepared.id)
    given = SignatureGiven(prepared=prepared.id, page="", statement="")
    with pytest.raises(errors.PreparationUnknown):
        await room.send(OTHER, given)


@pytest.mark.parametrize("what", ["page", "statement", "swapped", "of another key", "high s", "empty"])
async def test_a_signature_that_is_not_good_is_refused(room: Room, what: str) -> None:
    """And nothing is kept; a good one is taken after it."""
    prepared = await room.begin(SECRETARY, "secretary")
    good = await room.given(SECRETARY, prepared)
    page = await room.desk.page(room.who(SECRETARY), CERTIFICATE, prepared.id)
    stranger = Pki().person(SECRETARY)
    key, attributes = room.made.sitting.keys[SECRETARY].key, jws.b64_decode(prepared.attributes.encode())
    raw = jws.raw_of_der(jws.b64_decode(good.page.encode()))
    high = jws.P256_ORDER - int.from_bytes(raw[32:])
    wrong = {
        "page": msgspec.structs.replace(good, page=_der(jws.sign_bytes("ES256", key, page))),
        "statement": msgspec.structs.replace(
            good, statement=jws.b64_encode(jws.sign_bytes("ES256", key, attributes)).decode()
        ),
        "swapped": msgspec.structs.replace(good, page=good.statement, statement=good.page),
        "of another key": msgspec.structs.replace(
            good, page=_der(jws.sign_bytes("ES256", stranger.key, attributes))
        ),
        "high s": msgspec.structs.replace(good, page=_high(raw[:32], high)),
        "empty": msgspec.structs.replace(good, page="", statement=""),
    }[what]
    with pytest.raises(Refused):
        await room.send(SECRETARY, wrong)
    assert (await room.desk.shown(CERTIFICATE)).awaited == "secretary"
    assert (await room.send(SECRETARY, good)).awaited == "stamp"


def _der(raw: bytes) -> str:
    return jws.b64_encode(jws.der_of_raw(raw)).decode()


def _high(r: bytes, s: int) -> str:
    members = b"".join(_integer(number) for number in (int.from_bytes(r), s))
    return jws.b64_encode(bytes([0x30, len(members)]) + members).decode()


def _integer(number: int) -> bytes:
    raw = number.to_bytes(33).lstrip(b"\0")
    raw = b"\0" + raw if raw[0] & 0x80 else raw
    return bytes([2, len(raw)]) + raw


# --- What is lost and killed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("where", ["prepare", "sign"])
async def test_a_crash_while_a_person_signs_is_made_good_by_asking_again(
    room: Room, where: str, kept: bool
) -> None:
    """Each step of the secretary fails once, and once is done and fails to say so."""
    prepared = await room.begin(SECRETARY, "secretary")
    given = await room.given(SECRETARY, prepared)
    room.store.kill, room.store.kept = where, kept
    with pytest.raises(Killed):
        await (room.begin(SECRETARY, "secretary") if where == "prepare" else room.send(SECRETARY, given))
    room.store.kill = ""
    if where == "prepare":
        given = await room.given(SECRETARY, await room.begin(SECRETARY, "secretary"))
    await room.send(SECRETARY, given)
    await room.go_on()
    await room.sign(CHAIR, "chair")
    await room.go_on()
    await must_be_signed_once(room)


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("where", ["finish", "seal"])
async def test_a_crash_in_the_background_is_followed_by_another_worker(
    room: Room, where: str, kept: bool
) -> None:
    """Each step that is kept fails once, and once is kept and fails to say so; another worker goes on there."""
    other = Room(room.pool, room.made, room.stamper, room.authority)
    for member, role in ((SECRETARY, "secretary"), (CHAIR, "chair")):
        await room.sign(member, role)  # type: ignore[arg-type]  # each is one of them
        room.store.kill, room.store.kept = where, kept
        if where == "finish" or role == "chair":
            with pytest.raises(Killed):
                await room.go_on()
        room.store.kill = ""
        await other.go_on()
    await must_be_signed_once(room)


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("where", ["finish", "begin_seal", "archive", "seal_file", "write", "check"])
async def test_a_process_killed_at_its_work_loses_only_work(room: Room, where: str, done: bool) -> None:
    """Whatever the bench was at: the next try ends with one signed edition."""
    await room.sign(SECRETARY, "secretary")
    await room.go_on()
    await room.sign(CHAIR, "chair")
    room.shop.kill, room.shop.done = where, done
    with pytest.raises(Killed):
        await room.go_on()
    room.shop.kill = ""
    await room.go_on()
    await must_be_signed_once(room)


async def test_several_workers_make_one_edition(room: Room) -> None:
    """All of them at once, again and again."""
    others = [Room(room.pool, room.made, room.stamper, room.authority) for _ in range(3)]
    await room.sign(SECRETARY, "secretary")
    await asyncio.gather(*(each.finisher.go_on(CERTIFICATE) for each in (room, *others)))
    await room.sign(CHAIR, "chair")
    await asyncio.gather(*(each.finisher.go_on(CERTIFICATE) for each in (room, *others)))
    await must_be_signed_once(room)


# --- Who is away ------------------------------------------------------------------------------------------------


async def test_what_was_signed_outlives_an_authority_for_time_that_is_away(room: Room) -> None:
    """It is kept, the trouble is shown, and it goes on by itself when the authority is back."""
    assert isinstance(room.stamper, Stamper)
    room.stamper.is_away = True
    await room.sign(SECRETARY, "secretary")
    with pytest.raises(StamperAway):
        await room.go_on()
    running = asyncio.create_task(room.finisher.run())
    try:
        await until(lambda: _troubled(room, "stamper_away"), what="the trouble is shown")
        room.stamper.is_away = False
        room.ahead = 120_000
        room.finisher.wake()
        await until(lambda: _troubled(room, ""), what="the trouble is over")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    shown = await room.desk.shown(CERTIFICATE)
    assert (shown.awaited, [each.level for each in shown.signed]) == ("chair", ["B-LT"])


async def _troubled(room: Room, code: str) -> bool:
    shown = await room.desk.shown(CERTIFICATE)
    return shown.trouble == code and shown.awaited == ("stamp" if code else "chair")


async def test_a_fault_of_ours_ends_nothing(room: Room) -> None:
    """Killed at its work, or whatever else: it is told, the background lives, and the next try succeeds."""
    await room.sign(SECRETARY, "secretary")
    room.shop.kill = "finish"
    running = asyncio.create_task(room.finisher.run())
    try:
        await until(lambda: _troubled(room, "fault"), what="the trouble is shown")
        room.shop.kill, room.ahead = "", 120_000
        room.finisher.wake()
        await until(lambda: _troubled(room, ""), what="the trouble is over")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_who_is_away_is_not_asked_all_the_time(room: Room) -> None:
    """After a failure the certificate rests, longer each time."""
    assert isinstance(room.stamper, Stamper)
    room.stamper.is_away = True
    await room.sign(SECRETARY, "secretary")
    running = asyncio.create_task(room.finisher.run())
    try:
        await until(lambda: _troubled(room, "stamper_away"), what="the trouble is shown")
        asked = room.stamper.asked
        for _ in range(5):
            room.finisher.wake()
            await room.store.waiting()
        assert room.stamper.asked == asked
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_restart_goes_on_with_what_waits(room: Room) -> None:
    """A worker that has just started finds what another left."""
    await room.sign(SECRETARY, "secretary")
    assert await room.store.waiting() == [CERTIFICATE]
    fresh = Room(room.pool, room.made, room.stamper, room.authority)
    running = asyncio.create_task(fresh.finisher.run())
    try:
        await until(lambda: _awaits(room, "chair"), what="the secretary's signature is finished")
        assert await room.store.waiting() == []
        await room.sign(CHAIR, "chair")
        fresh.finisher.wake()
        await until(lambda: _awaits(room, ""), what="it is sealed")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await must_be_signed_once(room)


async def _awaits(room: Room, what: str) -> bool:
    return (await room.desk.shown(CERTIFICATE)).awaited == what


async def test_pictures_of_the_installation_are_shown(room: Room, tmp_path: Path) -> None:
    """A person's, the seal's; who has none signs without. What cannot be used is said to who would sign with it."""
    persons = tmp_path / "hdnd" / "signatures"
    persons.mkdir(parents=True)
    object.__setattr__(room.bindery, "pictures", PictureFiles(tmp_path))
    (persons / f"{SECRETARY}.png").write_bytes(b"GIF89a")
    with pytest.raises(errors.PageRefused, match="picture_not_taken"):
        await room.begin(SECRETARY, "secretary")
    (persons / f"{SECRETARY}.png").write_bytes(stroke(240, 90, b"\x10\x30\xa0"))
    (tmp_path / "hdnd" / "seal.png").write_bytes(ring(300, b"\xc8\x10\x20"))
    await room.sign_all()
    await must_be_signed_once(room)
    file = await room.store.file(CERTIFICATE, "pdf")
    assert file is not None
    acts = [each for each in revisions.read(file[0]).acts if isinstance(each, Signature)]
    assert [each.image is not None for each in acts] == [True, False, True]
