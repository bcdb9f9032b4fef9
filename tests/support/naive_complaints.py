"""All that speaks against an act on a floor, in the words of the rules; see `naive_clerk`."""

from tests.support.naive_acts import last_speaker, place_in
from tests.support.naive_floor import NaiveFloor
from tests.support.naive_order import Json, queue, who

OWN = ("ask", "change", "withdraw", "write")
_NEED_REASON = ("lane.adjust", "arrange", "skip", "defer", "remove", "return", "extend")
_OF_TURNS = ("start", "pause", "resume", "extend", "end", "answer", "interpose")
_OF_REQUESTS = ("skip", "defer", "remove", "call", "change", "withdraw")
# In which states a turn must be.
_STATES = {
    "start": ("called",),
    "pause": ("running",),
    "resume": ("paused",),
    "extend": ("called", "running", "paused"),
    "end": ("running", "paused"),
    "interpose": ("running",),
}


def complaints(
    floor: NaiveFloor, act: Json, by: str, roles: list[str], present: bool | None, title: str
) -> set[str]:
    """The codes of everything that speaks against an act, "repeat" if it was done already; none if it is to be done."""
    name, desk = act["act"], bool({"chair", "secretary"} & set(roles))
    found = set()
    if name not in OWN:
        found |= {"floor_desk_only"} if not desk else set()
        found |= {"floor_reason_missing"} if name in _NEED_REASON and not act["reason"] else set()
        found |= {"floor_moved"} if act["seen"] != floor.revision else set()
    if name in _OF_REQUESTS:
        request = floor.requests.get(act["request"])
        return found | (
            {"request_unknown"} if request is None else _about_request(floor, act, request, by, desk)
        )
    if name in _OF_TURNS:
        turn = floor.turns.get(act["turn"])
        return found | ({"turn_unknown"} if turn is None else _about_turn(floor, act, turn))
    if name == "ask":
        return found | _about_asking(floor, act, by, desk, present)
    if name == "write":
        return found | _about_writing(floor, act, by)
    return found | _about_lane(floor, act, title)


def _about_request(floor: NaiveFloor, act: Json, request: Json, by: str, desk: bool) -> set[str]:
    found, name, state = set(), act["act"], request["state"]
    lane = floor.lane(request)
    line = [each["id"] for each in queue(floor, lane)]
    started = any(
        each["request"] == request["id"] and each["state"] in ("running", "paused")
        for each in floor.turns.values()
    )
    may = ("waiting",) if name in ("call", "change") else ("waiting", "called")
    if state not in may or (state == "called" and started):
        found.add("request_not_waiting")
    if name in ("change", "withdraw"):
        # Others' requests are nobody's business, but for what the desk itself has asked for somebody.
        if request["member"] != by and not (desk and request["by"]):
            found.add("floor_not_yours")
        if name == "change":
            found |= _suits(lane, act)
            same = (act["stance"], act["note"]) == (request["stance"], request["note"])
            found |= {"repeat"} if same else set()
            often = floor.changes[request["id"]] >= lane["rules"]["changes_per_request"]
            found |= {"changed_too_often"} if often else set()
    if name == "skip" and not [each for each in line if each != request["id"]][place_in(line, request) :]:
        found.add("nobody_follows")
    if name == "call" and not found:
        found |= _in_the_way(floor, lane)
        if line[0] != request["id"] and lane["rules"]["order"] != "manual" and not act["reason"]:
            found.add("out_of_turn")
        if floor.granted(lane, request) == 0 and not act["reason"]:
            found.add("time_used_up")
    return found


def _in_the_way(floor: NaiveFloor, lane: Json) -> set[str]:
    found = {"vote_under_way"} if floor.votes and lane["rules"]["blocked_by_vote"] else set()
    if any(each["state"] == "called" and floor.lane(each) is lane for each in floor.active()):
        found.add("called_already")
    return found


def _about_turn(floor: NaiveFloor, act: Json, turn: Json) -> set[str]:
    found, name, lane = set(), act["act"], floor.lane(turn)
    dropped = name == "end" and turn["state"] == "called" and not turn["request"]
    if name in _STATES and turn["state"] not in _STATES[name] and not dropped:
        found.add("turn_transition")
    if name == "interpose" and turn["role"] == "interposed":
        found.add("turn_transition")
    if name == "extend" and turn["planned_ms"] is None:
        found.add("turn_transition")
    if name in ("start", "resume", "interpose") and floor.silenced(lane):
        found.add("vote_under_way")
    if floor.running() is not None and (
        name == "resume" or (name == "start" and not lane["rules"]["interrupts"])
    ):
        found.add("somebody_speaks")
    if name == "resume" and floor.used_up(turn):
        found.add("time_used_up")
    if name == "answer":
        put = turn["role"] == "speech" and turn["state"] == "ended" and lane["rules"]["answer_s"] is not None
        found |= set() if put else {"no_answers_here"}
        found |= {"item_ended"} if lane["state"] == "ended" else set()
        found |= _in_the_way(floor, lane)
        answers = [each for each in floor.turns.values() if each["answers"] == turn["id"]]
        if any(each["state"] != "dropped" for each in answers) and not act["reason"]:
            found.add("answered_already")
    if name == "interpose" and lane["rules"]["interposed_s"] is None:
        found.add("not_interposed_here")
    if name in ("answer", "interpose"):
        found |= _somebody(floor, act["member"], act["name"])
    return found


