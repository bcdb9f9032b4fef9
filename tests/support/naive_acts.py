"""What each act on a floor does, in the words of the rules; see `naive_clerk`."""

from typing import Any

from tests.support.naive_floor import NaiveFloor
from tests.support.naive_order import Json, queue


def carry_out(floor: NaiveFloor, act: Json, line: Json) -> None:
    """Do an act that nothing speaks against."""
    name = act["act"]
    if name in ("lane.open", "lane.adjust", "lane.close", "arrange", "return"):
        _to_lane(floor, act, line)
    elif name in ("start", "pause", "resume", "extend", "end"):
        _to_turn(floor, act)
    elif name in ("skip", "defer", "remove", "withdraw"):
        _off_or_back(floor, act)
    elif name == "ask":
        _asked(floor, act, line)
    elif name == "change":
        floor.change("requests", act["request"], stance=act["stance"], note=act["note"])
        floor.changes[act["request"]] += 1
    elif name == "write":
        who_writes = floor.roll[line["by"]]
        said = {"item": act["item"], "member": line["by"], "name": who_writes["name"]}
        said |= {"group": who_writes["group"], "text": act["text"], "at": floor.at}
        floor.change("opinions", (act["item"], line["by"]), **said)
        floor.writings[act["item"], line["by"]] += 1
    elif name == "call":
        _called(floor, act)
    elif name in ("answer", "interpose"):
        _unasked(floor, act)
    elif name == "item.end":
        _item_over(floor, act["item"])


def _asked(floor: NaiveFloor, act: Json, line: Json) -> None:
    member = act["member"] or ("" if act["guest"] else line["by"])
    for_other = bool(act["guest"]) or member != line["by"]
    asked = {name: act[name] for name in ("id", "item", "lane", "stance", "note")}
    asked |= _person(floor, member, act["guest"])
    asked |= {"number": floor.size, "at": floor.at, "by": line["by"] if for_other else "", "state": "waiting"}
    floor.change("requests", act["id"], **asked)


def _person(floor: NaiveFloor, member: str, name: str) -> Json:
    entry = floor.roll[member] if member else {"name": name, "group": "", "seat": ""}
    return {"member": member} | {each: entry[each] for each in ("name", "group", "seat")}


def _new_turn(floor: NaiveFloor, of: Json, person: Json, **values: Any) -> str:
    turn: Json = {"id": f"t{floor.size}", "item": of["item"], "lane": of["lane"], "role": "speech"}
    turn |= dict.fromkeys(("request", "answers", "interrupts", "next_was"), "") | person
    turn |= {"stance": "other", "state": "called", "called_at": floor.at, "in_turn": True}
    turn |= dict.fromkeys(("extended_ms", "used_ms", "warned"), 0)
    turn |= dict.fromkeys(("running_since", "deadline", "warn_at", "started_at", "ended_at"), None)
    floor.change("turns", turn["id"], **{**turn, **values})
    return str(turn["id"])


def _called(floor: NaiveFloor, act: Json) -> None:
    request = floor.requests[act["request"]]
    lane = floor.lane(request)
    following, planned = queue(floor, lane)[0]["id"], floor.granted(lane, request)
    if planned == 0:
        planned = None if lane["rules"]["turn_s"] is None else lane["rules"]["turn_s"] * 1000
    in_turn = following == request["id"] or lane["rules"]["order"] == "manual"
    floor.change("requests", request["id"], state="called")
    person = {each: request[each] for each in ("member", "name", "group", "seat")}
    values = {"request": request["id"], "stance": request["stance"], "planned_ms": planned}
    _new_turn(floor, lane, person, **values, in_turn=in_turn, next_was="" if in_turn else following)


def _unasked(floor: NaiveFloor, act: Json) -> None:
    """An answer is called; an interposed question stops who speaks and runs at once."""
    other = floor.turns[act["turn"]]
    rules, person = floor.lane(other)["rules"], _person(floor, act["member"], act["name"])
    if act["act"] == "answer":
        _new_turn(
            floor, other, person, role="answer", answers=other["id"], planned_ms=rules["answer_s"] * 1000
        )
        return
    floor.stop(other["id"])
    planned = rules["interposed_s"] * 1000
    floor.run(_new_turn(floor, other, person, role="interposed", interrupts=other["id"], planned_ms=planned))


