"""The kernel of SQL as a program: reads cells from its channel, has `sql_kernel.py` run them, and says what came of them.

The messages are those of `python_main.py`. A cell is SQL and reaches nothing of this process, so nothing here is guarded against it; its
standard streams stay empty.
"""

import json
import os
import signal
import struct
import sys

CHANNEL = 3
CELL, READY, SHOWN, DONE = 1, 1, 2, 3


def send(kind, value):
    data = json.dumps(value).encode("utf-8", "replace")
    view = memoryview(struct.pack("<IB", len(data), kind) + data)
    while view:
        view = view[os.write(CHANNEL, view) :]


def exactly(size):
    data = bytearray()
    while len(data) < size:
        piece = os.read(CHANNEL, size - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return bytes(data)


def main():
    sys.path[0] = os.path.dirname(os.path.abspath(__file__))
    import sql_kernel

    running = False

    def on_interrupt(number, frame):
        if running:
            kernel.note_interrupt()
            raise KeyboardInterrupt

    seed = int(os.environ.pop("WINNOW_SEED", "0"))
    kernel = sql_kernel.Kernel(lambda shown, png: send(SHOWN, shown), seed=seed)
    signal.signal(signal.SIGINT, on_interrupt)
    send(READY, {})
    while True:
        size, _ = struct.unpack("<IB", exactly(5))
        cell = json.loads(exactly(size))
        result = {"ending": {"kind": "interrupted"}, "notices": []}
        try:
            running = True
            result = kernel.run(cell["code"], cell["count"])
        except KeyboardInterrupt:
            pass
        finally:
            running = False
        if result["ending"].pop("memory", False):
            result["notices"].append("Memory ran out for the cell; the kernel lives on.")
        send(DONE, {"count": cell["count"], "ending": result["ending"], "notices": result["notices"]})


main()
