"""What is written of a run, and what is left out: winnow.recording/1 (docs/formats.md). Each event is one text; texts are written some thousand at a time."""
import os
from builtins import OSError, len, sorted
from json.encoder import encode_basestring_ascii as quoted

FLUSH_EVENTS = 2000
write, open_file = os.write, os.open
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND


class Recorder:
    """`left`: events that may still be written."""

    def __init__(self, path, limits):
        self.path = path
        self.fd = None
        self.pending = []
        self.left = limits['events']
        self.bytes = limits['bytes']
        self.dropped = 0
        self.thread = 0
        self.on = True

    def emit(self, thread, text):
        """The text begins after the brace."""
        if self.left <= 0:
            self.dropped += 1
            return
        self.left -= 1
        pending = self.pending
        if thread != self.thread:
            self.thread = thread
            pending.append('{"e":"thread","t":%d}' % thread)
        pending.append('{%s}' % text)
        if len(pending) >= FLUSH_EVENTS:
            self.flush()

    def always(self, text):
        """Rows that no limit leaves out: codes, counts, notes, the end."""
        self.pending.append('{%s}' % text)

    def flush(self, final=False):
        """What cannot be written is lost, and the recording then has no end."""
        pending, self.pending = self.pending, []
        if not pending:
            return
        data = ('\n'.join(pending) + '\n').encode('ascii')
        if not final:
            if len(data) > self.bytes:
                data = self.fitting(pending)
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

    def fitting(self, pending):
        """The rows that there is room for, and codes: they are few, and without them the rest says nothing."""
        kept, room = [], self.bytes
        for row in pending:
            room -= len(row) + 1
            if room >= 0 or row.startswith('{"e":"code"'):
                kept.append(row)
            else:
                self.dropped += 1
        self.left = 0
        self.bytes = 0
        data = ('\n'.join(kept) + '\n').encode('ascii') if kept else b''
        self.bytes = len(data)
        return data

    def put(self, data):
        while data:
            done = write(self.fd, data)
            data = data[done:]


def hits_text(file, lines, ways, least=None):
    return '"e":"hits","file":%s,"lines":[%s],"ways":[%s]%s' % (
        quoted(file),
        ','.join(['[%d,%d]' % pair for pair in sorted(lines.items())]),
        ','.join(['[%d,%d,%d]' % (way[0], way[1], count) for way, count in sorted(ways.items())]),
        ',"least":[%s]' % ','.join(['%d' % line for line in sorted(least)]) if least else '',
    )
