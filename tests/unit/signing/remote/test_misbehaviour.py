"""Services that misbehave, each way before each adapter: a refusal that we know, or the right signature."""

import asyncio
import base64
import gzip
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from services.refusal import Refused
from services.rules import jws, remote_evidence
from services.signing.remote.errors import (
    RemoteBusy,
    RemoteLost,
    RemoteMalformed,
    RemoteSignatureForeign,
    RemoteUnreachable,
)
from services.signing.remote.exchange import Manners
from services.signing.remote.port import MOST_HEARD, Display, Done, Order, StillPending
from tests.support.fake_signers import order, serving, signer, signing_input
from tests.support.remote_desks import ASKS, BRINGS, NAMES, Lie, Name, bench

AN, BINH = signer("an"), signer("binh")
EVERYWHERE = pytest.mark.parametrize("name", NAMES)
# Of the answer that brings the signature: what is asked again, and what is used up by it.
PASSING = (RemoteMalformed, RemoteUnreachable, RemoteBusy, RemoteLost)


def must_be_signed(wanted: Order, done: object) -> Done:
    """By the enrolled key over our bytes, and any stranger can see it."""
    assert isinstance(done, Done)
    jws.verify_bytes("RS256", AN.key.public_key(), done.signature, wanted.signing_input)
    remote_evidence.verify(remote_evidence.write(done.evidence), wanted.signing_input, AN.der)
    return done


def body_of(right: web.Response) -> bytes:
    assert isinstance(right.body, bytes)
    return right.body


def given(body: bytes, status: int = 200, **headers: str) -> Lie:
    async def lie(_: web.Request, right: web.Response) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, headers={"Content-Type": "application/json"} | named)

    return lie


def changed(change: Any) -> Lie:
    async def lie(_: web.Request, right: web.Response) -> web.StreamResponse:
        return web.Response(body=change(body_of(right)), content_type="application/json")

    return lie


async def cut_off(request: web.Request, right: web.Response) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": "5000"})
    await answer.prepare(request)
    await answer.write(body_of(right))
    assert request.transport is not None
    request.transport.close()
    return answer


