"""Clocks that step: the workers' own, and the database's as the services see it."""

import os
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.faults.house import House, housed
from tests.faults.wire import Line
from tests.support.stores import reachable_directory

_SKEWED = """
create schema skew;
create table skew.ahead as select 0::bigint as ms;
create function skew.clock_timestamp() returns timestamptz language sql volatile as
    'select pg_catalog.clock_timestamp() + (select ms from skew.ahead) * interval ''1 ms''';
grant usage on schema skew to public;
grant select on skew.ahead to public;
"""
_PATH = b"search_path\0"


@dataclass
class Skewed:
    """Lets a service find our clock before PostgreSQL's: the search path it asks for is led by our schema."""

    line: Line
    _begun: bool = False

    async def up(self, data: bytes) -> bytes:
        """The first message asks for the path; all else as it came."""
        if self._begun or _PATH not in data:
            return data
        self._begun = True
        size = int.from_bytes(data[:4], "big")
        head, _, rest = data[4:size].partition(_PATH)
        schema, _, tail = rest.partition(b"\0")
        said = head + _PATH + b"skew, " + schema + b", pg_catalog\0" + tail
        return (len(said) + 4).to_bytes(4, "big") + said + data[size:]

    async def down(self, data: bytes) -> bytes:
        """As it came."""
        return data


@dataclass
class Clocks:
    """Both clocks of a house."""

    house: House
    file: Path

    def workers(self, ms: int, apart: int = 0) -> None:
        """The workers' clock is ahead by so much from now on, the second one's by so much more."""
        with self.file.open("r+b") as file:
            file.write(struct.pack("<qq", ms, apart))

    async def database(self, ms: int) -> None:
        """The database's is."""
        connection = await asyncpg.connect(self.house.stores.database_url)
        try:
            await connection.execute("update skew.ahead set ms = $1", ms)
        finally:
            await connection.close()


@asynccontextmanager
async def clocked() -> AsyncIterator[Clocks]:
    """A house whose clocks can be stepped."""
    with reachable_directory() as directory, _on_the_path(directory / "ahead") as file:
        async with housed() as house:
            connection = await asyncpg.connect(house.stores.database_url)
            try:
                await connection.execute(_SKEWED)
            finally:
                await connection.close()
            house.postgres.listener = Skewed
            house.postgres.end_all()
            yield Clocks(house, file)


@contextmanager
def _on_the_path(file: Path) -> Iterator[Path]:
    file.write_bytes(bytes(16))
    before = os.environ.get("PYTHONPATH", "")
    os.environ["FAULT_CLOCK"] = str(file)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent / "clock"), before)))
    try:
        yield file
    finally:
        del os.environ["FAULT_CLOCK"]
        os.environ["PYTHONPATH"] = before
