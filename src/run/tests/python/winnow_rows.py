"""Rows of a report, each sealed: a number that rises, a keyed digest of number and text, and the text.

So what a test prints, or appends to the file, is no row; and a row that is taken away is missed. A test that looks for the key in the memory
of its own process finds it.
"""
import hashlib
import hmac
import json
import os

#: Characters of a name, a message, and of all that a runner says of one failure.
NAME, MESSAGE, DETAILS = 2000, 2000, 20_000

digest = hmac.new
sha256 = hashlib.sha256
dumps = json.dumps
getpid = os.getpid
# As they are before a test replaces them.
fstat, stat, unlink, makedirs, pread = os.fstat, os.stat, os.unlink, os.makedirs, os.pread


class Rows:
    def __init__(self, path, key, number=0):
        self.path = path
        self.directory = os.path.dirname(path)
        self.key = key.encode('ascii')
        self.number = number
        self.own = getpid()
        self.fd = self.open()

    def open(self):
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, 'O_CLOEXEC', 0), 0o600)
        self.id = id_of(fstat(fd))
        return fd

    def write(self, **row):
        # A test may fork; its child is no runner, whatever it goes on to run.
        if getpid() != self.own:
            return
        text = '%d %s' % (self.number, dumps(row, separators=(',', ':')))
        line = ('%s %s\n' % (digest(self.key, text.encode('ascii'), sha256).hexdigest()[:32], text)).encode('ascii')
        self.number += 1
        try:
            self.keep()
        except OSError:  # where the file cannot be put back, rows go on into the one without a name
            pass
        self.put(line)

    def keep(self):
        """Opens the file again where a test closed its descriptor, and puts it back where a test took it away: the descriptor still reads it."""
        try:
            is_own = id_of(fstat(self.fd)) == self.id
        except OSError:
            is_own = False
        try:
            there = id_of(stat(self.path))
        except FileNotFoundError:
            there = None
            makedirs(self.directory, exist_ok=True)
        if is_own and there == self.id:
            return
        if not is_own:
            self.fd = self.open()
            return
        if there is not None:
            unlink(self.path)
        before, at = self.fd, 0
        self.fd = self.open()
        part = pread(before, 1 << 20, at)
        while part:
            self.put(part)
            at += len(part)
            part = pread(before, 1 << 20, at)
        os.close(before)

    def put(self, line):
        while line:
            line = line[os.write(self.fd, line):]


class Begun:
    """Tests that began in a process before this one (`winnow_watch.py`): they are not run again, and not told again."""

    def __init__(self, names):
        self.count = len(names)
        self.left = {}
        for name in names:
            self.left[name] = self.left.get(name, 0) + 1

    def take(self, name):
        """Whether a test of this name is left among them; it is one less then."""
        name = cut(name, NAME)
        times = self.left.get(name, 0)
        if times:
            self.left[name] = times - 1
        return times > 0


def id_of(status):
    return status.st_ino, status.st_dev


def cut(text, most):
    text = text if type(text) is str else str(text)
    return text if len(text) <= most else text[:most - 1] + '…'
