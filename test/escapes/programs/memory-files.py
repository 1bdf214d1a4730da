# tries: to fill memory through every file system that lies in memory
# endings: out-of-memory, exited, crashed, timed-out
# limits: {"wallMs": 6000, "memoryBytes": 134217728}
import os

block = b"x" * (1 << 20)
for place in (".", "/tmp", "/dev/shm", "/run", "/var/tmp", "/dev", "/home", "/"):
    try:
        for number in range(400):
            with open(os.path.join(place, f"fill-{number}"), "wb") as file:
                for _ in range(8):
                    file.write(block)
    except BaseException as error:
        print(place, number, type(error).__name__)
    else:
        print("escaped: 3 GB fit into", place)
