"""What the machine refuses to a worker while a sitting goes on: files and connections, memory."""

import psutil

from tests.faults.faults import receipts
from tests.faults.house import House
from tests.faults.stage import Play


async def workers_have_no_files_left(house: House, play: Play) -> None:
    """One worker in turn may open no more: it hangs up on whoever comes, serves who is there, and is not killed."""
    before = house.workers()
    for pid in before:
        await receipts(play, 2)
        worker = psutil.Process(pid)
        most = worker.rlimit(psutil.RLIMIT_NOFILE)
        worker.rlimit(psutil.RLIMIT_NOFILE, (worker.num_fds(), most[1]))
        try:
            await receipts(play, 4)
        finally:
            worker.rlimit(psutil.RLIMIT_NOFILE, most)
    assert house.workers() == before


async def workers_have_no_memory(house: House, play: Play) -> None:
    """One worker in turn is given no more than it has: whatever it was at, it fails, or the worker ends."""
    for place in range(2):
        await receipts(play, 2)
        worker = psutil.Process(house.workers()[place])
        worker.rlimit(psutil.RLIMIT_AS, (worker.memory_info().vms, psutil.RLIM_INFINITY))
        try:
            await receipts(play, 4)
        finally:
            if worker.is_running():
                worker.rlimit(psutil.RLIMIT_AS, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
        await house.whole()
