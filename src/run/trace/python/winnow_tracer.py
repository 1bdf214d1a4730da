"""What happens in traced code, frame by frame: counts, events, and the values that each statement wrote.

The hooks of the interpreter (`winnow_hooks.py`) count, and call these methods for what is to be an event: the first executions of each line, and the last
where their number is known from a run before. A statement's writes are read once it is over, at the next event of its frame; what it may
have written is known before (`winnow_codes.py`), so that a frame's variables are never looked through. Where executions in between were no
events, the variables that may have changed unseen are told before the next event of the frame.
"""
import os
import sys
import threading
from builtins import KeyError, TypeError, ValueError, enumerate, getattr, id, len, list, max, sorted, str, tuple, type

from winnow_codes import CodeInfo, nested, statements_of
from winnow_recorder import hits_text, quoted
from winnow_values import arguments_of, name_of

get_ident = threading.get_ident
getframe = sys._getframe
nothing = getattr  # no value of a program's


class State:
    """A frame of traced code that has begun, has events, and has not ended.

    `line`: the statement that runs, where that is an event; `pending`: what it wrote is to be told.
    `quiet`: executions of other lines may have changed what was told.
    """

    __slots__ = ('number', 'info', 'line', 'raw', 'thread', 'caller', 'pending', 'told', 'last', 'mark')

    def __init__(self, number, info, thread, caller):
        self.number = number
        self.info = info
        self.line = 0
        self.raw = 0
        self.thread = thread
        self.caller = caller
        self.pending = False
        self.told = True  # its call is an event
        self.last = {}  # of statements that loop: the texts of what they wrote
        self.mark = 0  # executions of lines without an event when all was last told


