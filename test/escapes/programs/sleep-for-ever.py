# tries: to wait for ever without using the processor, in every way there is
# endings: timed-out wall
# limits: {"wallMs": 500}
import threading
import time

while True:
    try:
        time.sleep(1e6)
        threading.Event().wait()
    except BaseException:
        pass
