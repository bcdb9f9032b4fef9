"""After a sitting the books are compared: ledger, clerk, server, replay, receipts, places, turn log and screens."""

import json
from typing import Any

import msgspec

from services.desk.device import must_hold_act
from services.rules.ballot import Holder
from services.rules.floor.replay import replay
from services.rules.floor.speakers import shown
from services.wire import FloorDone, FloorEntry, Place
from tests.support.assembly import Assembly
from tests.support.floor_screen import Screen
from tests.support.naive_clerk import act_of
from tests.support.naive_order import Json, queue
from tests.support.random_sitting import Sitting
from tests.support.waiting import until

_entries: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)


async def must_agree(played: Sitting, *screens: Screen) -> None:
    """Raise AssertionError where anything that is told of the sitting differs from anything else."""
    # 1. The clerk reads the rest of the ledger, and has the server's floor on paper.
    floor = await played.must_show()
    # 2. A stranger who verifies every signature has it too.
    must_be_replayed(played.hall, played.lines, floor)
    # 3. What each delegate and each reader of the log is told.
    for lane in played.clerk.lanes.values():
        await _places_agree(played, lane)
    _receipts_agree(played)
    await _log_agrees(played)
    # 4. Screens.
    for screen in screens:
        await must_show(played.hall, screen)


def must_be_replayed(hall: Assembly, lines: list[bytes], floor: Json) -> None:
    """Raise unless the rules make exactly this floor of the lines."""
    holders = {
        device.thumbprint: Holder(device.thumbprint, member, device.key.public_key(), 0, 2**53)
        for member, device in hall.devices.items()
    }
    folded = replay([_entries.decode(line) for line in lines], lambda thumbprint, _: holders[thumbprint])
    assert msgspec.json.decode(msgspec.json.encode(shown(folded))) == floor


async def must_show(hall: Assembly, screen: Screen) -> None:
    """Wait until the screen shows the floor as it stands."""

    async def same() -> bool:
        raw = await hall.client.ask("GET", hall.floor_path, token=hall.tokens[hall.plan.chair])
        return bool(screen.floor == msgspec.json.decode(raw))

    await until(same, 30, "the screen")


async def _places_agree(played: Sitting, lane: Json) -> None:
    """Each is told the place that the clerk gives them, who is before, and while nobody speaks there the wait."""
    ahead: list[str] = []
    wait: int | None = 0
    # Whoever speaks, here or beyond their time in another list of the item, moves the wait from one moment to the next.
    active = played.clerk.active()
    silent = not any(
        each["item"] == lane["item"] and (each["lane"] == lane["lane"] or each["state"] == "running")
        for each in active
    )
    for request in queue(played.clerk, lane):
        path = f"{played.hall.floor_path}/requests/{request['id']}"
        place = await played.hall.client.get(path, Place, played.hall.tokens[request["member"] or "d1"])
        assert (place.place, list(place.before)) == (len(ahead) + 1, ahead)
        assert not silent or place.wait_ms == wait
        ahead.append(request["id"])
        more = played.clerk.granted(lane, request)
        wait = None if wait is None or more is None else wait + more


def _receipts_agree(played: Sitting) -> None:
    """What was acknowledged stands once, where the receipt says; what was refused stands nowhere."""
    acts = [json.loads(line) for line in played.lines]
    kept = [line["jws"] for line in acts if line["kind"] == "act"]
    assert len(kept) == len(set(kept))
    assert set(kept) <= played.sent.keys()
    for raw, answers in played.sent.items():
        taken = [answer for answer in answers if answer.status < 300]
        assert not answers or bool(taken) >= (raw in kept), raw
        for answer in taken:
            done = msgspec.convert(answer.said, FloorDone)
            assert played.lines[done.receipt.index].decode() == done.receipt.entry
            # The same wish under another signature is answered with the first one's receipt.
            wish = done.receipt.entry if raw in kept else acts[done.receipt.index]["jws"]
            must_hold_act(done.receipt, raw.encode() if raw in kept else wish.encode(), played.hall.log_key)
            first, again = act_of(acts[done.receipt.index])["act"], act_of({"jws": raw})["act"]
            # A change that changes nothing has the receipt of the line that took the request in.
            same = first == ("ask" if again == "change" else again)
            assert raw in kept or (answer.status == 200 and same)


async def _log_agrees(played: Sitting) -> None:
    """The turn log has every turn that began with what it used, sums by person and item, and every reason given."""
    log = await until(lambda: _log(played), what="a moment in which the clock does nothing")
    clerk = played.clerk
    spoken = [each for each in clerk.turns.values() if each["started_at"] is not None]
    assert [each["turn"] for each in log["turns"]] == spoken
    assert [each["used_ms"] for each in log["turns"]] == [clerk.used(each) for each in spoken]
    for name, of in (("persons", _person), ("items", _item), ("groups", _group)):
        sums: dict[Any, int] = {}
        for each in spoken:
            sums[of(each)] = sums.get(of(each), 0) + clerk.used(each)
        if name == "items":
            # Of items that had a list in which nobody spoke, nothing.
            sums |= {item: 0 for item, _ in clerk.lanes if item not in sums}
        assert [each["used_ms"] for each in log[name]] == list(sums.values()), name
    reasons = [
        (at, act_of(line)["act"], act_of(line)["reason"])
        for at, line in enumerate(map(json.loads, played.lines))
        if line["kind"] == "act" and act_of(line).get("reason")
    ]
    assert [(each["index"], each["act"], each["reason"]) for each in log["overrides"]] == reasons
    unreached = [each for each in clerk.requests.values() if each["state"] == "unreached"]
    assert log["unreached"] == unreached
    assert log["opinions"] == list(clerk.opinions.values())


async def _log(played: Sitting) -> Json | None:
    """The turn log, if it is of the very lines that the clerk has read."""
    await played.catch_up()
    path = f"{played.hall.floor_path}/turns"
    raw = await played.hall.client.ask("GET", path, token=played.hall.tokens["d1"])
    log: Json = msgspec.json.decode(raw)
    return log if log["until"] == len(played.lines) else None


def _person(turn: Json) -> tuple[str, str]:
    return (turn["member"], "" if turn["member"] else turn["name"])


def _item(turn: Json) -> str:
    return str(turn["item"])


def _group(turn: Json) -> str:
    return str(turn["group"])
