"""Forks do what one process would do: the same results, the same refusals, in the same order; and none stays behind.

Each case runs in a process of its own: one that has threads, as this one may, never forks.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.issued import usual

ROOT = Path(__file__).parents[3]

# What every case begins with: three hands, and forks for anything longer than nothing.
BEGIN = """
import os, signal, sys
from services.desk import hands
from services.refusal import Refused
from services.rules import bulk

hands.LEAST, hands.RUN = 1, 7
bulk.cores = lambda: 3
FORKS, HERE = hands.Forks(), os.getpid()


class Wrong(Refused):
    '''Number {number} is wrong.'''

    code = "number_wrong"
    vi = "Số {number} sai."


def nobody_is_left():
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        return True
    return False


def outcome(work):
    try:
        return work()
    except Refused as refused:
        return refused.code, refused.facts
"""


def ran(case: str) -> subprocess.CompletedProcess[str]:
    """A case, run."""
    return subprocess.run(
        [sys.executable, "-c", BEGIN + case],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def must_hold(case: str) -> None:
    """The case ends well and says nothing."""
    done = ran(case)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_results_are_those_of_one_process_in_order() -> None:
    """Of lists of any length; and they were really made in several processes."""
    must_hold("""
for length in (0, 1, 6, 7, 8, 20, 21, 22, 500):
    squares = lambda some: [one * one for one in some]
    assert FORKS.think(range(length), squares, int) == [one * one for one in range(length)]
    assert FORKS.verify(range(length), squares, int) == [one * one for one in range(length)]
assert len(set(FORKS.think(range(21), lambda some: [os.getpid() for _ in some], int))) == 3
assert nobody_is_left()
""")


def test_the_first_refusal_in_order_is_raised_whoever_found_it() -> None:
    """Wherever the others lie, also if a later one is found first."""
    must_hold("""
import random
dice = random.Random(7)
for _ in range(60):
    wrong = set(dice.sample(range(100), dice.randint(1, 4)))
    def work(some):
        for number in some:
            if number in wrong:
                raise Wrong(number=number)
        return list(some)
    for share in (FORKS.think, FORKS.verify):
        assert outcome(lambda: share(range(100), work, int)) == ("number_wrong", {"number": min(wrong)})
assert nobody_is_left()
""")


def test_what_a_fork_that_died_leaves_undone_is_done() -> None:
    """Killed before, while or after it worked: every number is there, once."""
    must_hold("""
for deadly in range(40):
    def work(some):
        if os.getpid() != HERE and deadly in some:
            os.kill(os.getpid(), signal.SIGKILL)
        return list(some)
    assert FORKS.think(range(40), work, int) == list(range(40))
assert nobody_is_left()
""")


def test_a_fault_is_no_refusal_and_is_not_hidden() -> None:
    """A fork tells nothing of it; done here, it is raised here."""
    must_hold("""
def work(some):
    if 10 in some:
        raise RuntimeError("a fault")
    return list(some)
try:
    FORKS.think(range(40), work, int)
except RuntimeError as fault:
    assert str(fault) == "a fault"
else:
    raise AssertionError("hidden")
assert nobody_is_left()
""")


def test_where_it_cannot_fork_one_process_does_it() -> None:
    """No process to be had; one core; another thread; a short list."""
    must_hold("""
import threading
def no_fork():
    raise BlockingIOError("no more processes")
os.fork = no_fork
numbers = lambda: FORKS.think(range(40), list, int)
assert numbers() == list(range(40))
def never():
    raise AssertionError("forked")
os.fork = never
stop = threading.Event()
beside = threading.Thread(target=stop.wait)
beside.start()
assert numbers() == list(range(40))
stop.set()
beside.join()
bulk.cores = lambda: 1
assert numbers() == list(range(40))
bulk.cores, hands.LEAST = (lambda: 3), 41
assert numbers() == list(range(40))
""")


@pytest.mark.parametrize("whole_group", [True, False], ids=["Ctrl-C", "kill -INT"])
def test_interrupted_it_leaves_nobody_behind_and_forks_say_nothing(whole_group: bool) -> None:
    """Ctrl-C reaches all processes, a signal by hand only the first."""
    case = f"""
