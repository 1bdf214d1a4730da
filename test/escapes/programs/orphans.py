# tries: to leave processes behind that go on after it has ended, in sessions of their own, and write when nobody looks
# prints: done
import os
import time

def linger():
    for fd in range(3):
        try:
            os.close(fd)
        except OSError:
            pass
    for _ in range(200):
        time.sleep(0.05)
        for place in ("/tmp/winnow-owned", "/dev/shm/winnow-owned", "late"):
            try:
                open(place, "a").write("x")
            except OSError:
                pass
for _ in range(4):
    try:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                linger()
            os._exit(0)
    except BaseException as error:
        print(type(error).__name__)
print("done", flush=True)
