"""Coverage before `sys.monitoring` (3.8 to 3.11): code is rewritten before it runs, so that each line, and each way from a condition, tells once that it ran.

`sys.settrace` calls a function for every line that runs, and costs 5 to 24 times a program's time; it cannot be switched off for a line. Here a probe stands where
a line begins and on each way out of a condition: a call that tells, and then puts a jump over itself in its place, in the memory of the code that
is running. What remains costs one jump. SlipCover (Altmayer Pizzorno and Berger, ISSTA 2023, arXiv:2305.02886) showed that this pays.

What is put in: for a line, before its first instruction, so that jumps there meet it; for a way that falls through, behind the condition; for one that
jumps, at the end of the code, from where a jump leads to the old place. Jumps, lines, columns and handlers of exceptions move along. Code that is not rewritten, since the
program compiled it by itself, is watched by `sys.settrace` after all, and so is all of a program that may store its code.

The tables of lines and handlers that belong to a code: `winnow_tables.py`.
"""
import dis
import sys
from builtins import ImportError, IndexError, KeyError, OSError, ValueError, abs, bytes, enumerate, id, int, len, max, min, next, open, range, set, tuple, type
from importlib.machinery import SourceFileLoader

from winnow_codes import Ways
from winnow_tables import exception_rows, line_pairs, line_table, locations, put_varint

try:
    from ctypes import memmove
except ImportError:
    memmove = None

version = sys.version_info[:2]
op = dis.opmap
NEW = version >= (3, 11)
#: Jumps count instructions from 3.10 on, bytes before.
UNIT = 1 if version < (3, 10) else 2
EXTENDED = op['EXTENDED_ARG']
ABSOLUTE, RELATIVE = set(dis.hasjabs), set(dis.hasjrel)
BACKWARD = set(code for name, code in op.items() if 'BACKWARD' in name)
CONDITIONS = set(code for name, code in op.items() if name.startswith(('POP_JUMP', 'JUMP_IF', 'FOR_ITER')))
#: Nothing is put before these: what comes before them belongs to them, or the frame has not begun.
GLUED = set(op[name] for name in (
    'RESUME', 'SEND', 'YIELD_VALUE', 'YIELD_FROM', 'GEN_START', 'MAKE_CELL', 'COPY_FREE_VARS', 'RETURN_GENERATOR', 'CACHE') if name in op)
GET_NEXT = op['GET_ANEXT']
SETUP_FINALLY = op.get('SETUP_FINALLY')
STARTS = set(op[name] for name in ('RESUME', 'GEN_START') if name in op)
getframe = sys._getframe
#: Where our modules stand.
HERE = __file__[:-len('winnow_rewrite.py')]
Function = type(lambda: None)
Code = type((lambda: None).__code__)


def can_rewrite():
    return memmove is not None and (3, 8) <= version < (3, 12) and sys.implementation.name == 'cpython'


class Step:
    """An instruction. `to`: the Step that it jumps to. `at`: its old offset; None: it is put in. `place`: line, end line, column, end column."""

    __slots__ = ('op', 'arg', 'to', 'at', 'place', 'offset', 'size')

    def __init__(self, code, arg, place, at=None, to=None):
        self.op = code
        self.arg = arg
        self.place = place
        self.at = at
        self.to = to
        self.offset = 0
        self.size = 2