def _to_turn(floor: NaiveFloor, act: Json) -> None:
    turn = floor.turns[act["turn"]]
    match act["act"]:
        case "start":
            running = floor.running()
            if running is not None:
                floor.stop(running["id"])
                floor.change("turns", turn["id"], interrupts=running["id"])
            floor.run(turn["id"])
        case "pause":
            floor.stop(turn["id"])
        case "resume":
            floor.run(turn["id"])
        case "extend":
            more = act["seconds"] * 1000
            longer = {"planned_ms": turn["planned_ms"] + more, "extended_ms": turn["extended_ms"] + more}
            floor.change("turns", turn["id"], **longer)
            if turn["state"] == "running":
                floor.set_clock(turn["id"])
        case "end" if turn["state"] == "called":
            floor.change("turns", turn["id"], state="dropped", ended_at=floor.at)
        case _:
            floor.end(turn["id"])
            floor.go_on(turn["id"])


def _off_or_back(floor: NaiveFloor, act: Json) -> None:
    """Withdrawn and removed requests leave; skipped and deferred ones wait again. A turn that was called is dropped."""
    request = floor.requests[act["request"]]
    lane, was_called = floor.lane(request), request["state"] == "called"
    line = [each["id"] for each in queue(floor, lane)]
    at, others = place_in(line, request), [each for each in line if each != request["id"]]
    if was_called:
        (turn,) = (each for each in floor.active() if each["request"] == request["id"])
        floor.change("turns", turn["id"], state="dropped", ended_at=floor.at)
    if act["act"] in ("withdraw", "remove"):
        state = "withdrawn" if act["act"] == "withdraw" else "removed"
        floor.change("requests", request["id"], state=state)
        if state == "withdrawn" and not request["by"]:
            floor.withdrawals[request["item"], request["lane"], request["member"]] += 1
        return
    if was_called:
        floor.change("requests", request["id"], state="waiting")
    to = len(others) if act["act"] == "defer" else at + 1
    line = [*others[:to], request["id"], *others[to:]]
    # Nobody who stood before them by hand is let go.
    fixed = max([line.index(each) for each in lane["arranged"] if each in line] + [to])
    floor.change("lanes", (lane["item"], lane["lane"]), arranged=line[: fixed + 1])


def _to_lane(floor: NaiveFloor, act: Json, line: Json) -> None:
    key = (act["item"], act["lane"])
    lane = floor.lanes.get(key)
    seconds = act.get("closes_in_s")
    closes_at = None if seconds is None else floor.at + seconds * 1000
    match act["act"]:
        case "lane.open" if lane is None:
            rules = act["rules"] or floor.profile["lanes"][act["lane"]]
            made = {"item": key[0], "lane": key[1], "title": line["title"], "rules": rules, "state": "open"}
            floor.change("lanes", key, **made, closes_at=closes_at, arranged=[])
        case "lane.open" | "lane.adjust":
            assert lane is not None
            rules = act["rules"] or lane["rules"]
            kept = all(rules[name] == lane["rules"][name] for name in ("order", "quoted_by", "shares"))
            state = "open" if act["act"] == "lane.open" else lane["state"]
            arranged = lane["arranged"] if kept else []
            floor.change("lanes", key, rules=rules, state=state, closes_at=closes_at, arranged=arranged)
        case "lane.close":
            floor.change("lanes", key, state="closed", closes_at=None)
        case "arrange":
            floor.change("lanes", key, arranged=act["order"])
        case _:
            assert lane is not None
            back = last_speaker(floor, lane)
            assert back is not None
            floor.change("requests", back["id"], state="waiting")
            floor.change(
                "lanes",
                key,
                arranged=[back["id"], *(each for each in lane["arranged"] if each != back["id"])],
            )


def _item_over(floor: NaiveFloor, item: str) -> None:
    over = [each for each in floor.active() if each["item"] == item]
    for turn in over:
        if turn["state"] == "called":
            floor.change("turns", turn["id"], state="dropped", ended_at=floor.at)
        else:
            floor.end(turn["id"])
    for request in [each for each in floor.requests.values() if each["item"] == item]:
        if request["state"] in ("waiting", "called"):
            floor.change("requests", request["id"], state="unreached")
    for key in [key for key in floor.lanes if key[0] == item]:
        floor.change("lanes", key, state="ended", closes_at=None)
    for turn in over:
        floor.go_on(turn["id"])


def place_in(line: list[str], request: Json) -> int:
    """Where a request stands; 0 for one that was called and waits no more."""
    return line.index(request["id"]) if request["id"] in line else 0


def last_speaker(floor: NaiveFloor, lane: Json) -> Json | None:
    """The request of the turn that was the last to end in a lane."""
    ended = [
        each
        for each in floor.turns.values()
        if floor.lane(each) is lane and each["request"] and each["state"] == "ended"
    ]
    last = max(ended, key=lambda each: (each["ended_at"], each["called_at"]), default=None)
    return None if last is None else floor.requests[last["request"]]
