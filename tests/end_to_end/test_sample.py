"""What a first start shows: a council with a question to vote on and an open list of speakers, made once."""

from pathlib import Path

from services.desk.client import opened
from services.desk.device import Device
from services.desk.sample import INVITES, ITEM, LANE, MEETING
from services.wire import Ask, FloorShown
from tests.support.desk import Desk, running
from tests.support.waiting import eventually


async def test_whoever_is_invited_can_ask_to_speak(data_directory: Path) -> None:
    """With the invite of a delegate: the list is open, who checks in may ask; after a restart it is as it was."""
    with running(data_directory) as desk:
        device = await _asked(desk, _invite(desk, "db04"))
        assert desk.stop() == 0
    (data_directory / INVITES).unlink()
    with running(data_directory) as desk:
        _invite(desk, "db04")
        assert desk.stop() == 0
    with running(data_directory) as desk:
        await _links_lead_here(desk)
        floor = await _floor(desk, device)
    (shown,) = floor.lanes
    assert (shown.lane.item, shown.lane.lane, shown.lane.state) == (ITEM, LANE, "open")
    assert [each.member for each in shown.waiting] == ["db04"]


def _invite(desk: Desk, member: str) -> str:
    """The code from the file, which is written when all is there."""
    file = desk.data / INVITES
    eventually(file.exists, 60, "the invites")
    return next(line.split()[1] for line in file.read_text().splitlines() if line.startswith(member))


async def _links_lead_here(desk: Desk) -> None:
    """Each person's screen at the address of now, whatever it was when the invites were made."""
    eventually(lambda: str(desk.facts()["url"]) in (desk.data / INVITES).read_text(), what="the links")
    assert (desk.data / INVITES).stat().st_mode & 0o777 == 0o600
    pages = {"thu-ky": "secretary", "man-hinh": "hall", "db01": "chair", "db02": "phone", "db09": "phone"}
    for line in (desk.data / INVITES).read_text().splitlines()[3:]:
        member, code, link, *_ = line.split()
        assert link == f"{desk.facts()['url']}/{pages.get(member, 'phone')}#moi={code}"
    async with opened(str(desk.facts()["url"])) as client:
        screen = await client.enrol(Device.make("man-hinh"), _invite(desk, "man-hinh"))
        assert await client.sign_in(screen)


async def _asked(desk: Desk, code: str) -> Device:
    async with opened(str(desk.facts()["url"])) as client:
        device = await client.enrol(Device.make("db04"), code)
        token = await client.sign_in(device)
        await client.ask("POST", f"/meeting/meetings/{MEETING}/presence", b'{"present":true}', token=token)
        act = device.floor_act(Ask(meeting=MEETING, id="xin-phat-bieu", item=ITEM, lane=LANE))
        done = await client.floor_act(MEETING, act, token)
        assert done.place is not None
        assert done.place.place == 1
        return device


async def _floor(desk: Desk, device: Device) -> FloorShown:
    async with opened(str(desk.facts()["url"])) as client:
        return await client.floor(MEETING, await client.sign_in(device))
