"""Hidden tests of functions: the test runs here, the candidate elsewhere, and only literals pass between them.

`check(candidate)` is called with a stand-in. Each of its calls is sent to a process that has the candidate and none of the test; the value comes back as text and is read as a literal. So a candidate
cannot see what is expected, patch the comparison, or leave early with success. This process never runs a candidate; it writes one line for each.

A candidate has the same user, so it could read and write what this process may. So verdicts go through a pipe that no process of a candidate has or can open: this process is closed to others (`hide`). And each
line carries a number that only it knows, so that a line written by anybody else counts for nothing.
"""

import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
import sys

import winnow_value
from winnow_value import Opaque, text_of, value_of

#: Characters of an argument or answer: the longest input of HumanEval+ has 100,000, answers of stress tests some millions.
winnow_value.LONG, winnow_value.BITS = 16 << 20, 1 << 20
getattr(sys, 'set_int_max_str_digits', lambda most: None)(0)
#: A dict has an order in Python, and a program may go by it.
winnow_value.SORTED = False

START = 'import sys; sys.path.insert(0, sys.argv[1]); import winnow_served'


class Gone(BaseException):
    """The candidate's process ended, or its time is up."""


class Unsayable(BaseException):
    """An argument that has no literal."""


class Raised(Exception):
    pass


class Late(BaseException):
    pass


def hide():
    """Nobody of the same user opens /proc/PID/mem, fd or environ of a process that may not be dumped (prctl(2), PR_SET_DUMPABLE)."""
    if ctypes.CDLL(None, use_errno=True).prctl(4, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), 'this process cannot be closed to others')


def main():
    hide()
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, 'batch.json'), 'rb') as file:
        batch = json.load(file)
    os.unlink(os.path.join(here, 'batch.json'))
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    server = subprocess.Popen([sys.executable, '-s', '-S', '-c', START, here, str(its.fileno())], pass_fds=[its.fileno()], env={'PYTHONHASHSEED': '0'}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    its.close()
    signal.signal(signal.SIGALRM, late)
    for source in batch['candidates']:
        verdict = judged(source, batch, ours)
        if verdict is None:
            # Whoever came before ended the process that serves candidates; the rest is asked for again.
            break
        # At once and by itself: what comes before it on a line would spoil it.
        os.write(1, ('\n' + json.dumps({'number': batch['number'], **verdict}) + '\n').encode())
    server.kill()


def late(*_):
    raise Late


def judged(source, batch, server):
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    order = json.dumps({'source': source, 'entryPoint': batch['entryPoint'], 'cpuMs': batch['cpuMs'], 'memoryBytes': batch['memoryBytes']}).encode()
    try:
        socket.send_fds(server, [struct.pack('>I', len(order))], [far.fileno()])
        server.sendall(order)
    except OSError:
        return None
    far.close()
    near.settimeout(batch['wallMs'] / 1000)
    space = {'__name__': 'key'}
    try:
        signal.setitimer(signal.ITIMER_REAL, batch['wallMs'] / 1000 + 1)
        exec(compile(batch['context'] + '\n' + batch['test'], '<test>', 'exec'), space)
        space['check'](stand_in(near))
        return {'kind': 'right', 'reason': None}
    except Gone as gone:
        return {'kind': 'wrong', 'reason': str(gone)}
    except Unsayable as error:
        return {'kind': 'unjudged', 'reason': 'an argument of the test has no literal: %s' % error}
    except Late:
        return {'kind': 'wrong', 'reason': SILENT}
    except AssertionError:
        return {'kind': 'wrong', 'reason': 'assertion'}
    except BaseException as error:
        return {'kind': 'wrong', 'reason': type(error).__name__}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        near.close()


def stand_in(near):
    def candidate(*args, **keywords):
        told = [text_of(argument) for argument in args], {name: text_of(value) for name, value in keywords.items()}
        for text in told[0] + list(told[1].values()):
            if '?' in text and isinstance(value_of(text), Opaque):
                raise Unsayable(text[:100])
        try:
            message = json.dumps(told).encode()
            near.sendall(struct.pack('>I', len(message)) + message)
            state, text = json.loads(exactly(near, struct.unpack('>I', exactly(near, 4))[0]))
        except socket.timeout:
            raise Gone(SILENT)
        except (OSError, ValueError, EOFError, TypeError):
            raise Gone('the program ended')
        if state == 'returned' and isinstance(text, str):
            try:
                return value_of(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError, TypeError):
                raise Gone('no literal')
        if state == 'time':
            raise Gone('time')
        if state != 'raised':
            raise Gone(str(text)[:200])
        raise error_of(str(text))
    return candidate


def error_of(name):
    """An error by its name: a test may expect one of the built-in ones."""
    import builtins
    kind = getattr(builtins, name, None)
    return kind() if isinstance(kind, type) and issubclass(kind, Exception) else Raised(name)


#: By the clock on the wall, which a busy machine may be to blame for; `functions.ts` asks again.
SILENT = 'no answer in time'

#: What one answer may hold, bytes.
MOST = 16 << 20


def exactly(channel, count):
    if count > MOST:
        raise ValueError(count)
    parts = []
    while count > 0:
        part = channel.recv(min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b''.join(parts)


main()
