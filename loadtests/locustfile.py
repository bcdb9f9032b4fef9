"""A sitting as Locust plays it: delegates vote, the chair looks, the hall's screens follow.

First `python -m loadtests.prepare … --out sitting.json`, then, within the quarter of an hour that the token is good:
`PLENARY_SITTING=sitting.json locust -f loadtests/locustfile.py --headless -u 220 -r 50 -t 60s --host URL`
"""

import json
import os
import time
from collections import deque
from pathlib import Path
from typing import Any

from locust import HttpUser, between, constant, task
from locust.exception import StopUser

_SITTING: dict[str, Any] = json.loads(Path(os.environ["PLENARY_SITTING"]).read_text())
_BALLOTS: deque[list[str]] = deque(_SITTING["ballots"])
_TOKEN = {"Authorization": f"Bearer {_SITTING['token']}"}
_MEETING = _SITTING["meeting"]
_JOSE = {"Content-Type": "application/jose"}
_FOLLOW_SECONDS = 5.0


class Delegate(HttpUser):
    """Votes, thinks, votes again in the next poll; leaves when there is nothing left to vote on."""

    weight = 200
    wait_time = between(0.05, 0.5)

    @task
    def vote(self) -> None:
        """Cast a ballot signed beforehand."""
        if not _BALLOTS:
            raise StopUser
        poll, ballot = _BALLOTS.popleft()
        self.client.post(
            f"/voting/polls/{poll}/ballots", data=ballot, headers=_JOSE, name="/voting/polls/{poll}/ballots"
        )


class Chair(HttpUser):
    """Looks at the polls of the meeting and at who is there."""

    fixed_count = 1
    wait_time = constant(1)

    @task(3)
    def look_at_polls(self) -> None:
        """How many ballots were received, by poll."""
        self.client.get(
            f"/voting/meetings/{_MEETING}/polls", headers=_TOKEN, name="/voting/meetings/{meeting}/polls"
        )

    @task
    def look_at_presence(self) -> None:
        """Who is there."""
        path = f"/meeting/meetings/{_MEETING}/presence"
        self.client.get(path, headers=_TOKEN, name="/meeting/meetings/{meeting}/presence")


class HallScreen(HttpUser):
    """Follows the meeting for some seconds, loses its connection, comes back where it was."""

    weight = 20
    wait_time = constant(0.2)

    def on_start(self) -> None:
        """A screen that was never here."""
        self.last = ""

    @task
    def follow(self) -> None:
        """Read events until the time is over, remembering the last."""
        headers = {**_TOKEN, **({"Last-Event-ID": self.last} if self.last else {})}
        until = time.monotonic() + _FOLLOW_SECONDS
        path, name = f"/live/meetings/{_MEETING}/events", "/live/meetings/{meeting}/events"
        with self.client.get(
            path, headers=headers, stream=True, name=name, timeout=20, catch_response=True
        ) as answer:
            for line in answer.iter_lines():
                if line.startswith(b"id:"):
                    self.last = line[3:].strip().decode()
                if time.monotonic() > until:
                    return
