"""What is written of a run, in which order, and what is left out: winnow.trace/1 (docs/formats.md).

Each event is one text. While a line (or a code's calls) has happened less than `firstHits` times, its events are written as they come. From then
on they are held back, the last `lastHits` for each line, and written before the next event that is not. So the order is that of the run, and memory
is bounded by lines, not by time.
"""
import os
from builtins import OSError, len, sorted
from collections import deque
from json.encoder import encode_basestring_ascii as quoted

FLUSH_EVENTS = 2000
write, open_file, close_file = os.write, os.open, os.close
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND


class Recorder:
    def __init__(self, path, limits):
        self.path = path
        self.fd = None
        self.pending = []
        self.left = limits['events']
        self.bytes = limits['bytes']
        self.first = limits['firstHits']
        self.last = limits['lastHits']
        self.skipped = 0
        self.dropped = 0
        self.thread = 0
        self.held = {}  # key of a line or code → deque of (order, text)
        self.order = 0
        self.on = True

    def emit(self, thread, text):
        """An event that is written now. The text begins after the brace."""
        if self.left <= 0:
            self.hold((-1, 0), thread, text)
            return
        self.left -= 1
        if self.held:
            self.release()
        pending = self.pending
        if thread != self.thread:
            self.thread = thread
            pending.append('{"e":"thread","t":%d}' % thread)
        if self.skipped:
            pending.append('{"skip":%d,%s}' % (self.skipped, text))
            self.skipped = 0
        else:
            pending.append('{%s}' % text)
        if len(pending) >= FLUSH_EVENTS:
            self.flush()

    def hold(self, key, thread, text):
        """An event that is written only if it is among the last of its key: number of the code, and line (0: calls and ends).

        @returns the row; what belongs to the event can be put behind its text
        """
        held = self.held.get(key)
        if held is None:
            held = self.held[key] = deque(maxlen=self.last)
        if len(held) == self.last:
            if key[1] <= 0:
                self.dropped += 1
            else:
                self.skipped += 1
        row = [self.order, thread, text]
        self.order += 1
        held.append(row)
        return row

    def release(self):
        """What is held back, in the order in which it happened."""
        rows = sorted([row for held in self.held.values() for row in held], key=first_of)
        self.held = {}
        for _, thread, text in rows:
            if thread != self.thread:
                self.thread = thread
                self.pending.append('{"e":"thread","t":%d}' % thread)
            self.pending.append('{%s}' % text)

    def always(self, text):
        """Rows that no limit leaves out: codes, counts, the end."""
        self.pending.append('{%s}' % text)

    def flush(self, final=False):
        """@returns nothing. What cannot be written is lost, and the recording then has no end."""
        pending, self.pending = self.pending, []
        if not pending:
            return
        data = ('\n'.join(pending) + '\n').encode('ascii')
        if not final:
            if len(data) > self.bytes:
                # Codes are few, and without them what was written before says nothing.
                kept = [row for row in pending if row.startswith('{"e":"code"')]
                self.left = self.bytes = 0
                self.dropped += len(pending) - len(kept)
                data = ('\n'.join(kept) + '\n').encode('ascii') if kept else b''
            else:
                self.bytes -= len(data)
        try:
            if self.fd is None:
                self.fd = open_file(self.path, FLAGS, 0o644)
            self.put(data)
        except OSError:
            # The program may have closed what it did not open.
            try:
                self.fd = open_file(self.path, FLAGS, 0o644)
                self.put(data)
            except OSError:
                self.on = False

    def put(self, data):
        while data:
            done = write(self.fd, data)
            data = data[done:]


def first_of(row):
    return row[0]


def hits_text(file, lines, ways):
    return '"e":"hits","file":%s,"lines":[%s],"ways":[%s]' % (
        quoted(file),
        ','.join(['[%d,%d]' % pair for pair in sorted(lines.items())]),
        ','.join(['[%d,%d,%d]' % (way[0], way[1], count) for way, count in sorted(ways.items())]),
    )
