# tries: to leave things in the kernel that outlive a process: shared memory, semaphores, queues, keys, abstract sockets, locks
# prints: done
# runs: 3
import ctypes
import socket

def attempt(name, act):
    try:
        print(name, "->", repr(act())[:200])
    except BaseException as error:
        print(name, "x", type(error).__name__, str(error)[:100])

def ipc(libc):
    for name, found in (("shmget", libc.shmget(0x77696e, 4096, 0o666)), ("semget", libc.semget(0x77696e, 1, 0o666)), ("msgget", libc.msgget(0x77696e, 0o666))):
        if found >= 0:
            print("escaped: found by", name)
    print(libc.shmget(0x77696e, 4096, 0o1666), libc.semget(0x77696e, 1, 0o1666), libc.msgget(0x77696e, 0o1666))
    handle = libc.mq_open(b"/winnow", 0)
    if handle >= 0:
        print("escaped: found a queue")
    libc.mq_open(b"/winnow", 0o102, 0o666, None)
    libc.syscall(248, b"user", b"winnow-trace", b"x", 1, -4)
attempt("ipc", lambda: ipc(ctypes.CDLL(None)))
def named():
    from multiprocessing import shared_memory
    try:
        shared_memory.SharedMemory("winnow-trace")
        print("escaped: found shared memory")
    except FileNotFoundError:
        shared_memory.SharedMemory("winnow-trace", create=True, size=64)
attempt("shared memory", named)
def abstract():
    it = socket.socket(socket.AF_UNIX)
    it.bind("\0winnow-trace")
attempt("abstract", abstract)
print("done", flush=True)
import os
os._exit(0)
