"""What was found of one thing: good, to be looked at, or wrong; what it means, and exactly what to do."""

from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import urlsplit

from services.desk import machine
from services.kit.clock import Clock
from services.kit.settings import Settings

Both = tuple[str, str]


class Level(IntEnum):
    """How it stands; the worst of all is the exit code."""

    GOOD = 0
    WARN = 1
    BAD = 2


_SIGNS = {Level.GOOD: "✓", Level.WARN: "!", Level.BAD: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `check` is a stable name; `told` and `todo` in Vietnamese and English."""

    check: str
    level: Level
    told: Both
    todo: Both = ("", "")

    def lines(self) -> list[str]:
        """As people read it."""
        said = [f"{_SIGNS[self.level]} {self.told[0]} / {self.told[1]}"]
        return said + ([f"    → {self.todo[0]} / {self.todo[1]}"] if self.todo[0] else [])

    def flat(self) -> dict[str, str]:
        """As programs read it."""
        told, todo = self.told, self.todo
        names = {"vi": told[0], "en": told[1], "do_vi": todo[0], "do_en": todo[1]}
        return {"check": self.check, "level": self.level.name.lower(), **names}


def halves(error: Exception) -> Both:
    """What an error says in Vietnamese and in English; twice the same if it says it once."""
    vietnamese, _, english = str(error).partition(" / ")
    return vietnamese, english or vietnamese


def good(check: str, vi: str, en: str) -> Finding:
    """It is as it must be."""
    return Finding(check, Level.GOOD, (vi, en))


def warn(check: str, told: Both, todo: Both) -> Finding:
    """Voting goes on, but somebody must look at it."""
    return Finding(check, Level.WARN, told, todo)


def bad(check: str, told: Both, todo: Both) -> Finding:
    """Do not begin a sitting like this."""
    return Finding(check, Level.BAD, told, todo)


@dataclass(frozen=True, slots=True)
class House:
    """What is examined. Addresses are empty where nothing runs; `backups`: where they are, if anybody said.

    `began_at`: the moment, in milliseconds, at which the machine was started, by our clock when `plenary run` began; 0:
    not known. `workers`: its processes. `is_hidden`: whether it runs, only another user may know.
    """

    settings: Settings
    clock: Clock
    database_url: str
    redis_url: str
    url: str
    backups: str = ""
    ntp: str = ""
    began_at: int = 0
    workers: tuple[int, ...] = ()
    is_hidden: bool = False

    @property
    def is_only_here(self) -> bool:
        """Whether only this machine can come in: as it runs, or else as it is set."""
        return machine.is_loopback(urlsplit(self.url).hostname or self.settings.host)
