"""The Python side of running a job: what happens before and after the program, inside the interpreter.

Executed once, when the memory image is made. The three functions below are then kept by address and called by
the host; no module of a program's can name them. What a program may have replaced (`sys.stdout`, `atexit`, the
garbage collector's switches) is used here as a Python that ends by itself would use it.
"""

import asyncio.selector_events
import atexit
import builtins
import gc
import importlib
import importlib.machinery
import json
import os
import random
import signal
import sys
import threading
import time
import weakref

# What programs commonly import. Having them in the image saves each job from compiling them: 0.02 to 1 s apiece.
# Together they make the image some 5 MB larger, which each reset copies.
for name in MODULES:  # noqa: F821 - given by the host
    importlib.import_module(name)

# Modules that a Python that has just started has as well. A program's own file of the same name does not replace these there either.
started = STARTED  # noqa: F821 - given by the host

# A program may take all built-in functions away: the functions below have their own.
__builtins__ = dict(vars(builtins))

work = os.getcwd()
del os.environ["PYTHONHOME"]
for name in list(os.environ):
    del os.environ[name]
sys.dont_write_bytecode = True
# A program that is stopped has then shown the lines it had printed.
sys.stdout.reconfigure(line_buffering=True)


def refuse(what):
    def call(*_args, **_named):
        raise OSError(52, f"{what}: this Python runs without processes and timers")

    return call


for module, names in ((os, ("system", "popen")), (signal, ("alarm", "setitimer"))):
    for name in names:
        setattr(module, name, refuse(f"{module.__name__}.{name}"))


def no_wakeup(loop):
    # There is no other thread that could wake the loop, and no socket pair to do it with.
    loop._ssock = loop._csock = None


asyncio.selector_events.BaseSelectorEventLoop._make_self_pipe = no_wakeup
asyncio.selector_events.BaseSelectorEventLoop._close_self_pipe = no_wakeup


class EndedThread:
    """What stands for the system's handle of a thread that runs inside `start`."""

    ident = 0
    done = False

    def is_done(self):
        return self.done

    def join(self, timeout=None):
        pass

    def _set_done(self):
        self.done = True


start_thread = threading._start_joinable_thread


def start_deep_thread(function, handle=None, daemon=True):
    """Start a thread whose stack size was set by running it to its end at once.

    A program sets a stack size because it recurses deeply, starts one thread and waits for it; that is the same here, on a
    stack that is as deep as this Python's ever is. Other threads run beside each other and may wait for each other, which
    would never end here: they are refused as before.
    """
    size = threading.stack_size()
    if size == 0:
        return start_thread(function, handle=handle, daemon=daemon)
    # Asking for it has set it to 0.
    threading.stack_size(size)
    thread = function.__self__
    thread._os_thread_handle = ended = EndedThread()
    ident = threading.get_ident()
    caller = threading._active[ident]
    try:
        function()
    finally:
        ended.done = True
        threading._active[ident] = caller


threading._start_joinable_thread = start_deep_thread


def begin(text):
    """Make this the interpreter that `python3 entry args` would be. Returns the names of its `__main__`."""
    config = json.loads(text)
    entry = config["entry"]
    os.environ.update(config["env"])
    sys.argv = [entry, *config["args"]]
    sys.orig_argv = ["python3", *sys.argv]
    sys.path.insert(0, os.path.dirname(f"{work}/{entry}"))
    random.seed(config["seed"])
    # This platform has no `tzset`.
    time.timezone, time.altzone, time.daylight = config["zone"]
    time.tzname = tuple(config["zoneNames"])
    # A module of its own for each job: the image's would never be collected.
    main = type(sys)("__main__")
    main.__builtins__ = builtins
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", f"{work}/{entry}")
    main.__file__ = f"{work}/{entry}"
    sys.modules["__main__"] = main
    # A job's own `queue.py` is what it imports, not the library's that is already there.
    for name in config["shadows"]:
        if name in started:
            continue
        for loaded in [key for key in sys.modules if key == name or key.startswith(name + ".")]:
            del sys.modules[loaded]
    return main.__dict__


def status_of(error):
    """The exit code of a `SystemExit`; prints what is no number. CPython: `handle_system_exit`."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF if -0x80000000 <= code <= 0x7FFFFFFF else 0xFF
    sys.stdout.flush()
    print(code, file=sys.stderr)
    return 1


def finish():
    """End as `Py_FinalizeEx` does, as far as a program can see: threads, `atexit`, streams, `__del__`.

    Returns 120 when a stream could not be flushed, else 0.
    """
    try:
        threading._shutdown()
    except BaseException as error:
        ignored(error)
    atexit._run_exitfuncs()
    failed = flush()
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        if hasattr(sys, name):
            delattr(sys, name)
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    own = [
        name
        for name, module in list(sys.modules.items())
        if name == "__main__" or str(getattr(module, "__file__", None) or "").startswith(work + "/")
    ]
    left = [weakref.ref(sys.modules.pop(name)) for name in own]
    gc.collect()
    for reference in left:
        module = reference()
        if module is None:
            continue
        # CPython: `_PyModule_ClearDict`, private names first.
        for private in (True, False):
            for name in list(module.__dict__):
                if name.startswith("_") == private and name != "__builtins__":
                    module.__dict__[name] = None
    del left, own
    return 120 if flush() or failed else 0


def ignored(error):
    """Shown as the interpreter shows what nobody can catch: by `sys.unraisablehook`, which only it can call."""
    gone = weakref.WeakSet.__new__(weakref.WeakSet)

    def at_the_end(_):
        raise error

    held = weakref.ref(gone, at_the_end)
    del gone
    del held


def flush():
    failed = False
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException as error:
            failed = True
            ignored(error)
    return failed


gc.collect()
# What is in the image is never garbage of a program: its collections need not look at it.
gc.freeze()
