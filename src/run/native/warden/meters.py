"""What a running job uses, read from outside it: from its cgroup where there is one, else from /proc.

A cgroup counts exactly and its kernel holds the limits of memory and processes; what remains is to read why a job
ended. Without one, /proc is sampled: between two looks a job may exceed its memory, and processes are limited by rlimit.
"""
import os

#: Between looks at a job without a cgroup, ms: at 1 GB/s of writing, 20 MB late. A look takes 0.1 ms.
SAMPLE_MS = 20.0
#: Between looks at CPU time by cgroup, ms, while the job has far to go.
LOOK_MS = 100.0
#: What a group may still hold of earlier jobs before it is emptied, bytes. Emptying takes ms, and only a job that filled caches causes it.
LEFTOVER = 4 << 20
CORES = os.cpu_count() or 1
TICK = os.sysconf('SC_CLK_TCK')
PAGE = os.sysconf('SC_PAGE_SIZE')


class NetworkMeter:
    """Whether anything was ever done on this network: the kernel counts every packet and every failed attempt (31 us a look).

    What outlives a job in a network is what it sent or tried to send: connections in their last wait, routes, counters.
    """

    def __init__(self):
        self.files = []
        for name in ('snmp', 'netstat', 'snmp6'):
            try:
                self.files.append(os.open('/proc/net/' + name, os.O_RDONLY | os.O_CLOEXEC))
            except OSError:
                pass  # a kernel without IPv6
        self.unused = self.read()

    def read(self):
        return [os.pread(file, 1 << 16, 0) for file in self.files]

    def used(self):
        return self.read() != self.unused


class CgroupMeter:
    """Counters as descriptors opened by the host, which alone may open them; one cgroup serves one job after the other."""

    def __init__(self, files):
        self.files = files
        self.version = files['version']
        self.limits = {}
        self.settled = 0

    def start(self, job, cell_pid):
        self.cell_pid = cell_pid
        self.cpu_ms = job['cpuMs']
        self.limit_memory(job['memoryBytes'])
        self.set('pids', job['processes'])
        self.base = self.empty()
        self.peak_known = self.reset_peak()
        self.ooms = self.oom_count()
        self.cpu_start = self.cpu()
        self.pause_ms = min(LOOK_MS, max(1.0, self.cpu_ms / CORES))

    def limit_memory(self, size):
        if self.limits.get('memory') == size:
            return
        # With swap on top never below memory alone: lift one, set the other, lower the first.
        if self.version == 1 and self.files['swap'] is not None:
            self.set('swap', -1)
        self.set('memory', size)
        if self.files['swap'] is not None:
            self.set('swap', size if self.version == 1 else 0)

    def set(self, name, value):
        if self.limits.get(name) != value:
            os.pwrite(self.files[name], b'%d' % value, 0)
            self.limits[name] = value

    def text(self, name):
        return os.pread(self.files[name], 4096, 0).decode()

    def empty(self):
        """Gives back what earlier jobs left in caches, else a job that makes the kernel drop them would seem to use so much less. What stays, bytes."""
        now = int(self.text('memoryNow'))
        if now > self.settled + LEFTOVER and self.files['reclaim'] is not None:
            try:
                os.pwrite(self.files['reclaim'], b'0' if self.version == 1 else b'%d' % now, 0)
            except OSError:
                pass  # EAGAIN: not all of it was to be had
            self.settled = now = int(self.text('memoryNow'))
        self.settled = min(self.settled, now)
        return now

    def reset_peak(self):
        try:
            os.pwrite(self.files['peak'], b'0', 0)
            return True
        except OSError:
            return False  # cgroup v2 before Linux 6.12

    def oom_count(self):
        for line in self.text('events').splitlines():
            name, _, count = line.partition(' ')
            if name == 'oom_kill':
                return int(count)
        return 0

    def used(self):
        """CPU time of the job so far, ms."""
        return self.cpu() - self.cpu_start

    def cpu(self):
        """Of all jobs so far, ms."""
        text = self.text('cpu')
        return int(text) / 1e6 if self.version == 1 else int(text.split()[1]) / 1e3

    def look(self):
        left = self.cpu_ms - self.used()
        self.pause_ms = min(LOOK_MS, max(1.0, left / CORES))
        if left < 0:
            return 'cpu'
        return 'memory' if self.ran_out() else None

    def ran_out(self):
        return self.oom_count() > self.ooms

    def peak(self, largest):
        return max(int(self.text('peak')) - self.base, 0) if self.peak_known else largest


class ProcessMeter:
    """Looks at every process of the job that there is."""

    pause_ms = SAMPLE_MS

    def start(self, job, cell_pid):
        self.cell_pid = cell_pid
        self.job = job
        self.highest = 0
        self.out = False
        # Ticks by process, also of those that have ended: a parent that ignores SIGCHLD never gets its children's.
        self.seen = {}
        self.inherited = 0

    def look(self):
        memory, ticks, threads, pids = 0, 0, 0, []
        stats = read_stats()
        for pid, fields in stats.items():
            if descends(pid, self.cell_pid, stats):
                pids.append(pid)
                ticks += sum(map(int, fields[11:15]))  # its own, and of its children that ended
                self.seen[pid, fields[19]] = int(fields[11]) + int(fields[12])
                threads += int(fields[17])
                memory += int(fields[21]) * PAGE
        if self.cell_pid in stats:
            ticks += sum(map(int, stats[self.cell_pid][13:15]))  # of orphans that ended last
        self.inherited = max(self.inherited, ticks)
        if memory > self.job['memoryBytes']:
            memory = sum(map(proportional_memory, pids))
        self.highest = max(self.highest, memory)
        if memory > self.job['memoryBytes']:
            self.out = True
            return 'memory'
        if threads > self.job['processes']:
            return 'processes'
        return 'cpu' if self.used() > self.job['cpuMs'] else None

    def used(self):
        """CPU time of the job, ms, as far as it was seen: what lived between two looks and was not waited for is missing."""
        return max(self.inherited, sum(self.seen.values())) * 1000 / TICK

    def ran_out(self):
        return self.out

    def peak(self, largest):
        return max(self.highest, largest)


def read_stats():
    """Per process the fields of /proc/PID/stat that follow its name."""
    stats = {}
    for name in os.listdir('/proc'):
        if name.isdigit():
            try:
                with open('/proc/%s/stat' % name, 'rb', 0) as file:
                    fields = file.read(1000).rpartition(b')')[2].split()
                if len(fields) > 21:
                    stats[int(name)] = fields
            except OSError:
                pass  # it has just ended
    return stats


def descends(pid, ancestor, stats):
    # Whoever loses its parent gets the cell's first process as one, so the way up always leads there.
    while pid in stats:
        pid = int(stats[pid][1])
        if pid == ancestor:
            return True
    return False


def proportional_memory(pid):
    """Pages that processes share counted once; many times the cost of the first look."""
    try:
        with open('/proc/%d/smaps_rollup' % pid, 'rb', 0) as file:
            for line in file.read(4000).splitlines():
                if line.startswith(b'Pss:'):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
