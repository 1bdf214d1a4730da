"""Runs candidates, each in a fork of this process that has seen none of them, on calls whose expectations it does not know.

Reads one message from its standard input, writes one for each candidate to its standard output: u32 length, JSON. A candidate's own words come over a pipe of its own
and are passed on as they are: whoever reads them decides what they are worth.
"""

import gc
import importlib
import json
import os
import resource
import select
import signal
import struct
import sys
import time

import winnow_alone
from winnow_typed import Stop, text_of

# What a candidate may write about all its cells, bytes.
MOST = 32 << 20
# The first time of a call: this part of what it may take. Of CodeT's released samples on HumanEval, 1 call in 600 takes more.
SHORT = 10
# Calls in a row that pass their first time, after which the rest get a quarter of it.
PATIENCE = 3
# A call that may take so many seconds could end its row: what was told before it is sent first.
LONG = 0.1
# Times that a row's clock is wound again while the row wants a processor and has had it for less than its time: a busy machine is no fault of a candidate.
STARVED = 2


class OutOfTime(Stop):
    """A call took longer than it may. An Exception, so that a candidate can catch it, as in CodeT's harness."""


def main():
    winnow_alone.hide()
    # What a candidate leaves here must not become a module of the next.
    here = sys.argv[1]
    beside = winnow_alone.modules_beside(here)
    sys.path[:] = [path for path in sys.path if path not in ('', here)]
    read, write = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for channel in (0, 1, 2):
        os.dup2(nothing, channel)
    plan = json.loads(exactly(read, struct.unpack('>I', exactly(read, 4))[0]))
    os.close(read)
    # What is warm before the fork is warm in all of them.
    for name in plan['modules']:
        try:
            importlib.import_module(name)
        except Exception:
            pass
    if beside is not None:
        beside.warm()
    probes = [compiled(probe) for probe in plan['probes']]
    # What lies here is not looked at again in each fork, which would copy it.
    gc.collect()
    gc.freeze()
    parent = os.getppid()
    before = winnow_alone.names([here, '/tmp', '/dev/shm'])
    for candidate in plan['candidates']:
        told, took, status = alone(candidate, probes, plan, write)
        ended = winnow_alone.end_others(parent)
        winnow_alone.tidy(before)
        head = json.dumps({'cpuMs': took, 'status': status}).encode()
        send(write, struct.pack('>I', len(head)) + head + struct.pack('>I', len(told)) + told)
        if not ended:
            # The rest is run elsewhere, where nobody is.
            os._exit(1)


def compiled(probe):
    kind = 'exec' if probe['way'] == 'inside' else 'eval'
    if probe['way'] == 'invalid':
        return kind, None, None
    try:
        made = [compile(text, '<probe>', kind) for text in probe['calls']]
        return kind, made, probe['before'] and compile(probe['before'], '<probe>', 'exec')
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return kind, None, None


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
    told, left, turns = [], MOST, STARVED
    while True:
        wait = deadline - time.monotonic()
        if wait <= 0 or not select.select([ours], [], [], wait)[0]:
            if turns > 0 and starved(child, plan['wallMs'] / 1000):
                turns -= 1
                deadline += plan['wallMs'] / 1000
                continue
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
    for turn in range(40):
        found, status, used = os.wait4(child, os.WNOHANG)
        if found:
            break
        time.sleep(0.0002 if turn < 20 else 0.005)
    else:
        stop(child)
        found, status, used = os.wait4(child, 0)
    return b''.join(told), round((used.ru_utime + used.ru_stime) * 1000, 3), status


