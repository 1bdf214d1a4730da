"""What a piece of code runs: which functions of the repository begin, how often, how deep, and where it fails.

Only beginnings are watched, by the interpreter's own hook for them, so that a function costs the same whether it has one line or a thousand. Nothing that happens while a module of the
repository is imported is told: everything that imports it runs that.
"""
import json
import os
import signal
import sys
import threading

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'plan.json'), 'rb') as file:
    plan = json.loads(file.read().decode('utf-8'))

ROOT = os.path.join(os.path.realpath(plan['root']), '')
PACKAGES = plan['packages']
SECONDS = plan['seconds']
#: Functions told of one step; more are cut, the most seldom called kept.
MOST_RAN = 4000
#: `co_flags` of code with fast locals: a function's, not a class's or a module's.
OPTIMIZED = 1

out = open(os.path.join(here, 'rows.jsonl'), 'a')


def tell(row):
    out.write(json.dumps(row) + '\n')
    out.flush()

inside = {}  # file name of a code → path below the root, or None
codes = {}  # id of a code → its number; `kept` holds them alive so that ids stay true
kept = []
seen = {}  # id of a code → [calls, depth] in this step
ELSEWHERE = [0, 0]


def path_of(filename):
    try:
        return inside[filename]
    except KeyError:
        full = os.path.realpath(filename)
        path = full[len(ROOT):].replace(os.sep, '/') if full.startswith(ROOT) else None
        if path is not None and {'site-packages', 'dist-packages'} & set(path.split('/')):
            path = None
        inside[filename] = path
        return path


def number_of(code):
    number = codes.get(id(code))
    if number is None:
        number = codes[id(code)] = len(kept)
        kept.append(code)
        tell({'code': number, 'path': path_of(code.co_filename), 'line': code.co_firstlineno, 'name': code.co_name})
    return number


def watch(frame, event, argument):
    code = frame.f_code
    entry = seen.get(id(code))
    if entry is not None:
        entry[0] += 1
        return
    if path_of(code.co_filename) is None or not code.co_flags & OPTIMIZED:
        alive.append(code)
        seen[id(code)] = ELSEWHERE
        return
    depth, back = 0, frame.f_back
    while back is not None and depth < 200:
        if path_of(back.f_code.co_filename) is not None:
            if back.f_code.co_name == '<module>' and back.f_globals.get('__name__') != '__main__':
                return  # It is being imported, not run.
            depth += 1
        back = back.f_back
    number_of(code)
    seen[id(code)] = [1, depth]


alive = []


class OutOfTime(BaseException):
    pass


def on_alarm(number, frame):
    raise OutOfTime()


signal.signal(signal.SIGALRM, on_alarm)


def watched(work, seconds=SECONDS):
    """What work came to, watched: its value, and what it raised."""
    seen.clear()
    del alive[:]
    value, raised = None, None
    signal.setitimer(signal.ITIMER_REAL, seconds)
    threading.settrace(watch)
    sys.settrace(watch)
    try:
        value = work()
    except BaseException as problem:  # Whatever it is, it is what the program did.
        raised = problem
    finally:
        sys.settrace(None)
        threading.settrace(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return value, raised


def ran():
    rows = [[codes[key], entry[0], entry[1]] for key, entry in seen.items() if entry is not ELSEWHERE]
    rows.sort(key=lambda row: row[1])
    return rows[:MOST_RAN]


def frames_of(raised):
    """Frames of the repository on the way to what went wrong first, outermost first."""
    for _ in range(20):
        under = raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__)
        if under is None:
            break
        raised = under
    found, at = [], raised.__traceback__
    while at is not None and len(found) < 2000:
        code = at.tb_frame.f_code
        if path_of(code.co_filename) is not None:
            found.append([number_of(code), at.tb_lineno])
        at = at.tb_next
    return found[-60:]


def text_of(what):
    try:
        return str(what)[:500]
    except BaseException:
        return ''
