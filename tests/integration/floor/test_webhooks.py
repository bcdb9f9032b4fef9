"""Webhooks from the chair's act to the receiver: signed, in order, at least once, and none waits for another."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, get_args

import msgspec
import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.floor.courier import Courier
from services.floor.deliveries import Deliveries
from services.floor.webhook_store import Due, WebhookStore
from services.floor.webhooks import Webhooks
from services.kit import background
from services.rules import webhook
from services.wire import Call, EndTurn, PauseTurn, ResumeTurn, StartTurn, TurnEvent, Webhook
from tests.support.breaking import When
from tests.support.floor_desk import Convene, FloorDesk
from tests.support.told_desk import BODY, CHAIR, MEETING, SECRETARY
from tests.support.waiting import until
from tests.support.webhook_receiver import Receiver

PATH = f"/bodies/{BODY.id}/webhooks"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that takes everything, until a test says otherwise."""
    receiver = await Receiver().open()
    yield receiver
    await receiver.close()


async def put(desk: FloorDesk, identifier: str, url: str, who: str = SECRETARY, **more: Any) -> Webhook:
    """A webhook as the secretary puts it."""
    answer = await desk.ask("PUT", f"{PATH}/{identifier}", {"url": url, **more}, who=who, status=200)
    return msgspec.convert(answer, Webhook)


async def shown(desk: FloorDesk, identifier: str) -> Webhook:
    """A webhook as the secretary sees it."""
    return msgspec.convert(await desk.ask("GET", f"{PATH}/{identifier}", who=SECRETARY, status=200), Webhook)


async def speak(desk: FloorDesk, who: str) -> None:
    """One whole turn: called, started, paused, resumed, ended."""
    done = await desk.ask_to_speak(who)
    assert done.place is not None
    act: Any = {"meeting": MEETING}
    await desk.do(CHAIR, Call(**act, seen=await desk.seen(), request=done.place.request.id))
    (turn,) = (await desk.shown()).turns
    for kind in (StartTurn, PauseTurn, ResumeTurn, EndTurn):
        await desk.do(CHAIR, kind(**act, seen=await desk.seen(), turn=turn.id))


async def arrives(receiver: Receiver, count: int) -> None:
    """Wait until so many events were taken."""

    async def enough() -> bool:
        return len(receiver.taken) >= count

    await until(enough)


WHOLE_TURN = ["turn.called", "turn.started", "turn.paused", "turn.resumed", "turn.ended"]


async def test_whole_turn(desk: FloorDesk, receiver: Receiver) -> None:
    """Everything that happens to a turn, in order, signed in both ways; the secret is told once."""
    await desk.open_lane()
    made = await put(desk, "mic", receiver.url, secret=True)
    assert made.secret.startswith("whsec_")
    assert (await put(desk, "mic", receiver.url, secret=True)).secret == ""
    assert (await shown(desk, "mic")).secret == ""
    await speak(desk, desk.voters[0])
    await arrives(receiver, 5)
    assert [event.type for event in receiver.taken] == WHOLE_TURN
    assert [event.seq for event in receiver.taken] == [1, 2, 3, 4, 5]
    assert [event.camera for event in receiver.taken] == ["next", "speaker", "hall", "speaker", "hall"]
    assert {event.meeting for event in receiver.taken} == {MEETING}
    for (headers, body), event in zip(receiver.tries, receiver.taken, strict=True):
        for key in (made.key, made.secret):
            assert webhook.verify(headers, body, webhook.read_key(key), int(time.time())) == event.id
    assert len({event.id for event in receiver.taken}) == 5


async def test_begins_with_what_comes(desk: FloorDesk, receiver: Receiver) -> None:
    """What happened before it was made, or while it was not active, is not sent; the gap shows in the numbers."""
    await desk.open_lane()
    await speak(desk, desk.voters[0])
    await put(desk, "mic", receiver.url)
    await speak(desk, desk.voters[1])
    await arrives(receiver, 5)
    assert {event.turn.member for event in receiver.taken} == {desk.voters[1]}
    await put(desk, "mic", receiver.url, active=False)
    await speak(desk, desk.voters[2])
    await put(desk, "mic", receiver.url)
    await speak(desk, desk.voters[3])
    await arrives(receiver, 10)
    assert {event.turn.member for event in receiver.taken[5:]} == {desk.voters[3]}
    assert [event.seq for event in receiver.taken] == [*range(6, 11), *range(16, 21)]


