"""All tests of a program in one function behind it, as CodeT's released harness runs them (its _execution.py), so that its figures come out again to the digit.

What that form does to tests is part of it: one test that is no statement of a function, as `from x import *`, lets all tests of all programs fail; a name that a test assigns is local to all. Its clock is
of elapsed time, which tells how busy a machine is; here it is CPU time. Each program runs in a fork that could write any result: this is for comparing figures, not for choosing.
"""

import contextlib
import io
import json
import os
import resource
import select
import signal
import sys
import time

# Of a program, bytes; CodeT's harness has no limit, and one that takes all takes its neighbours with it.
MEMORY = 1 << 30

here = os.path.dirname(os.path.abspath(__file__))


class TimeoutException(Exception):
    pass


@contextlib.contextmanager
def time_limit(seconds):
    def late(*_):
        raise TimeoutException('timed out')

    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.signal(signal.SIGPROF, late)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


class NoInput(io.StringIO):
    def read(self, *_):
        raise IOError

    readline = readlines = read


def packed(tests, seconds):
    lines = ['def check():', '    results = []']
    for test in tests:
        body = test.strip().replace('\n', '\n' + ' ' * 12)
        lines += ['    try:', '        with time_limit(%r):' % seconds, '            ' + body, '            results.append(True)', '    except Exception:', '        results.append(False)']
    return '\n'.join([*lines, '    return results', 'global final_result', 'final_result = check()'])


def run(program, channel):
    space = {'time_limit': time_limit}
    told = None
    write, leave = os.write, os._exit
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            sys.stdin = NoInput()
            exec(program, space)
        told = space['final_result']
    except BaseException as error:
        told = type(error).__name__
    if isinstance(told, list):
        told = ''.join('1' if one is True else '0' for one in told)
        write(channel, ('+' + told).encode())
    else:
        write(channel, ('-' + str(told)[:80]).encode('utf-8', 'replace'))
    leave(0)


def alone(program, seconds):
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            run(program, its)
        finally:
            os._exit(0)
    os.close(its)
    deadline, told = time.monotonic() + seconds, b''
    while True:
        wait = deadline - time.monotonic()
        if wait <= 0 or not select.select([ours], [], [], wait)[0]:
            break
        part = os.read(ours, 1 << 16)
        if not part:
            break
        told += part
    os.close(ours)
    with contextlib.suppress(OSError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return told.decode('utf-8', 'replace')


def main():
    with open(os.path.join(here, 'batch.json'), 'rb') as file:
        batch = json.load(file)
    check = packed(batch['tests'], batch['callMs'] / 1000)
    # Elapsed, so twice what the CPU may take and a little.
    seconds = 2 * batch['callMs'] / 1000 * len(batch['tests']) + 1
    rows = [alone(program + '\n' + check, seconds) for program in batch['programs']]
    with open(os.path.join(here, 'rows.json'), 'w') as out:
        json.dump(rows, out)


main()
