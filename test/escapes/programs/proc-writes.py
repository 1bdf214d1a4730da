# tries: to open for writing what steers the kernel and the sandbox, without writing
# prints: done
import glob
import os

PATHS = ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/hostname",
         "/proc/sys/net/ipv4/ip_forward", "/proc/sys/fs/protected_symlinks", "/proc/sysrq-trigger", "/proc/kcore", "/proc/1/mem",
         "/proc/1/oom_score_adj", "/proc/timer_list", "/sys/kernel/uevent_helper", "/sys/power/state", "/sys/kernel/mm/ksm/run",
         "/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/loop-control",
         "/etc/passwd", "/etc/ld.so.preload", "/etc/ld.so.cache", "/usr/bin/python3", "/usr/lib/os-release"]
for pattern in ("/sys/fs/cgroup/*", "/sys/fs/cgroup/*/*", "/sys/fs/cgroup/*/*/*"):
    PATHS += [path for path in glob.glob(pattern) if path.endswith(("cgroup.procs", "release_agent", "limit_in_bytes", "memory.max", "pids.max", "tasks"))][:200]
for path in PATHS:
    try:
        os.close(os.open(path, os.O_WRONLY))
        print("escaped: may write", path)
    except BaseException as error:
        print(path, type(error).__name__)
try:
    os.write(os.open("/proc/self/oom_score_adj", os.O_WRONLY), b"-1000")
    print("escaped: the last to be killed")
except BaseException as error:
    print(type(error).__name__)
print("done")
