"""Vectors of the floor's messages: an act of each kind, a line of each kind, what screens and clients are told."""

from typing import Any

import msgspec

from services import wire
from services.rules.floor.profiles import FLOOR_PROFILES

AT = 1_795_000_000_000
HASH = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
LANE = wire.Lane(item="muc-1", lane="speech", title="Dự thảo Nghị quyết", rules=wire.LaneRules(turn_s=420))
REQUEST = wire.SpeakRequest(
    id="yc-01", item="muc-1", lane="speech", member="an", name="Nguyễn Văn An", group="Tổ 1", seat="A1", stance="for",
    note="Góp ý Điều 5", number=4, at=AT,
)  # fmt: skip
TURN = wire.Turn(
    id="t5", item="muc-1", lane="speech", request="yc-01", member="an", name="Nguyễn Văn An", group="Tổ 1", seat="A1",
    stance="for", state="running", planned_ms=420_000, running_since=AT, deadline=AT + 420_000, warn_at=AT + 390_000,
    called_at=AT - 5_000, started_at=AT,
)  # fmt: skip
OPINION = wire.Opinion(
    item="muc-1", member="an", name="Nguyễn Văn An", group="Tổ 1", text="Tôi đề nghị…", at=AT
)
SHOWN = wire.FloorShown(
    revision=18, lanes=(wire.LaneShown(lane=LANE, waiting=(REQUEST,)),), turns=(TURN,), votes=("bq-01",)
)
_SEEN: dict[str, Any] = {"meeting": "ky-hop-12", "seen": 18}
_WHERE: dict[str, Any] = {**_SEEN, "item": "muc-1", "lane": "speech"}
_WHY: dict[str, Any] = {**_SEEN, "reason": "Đại biểu phải ra sân bay"}
ACTS: tuple[wire.FloorActs, ...] = (
    wire.Ask(meeting="ky-hop-12", id="yc-01", item="muc-1", lane="speech", stance="for", note="Góp ý Điều 5"),
    wire.Ask(meeting="ky-hop-12", id="yc-02", item="muc-1", lane="presentation", guest="Lê Thị Khách"),
    wire.ChangeRequest(meeting="ky-hop-12", request="yc-01", stance="against"),
    wire.Withdraw(meeting="ky-hop-12", request="yc-01"),
    wire.WriteOpinion(meeting="ky-hop-12", item="muc-1", text="Tôi đề nghị…\nXin cảm ơn."),
    wire.OpenLane(**_WHERE),
    wire.OpenLane(**_WHERE, rules=LANE.rules, closes_in_s=600),
    wire.AdjustLane(**(_WHERE | _WHY), closes_in_s=60),
    wire.CloseLane(**_WHERE),
    wire.EndItem(**_SEEN, item="muc-1"),
    wire.Arrange(**(_WHERE | _WHY), order=("yc-02", "yc-01")),
    wire.Skip(**_WHY, request="yc-01"),
    wire.Defer(**_WHY, request="yc-01"),
    wire.Remove(**_WHY, request="yc-01"),
    wire.ReturnLast(**(_WHERE | _WHY)),
    wire.Call(**_SEEN, request="yc-01"),
    wire.CallAnswer(**_SEEN, turn="t5", name="Bộ trưởng Bộ Tài chính"),
    wire.Interpose(**_SEEN, turn="t5", member="binh"),
    wire.StartTurn(**_SEEN, turn="t5"),
    wire.PauseTurn(**_SEEN, turn="t5"),
    wire.ResumeTurn(**_SEEN, turn="t5"),
    wire.ExtendTurn(**_WHY, turn="t5", seconds=60),
    wire.EndTurn(**_SEEN, turn="t5"),
    wire.RecordFloor(**_SEEN),
)


def lines(body: wire.Body, roll: str, jws: str) -> tuple[wire.FloorEntry, ...]:
    """A line of each kind, and in them news of each kind."""
    news: tuple[wire.AnyNews, ...] = (
        wire.LaneNews(cause="lane.open", lane=LANE),
        wire.RequestNews(cause="ask", request=REQUEST),
        wire.TurnNews(cause="start", what="started", turn=TURN),
        wire.OpinionNews(cause="write", opinion=OPINION),
    )
    return (
        wire.FloorBegun(
            at=AT, meeting="ky-hop-12", title="Kỳ họp thứ 12", body=body, profile=FLOOR_PROFILES["cap-uy"]
        ),
        wire.RollTaken(at=AT, sha256=HASH, roll=roll),
        *(
            wire.FloorActed(at=AT, jws=jws, by="an", roles=("chair", "delegate"), present=True, news=(each,))
            for each in news
        ),
        wire.FloorTicked(at=AT, news=(wire.TurnNews(cause="clock", what="warned", turn=TURN),)),
        wire.FloorVote(
            at=AT, poll="bq-01", state="open", line=7, news=(wire.VoteNews(cause="vote", open=("bq-01",)),)
        ),
    )


def good(body: wire.Body, roll: str, jws: str) -> dict[str, tuple[Any, ...]]:
    """Good messages by the name of their schema."""
    entries = lines(body, roll, jws)
    receipt = wire.FloorReceipt(
        meeting="ky-hop-12",
        index=4,
        entry=msgspec.json.encode(entries[3]).decode(),
        proof="c2sp.org/tlog-proof@v1\n…",
    )
    place = wire.Place(request=REQUEST, place=2, before=("yc-00",), wait_ms=431_042)
    return {
        "floor-act": ACTS,
        "floor-done": (
            wire.FloorDone(receipt=receipt, revision=18, place=place),
            wire.FloorDone(receipt=receipt, revision=19),
        ),
        "floor-entry": entries,
        "floor-opinions": (wire.Opinions(written=(OPINION,), invited=(REQUEST,)),),
        "floor-profile": (FLOOR_PROFILES["quoc-hoi"],),
        "floor-shown": (SHOWN, wire.FloorShown()),
    }


def events() -> tuple[Any, ...]:
    """What is told of the floor on streams."""
    line = wire.FloorTicked(at=AT, news=(wire.TurnNews(cause="clock", what="warned", turn=TURN),))
    queue = wire.QueueChange(item="muc-1", lane="speech", start=0, removed=1, put=("yc-01",))
    return (
        wire.FloorChanged(
            index=7, request="a1b2c3d4e5", meeting="ky-hop-12", revision=18, line=msgspec.json.encode(line).decode(),
            queues=(queue,),
        ),
        wire.RecordIssued(
            index=8, body="co-quan", meeting="ky-hop-12", line=24, record="nk-01", sha256=HASH
        ),
    )  # fmt: skip
