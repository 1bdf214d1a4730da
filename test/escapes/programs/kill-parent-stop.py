# tries: to stop, rather than kill, whoever watches it, and then to run for ever
# endings: timed-out, exited, crashed
# limits: {"wallMs": 800}
import os
import signal

for pid in [os.getppid(), 1, *range(2, 400)]:
    if pid != os.getpid():
        try:
            os.kill(pid, signal.SIGSTOP)
        except BaseException:
            pass
while True:
    pass
