"""Becomes another program, as another user if asked, that ends when its parent ends.

Run by path in a bare interpreter, before the program itself (about 15 ms): the alternative, code between fork and exec
in our own process, is not safe beside threads. Imports nothing of ours.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def become(parent: int, signal: int, uid: int, gid: int, program: list[str]) -> None:
    """Exec `program` as `uid` and `gid` (-1: as we are); it gets `signal` when `parent` dies, where Linux says so."""
    if uid != -1:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        # Our own directory may be one that this user cannot enter.
        os.chdir("/")
    if sys.platform == "linux":
        # After the change of user, which would clear the wish again; it outlives exec.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:
        # The parent died before the wish was made: the signal would never come.
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:5]]
    become(numbers[0], numbers[1], numbers[2], numbers[3], sys.argv[5:])
