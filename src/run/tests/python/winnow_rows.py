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


class Rows:
    def __init__(self, path, key):
        self.path = path
        self.key = key.encode('ascii')
        self.number = 0
        self.own = getpid()
        self.fd = self.open()

    def open(self):
        return os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, 'O_CLOEXEC', 0), 0o600)

    def write(self, **row):
        # A test may fork; its child is no runner, whatever it goes on to run.
        if getpid() != self.own:
            return
        text = '%d %s' % (self.number, dumps(row, separators=(',', ':')))
        line = ('%s %s\n' % (digest(self.key, text.encode('ascii'), sha256).hexdigest()[:32], text)).encode('ascii')
        self.number += 1
        try:
            self.put(line)
        except OSError:  # a test closed every descriptor it could find
            self.fd = self.open()
            self.put(line)

    def put(self, line):
        while line:
            line = line[os.write(self.fd, line):]


def cut(text, most):
    text = text if type(text) is str else str(text)
    return text if len(text) <= most else text[:most - 1] + '…'
