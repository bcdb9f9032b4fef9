"""What those write who were not reached when the item ended."""

from services.rules.floor.lane_errors import ItemUnknown
from services.rules.floor.request_errors import NotInvited, WrittenTooOften
from services.rules.floor.requests import Facts
from services.rules.floor.speakers import lane_of
from services.rules.floor.state import Floor
from services.rules.text import must_be_clean
from services.wire import AnyNews, Opinion, OpinionNews, WriteOpinion


def write(floor: Floor, act: WriteOpinion, facts: Facts) -> tuple[AnyNews, ...]:
    """The written opinion of somebody who was not reached; the last one stands.

    Raises ItemUnknown, NotInvited, TextUnclean, WrittenTooOften.
    """
    if all(lane.item != act.item for lane in floor.lanes.values()):
        raise ItemUnknown
    invited = [
        request
        for request in floor.requests.values()
        if (request.item, request.member, request.state) == (act.item, facts.by, "unreached")
    ]
    if not invited:
        raise NotInvited
    must_be_clean(act.text, place="text", multiline=True)
    one = invited[0]
    most = lane_of(floor, one.item, one.lane).rules.opinions_per_person
    if floor.times("write", one.item, one.member) >= most:
        raise WrittenTooOften(most=most)
    opinion = Opinion(
        item=act.item, member=one.member, name=one.name, group=one.group, text=act.text, at=facts.at
    )
    return (OpinionNews(cause="write", opinion=opinion),)
