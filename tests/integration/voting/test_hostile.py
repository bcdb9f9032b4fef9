"""Hostile ballots: each is refused by its own code, and the ledger stays as it was."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.desk.device import Ask
from services.kit import request_body
from services.rules import jws
from services.rules.jws import P256_ORDER
from tests.support.forgery import Forger, unused_bits
from tests.support.voting_desk import CHAIR, VotingDesk, assemble
from tests.support.voting_hall import code_of, lines_of, prove, send

Table = dict[str, tuple[bytes, str]]
BROKEN, BAD_SIGNATURE, BAD_ALGORITHM = "message_malformed", "signature_wrong", "algorithm_wrong"


def _framing(f: Forger) -> Table:
    head, body, tail = f.genuine.split(b".")
    spaced = json.dumps(f.payload, ensure_ascii=False).encode()
    return {
        "empty": (b"", BROKEN),
        "cut in the payload": (f.genuine[: len(head) + 20], BROKEN),
        "cut in the signature": (f.genuine[:-2], BAD_SIGNATURE),
        "no signature": (head + b"." + body + b".", BAD_SIGNATURE),
        "four parts": (f.genuine + b".AA", BROKEN),
        "too large": (f.genuine + b"A" * 4096, "too_large"),
        "padding": (head + b"=." + body + b"." + tail, BROKEN),
        "padding of the signature": (f.genuine + b"==", BROKEN),
        "unused bits": (head + b"." + body + b"." + unused_bits(tail), BROKEN),
        "space within": (head + b"." + body[:9] + b" " + body[9:] + b"." + tail, BROKEN),
        "newline at the end": (f.genuine + b"\n", BROKEN),
        "alphabet of plain base64": (head + b"." + body + b"." + b"+" + tail[1:], BROKEN),
        "JSON instead of JWS": (f.raw_payload, BROKEN),
        "one byte of the payload": (head + b"." + body[:30] + b"A" + body[31:] + b"." + tail, BAD_SIGNATURE),
        "payload spaced anew": (head + b"." + jws.b64_encode(spaced) + b"." + tail, BAD_SIGNATURE),
    }


def _json(f: Forger) -> Table:
    return {
        "header member twice": (f.repeated("header", "alg"), BROKEN),
        "payload member twice": (f.repeated("payload", "choice"), BROKEN),
        "header no object": (f.signed(b"[]", f.raw_payload), BROKEN),
        "payload no object": (f.signed(f.raw_header, b'"approve"'), BROKEN),
        "payload not JSON": (f.signed(f.raw_header, f.raw_payload[:-1]), BROKEN),
        "two values": (f.signed(f.raw_header, f.raw_payload + b"{}"), BROKEN),
        "deep": (f.signed(f.raw_header, b'{"v":' * 300 + b"1" + b"}" * 300), BROKEN),
        "deep in the header": (f.signed(b"[" * 2000, f.raw_payload), BROKEN),
        "not UTF-8": (f.signed(f.raw_header, f.raw_payload.replace("á".encode(), b"\xff")), BROKEN),
        "lone surrogate": (f.signed(f.raw_header, f.raw_payload.replace("á".encode(), rb"\ud800")), BROKEN),
        "byte order mark": (f.signed(f.raw_header, b"\xef\xbb\xbf" + f.raw_payload), BROKEN),
        "NUL in the label": (f.said(label=f.payload["label"] + "\0"), "ballot_label"),
        "NUL in the voter": (f.said(voter="001\0"), BROKEN),
        "newline in the voter": (f.said(voter="001\n"), BROKEN),
    }


def _header(f: Forger) -> Table:
    table: Table = {
        f"alg {alg}": (f.headed(alg=alg), BAD_ALGORITHM)
        for alg in ("none", "None", "HS256", "es256", "ES384", "RS256", "PS256", "EdDSA", "")
    }
    for name in ("jwk", "jku", "x5u", "x5c", "kid", "b64", "crit", "sigT"):
        table[f"header {name}"] = (f.headed(**{name: ["b64"] if name == "crit" else "x"}), BROKEN)
    for name in ("alg", "typ", "cty", "x5t__S256", "iat"):
        table[f"no {name}"] = (f.headed(**{name: ...}), BROKEN)
    for iat in (
        "-1",
        "9007199254740992",
        "1.0",
        "1.5",
        "1e3",
        "1e300",
        "NaN",
        "true",
        '"1"',
        "null",
        "[1]",
        "01",
        "9" * 2500,
    ):
        raw = json.dumps({**f.header, "iat": "?"}).replace('"?"', iat).encode()
        table[f"iat {iat[:9]}"] = (f.signed(raw, f.raw_payload), BROKEN)
    return table | {
        "typ of an act": (f.headed(typ="plenary-act+jws"), BROKEN),
        "cty of an act": (f.headed(cty="application/vnd.plenary.act+json"), BROKEN),
        "thumbprint no hash": (f.headed(x5t__S256="x"), "credential_unknown"),
    }


def _signature(f: Forger) -> Table:
    table = {
        f"{name} = {what}": (f.rs(**{name: value}), BAD_SIGNATURE)
        for name in ("r", "s")
        for what, value in (
            ("0", 0),
            ("1", 1),
            ("n", P256_ORDER),
            ("n+1", P256_ORDER + 1),
            ("max", 2**256 - 1),
        )
    }
    return table | {
        "r = s = 0": (f.rs(0, 0), BAD_SIGNATURE),
        "high s": (f.high_s(), BAD_SIGNATURE),
        "63 bytes": (f.with_signature(f.signature[1:]), BAD_SIGNATURE),
        "65 bytes": (f.with_signature(b"\0" + f.signature), BAD_SIGNATURE),
        "split elsewhere": (
            f.with_signature(b"\0" + f.signature[:32] + b"\0" + f.signature[32:]),
            BAD_SIGNATURE,
        ),
        "DER": (f.with_signature(bytes.fromhex("3006020101020101")), BAD_SIGNATURE),
    }


def _payload(f: Forger, elsewhere: Ask) -> Table:
    label = f.payload["label"]
    table: Table = {
        f"no {name}": (f.said(**{name: ...}), BROKEN) for name in f.payload if name != "supersedes"
    }
    for seq in (0, -1, 1.0, True, "1", None, 1_000_001, 2**63, 10**30):
        table[f"seq {seq!r}"] = (f.said(seq=seq), BROKEN)
    return table | {
        "another poll": (f.said(poll=elsewhere.hash), "ballot_foreign_poll"),
        "another meeting": (f.said(meeting="phien-2"), "ballot_foreign_meeting"),
        "another voter": (f.said(voter="002"), "ballot_other_voter"),
        "a voter nobody knows": (f.said(voter="999"), "ballot_other_voter"),
        "an altered label": (f.said(label=label + " "), "ballot_label"),
        "a label in another form": (f.said(label=label.replace("á", "a\u0301")), "ballot_label"),
        "the label of another choice": (f.said(choice="reject"), "ballot_label"),
        "an unknown choice": (f.said(choice="maybe"), BROKEN),
        "a choice in capitals": (f.said(choice="Approve"), BROKEN),
        "version 2": (f.said(v=2), BROKEN),
        "one member more": (f.said(comment="x"), BROKEN),
        "a second ballot first": (f.said(seq=2, supersedes="A" * 43), "ballot_sequence"),
        "number 2 of none": (f.said(seq=2), "ballot_sequence"),
        "supersedes on the first": (f.said(supersedes="A" * 43), "ballot_sequence"),
        "supersedes no hash": (f.said(supersedes="x"), BROKEN),
    }


async def _must_refuse(desk: VotingDesk, poll: str, table: Table) -> None:
    before = await lines_of(desk)
    found = {what: code_of(await send(desk, poll, raw)) for what, (raw, _) in table.items()}
    assert found == {what: code for what, (_, code) in table.items()}
    assert await lines_of(desk) == before


@pytest.mark.parametrize("of", ["framing", "json", "header", "signature", "payload"])
async def test_a_hostile_ballot_is_refused_by_its_own_code(desk: VotingDesk, of: str) -> None:
    """Nothing of it reaches the ledger; and the genuine ballot of the same voter is taken afterwards."""
    poll, asked = await desk.opened(changes=True)
    _, elsewhere = await desk.opened()
    f = Forger(desk.devices["001"], asked)
    tables = {"framing": _framing, "json": _json, "header": _header, "signature": _signature}
    await _must_refuse(desk, poll, tables[of](f) if of in tables else _payload(f, elsewhere))
    assert (await send(desk, poll, f.genuine))[0] == 201
    await prove(desk)


@pytest.mark.parametrize("iat", [0, 1, 2**53 - 1])
async def test_the_phones_clock_decides_nothing(desk: VotingDesk, iat: int) -> None:
    """Any time is taken as `iat`: a phone with a wrong clock votes too, and time is the server's."""
    poll, asked = await desk.opened()
    assert (await send(desk, poll, Forger(desk.devices["001"], asked).headed(iat=iat)))[0] == 201


