"""The SQL of webhooks: one method, one statement, but for `put`, which is one transaction."""

from collections.abc import Collection
from dataclasses import dataclass, field

from asyncpg import Record

from services.floor.errors import WebhooksFull
from services.kit.database import Connection, Pool

MOST = 20


@dataclass(frozen=True, slots=True)
class Due:
    """A webhook that has something to be sent of a meeting: from line `next` on."""

    webhook: int
    meeting: str
    body: str
    id: str
    url: str
    secret: bytes | None = field(repr=False)
    next: int


class WebhookStore:
    """The tables of webhooks, and the ledger as they are sent it."""

    def __init__(self, pool: Pool) -> None:
        """`pool` acts as the role plenary_floor."""
        self.pool = pool

    async def is_body(self, body: str) -> bool:
        """Whether we have heard of this body."""
        return bool(await self.pool.fetchval("select exists (select from body where id = $1)", body))

    async def of_body(self, body: str) -> list[Record]:
        """All webhooks of a body."""
        return await self.pool.fetch("select * from webhook where body = $1 order by id", body)

    async def put(
        self, body: str, identifier: str, url: str, secret: bytes | None, active: bool, *, keep: bool
    ) -> bytes | None:
        """Make a webhook, or change it; the secret that it has now: with `keep` the one it had, if it had one. One that
        begins to be active begins with what comes now. Raises WebhooksFull."""
        async with self.pool.acquire() as connection, connection.transaction():
            # Two that are made at once follow one another: neither sees the other's otherwise.
            await connection.execute(
                "select pg_advisory_xact_lock(hashtextextended('plenary.webhooks.' || $1, 0))", body
            )
            known = {
                row["id"]: row["active"]
                for row in await connection.fetch(
                    "select id, active from webhook where body = $1 for update", body
                )
            }
            if identifier not in known and len(known) >= MOST:
                raise WebhooksFull(most=MOST)
            (made,) = await connection.fetch(
                "insert into webhook (body, id, url, secret, active) values ($1, $2, $3, $4, $5)"
                " on conflict (body, id) do update set url = excluded.url, active = excluded.active,"
                " secret = case when $6 then coalesce(webhook.secret, excluded.secret) else excluded.secret end,"
                " failures = 0, error = '' returning no, secret",
                body,
                identifier,
                url,
                secret,
                active,
                keep,
            )
            if active and not known.get(identifier):
                await _begin_now(connection, made["no"], body)
        stands: bytes | None = made["secret"]
        return stands

    async def remove(self, body: str, identifier: str) -> bool:
        """Delete a webhook; whether there was one."""
        found = await self.pool.fetchval(
            "delete from webhook where body = $1 and id = $2 returning no", body, identifier
        )
        return found is not None

    async def active(self) -> int:
        """How many webhooks are active."""
        return int(await self.pool.fetchval("select count(*) from webhook where active"))

    async def due(self) -> list[Due]:
        """Which webhooks have lines of which meetings before them."""
        rows = await self.pool.fetch(
            "select w.no as webhook, l.meeting, w.body, w.id, w.url, w.secret,"
            " coalesce(d.next, 0) as next"
            " from webhook w join ledger l on l.body = w.body"
            " left join delivery d on d.webhook = w.no and d.meeting = l.meeting"
            " where w.active and l.size > coalesce(d.next, 0)"
        )
        return [Due(**row) for row in rows]

    async def lines(self, meeting: str, start: int, limit: int) -> list[Record]:
        """At most `limit` lines of a meeting's ledger from `start`: line, turns."""
        return await self.pool.fetch(
            "select e.line, e.turns from entry e join ledger l on l.no = e.ledger"
            " where l.meeting = $1 and e.index >= $2 order by e.index limit $3",
            meeting,
            start,
            limit,
        )

    async def moved(self, before: Due, after: Due) -> bool:
        """Everything of the lines between was taken; False if somebody else has moved it meanwhile,
        or the webhook is another by now: what comes next goes where it points now."""
        done = await self.pool.fetchval(
            "insert into delivery (webhook, meeting, next)"
            " select no, $2, $4 from webhook where no = $1 and active and url = $5"
            " and secret is not distinct from $6"
            " on conflict (webhook, meeting) do update set next = excluded.next"
            " where delivery.next = $3 returning true",
            before.webhook,
            before.meeting,
            before.next,
            after.next,
            before.url,
            before.secret,
        )
        return bool(done)

    async def as_they_are(self, webhooks: Collection[int]) -> dict[int, tuple[str, bytes | None]]:
        """Of these webhooks the URL and the secret of those that are active."""
        rows = await self.pool.fetch(
            "select no, url, secret from webhook where active and no = any($1::int[])", list(webhooks)
        )
        return {row["no"]: (row["url"], row["secret"]) for row in rows}

    async def taken(self, due: Due) -> None:
        """It works, or works again, if it still is as we know it."""
        await self.pool.execute(
            "update webhook set failures = 0, error = '' where no = $1 and failures > 0"
            " and url = $2 and secret is not distinct from $3",
            *(due.webhook, due.url, due.secret),
        )

    async def failed(self, due: Due, error: str, *, gone: bool) -> bool:
        """A try that was not taken; `gone`: no more tries. Whether the webhook is active, and still as we know it: what
        an address says from which it was just moved away is not said of the new one."""
        still = await self.pool.fetchval(
            "update webhook set failures = failures + 1, error = $2, active = active and not $3 where no = $1"
            " and url = $4 and secret is not distinct from $5 returning active",
            *(due.webhook, error, gone, due.url, due.secret),
        )
        return bool(still)


async def _begin_now(connection: Connection, webhook: int, body: str) -> None:
    """What is passed over shows as a gap in the numbers."""
    await connection.execute(
        "insert into delivery (webhook, meeting, next) select $1, meeting, size from ledger where body = $2"
        " on conflict (webhook, meeting) do update set next = excluded.next where delivery.next < excluded.next",
        webhook,
        body,
    )
