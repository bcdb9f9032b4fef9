"""Microphones follow turns: exactly while they run, whatever the unit and the way there do."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import structlog
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from services.__main__ import main as command
from services.desk import microphones, newest_state
from services.desk.conference_unit import TIMEOUT_S, CoCon, UnitFailed, read_seats
from services.desk.microphones import Hall, application, listening
from services.desk.newest_state import Newest
from services.kit import background, files
from services.kit.complaint import Complaint
from services.rules import webhook
from services.wire import Turn, TurnEvent
from tests.support.conference_unit import SimulatedUnit
from tests.support.waiting import until

KEY = Ed25519PrivateKey.generate()
SETTLE_S = 0.05
ROLLCALL = Path(__file__).parents[2] / "data" / "rollcalls" / "constitution-2013-11-28.json"
SEATS = {"A1": 1, "A2": 2, "B1": 7}


@pytest.fixture
async def unit() -> AsyncIterator[SimulatedUnit]:
    """A unit that does what it is told."""
    unit = await SimulatedUnit().open()
    yield unit
    await unit.close()


@pytest.fixture
async def hall(unit: SimulatedUnit, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    """A hall on that unit; what the unit did not do it is told again soon."""
    monkeypatch.setattr(newest_state, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(newest_state, "LONGEST_PAUSE", 0.05)
    async with on_unit(unit) as hall:
        yield hall


@asynccontextmanager
async def on_unit(unit: SimulatedUnit, timeout_s: float = TIMEOUT_S) -> AsyncIterator[Hall]:
    """A hall that gives an answer up after so many seconds."""
    cocon = CoCon(unit.url, SEATS, unit.url + "/camera/{seat}", timeout_s)
    hall = Hall(cocon, SETTLE_S)
    try:
        yield hall
    finally:
        await hall.close()
        await cocon.close()


class Sitting:
    """What happens to turns, as the floor would tell it."""

    def __init__(self) -> None:
        self.seq = 0
        self.turns: dict[str, Turn] = {}

    def tell(
        self, what: str, seat: str, turn: str = "t1", meeting: str = "m", at: int | None = None
    ) -> TurnEvent:
        """The next event."""
        self.seq += 1
        state: Any = {"called": "called", "paused": "paused", "ended": "ended", "dropped": "dropped"}.get(
            what, "running"
        )
        now = int(time.time() * 1000)
        fixed: Any = {
            "id": turn,
            "item": "i",
            "lane": "speech",
            "member": "d1",
            "name": "An",
            "planned_ms": None,
        }
        made = Turn(**fixed, seat=seat, state=state, called_at=now)
        fields = {
            "type": f"turn.{what}",
            "timestamp": "2026-11-22T01:00:00.000Z",
            "id": f"msg_{meeting}_{self.seq}",
            "meeting": meeting,
            "seq": self.seq,
            "index": self.seq,
            "at": now if at is None else at,
            "seat": seat,
            "camera": "speaker",
            "turn": msgspec.to_builtins(made),
        }
        return msgspec.convert(fields, TurnEvent)


@pytest.fixture
def sitting() -> Sitting:
    """A sitting at its beginning."""
    return Sitting()


async def done(hall: Hall) -> None:
    """Wait until the unit has taken everything."""

    async def settled() -> bool:
        return hall.is_done

    await until(settled)


WHOLE = [
    ("called", "A1", "t1", set()),
    ("started", "A1", "t1", {1}),
    ("warned", "A1", "t1", {1}),
    ("extended", "A1", "t1", {1}),
    ("paused", "A1", "t1", set()),
    ("started", "B1", "t2", {7}),
    ("ended", "B1", "t2", set()),
    ("resumed", "A1", "t1", {1}),
    ("ended", "A1", "t1", set()),
    ("called", "A2", "t3", set()),
    ("dropped", "A2", "t3", set()),
]


async def test_on_exactly_while_a_turn_runs(hall: Hall, unit: SimulatedUnit, sitting: Sitting) -> None:
    """After each event exactly the microphones of those who speak are on; the camera is at them, or shows the hall."""
    for what, seat, turn, on in WHOLE:
        assert hall.take(sitting.tell(what, seat, turn))
        await done(hall)
        assert unit.on == on
    changes = [command for command in unit.log if command[0] != 2]
    assert changes == [(1, "Off"), (1, "On"), (1, "Off"), (7, "On"), (7, "Off"), (1, "On"), (1, "Off")]
    assert unit.camera == ["hall", "A1", "hall", "B1", "hall", "A1", "hall"]


@pytest.mark.parametrize("mode", ["busy", "no", "gone"])
async def test_unit_fails(hall: Hall, unit: SimulatedUnit, sitting: Sitting, mode: str) -> None:
    """A unit that is busy, refuses, or does it and does not say so is told again, until all is as it must be."""
    unit.mode = lambda number: mode if number % 3 != 2 else "ok"
    for what, seat, turn, on in WHOLE:
        hall.take(sitting.tell(what, seat, turn))
        await done(hall)
        assert unit.on == on


async def test_what_nobody_thought_of_is_tried_again() -> None:
    """A unit's class that fails in a way of its own leaves no microphone as it is."""
    tries: list[bool] = []

    async def switch(on: bool) -> None:
        tries.append(on)
        if len(tries) == 1:
            raise LookupError("unknown encoding")

    seat = Newest("seat A1", switch, SETTLE_S)
    running = asyncio.create_task(seat.run())
    seat.want(True)

    async def taken() -> bool:
        return len(tries) > 1 and seat.is_done

    await until(taken, what="the unit has taken it")
    await background.stop([running])
    assert set(tries) == {True}


