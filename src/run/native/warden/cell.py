"""One job's cell: its own user, process, mount, IPC and network namespaces, and what happens in them.

The idea: a cell is cloned from a process that never saw a job, so that its memory holds nothing of an
earlier one. Its first process (pid 1 in there) keeps the privileges of its own user namespace, lays out
private file systems, starts the job, knows exactly how the job ended, kills whatever the job left
behind, and only then, with nobody left to race with, hands back the files that changed.
The job cannot reach pid 1: it has no capabilities, pid 1 is not dumpable, and a namespace's first process ignores
signals from within. So no job can forge how it ended.

It does not watch time, memory or output: `warden.py`, outside the cell, does. Python 3.8 and later; only
modules that are quick to import, since all of this is imported before every first job.
"""
import _signal as signals  # `signal` itself imports enum, which costs 4 ms
import _socket
import ctypes
import errno
import marshal
import os
import resource
import struct
import sys
import time

from collecting import Collector, send_file
from messages import read_exactly, receive, send
from overlay import Overlay

UID = 1000
WORK = '/work'
#: Where the one private tmpfs of a cell is mounted before its parts are bound to their places.
STAGE = '/run/cell'

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x2000000, 0x8000000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MNT_DETACH = 1, 2, 4, 8, 32, 4096, 2
PR_SET_DUMPABLE, PR_GET_DUMPABLE, PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 4, 3, 1, 22, 24, 28, 38
#: Files of one tmpfs; a page of kernel memory each, so this bounds what empty files cost.
INODES = 100_000

# PyDLL keeps the interpreter's lock, which raw clone needs; so libc is opened once, that way.
libc = ctypes.PyDLL(None, use_errno=True)
# Looked up here, once, not in every cell: 0.1 ms for the first of them.
syscall, prctl, mount2, umount2, unshare = libc.syscall, libc.prctl, libc.mount, libc.umount2, libc.unshare
fork, kill, waitpid = libc.fork, libc.kill, libc.waitpid
_arm = os.uname().machine == 'aarch64'
SYS_clone, SYS_capset, SYS_close_range = (220, 91, 436) if _arm else (56, 126, 436)
SYS_seccomp, SYS_pidfd_open, SYS_pidfd_getfd = (277, 434, 438) if _arm else (317, 434, 438)
SET_MODE_FILTER, NEW_LISTENER, WAIT_KILLABLE_RECV = 1, 8, 32
#: Where a job keeps the socket to its cell while its other descriptors find their places.
ASIDE = 200
#: `capset`: version 3, this process; no capability in any set.
NO_CAPABILITIES = struct.pack('=Ii', 0x20080522, 0), bytes(24)
with open('/proc/sys/kernel/cap_last_cap') as _file:
    CAPABILITIES = range(int(_file.read()) + 1)


class CellError(Exception):
    """The harness failed, not the job. Its text reaches the caller."""


def check(result, what):
    if result < 0:
        number = ctypes.get_errno()
        raise CellError('%s: %s' % (what, os.strerror(number)))
    return result


def fork_cell():
    """Clones this process into new namespaces. Returns 0 in the clone, else its process id.

    Not into a new network: making and removing one costs 0.8 ms, and the worker's is as new as long as `meters.py` finds it unused.
    """
    flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC
    return check(syscall(SYS_clone, flags | signals.SIGCHLD, 0, 0, 0, 0), 'clone into new namespaces')


def prepare(setup):
    """First steps in a new cell, all that does not depend on the job. Runs while the cell waits for one."""
    # A worker's end is its processes' end, and a cell's first process is the end of the cell.
    prctl(PR_SET_PDEATHSIG, signals.SIGKILL, 0, 0, 0)
    # Inherited from the warden; until the maps are written, they must be this process's to write.
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    put('/proc/self/setgroups', 'deny')
    put('/proc/self/uid_map', '%d %d 1' % (UID, UID))
    put('/proc/self/gid_map', '%d %d 1' % (UID, UID))
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    signals.pthread_sigmask(signals.SIG_BLOCK, (signals.SIGCHLD, signals.SIGUSR1))
    old = os.umask(0)
    mount('tmpfs', STAGE, 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=755,nr_inodes=%d' % INODES)
    for name, place, mode in (('work', WORK, 0o755), ('tmp', '/tmp', 0o1777), ('shm', '/dev/shm', 0o1777)):
        os.mkdir(STAGE + '/' + name, mode)
        mount(STAGE + '/' + name, place, None, MS_BIND, None)
    os.umask(old)
    for source, path in setup['covered']:
        os.makedirs(path)
        mount(source, path, None, MS_BIND, None)
    mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC, None)
    mount('/dev/null', '/proc/cmdline', None, MS_BIND, None)  # how this machine was started
    # The worker's belongs to the user that jobs are, who may change its modes and times.
    mount('devpts', '/dev/pts', 'devpts', MS_NOSUID | MS_NOEXEC, 'newinstance,ptmxmode=0666,mode=620')
    for capability in CAPABILITIES:
        check(prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), 'drop a capability')