async def test_faults_keep_the_order(desk: FloorDesk, receiver: Receiver) -> None:
    """Refused, redirected, hung up on: the same event again, with the same id, until it is taken; then the next."""
    faults: dict[int, int | None] = {0: 500, 1: None, 3: 302, 4: 429}
    receiver.fault = lambda place: faults.get(place, 200)
    receiver.headers = {"Location": receiver.url.replace("/hook", "/elsewhere"), "Retry-After": "0"}
    await desk.open_lane()
    await put(desk, "mic", receiver.url)
    await speak(desk, desk.voters[0])
    await arrives(receiver, 5)
    assert [event.type for event in receiver.taken] == WHOLE_TURN
    ids = [msgspec.json.decode(body, type=TurnEvent).id for _, body in receiver.tries]
    first, second, *rest = (event.id for event in receiver.taken)
    assert ids == [first] * 3 + [second] * 3 + rest

    async def works() -> bool:
        now = await shown(desk, "mic")
        return (now.failures, now.error) == (0, "")

    await until(works)


async def test_none_waits_for_another(desk: FloorDesk, receiver: Receiver) -> None:
    """One that always fails, and says so, holds up nobody else."""
    broken = await Receiver(fault=lambda _: 503).open()
    await desk.open_lane()
    await put(desk, "broken", broken.url)
    await put(desk, "mic", receiver.url)
    await speak(desk, desk.voters[0])
    await arrives(receiver, 5)
    assert broken.taken == []

    async def told() -> bool:
        now = await shown(desk, "broken")
        return now.failures > 0 and now.error == "http 503"

    await until(told)
    await broken.close()


async def test_gone(desk: FloorDesk, receiver: Receiver) -> None:
    """410 Gone: it wants no more, and is sent no more."""
    receiver.fault = lambda _: 410
    await desk.open_lane()
    await put(desk, "mic", receiver.url)
    await speak(desk, desk.voters[0])

    async def inactive() -> bool:
        return not (await shown(desk, "mic")).active

    await until(inactive)
    assert len(receiver.tries) == 1


async def test_url_is_changed_while_it_fails(desk: FloorDesk, receiver: Receiver) -> None:
    """A wrong URL is put right: nothing is lost, and the next try goes to the new one."""
    broken = await Receiver(fault=lambda _: None).open()
    await desk.open_lane()
    await put(desk, "mic", broken.url)
    await speak(desk, desk.voters[0])

    async def failing() -> bool:
        return (await shown(desk, "mic")).failures > 0

    await until(failing)
    await put(desk, "mic", receiver.url)
    await arrives(receiver, 5)
    assert [event.seq for event in receiver.taken] == [1, 2, 3, 4, 5]
    await broken.close()


async def test_whoever_changes_it_does_not_wait(desk: FloorDesk, receiver: Receiver) -> None:
    """The one it was sent to asked for a minute's peace: the new one is told at once, and the old one never again."""
    busy = await Receiver(fault=lambda _: 503, headers={"Retry-After": "60"}).open()
    await desk.open_lane()
    await put(desk, "mic", busy.url)
    await speak(desk, desk.voters[0])

    async def failing() -> bool:
        return (await shown(desk, "mic")).error == "http 503"

    await until(failing)
    await put(desk, "mic", receiver.url)
    await arrives(receiver, 5)
    assert len(busy.tries) == 1
    await busy.close()


async def test_an_old_address_says_nothing_of_the_new_one(desk: FloorDesk, receiver: Receiver) -> None:
    """It is moved away from one that is being taken down: that this wants no more does not end the new one."""
    moved = asyncio.Event()

    def goes(_: int) -> int | None:
        moved.set()
        return 503

    old = await Receiver(fault=goes, headers={"Retry-After": "60"}).open()
    await desk.open_lane()
    await put(desk, "mic", old.url)
    await speak(desk, desk.voters[0])
    await moved.wait()
    store = WebhookStore(desk.pool)
    (due,) = await store.due()
    await put(desk, "mic", receiver.url)
    assert not await store.failed(due, "http 410", gone=True)
    await store.taken(due)
    now = await shown(desk, "mic")
    assert (now.active, now.error, now.failures) == (True, "", 0)
    await arrives(receiver, 5)
    await old.close()


