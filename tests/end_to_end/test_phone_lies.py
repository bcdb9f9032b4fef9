"""A server that lies to a delegate's phone is caught, and the screen says in plain words what is wrong."""

import json
import re
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Browser, Page, expect

from services.desk.convening import enrol_all
from services.desk.device import Device
from services.desk.presiding import Opened, close_and_declare
from services.rules import jws, note
from services.wire import ActPayload
from tests.support.browser import must_be_usable
from tests.support.desk import Desk, fresh
from tests.support.forged_questions import by, changed, instead, other_order
from tests.support.phone_hall import DRAFT, NAMES, TITLE, PhoneHall, cast, choose, convened_hall
from tests.support.pictures import take

_AUDIENCE = re.compile(rb'"audience":"[^"]*"')


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with a phone that is not yet in it."""
    async with convened_hall(desk, fresh("lies")) as found:
        yield found


async def must_alarm(page: Page, words: str) -> None:
    """The alarm stands, says this, can be read by all; and there is nothing to vote with."""
    await expect(page.locator(".alarm .alarm-what")).to_contain_text(words)
    await expect(page.locator("button.choice, .recorded")).to_have_count(0)
    await must_be_usable(page)


async def test_a_question_whose_words_were_swapped(browser: Browser, hall: PhoneHall) -> None:
    """Beside the signed bytes, and in them."""
    page = await hall.phone(browser)
    await hall.enter(page)
    other = TITLE.replace("2027", "2028")
    hall.proxy.events = lambda event: event.replace(
        f'"title":"{TITLE}"'.encode(), f'"title":"{other}"'.encode()
    )
    await hall.open()
    await must_alarm(page, "Tiêu đề máy chủ gửi tới khác với tiêu đề chủ tọa đã ký")
    await take(page, "phone-alarm")
    swapped = instead(lambda definition: changed(definition, title=other))
    hall.proxy.events = lambda event: swapped(event).replace(TITLE.encode(), other.encode())
    await page.reload()
    await must_alarm(page, "đã bị sửa sau khi chủ tọa ký")
    hall.proxy.events = None
    await page.reload()
    await expect(page.locator(".question-title")).to_have_text(TITLE)


async def test_options_in_another_order(browser: Browser, hall: PhoneHall) -> None:
    """The chair signed the order of the buttons, too."""
    page = await hall.phone(browser)
    await hall.enter(page)
    hall.proxy.events = instead(other_order)
    await hall.open()
    await must_alarm(page, "các lựa chọn hoặc thứ tự của chúng")


@pytest.mark.parametrize("presiding", ["chu-toa", "binh"])
async def test_another_signer_than_the_chair(browser: Browser, hall: PhoneHall, presiding: str) -> None:
    """A genuine key of the body, but not the person presiding: in the chair's name, or in its own."""
    page = await hall.phone(browser)
    await hall.enter(page)
    hall.proxy.events = instead(by(hall.devices["binh"], presiding=presiding))
    await hall.open()
    await must_alarm(page, "do người khác ký, không phải chủ tọa điều hành")


async def test_another_person_presides_by_the_word_of_the_server(browser: Browser, hall: PhoneHall) -> None:
    """A member signs a question in their own name, and the server says that they preside: the phone cannot know better,
    but says that it was somebody else before.
    """
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    await expect(page.locator("button.choice")).to_have_count(3)
    await expect(page.locator(".newcomer")).to_have_count(0)
    await hall.act(vote, "close")
    await expect(page.locator("#closed")).to_be_visible()
    forged = instead(by(hall.devices["binh"], presiding="binh"))
    hall.proxy.events = lambda event: forged(event).replace(b'"presiding":"chu-toa"', b'"presiding":"binh"')
    await hall.open()
    await expect(page.locator(".newcomer")).to_contain_text(
        f"Người điều hành là {NAMES['binh']}, khác với trước đó ({NAMES['chu-toa']})"
    )
    await must_be_usable(page)
    await page.reload()
    await expect(page.locator(".newcomer")).to_be_visible()
    await choose(page, "approve")
    await expect(page.locator(".newcomer")).to_be_visible()


async def test_a_key_of_nobody(browser: Browser, hall: PhoneHall) -> None:
    """A question signed by a key that no chain leads to, whether or not the server shows a chain for it."""
    page = await hall.phone(browser)
    await hall.enter(page)
    stranger = Device.make("chu-toa")
    thumbprint = jws.digest(b"no certificate")
    forger = Device("chu-toa", stranger.key, stranger.algorithm, thumbprint)
    chair = await hall.client.ask(
        "GET", f"/signing/credentials/{hall.devices['chu-toa'].thumbprint}", token=await hall.token("chu-toa")
    )
    shown = json.loads(chair) | {"thumbprint": thumbprint}
    hall.proxy.events = instead(by(forger))
    await hall.open()
    await must_alarm(page, "không thuộc cơ quan mà máy này đã đăng ký")
    hall.proxy.answers["/signing/credentials/"] = lambda _: json.dumps(shown).encode()
    await page.reload()
    await must_alarm(page, "không thuộc cơ quan mà máy này đã đăng ký")