async def test_newest_wins_while_the_unit_is_down(hall: Hall, unit: SimulatedUnit, sitting: Sitting) -> None:
    """What changed ten times while nobody answered is told once, as it is now."""
    down = True
    unit.mode = lambda _: "busy" if down else "ok"
    for number in range(5):
        hall.take(sitting.tell("started", "A1", f"t{number}"))
        hall.take(sitting.tell("ended", "A1", f"t{number}"))
    hall.take(sitting.tell("started", "A2", "t9"))

    async def tried() -> bool:
        return unit.received > 4

    await until(tried)
    assert unit.log == []
    down = False
    await done(hall)
    assert unit.on == {2}
    assert (1, "On") not in unit.log


async def test_late_command_does_not_stay(unit: SimulatedUnit, sitting: Sitting) -> None:
    """A command that the unit carries out long after it was given up is put right again."""
    unit.mode = lambda number: "late" if number == 0 else "ok"

    async def stuck() -> bool:
        return unit.late == 1

    async def overtaken() -> bool:
        return (1, "On") in unit.log

    async def put_right() -> bool:
        return unit.on == set()

    async with on_unit(unit, timeout_s=0.1) as hall:
        hall.take(sitting.tell("started", "A1"))
        await until(stuck)
        hall.take(sitting.tell("ended", "A1"))
        await done(hall)
        assert unit.on == set()
        unit.let_late_go.set()
        await until(overtaken)
        await until(put_right)


async def test_one_bad_seat_holds_up_no_other(hall: Hall, unit: SimulatedUnit, sitting: Sitting) -> None:
    """A seat that the unit does not have is told, and the others are switched."""
    with structlog.testing.capture_logs() as logs:
        hall.take(sitting.tell("started", "Z9", "t1"))
        hall.take(sitting.tell("started", "A1", "t2"))

        async def on() -> bool:
            return unit.on == {1}

        await until(on)
    assert any(line.get("error") == "seat Z9 has no number" for line in logs)


async def test_repeats_and_gaps(hall: Hall, unit: SimulatedUnit, sitting: Sitting) -> None:
    """What is known, or older than what is known, is passed over; what is missing is told."""
    started, ended = sitting.tell("started", "A1"), sitting.tell("ended", "A1")
    sitting.seq += 1
    called = sitting.tell("called", "A2", "t2")
    with structlog.testing.capture_logs() as logs:
        taken = [hall.take(event) for event in (started, ended, started, ended, called)]
        assert taken == [True, True, False, False, True]
        # Even under a new id, what is older than what is known changes nothing.
        assert not hall.take(replace(started, id="msg_other"))
    await done(hall)
    assert unit.on == set()
    assert [(line["after"], line["came"]) for line in logs if line["event"] == "microphones.gap"] == [(2, 4)]


@pytest.mark.parametrize(
    ("what", "seat", "turn", "on"),
    [
        ("started", "A2", "t2", {2}),
        ("called", "A2", "t2", set()),
        ("warned", "A1", "t1", {1}),
        ("ended", "A1", "t1", set()),
        ("started", "A1", "t2", {1}),
    ],
)
async def test_a_missed_end_leaves_no_microphone_on(
    hall: Hall, unit: SimulatedUnit, sitting: Sitting, what: str, seat: str, turn: str, on: set[int]
) -> None:
    """The webhook was not active while a turn ended: whatever comes next, only who is known to speak is heard."""
    hall.take(sitting.tell("started", "A1", "t1"))
    await done(hall)
    assert unit.on == {1}
    sitting.seq += 1
    hall.take(sitting.tell(what, seat, turn))
    await done(hall)
    assert unit.on == on
    hall.take(sitting.tell("ended", seat, turn))
    await done(hall)
    assert unit.on == set()


