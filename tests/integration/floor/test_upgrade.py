"""A floor that was kept before events of turns were numbered: every line is numbered as if it had always been so."""

import shutil
from pathlib import Path

import msgspec
import psycopg

from services.desk.migrate import directories
from services.kit.migrations import apply
from services.rules.floor.state import begin, fold
from tests.support.floor_record import RecordedSitting, play
from tests.support.floor_sitting import MEETING

ROSTER, FLOOR = directories()["floor"]
BEFORE = ("0001_floor.sql", "0002_webhooks.sql")


def test_lines_of_before_are_numbered(empty_database_url: str, tmp_path: Path) -> None:
    """Two ledgers, one with all kinds of lines and one that has just begun; and how far a webhook was is kept."""
    for name in BEFORE:
        shutil.copy(FLOOR / name, tmp_path)
    apply(empty_database_url, "floor", ROSTER, tmp_path)
    sitting = play(RecordedSitting())
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("set search_path to floor")
        for number, lines in enumerate((sitting.lines, sitting.lines[:2]), start=1):
            connection.execute(
                "insert into ledger (meeting, body, size) values (%s, 'b', %s)",
                [f"{MEETING}-{number}", len(lines)],
            )
            for index, line in enumerate(lines):
                connection.execute(
                    "insert into entry (ledger, index, line, request, revision) values (%s, %s, %s, '', 0)",
                    [number, index, msgspec.json.encode(line)],
                )
        connection.execute("insert into webhook (body, id, url, active) values ('b', 'w', 'http://h', true)")
        connection.execute(
            "insert into delivery (webhook, meeting, next, sent) values (1, %s, 7, 3)", [MEETING]
        )
        apply(empty_database_url, "floor", ROSTER, FLOOR)
        numbered = connection.execute("select turns from entry order by ledger, index").fetchall()
        assert connection.execute("select next from delivery").fetchall() == [(7,)]
    floor, expected = begin(sitting.lines[0]), [0]
    for line in sitting.lines[1:]:
        floor = fold(floor, line)
        expected.append(floor.turn_events)
    assert expected[-1] > 9
    assert [turns for (turns,) in numbered] == [*expected, 0, 0]