async def _voted(hall: PhoneHall, page: Page) -> tuple[Opened, bytes]:
    """A vote that is over, and the phone's receipt of it."""
    vote = await hall.open()
    receipts: list[bytes] = []

    def keep(raw: bytes) -> bytes:
        receipts.append(raw)
        return raw

    hall.proxy.answers["/ballots"] = keep
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_be_visible()
    await hall.act(vote, "close")
    await expect(page.locator("#closed")).to_be_visible()
    return vote, receipts[0]


async def test_an_old_receipt_is_replayed(browser: Browser, hall: PhoneHall) -> None:
    """The receipt of an earlier vote is not one of this ballot; an honest answer to the same bytes is."""
    page = await hall.phone(browser)
    await hall.enter(page)
    _, receipt = await _voted(hall, page)
    hall.proxy.answers["/ballots"] = lambda _: receipt
    vote = await hall.open()
    await cast(page, "reject")
    await must_alarm(page, "gửi lại một xác nhận cũ")
    await take(page, "phone-alarm-receipt")
    hall.proxy.answers.clear()
    await page.get_by_role("button", name="Kiểm tra lại").click()
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "reject")
    assert len(set(hall.proxy.sent_to(f"/polls/{vote.poll}/ballots"))) == 1


async def test_the_receipt_of_the_vote_before_the_change(browser: Browser, hall: PhoneHall) -> None:
    """A changed vote is not recorded by the receipt of the one it takes the place of."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await hall.open()
    receipts: list[bytes] = []

    def first(raw: bytes) -> bytes:
        receipts.append(raw)
        return receipts[0]

    hall.proxy.answers["/ballots"] = first
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_be_visible()
    await page.get_by_role("button", name="Đổi lựa chọn").click()
    await cast(page, "reject")
    await expect(page.locator(".alarm .alarm-what")).to_contain_text("gửi lại một xác nhận cũ")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")


async def test_a_receipt_of_another_ballot(browser: Browser, hall: PhoneHall) -> None:
    """A genuine receipt in the same vote, but of somebody else's ballot: not believed, after a reload neither."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    other = await hall.client.cast(vote.poll, hall.devices["binh"].ballot(vote.ask, "reject"))
    receipt = {"v": 1, "poll": other.poll, "index": other.index, "entry": other.entry, "proof": other.proof}
    hall.proxy.answers["/ballots"] = lambda _: json.dumps(receipt).encode()
    await cast(page, "approve")
    await must_alarm(page, "của một phiếu khác")
    await page.reload()
    await must_alarm(page, "của một phiếu khác")


def _of_another(receipts: bytes, other: bytes) -> bytes:
    """In place of one's own ballot, somebody else's."""
    return b"[%b]" % other


def _misplaced(receipts: bytes, _: bytes) -> bytes:
    """One's own ballot, said to be in a place where it is not."""
    (receipt,) = json.loads(receipts)
    return json.dumps([receipt | {"index": receipt["index"] - 1}]).encode()


@pytest.mark.parametrize(
    ("lie", "words"), [(_of_another, "của một phiếu khác"), (_misplaced, "không chứng minh được phiếu")]
)
async def test_a_ballot_of_before_that_cannot_be_shown(
    browser: Browser, hall: PhoneHall, lie: Callable[[bytes, bytes], bytes], words: str
) -> None:
    """The server says that one voted with another key, and shows what does not prove it; the truth is then taken."""
    old = (await enrol_all(hall.client, hall.convened.body, ["an"], hall.convened.token))["an"]
    vote = await hall.open()
    other = await hall.client.cast(vote.poll, hall.devices["binh"].ballot(vote.ask, "reject"))
    await hall.client.cast(vote.poll, old.ballot(vote.ask, "approve"))
    page = await hall.phone(browser)
    await hall.enter(page)
    receipt = {"v": 1, "poll": other.poll, "index": other.index, "entry": other.entry, "proof": other.proof}
    hall.proxy.answers["/receipts/"] = lambda raw: lie(raw, json.dumps(receipt).encode())
    await cast(page, "reject")
    await must_alarm(page, words)
    hall.proxy.answers.clear()
    await page.get_by_role("button", name="Kiểm tra lại").click()
    await cast(page, "reject")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")


async def test_a_login_for_another_house(browser: Browser, hall: PhoneHall) -> None:
    """A challenge that was given for another address is not signed: whoever passes it on gets nothing from this key."""
    page = await hall.phone(browser)
    await hall.enter(page)
    challenge = b'"audience":"https://nha-khac.example"'
    hall.proxy.answers["/meeting/challenges"] = lambda raw: _AUDIENCE.sub(challenge, raw)
    hall.proxy.asked.clear()
    await page.evaluate("sessionStorage.clear()")
    await page.reload()
    await expect(page.locator("[data-code=audience_wrong]")).to_be_visible()
    await must_be_usable(page)
    assert hall.proxy.sent_to("/meeting/challenges")
    assert hall.proxy.sent_to("/meeting/tokens") == []
    hall.proxy.answers.clear()
    await page.get_by_role("button", name="Thử lại").click()
    await expect(page.locator("#none")).to_be_visible()


