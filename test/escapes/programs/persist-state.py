# tries: to find what the run before changed in its interpreter, and changes everything
# prints: done
# runs: 3
import atexit
import builtins
import gc
import json
import os
import random
import signal
import sys
import threading

found = [name for name, owner in (("WINNOW", builtins), ("WINNOW", sys), ("WINNOW", json), ("WINNOW", os)) if hasattr(owner, name)]
if found or "winnow_trace" in sys.modules or os.environ.get("WINNOW_TRACE") or getattr(json, "loads")("1") != 1 or len([1]) != 1:
    print("escaped: traces of the run before", found)
if sys.gettrace() or threading.active_count() > 1 or any(callable(hook) and hook.__module__ == "__main__" for hook in sys.meta_path):
    print("escaped: hooks of the run before")
if any(isinstance(thing, str) and thing.startswith("winnow-was-" + "here") for thing in gc.get_objects()):
    print("escaped: objects of the run before")
if signal.getsignal(signal.SIGUSR1) not in (signal.SIG_DFL, None) or os.getcwd().endswith("elsewhere") or os.umask(0o22) == 0:
    print("escaped: signals, directory or mask of the run before")
if sys.getrecursionlimit() == 77 or sys.getswitchinterval() == 0.5 or int("1" * 4000) == 0:
    print("escaped: settings of the run before")
kept = ["winnow-was-here", {"a": "winnow-was-here"}]
builtins.WINNOW = sys.WINNOW = json.WINNOW = os.WINNOW = kept
builtins.__dict__["__import__"] = (lambda original: lambda *a, **k: original(*a, **k))(builtins.__import__)
sys.modules["winnow_trace"] = sys
os.environ["WINNOW_TRACE"] = "1"
print("done")
os.umask(0)
os.makedirs("elsewhere", exist_ok=True)
os.chdir("elsewhere")
json.loads = lambda text: 2
random.seed = lambda *a: None
sys.setswitchinterval(0.5)
sys.setrecursionlimit(77)
try:
    signal.signal(signal.SIGUSR1, lambda *a: None)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=threading.Event().wait, daemon=True).start()
except BaseException:
    pass
atexit.register(lambda: atexit.register(lambda: None))
gc.disable()
sys.settrace(lambda *a: None)
sys.meta_path.insert(0, type("Finder", (), {"find_spec": staticmethod(lambda *a: None)}))
builtins.len = lambda x: 7
builtins.print = lambda *a, **k: None
