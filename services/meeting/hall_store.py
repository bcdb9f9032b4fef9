"""PostgreSQL: who is there, who said so, how the seats stand, what minutes were wanted. One method, one statement."""

from collections.abc import Collection, Sequence

import msgspec

from services.kit.database import Connection
from services.meeting.seat_plan import Drawn
from services.wire import Presence, PresenceLogged, SeatPlace, SeatPlanWanted

_places = msgspec.json.Decoder(tuple[SeatPlace, ...])


class HallBooks:
    """The tables `presence`, `presence_change`, `seat_plan` and `minutes_asked` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def drawn(self, meeting: str) -> Drawn | None:
        """How the seats were drawn or chosen last."""
        row = await self._connection.fetchrow(
            "select revision, layout, places from seat_plan where meeting = $1", meeting
        )
        if row is None:
            return None
        places = _places.decode(row["places"])
        return Drawn(row["revision"], SeatPlanWanted(layout=row["layout"], places=places))

    async def keep_drawn(self, meeting: str, drawn: Drawn) -> None:
        """Keep how the seats stand, in the place of what was drawn before."""
        await self._connection.execute(
            "insert into seat_plan (meeting, revision, layout, places) values ($1, $2, $3, $4)"
            " on conflict (meeting) do update"
            " set revision = excluded.revision, layout = excluded.layout, places = excluded.places",
            *(
                meeting,
                drawn.revision,
                drawn.wanted.layout,
                msgspec.json.encode(drawn.wanted.places).decode(),
            ),
        )

    async def keep_presence(self, meeting: str, presence: Sequence[Presence]) -> None:
        """Keep who came or left."""
        await self._connection.execute(
            "insert into presence (meeting, member, present, at, reason)"
            " select $1, * from unnest($2::text[], $3::boolean[], $4::bigint[], $5::text[])"
            " on conflict (meeting, member) do update"
            " set present = excluded.present, at = excluded.at, reason = excluded.reason",
            meeting,
            [one.member for one in presence],
            [one.present for one in presence],
            [one.at for one in presence],
            [one.reason for one in presence],
        )

    async def presence(self, meeting: str, only: Collection[str] | None = None) -> dict[str, Presence]:
        """Everybody who was ever marked, by member, in order of their ids; `only` these, if given."""
        rows = await self._connection.fetch(
            "select member, present, at, reason from presence where meeting = $1"
            ' and ($2::text[] is null or member = any($2)) order by member collate "C"',
            *(meeting, only if only is None else list(only)),
        )
        return {row["member"]: Presence(**row) for row in rows}

    async def own_changes(self, meeting: str, member: str) -> int:
        """How often a member has changed their own presence."""
        return int(
            await self._connection.fetchval(
                "select count(*) from presence_change where meeting = $1 and member = $2 and by = $2",
                *(meeting, member),
            )
        )

    async def log_presence(self, meeting: str, changes: Sequence[PresenceLogged]) -> None:
        """Keep who changed whose presence, and why, for good."""
        await self._connection.execute(
            "insert into presence_change (meeting, member, present, at, reason, by, why)"
            " select $1, * from unnest($2::text[], $3::boolean[], $4::bigint[], $5::text[], $6::text[], $7::text[])",
            meeting,
            [one.member for one in changes],
            [one.present for one in changes],
            [one.at for one in changes],
            [one.reason for one in changes],
            [one.by for one in changes],
            [one.why for one in changes],
        )

    async def presence_log(self, meeting: str) -> list[PresenceLogged]:
        """Every change of presence, in order."""
        rows = await self._connection.fetch(
            "select member, present, at, reason, by, why from presence_change where meeting = $1 order by number",
            meeting,
        )
        return [PresenceLogged(**row) for row in rows]

    async def moments(self, meeting: str) -> tuple[int | None, int | None]:
        """When a meeting was opened and ended (milliseconds); None of what did not happen, or was not noted."""
        row = await self._connection.fetchrow(
            "select opened_at, ended_at from meeting where id = $1", meeting
        )
        return (row["opened_at"], row["ended_at"]) if row is not None else (None, None)

    async def minutes_asked(self, meeting: str) -> tuple[int, int]:
        """The last edition of its minutes that was asked for, and when (milliseconds); 0 if none was."""
        row = await self._connection.fetchrow(
            "select edition, asked_at from minutes_asked where meeting = $1 order by edition desc limit 1",
            meeting,
        )
        return (row["edition"], row["asked_at"]) if row is not None else (0, 0)

    async def ask_minutes(self, meeting: str, edition: int, by: str, at: int) -> None:
        """Keep that an edition was asked for."""
        await self._connection.execute(
            "insert into minutes_asked (meeting, edition, asked_by, asked_at) values ($1, $2, $3, $4)",
            *(meeting, edition, by, at),
        )