def _somebody(floor: NaiveFloor, member: str, name: str) -> set[str]:
    if bool(member) == bool(name):
        return {"speaker_missing"}
    return {"speaker_not_on_roll"} if member and member not in floor.roll else set()


def _suits(lane: Json, act: Json) -> set[str]:
    found = {"stance_wrong"} if act["stance"] not in lane["rules"]["stances"] else set()
    return found | ({"note_too_long"} if len(act["note"]) > 2_000 else set())


def _about_asking(floor: NaiveFloor, act: Json, by: str, desk: bool, present: bool | None) -> set[str]:
    lane = floor.lanes.get((act["item"], act["lane"]))
    if lane is None:
        return {"lane_unknown", "floor_not_yours"}
    member, guest = act["member"] or ("" if act["guest"] else by), act["guest"]
    found, rules = _suits(lane, act), lane["rules"]
    found |= {"floor_not_yours"} if (guest or member != by) and not desk else set()
    found |= {"guests_not_taken"} if guest and not rules["guests"] else set()
    found |= _somebody(floor, member, guest)
    found |= {"request_id_taken"} if act["id"] in floor.requests else set()
    found |= {"lane_closed"} if lane["state"] != "open" else set()
    found |= {"vote_under_way"} if floor.votes and rules["blocked_by_vote"] else set()
    found |= {"speaker_absent"} if rules["presence"] and member and not present else set()
    me = (member, "") if member else ("", guest)
    own = [each for each in floor.waiting(lane) if who(each) == me]
    found |= {"already_waiting"} if len(own) >= rules["waiting_per_person"] else set()
    had = sum(who(each) == me for each in floor.speeches(lane)) + len(own)
    most = rules["turns_per_person"]
    found |= {"speeches_used_up"} if most is not None and had >= most else set()
    often = floor.withdrawals[act["item"], act["lane"], member] >= rules["withdrawals_per_person"]
    found |= {"withdrawn_too_often"} if often and not guest and member == by else set()
    full = rules["length"] is not None and len(floor.waiting(lane)) >= rules["length"]
    return found | ({"list_full"} if full else set())


def _about_writing(floor: NaiveFloor, act: Json, by: str) -> set[str]:
    if all(item != act["item"] for item, _ in floor.lanes):
        return {"item_unknown"}
    mine = [each for each in floor.requests.values() if (each["item"], each["member"]) == (act["item"], by)]
    invited = [each for each in mine if each["state"] == "unreached"]
    if not invited:
        return {"not_invited_to_write"}
    most = floor.lane(invited[0])["rules"]["opinions_per_person"]
    return {"written_too_often"} if floor.writings[act["item"], by] >= most else set()


def _about_lane(floor: NaiveFloor, act: Json, title: str) -> set[str]:
    name = act["act"]
    if name == "record":
        return {"repeat"} if floor.recorded else set()
    of_item = [lane for (item, _), lane in floor.lanes.items() if item == act["item"]]
    found = {"item_ended"} if any(each["state"] == "ended" for each in of_item) else set()
    if name == "item.end":
        return found | ({"item_unknown"} if not of_item else set())
    lane = floor.lanes.get((act["item"], act["lane"]))
    if name == "lane.open":
        return found | _about_opening(floor, act, lane, title)
    if lane is None:
        return {"lane_unknown"}
    match name:
        case "lane.close" if lane["state"] != "open":
            return {"lane_closed"}
        case "lane.adjust" if lane["state"] == "closed" and act["closes_in_s"] is not None:
            return {"lane_closed"}
        case "arrange":
            ids = sorted(each["id"] for each in floor.waiting(lane))
            return set() if sorted(act["order"]) == ids else {"arrangement_wrong"}
        case "return":
            last = last_speaker(floor, lane)
            found |= {"nothing_spoken"} if last is None else set()
            return found | ({"request_not_waiting"} if last and last["state"] != "spoken" else set())
        case _:
            return set() if name == "lane.close" else found


def _about_opening(floor: NaiveFloor, act: Json, lane: Json | None, title: str) -> set[str]:
    found = {"item_unknown"} if not title else set()
    known = floor.profile["lanes"].get(act["lane"]) if lane is None else lane["rules"]
    if act["rules"] is None:
        found |= {"lane_unknown"} if known is None else set()
    elif act["rules"] != known and not act["reason"]:
        found.add("floor_reason_missing")
    return found | ({"lane_open"} if lane is not None and lane["state"] == "open" else set())
