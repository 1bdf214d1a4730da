# tries: to look as if a limit of the sandbox had ended it
# endings: crashed, exited 137, exited 1
import os
import signal

print("TIMEOUT Killed Out of memory")
os.kill(os.getpid(), getattr(signal, "SIGKILL", 9))
