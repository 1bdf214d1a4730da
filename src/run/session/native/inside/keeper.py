"""The keeper: the one trusted process of a session's sandbox, between the host and a program that lives on.

It speaks with the host over its standard input and output in frames (u32 length of the payload, u8 kind, payload; little-endian), clones
one cell (`livecell.py`), and moves bytes: of the program's two streams, and of its channel, which it does not read. What it adds is order and measure:
whatever comes over the channel is passed on after everything that was written to the streams before it, and with the CPU time used so far.

A program keeps its words in order by `sync`: it sends a byte over its second descriptor and waits for one, which comes when both streams have
been emptied. The program is told nothing else, and nothing it sends is acted on here.
"""
import _signal as signals
import errno
import fcntl
import json
import marshal
import os
import select
import struct
import sys
import termios
import time

sys.path.insert(0, '/run/winnow')
import _socket

import cell
import livecell
from messages import receive, send
from meters import CgroupMeter, ProcessMeter
from overlay import DiskMeter

# Host to keeper.
START, SEND, SIGNAL, KILL, BEGIN, REST, FILES, MEASURE = range(1, 9)
# Keeper to host.
READY, STDOUT, STDERR, CHANNEL, ENDED, DONE, LIMIT, OMITTED, BROKEN, MEASURED = range(1, 11)

CHUNK = 1 << 16
#: Between looks at a program while no cell runs, ms: what goes on in the background is bounded too, but nobody waits for it.
REST_MS = 2000.0
#: Words for a program that does not read, bytes; more than any cell's code (`cell.ts`).
WAITING_MOST = 64 << 20
#: The longest an operation on files may take, s: a gigabyte of a small tmpfs takes one.
FILES_S = 60.0
#: A program's end closes its channel first: how long that may take before it counts as closed by a program that lives on, s.
CLOSED_S = 0.2


class Broken(Exception):
    """The harness failed, not the program."""


