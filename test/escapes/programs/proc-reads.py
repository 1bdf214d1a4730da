# tries: to read other processes through /proc: environment, command line, memory, open files, root, and the system's secrets
# prints: done
# harmless: yes
import os

def read(path, most=4096):
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except BaseException as error:
        return type(error).__name__.encode()
numbers = []
try:
    numbers = [name for name in os.listdir("/proc") if name.isdigit()]
except BaseException as error:
    print(type(error).__name__)
numbers += ["self", "thread-self", "1", "2", str(os.getppid())]
for number in numbers:
    for part in ("environ", "cmdline", "maps", "auxv", "stack", "syscall", "mountinfo", "cgroup"):
        seen = read(f"/proc/{number}/{part}")
        print(number, part, seen[:300])
        if b"inside.ts" in seen or b"vitest" in seen or b"WINNOW_WORD" in seen:
            print("escaped: sees the harness in", number, part)
    for link in ("cwd", "root", "exe"):
        try:
            print(number, link, os.readlink(f"/proc/{number}/{link}"))
        except BaseException as error:
            print(type(error).__name__)
    for bait in ("tmp/winnow-bait.txt", "root/winnow-bait.txt", "etc/shadow"):
        print(read(f"/proc/{number}/root/{bait}"))
        print(read(f"/proc/{number}/cwd/../../{bait}"))
for path in ("/proc/kcore", "/proc/kallsyms", "/proc/keys", "/proc/sysvipc/shm", "/proc/net/tcp", "/proc/net/unix", "/proc/kmsg",
             "/proc/cmdline", "/sys/kernel/notes", "/sys/fs/cgroup/cgroup.procs", "/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda"):
    print(path, read(path, 600))
print("done")
