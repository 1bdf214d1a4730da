"""What keeps candidates from those who run and judge them, and from each other. They have one user and one directory, so it is not given.

Whoever is hidden cannot be looked into: its memory and its open files belong to nobody here. Whoever is left over by a candidate is ended before the next one starts, and what it wrote is gone.
"""

import ctypes
import os
import shutil
import signal
import time

SET_DUMPABLE = 4
# Rounds after which those who are left have shown that they come faster than they go.
ROUNDS = 200


def hide():
    """This process and its forks are closed to /proc/PID/mem, /proc/PID/fd and ptrace, until one of them executes another program."""
    if ctypes.CDLL(None, use_errno=True).prctl(SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), 'PR_SET_DUMPABLE')


def modules_beside(here):
    """Reads modules that candidates may import into memory, where there are any. To be called before a candidate runs, and before its directory is no place for modules. -> what has them, or None"""
    if not os.path.exists(os.path.join(here, 'winnow_beside.py')):
        return None
    import winnow_beside

    return winnow_beside


def end_others(*spared):
    """-> whether no process runs now but the first, this one and those that are spared"""
    kept = {1, os.getpid(), *spared}
    for turn in range(ROUNDS):
        others = [int(name) for name in os.listdir('/proc') if name.isdigit() and int(name) not in kept and runs(name)]
        if not others:
            return True
        for other in others:
            try:
                os.kill(other, signal.SIGKILL)
            except OSError:
                pass
        if turn > 0:
            time.sleep(0.0005)
    return False


def runs(pid):
    try:
        with open('/proc/%s/stat' % pid, 'rb') as file:
            return file.read().rpartition(b')')[2].split()[0] not in (b'Z', b'X')
    except (OSError, IndexError):
        return False


def names(directories):
    """-> for each directory the names in it"""
    found = {}
    for directory in directories:
        try:
            found[directory] = set(os.listdir(directory))
        except OSError:
            pass
    return found


def tidy(before):
    """Removes what was not there. @param before as `names` gave it"""
    for directory, known in before.items():
        for name in names([directory]).get(directory, set()) - known:
            remove(os.path.join(directory, name))


def remove(path):
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
    except OSError:
        pass
