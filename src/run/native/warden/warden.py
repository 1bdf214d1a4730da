"""The warden: the one trusted process of a worker that outlives jobs.

It speaks with the host over its standard input and output (frames of `frames.ts`), has a zygote clone a cell per
job, carries data in and out, and holds the limits that need a watcher: elapsed time, CPU time of all processes together, output, and, where
the kernel's own counters are not to be had, memory. It never runs anything of a job itself and holds no job's data beyond its end.
One job at a time; the next cell is cloned while the host thinks.
"""
import json
import marshal
import os
import select
import struct
import sys
import time

sys.path.insert(0, '/run/winnow')
import _signal as signals
import _socket

import cell
import zygote as zygotes
from meters import CgroupMeter, NetworkMeter, ProcessMeter

#: Warm interpreters kept at once, about 12 MB each, most of it shared with nobody.
WARM_KEPT = 2
#: Combinations of script and environment remembered; the second use of one starts a warm interpreter for it.
WARM_SEEN = 16
#: How long a cell may take to end a job and hand over its files before it counts as broken, s. Large outputs on a busy machine take seconds.
ENDING_S = 30.0
CHUNK = 1 << 16


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
        text = json.dumps(header).encode()
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
        self.order()

    def order(self):
        ours, theirs = _socket.socketpair()
        cell.send(self.control, struct.pack('<cI', b'f', 0), [theirs.fileno()])
        theirs.close()
        self.ordered = ours

    def take(self):
        """The pid and control socket of a fresh cell."""
        control, self.ordered = self.ordered, None
        message, _ = cell.receive(self.control)
        if message is None:
            raise cell.CellError('a zygote ended')
        return struct.unpack('<i', message)[0], control

    def done(self, pid):
        cell.send(self.control, struct.pack('<cI', b'r', pid))
        self.order()

    def end(self):
        self.control.close()
        if self.ordered is not None:
            self.ordered.close()
        os.waitpid(self.pid, 0)


class Stream:
    """What a pipe carried, in bounded memory: the first half of what is kept, and the last."""

    def __init__(self, name, fd, keep, most):
        self.name, self.fd, self.most = name, fd, most
        self.head, self.tail = bytearray(), bytearray()
        self.head_keep, self.tail_keep = keep - keep // 2, keep // 2
        self.total = 0

    def take(self):
        """Reads once. False at the end."""
        data = os.read(self.fd, CHUNK)
        if not data:
            return False
        room = self.most - self.total
        self.total += len(data)
        data = data[:max(room, 0)]
        first = self.head_keep - len(self.head)
        if first > 0:
            self.head += data[:first]
            data = data[first:]
        self.tail += data
        if len(self.tail) > self.tail_keep + CHUNK:
            self.cut()
        return True

    def cut(self):
        if len(self.tail) > self.tail_keep:
            del self.tail[:len(self.tail) - self.tail_keep]

    def finish(self):
        self.cut()
        seen = min(self.total, self.most)
        return seen - len(self.head) - len(self.tail)


