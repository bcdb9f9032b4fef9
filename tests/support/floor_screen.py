"""A screen that follows a meeting's floor over HTTP, and folds what it is told as the words of the messages say.

Written beside the product: plain JSON, dictionaries and lists, from what `services/wire.py` says of FloorNewsShown.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

_PAUSE = 0.05
_OVER = ("ended", "dropped")


class Screen:
    """Follows until it is told to leave; comes back by itself, with the last id that it heard."""

    def __init__(self, url: str, meeting: str, token: str) -> None:
        """`token`: of anybody of the body."""
        self._path = f"{url}/live/meetings/{meeting}/events"
        self._token = token
        self._last = ""
        self.floor: dict[str, Any] = {"revision": 0, "lanes": [], "turns": [], "last": None, "votes": []}
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.visits = 0
        self._session: aiohttp.ClientSession | None = None

    async def follow(self) -> None:
        """Follow for ever."""
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5), read_bufsize=2**22
        ) as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                    await self._visit(session)
                await asyncio.sleep(_PAUSE)

    async def _visit(self, session: aiohttp.ClientSession) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        if self._last:
            headers["Last-Event-ID"] = self._last
        async with session.get(self._path, headers=headers) as response:
            if response.status != 200:
                return
            self.visits += 1
            fields: dict[str, str] = {}
            async for raw in response.content:
                line = raw.decode().rstrip("\n")
                if line and not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif not line and "event" in fields:
                    self.hear(fields["event"], msgspec.json.decode(fields["data"]))
                    self._last = fields.get("id", self._last)
                    fields = {}

    def hear(self, name: str, said: Any) -> None:
        """One event of the stream."""
        if name == "snapshot":
            self.floor = said.get("floor") or {
                "revision": 0,
                "lanes": [],
                "turns": [],
                "last": None,
                "votes": [],
            }
        elif name == "floor.changed":
            self.heard.append((name, said))
            self._change(said)

    def _change(self, news: dict[str, Any]) -> None:
        floor = self.floor
        floor["revision"] = news["revision"]
        for lane in news["lanes"]:
            shown = self._lane(lane["item"], lane["lane"])
            if shown is None:
                floor["lanes"].append({"lane": lane, "waiting": []})
            else:
                shown["lane"] = lane
        self._lists(news)
        for told in news["turns"]:
            self._turn(told["turn"])
        if news["votes"] is not None:
            floor["votes"] = news["votes"]

    def _lists(self, news: dict[str, Any]) -> None:
        """Splices first, on the ids; only then are they looked up."""
        known = {each["id"]: each for shown in self.floor["lanes"] for each in shown["waiting"]}
        known |= {each["id"]: each for each in news["requests"]}
        lists = {
            (shown["lane"]["item"], shown["lane"]["lane"]): [each["id"] for each in shown["waiting"]]
            for shown in self.floor["lanes"]
        }
        for splice in news["queues"]:
            ids, start = lists[splice["item"], splice["lane"]], splice["start"]
            ids[start : start + splice["removed"]] = splice["put"]
        for shown in self.floor["lanes"]:
            key = (shown["lane"]["item"], shown["lane"]["lane"])
            shown["waiting"] = [known[identifier] for identifier in lists[key]]

    def _turn(self, turn: dict[str, Any]) -> None:
        turns = self.floor["turns"]
        place = next((at for at, each in enumerate(turns) if each["id"] == turn["id"]), None)
        if turn["state"] in _OVER:
            if place is not None:
                turns.pop(place)
            if turn["state"] == "ended":
                last = self.floor["last"]
                if last is None or turn["ended_at"] > last["ended_at"]:
                    self.floor["last"] = turn
        elif place is None:
            turns.append(turn)
        else:
            turns[place] = turn

    def _lane(self, item: str, lane: str) -> dict[str, Any] | None:
        found = (
            each
            for each in self.floor["lanes"]
            if (each["lane"]["item"], each["lane"]["lane"]) == (item, lane)
        )
        return next(found, None)


@asynccontextmanager
async def following(url: str, meeting: str, token: str) -> AsyncIterator[Screen]:
    """A screen that follows as long as the block lasts."""
    screen = Screen(url, meeting, token)
    task = asyncio.create_task(screen.follow())
    try:
        yield screen
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
