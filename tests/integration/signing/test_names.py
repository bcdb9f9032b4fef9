"""Names come over the stream of the meeting desk, and stand in certificates."""

import asyncio

import msgspec
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from services.kit import stream
from services.signing.holdings import POOL
from services.wire import Body, BodyChanged, Event, Meeting, MeetingChanged, Member, MemberChanged
from tests.support.signing_desk import SigningDesk, request_of
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("without_press")

BODY = Body(id="ubnd", name="Ủy ban nhân dân tỉnh")


def changed(index: int, *members: Member) -> MemberChanged:
    """Members of `ubnd` as the meeting desk tells of them."""
    return MemberChanged(index=index, body="ubnd", members=members)


async def tell(desk: SigningDesk, *events: Event | bytes) -> None:
    """Put events on the work stream, and wait until all were taken in."""
    name = stream.work("ubnd", "meeting", 1)
    for event in events:
        raw = event if isinstance(event, bytes) else msgspec.json.encode(event)
        await desk.streams.xadd(name, {stream.FIELD: raw})

    async def taken_in() -> bool:
        groups = await desk.streams.xinfo_groups(name)
        length = await desk.streams.xlen(name)
        return any(group["entries-read"] == length and not group["pending"] for group in groups)

    await until(taken_in, what="events taken in")


async def name_of(desk: SigningDesk, member: str) -> str:
    """A member's name as signing knows it."""
    sql = "select name from member where body = 'ubnd' and id = $1"
    return str(await desk.app[POOL].fetchval(sql, member))


async def test_names_in_certificates(desk: SigningDesk) -> None:
    """A member told of over the stream can be invited, and is named as told."""
    await tell(desk, BodyChanged(index=0, body=BODY), changed(1, Member(id="an", name="Nguyễn Văn An")))
    given = await desk.enrol(await desk.invite("an", body="ubnd"), request_of())
    subject = x509.load_pem_x509_certificate(given["chain"][0].encode()).subject
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Nguyễn Văn An"
    assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "Ủy ban nhân dân tỉnh"


async def test_repeated_and_late(desk: SigningDesk) -> None:
    """An event that comes again, or late, does not bring an old name back."""
    first, second = changed(1, Member(id="an", name="An")), changed(2, Member(id="an", name="Bình An"))
    await tell(desk, first, second, first, second, first)
    assert await name_of(desk, "an") == "Bình An"
    await tell(desk, changed(9, Member(id="an", name="An Nhiên")), changed(5, Member(id="le", name="Lê")))
    assert (await name_of(desk, "an"), await name_of(desk, "le")) == ("An Nhiên", "Lê")


async def test_other_events(desk: SigningDesk) -> None:
    """What is not about names, or not understood at all, is passed over."""
    meeting = Meeting(id="ky-hop", body="ubnd", title="Kỳ họp")
    told = changed(2, Member(id="an", name="An"))
    await tell(desk, MeetingChanged(index=1, meeting=meeting), b"{", b'{"type":"unheard.of"}', told)
    assert await name_of(desk, "an") == "An"


async def test_invited_before_told(desk: SigningDesk) -> None:
    """Who is invited a moment before signing was told of them is invited a moment later."""
    waiting = asyncio.create_task(desk.invite("an", body="ubnd"))
    await tell(desk, BodyChanged(index=0, body=BODY), changed(1, Member(id="an", name="An")))
    assert await waiting
