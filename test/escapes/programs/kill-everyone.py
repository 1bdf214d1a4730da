# tries: to kill every process it can name: all, its group, its parent, the first, all numbers
# endings: any
import os
import signal

def attempt(name, act):
    try:
        print(name, "->", repr(act())[:200])
    except BaseException as error:
        print(name, "x", type(error).__name__, str(error)[:100])

attempt("children", lambda: [os.kill(pid, 0) for pid in (1, os.getppid())])
for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(sig, signal.SIG_IGN)
    attempt("all", lambda: os.kill(-1, sig))
for pid in range(2, 3000):
    if pid != os.getpid():
        try:
            os.kill(pid, signal.SIGKILL)
            print("killed", pid)
        except OSError:
            pass
attempt("parent", lambda: os.kill(os.getppid(), signal.SIGKILL))
attempt("first", lambda: os.kill(1, signal.SIGKILL))
attempt("all", lambda: os.kill(-1, signal.SIGKILL))
attempt("group", lambda: os.killpg(0, signal.SIGKILL))
print("done")