def put(path, text):
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    os.write(fd, text.encode())
    os.close(fd)


def mount(source, target, kind, flags, data):
    code = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    check(mount2(code[0], code[1], code[2], ctypes.c_ulong(flags), code[3]), 'mount %s' % target)


class Cell:
    """Seen from inside: the control socket to the warden, the job, and how it went."""

    def __init__(self, control, setup):
        self.control = control
        self.setup = setup
        self.job = None
        self.inputs = {}
        self.over = None
        #: Of a job that is watched: the two ends that hand its listener over.
        self.listening = None

    def receive(self):
        """Waits for the job. None: the warden has no use for this cell."""
        header, fds = receive(self.control, 3)
        if header is None:
            return None
        self.job = marshal.loads(header)
        self.streams = fds
        body = read_exactly(self.control, self.job['body'])
        at = 0
        for path, mode, size in self.job['files']:
            self.inputs[path] = (body[at:at + size], mode)
            at += size
        return self.job

    def start(self):
        """Lays out the job's files and forks it. Returns True in the job."""
        job = self.job
        flags = MS_REMOUNT | MS_NOSUID | MS_NODEV
        mount('tmpfs', WORK, None, flags, 'size=%d,nr_inodes=%d' % (job['fileBytes'], INODES))
        for number, path in enumerate(job['overlay']):
            self.overlay(number, path)
        if job['over'] is not None:
            self.over = Overlay(job['over'])
            self.over.mount(mount, STAGE, CellError)
        check(umount2(STAGE.encode(), MNT_DETACH), 'umount ' + STAGE)
        os.chdir(WORK)
        for path, (content, mode) in self.inputs.items():
            if '/' in path:
                os.makedirs(os.path.dirname(path), exist_ok=True)
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                view = memoryview(content)
                while view:
                    view = view[os.write(fd, view):]
                os.fchmod(fd, mode)
            finally:
                os.close(fd)
        if self.over is not None:
            os.chdir(self.over.path)
        self.failure = os.pipe()
        self.unwatched = None
        self.listening = _socket.socketpair() if job['watch'] else None
        sys.stdout.flush()
        self.control.send(b's')
        self.began = time.monotonic()
        self.pid = check(fork(), 'fork')
        if self.pid == 0:
            return True
        os.close(self.failure[1])
        for fd in self.streams:
            os.close(fd)
        if self.listening is not None:
            self.hand_listener()
        return False

    def hand_listener(self):
        """In pid 1: takes the job's listener, by its number in there, and gives it to the warden before the job goes on."""
        ours, theirs = self.listening
        theirs.close()
        told = ours.recv(20)
        number = int(told or b'-1')
        if number < 0:
            self.unwatched = os.strerror(-number)
            self.control.send(b'u')
        else:
            process = check(syscall(SYS_pidfd_open, self.pid, 0), 'pidfd_open')
            listener = check(syscall(SYS_pidfd_getfd, process, number, 0), 'pidfd_getfd')
            self.control.sendmsg([b'l'], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, struct.pack('i', listener))])
            os.close(listener)
            os.close(process)
        if told:
            ours.send(b'g')
        ours.close()

    def overlay(self, number, path):
        """A writable view of a read-only directory; what is written lies in the cell's own tmpfs."""
        base = '%s/overlay-%d' % (STAGE, number)
        os.makedirs(base + '/upper')
        os.makedirs(base + '/work')
        if any(letter in path for letter in ',:\\'):
            raise CellError('an overlay cannot be made of a path with a comma, colon or backslash: ' + path)
        options = 'lowerdir=%s,upperdir=%s/upper,workdir=%s/work,userxattr' % (path, base, base)
        mount('overlay', path, 'overlay', MS_NOSUID | MS_NODEV, options)

    def confine(self):
        """In the job: gives up everything it must not have. The order matters: the filter comes last."""
        job = self.job
        for fd in self.setup['cgroups']:
            os.write(fd, b'0\n')
        # From within, the job's groups are the root; what they are called on this machine is nobody's business.
        unshare(CLONE_NEWCGROUP)
        os.setsid()
        if self.listening is not None:
            os.dup2(self.listening[1].fileno(), ASIDE, False)
        for target, fd in enumerate(self.streams):
            os.dup2(fd, target, True)
        # Nothing inherited but these, and, until a program is executed, the pipe that tells why it could not be.
        own = len(self.streams)
        os.dup2(self.failure[1], own, False)
        last = own
        if self.listening is not None:
            last = own + 1
            os.dup2(ASIDE, last, False)
        if syscall(SYS_close_range, last + 1, ctypes.c_uint(0xFFFFFFFF), 0) < 0:
            os.closerange(last + 1, 4096)
        os.umask(0o022)
        for name, (soft, hard) in job['rlimits'].items():
            resource.setrlimit(getattr(resource, name), (soft, hard))
        # Locked: no root by user id, no fixups, no ambient capabilities.
        check(prctl(PR_SET_SECUREBITS, 0xEF, 0, 0, 0), 'securebits')
        check(syscall(SYS_capset, *NO_CAPABILITIES), 'capset')
        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 'no_new_privs')
        signals.pthread_sigmask(signals.SIG_SETMASK, ())
        if self.listening is None or not self.listened(last):
            check(prctl(PR_SET_SECCOMP, 2, self.setup['filter'], 0, 0), 'seccomp')

    def listened(self, hand):
        """Loads the filter that tells the warden of calls, and waits until it listens. False where the kernel has none. @param hand the socket to pid 1"""
        fd = -1
        # Without the second flag a signal would have the call told twice; Linux 5.19.
        for flags in (NEW_LISTENER | WAIT_KILLABLE_RECV, NEW_LISTENER):
            if fd < 0:
                fd = syscall(SYS_seccomp, SET_MODE_FILTER, flags, self.setup['watching'])
        number = ctypes.get_errno()
        os.write(hand, b'%d' % (fd if fd >= 0 else -number))
        os.read(hand, 1)
        os.close(hand)
        if fd >= 0:
            os.close(fd)
        return fd >= 0

    def execute(self):
        """In the job: becomes the program. Never returns."""
        try:
            argv, env = self.job['argv'], self.job['env']
            for number in (signals.SIGPIPE, signals.SIGXFSZ):
                signals.signal(number, signals.SIG_DFL)  # Python ignores them; a program starts without that
            if self.listening is not None:
                argv = [found(argv[0], env)] + argv[1:]
            os.execvpe(argv[0], argv, env)
        except OSError as problem:
            os.write(len(self.streams), b'%d' % (problem.errno or 0))
        finally:
            os._exit(127)

    def finish(self):
        """In pid 1: waits for the job, ends all it started, and reports."""
        status = self.wait()
        wall = time.monotonic() - self.began
        kill_all()
        # By the library: Python's ways end in exceptions here, every time, at 30 us each.
        while waitpid(-1, None, 0) > 0 or ctypes.get_errno() != errno.ECHILD:
            pass
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        failure = os.read(self.failure[0], 300)
        if failure.startswith(b'broken'):
            raise CellError(failure.decode('utf-8', 'replace'))
        os.chdir(WORK)
        if self.over is not None:
            self.control.send(b'e')
            self.over.collect()
        files, contents = ([], []) if self.job['collect'] == 'none' else Collector(self.inputs, self.job).collect()
        report = {
            'status': status,
            'wall': wall,
            'cpu': used.ru_utime + used.ru_stime,
            'rss': used.ru_maxrss * 1024,
            'failure': int(failure) if failure else 0,
            'files': files,
            'unwatched': self.unwatched,
        }
        send(self.control, marshal.dumps(report))
        for path, size in contents:
            send_file(self.control, path, size)

    def told_to_stop(self):
        try:
            return self.control.recv(1, _socket.MSG_DONTWAIT) is not None
        except BlockingIOError:
            return False

    def wait(self):
        while True:
            # The job may send these signals too, so the warden's wish to stop is read from where the job cannot write.
            if signals.sigwait((signals.SIGCHLD, signals.SIGUSR1)) == signals.SIGUSR1 and self.told_to_stop():
                kill_all()
            while True:
                try:
                    pid, status = os.waitpid(-1, os.WNOHANG)
                except ChildProcessError:
                    break
                if pid == self.pid:
                    return status
                if pid == 0:
                    break


def found(program, env):
    """Where a program lies, so that it is asked for once. What is not there is asked for as it is, for its error."""
    places = [] if '/' in program else env.get('PATH', '').split(os.pathsep)
    return next((path for path in (place + '/' + program for place in places) if os.access(path, os.X_OK)), program)


def kill_all():
    """Everything in this process namespace but its first process; atomic against forks."""
    kill(-1, signals.SIGKILL)


def program_filter(code):
    """The kernel's `sock_fprog` for a compiled filter. Keep it referenced: it points into `code`."""
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = [('length', ctypes.c_ushort), ('filter', ctypes.c_void_p)]

    program = Program(len(code) // 8, ctypes.addressof(buffer))
    program.buffer = buffer
    return ctypes.byref(program)