async def test_a_floor_that_lost_its_last_lines(hall: Hall, unit: SimulatedUnit, sitting: Sitting) -> None:
    """A failover without synchronous replication: who was given the floor in lines that are gone is not heard once
    something else is told, though the numbers go back; what is told then is followed, and not only once the numbers
    are beyond those that were lost."""
    for each in ("t0", "t1"):
        hall.take(sitting.tell("called", "A1", each))
        hall.take(sitting.tell("started", "A1", each))
    await done(hall)
    assert unit.on == {1}
    sitting.seq -= 2
    later = int(time.time() * 1000) + 5_000
    assert hall.take(_other_line(sitting.tell("called", "B1", "t1", at=later)))
    await done(hall)
    assert unit.on == set()
    for what, on in (("started", {7}), ("ended", set())):
        assert hall.take(_other_line(sitting.tell(what, "B1", "t1", at=later)))
        await done(hall)
        assert unit.on == on


def _other_line(event: TurnEvent) -> TurnEvent:
    return replace(event, id=f"{event.id}_other")


async def test_two_meetings_in_one_hall(hall: Hall, unit: SimulatedUnit) -> None:
    """A seat is on while any turn of it runs, in whichever meeting."""
    one, other = Sitting(), Sitting()
    hall.take(one.tell("started", "A1", meeting="m1"))
    hall.take(other.tell("started", "A1", meeting="m2"))
    hall.take(one.tell("ended", "A1", meeting="m1"))
    await done(hall)
    assert unit.on == {1}
    hall.take(other.tell("ended", "A1", meeting="m2"))
    await done(hall)
    assert unit.on == set()


