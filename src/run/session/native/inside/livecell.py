"""The first process of a session's cell: it starts the program, again when it is told to, ends it with all it left, and handles its files.

The same confinement as a job's (`cell.py`). Different is that the work directory outlives the program, and that files are asked
for while it lives. So everything else in the cell stands still meanwhile (SIGSTOP): no directory becomes a link between a look and a step.
"""
import _signal as signals
import _socket
import ctypes
import errno
import fcntl
import marshal
import os
import struct
import time

import cell
import livefiles
from cell import Cell, check, kill_all
from messages import receive, send
from overlay import Overlay

#: Of the program: three streams, its channel, and what it keeps order by.
DESCRIPTORS = 5
#: Descriptors are first put where none of those that the program gets can be in the way.
HIGH = 64
F_DUPFD_CLOEXEC = 1030
#: The host's last order, where the session works over a directory of the user's.
COLLECT = b'{"op":"collect"}'


def clone(setup, hello):
    """A cell with an empty work directory. Returns the control socket and the first process's id."""
    ours, theirs = _socket.socketpair()
    pid = cell.fork_cell()
    if pid == 0:
        ours.close()
        blind = os.open('/dev/null', os.O_RDWR)
        os.dup2(blind, 0)
        os.dup2(blind, 1)
        live(theirs, setup, hello)
    theirs.close()
    return ours, pid


def live(control, setup, hello):
    one = None
    try:
        cell.prepare(setup)
        one = LiveCell(control, setup, hello)
        one.settle()
        send(control, marshal.dumps({'ready': True}))
        one.serve()
    except BaseException as problem:
        if one is None or not one.inside:
            send(control, marshal.dumps({'broken': '%s: %s' % (type(problem).__name__, problem)}))
            # Orders that nobody reads any more would reset the connection, and with it what was just said.
            while control.recv(1 << 16):
                pass
        else:
            os.write(DESCRIPTORS, b'broken ' + str(problem).encode()[:200])
        os._exit(126)


class LiveCell(Cell):
    def __init__(self, control, setup, hello):
        Cell.__init__(self, control, setup)
        self.hello = hello
        # No filter of a session's tells of its calls.
        self.listening = None
        self.pid = None
        self.inside = False

    def settle(self):
        flags = cell.MS_REMOUNT | cell.MS_NOSUID | cell.MS_NODEV
        # Nothing at all would mean no limit.
        size = 'size=%d,nr_inodes=%d' % (max(self.hello['fileBytes'], 4096), cell.INODES)
        cell.mount('tmpfs', cell.WORK, None, flags, size)
        if self.hello['over'] is not None:
            self.over = Overlay(self.hello['over'])
            self.over.mount(cell.mount, cell.STAGE, cell.CellError)
        check(cell.umount2(cell.STAGE.encode(), cell.MNT_DETACH), 'umount ' + cell.STAGE)
        root = cell.WORK if self.over is None else self.over.path
        os.chdir(root)
        self.files = livefiles.Files(self.hello, root)

    def serve(self):
        while True:
            signals.sigwait((signals.SIGCHLD, signals.SIGUSR1))
            self.reap()
            while True:
                try:
                    if not self.control.recv(1, _socket.MSG_PEEK | _socket.MSG_DONTWAIT):
                        os._exit(0)
                except BlockingIOError:
                    break
                message, fds = receive(self.control, DESCRIPTORS)
                self.obey(marshal.loads(message), fds)

    def reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.pid:
                self.ended(status)
                return

    def ended(self, status):
        kill_all()
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        self.pid = None
        failure = os.read(self.failure[0], 300)
        os.close(self.failure[0])
        if failure.startswith(b'broken'):
            raise cell.CellError(failure.decode('utf-8', 'replace'))
        send(self.control, marshal.dumps({'status': status, 'failure': int(failure) if failure else 0}))

    def obey(self, command, fds):
        what = command['do']
        if what == 'start':
            self.begin(command, fds)
        elif what == 'signal':
            if self.pid is not None:
                try:
                    os.kill(-self.pid, command['number'])
                except ProcessLookupError:
                    pass
        elif what == 'kill':
            if self.pid is not None:
                # Also a program that another of its processes holds by a trace.
                kill_all()
        else:
            answer = _socket.socket(fileno=fds[0])
            try:
                if command['ask'] == COLLECT:
                    self.collect(answer)
                else:
                    self.while_still(lambda: self.files.answer(answer, command))
            finally:
                answer.close()

    def collect(self, answer):
        """The end of a session over a directory: what it changed is told when nothing runs any more that could change it."""
        kill_all()
        while cell.waitpid(-1, None, 0) > 0 or ctypes.get_errno() != errno.ECHILD:
            pass
        self.over.collect()
        answer.sendall(struct.pack('<QI', 6, 2) + b'{}')

    def while_still(self, act):
        if self.pid is None:
            act()
            return
        cell.kill(-1, signals.SIGSTOP)
        wait_until_still()
        try:
            act()
        finally:
            cell.kill(-1, signals.SIGCONT)

    def begin(self, program, fds):
        self.job = program
        self.failure = os.pipe()
        self.files.restore()
        self.pid = check(cell.fork(), 'fork')
        if self.pid == 0:
            self.inside = True
            self.streams = [fcntl.fcntl(fd, F_DUPFD_CLOEXEC, HIGH) for fd in fds]
            self.failure = (None, fcntl.fcntl(self.failure[1], F_DUPFD_CLOEXEC, HIGH))
            self.confine()
            self.execute()
        os.close(self.failure[1])
        for fd in fds:
            os.close(fd)


def wait_until_still():
    """A signal is sent in no time and obeyed a little later. One that waits for a disk, and so cannot, changes no directory meanwhile."""
    for _ in range(50):
        if all(state in b'TtZXD' for state in states()):
            return
        time.sleep(0.0005)


def states():
    for name in os.listdir('/proc'):
        if name.isdigit() and name != '1':
            try:
                with open('/proc/%s/stat' % name, 'rb', 0) as file:
                    yield file.read(1000).rpartition(b')')[2][1:2]
            except OSError:
                pass  # it has just ended
