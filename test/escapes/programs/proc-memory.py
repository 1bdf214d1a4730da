# tries: to read and write the memory of its parent, of the first process and of its neighbours
# prints: done
import os
import ctypes

WORD = b"winnow-" + b"bait"
def scan(number):
    found = []
    with open(f"/proc/{number}/maps") as maps, open(f"/proc/{number}/mem", "r+b", 0) as memory:
        for line in maps:
            bounds, rights = line.split()[:2]
            start, end = (int(part, 16) for part in bounds.split("-"))
            if rights[0] == "r" and end - start < 1 << 26:
                try:
                    memory.seek(start)
                    if WORD in memory.read(end - start):
                        found.append(bounds)
                except OSError:
                    pass
    return found
others = [number for number in os.listdir("/proc") if number.isdigit() and int(number) != os.getpid()] if os.path.exists("/proc") else []
for number in others:
    try:
        scan(number)
        print("escaped: read and could write the memory of", number)
    except BaseException as error:
        print(number, type(error).__name__)
class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]
try:
    libc = ctypes.CDLL(None, use_errno=True)
    held = ctypes.create_string_buffer(64)
    for number in [int(other) for other in others]:
        libc.ptrace(16, number, 0, 0)
        got = libc.process_vm_readv(number, ctypes.byref(Span(ctypes.addressof(held), 64)), 1, ctypes.byref(Span(0x400000, 64)), 1, 0)
        if got > 0:
            print("escaped: process_vm_readv of", number)
        descriptor = libc.syscall(434, number, 0)
        for fd in range(3, 30):
            if descriptor >= 0 and libc.syscall(438, descriptor, fd, 0) >= 0:
                print("escaped: took descriptor", fd, "of", number)
except BaseException as error:
    print(type(error).__name__)
print("done")