async def endless(request: web.Request, right: web.Response) -> web.StreamResponse:
    """As much as is taken."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(10_000):
        await answer.write(b" " * 65_536)
    return answer


WRONG: dict[str, Lie] = {
    "a page in HTML": given(b"<!doctype html><title>Dang bao tri</title>", Content_Type="text/html"),
    "nothing": given(b""),
    "204": given(b"", status=204),
    "206, a part": given(b'{"status": "1"}', status=206),
    "NUL": given(b"\0" * 100),
    "another encoding": changed(lambda body: body.decode().encode("utf-16")),
    "bytes that are no text": changed(lambda body: body.replace(b"s", b"\xff")),
    "half of it": changed(lambda body: body[: len(body) // 2]),
    "cut off": cut_off,
    "endless": endless,
    "deep": given(b"[" * 100_000 + b"]" * 100_000),
    "a bomb": given(gzip.compress(b" " * 20_000_000), Content_Encoding="gzip"),
    "packed": changed(gzip.compress),
    "a list": changed(lambda body: b"[" + body + b"]"),
    "a number": given(b"1" + b"0" * 5_000),
    "null": given(b"null"),
    "two answers": changed(lambda body: body + body),
}


@EVERYWHERE
@pytest.mark.parametrize("lie", WRONG.values(), ids=WRONG)
async def test_no_answer_is_no_signature(name: Name, lie: Lie) -> None:
    """A refusal that the round knows; and where the service can be asked again, it is, and the signature comes."""
    async with bench(name, AN) as held:
        wanted = order(AN)
        pending = await held.service.start(wanted)
        held.lies[BRINGS[name]] = lie
        with pytest.raises(PASSING):
            await held.confirmed(pending)
        held.lies.clear()
        if not name.startswith("CSC"):
            must_be_signed(wanted, await held.service.ask(pending))


@EVERYWHERE
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nobody_is_led_elsewhere(name: Name, status: int) -> None:
    """A redirect, here to another server of this very machine: nothing is sent there, our password least of all."""
    heard: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        heard.append(request.path)
        return web.json_response({})

    other = web.Application()
    other.router.add_route("*", "/{any:.*}", elsewhere)
    async with serving(other) as there, bench(name, AN) as held:
        held.lies[BRINGS[name]] = given(b"", status=status, Location=f"{there}/x")
        with pytest.raises(PASSING):
            await held.signed(order(AN))
    assert heard == []


@EVERYWHERE
async def test_what_does_not_matter(name: Name) -> None:
    """Cookies are not kept; another type, a date far away, members and headers of their own are passed over."""

    async def odd(_: web.Request, right: web.Response) -> web.StreamResponse:
        said = json.loads(body_of(right)) | {"x\0": "\0", "at": "2099-01-01", "__proto__": {"a": [None]}}
        headers = {
            "Content-Type": "text/plain",
            "Date": "Thu, 01 Jan 2099 00:00:00 GMT",
            "X-Long": "x" * 4_000,
        }
        headers |= {"Set-Cookie": "session=theirs; Path=/", "Connection": "close"}
        return web.Response(body=json.dumps(said).encode(), headers=headers)

    async with bench(name, AN) as held:
        held.lies = {BRINGS[name]: odd, "/token": odd, "/login": odd}
        wanted = order(AN)
        must_be_signed(wanted, await held.signed(wanted))
    assert len(held.seen) > 1
    assert not any("Cookie" in request.headers for request in held.seen)


@EVERYWHERE
async def test_drip(name: Name) -> None:
    """A byte now and then holds us no longer than an answer may take."""
    released = asyncio.Event()

    async def drip(request: web.Request, right: web.Response) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "100"})
        await answer.prepare(request)
        await answer.write(b" ")
        await released.wait()
        return answer

    manners = Manners(timeout=aiohttp.ClientTimeout(total=0.3), tries=1)
    async with bench(name, AN, manners) as held:
        pending = await held.service.start(order(AN))
        held.lies[BRINGS[name]] = drip
        with pytest.raises(PASSING):
            await held.confirmed(pending)
        released.set()


def _twice(body: bytes, name: Name, which: int) -> bytes:
    """The member that brings the signature, given twice; the right one is the last, or is not."""
    said = json.loads(body)
    inner = said["data"] if name == "769" else said
    right, wrong = json.dumps(inner["signatures"]), json.dumps(_other(inner["signatures"]))
    both = (wrong, right) if which else (right, wrong)
    del inner["signatures"]
    twice = (
        json.dumps(inner)[:-1] + f'{", " if inner else ""}"signatures": {both[0]}, "signatures": {both[1]}}}'
    )
    return (json.dumps(said | {"data": "@"}).replace('"@"', twice) if name == "769" else twice).encode()


def _other(signatures: list[Any]) -> list[Any]:
    false = base64.b64encode(BINH.signs(bytes(32))).decode()
    return [each | {"signature_value": false} if isinstance(each, dict) else false for each in signatures]


@EVERYWHERE
@pytest.mark.parametrize("which", [0, 1], ids=["wrong last", "right last"])
async def test_member_that_is_given_twice(name: Name, which: int) -> None:
    """Whichever is read: what is taken is a signature, and evidence that a stranger reads in the same way."""
    async with bench(name, AN) as held:
        held.lies[BRINGS[name]] = changed(lambda body: _twice(body, name, which))
        wanted = order(AN)
        if which:
            must_be_signed(wanted, await held.signed(wanted))
        else:
            with pytest.raises(RemoteSignatureForeign):
                await held.signed(wanted)


@pytest.mark.parametrize("name", ["769", "MySign"])
async def test_answers_of_two_transactions_are_exchanged(name: Name) -> None:
    """Neither is taken for the other; put right again, both are."""
    kept: dict[str, bytes] = {}

    async def exchange(request: web.Request, right: web.Response) -> web.StreamResponse:
        number = request.match_info.get("transaction") or json.loads(await request.read())["transactionId"]
        kept[number] = body_of(right)
        other = next((body for known, body in kept.items() if known != number), kept[number])
        return web.Response(body=other, content_type="application/json")

    async with bench(name, AN) as held:
        first, message = order(AN, "pl-01"), signing_input(choice="reject")
        display = Display.of("Nghị quyết", "Không", message)
        second = Order("pl-02", first.user, first.key, message, display, first.expires_at)
        pending = [await held.service.start(each) for each in (first, second)]
        await held.confirmed(pending[0])
        held.lies[BRINGS[name]] = exchange
        await held.confirmed(pending[0])
        for each in reversed(pending):
            with pytest.raises((RemoteMalformed, RemoteSignatureForeign)):
                await held.confirmed(each)
        held.lies.clear()
        for wanted, each in zip((first, second), pending, strict=True):
            must_be_signed(wanted, await held.service.ask(each))


@pytest.mark.parametrize("name", ["769", "MySign"])
async def test_pending_in_ever_other_words(name: Name) -> None:
    """An hour of large answers that say nothing: what is kept of them stays small, and the evidence is good."""
    async with bench(name, AN) as held:
        wanted = order(AN)
        pending = await held.service.start(wanted)
        for place in range(40):

            async def padded(_: web.Request, right: web.Response, place: int = place) -> web.StreamResponse:
                said = json.loads(body_of(right)) | {"padding": f"{place}" * 50_000}
                return web.json_response(said)

            held.lies[BRINGS[name]] = padded
            waiting = await held.service.ask(pending)
            assert isinstance(waiting, StillPending)
            pending = waiting.pending
        assert sum(len(each.body) for each in pending.answers[:-1]) <= 2 * MOST_HEARD
        done = must_be_signed(wanted, await held.confirmed(pending))
    assert len(remote_evidence.write(done.evidence)) < remote_evidence.LARGEST


@pytest.mark.parametrize("name", ["769", "MySign"])
async def test_our_clock_steps_back(name: Name) -> None:
    """The signature is not lost for it: times in the evidence only go on."""
    async with bench(name, AN) as held:
        wanted = order(AN)
        pending = await held.service.start(wanted)
        held.clock.now -= 3_600_000
        waiting = await held.service.ask(pending)
        assert isinstance(waiting, StillPending)
        must_be_signed(wanted, await held.confirmed(waiting.pending))


NUMBERS = [
    "",
    "\0",
    "pl\0",
    "../../../admin",
    "a b",
    "x" * 101,
    "pl-01\n",
    "é",
    "\u202epl",
    "?x=1",
    "#",
    "%2e%2e",
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", ["769", "MySign"])
async def test_number_that_is_none(name: Name, number: str) -> None:
    """What a service calls a transaction stands in addresses and in our database: of a few letters, or refused."""

    async def misnamed(_: web.Request, right: web.Response) -> web.StreamResponse:
        said = json.loads(body_of(right))
        if name == "MySign":
            said["transactionId"] = number
        else:
            said["data"] |= {"transaction_id": number, "tran_code": number}
        return web.json_response(said)

    async with bench(name, AN) as held:
        held.lies[ASKS[name]] = misnamed
        with pytest.raises((RemoteMalformed, RemoteLost)):
            await held.service.start(order(AN))


@EVERYWHERE
async def test_keys_that_are_none(name: Name) -> None:
    """A name with NUL or none at all, a hundred certificates, nonsense for one: refused, and nothing breaks."""
    listing = {"769": "/get_certificate", "MySign": "/certificates/info"}.get(name, "/credentials/info")
    for spoilt in ("names", "many", "nonsense"):

        async def spoil(_: web.Request, right: web.Response, spoilt: str = spoilt) -> web.StreamResponse:
            text = body_of(right).decode()
            der = json.dumps(base64.b64encode(AN.der).decode())
            if spoilt == "names":
                text = text.replace('"key-of-an"', '""')
            elif spoilt == "nonsense":
                text = text.replace("MII", "AAA")
            elif "certificates" in text and name != "769":
                text = text.replace('"certificates": [', '"certificates": [' + f"{der}, " * 100)
            else:
                text = text.replace('"ca_cert": null', '"ca_cert": "%%%"')
            return web.Response(text=text, content_type="application/json")

        async with bench(name, AN) as held:
            held.lies[listing if spoilt != "names" or not name.startswith("CSC") else "/list"] = spoil
            with pytest.raises(Refused) as refused:
                await held.service.certificates("user-an")
        assert refused.value.code in ("remote_malformed", "chain_malformed", "key_not_taken"), spoilt