async def test_two_who_make_the_last_one(desk: FloorDesk) -> None:
    """At once, twice as many as a body may have: so many are made, and the others are refused."""
    sent = {"url": "http://192.168.1.20/hook", "active": False}

    async def made(number: int) -> str:
        answer = await desk.ask("PUT", f"{PATH}/mic-{number}", sent, who=SECRETARY)
        return str(answer.get("code", "made"))

    answers = Counter(await asyncio.gather(*map(made, range(40))))
    assert answers == {"made": 20, "webhooks_full": 20}


@pytest.fixture
def nobody_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker itself sends nothing: the test says who does."""

    async def idle(_: Webhooks) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Webhooks, "deliver", idle)


async def test_after_a_crash(nobody_sends: None, desk: FloorDesk, receiver: Receiver) -> None:
    """Who leads next goes on from what was written down: what was under way comes again, with its id."""
    await desk.open_lane()
    await put(desk, "mic", receiver.url)
    await speak(desk, desk.voters[0])
    stuck = asyncio.Event()
    receiver.fault = lambda place: 200 if place < 2 else stuck.set()
    store, key = WebhookStore(desk.pool), Ed25519PrivateKey.generate()
    first = asyncio.create_task(Deliveries(store, Courier(private=True), key).run())
    await stuck.wait()
    await background.stop([first])
    receiver.fault = lambda _: 200
    second = asyncio.create_task(Deliveries(store, Courier(private=True), key).run())
    await arrives(receiver, 5)
    await background.stop([second])
    assert [event.seq for event in receiver.taken] == [1, 2, 3, 4, 5]
    ids = [msgspec.json.decode(body, type=TurnEvent).id for _, body in receiver.tries]
    assert ids == [receiver.taken[place].id for place in (0, 1, 2, 2, 3, 4)]


async def test_who_leads_in_another_run_of_the_database_sends_nothing(
    nobody_sends: None, desk: FloorDesk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address leads to a server that took over, where somebody else leads: connections to it are not taken by who
    leads by the one before."""
    await desk.open_lane()
    await put(desk, "mic", receiver.url)
    await speak(desk, desk.voters[0])

    async def before(_: Any) -> str:
        return "the run before"

    monkeypatch.setattr("services.floor.deliveries.run_of", before, raising=False)
    sends = asyncio.create_task(
        Deliveries(WebhookStore(desk.pool), Courier(private=True), Ed25519PrivateKey.generate()).run()
    )
    with structlog.testing.capture_logs() as logs:

        async def noticed() -> bool:
            return any(line["event"] == "webhooks.store_unreachable" for line in logs) or bool(receiver.tries)

        await until(noticed)
    await background.stop([sends])
    assert receiver.tries == []


