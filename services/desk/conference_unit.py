"""A conference unit: the machine that the microphones of a hall hang on. Televic CoCon is spoken; others are one class.

CoCon: API document 6.9 of 20 November 2024, sections 3.4.2 and 4.3.3.1. Commands are GET requests, without any
signature: whoever reaches the unit can switch it, so it belongs in a network of its own.
"""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

import aiohttp

from services.kit.complaint import Complaint
from services.kit.files import read_text

TIMEOUT_S = 5.0
HALL = "hall"
_NUMBER = re.compile(r"[0-9]{1,9}")


class UnitFailed(Exception):
    """The unit did not do what it was told; it may be told again."""


class UnitSilent(UnitFailed):
    """The unit did not answer: nobody knows whether it did what it was told, or still will."""


class ConferenceUnit(Protocol):
    """What a unit must be able to do. Both may be repeated without harm, and raise UnitFailed or UnitSilent."""

    async def switch(self, seat: str, *, on: bool) -> None:
        """A seat's microphone on or off."""

    async def aim(self, seat: str) -> None:
        """The camera at a seat, or at the whole hall (`HALL`)."""


class CoCon:
    """Televic CoCon, and for cameras any address that takes a GET."""

    def __init__(
        self,
        url: str,
        seats: Mapping[str, int] | None,
        cameras: str = "",
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """`url`: of the unit, as http://host:8890. `seats`: the unit's number of each seat of the roll; None: seats are
        numbers. `cameras`: an address with `{seat}` in it; empty for none."""
        self._url = url.rstrip("/")
        self._seats = seats
        self._cameras = cameras
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout_s), trust_env=False)

    async def close(self) -> None:
        """End all connections."""
        await self._session.close()

    async def switch(self, seat: str, *, on: bool) -> None:
        """Microphone/SetState. Raises UnitFailed for a seat without a number, too."""
        state = "On" if on else "Off"
        query = f"State={state}&SeatNr={self._number(seat)}"
        said = await self._get(f"{self._url}/CoCon/Microphone/SetState/?{query}")
        # "0: command received successfully"; as JSON, or as a text of it.
        if said.strip().strip('"') != "0":
            raise UnitFailed(f"SetState: {said[:40]}")

    async def aim(self, seat: str) -> None:
        """A GET of the cameras' address."""
        if self._cameras:
            await self._get(self._cameras.replace("{seat}", quote(seat, safe="")))

    async def _get(self, url: str) -> str:
        try:
            async with self._session.get(url, allow_redirects=False) as answer:
                said = (await answer.read()).decode(errors="replace")
        except (aiohttp.ClientError, OSError) as error:
            raise UnitSilent(type(error).__name__) from error
        if answer.status != 200:
            raise UnitFailed(f"HTTP {answer.status}")
        return said

    def _number(self, seat: str) -> int:
        if self._seats is not None:
            number = self._seats.get(seat)
        else:
            number = int(seat) if seat.isascii() and seat.isdecimal() else None
        if number is None:
            raise UnitFailed(f"seat {seat} has no number")
        return number


def read_seats(path: Path) -> dict[str, int]:
    """The unit's number of each seat, from a CSV of `seat,number`; a first line of words is passed over.

    Raises Complaint naming the file, and the line.
    """
    seats: dict[str, int] = {}
    for place, row in enumerate(_rows(path), start=1):
        if not row or (place == 1 and not row[-1].strip().isdecimal()):
            continue
        if len(row) != 2 or not _NUMBER.fullmatch(row[1].strip()):
            raise Complaint(f"{path.name}, line {place}: `seat,number` expected")
        if row[0].strip() in seats:
            raise Complaint(f"{path.name}, line {place}: seat {row[0].strip()} stands there twice")
        seats[row[0].strip()] = int(row[1])
    return seats


def must_be_address(option: str, url: str) -> None:
    """Raise Complaint, naming the option, unless it can be the address of a unit or of what aims a camera."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise Complaint(f"{option}: an address like http://10.0.0.5:8890 expected")


def _rows(path: Path) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(read_text(path), newline="")))
    except csv.Error as error:
        raise Complaint(f"{path.name}: {error}") from error
