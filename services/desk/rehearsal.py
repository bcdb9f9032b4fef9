"""A recorded roll call, held again: what must be made for it, and how its rule and words are taken over."""

import secrets
from datetime import UTC, datetime, time

from services.desk.convening import Plan
from services.desk.rollcall import RollCall
from services.rules.majority import quorum_at_open
from services.rules.profiles import profile
from services.wire import Body, MeetingPlan, Member, PollDraft, RollEntry

SECRETARY, CHAIR = "thu-ky", "chu-toa"
# Whose own words for members are used in the result; everybody else has đại biểu / members.
_PROFILES = (("Quốc hội", "quoc-hoi"), ("Hội đồng nhân dân", "hdnd"), ("Ủy ban nhân dân", "ubnd"))
_WITHOUT_QUORUM = "Diễn lại cuộc biểu quyết đã ghi trong hồ sơ / replay of a recorded vote"


def plan(recorded: RollCall) -> Plan:
    """Who meets, under ids that no other replay has: those who voted are present."""
    mark = secrets.token_hex(6)
    taken = {voter.member for voter in recorded.roll}
    secretary = _free(SECRETARY, taken)
    chair = recorded.chair or _free(CHAIR, taken)
    desk = [Member(id=secretary, name="Thư ký phiên họp", roles=("secretary",))]
    if not recorded.chair:
        # Not on the roll: the roll of the record stays exactly as it was.
        desk.append(Member(id=chair, name="Chủ tọa phiên họp", roles=("chair",)))
    delegates = [
        Member(
            id=voter.member,
            name=voter.name,
            group=voter.group,
            roles=("chair", "delegate") if voter.member == chair else ("delegate",),
        )
        for voter in recorded.roll
    ]
    day = datetime.combine(recorded.date, time(), UTC)
    return Plan(
        body=_body(recorded.body, f"replay-{mark}"),
        members=[*desk, *delegates],
        meeting=MeetingPlan(
            id=f"replay-{mark}-meeting",
            title=recorded.title,
            starts_at=max(0, int(day.timestamp() * 1000)),
        ),
        roll=[
            RollEntry(member=voter.member, name=voter.name, group=voter.group, seat=voter.seat)
            for voter in recorded.roll
        ],
        present=list(recorded.ballots),
        secretary=secretary,
        chair=chair,
    )


def draft(recorded: RollCall, of: Plan) -> PollDraft:
    """The question of the record, open until the chair closes it."""
    return PollDraft(
        id=f"{of.body.id}-poll",
        title=recorded.title,
        title_en=recorded.title_en,
        text=recorded.text,
        presiding=of.chair,
        rule=recorded.rule,
        changes=False,
    )


def without_quorum(recorded: RollCall) -> str:
    """The reason to open the poll although too few took part in the record; empty if enough did."""
    check = quorum_at_open(recorded.rule, roll=len(recorded.roll), present=len(recorded.ballots))
    return _WITHOUT_QUORUM if check is not None and not check.met else ""


def _body(name: str, identifier: str) -> Body:
    known = next((preset for start, preset in _PROFILES if name.startswith(start)), "general-meeting")
    preset = profile(known)
    return Body(id=identifier, name=name, noun=preset.noun, noun_en=preset.noun_en, profile=known)


def _free(wished: str, taken: set[str]) -> str:
    name = wished
    while name in taken:
        name = f"{wished}-{secrets.token_hex(4)}"
    return name
