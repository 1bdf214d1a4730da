# tries: to look as if its processor time were up, by sending itself the signal for that
# endings: crashed, exited
import os
import signal

os.kill(os.getpid(), getattr(signal, "SIGXCPU", 24))
