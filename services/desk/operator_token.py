"""`plenary token`: a short-lived operator token, minted where the key lies.

Its bearer founds bodies and invites their first secretaries, and has no word in a meeting.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from services.kit import access_token, keys
from services.kit.settings import load
from services.wire import Role, Token

OPERATOR: Role = "operator"
LIFE_SECONDS = 3600
_LONGEST_LIFE = 86_400


def mint(data: Path, seconds: int = LIFE_SECONDS) -> str:
    """An operator token good for `seconds`, signed with the key under `data`. Raises KeyRefused."""
    key = keys.load_ed25519(data / "keys" / "token.key")
    now = int(time.time())
    said = Token(sub=OPERATOR, body=OPERATOR, roles=(OPERATOR,), iat=now, exp=now + seconds)
    return access_token.issue(said, key)


def main(arguments: list[str]) -> int:
    """Print an operator token: whoever may read the key may act as the operator of this machine."""
    parser = argparse.ArgumentParser(prog="plenary token", description=main.__doc__)
    parser.add_argument("--data", type=Path, help="data directory (default: PLENARY_DATA)")
    parser.add_argument("--seconds", type=int, default=LIFE_SECONDS, help="life of the token, at most a day")
    given = parser.parse_args(arguments)
    if not 1 <= given.seconds <= _LONGEST_LIFE:
        parser.error(f"--seconds must be from 1 to {_LONGEST_LIFE}")
    sys.stdout.write(mint(given.data or load(os.environ).data, given.seconds) + "\n")
    return 0