os.setpgid(0, 0)
def work(some):
    if os.getpid() == HERE:
        os.kill({"0" if whole_group else "HERE"}, signal.SIGINT)
    while True:
        signal.pause()
try:
    FORKS.think(range(40), work, int)
except KeyboardInterrupt:
    print("interrupted", nobody_is_left())
"""
    done = ran(case)
    assert (done.stdout, done.stderr) == ("interrupted True\n", "")


def test_a_fork_whose_process_was_killed_does_not_go_on() -> None:
    """It looks whether anybody still waits for it before each run."""
    done = ran("""
bulk.cores = lambda: 2
told = os.open("/dev/stdout", os.O_WRONLY)
def work(some):
    if os.getpid() == HERE:
        signal.pause()
    if some[0] == 7:
        os.kill(HERE, signal.SIGKILL)
        while os.getppid() == HERE:
            pass
    if some[0] > 20:
        os.write(told, b"went on")
    return list(some)
FORKS.think(range(400), work, int)
""")
    assert done.returncode < 0
    assert "went on" not in done.stdout


def test_a_certificate_is_refused_by_forks_as_by_one_process() -> None:
    """Any of its ballots, certificates or receipts broken, alone or together: the same check names the same thing."""
    must_hold("""
import random
import msgspec
from services.rules import proof
from services.rules.bulk import THREADS
from tests.support.evidence import Sitting, by_choice

vote = Sitting(members=30)
vote.announce()
vote.open()
foreign = dict(zip(vote.ids, [*vote.ids[1:], vote.ids[0]]))
dice = random.Random(11)
for _ in range(12):
    vote.lines, vote.last = vote.lines[:2], {}
    wrong = set(dice.sample(vote.ids[1:], dice.randint(0, 3)))
    for member in vote.ids:
        key = vote.keys[foreign[member] if member in wrong else member]
        vote.cast(member, "approve", compact=vote.ballot(member, "approve", key=key))
    vote.close()
    vote.count()
    vote.declare()
    statement = vote.statement()
    credentials = list(statement.evidence.credentials)
    for place in dice.sample(range(30), dice.choice((0, 0, 2))):
        credentials[place] = msgspec.structs.replace(credentials[place], member="db999")
    evidence = msgspec.structs.replace(statement.evidence, credentials=tuple(credentials))
    statement = msgspec.structs.replace(statement, evidence=evidence)
    def proven(own):
        found = proof.verify_statement(statement, vote.pki.anchors(), hands=own)
        receipts = vote.receipts()
        receipts[17] = msgspec.structs.replace(receipts[17], index=99)
        return outcome(lambda: proof.verify_receipts(receipts, found, own))
    one, many = (outcome(lambda: proven(own)) for own in (THREADS, FORKS))
    assert one == many and one is not None, (one, many)
assert nobody_is_left()
""")


def test_an_audit_uses_all_hands(tmp_path: Path) -> None:
    """Nothing that it has loaded or done before has started a thread; or it would never fork."""
    issued = usual()
    (tmp_path / "anchor.pem").write_bytes(issued.trust)
    case = f"""
from services.__main__ import main
forks, fork = [], os.fork
def counted():
    forks.append(fork())
    return forks[-1]
os.fork = counted
sys.argv = ["plenary", "audit", {str(issued.write(tmp_path / "out"))!r}, "--trust", {str(tmp_path / "anchor.pem")!r}]
hands.RUN = 2
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
assert len(forks) == 6 and nobody_is_left(), forks
"""
    done = ran(case)
    assert (done.returncode, done.stderr) == (0, "")
    assert "HỢP LỆ" in done.stdout
