"""A part of a matrix: tests are taken apart, candidates run on their calls in another process, and what the calls gave is held against the tests here.

This process never runs a candidate. It writes one line for each candidate: how it ended, its CPU time, and for each probe a state, the number of an output, and CPU time in µs.
Candidates could write to the same place, so it writes once all of them have ended; who ends it before has no rows.
"""

import io
import json
import os
import re
import signal
import struct
import subprocess
import sys

import winnow_alone
import winnow_split
from winnow_read import Unknown, value_of

STATES = {'passed': 0, 'failed': 1, 'raised': 2, 'timed-out': 3, 'returned': 4, 'not-run': 5, 'unjudged': 6}
# The longest time of a cell that a matrix holds, µs: 31 bits.
MOST_US = 2**31 - 1


class Late(Exception):
    pass


def main():
    winnow_alone.hide()
    here = os.path.dirname(os.path.abspath(__file__))
    winnow_alone.modules_beside(here)
    # Candidates may leave files here, which must not become modules of this process.
    sys.path[:] = [path for path in sys.path if path not in ('', here)]
    with open(os.path.join(here, 'batch.json'), 'rb') as file:
        batch = json.load(file)
    # What comes next must not find what is expected.
    os.unlink(os.path.join(here, 'batch.json'))
    space = {}
    try:
        exec(compile(batch['context'], '<context>', 'exec'), space)
        fault = None
    except BaseException as error:
        fault = ('%s: %s' % (type(error).__name__, error))[:200]
    probes = []
    for source in batch['probes']:
        way, calls, question, before = winnow_split.split(source, batch['entryPoint'], set(space))
        code = compile(question, '<question>', 'eval') if question is not None else None
        probes.append((way, [source] if way == winnow_split.INSIDE else calls, code, before))
    plan = {key: batch[key] for key in ('callMs', 'loadMs', 'wallMs', 'memoryBytes', 'patient')}
    plan['modules'] = modules(batch['candidates'])
    plan['probes'] = [{'way': way, 'calls': calls, 'before': before} for way, calls, _, before in probes]
    plan['candidates'] = batch['candidates']
    signal.signal(signal.SIGALRM, late)
    out = io.StringIO()
    out.write(json.dumps({'ways': [way for way, _, _, _ in probes], 'fault': fault, **({'calls': [[before, calls] for _, calls, _, before in probes]} if batch['tellCalls'] else {})}) + '\n')
    answers = Answers(probes, space, out)
    child = subprocess.Popen([sys.executable, '-s', '-S', '-c', START, here], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={'PYTHONHASHSEED': '0'})
    message = json.dumps(plan).encode()
    child.stdin.write(struct.pack('>I', len(message)) + message)
    child.stdin.close()
    for _ in batch['candidates']:
        head = part(child.stdout)
        told = part(child.stdout)
        if head is None or told is None:
            # Somebody ended the process that runs them: the rest is not there, and is asked for again, one by one.
            break
        answers.row(json.loads(head), told)
    child.kill()
    child.wait()
    if not winnow_alone.end_others():
        sys.exit('candidates are left that cannot be ended')
    rows = os.path.join(here, 'rows.jsonl')
    winnow_alone.remove(rows)
    with open(rows, 'x') as file:
        file.write(out.getvalue())


def modules(candidates):
    """What candidates import, of the standard library's quiet modules: they are loaded once, before there is a fork."""
    named = {name for source in candidates for name in re.findall(r'^ *(?:from|import) +(\w+)', source, re.MULTILINE)}
    return sorted(named & WARM)


WARM = {'abc', 'array', 'bisect', 'cmath', 'collections', 'copy', 'dataclasses', 'datetime', 'decimal', 'enum', 'fractions', 'functools', 'hashlib', 'heapq', 'itertools', 'json', 'math', 'numbers', 'operator', 're', 'statistics', 'string', 'textwrap', 'typing', 'unicodedata'}

# Not isolated mode, which would not hear of the hash seed; the environment is ours alone.
START = 'import sys; sys.path.insert(0, sys.argv[1]); import winnow_rows'


def death(status):
    if not os.WIFSIGNALED(status):
        return 'exit code %d' % os.WEXITSTATUS(status)
    number = os.WTERMSIG(status)
    try:
        return signal.Signals(number).name
    except ValueError:
        return 'signal %d' % number


def part(stream):
    head = stream.read(4)
    if len(head) < 4:
        return None
    length = struct.unpack('>I', head)[0]
    data = stream.read(length)
    return data if len(data) == length else None


def late(*_):
    raise Late


class Answers:
    def __init__(self, probes, space, out):
        self.probes, self.space, self.out = probes, space, out
        self.known, self.texts = {}, {}

    def row(self, head, told):
        """One candidate's row, from words that may be anything."""
        states, outputs, times = [STATES['not-run']] * len(self.probes), [-1] * len(self.probes), [-1] * len(self.probes)
        ending, reason, place = 'died', None, 'while it was loaded'
        fresh = []
        for line in told.split(b'\n'):
            if not line:
                continue
            try:
                words = json.loads(line)
                if words[0] == 'end':
                    ending = 'left' if ending == 'left' else 'whole'
                    continue
                if words[0] == 'loaded':
                    place = 'in a call'
                    continue
                if words[0] in ('invalid', 'failed-to-load'):
                    ending, reason = words[0], str(words[1])[:200]
                    continue
                for index, state, texts, took in words:
                    way, calls, question, _ = self.probes[index]
                    if state == 'l':
                        ending, reason = 'left', str(texts[0])[:80]
                    states[index] = STATES[self.judged(index, way, calls, question, state, texts)]
                    times[index] = min(MOST_US, max(0, int(took)))
                    if state != 't':
                        text = ', '.join(map(str, texts)) if state == 'r' else '!' + str(texts[0])
                        number = self.texts.get(text)
                        if number is None:
                            number = self.texts[text] = len(self.texts)
                            fresh.append(text)
                        outputs[index] = number
            except (ValueError, TypeError, IndexError, KeyError, RecursionError, OverflowError):
                continue
        if ending == 'died' and head['status'] == 9:
            ending = 'timed-out'
        elif ending == 'died':
            reason = '%s %s' % (death(head['status']), place)
        row = {'ending': ending, 'reason': reason, 'cpuMs': head['cpuMs'], 'states': ''.join(map(str, states)), 'outputs': outputs, 'times': times, 'texts': fresh}
        self.out.write(json.dumps(row) + '\n')

    def judged(self, index, way, calls, question, state, texts):
        if state == 't':
            return 'timed-out'
        if state == 'a':
            return 'failed'
        if state in ('e', 'l'):
            return 'raised'
        if way == winnow_split.INPUT:
            return 'returned'
        if way == winnow_split.INSIDE:
            return 'passed'
        if len(texts) != len(calls):
            return 'failed'
        key = index, *texts
        if '?large' in texts:
            return 'unjudged'
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.ask(question, texts)
        return found

    def ask(self, question, texts):
        space = dict(self.space)
        try:
            signal.setitimer(signal.ITIMER_REAL, 1)
            try:
                for number, text in enumerate(texts):
                    space['_%d' % number] = value_of(text)
                return 'passed' if eval(question, space) else 'failed'
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except Unknown:
            # What came out is not told as far as the question goes: neither right nor wrong is known.
            return 'unjudged'
        except BaseException:
            return 'failed'


main()
