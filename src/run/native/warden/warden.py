"""The warden: the one trusted process of a worker that outlives jobs.

It speaks with the host over its standard input and output (frames of `frames.ts`), has a zygote clone a cell per
job, carries data in and out, and holds the limits that need a watcher: elapsed time, CPU time of all processes together, output, and, where
the kernel's own counters are not to be had, memory. It never runs anything of a job itself and holds no job's data beyond its end.
One job at a time; the next cell is cloned while the host thinks.
"""
import errno
import json
import marshal
import os
import re
import struct
import sys

sys.path.insert(0, '/run/winnow')
import _signal as signals
import _socket

import cell
import zygote as zygotes
from messages import receive, send, sendall
from meters import CgroupMeter, NetworkMeter, ProcessMeter
from watch import Watch

#: Warm interpreters kept at once, about 12 MB each, most of it shared with nobody.
WARM_KEPT = 2
#: Combinations of script and environment remembered; the second use of one starts a warm interpreter for it.
WARM_SEEN = 16
#: The environments that a warm interpreter may start with. It starts before any job is confined, so a job's variables must not
#: decide what it loads: OPENSSL_CONF, LOCPATH, PYTHONPATH, a HOME with packages in it. Any other environment means a fresh start, inside the cell.
WARM_ENV = {name: re.compile(values) for name, values in {
    'PATH': '.*',
    'TMPDIR': '.*',
    'HOME': '/work',
    'LANG': '[A-Za-z0-9_.@-]*',
    'LC_ALL': '[A-Za-z0-9_.@-]*',
    'TZ': '[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*',
    'PYTHONHASHSEED': '[0-9]+',
    'PYTHONDONTWRITEBYTECODE': '1',
    'PYTHONNOUSERSITE': '1',
}.items()}


class Unstarted(cell.CellError):
    """The kernel would not execute the program; whose fault that is the host knows."""

    def __init__(self, program, number):
        super().__init__('cannot start %s: %s' % (program, os.strerror(number)))
        self.name = errno.errorcode.get(number, str(number))


class Host:
    """Frames: u32 length of all that follows, u32 length of the JSON header, header, body; little-endian."""

    def read(self):
        start = self.exactly(8, True)
        if start is None:
            return None, b''
        size, header = struct.unpack('<II', start)
        text = self.exactly(header)
        return json.loads(text), self.exactly(size - 4 - header)

    def exactly(self, size, may_end=False):
        data = bytearray()
        while len(data) < size:
            piece = os.read(0, min(size - len(data), 1 << 20))
            if not piece:
                if may_end and not data:
                    return None
                os._exit(0)
            data += piece
        return bytes(data)

    def write(self, header, pieces, more=0):
        """@param more bytes that the caller will write after this"""
        text = json.dumps(header, ensure_ascii=False).encode('utf-8', 'replace')
        size = sum(len(piece) for piece in pieces) + more
        self.raw(struct.pack('<II', 4 + len(text) + size, len(text)) + text + b''.join(pieces))

    def raw(self, data):
        view = memoryview(data)
        while view:
            view = view[os.write(1, view):]


class Zygote:
    """A handle on a fork server: cells to take, one of them always on order."""

    def __init__(self, control, pid):
        self.control = control
        self.pid = pid
        self.ordered = None
        self.order(0)

    def order(self, done):
        """Wants a cell. @param done the pid of one that has ended, 0: none"""
        ours, theirs = _socket.socketpair()
        send(self.control, struct.pack('<I', done), [theirs.fileno()])
        theirs.close()
        self.ordered = ours

    def take(self):
        """The pid and control socket of a fresh cell."""
        control, self.ordered = self.ordered, None
        message, _ = receive(self.control)
        if message is None:
            raise cell.CellError('a zygote ended')
        return struct.unpack('<i', message)[0], control

    def end(self):
        self.control.close()
        if self.ordered is not None:
            self.ordered.close()
        os.waitpid(self.pid, 0)