class Tracer:
    def __init__(self, plan, root, recorder, values):
        self.level = plan['level']
        self.files = {os.path.join(root, path): path for path in plan['files']}
        self.static = plan['static']
        self.totals = plan.get('totals') or {}
        self.recorder = recorder
        self.values = values
        self.infos = {}  # id of a code → CodeInfo, which keeps it alive
        self.states = {}  # id of a frame → State
        self.threads = {}
        self.next = 1
        self.first = plan['limits']['firstHits']
        self.last = plan['limits']['lastHits']
        self.quiet = 0  # executions of lines that are no events
        self.lines = 0  # executions that are
        self.has_events = self.level not in ('coverage', 'counts')
        self.has_values = self.level == 'values'
        self.has_blocks = self.level == 'blocks'
        self.line_kind = 'block' if self.has_blocks else 'line'

    def register(self, code):
        """All codes of one that is about to be executed. @returns those, or none when it is not of a traced file"""
        file = self.files.get(code.co_filename)
        if file is None:
            file = self.files.get(os.path.abspath(code.co_filename))
            if file is None:
                return []
        static = self.static.get(file, NO_STATIC)
        totals = self.totals.get(file)
        until = {} if totals is None else {line: count - self.last for line, count in totals}
        found = []
        for one in nested(code):
            if id(one) in self.infos:
                continue
            info = self.infos[id(one)] = CodeInfo(one, len(self.infos), file, static, until)
            found.append(one)
            if self.has_events:
                self.recorder.always('"e":"code","c":%d,"file":%s,"name":%s,"kind":"%s","line":%d,"end":0' % (
                    info.number, quoted(file), quoted(self.name(one)), info.kind, one.co_firstlineno))
            if self.has_values:
                info.statements = statements_of(info)
        return found

    @staticmethod
    def name(code):
        return getattr(code, 'co_qualname', code.co_name).replace('.<locals>', '')

    def thread(self):
        ident = get_ident()
        number = self.threads.get(ident)
        if number is None:
            number = self.threads[ident] = len(self.threads)
        return number

    def caller_of(self, frame):
        """The nearest frame around that has events."""
        back = frame.f_back
        for _ in RANGE:
            if back is None:
                return None
            state = self.states.get(id(back))
            if state is not None:
                return state
            back = back.f_back
        return None

    def start(self, info, frame):
        """A frame that begins, or that has its first event only now. @returns its State; of the first calls it is told"""
        caller = self.caller_of(frame)
        number = self.next
        self.next += 1
        state = self.states[id(frame)] = State(number, info, self.thread(), caller)
        state.told = info.calls <= self.first
        if not state.told:
            return state
        text = '"e":"call","f":%d,"c":%d' % (number, info.number)
        if caller is not None:
            text += ',"from":%d' % caller.number
        if self.has_values and info.arguments:
            self.values.begin()
            values = frame.f_locals
            of = self.values.of
            text += ',"args":[%s]' % ','.join(
                ['[%s,%s]' % (quoted(name), of(values[name])) for name in info.arguments if name in values])
            # Before the call, so in the frame that calls.
            self.say_objects(state, caller.number if caller is not None else 0)
        state.mark = self.quiet
        self.recorder.emit(state.thread, text)
        return state

    def line(self, state, frame, at, count):
        """A line that is an event begins. `count`: how often it has run, with this time."""
        if state.pending:
            self.finish(state, frame)
        info = state.info
        recorder = self.recorder
        if recorder.left <= 0:
            # From now on everything is only counted.
            self.first = -1
            self.totals = {}
            info.until.clear()
        gap = count - info.seen.get(at, 0) - 1
        info.seen[at] = count
        self.lines += 1
        if self.has_values:
            # Lines that were no events leave no other trace than this number.
            quiet = self.unseen()
            if quiet != state.mark:
                state.mark = quiet
                self.say_all(state, frame)
        state.line = at
        state.pending = True
        info.pending += 1
        text = '"e":"%s","f":%d,"l":%d' % (self.line_kind, state.number, at)
        if not state.told:
            text += ',"c":%d' % info.number
        if gap > 0:
            text += ',"skip":%d' % gap
        recorder.emit(state.thread, text)

    def ran(self, info, line):
        """At once, because a program that is killed later has run it all the same."""
        self.recorder.always('"e":"hits","file":%s,"lines":[[%d,1]],"ways":[],"more":true' % (quoted(info.file), line))
        self.recorder.flush()

    def pulse(self, quiet):
        """What is known so far, for the case that the program is killed. @returns when to be called again"""
        self.write_counts()
        self.recorder.flush()
        return 2 * quiet

    def write_counts(self):
        files = {}
        for info in list(self.infos.values()):
            lines, ways = files.setdefault(info.file, ({}, {}))
            for line, count in list(info.hits.items()):
                if line not in info.texts:
                    lines[line] = lines.get(line, 0) + count if self.level != 'coverage' else max(lines.get(line, 0), count)
            for way, count in list(info.ways.items()):
                if way[0]:
                    ways[way] = ways.get(way, 0) + count if self.level == 'counts' else 1
        for file, (lines, ways) in sorted(files.items()):
            self.recorder.always(hits_text(file, lines, ways))

    def unseen(self):
        """Changes when a line ran without an event."""
        return self.quiet

    def finish(self, state, frame):
        """What the statement that is over wrote."""
        state.pending = False
        state.info.pending -= 1
        if not self.has_values:
            return
        statement = state.info.statements.get(state.line)
        if statement is None or not statement.busy:
            return
        held = frame.f_locals
        values = self.values
        values.begin()
        texts = []
        for name in statement.locals:
            texts.append(self.write_text(state, name, '', held))
        for name in statement.cells:
            texts.append(self.write_text(state, name, ',"in":"closure"', held))
        for name in statement.globals:
            texts.append(self.write_text(state, name, ',"in":"global"', frame.f_globals))
        self.touch(statement, frame, held)
        self.say_objects(state)
        if statement.loops:
            # A loop that is over has written nothing.
            before = state.last.get(state.line)
            state.last[state.line] = texts
            if before is not None:
                texts = [text for at, text in enumerate(texts) if at >= len(before) or text != before[at]]
        for text in texts:
            self.recorder.emit(state.thread, text)

    def touch(self, statement, frame, held):
        values = self.values
        for name in statement.touched:
            value = held[name] if name in held else frame.f_globals.get(name)
            if not values.is_plain(value):
                values.of(value)

    def write_text(self, state, name, scope, held):
        try:
            value = held[name]
        except (KeyError, ValueError):
            return '"e":"write","f":%d,"v":%s,"gone":true%s' % (state.number, quoted(name), scope)
        return '"e":"write","f":%d,"v":%s,"to":%s%s' % (state.number, quoted(name), self.values.of(value), scope)

    def say_objects(self, state, frame=None):
        out = self.values.out
        if out:
            for text in out:
                self.recorder.emit(state.thread, '%s,"f":%d' % (text, state.number if frame is None else frame))
            del out[:]

    def say_all(self, state, frame):
        """All variables of a frame, when some of its lines have run without an event. What was told of them the same way is not told again."""
        self.values.begin()
        isolated = state.info.kind in ('module', 'class')
        texts = [
            self.write_text(state, name, '', {name: value})
            for name, value in list(frame.f_locals.items())
            if type(name) is str and name[:2] != '__' and not (isolated and type(value) in QUIET)
        ]
        self.say_objects(state)
        before = state.last.get(0, {})
        state.last[0] = {text: True for text in texts}
        for text in texts:
            if text not in before:
                self.recorder.emit(state.thread, text)

    def leave(self, state, frame, kind, value=nothing):
        """The frame ends (`return`, `unwind`) or rests (`yield`)."""
        if state.pending:
            self.finish(state, frame)
        if kind == 'yield':
            state.info.rests += 1
            if state.info.rests > self.first:
                self.recorder.dropped += 1
                return
        else:
            self.states.pop(id(frame), None)
        quiet = self.unseen()
        if self.has_values and quiet != state.mark:
            state.mark = quiet
            self.say_all(state, frame)
        text = '"e":"%s","f":%d' % (kind, state.number)
        if value is not nothing and self.has_values:
            self.values.begin()
            text += ',"to":%s' % self.values.of(value)
            self.say_objects(state)
        self.recorder.emit(state.thread, text)

    def resume(self, state):
        if state.info.rests < self.first:
            self.recorder.emit(state.thread, '"e":"resume","f":%d' % state.number)

    def failing(self, state, frame, error):
        """An exception came up in this frame. What the statement had stored before is not known to be stored."""
        info = state.info
        if state.pending:
            state.pending = False
            info.pending -= 1
            if self.has_values:
                statement = info.statements.get(state.line)
                if statement is not None and statement.touched:
                    self.values.begin()
                    self.touch(statement, frame, frame.f_locals)
                    self.say_objects(state)
        info.raises += 1
        if info.raises > self.first:
            self.recorder.dropped += 1
            return
        line = frame.f_lineno
        self.recorder.emit(state.thread, '"e":"raise","f":%d,"l":%d,"t":%s,"m":%s' % (
            state.number, info.first.get(line, line), quoted(name_of(type(error))), quoted(self.message(error))))

    def message(self, error):
        """As far as it can be told without asking the exception."""
        try:
            given = arguments_of(error)
        except TypeError:
            return ''
        kinds = self.values.plain
        parts = [one if type(one) is str else kinds[type(one)](one) for one in given if type(one) in kinds]
        return ', '.join(parts)[:self.values.text] if len(parts) == len(given) else ''

    def output(self, stream, text):
        frame = getframe(1)
        for _ in RANGE:
            if frame is None or id(frame.f_code) in self.infos:
                break
            frame = frame.f_back
        state = self.states.get(id(frame)) if frame is not None else None
        if state is None or not state.pending:
            self.recorder.dropped += 1
            return
        if len(text) > OUTPUT:
            text = text[:OUTPUT] + '…'
        self.recorder.emit(state.thread, '"e":"output","f":%d,"s":"%s","text":%s' % (state.number, stream, quoted(text)))

    def note(self, about, text):
        state = self.caller_of(getframe(1))
        self.recorder.always('"e":"note","f":%d,"about":"%s","text":%s' % (state.number if state is not None else 0, about, quoted(text)))


RANGE = tuple([0] * 200)
#: Characters of one output event; the streams themselves have it all.
OUTPUT = 10_000
QUIET = (type(os), type(len), type(getframe), type(lambda: None), type)
NO_STATIC = {'first': {}, 'blocks': (), 'texts': ()}
