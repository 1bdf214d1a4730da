# tries: to find jobs beside it: their files, memory, processes, pipes
# prints: done
# runs: 2
import glob
import os

for pattern in ("/tmp/*", "/work/*", "/work/../*/main.py", "/proc/[0-9]*/fd/*", "/run/user/*", "/dev/shm/*", "/proc/[0-9]*/task/*/cmdline"):
    print(pattern, glob.glob(pattern)[:40])
secret = "kept-for-" + str(os.getpid())
held = [secret.encode() * 1000 for _ in range(1000)]
try:
    memory = open("/proc/self/mem", "rb", 0)
    for line in open("/proc/self/maps"):
        bounds, rights = line.split()[:2]
        start, end = (int(part, 16) for part in bounds.split("-"))
        if rights.startswith("r") and "[v" not in line and end - start < 1 << 27:
            try:
                memory.seek(start)
                block = memory.read(end - start)
            except OSError:
                continue
            at = block.find(b"winnow-bait:")
            if at >= 0:
                print(block[at : at + 60])
except BaseException as error:
    print(type(error).__name__)
print("done")
