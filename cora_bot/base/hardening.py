"""What a process that holds people's words must switch off before it reads the first of them."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_PR_GET_DUMPABLE: Final = 3
_PR_SET_DUMPABLE: Final = 4


def no_core_dumps() -> None:
    """From now on a crash leaves no image of this process's memory, whatever the machine is set up to do with one.

    The limit stops files; on Linux a helper that takes cores through a pipe ignores it, but not the second switch,
    which also keeps other processes of the same user from reading this one's memory. On Windows it does nothing.
    Raises ``OSError`` or ``ValueError`` where the system refuses: nothing may run on without it.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has none, and researchers' computers may run Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "the process could not be made undumpable")


def core_dumps_off() -> bool:
    """Whether a crash of this process would leave nothing behind."""
    if sys.platform == "win32":
        return True
    import resource  # noqa: PLC0415 - Windows has none, and researchers' computers may run Windows

    limited = resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    if sys.platform != "linux":
        return limited
    return limited and ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 0
