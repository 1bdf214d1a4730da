"""A Python kernel as a program: reads cells from its channel, has `python_kernel.py` run them, and says what came of them.

Descriptor 3 is the channel and 4 keeps order (`native/cell.ts`). Both are moved out of the way of cells, and programs that a cell starts do not get
them. What is used after a cell has run is held by names of this file, since a cell may replace anything it can reach.
"""
import base64
import builtins
import fcntl
import io
import json
import os
import random
import signal
import struct
import sys
import termios
import threading
import time

# Functions that are made from here on find Python's own, whatever a cell does to the module (3.10 and later).
__builtins__ = dict(vars(builtins))

_read, _write, _getpid, _exit = os.read, os.write, os.getpid, os._exit
_dumps, _loads = json.dumps, json.loads
_pack, _unpack = struct.pack, struct.unpack
_encode = base64.b64encode
_getsignal, _setsignal, _SIGINT, _SIG_IGN = signal.getsignal, signal.signal, signal.SIGINT, signal.SIG_IGN
_getcwd, _chdir, _stat, _chmod = os.getcwd, os.chdir, os.stat, os.chmod
_listdir, _monotonic = os.listdir, time.monotonic
_ioctl, _FIONREAD = fcntl.ioctl, termios.FIONREAD

PROGRESS_S = 0.05
CELL, READY, SHOWN, DONE = 1, 1, 2, 3


def moved(fd, to):
    """Where descriptors of cells do not come, and closed in the programs that they start."""
    os.dup2(fd, to, False)
    os.close(fd)
    return to


# Far above what a program opens first, and below the limit of open files.
CHANNEL, ORDER = moved(3, 120), moved(4, 121)
OWN = _getpid()
_order_lock = threading.Lock()


def sync():
    """Waits until everything written so far has been taken out of the streams."""
    if _getpid() != OWN:
        return
    try:
        if _ioctl(1, _FIONREAD, b"\0\0\0\0") == _ioctl(2, _FIONREAD, b"\0\0\0\0") == b"\0\0\0\0":
            return
    except OSError:
        pass  # a cell has put something else in a stream's place
    with _order_lock:
        try:
            _write(ORDER, b".")
            _read(ORDER, 1)
        except OSError:
            pass


class Stream(io.TextIOWrapper):
    """Standard output and standard error, in the order in which they were written to, as far as this process writes."""

    last = None
    #: When a line that is not over was last written out, s.
    told = 0.0

    def write(self, text):
        last = Stream.last
        if last is not self:
            Stream.last = self
            if last is not None:
                try:
                    last.flush()
                except ValueError:
                    pass
                sync()
        count = io.TextIOWrapper.write(self, text)
        # A word of progress without a line break is seen, and a million of them cost no million calls.
        now = _monotonic()
        if now > Stream.told + PROGRESS_S:
            Stream.told = now
            io.TextIOWrapper.flush(self)
        return count


def stream(fd, errors, name):
    raw = io.BufferedWriter(io.FileIO(fd, "wb", closefd=False), 1 << 16)
    made = Stream(raw, encoding="utf-8", errors=errors, line_buffering=True)
    made.mode = "w"
    setattr(sys, name, made)
    setattr(sys, "__" + name + "__", made)
    return made


STREAMS = (stream(1, "surrogateescape", "stdout"), stream(2, "backslashreplace", "stderr"))


def send(kind, value):
    data = _dumps(value).encode("utf-8", "replace")
    view = memoryview(_pack("<IB", len(data), kind) + data)
    while view:
        view = view[_write(CHANNEL, view):]


def flush():
    for one in STREAMS:
        try:
            one.flush()
        except (ValueError, OSError):
            pass


def emit(shown, png):
    if _getpid() != OWN:
        return
    if png is not None:
        shown["png"] = _encode(png).decode()
    flush()
    sync()
    send(SHOWN, shown)


def receive():
    head = exactly(5)
    size, _ = _unpack("<IB", head)
    return _loads(exactly(size))


def exactly(size):
    data = bytearray()
    while len(data) < size:
        piece = _read(CHANNEL, size - len(data))
        if not piece:
            _exit(0)
        data += piece
    return bytes(data)


def main():
    # As at Python's own prompt: modules beside the cell are found.
    sys.path[0] = ""
    sys.argv = [""]
    sys.path.insert(0, "/run/winnow/kernel")
    import python_kernel

    del sys.path[0]
    del sys.modules["python_kernel"]
    random.seed(int(os.environ.pop("WINNOW_SEED", "0")))
    running = [False]

    def on_interrupt(number, frame):
        if running[0]:
            raise KeyboardInterrupt

    kernel = python_kernel.Kernel(emit)
    left = processes()
    own = dict(vars(builtins))
    Interrupt = KeyboardInterrupt
    work = _getcwd()
    _setsignal(_SIGINT, on_interrupt)
    send(READY, {})
    while True:
        cell = receive()
        notices = []
        if _getsignal(_SIGINT) is not on_interrupt:
            _setsignal(_SIGINT, on_interrupt)
        notices += stand(work)
        result = None
        try:
            running[0] = True
            result = kernel.run(cell["code"], cell["count"])
        except Interrupt:
            pass
        finally:
            running[0] = False
        if _getpid() != OWN:
            # A fork of the cell's came here: it is no kernel.
            flush()
            _exit(0)
        if result is None:
            result = {"ending": {"kind": "interrupted"}, "notices": []}
        ending = result["ending"]
        notices += give_back(own)
        flush()
        if ending["kind"] == "exit":
            # As Python itself ends: threads are waited for, exit handlers run.
            sys.exit(ending["code"])
        if ending.pop("memory", False):
            notices.append("Memory ran out for the cell; the kernel lives on.")
        notices += stand(work)
        now = processes()
        if now > left:
            notices.append("Processes that go on after the cell: %d." % (now - left))
        left = now
        sync()
        send(DONE, {"count": cell["count"], "ending": ending, "notices": notices + result["notices"]})


def give_back(own):
    """Built-ins as they were: what reads and writes messages needs them as much as cells do."""
    names = vars(builtins)
    changed = [name for name in own if names.get(name) is not own[name]]
    if not changed:
        return []
    names.update(own)
    shown = ", ".join(changed[:5]) + (", …" if len(changed) > 5 else "")
    return ["Built-ins that the cell took away or replaced are Python's own again: %s." % shown]


def processes():
    """How many there are besides this one and the first of the namespace."""
    try:
        return sum(1 for name in _listdir("/proc") if name.isdigit()) - 2
    except OSError:
        return 0


def stand(work):
    """A current directory, and the right to use the work directory, whatever a cell did to them."""
    notices = []
    try:
        if _stat(work).st_mode & 0o700 != 0o700:
            _chmod(work, 0o755)
            notices.append("The work directory could not be used any more; its rights are set again.")
        _getcwd()
    except OSError:
        _chdir(work)
        notices.append("The current directory was removed; the session stands in its work directory again.")
    return notices


main()
