"""One job, followed from outside its cell: its three streams are moved, its time and memory looked at, and it is told to stop.

Output is always read to its end, also after a stop, so that whether a limit was passed does not hang on who was quicker.
"""
import _signal as signals
import marshal
import os
import select
import struct
import time

import _socket
from cell import CellError
from messages import receive
from overlay import DiskMeter

#: How long a cell may take to end a job and hand over its files before it counts as broken, s. Large outputs on a busy machine take seconds.
ENDING_S = 30.0
#: How long one thing may take while changes of a directory are read, s: 10 GB are hashed in some 20.
COLLECTING_S = 600.0
CHUNK = 1 << 16


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


class Watch:
    """Follows one job: moves its streams, and says stop when a limit is passed."""

    def __init__(self, job, control, meter, stdin, calls):
        self.calls = calls
        self.witness = None
        self.job, self.control, self.meter, self.stdin = job, control, meter, stdin
        self.stopped = None
        self.next_look = 0.0
        self.disk = None if job['over'] is None else DiskMeter(job['over']['mostBytes'])
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
        # A job over a directory tells when it ended, since what it changed takes longer to read than a work directory.
        ended = self.job['over'] is None
        collecting = False
        awaited = self.job['watch']
        while report is None or open_streams:
            for fd, event in poll.poll(COLLECTING_S * 1000 if collecting else self.pause(began)):
                if fd == 0:
                    os._exit(0)
                elif fd == self.control.fileno():
                    if began is None and self.control.recv(1, _socket.MSG_PEEK) == b's':
                        self.control.recv(1)
                        began = time.monotonic()
                        continue
                    if awaited and began is not None:
                        awaited = False
                        self.listen(poll)
                        continue
                    if not ended and self.control.recv(1, _socket.MSG_PEEK) == b'e':
                        self.control.recv(1)
                        ended = collecting = True
                        continue
                    message, _ = receive(self.control)
                    if message is None:
                        raise CellError('a cell ended before it reported')
                    report = marshal.loads(message)
                    poll.unregister(self.control)
                    if 'broken' in report:
                        return report
                elif self.witness is not None and fd == self.witness.fd:
                    if event & select.POLLIN:
                        self.witness.take()
                    else:
                        poll.unregister(fd)
                        self.witness.close()
                        self.witness.fd = None
                elif fd == self.in_write:
                    self.feed(poll, False)
                elif not open_streams[fd].take():
                    poll.unregister(fd)
                    os.close(fd)
                    del open_streams[fd]
                elif open_streams[fd].total > self.job['outputBytes']:
                    self.stop('output-' + open_streams[fd].name)
            if began is not None and report is None and not collecting:
                self.judge(time.monotonic() - began)
        if self.in_write is not None:
            os.close(self.in_write)
        return report

    def listen(self, poll):
        """Takes the listener of the job's filter, or the word that there is none."""
        _, ancillary, _, _ = self.control.recvmsg(1, _socket.CMSG_SPACE(4), _socket.MSG_CMSG_CLOEXEC)
        if not ancillary:
            return
        from witness import Witness  # for jobs that ask for it alone
        fd, = struct.unpack('i', ancillary[0][2])
        watched, refused = self.calls
        self.witness = Witness(fd, {**refused, **watched}, watched, self.job['warm'] is None)
        poll.register(fd, select.POLLIN)

    def witnessed(self, report):
        """What was seen of the job's calls; None: nobody asked. Where they could not be watched, why."""
        if not self.job['watch']:
            return None
        if self.witness is None:
            return {'rows': [], 'omitted': 0, 'why': report['unwatched'] or 'the program did not start'}
        if self.witness.fd is not None:
            self.witness.close()
        return dict(self.witness.told(), why=None)

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
                raise CellError('a cell did not end its job within %d s' % ENDING_S)
        elif elapsed * 1000 >= self.job['wallMs']:
            self.stop('wall', elapsed)
        elif elapsed * 1000 >= self.next_look:
            reason = self.meter.look()
            if reason is None and self.disk is not None and self.disk.passed():
                reason = 'files'
            self.next_look = elapsed * 1000 + self.meter.pause_ms
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
        if self.cpu(report) * 1000 > self.job['cpuMs']:
            return 'cpu'
        return self.stopped

    def cpu(self, report):
        """CPU time used, s. The cell knows what was waited for, exactly; the meter knows also what nobody waited for."""
        return max(report['cpu'], self.meter.used() / 1000)
