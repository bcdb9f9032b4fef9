"""Five hundred delegates press at the same instant; and how soon after the close the certificate is there."""

import statistics

from loadtests.ground import Assembly, path_of
from loadtests.sender import Shot, Volley, fire
from loadtests.signing import sign
from services.desk.presiding import close_and_declare

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
        _, milliseconds = await close_and_declare(held.client, opened)
        closes.append(milliseconds)
    return {
        "burst_500_ms": round(statistics.median(bursts), 1),
        "burst_500_worst_ms": round(max(bursts), 1),
        "close_to_certificate_ms": round(statistics.median(closes), 1),
        "close_to_certificate_worst_ms": round(max(closes), 1),
    }