class Warden:
    def __init__(self):
        self.host = Host()
        hello, code = self.host.read()
        self.hello = hello
        plain = hello['filterBytes']
        self.setup = {'filter': code[:plain], 'watching': code[plain:], 'covered': hello['covered']}
        self.calls = [{int(number): name for number, name in hello[part].items()} for part in ('watched', 'refused')]
        self.cgroups = (hello['cgroup'] or {}).get('procs', [])
        self.meter = CgroupMeter(hello['cgroup']) if hello['cgroup'] else ProcessMeter()
        self.network = None if hello['network'] else NetworkMeter()
        self.warm = {}
        self.seen = []
        self.plain = self.start_plain()

    def start_plain(self):
        ours, theirs = _socket.socketpair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            blind = os.open('/dev/null', os.O_RDWR)
            os.dup2(blind, 0)
            os.dup2(blind, 1)
            zygotes.serve(theirs, dict(self.setup, cgroups=self.cgroups))
        theirs.close()
        return Zygote(ours, pid)

    def start_warm(self, script, env):
        ours, theirs = _socket.socketpair()
        # Pipes, as a job's streams are: Python looks at them once, at its start.
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.dup2(read_end, 0)
            os.dup2(write_end, 1)
            sock = os.dup(theirs.fileno())
            os.dup2(sock, 3)
            os.closerange(4, 256)
            os.chdir(cell.WORK)
            os.execve(self.hello['python'], [self.hello['python'], script], dict(hooked(env), LD_BIND_NOW='1'))
        theirs.close()
        os.close(read_end)
        os.close(write_end)
        send(ours, marshal.dumps(self.setup), self.cgroups)
        loaded, _ = receive(ours)
        if loaded is None:
            raise cell.CellError('a warm interpreter did not start')
        zygote = Zygote(ours, pid)
        zygote.loaded = set(marshal.loads(loaded))
        return zygote

    def zygote_for(self, job):
        """The fork server for a job; turns a warm job into a plain one where starting anew is the better way."""
        warm = job['warm']
        if warm is None:
            return self.plain
        names = beside(warm['script'], job['files'])
        key = (warm['script'], tuple(sorted(job['env'].items())))
        zygote = self.warm.pop(key, None)
        if zygote is None and key in self.seen and harmless(job['env']):
            while len(self.warm) >= WARM_KEPT:
                self.warm.pop(next(iter(self.warm))).end()
            zygote = self.start_warm(warm['script'], job['env'])
        if zygote is not None:
            self.warm[key] = zygote
            # A file of the job that would be imported in place of a module that is loaded already.
            if zygote.loaded.isdisjoint(names):
                return zygote
        self.seen = [other for other in self.seen if other != key][-WARM_SEEN:] + [key]
        job['argv'] = [self.hello['python'], warm['script']] + warm['args']
        job['env'] = dict(hooked(job['env']), WINNOW_SEED=','.join([str(warm['seed'])] + sorted(filter(str.isidentifier, names))))
        job['warm'] = None
        return self.plain

    def serve(self):
        self.host.write({'ready': True}, [])
        while True:
            job, body = self.host.read()
            if job is None:
                return
            try:
                self.run(job, body)
            except (cell.CellError, EOFError, OSError) as problem:
                # This worker is not to be trusted any more; the host ends it.
                unstarted = problem.name if isinstance(problem, Unstarted) else None
                self.host.write({'broken': '%s: %s' % (type(problem).__name__, problem), 'unstarted': unstarted}, [])
                return

    def run(self, job, body):
        zygote = self.zygote_for(job)
        pid, control = zygote.take()
        stdin_size = job.pop('stdin')
        job['body'] = len(body) - stdin_size
        self.meter.start(job, pid)
        watch = Watch(job, control, self.meter, memoryview(body)[job['body']:], self.calls)
        send(control, marshal.dumps(job), watch.theirs)
        watch.close_theirs()
        sendall(control, memoryview(body)[:job['body']])
        try:
            report = watch.follow()
        except BaseException:
            os.kill(pid, signals.SIGKILL)
            raise
        self.reply(job, watch, report)
        control.close()
        zygote.order(pid)

    def reply(self, job, watch, report):
        if 'broken' in report:
            raise cell.CellError(report['broken'])
        if report['failure']:
            raise Unstarted(job['argv'][0], report['failure'])
        omitted = [stream.finish() for stream in watch.streams]
        pieces = [part for stream in watch.streams for part in (stream.head, stream.tail)]
        header = {
            'stopped': watch.verdict(report),
            'status': report['status'],
            'wall': report['wall'],
            'cpu': watch.cpu(report),
            'peak': self.meter.peak(report['rss']),
            'parts': [len(piece) for piece in pieces],
            'omitted': omitted,
            'files': report['files'],
            'witnessed': watch.witnessed(report),
            # Then this worker's network is not as new for the next job.
            'spent': self.network is not None and self.network.used(),
        }
        left = sum(size for _, change, size, _ in report['files'])
        self.host.write(header, pieces, left)
        while left:
            piece = watch.control.recv(min(left, 1 << 20))
            if not piece:
                os._exit(1)  # half a frame is out; only the end of this process says that it is broken
            self.host.raw(piece)
            left -= len(piece)


def hooked(env):
    path = env.get('PYTHONPATH')
    return dict(env, PYTHONPATH='/run/winnow/hook' + ('' if path is None else os.pathsep + path))


def harmless(env):
    """Whether an interpreter that is not confined may start with this environment."""
    return all(name in WARM_ENV and WARM_ENV[name].fullmatch(value) for name, value in env.items())


def beside(script, files):
    """Names that a script could import from its own directory."""
    directory = os.path.dirname(os.path.normpath(script))
    start = directory + '/' if directory else ''
    return {path[len(start):].split('/')[0].split('.')[0] for path, _, _ in files if path.startswith(start)}


if __name__ == '__main__':
    signals.signal(signals.SIGPIPE, signals.SIG_IGN)
    # Its zygotes have the same user, and an interpreter that runs as one is much code.
    cell.prctl(cell.PR_SET_DUMPABLE, 0, 0, 0, 0)
    Warden().serve()