@pytest.mark.parametrize("when", get_args(When))
async def test_what_was_taken_cannot_be_written_down(
    desk: FloorDesk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """The store goes away once an event was taken: it comes once more with its id and number if that is lost, and not
    if it was kept; nothing is passed over either way."""
    moved, broken = WebhookStore.moved, list[str]()

    async def breaks_once(store: WebhookStore, before: Due, after: Due) -> bool:
        # The third of the five, so that something was written down before.
        breaks = not broken and len(receiver.taken) == 3
        if breaks:
            broken.append(when)
        done = await moved(store, before, after) if not breaks or when == "failed but kept" else False
        if breaks:
            raise ConnectionResetError
        return done

    monkeypatch.setattr(WebhookStore, "moved", breaks_once)
    again = [3] if when == "failed" else []
    await desk.open_lane()
    await put(desk, "mic", receiver.url)
    await speak(desk, desk.voters[0])
    await arrives(receiver, 5 + len(again))
    assert broken == [when]
    assert [event.seq for event in receiver.taken] == [1, 2, 3, *again, 4, 5]
    assert len({event.id for event in receiver.taken}) == 5


async def test_one_leads(hall: Convene, receiver: Receiver) -> None:
    """However many workers there are, each event is sent once."""
    one, other = await hall(workers=2)
    await one.open_lane()
    await put(other, "mic", receiver.url)
    for voter in one.voters[:2]:
        await speak(one, voter)
    await arrives(receiver, 10)
    assert [event.seq for event in receiver.taken] == list(range(1, 11))


async def test_rights(desk: FloorDesk, receiver: Receiver) -> None:
    """The secretary of the body and the operator; nobody else, and no other body's secretary."""
    sent = {"url": receiver.url}
    for who in (desk.voters[0], CHAIR):
        refused = await desk.ask("PUT", f"{PATH}/mic", sent, who=who, status=403)
        assert refused["code"] == "not_allowed"
    refused = await desk.ask("PUT", "/bodies/other/webhooks/mic", sent, who=SECRETARY, status=403)
    assert refused["code"] == "foreign_body"
    assert await desk.ask("GET", PATH, who=SECRETARY, status=200) == []
    await put(desk, "mic", receiver.url)
    assert [each["id"] for each in await desk.ask("GET", PATH, who=SECRETARY, status=200)] == ["mic"]
    await desk.ask("DELETE", f"{PATH}/mic", who=SECRETARY, status=204)
    await desk.ask("DELETE", f"{PATH}/mic", who=SECRETARY, status=404)
    await desk.ask("GET", f"{PATH}/mic", who=SECRETARY, status=404)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://169.254.169.254/latest/meta-data/", "webhook_address"),
        ("file:///etc/passwd", "webhook_url"),
        ("http://user:word@hall.example/", "webhook_url"),
    ],
)
async def test_where_it_may_not_go(desk: FloorDesk, url: str, code: str) -> None:
    """Refused when it is asked for."""
    refused = await desk.ask("PUT", f"{PATH}/mic", {"url": url}, who=SECRETARY, status=400)
    assert refused["code"] == code


async def test_at_most_twenty(desk: FloorDesk) -> None:
    """A body cannot have any number of them; those there are can be changed."""
    for number in range(20):
        await put(desk, f"mic-{number}", "http://192.168.1.20/hook", active=False)
    await put(desk, "mic-3", "http://192.168.1.21/hook", active=False)
    sent = {"url": "http://192.168.1.20/hook"}
    refused = await desk.ask("PUT", f"{PATH}/one-more", sent, who=SECRETARY, status=409)
    assert refused["code"] == "webhooks_full"


async def test_a_secret_that_was_told_is_the_one_that_signs(desk: FloorDesk) -> None:
    """Two change a webhook at once, one of them its secret: whoever is first, the secret told last stands."""
    store, path = WebhookStore(desk.pool), "http://192.168.1.20/hook"
    told = (await put(desk, "mic", path, secret=True)).secret
    for _ in range(8):
        answers = await asyncio.gather(
            put(desk, "mic", path, secret=True, new_secret=True),
            put(desk, "mic", path, secret=True),
        )
        assert [bool(each.secret) for each in answers] == [True, False]
        assert answers[0].secret != told
        told = answers[0].secret
        (row,) = await store.of_body(BODY.id)
        assert webhook.secret_text(row["secret"]) == told
    assert not (await put(desk, "mic", path)).has_secret


async def test_no_secret_in_logs(desk: FloorDesk, receiver: Receiver) -> None:
    """Neither the secret nor the URL, which may hold one, is in what is logged when sending fails."""
    receiver.fault = lambda _: 500
    await desk.open_lane()
    with structlog.testing.capture_logs() as logs:
        made = await put(desk, "mic", receiver.url + "?key=do-not-tell", secret=True)
        await speak(desk, desk.voters[0])

        async def told() -> bool:
            return any(line["event"] == "webhooks.not_taken" for line in logs)

        await until(told)
    assert made.secret not in str(logs)
    assert "do-not-tell" not in str(logs)
    (due,) = await WebhookStore(desk.pool).due()
    assert due.secret is not None
    assert repr(due.secret) not in repr(due)