async def test_backlog_opens_nobody(
    hall: Hall, unit: SimulatedUnit, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what waited for a long while only who speaks now gets a microphone."""
    monkeypatch.setattr(microphones, "CATCH_UP_S", 0.05)
    long_ago = int(time.time() * 1000) - 60_000
    for number in range(20):
        hall.take(sitting.tell("started", "A1", f"t{number}", at=long_ago))
        hall.take(sitting.tell("ended", "A1", f"t{number}", at=long_ago))
    hall.take(sitting.tell("started", "A2", "t99", at=long_ago))

    async def on() -> bool:
        return unit.on == {2}

    await until(on)
    await done(hall)
    assert (1, "On") not in unit.log


async def test_any_sitting_with_any_faults(hall: Hall, unit: SimulatedUnit) -> None:
    """Random sittings, each event delivered up to three times, a unit that fails at random: the end is the floor's."""
    dice = random.Random(2026)
    sitting, speaks = Sitting(), ""
    unit.mode = lambda _: dice.choice(("ok", "ok", "busy", "no", "gone"))
    for number in range(120):
        seat = dice.choice(tuple(SEATS))
        if seat == speaks:
            what = dice.choice(("paused", "ended", "warned"))
        else:
            what = "called" if speaks else dice.choice(("started", "called"))
        if what == "started":
            speaks = seat
        elif what in ("paused", "ended"):
            speaks = ""
        event = sitting.tell(what, seat, f"turn-{seat}")
        for _ in range(dice.choice((1, 1, 2, 3))):
            hall.take(event)
        if number % 10 == 9:
            await done(hall)
            assert unit.on == ({SEATS[speaks]} if speaks else set())


async def test_over_http(hall: Hall, unit: SimulatedUnit, sitting: Sitting) -> None:
    """Genuine webhooks are taken, others are refused and switch nothing; what is genuine and strange blocks nobody."""
    event = sitting.tell("started", "A1")
    body, now = msgspec.json.encode(event), int(time.time())
    good = webhook.headers(event.id, now, body, KEY, None)
    other = webhook.headers(event.id, now, body, Ed25519PrivateKey.generate(), None)
    stale = webhook.headers(event.id, now - 301, body, KEY, None)
    strange = b'{"type":"turn.of_tomorrow"}'
    async with (
        listening(application(hall, KEY.public_key()), "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):

        async def post(headers: dict[str, str], sent: bytes = body) -> int:
            async with session.post("/any/path", data=sent, headers=headers) as answer:
                return answer.status

        assert [await post(other), await post(stale), await post({}), await post(good, body + b" ")] == [
            401
        ] * 4
        assert await post(webhook.headers("msg_2", now, strange, KEY, None), strange) == 204
        assert unit.received == 0
        assert [await post(good), await post(good)] == [204, 204]
        await done(hall)
    assert unit.on == {1}


async def test_seats_without_a_list_are_numbers(unit: SimulatedUnit) -> None:
    """Where the roll's seats are the unit's numbers no list is needed."""
    cocon = CoCon(unit.url, None)
    await cocon.switch("9", on=True)
    await cocon.aim("9")
    for seat in ("A1", "", "-1", "٩"):
        with pytest.raises(UnitFailed):
            await cocon.switch(seat, on=True)
    await cocon.close()
    assert (unit.on, unit.camera) == ({9}, [])


def test_list_of_seats(tmp_path: Path) -> None:
    """A CSV as a spreadsheet writes it: a byte order mark, a head, empty lines."""
    path = tmp_path / "seats.csv"
    path.write_text("\ufeffGhế,Số\nA1,1\n\nA2, 2\n", encoding="utf-8")
    assert read_seats(path) == {"A1": 1, "A2": 2}
    for wrong in ("A1,1\nA1,2\n", "A1,1\nA2\n", "A1,1\nA2,x\n", f"A1,1\nA2,{'9' * 5_000}\n"):
        path.write_text(wrong)
        with pytest.raises(Complaint, match=r"seats\.csv, line 2"):
            read_seats(path)


GOOD = {
    "--listen": "127.0.0.1:0",
    "--key": webhook.key_text(KEY.public_key()),
    "--unit": "http://127.0.0.1:1",
}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--listen", value) for value in ("9000", "h:x", "h:99999")),
        *(("--unit", value) for value in ("nonsense", "ftp://h/", "http://", "http://[", "http://h:x")),
        ("--cameras", "nonsense"),
    ],
)
def test_arguments(option: str, value: str) -> None:
    """Where to listen and whom to tell must be said whole."""
    with pytest.raises(Complaint, match=option):
        microphones.main([part for pair in (GOOD | {option: value}).items() for part in pair])


async def test_taken_port() -> None:
    """Where somebody else listens already nobody can."""
    app = web.Application()
    async with listening(app, "127.0.0.1", 0) as port:
        with pytest.raises(Complaint, match=f"--listen 127.0.0.1:{port}"):
            async with listening(web.Application(), "127.0.0.1", port):
                pytest.fail("two listen there")
    with pytest.raises(Complaint, match=r"--listen 192\.0\.2\.1:9"):
        async with listening(web.Application(), "192.0.2.1", 9):
            pytest.fail("an address of somebody else's")


def _unreadable(directory: Path) -> dict[str, Path]:
    """Files that are none, by what is wrong with them."""
    for name, content in {"junk": b"\xff\xfe\x00", "large": b"x" * (files.LARGEST_TEXT + 1)}.items():
        (directory / name).write_bytes(content)
    return {name: directory / name for name in ("nosuch", "junk", "large")} | {"directory": directory}


def test_unreadable_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the key, of the seats, of an operator's token: one line that names the file, and it is not our fault."""
    for path in _unreadable(tmp_path).values():
        others = {name: value for name, value in GOOD.items() if name != "--key"}
        for given in (others | {"--key-file": str(path)}, GOOD | {"--seats": str(path)}):
            assert command(["microphones", *(part for pair in given.items() for part in pair)]) == 2
            (said,) = capsys.readouterr().err.splitlines()
            assert said.startswith(f"plenary microphones: {path}: ")
        out = tmp_path / "out"
        server = ["--url", "http://127.0.0.1:1", "--operator-token-file", str(path)]
        assert command(["replay", str(ROLLCALL), "--out", str(out), *server]) == 1
        (said,) = capsys.readouterr().err.splitlines()
        assert said.startswith(f"plenary replay: {path}: ")


def test_malformed_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is text, and no key."""
    path = tmp_path / "key"
    for text in ("", "whpk_", "whpk_AAAA", "whsec_AAAA", "whpk_" + "é" * 32, "-----BEGIN PRIVATE KEY-----"):
        path.write_text(text)
        given = ["--listen", "127.0.0.1:0", "--unit", "http://127.0.0.1:1", "--key-file", str(path)]
        assert command(["microphones", *given]) == 2
        assert "webhook_key" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["nonsense", "http://", "ftp://127.0.0.1/"])
def test_no_address_of_a_server(tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Said at once: it is not tried again for two minutes."""
    assert command(["turns", "nk-1", "--url", url, "--out", str(tmp_path)]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"plenary turns: {url.rstrip('/')}: ")
