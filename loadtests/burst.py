"""Five hundred delegates press at the same instant; and how soon after the close the certificate is there."""

import statistics
from collections.abc import Sequence

from loadtests.ground import Assembly, path_of
from loadtests.sender import Shot, Volley, fire
from loadtests.signing import sign
from services.desk.presiding import Certified, close_and_declare

VOTERS = 500
ROUNDS = 5


async def measure(held: Assembly) -> dict[str, float]:
    """Each round: a poll, one ballot on each of 500 connections at once, the close, the certificate."""
    devices = dict(list(held.delegates.items())[:VOTERS])
    bursts, closes = [], []
    host, port = held.address
    for number in range(1, ROUNDS + 1):
        opened = await held.poll(f"Năm trăm phiếu cùng lúc, lần {number}")
        (ballots,) = await sign([opened.ask], devices)
        lanes = [[Shot(path_of(opened.poll), ballot)] for ballot in ballots.values()]
        landed = await fire(Volley(host, port, lanes))
        assert landed.statuses == {201: VOTERS}, landed.statuses
        bursts.append(landed.last * 1000)
        closes.append(await close_and_declare(held.client, opened))
    return {
        "burst_500_ms": round(statistics.median(bursts), 1),
        "burst_500_worst_ms": round(max(bursts), 1),
        **_parts(closes),
    }


def _parts(closes: Sequence[Certified]) -> dict[str, float]:
    """From the close to the certificate, and each part of it: medians, which need not add up."""
    whole = [each.milliseconds for each in closes]
    return {
        "close_to_certificate_ms": round(statistics.median(whole), 1),
        "close_to_certificate_worst_ms": round(max(whole), 1),
        "close_answered_ms": round(statistics.median(each.close_ms for each in closes), 1),
        "count_read_ms": round(statistics.median(each.count_ms for each in closes), 1),
        "declare_answered_ms": round(statistics.median(each.declare_ms for each in closes), 1),
        "declare_to_certificate_ms": round(statistics.median(each.issue_ms for each in closes), 1),
    }
