"""A small council that votes: a secretary, a chair, and who is on the roll and there."""

from collections.abc import Iterable

from services.desk.convening import Plan
from services.wire import Body, MeetingPlan, Member, RollEntry

CHAIR = "chu-toa"


def council(voters: Iterable[str]) -> Plan:
    """The plan of its meeting, with these delegates."""
    there = list(voters)
    return Plan(
        body=Body(id="hdnd", name="Hội đồng nhân dân", profile="general-meeting"),
        members=[
            Member(id="thu-ky", name="Thư ký", roles=("secretary",)),
            Member(id=CHAIR, name="Chủ tọa", roles=("chair",)),
            *(Member(id=member, name=f"Đại biểu {member}") for member in there),
        ],
        meeting=MeetingPlan(id="ky-hop-12", title="Kỳ họp thứ 12"),
        roll=[RollEntry(member=member, name=f"Đại biểu {member}") for member in there],
        present=there,
        secretary="thu-ky",
        chair=CHAIR,
    )
