"""What each service's database role may do, read from PostgreSQL itself: ledgers and journals only ever grow."""

import psycopg
import pytest

SERVICES = ("meeting", "voting", "floor", "signing")
# Tables in which a line, once written, is never changed.
ONLY_GROWS = {
    "meeting": ("journal", "presence_change", "passkey_change"),
    "voting": ("entry", "batch"),
    "floor": ("entry", "batch"),
    "signing": ("journal", "certified_key", "recovery"),
}


def _tables(connection: psycopg.Connection, schema: str) -> list[str]:
    rows = connection.execute("select tablename from pg_tables where schemaname = %s", [schema]).fetchall()
    return [str(name) for (name,) in rows]


def _may(connection: psycopg.Connection, role: str, schema: str, table: str, right: str) -> bool:
    row = connection.execute(
        "select has_table_privilege(%s, format('%%I.%%I', %s::text, %s::text), %s)",
        [f"plenary_{role}", schema, table, right],
    ).fetchone()
    return bool(row and row[0])


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_written_in_a_ledger_or_journal_stands(database_url: str, service: str) -> None:
    """The service may read it and add to it; change, delete or empty it, it may not."""
    with psycopg.connect(database_url) as connection:
        for table in ONLY_GROWS[service]:
            rights = {
                right: _may(connection, service, service, table, right) for right in ("select", "insert")
            }
            assert rights == {"select": True, "insert": True}, table
            for right in ("update", "delete", "truncate", "trigger", "references"):
                assert not _may(connection, service, service, table, right), (table, right)


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_deletes_its_own_tables(database_url: str, service: str) -> None:
    """No table can be emptied, dropped or given triggers by the service that works with it."""
    with psycopg.connect(database_url) as connection:
        tables = _tables(connection, service)
        assert tables
        for table in tables:
            for right in ("truncate", "trigger"):
                assert not _may(connection, service, service, table, right), (table, right)
        owners = connection.execute(
            "select distinct tableowner from pg_tables where schemaname = %s", [service]
        ).fetchall()
        assert (f"plenary_{service}",) not in owners
        row = connection.execute(
            "select has_schema_privilege(%s, %s, 'create')", [f"plenary_{service}", service]
        ).fetchone()
        assert row == (False,)


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_sees_the_tables_of_another(database_url: str, service: str) -> None:
    """Services meet in messages only: the database refuses them each other's schemas."""
    with psycopg.connect(database_url) as connection:
        for other in {*SERVICES, "public"} - {service}:
            for table in _tables(connection, other):
                for right in ("select", "insert", "update", "delete"):
                    assert not _may(connection, service, other, table, right), (other, table, right)


@pytest.mark.parametrize(
    "statement",
    [
        "update entry set line = ''",
        "delete from entry",
        "truncate entry",
        "update batch set size = 0",
        "delete from batch",
        "delete from poll",
        "alter table entry disable trigger all",
        "select * from meeting.member",
        "select * from signing.credential",
        "create table mine (no integer)",
    ],
)
def test_the_voting_role_is_refused(database_url: str, statement: str) -> None:
    """The same once more by trying it: the server itself says no."""
    with psycopg.connect(database_url) as connection:
        connection.execute("set role plenary_voting; set search_path to voting")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())
