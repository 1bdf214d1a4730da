"""Runs candidates, each in a fork of this process that has seen none of them, on calls whose expectations it does not know.

Reads one message from its standard input, writes one for each candidate to its standard output: u32 length, JSON. A candidate's own words come over a pipe of its own
and are passed on as they are: whoever reads them decides what they are worth.
"""

import json
import os
import resource
import select
import signal
import struct
import sys
import time

from winnow_value import text_of

# What a candidate may write about all its cells, bytes.
MOST = 32 << 20
# Calls in a row that pass their time, after which the rest get a tenth of it.
PATIENCE = 3


class OutOfTime(Exception):
    """A call took longer than it may. An Exception, so that a candidate can catch it, as in CodeT's harness."""


def main():
    read, write = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for channel in (0, 1, 2):
        os.dup2(nothing, channel)
    plan = json.loads(exactly(read, struct.unpack('>I', exactly(read, 4))[0]))
    os.close(read)
    # What is warm before the fork is warm in all of them.
    probes = [compiled(probe) for probe in plan['probes']]
    for candidate in plan['candidates']:
        told, took, status = alone(candidate, probes, plan, write)
        head = json.dumps({'cpuMs': took, 'status': status}).encode()
        send(write, struct.pack('>I', len(head)) + head + struct.pack('>I', len(told)) + told)


def compiled(probe):
    kind = 'exec' if probe['way'] == 'inside' else 'eval'
    made = []
    if probe['way'] == 'invalid':
        return kind, None
    for text in probe['calls']:
        try:
            made.append(compile(text, '<probe>', kind))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return kind, None
    return kind, made


def alone(candidate, probes, plan, write):
    """One candidate in a fork of its own. -> (what it told, CPU ms, status as `waitpid` gives it, or None where it was stopped)"""
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.close(ours)
            os.close(write)
            run(candidate, probes, plan, its)
        except BaseException:
            pass
        os._exit(0)
    os.close(its)
    deadline = time.monotonic() + plan['wallMs'] / 1000
    told, left = [], MOST
    while True:
        wait = deadline - time.monotonic()
        if wait <= 0 or not select.select([ours], [], [], wait)[0]:
            stop(child)
            break
        part = os.read(ours, 1 << 16)
        if not part:
            break
        left -= len(part)
        if left < 0:
            stop(child)
            break
        told.append(part)
    os.close(ours)
    # What closed its end and goes on gets a moment and no more.
    for _ in range(20):
        found, status, used = os.wait4(child, os.WNOHANG)
        if found:
            break
        time.sleep(0.005)
    else:
        stop(child)
        found, status, used = os.wait4(child, 0)
    return b''.join(told), round((used.ru_utime + used.ru_stime) * 1000, 3), status


def stop(child):
    for group in (os.killpg, os.kill):
        try:
            group(child, signal.SIGKILL)
        except OSError:
            pass


def run(candidate, probes, plan, channel):
    sys.setrecursionlimit(1000)
    limit = plan['memoryBytes']
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    rows = []

    def flush():
        if rows:
            send(channel, ('\n'.join(rows) + '\n').encode('utf-8', 'backslashreplace'))
            rows.clear()

    alarm = signal.setitimer
    profiled, real = signal.ITIMER_PROF, signal.ITIMER_REAL

    def late(*_):
        raise OutOfTime

    signal.signal(signal.SIGPROF, late)
    signal.signal(signal.SIGALRM, late)
    full = plan['callMs'] / 1000
    space = {'__name__': 'candidate', '__builtins__': __builtins__}
    dumps, clock, leave = json.dumps, time.process_time, os._exit
    try:
        alarm(profiled, plan['loadMs'] / 1000)
        alarm(real, plan['loadMs'] / 100)
        exec(compile(candidate, '<candidate>', 'exec'), space)
        alarm(profiled, 0)
        alarm(real, 0)
    except SyntaxError as error:
        alarm(profiled, 0)
        alarm(real, 0)
        rows.append(dumps(['invalid', 'line %s: %s' % (error.lineno, error.msg)]))
        flush()
        leave(0)
    except BaseException as error:
        alarm(profiled, 0)
        alarm(real, 0)
        rows.append(dumps(['failed-to-load', type(error).__name__]))
        flush()
        leave(0)
    late_in_a_row = 0
    for index, (kind, calls) in enumerate(probes):
        if calls is None:
            continue
        outputs, state = [], 'r'
        for call in calls:
            short = full / 10 if late_in_a_row >= PATIENCE else full
            try:
                try:
                    alarm(profiled, short)
                    alarm(real, short * 10)
                    if kind == 'exec':
                        exec(call, space)
                        outputs.append('passed')
                    else:
                        outputs.append(text_of(eval(call, space)))
                    late_in_a_row = 0
                finally:
                    alarm(profiled, 0)
                    alarm(real, 0)
            except OutOfTime:
                late_in_a_row += 1
                state = 't'
                break
            except AssertionError as error:
                state, outputs = ('a' if kind == 'exec' else 'e'), ['AssertionError']
                break
            except Exception as error:
                state, outputs = 'e', [type(error).__name__[:80]]
                break
            except BaseException as error:
                state, outputs = 'l', [type(error).__name__[:80]]
                break
        rows.append(dumps([index, state, outputs]))
        if len(rows) >= 50:
            flush()
    rows.append('["end"]')
    flush()
    leave(0)


def exactly(channel, count):
    parts = []
    while count > 0:
        part = os.read(channel, min(count, 1 << 20))
        if not part:
            raise SystemExit(3)
        parts.append(part)
        count -= len(part)
    return b''.join(parts)


def send(channel, data):
    view = memoryview(data)
    while view:
        view = view[os.write(channel, view):]


main()
