# tries: to use processor time in children that it does not wait for, while itself asleep
# endings: timed-out, exited
# limits: {"wallMs": 6000, "cpuMs": 800}
import os
import time

for _ in range(4):
    try:
        if os.fork() == 0:
            os.setsid()
            while True:
                pass
    except BaseException as error:
        print(type(error).__name__)
        raise SystemExit(0)
time.sleep(100)
