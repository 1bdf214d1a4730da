# tries: to make and enter namespaces, to mount over the system and to leave its root
# prints: done
import ctypes
import os

libc = None
try:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare
except BaseException as error:
    libc = None
    print(type(error).__name__)
def call(name, *arguments):
    result = getattr(libc, name)(*arguments)
    print(name, arguments, result, ctypes.get_errno())
    return result
if libc is not None:
    for pid in (1, os.getppid()):
        for kind in ("user", "mnt", "net", "pid", "ipc", "uts", "cgroup"):
            try:
                fd = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
                if call("setns", fd, 0) == 0 and os.readlink(f"/proc/{pid}/ns/{kind}") != os.readlink(f"/proc/self/ns/{kind}"):
                    print("escaped: entered", kind, "of", pid)
            except OSError as error:
                print(kind, type(error).__name__)
    if call("unshare", 0x10000000 | 0x00020000) == 0:
        print("escaped: made a user namespace of its own, and has all rights in it")
    call("unshare", 0x00020000)
    for source, target, kind in ((b"tmpfs", b"/usr", b"tmpfs"), (b"/etc", b"/work", None), (b"proc", b"/proc", b"proc"), (b"x", b"/tmp", b"overlay")):
        if call("mount", source, target, kind, 4096 if kind is None else 0, None) == 0:
            print("escaped: mounted", target)
    for target in (b"/proc", b"/tmp", b"/work", b"/usr", b"/"):
        if call("umount2", target, 2) == 0:
            print("escaped: unmounted", target)
    if call("chroot", b"/tmp") == 0:
        print("escaped: changed its root")
    call("sethostname", b"winnow-owned", 12)
    for number in (428, 429, 430, 442, 155):
        if libc.syscall(number, -100 if number == 428 else 0, b"/usr", 1, 0, 0) >= 0:
            print("escaped: system call", number)
print("done")