def starved(child, seconds):
    """-> whether it runs, or would, and has had a processor for less than so many seconds"""
    try:
        with open('/proc/%d/stat' % child, 'rb') as file:
            fields = file.read().rpartition(b')')[2].split()
        return fields[0] == b'R' and (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK') < seconds
    except (OSError, IndexError, ValueError):
        return False


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
    alarm = signal.setitimer
    profiled, real = signal.ITIMER_PROF, signal.ITIMER_REAL
    dumps, clock, leave = json.dumps, time.thread_time_ns, os._exit
    # Whether a candidate's call is under way: a clock that rings late rings for nothing, and need not be stopped after each call.
    inside = False

    def late(*_):
        if inside:
            raise OutOfTime

    signal.signal(signal.SIGPROF, late)
    signal.signal(signal.SIGALRM, late)
    cells = []

    def flush():
        if cells:
            send(channel, (dumps(cells) + '\n').encode('utf-8', 'backslashreplace'))
            cells.clear()

    def tell(*words):
        send(channel, (dumps(words) + '\n').encode('utf-8', 'backslashreplace'))

    space = {'__name__': 'candidate', '__builtins__': __builtins__}
    try:
        try:
            inside = True
            alarm(profiled, plan['loadMs'] / 1000)
            alarm(real, plan['loadMs'] / 100)
            exec(compile(candidate, '<candidate>', 'exec'), space)
        finally:
            inside = False
    except SyntaxError as error:
        if error.filename in (None, '<candidate>'):
            tell('invalid', 'line %s: %s' % (error.lineno, error.msg))
        else:
            tell('failed-to-load', 'SyntaxError in %s, line %s: %s' % (str(error.filename)[:80], error.lineno, error.msg))
        leave(0)
    except BaseException as error:
        tell('failed-to-load', named(error))
        leave(0)
    tell('loaded')

    def cell(index, kind, calls, before, seconds):
        """-> whether it came in time"""
        nonlocal inside
        if seconds > LONG:
            flush()
        outputs, state = [], 'r'
        started = clock()
        for call in calls:
            try:
                try:
                    inside = True
                    alarm(profiled, seconds, once_more * seconds)
                    alarm(real, seconds * 10, once_more * seconds * 10)
                    if kind == 'exec':
                        exec(call, space)
                        inside = False
                        outputs.append('passed')
                    else:
                        if before is not None:
                            exec(before, space)
                        outputs.append(text_of(eval(call, space)))
                        inside = False
                finally:
                    inside = False
            except OutOfTime:
                state = 't'
                break
            except AssertionError:
                state, outputs = ('a' if kind == 'exec' else 'e'), ['AssertionError']
                break
            except Exception as error:
                state, outputs = 'e', [type(error).__name__[:80]]
                break
            except BaseException as error:
                state, outputs = 'l', [type(error).__name__[:80]]
                break
        cells.append((index, state, outputs, (clock() - started) // 1000))
        if len(cells) >= 50:
            flush()
        return state != 't'

    # A candidate may catch what its clock raises, and goes on; so the clock rings again. CodeT's rings once.
    once_more = 0 if plan['patient'] else 1
    full = plan['callMs'] / 1000
    short = full if plan['patient'] else full / SHORT
    in_a_row, again = 0, []
    for index, (kind, calls, before) in enumerate(probes):
        if calls is None:
            continue
        if cell(index, kind, calls, before, short if in_a_row < PATIENCE or plan['patient'] else short / 4):
            in_a_row = 0
        else:
            in_a_row += 1
            again.append((index, kind, calls, before))
    # What was late has its full time now, until one is late again: a call that is not done in ten times its time is most often endless, and so are its like.
    for index, kind, calls, before in () if plan['patient'] else again:
        flush()
        if not cell(index, kind, calls, before, full):
            break
    flush()
    tell('end')
    leave(0)


def named(error):
    """-> what kept a candidate from being loaded; of one that ends itself, with what; of an import, of what"""
    if type(error) is SystemExit and type(error.code) in (int, type(None)):
        return 'SystemExit, exit code %d' % (error.code or 0)
    if type(error) in (ImportError, ModuleNotFoundError) and type(error.msg) is str:
        return '%s: %s' % (type(error).__name__, error.msg[:150])
    return type(error).__name__


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