class Keeper:
    def __init__(self):
        self.inbox = bytearray()
        self.outbox = []
        kind, hello = self.read_frame()
        size, = struct.unpack('<I', hello[:4])
        self.hello = json.loads(hello[4:4 + size].decode())
        groups = self.hello['cgroup']
        setup = {
            'filter': cell.program_filter(hello[4 + size:]),
            'covered': self.hello['covered'],
            'cgroups': (groups or {}).get('procs', []),
        }
        self.meter = CgroupMeter(groups) if groups else ProcessMeter()
        self.counted = bool(groups)
        self.disk = None if self.hello['over'] is None else DiskMeter(self.hello['over']['mostBytes'])
        self.control, self.cell_pid = livecell.clone(setup, self.hello)
        self.hear()
        self.meter.start({'cpuMs': self.hello['cpuMs'], 'memoryBytes': self.hello['memoryBytes'], 'processes': self.hello['processes']}, self.cell_pid)
        self.running = False
        self.is_cell = False
        self.told_cpu = False
        self.killed_for = None
        self.cpu_base = 0.0
        self.waiting = bytearray()
        self.next_look = 0.0
        self.out_total = [0, 0]
        self.out_omitted = [0, 0]
        self.out_told = [0, 0]
        self.streams = []
        self.channel = self.sync = None
        self.closed_at = None
        self.most = 0
        self.poll = select.poll()
        self.poll.register(0, select.POLLIN)
        self.poll.register(self.control, select.POLLIN)
        self.tell(READY, {'counted': self.counted})

    # The host.

    def read_frame(self):
        while True:
            if len(self.inbox) >= 5:
                size, kind = struct.unpack_from('<IB', self.inbox)
                if len(self.inbox) >= 5 + size:
                    payload = bytes(self.inbox[5:5 + size])
                    del self.inbox[:5 + size]
                    return kind, payload
            piece = os.read(0, 1 << 20)
            if not piece:
                os._exit(0)
            self.inbox += piece

    def has_frame(self):
        return len(self.inbox) >= 5 and len(self.inbox) >= 5 + struct.unpack_from('<I', self.inbox)[0]

    def put(self, kind, *parts):
        self.outbox.append(struct.pack('<IB', sum(map(len, parts)), kind))
        self.outbox.extend(parts)

    def tell(self, kind, value):
        self.put(kind, json.dumps(value).encode('utf-8', 'replace'))
        self.flush()

    def flush(self):
        if self.outbox:
            data = memoryview(b''.join(self.outbox))
            self.outbox.clear()
            while data:
                data = data[os.write(1, data):]

    # The program.

    def hear(self):
        message, _ = receive(self.control)
        if message is None:
            raise Broken('a cell ended before it reported')
        report = marshal.loads(message)
        if 'broken' in report:
            raise Broken(report['broken'])
        return report

    def order(self, command, fds=()):
        send(self.control, marshal.dumps(command), fds)
        os.kill(self.cell_pid, signals.SIGUSR1)

    def start(self, program):
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        ours, theirs = _socket.socketpair()
        sync, their_sync = _socket.socketpair()
        null = os.open('/dev/null', os.O_RDONLY | os.O_CLOEXEC)
        fds = [null, out_write, err_write, theirs.fileno(), their_sync.fileno()]
        program['do'] = 'start'
        self.order(program, fds)
        for fd in (null, out_write, err_write):
            os.close(fd)
        theirs.close()
        their_sync.close()
        for fd in (out_read, err_read):
            os.set_blocking(fd, False)
            self.poll.register(fd, select.POLLIN)
        ours.setblocking(False)
        sync.setblocking(False)
        self.poll.register(ours, select.POLLIN)
        self.poll.register(sync, select.POLLIN)
        self.streams = [out_read, err_read]
        self.channel, self.sync = ours, sync
        self.waiting.clear()
        self.closed_at = None
        self.running = True
        self.killed_for = None
        # What the program before it used, and perhaps was ended for, is not this one's.
        self.cpu_base = self.meter.used()

    def begin(self, terms):
        if self.is_cell:
            self.rest()
        self.is_cell, self.told_cpu = True, False
        self.most = terms['outputBytes']
        self.out_total, self.out_omitted, self.out_told = [0, 0], [0, 0], [0, 0]
        self.meter.cpu_ms = terms['cpuMs']
        if self.counted:
            self.ooms = self.meter.oom_count()
        self.next_look = 0.0

    def rest(self):
        # What the background uses until the next cell counts as that cell's.
        self.is_cell = False
        self.cpu_base = self.meter.used()

    def cpu(self):
        return max(self.meter.used() - self.cpu_base, 0.0)

    def drain(self, index):
        """What the stream has now, and not what a program that writes for ever adds meanwhile."""
        fd = self.streams[index]
        if fd is None:
            return
        left = struct.unpack('i', fcntl.ioctl(fd, termios.FIONREAD, b'\0\0\0\0'))[0]
        while left > 0:
            got = self.take(index)
            if not got:
                return
            left -= got

    def take(self, index):
        """Reads a stream once. Returns how much came; 0: nothing, or it has ended."""
        fd = self.streams[index]
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return 0
        if not data:
            self.poll.unregister(fd)
            os.close(fd)
            self.streams[index] = None
            return 0
        # One byte past the limit tells the host that it was passed.
        room = self.most + 1 - self.out_total[index]
        self.out_total[index] += len(data)
        if room >= len(data):
            self.put(STDOUT + index, data)
        else:
            kept = data[:max(room, 0)]
            if kept:
                self.put(STDOUT + index, kept)
            self.out_omitted[index] += len(data) - len(kept)
        return len(data)

    def tell_omitted(self):
        if self.out_omitted != self.out_told:
            news = [now - before for now, before in zip(self.out_omitted, self.out_told)]
            self.out_told = list(self.out_omitted)
            self.put(OMITTED, json.dumps(news).encode())

    def read_channel(self):
        """Whether anything came."""
        if self.channel is None:
            return
        try:
            data = self.channel.recv(CHUNK)
        except (BlockingIOError, ConnectionResetError):
            return
        if not data:
            # Closed by the program; if it does not end now, it lives on and is of no use.
            self.poll.unregister(self.channel)
            self.channel.close()
            self.channel = None
            self.closed_at = time.monotonic()
            return
        self.tell_omitted()
        self.put(CHANNEL, struct.pack('<d', self.cpu()), data)

    def answer_sync(self):
        try:
            asked = self.sync.recv(64)
        except (BlockingIOError, ConnectionResetError):
            return
        if not asked:
            self.poll.unregister(self.sync)
            self.sync.close()
            self.sync = None
            return
        self.drain(0)
        self.drain(1)
        try:
            self.sync.send(asked)
        except OSError:
            pass  # it asks and never reads the answer

    def send_waiting(self):
        try:
            while self.waiting and self.channel is not None:
                del self.waiting[:self.channel.send(self.waiting[:CHUNK])]
        except BlockingIOError:
            pass
        except OSError:
            self.waiting.clear()  # it has closed its end or has ended
        if self.channel is not None:
            self.poll.modify(self.channel, select.POLLIN | (select.POLLOUT if self.waiting else 0))

    def kill(self, why):
        if self.running and self.killed_for is None:
            self.killed_for = why
            self.order({'do': 'kill'})

    def program_ended(self, report):
        for index in (0, 1):
            # Everything that could write has ended, so this comes to an end.
            while self.streams[index] is not None:
                if not self.take(index) and self.streams[index] is not None:
                    break
        while self.channel is not None and self.read_from_ended():
            pass
        for one in (self.channel, self.sync):
            if one is not None:
                self.poll.unregister(one)
                one.close()
        for index, fd in enumerate(self.streams):
            if fd is not None:
                self.poll.unregister(fd)
                os.close(fd)
        self.streams, self.channel, self.sync = [], None, None
        self.running = False
        memory = self.killed_for == 'memory' or (self.counted and self.is_cell and self.meter.oom_count() > self.ooms)
        self.tell_omitted()
        self.put(ENDED, json.dumps({
            'status': report['status'],
            'unstarted': errno.errorcode.get(report['failure'], str(report['failure'])) if report['failure'] else None,
            'killed': self.killed_for,
            'memory': memory,
            'cpuMs': self.cpu(),
        }).encode())

    def read_from_ended(self):
        before = len(self.outbox)
        self.read_channel()
        return len(self.outbox) > before

    # One turn.

    def pause(self):
        """How long nothing has to be looked at, ms."""
        if not self.running:
            return None
        if self.closed_at is not None:
            return CLOSED_S * 1000
        if not self.is_cell:
            return REST_MS
        return max(self.meter.pause_ms, 1.0)

    def look(self, now):
        if self.closed_at is not None and now > self.closed_at + CLOSED_S:
            self.closed_at = None
            self.put(CHANNEL, struct.pack('<d', self.cpu()))
        if now < self.next_look:
            return
        reason = self.meter.look()
        self.next_look = now + (self.meter.pause_ms if self.is_cell else REST_MS) / 1000
        if self.cpu() > self.hello['cpuMs'] or reason == 'cpu':
            if self.cpu() <= self.meter.cpu_ms:
                pass  # CPU time of earlier cells
            elif not self.is_cell:
                self.kill('cpu')
            elif not self.told_cpu:
                self.told_cpu = True
                self.put(LIMIT, json.dumps('cpu').encode())
        if reason == 'memory' and not self.counted:
            self.kill('memory')
        if reason == 'processes':
            self.kill('processes')
        if self.disk is not None and self.disk.passed():
            self.kill('disk')

    def obey(self, kind, payload):
        if kind == START:
            self.start(json.loads(payload.decode()))
        elif kind == SEND:
            if len(self.waiting) + len(payload) > WAITING_MOST:
                self.kill('channel')
            self.waiting += payload
            self.send_waiting()
        elif kind == SIGNAL:
            if self.running:
                self.order({'do': 'signal', 'number': payload[0]})
        elif kind == KILL:
            self.kill('host')
        elif kind == BEGIN:
            self.begin(json.loads(payload.decode()))
        elif kind == REST:
            self.rest()
        elif kind == FILES:
            self.files(payload)
        elif kind == MEASURE:
            self.tell(MEASURED, {'memoryBytes': self.memory()})

    def memory(self):
        if self.counted:
            return int(self.meter.text('memoryNow'))
        self.meter.look()
        return self.meter.highest

    def files(self, payload):
        """Passes an operation on and its answer back, piece by piece: u64 length of all of it, then that much."""
        ours, theirs = _socket.socketpair()
        ours.settimeout(FILES_S)
        size, = struct.unpack('<I', payload[:4])
        self.order({'do': 'files', 'ask': payload[4:4 + size], 'body': len(payload) - 4 - size}, [theirs.fileno()])
        theirs.close()
        try:
            view = memoryview(payload)[4 + size:]
            while view:
                view = view[ours.send(view[:1 << 20]):]
            start = bytearray()
            while len(start) < 8:
                piece = ours.recv(8 - len(start))
                if not piece:
                    raise Broken('a cell did not answer about its files')
                start += piece
            left, = struct.unpack('<Q', start)
            self.flush()
            self.outbox.append(struct.pack('<IB', left, DONE))
            self.flush()
            while left:
                piece = ours.recv(min(left, 1 << 20))
                if not piece:
                    raise Broken('a cell gave less of its files than it said')
                left -= len(piece)
                self.outbox.append(piece)
                self.flush()
        except _socket.timeout:
            raise Broken('an operation on files took longer than %d s' % FILES_S)
        finally:
            ours.close()

    def turn(self):
        ready = dict(self.poll.poll(self.pause()))
        # The channel first: what a program says over it was said before what is found in its streams from now on.
        self.read_channel_if(ready)
        for index in (0, 1):
            if index < len(self.streams) and self.streams[index] in ready:
                self.read_channel()
                self.take(index)
        if self.sync is not None and self.sync.fileno() in ready:
            self.answer_sync()
        if self.channel is not None and self.waiting and self.channel.fileno() in ready:
            self.send_waiting()
        if self.control.fileno() in ready:
            self.program_ended(self.hear())
        if self.running:
            self.look(time.monotonic())
        self.flush()
        if 0 in ready:
            piece = os.read(0, 1 << 20)
            if not piece:
                os._exit(0)
            self.inbox += piece
        while self.has_frame():
            self.obey(*self.read_frame())
            self.flush()

    def read_channel_if(self, ready):
        if self.channel is not None and self.channel.fileno() in ready:
            self.read_channel()


def main():
    signals.signal(signals.SIGPIPE, signals.SIG_IGN)
    cell.prctl(cell.PR_SET_DUMPABLE, 0, 0, 0, 0)
    keeper = None
    try:
        keeper = Keeper()
        while True:
            keeper.turn()
    except (Broken, cell.CellError, EOFError, OSError) as problem:
        text = json.dumps('%s: %s' % (type(problem).__name__, problem)).encode()
        os.write(1, struct.pack('<IB', len(text), BROKEN) + text)
        os._exit(1)


main()
