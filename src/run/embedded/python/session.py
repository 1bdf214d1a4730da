"""The Python side of a session: joins the kernel that both backends share to this interpreter's host.

Executed once per engine, after `start.py`; the functions below are then kept by address and called by the host.
A shown value is one write to a descriptor that only the kernel knows and no cell can close: its length, JSON, and a picture.
"""

import asyncio.events
import builtins
import json
import os
import sys
import threading

__builtins__ = dict(vars(builtins))

_write, _dumps, _loads = os.write, json.dumps, json.loads
_thread = threading.main_thread()
_active, _ident = threading._active, threading.get_ident

space = {"__builtins__": __builtins__, "__name__": "winnow_kernel", "__file__": "<kernel>"}
exec(compile(KERNEL, "<kernel>", "exec"), space)  # noqa: F821 - given by the host
kernel = None


def emit(shown, png):
    head = _dumps(shown).encode()
    _write(DESCRIPTOR, len(head).to_bytes(4, "little") + head + (png or b""))  # noqa: F821 - given by the host


def open_kernel():
    global kernel
    kernel = space["Kernel"](emit)
    return "{}"


def run_cell(text):
    cell = _loads(text)
    return _dumps(kernel.run(cell["code"], cell["count"]))