class Rewriter:
    """Rewrites codes of one program. `told(info, line)`, `way(info, way)`: what a probe says."""

    def __init__(self, told, way):
        self.told = told
        self.way = way
        self.codes = {}  # by id; they must not go while their memory is written to

    def rewritten(self, code, infos):
        """@param infos what is known of each code by its id. @returns a code that does the same, and tells"""
        constants = tuple([
            self.rewritten(one, infos) if type(one) is Code else one for one in code.co_consts
        ])
        info = infos[id(code)]
        places = self.places(code)
        steps, heads = read(code, places)
        hit = len(constants)
        first = info.file.first
        said = {}  # id of the first Step of a probe → what it says
        after = {}  # id of a Step → Steps behind it
        before = {}  # id of a Step → Steps before it
        stubs = []
        ways = Ways(info)

        def probe(what, place):
            made = [Step(op['PUSH_NULL'], 0, place)] if NEW else []
            made.append(Step(op['LOAD_CONST'], hit, place))
            if NEW:
                made += [Step(op['PRECALL'], 0, place), Step(0, 0, place), Step(op['CALL'], 0, place)] + [Step(0, 0, place) for _ in range(4)]
            else:
                made.append(Step(op['CALL_FUNCTION'], 0, place))
            made.append(Step(op['POP_TOP'], 0, place))
            said[id(made[0])] = (what, made)
            return made

        targets = set(id(step.to) for step in steps if step.to is not None)
        for handler in heads:
            targets.add(id(handler))
        starts = starts_of(code)
        # What a frame does before its first line.
        begun = next((index for index, step in enumerate(steps) if step.op in STARTS), -1)
        # `async for` decides by an exception, and no instruction of its own goes two ways.
        waits = set(first.get(step.place[0], step.place[0]) for step in steps if step.op == GET_NEXT)
        hidden = unmarked(steps)
        last = before_line = None
        for index, step in enumerate(steps):
            line = step.place[0]
            if index <= begun:
                continue
            statement = None if line is None else first.get(line, line)
            if statement not in (None, last) and last in waits and id(steps[index - 1]) not in after and not leaves(steps[index - 1]):
                after[id(steps[index - 1])] = probe((info, (last, statement)), steps[index - 1].place)
            opens = step.at in starts or index == begun + 1 or id(step) in hidden
            if opens and line and step.op not in GLUED and (statement != last or id(step) in targets or line != before_line):
                before[id(step)] = probe((info, statement), step.place)
            before_line = line
            if line is not None:
                last = statement
            if step.op in CONDITIONS:
                at = ways.line_of(step.at)
                following = steps[index + 1]
                to = None if at is None else ways.of(following.at, at)
                if to is not None:
                    after[id(step)] = probe((info, (at, to)), step.place)
                to = None if at is None else ways.of(step.to.at, at)
                if to is not None:
                    stub = probe((info, (at, to)), step.place)
                    stub.append(Step(op['JUMP_BACKWARD' if NEW else 'JUMP_ABSOLUTE'], 0, step.place, None, step.to))
                    stubs.append((step, stub))
        entry = {key: made[0] for key, made in before.items()}
        for _, stub in stubs:
            stub[-1].to = entry.get(id(stub[-1].to), stub[-1].to)
        redirected = {id(step): stub[0] for step, stub in stubs}
        out = []
        for step in steps:
            out.extend(before.get(id(step), ()))
            out.append(step)
            if step.to is not None:
                step.to = redirected.get(id(step)) or entry.get(id(step.to), step.to)
            out.extend(after.get(id(step), ()))
        for _, stub in stubs:
            out.extend(stub)
        text = assembled(out)
        change = {'co_code': text, 'co_stacksize': code.co_stacksize + 3}
        if NEW:
            change['co_linetable'] = locations(out, code.co_firstlineno)
            change['co_exceptiontable'] = self.handlers(code, steps, entry, out, stubs)
        elif version >= (3, 10):
            change['co_linetable'] = line_table(out, code.co_firstlineno)
        else:
            change['co_lnotab'] = line_pairs(out, code.co_firstlineno)
        table = {}

        def tell():
            """Called by the probes: says what they stand for, and has them jumped over from now on."""
            known = table.get(getframe(1).f_lasti)
            if known is None:
                return
            place, patch, (about, what) = known
            memmove(place, patch, 2)
            if type(what) is int:
                self.told(about, what)
            else:
                self.way(about, what)

        made = code.replace(co_consts=constants + (tell,), **change)
        start = id(made) + Code.__basicsize__ if NEW else id(made.co_code) + bytes.__basicsize__ - 1
        for what, probe_steps in said.values():
            begin = probe_steps[0].offset
            if probe_steps[-1].to is not None:
                probe_steps = probe_steps[:-1]
            end = probe_steps[-1].offset
            length = end + probe_steps[-1].size - begin
            patch = bytes((op['JUMP_FORWARD'], (length - 2) // UNIT))
            for step in probe_steps:
                for offset in range(step.offset, step.offset + step.size, 2):
                    table[offset] = (start + begin, patch, what)
        self.codes[id(made)] = made
        return made

    @staticmethod
    def places(code):
        """Offset → line, end line, column, end column."""
        if NEW:
            return {2 * at: place for at, place in enumerate(code.co_positions())}
        found = {}
        if version >= (3, 10):
            for begin, end, line in code.co_lines():
                for at in range(begin, end, 2):
                    found[at] = (line, line, None, None)
            return found
        starts = dict_of(dis.findlinestarts(code))
        line = code.co_firstlineno
        for at in range(0, len(code.co_code), 2):
            line = starts.get(at, line)
            found[at] = (line, line, None, None)
        return found

    @staticmethod
    def handlers(code, steps, entry, out, stubs):
        """The table of exception handlers, for where the instructions are now."""
        by_offset = {step.at: step for step in steps}
        end = out[-1].offset + out[-1].size

        def now(at):
            step = by_offset.get(at)
            if step is None:
                own = steps[-1]
                return own.offset + own.size
            return entry.get(id(step), step).offset

        rows = []
        for begin, stop, target, depth, lasti in exception_rows(code.co_exceptiontable):
            rows.append((now(begin), now(stop), now(target), depth, lasti))
            for step, stub in stubs:
                if begin <= step.at < stop:
                    rows.append((stub[0].offset, stub[-1].offset + stub[-1].size, now(target), depth, lasti))
        rows.sort()
        table = []
        for begin, stop, target, depth, lasti in rows:
            for at, number in enumerate((begin // 2, (stop - begin) // 2, target // 2, depth << 1 | lasti)):
                put_varint(table, number, 0x80 if at == 0 else 0)
        return bytes(table)


def leaves(step):
    """What stands behind it is come to from elsewhere."""
    return dis.opname[step.op].startswith(('JUMP_ABSOLUTE', 'JUMP_FORWARD', 'JUMP_BACKWARD', 'RETURN', 'RAISE', 'RERAISE'))


def starts_of(code):
    """Offsets at which a line begins, also where it is the line before what has none."""
    if version < (3, 10):
        return set(at for at, _ in dis.findlinestarts(code))
    return set(at for at, _, line in code.co_lines() if line is not None)


def unmarked(steps):
    """Places that are come to from another line, and have no row of their own in the table of lines, as what is laid out before them ends on the same line.

    In 3.9 and 3.10 such is the copy of `finally` that runs after an exception, and from 3.10 on what a condition jumps to.

    @returns ids of steps. Not those that delete the name of `except … as`: in 3.9 their line need not have run
    """
    if version == (3, 8):
        return ()
    index = {id(step): at for at, step in enumerate(steps)}
    found = set(id(step.to) for step in steps if step.to is not None and (
        step.op == SETUP_FINALLY or version > (3, 9) and step.to.place[0] != step.place[0]))
    return set(one for one in found if not dis.opname[steps[min(index[one] + 2, len(steps) - 1)].op].startswith('DELETE_') or version > (3, 9))


def dict_of(pairs):
    found = {}
    for key, value in pairs:
        found[key] = value
    return found


def read(code, places):
    """@returns the instructions, and those at which handlers of exceptions begin"""
    text = code.co_code
    steps, by_offset, jumps = [], {}, []
    arg = 0
    start = None
    for at in range(0, len(text), 2):
        if start is None:
            start = at
        arg |= text[at + 1]
        if text[at] == EXTENDED:
            arg <<= 8
            continue
        step = Step(text[at], arg, places.get(at, (None, None, None, None)), start)
        steps.append(step)
        # A jump may lead to what widens the argument, never behind it.
        by_offset[start] = by_offset[at] = step
        if step.op in ABSOLUTE:
            jumps.append((step, arg * UNIT))
        elif step.op in RELATIVE:
            jumps.append((step, at + 2 + (-arg if step.op in BACKWARD else arg) * UNIT))
        arg, start = 0, None
    for step, target in jumps:
        step.to = by_offset[target]
    heads = [by_offset[target] for _, _, target, _, _ in exception_rows(code.co_exceptiontable)] if NEW else []
    return steps, heads


def assembled(steps):
    """Gives each instruction its offset and argument, and as much room as the argument needs."""
    while True:
        offset = 0
        for step in steps:
            step.offset = offset
            offset += step.size
        grown = False
        for step in steps:
            if step.to is not None:
                step.arg = jump_argument(step)
            width = 2 * max((step.arg.bit_length() + 7) // 8, 1)
            if width > step.size:
                step.size = width
                grown = True
        if not grown:
            break
    text = []
    for step in steps:
        for shift in range(step.size // 2 - 1, 0, -1):
            text += (EXTENDED, step.arg >> (8 * shift) & 0xFF)
        text += (step.op, step.arg & 0xFF)
    return bytes(text)


def jump_argument(step):
    if step.op in ABSOLUTE:
        return step.to.offset // UNIT
    distance = (step.to.offset - step.offset - step.size) // UNIT
    if NEW and (distance < 0) != (step.op in BACKWARD):
        name = dis.opname[step.op]
        other = name.replace('BACKWARD', 'FORWARD') if distance >= 0 else name.replace('FORWARD', 'BACKWARD')
        step.op = op[other]
    return abs(distance)


#: What a program writes that may store its own code, or look into it: what is put in cannot be stored, and could not run elsewhere.
SPEAK_OF_CODES = (b'import marshal', b'from marshal', b'marshal.dump', b'cloudpickle', b'import dill', b'dill.dump', b'co_consts', b'co_code')


def speaks_of_codes(paths):
    for path in paths:
        try:
            with open(path, 'rb') as file:
                text = file.read()
        except OSError:
            continue
        for word in SPEAK_OF_CODES:
            if word in text:
                return True
    return False


def unseen_by_tracers():
    """A program's own tracer, which is told of every function that begins, is not told of ours."""
    set_trace, get_trace = sys.settrace, sys.gettrace
    given = {}  # the tracer that stands for one of a program → that one

    def settrace(function):
        if function is None:
            return set_trace(None)

        def trace(frame, event, argument):
            return None if frame.f_code.co_filename[:len(HERE)] == HERE else function(frame, event, argument)

        given[trace] = function
        return set_trace(trace)

    def gettrace():
        now = get_trace()
        return given.get(now, now) if type(now) is Function else now

    sys.settrace, sys.gettrace = settrace, gettrace


class Rewriting:
    """What `install` gives: modules are rewritten as they are imported, and the entry before it runs."""

    def __init__(self, tracer, settrace):
        # Until something runs that is not rewritten, a program may have a tracer of its own.
        self.tracer = tracer
        self.settrace = settrace
        self.watching = False
        self.plain = False  # no code is rewritten
        self.rewriter = Rewriter(self.told, self.way)

    def told(self, info, line):
        hits = info.file.hits
        if not hits[line]:
            hits[line] = 1
            self.tracer.ran(info, line)

    @staticmethod
    def way(info, way):
        info.file.ways[way] = 1

    def start(self):
        if speaks_of_codes(self.tracer.files):
            self.plain = True
            self.watch(self.tracer.files)
            return
        load = SourceFileLoader.get_code
        rewritten = self.rewritten

        def get_code(self, fullname):
            code = load(self, fullname)
            return code if code is None else rewritten(code)

        unseen_by_tracers()
        get_code.__qualname__ = load.__qualname__
        SourceFileLoader.get_code = get_code

    def rewritten(self, code):
        tracer = self.tracer
        if self.plain or not tracer.recorder.on or not tracer.register(code):
            return code
        own = tracer.infos
        try:
            made = self.rewriter.rewritten(code, own)
        except (ValueError, KeyError, IndexError):
            # An instruction that is not known here: this file is watched as others are.
            self.watch([code])
            return code
        return made

    def knows(self, code):
        return id(code) in self.rewriter.codes

    def watch(self, codes):
        """Codes that run as they are."""
        if codes and not self.watching:
            self.watching = True
            self.settrace.start()

    def lost(self):
        return self.watching and self.settrace.lost()

    def why_lost(self):
        return self.settrace.why_lost()

    def stop(self):
        if self.watching:
            self.settrace.stop()
