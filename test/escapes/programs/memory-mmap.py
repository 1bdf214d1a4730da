# tries: to fill memory by mmap, memfd and shared anonymous memory, in children too
# endings: out-of-memory, exited, crashed, timed-out
# limits: {"wallMs": 6000, "memoryBytes": 134217728}
import mmap
import os

kept = []
try:
    for _ in range(3):
        os.fork()
except BaseException as error:
    print(type(error).__name__)
while True:
    block = mmap.mmap(-1, 32 << 20)
    for at in range(0, 32 << 20, 4096):
        block[at] = 1
    kept.append(block)
    if hasattr(os, "memfd_create"):
        kept.append(os.memfd_create("x"))
        os.write(kept[-1], b"x" * (8 << 20))