@pytest.mark.parametrize("media", ["text/plain", "application/json", "application/octet-stream", ""])
async def test_a_ballot_of_another_media_type_is_refused(desk: VotingDesk, media: str) -> None:
    """Only application/jose is read: no form of a web page can send a ballot."""
    poll, asked = await desk.opened()
    raw = desk.devices["001"].ballot(asked, "approve")
    async with desk.client.post(
        f"/voting/polls/{poll}/ballots", data=raw, headers={"Content-Type": media}
    ) as answer:
        assert (answer.status, (await answer.json())["code"]) == (415, "media_type")


@pytest.mark.parametrize("act", ["ballots", "announce"])
async def test_what_never_arrives_whole_is_refused_in_time(
    act: str, tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> None:
    """A ballot or a signed act that stops half-way holds no connection; the same voter's whole ballot is taken."""
    desk = assemble(tmp_path, database_url, redis_url)
    desk.root[request_body.SECONDS] = 0.5
    desk.client = await aiohttp_client(desk.root)
    await desk.found()
    poll, asked = await desk.opened()
    raw = desk.devices["001"].ballot(asked, "approve")
    reader, writer = await asyncio.open_connection(desk.client.host, desk.client.port)
    writer.write(
        f"POST /voting/polls/{poll}/{act} HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\n"
        f"Authorization: Bearer {desk.token(CHAIR, 'chair')}\r\nContent-Length: {len(raw)}\r\n\r\n".encode()
        + raw[:-1]
    )
    answer = await reader.readuntil(b"}")
    writer.close()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"too_slow"' in answer
    assert (await send(desk, poll, raw))[0] == 201


@pytest.mark.parametrize("path", ["none", "%00", "%ff", "a%0a", "..%2f..", "x" * 5000, "%ed%a0%80"])
async def test_a_ballot_for_no_poll_is_refused(desk: VotingDesk, path: str) -> None:
    """Whatever stands in the address, the answer is a refusal and never a fault of ours."""
    _, asked = await desk.opened()
    status, body = await send(desk, path, desk.devices["001"].ballot(asked, "approve"))
    assert status in (400, 404), body
