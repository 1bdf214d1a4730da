# tries: the system calls from which kernels have been broken; each must be refused
# backends: native (in WebAssembly there are no system calls)
# prints: done
# job: {"env": {}}
import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
CALLS = {"x86_64": {
    "io_uring_setup": (425, 8, ctypes.create_string_buffer(256)), "io_uring_enter": (426, -1, 0, 0, 0), "io_uring_register": (427, -1, 0, 0, 0),
    "keyctl": (250, 0, -3, 1), "add_key": (248, b"user", b"winnow", b"x", 1, -3), "request_key": (249, b"user", b"winnow", 0, -3),
    "bpf": (321, 0, ctypes.create_string_buffer(128), 128), "userfaultfd": (323, 1), "perf_event_open": (298, ctypes.create_string_buffer(128), 0, -1, -1, 0),
    "ptrace": (101, 0, 0, 0, 0), "kexec_load": (246, 0, 0, 0, 0), "init_module": (175, 0, 0, b""), "swapon": (167, b"/x", 0),
    "reboot": (169, 1, 2, 3, 0), "acct": (163, b"/tmp/acct"), "open_by_handle_at": (304, -100, ctypes.create_string_buffer(32), 0),
    "quotactl": (179, 0, 0, 0, 0), "settimeofday": (164, 0, 0), "syslog": (103, 3, ctypes.create_string_buffer(64), 64),
    "fanotify_init": (300, 0, 0), "process_vm_readv": (310, os.getppid(), 0, 0, 0, 0, 0), "mount": (165, 0, b"/tmp", b"tmpfs", 0, 0),
    "pivot_root": (155, b"/tmp", b"/tmp"), "iopl": (172, 3), "modify_ldt": (154, 0, ctypes.create_string_buffer(64), 64),
    "move_pages": (279, os.getppid(), 0, 0, 0, 0, 0), "lookup_dcookie": (212, 0, 0, 0), "vhangup": (153,), "nfsservctl": (180, 0, 0, 0),
    "personality": (135, 0x0040000), "clone newuser": (56, 0x10000000 | 17, 0, 0, 0, 0), "setns": (308, -1, 0),
}}.get(platform.machine(), {})
MAY_SUCCEED = {"modify_ldt", "personality", "syslog"}
for name, (number, *arguments) in CALLS.items():
    if name == "clone newuser":
        result = libc.syscall(number, *[ctypes.c_long(a) for a in arguments])
        if result == 0:
            os._exit(0)
    else:
        result = libc.syscall(number, *arguments)
    print(name, result, ctypes.get_errno())
    if result >= 0 and name not in MAY_SUCCEED:
        print("escaped:", name, "is allowed")
    if result < 0 and name in ("io_uring_setup", "keyctl", "bpf", "userfaultfd", "ptrace", "mount") and ctypes.get_errno() not in (1, 38):
        print("escaped:", name, "reaches the kernel: error", ctypes.get_errno())
print("done")
