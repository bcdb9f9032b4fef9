"""`plenary replay FILE --out DIR`: a recorded roll call, held again over HTTP, from keys to a certificate."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.desk import own_server, rehearsal, rollcall
from services.desk.asking import Declined
from services.desk.client import Client, opened
from services.desk.convening import Plan, convene, enrol_all
from services.desk.operator_token import mint
from services.desk.presiding import Vote, cast_all, cast_first, close_and_declare, open_poll, sign_all
from services.desk.proceedings import FILES, Differs, Proceedings
from services.desk.progress import Bar
from services.desk.rollcall import RollCall
from services.kit.complaint import Complaint
from services.kit.files import read_text
from services.refusal import Refused

CONNECTIONS = 200
_FAILED = 1


@dataclass(frozen=True, slots=True)
class Server:
    """The Plenary that the vote is held on, and a token of its operator."""

    url: str
    operator: str


async def replay(recorded: RollCall, out: Path, server: Server) -> dict[str, object]:
    """Hold the vote, write what it leaves into `out`, check that: the summary. Raises Differs, Declined, Complaint."""
    began = time.perf_counter()
    plan = rehearsal.plan(recorded)
    async with opened(server.url, CONNECTIONS) as client:
        # 1. The meeting and its roll, a key and a certificate for everybody, the vote, the certificate.
        held = await _hold(client, recorded, plan, server.operator)
        # 2. What it leaves, on disk.
        await held.write(client, out)
    # 3. Proven offline, as a stranger would, and compared with the record.
    await asyncio.to_thread(held.must_be_proven, out)
    summary = held.must_equal(out, recorded)
    return summary | {"verified": True, "seconds": round(time.perf_counter() - began, 2)}


async def _hold(client: Client, recorded: RollCall, plan: Plan, operator: str) -> Proceedings:
    convened = await convene(client, operator, plan)
    people = list(dict.fromkeys((plan.chair, *(voter.member for voter in recorded.roll))))
    with Bar("chứng thư số / certificates", len(people)) as bar:
        devices = await enrol_all(client, convened.body, people, convened.token, done=bar.step)
    question = await open_poll(
        client,
        convened,
        devices[plan.chair],
        rehearsal.draft(recorded, plan),
        rehearsal.without_quorum(recorded),
    )
    ballots = sign_all(question.ask, devices, recorded.ballots)
    # The first ballot is cast again with all: the same bytes get the same receipt.
    await cast_first(client, question.poll, ballots, devices)
    with Bar("phiếu / ballots", len(ballots)) as bar:
        began = time.perf_counter()
        votes: list[Vote] = await cast_all(client, question.poll, list(ballots.values()), bar.step)
        seconds = time.perf_counter() - began
    certified = await close_and_declare(client, question)
    in_order = tuple(sorted(votes, key=lambda vote: vote.receipt.index))
    return Proceedings(certified.certificate, question.token, in_order, seconds, certified.milliseconds)


@contextlib.asynccontextmanager
async def _server(given: argparse.Namespace) -> AsyncIterator[Server]:
    """The server named, or one of our own for as long as the block lasts."""
    if given.url:
        yield Server(given.url, read_text(given.operator_token_file).strip())
        return
    settings = {"workers": str(given.workers)} if given.workers else {}
    kept = given.out.with_name(given.out.name + ".data") if given.keep else None
    async with own_server.running(settings, kept) as (url, data):
        yield Server(url, mint(data))


async def _replay(recorded: RollCall, given: argparse.Namespace) -> dict[str, object]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine always runs in a task
    for each in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(each, task.cancel)
    async with _server(given) as server:
        return await replay(recorded, given.out, server)


def main(arguments: list[str]) -> int:
    """Hold a recorded vote again on real servers: 0 if the counts are those of the file and all is proven."""
    given = _parsed(arguments)
    # Refused before anything is created: the file, then the directory.
    recorded = rollcall.load(given.file)
    prepare(given.out)
    for remark in recorded.contradictions():
        sys.stderr.write(f"Ghi chú / note: {remark}\n")
    try:
        summary = asyncio.run(_replay(recorded, given))
    except asyncio.CancelledError:
        return 128 + signal.SIGTERM
    except (Complaint, Declined, Differs, Refused, OSError) as error:
        sys.stderr.write(f"plenary replay: {error}\n")
        return _FAILED
    except ExceptionGroup as group:
        sys.stderr.write(f"plenary replay: {_first(group)}\n")
        return _FAILED
    sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
    return 0


def _first(group: ExceptionGroup[Exception]) -> Exception:
    error: Exception = group
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="plenary replay", description=main.__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="the recorded roll call (JSON)")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where to write what it leaves"
    )
    parser.add_argument("--url", help="a running Plenary (default: one of our own, started for this)")
    parser.add_argument("--operator-token-file", type=Path, help="with --url: file with an operator token")
    parser.add_argument("--keep", action="store_true", help="keep our own server's data in DIR.data")
    parser.add_argument("--workers", type=int, default=0, help="workers of our own server (default: as run)")
    given = parser.parse_args(arguments)
    if bool(given.url) != bool(given.operator_token_file):
        parser.error("--url and --operator-token-file go together")
    return given


def prepare(out: Path, files: Sequence[str] = FILES) -> None:
    """Make the directory for these files; one that holds anything but earlier ones is refused. Raises Complaint."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        strangers = sorted({each.name for each in out.iterdir()} - set(files))
    except OSError as error:
        raise Complaint(f"{out}: {error.strerror}") from error
    if strangers:
        raise Complaint(f"{out} holds {strangers[0]}, which is not ours: choose an empty directory")
    for name in files:
        (out / name).unlink(missing_ok=True)