async def _declare(hall: PhoneHall, vote: Opened) -> None:
    """Declare; a practice vote has no certificate to wait for."""
    counted = await hall.client.counted(vote.poll, vote.token)
    payload = ActPayload(
        act="declare", meeting=hall.meeting, poll=vote.poll, definition=vote.ask.hash, result=counted.sha256
    )
    await hall.client.act(vote.poll, "declare", vote.chair.act(payload), vote.token)


async def test_a_result_that_does_not_follow(browser: Browser, hall: PhoneHall) -> None:
    """Another outcome, other figures in the sentence, a practice vote told as a real one: by the question that was
    signed, whether this page saw it while one voted or asked for it later.
    """
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open(msgspec.structs.replace(DRAFT, practice=True))
    await cast(page, "reject")
    await expect(page.locator(".recorded")).to_be_visible()
    for member in ("binh", "chu-toa"):
        await hall.client.cast(vote.poll, hall.devices[member].ballot(vote.ask, "approve"))
    hall.proxy.events = lambda event: event.replace(b'"practice":true', b'"practice":false')
    await hall.act(vote, "close")
    await expect(page.locator("#closed .practice")).to_be_visible()
    await take(page, "phone-closed")
    told = b'"outcome":"carried"'
    hall.proxy.events = lambda event: event.replace(told, b'"outcome":"rejected"').replace(
        "đã được thông qua".encode(), "không được thông qua".encode()
    )
    await _declare(hall, vote)
    await must_alarm(page, "Kết quả máy chủ gửi tới không khớp")
    await take(page, "phone-alarm-result")
    await expect(page.locator(".sentence")).to_have_count(0)
    hall.proxy.events = lambda event: event.replace(b'"practice":true', b'"practice":false')
    await page.reload()
    await expect(page.locator("#result .sentence")).to_contain_text("2/3")
    await expect(page.locator("#result")).to_contain_text("biểu quyết thử không có giấy chứng nhận")
    await expect(page.locator("#result .practice")).to_be_visible()
    await page.locator("[data-tab=mine]").click()
    await expect(page.locator(".mine .practice")).to_be_visible()
    hall.proxy.events = lambda event: event.replace(b"2/3", b"3/3")
    await page.reload()
    await must_alarm(page, "Kết quả máy chủ gửi tới không khớp")


async def test_a_result_that_its_certificate_does_not_prove(browser: Browser, hall: PhoneHall) -> None:
    """Its figures follow from its own rule, but the certificate that is shown is of another vote, or another file."""
    page = await hall.phone(browser)
    await hall.enter(page)
    certified = []
    for title in (TITLE, "Nghị quyết khác"):
        vote = await hall.open(msgspec.structs.replace(DRAFT, title=title))
        for member in ("binh", "chu-toa"):
            await hall.client.cast(vote.poll, hall.devices[member].ballot(vote.ask, "approve"))
        await close_and_declare(hall.client, vote)
        certified.append((vote, await hall.client.certificate(vote.poll, vote.token)))
    await expect(page.locator("#result .question-title")).to_have_text("Nghị quyết khác")
    check = page.get_by_role("button", name="Kiểm tra số phiếu từ giấy chứng nhận")
    await expect(check).to_be_visible()
    other = await hall.client.file(certified[0][1], "json", certified[0][0].token)
    hall.proxy.answers["/signing/certificates/"] = lambda _: other
    await check.click()
    await expect(page.locator("#result [data-code=files_disagree]")).to_be_visible()
    await must_be_usable(page)
    # The hash that was told agrees with it, too: it is a genuine certificate, of another vote.
    genuine = {"certificate": certified[0][1], "sha256": jws.digest(other), "signed": ""}
    await hall.proxy.tell(
        ("certificate.issued", {"poll": certified[1][0].poll, "meeting": hall.meeting, "index": 9} | genuine)
    )
    await check.click()
    await expect(page.locator("#result [data-code=definition_wrong]")).to_be_visible()
    await expect(page.locator("#result .notice.good")).to_have_count(0)


async def test_another_key_of_the_ledger(browser: Browser, hall: PhoneHall) -> None:
    """The ledger's key was pinned; a server that shows another is named before anybody votes."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await expect(page.locator("#none")).to_be_visible()
    await hall.open()
    await expect(page.locator("button.choice")).to_have_count(3)
    key = json.loads(
        await hall.client.ask(
            "GET", f"/voting/meetings/{hall.meeting}/log-key", token=await hall.token("chu-toa")
        )
    )
    another = Ed25519PrivateKey.generate().public_key()
    forged = key | {"log_key": note.log_key(key["origin"], another)}
    hall.proxy.answers["/log-key"] = lambda _: json.dumps(forged).encode()
    await page.reload()
    await must_alarm(page, "Sổ phiếu có khóa khác với khóa mà máy này đã ghi nhớ")
