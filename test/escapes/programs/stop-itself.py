# tries: to stop itself, so that no clock of its own runs
# endings: timed-out wall, exited
# limits: {"wallMs": 500}
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
