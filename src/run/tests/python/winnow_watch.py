"""Holds the time that one test may take against tests that catch everything: the tests run in a child, and this process watches.

The runner's own alarm comes first, which ends a test and keeps the process. A test that goes on, because it catches what the alarm raises or never comes back
from C, is killed with its process; a new one goes on behind it. What has begun and ended is read from the sealed rows, so that a test cannot say it.
A test that kills this process ends the suite, and has crashed.
"""
import hashlib
import hmac
import json
import os
import signal
import sys
import time

#: s beyond the limit: two more alarms (`setitimer` in the runners).
GRACE = 2.0
#: s between two looks. A look is a `stat` and, where rows came, their reading.
PAUSE = 0.1


def watched(plan, path, run):
    """Calls `run(plan)` in a child, and again without the tests that began before, until one comes to its end by itself. Returns only in children."""
    rows = Seen(path, plan['key'])
    plan = dict(plan, begun=[], number=0)
    while True:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            return run(plan)
        status = attend(child, rows, plan['testSeconds'] + GRACE)
        if status is not None:
            leave(status)
        rows.read()
        late = rows.running()
        if late is not None:
            rows.write(e='test', n=late, state='timed-out', ms=round((plan['testSeconds'] + GRACE) * 1000), details='', at=None,
                       message='it took longer than %g s and did not stop when it was told to: its process was killed, and the tests after it ran in another' % plan['testSeconds'])
        plan = dict(plan, begun=list(rows.begun.values()), number=rows.number)


def attend(child, rows, limit):
    """The child's status; None: it was killed for a test that took longer than the limit."""
    current, since = None, 0.0
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        rows.read()
        running = rows.running()
        if running is None or running != current:
            current, since = running, time.monotonic()
        elif time.monotonic() - since > limit:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(PAUSE)


def leave(status):
    """Ends as the child ended."""
    if os.WIFEXITED(status):
        os._exit(os.WEXITSTATUS(status))
    number = os.WTERMSIG(status)
    signal.signal(number, signal.SIG_DFL) if number not in (signal.SIGKILL, signal.SIGSTOP) else None
    os.kill(os.getpid(), number)
    # The first process of a sandbox takes no signals from within.
    os._exit(128 + number)


class Seen:
    """The rows that the child has written so far."""

    def __init__(self, path, key):
        self.path = path
        self.key = key.encode('ascii')
        self.forget()

    def forget(self):
        self.id = None
        self.at = 0
        self.number = 0
        self.begun = {}  # every one, by its number
        self.open = {}  # those that have not ended

    def read(self):
        try:
            status = os.stat(self.path)
            if (status.st_ino, status.st_dev) != self.id:
                # It is new, or it was put back with all its rows.
                self.forget()
                self.id = (status.st_ino, status.st_dev)
            if status.st_size == self.at:
                return
            with open(self.path, 'rb') as file:
                file.seek(self.at)
                part = file.read()
        except OSError:
            return
        whole = part.rfind(b'\n') + 1
        self.at += whole
        for line in part[:whole].splitlines():
            self.take(line)

    def take(self, line):
        text = line[33:]
        if not hmac.compare_digest(line[:32], self.seal(text)):
            return
        number, _, row = text.partition(b' ')
        row = json.loads(row.decode('ascii'))
        self.number = max(self.number, int(number) + 1)
        if row['e'] == 'start':
            self.begun[row['n']] = self.open[row['n']] = row['name']
        elif row['e'] == 'test':
            self.open.pop(row['n'], None)

    def running(self):
        return next(reversed(list(self.open)), None)

    def seal(self, text):
        return hmac.new(self.key, text, hashlib.sha256).hexdigest()[:32].encode('ascii')

    def write(self, **row):
        text = ('%d %s' % (self.number, json.dumps(row, separators=(',', ':')))).encode('ascii')
        with open(self.path, 'ab') as file:
            file.write(self.seal(text) + b' ' + text + b'\n')
        self.read()
