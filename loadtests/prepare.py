"""What Locust's users need, made beforehand on a running server: open polls, and ballots signed for them.

`python -m loadtests.prepare --url URL --operator-token-file FILE --out FILE` (the token: `plenary token`).
"""

import argparse
import asyncio
import json
import secrets
from pathlib import Path

from loadtests.ground import gathered
from loadtests.signing import sign
from services.desk.client import opened


async def prepare(url: str, operator: str, delegates: int, polls: int) -> dict[str, object]:
    """The meeting, a token to read it with, and for each open poll one signed ballot of every delegate."""
    async with opened(url) as client:
        body = f"locust-{secrets.token_hex(4)}"
        held = await gathered(client, Path(), operator, delegates, body)
        open_polls = [await held.poll(f"Biểu quyết số {number}") for number in range(1, polls + 1)]
        signed = await sign([each.ask for each in open_polls], held.delegates)
        return {
            "meeting": held.convened.meeting,
            "token": await client.sign_in(held.chair),
            "ballots": [
                [each.poll, ballot.decode()]
                for each, ballots in zip(open_polls, signed, strict=True)
                for ballot in ballots.values()
            ],
        }


def main() -> None:
    """Prepare and write the file, which only its owner may read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--operator-token-file", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--delegates", type=int, default=200)
    parser.add_argument("--polls", type=int, default=50)
    given = parser.parse_args()
    operator = given.operator_token_file.read_text().strip()
    made = asyncio.run(prepare(given.url, operator, given.delegates, given.polls))
    given.out.touch(mode=0o600)
    given.out.write_text(json.dumps(made))


if __name__ == "__main__":
    main()