class Warden:
    def __init__(self):
        self.host = Host()
        hello, code = self.host.read()
        self.hello = hello
        self.setup = {'filter': code, 'covered': hello['covered']}
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
            os.execve(self.hello['python'], [self.hello['python'], script], hooked(env))
        theirs.close()
        os.close(read_end)
        os.close(write_end)
        cell.send(ours, marshal.dumps(self.setup), self.cgroups)
        loaded, _ = cell.receive(ours)
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
        if zygote is None and key in self.seen:
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
                self.host.write({'broken': '%s: %s' % (type(problem).__name__, problem)}, [])
                return

    def run(self, job, body):
        zygote = self.zygote_for(job)
        pid, control = zygote.take()
        stdin_size = job.pop('stdin')
        job['body'] = len(body) - stdin_size
        self.meter.start(job, pid)
        watch = Watch(job, control, self.meter, memoryview(body)[job['body']:])
        cell.send(control, marshal.dumps(job), watch.theirs)
        watch.close_theirs()
        cell.sendall(control, memoryview(body)[:job['body']])
        try:
            report = watch.follow()
        except BaseException:
            os.kill(pid, signals.SIGKILL)
            raise
        self.reply(job, watch, report)
        control.close()
        zygote.done(pid)

    def reply(self, job, watch, report):
        if 'broken' in report:
            raise cell.CellError(report['broken'])
        if report['failure']:
            raise cell.CellError('cannot start %s: %s' % (job['argv'][0], os.strerror(report['failure'])))
        omitted = [stream.finish() for stream in watch.streams]
        pieces = [part for stream in watch.streams for part in (stream.head, stream.tail)]
        header = {
            'stopped': watch.verdict(report),
            'status': report['status'],
            'wall': report['wall'],
            'cpu': report['cpu'],
            'peak': self.meter.peak(report['rss']),
            'parts': [len(piece) for piece in pieces],
            'omitted': omitted,
            'files': report['files'],
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


class Watch:
    """Follows one job: moves its streams, and says stop when a limit is passed."""

    def __init__(self, job, control, meter, stdin):
        self.job, self.control, self.meter, self.stdin = job, control, meter, stdin
        self.stopped = None
        in_read, self.in_write = os.pipe()
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        self.theirs = [in_read, out_write, err_write]
        self.streams = [Stream(name, fd, job['keepBytes'], job['outputBytes']) for name, fd in (('stdout', out_read), ('stderr', err_read))]
        os.set_blocking(self.in_write, False)

    def close_theirs(self):
        for fd in self.theirs:
            os.close(fd)

    def follow(self):
        """Until the job and all it started have ended and every byte they wrote has come. Returns the cell's report."""
        poll = select.poll()
        poll.register(0, 0)  # only its end is of interest: the host has gone
        poll.register(self.control, select.POLLIN)
        open_streams = {stream.fd: stream for stream in self.streams}
        for fd in open_streams:
            poll.register(fd, select.POLLIN)
        self.feed(poll, True)
        report = None
        began = None
        while report is None or open_streams:
            for fd, event in poll.poll(self.pause(began)):
                if fd == 0:
                    os._exit(0)
                elif fd == self.control.fileno():
                    if began is None and self.control.recv(1, _socket.MSG_PEEK) == b's':
                        self.control.recv(1)
                        began = time.monotonic()
                        continue
                    message, _ = cell.receive(self.control)
                    if message is None:
                        raise cell.CellError('a cell ended before it reported')
                    report = marshal.loads(message)
                    poll.unregister(self.control)
                    if 'broken' in report:
                        return report
                elif fd == self.in_write:
                    self.feed(poll, False)
                elif not open_streams[fd].take():
                    poll.unregister(fd)
                    os.close(fd)
                    del open_streams[fd]
                elif open_streams[fd].total > self.job['outputBytes']:
                    self.stop('output-' + open_streams[fd].name)
            if began is not None and report is None:
                self.judge(time.monotonic() - began)
        if self.in_write is not None:
            os.close(self.in_write)
        return report

    def feed(self, poll, first):
        try:
            while self.stdin:
                self.stdin = self.stdin[os.write(self.in_write, self.stdin[:CHUNK]):]
        except BlockingIOError:
            if first:
                poll.register(self.in_write, select.POLLOUT)
            return
        except BrokenPipeError:
            pass  # it does not want the rest
        if not first:
            poll.unregister(self.in_write)
        os.close(self.in_write)
        self.in_write = None

    def pause(self, began):
        """How long nothing has to be looked at, ms."""
        if began is None or self.stopped is not None:
            return ENDING_S * 1000
        wall = self.job['wallMs'] - (time.monotonic() - began) * 1000
        return max(0.0, min(wall, self.meter.pause_ms)) + 0.5

    def judge(self, elapsed):
        if self.stopped is not None:
            if elapsed > self.stopped_at + ENDING_S:
                raise cell.CellError('a cell did not end its job within %d s' % ENDING_S)
        elif elapsed * 1000 >= self.job['wallMs']:
            self.stop('wall', elapsed)
        else:
            reason = self.meter.look()
            if reason is not None:
                self.stop(reason, elapsed)

    def stop(self, reason, elapsed=0.0):
        if self.stopped is None:
            self.stopped, self.stopped_at = reason, elapsed
            try:
                self.control.send(b'x')
                os.kill(self.meter.cell_pid, signals.SIGUSR1)
            except OSError:
                pass  # it ended at this moment; the report is on its way

    def verdict(self, report):
        """What ended the job, if a limit did. Counters decide before clocks, so that the answer does not hang on who was quicker."""
        for stream in self.streams:
            if stream.total > self.job['outputBytes']:
                return 'output-' + stream.name
        if self.stopped == 'memory' or self.meter.ran_out():
            return 'memory'
        if report['cpu'] * 1000 > self.job['cpuMs']:
            return 'cpu'
        return self.stopped


def hooked(env):
    path = env.get('PYTHONPATH')
    return dict(env, PYTHONPATH='/run/winnow/hook' + ('' if path is None else os.pathsep + path))


def beside(script, files):
    """Names that a script could import from its own directory."""
    directory = os.path.dirname(script)
    start = directory + '/' if directory else ''
    return {path[len(start):].split('/')[0].split('.')[0] for path, _, _ in files if path.startswith(start)}


if __name__ == '__main__':
    signals.signal(signals.SIGPIPE, signals.SIG_IGN)
    Warden().serve()
