"""A process that has loaded a version and forks for each few inputs, so that no input leaves anything for the next.

A call ends itself when its time is over (`winnow_time.py`); a process that does not let it is ended from here, by what processor time it took or by its waiting for nobody.
"""

import json
import os
import select
import signal
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
# Elapsed time that a call has beyond its own, seconds: a busy machine.
SLACK = 3.0
# Elapsed time in which a version is loaded, and in which some inputs run, seconds; on a machine with other work both take many times what they need.
LOAD, RUN = 60, 180
MOST_BYTES = 200_000
# Looks, 0.2 s apart, at which a process was found waiting: nobody comes to what it waits for.
IDLE = 10


class Zygote:
    """A process that has loaded a version and forks for each input."""

    def __init__(self, about, facts):
        ask, self.ask = os.pipe()
        self.answer, answer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.ask)
                os.close(self.answer)
                serve(about, facts, ask, answer)
            finally:
                os._exit(0)
        os.close(ask)
        os.close(answer)
        self.rest = b''
        self.lost = False
        self.about = self.read(LOAD)

    def read(self, seconds):
        end = time.monotonic() + seconds
        while b'\n' not in self.rest:
            ready, _, _ = select.select([self.answer], [], [], max(0, end - time.monotonic()))
            if not ready:
                self.lost = True
                return None
            part = os.read(self.answer, 65536)
            if not part:
                self.lost = True
                return None
            self.rest += part
        line, _, self.rest = self.rest.partition(b'\n')
        try:
            return json.loads(line)
        except ValueError:
            return None

    def run(self, specs):
        """-> what came of each input, or None where the process is lost."""
        if self.lost:
            return None
        try:
            send(self.ask, json.dumps(specs).encode() + b'\n')
        except OSError:
            self.lost = True
            return None
        return self.read(RUN)

    def close(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except OSError:
            pass


def serve(about, facts, ask, answer):
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.setpgid(0, 0)
    from winnow_side import CALL, Side
    try:
        side = Side(about, facts)
        told = {'gap': side.gap if side.raw is None else None, 'parameters': parameters(side)}
    except BaseException as error:
        side, told = None, {'gap': '%s: %s' % (type(error).__name__, str(error)[:200]), 'parameters': []}
    os.write(answer, json.dumps(told).encode() + b'\n')
    reader = os.fdopen(ask, 'rb')
    for line in reader:
        made = together(side, json.loads(line), CALL)
        send(answer, made + b'\n')


def parameters(side):
    import inspect
    if side.raw is None:
        return []
    made = [[one.name, str(one.kind.name), one.default is not one.empty] for one in inspect.signature(side.raw, follow_wrapped=False).parameters.values()]
    return made


def together(side, specs, seconds):
    """-> what came of each, as JSON. Where the process they share is lost, each gets its own."""
    made = forked(side, specs, seconds)
    if made is None and len(specs) > 1:
        parts = [forked(side, [spec], seconds) for spec in specs]
        return b'[%s]' % b', '.join(b'{"kind": "endless", "value": ""}' if part is None else part[1:-1] for part in parts)
    return b'[{"kind": "endless", "value": ""}]' if made is None else made


def attempt(side, spec, number):
    """In a directory of its own."""
    where = os.path.join(ROOT, 'w', str(number))
    os.makedirs(where, exist_ok=True)
    os.chdir(where)
    with open('a', 'w') as made:
        made.write('a\n1\n')
    try:
        result = side.call(spec)
        text = json.dumps(result)
        if len(text) < MOST_BYTES:
            return text
        result = {'kind': 'lost', 'value': 'too much to tell'}
    except BaseException as error:
        result = {'kind': 'lost', 'value': '%s: %s' % (type(error).__name__, str(error)[:200])}
    return json.dumps(result)


def forked(side, specs, seconds):
    """-> a JSON list, or None where it did not end."""
    source, sink = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(source)
            send(sink, ('[%s]' % ', '.join(attempt(side, spec, number) for number, spec in enumerate(specs))).encode())
        finally:
            os._exit(0)
    os.close(sink)
    # A call ends itself after its time; what does not let it is ended from here.
    seconds *= 1 + len(specs)
    data, end, ended, idle = b'', time.monotonic() + SLACK + seconds * 20, False, 0
    # CPU time decides what does not end: on a busy machine a second passes without anything done.
    while True:
        ready, _, _ = select.select([source], [], [], 0.2)
        if ready:
            part = os.read(source, 65536)
            if not part:
                ended = True
                break
            data += part
        else:
            spent, sleeps = used(pid)
            idle = idle + 1 if sleeps else 0
            if spent > seconds or idle >= IDLE or time.monotonic() > end:
                break
    os.close(source)
    if not ended:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    os.waitpid(pid, 0)
    where = os.path.join(ROOT, 'w')
    import shutil
    shutil.rmtree(where, ignore_errors=True)
    if not ended:
        return None
    return data or b'[%s]' % b', '.join([b'{"kind": "lost", "value": "nothing was told"}'] * len(specs))


def used(pid):
    """-> (CPU time in seconds, whether it waits for something)."""
    try:
        with open('/proc/%d/stat' % pid) as file:
            parts = file.read().rpartition(')')[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf('SC_CLK_TCK'), parts[0] == 'S'
    except (OSError, ValueError, IndexError):
        return 0, False


def send(sink, data):
    while data:
        data = data[os.write(sink, data):]


# What differs.
