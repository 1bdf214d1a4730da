"""What happens in traced code, frame by frame: counts, events, and the values that each statement wrote.

The hooks of the interpreter (`winnow_hooks.py`) call these methods. A statement's writes are read once it is over: at the next event of its frame.
What it may have written is known before (`winnow_codes.py`), so that a frame's variables are never looked through.
"""
import os
import sys
import threading
from builtins import KeyError, ValueError, enumerate, getattr, id, len, list, tuple, type

from winnow_codes import CodeInfo, nested, statements_of
from winnow_recorder import quoted
from winnow_values import arguments_of, name_of

get_ident = threading.get_ident
getframe = sys._getframe
missing = getattr  # no value of a program's


class State:
    """A frame of traced code that has begun and not ended."""

    __slots__ = ('number', 'info', 'line', 'raw', 'thread', 'caller', 'direct', 'row', 'dirty', 'failed', 'told', 'last')

    def __init__(self, number, info, thread, caller):
        self.number = number
        self.info = info
        self.line = 0
        self.raw = 0
        self.thread = thread
        self.caller = caller
        self.direct = True
        self.row = None
        self.dirty = False  # objects or variables have changed since that no event has told
        self.failed = False
        self.last = {}  # of variables that loops write: their last texts
        self.told = True  # its call was written when it happened


class Tracer:
    def __init__(self, plan, root, recorder, values):
        self.level = plan['level']
        self.files = {os.path.join(root, path): path for path in plan['files']}
        self.static = plan['static']
        self.recorder = recorder
        self.values = values
        self.infos = {}  # id of a code → CodeInfo, which keeps it alive
        self.states = {}  # id of a frame → State
        self.threads = {}
        self.codes = 0
        self.next = 1
        self.first = recorder.first
        self.roots = []  # a code for each file or text that was executed
        self.has_events = self.level not in ('coverage', 'counts')
        self.has_values = self.level == 'values'
        self.has_blocks = self.level == 'blocks'

    def register(self, code):
        """All codes of one that is about to be executed. @returns those, or none when it is not of a traced file"""
        file = self.files.get(code.co_filename)
        if file is None:
            file = self.files.get(os.path.abspath(code.co_filename))
            if file is None:
                return []
        static = self.static.get(file, NO_STATIC)
        found = []
        for one in nested(code):
            if id(one) in self.infos:
                continue
            info = self.infos[id(one)] = CodeInfo(one, self.codes, file, static)
            self.codes += 1
            found.append(one)
            if self.has_events:
                self.recorder.always('"e":"code","c":%d,"file":%s,"name":%s,"kind":"%s","line":%d,"end":0' % (
                    info.number, quoted(file), quoted(self.name(one)), info.kind, one.co_firstlineno))
            if self.has_values:
                info.statements = statements_of(info)
        self.roots.append(code)
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
        """The nearest frame of traced code around."""
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
        caller = self.caller_of(frame)
        number = self.next
        self.next += 1
        state = self.states[id(frame)] = State(number, info, self.thread(), caller)
        info.calls += 1
        if not self.has_events:
            return state
        text = '"e":"call","f":%d,"c":%d' % (number, info.number)
        if caller is not None:
            text += ',"from":%d' % caller.number
        told = state.told = info.calls <= self.first
        if self.has_values and info.arguments:
            self.before(told)
            values = frame.f_locals
            of = self.values.of if told else self.brief
            text += ',"args":[%s]' % ','.join(
                ['[%s,%s]' % (quoted(name), of(values[name])) for name in info.arguments if name in values])
            if told:
                # Before the call, so in the frame that calls.
                self.say_objects(state, caller.number if caller is not None else 0)
            else:
                state.dirty = True
        self.event(state, told, text)
        return state

    def line(self, state, frame, raw):
        """A line begins. Those inside of a statement that has begun are none."""
        info = state.info
        at = info.first.get(raw, raw)
        before = state.line
        if at == before and (raw != at or state.raw != at):
            state.raw = raw
            return
        if before:
            if self.has_values and not state.failed:
                self.finish(state, frame)
        elif at in info.texts:
            return
        state.failed = False
        hits = info.hits
        count = hits[at] = hits.get(at, 0) + 1
        way = (before, at)
        ways = info.ways
        ways[way] = ways.get(way, 0) + 1
        state.line = at
        state.raw = raw
        if not self.has_events or (self.has_blocks and at not in info.leaders):
            return
        recorder = self.recorder
        if count <= self.first and recorder.left > 0:
            if state.dirty:
                self.say_all(state, frame)
            state.direct = True
            recorder.emit(state.thread, '"e":"%s","f":%d,"l":%d' % ('block' if self.has_blocks else 'line', state.number, at))
        else:
            state.direct = False
            state.row = recorder.hold(
                (info.number, at),
                state.thread,
                '"e":"%s","f":%d,"l":%d,"c":%d' % ('block' if self.has_blocks else 'line', state.number, at, info.number),
            )

    def finish(self, state, frame):
        """What the statement that is over wrote."""
        statement = state.info.statements.get(state.line)
        if statement is None or not statement.busy:
            return
        held = frame.f_locals
        if not state.direct:
            self.finish_held(state, statement, frame, held)
            return
        values = self.values
        values.begin()
        texts = []
        for name in statement.locals:
            texts.append(self.write_text(state, name, '', held))
        for name in statement.cells:
            texts.append(self.write_text(state, name, ',"in":"closure"', held))
        for name in statement.globals:
            texts.append(self.write_text(state, name, ',"in":"global"', frame.f_globals))
        for name in statement.touched:
            value = held[name] if name in held else frame.f_globals.get(name)
            if not values.is_plain(value):
                values.of(value)
        self.say_objects(state)
        if statement.loops:
            texts = self.new_ones(state, texts)
        for text in texts:
            self.recorder.emit(state.thread, text)

    @staticmethod
    def new_ones(state, texts):
        """A loop that is over has written nothing."""
        before = state.last.get(state.line)
        state.last[state.line] = texts
        return texts if before is None else [text for at, text in enumerate(texts) if at >= len(before) or text != before[at]]

    def finish_held(self, state, statement, frame, held):
        texts = []
        for names, scope, values in (
            (statement.locals, '', held), (statement.cells, ',"in":"closure"', held), (statement.globals, ',"in":"global"', frame.f_globals),
        ):
            for name in names:
                texts.append(self.write_text(state, name, scope, values, self.brief))
        if statement.loops:
            texts = self.new_ones(state, texts)
        if texts and state.row is not None:
            state.row[2] += '}\n{' + '}\n{'.join(texts)
        state.dirty = True

    def write_text(self, state, name, scope, held, of=None):
        try:
            value = held[name]
        except (KeyError, ValueError):
            return '"e":"write","f":%d,"v":%s,"gone":true%s' % (state.number, quoted(name), scope)
        return '"e":"write","f":%d,"v":%s,"to":%s%s' % (
            state.number, quoted(name), (of or self.values.of)(value), scope)

    def brief(self, value):
        """Without saying what it holds."""
        return self.values.of(value, 0)

    def before(self, told):
        self.values.begin()

    def say_objects(self, state, frame=None):
        out = self.values.out
        if out:
            for text in out:
                self.recorder.emit(state.thread, '%s,"f":%d' % (text, state.number if frame is None else frame))
            del out[:]

    def say_all(self, state, frame):
        """All variables of a frame whose last events were held back."""
        state.dirty = False
        self.values.begin()
        texts = [
            self.write_text(state, name, '', {name: value})
            for name, value in list(frame.f_locals.items())
            if type(name) is str and name[:2] != '__' and not self.values.is_plain(value)
        ]
        self.say_objects(state)
        for text in texts:
            self.recorder.emit(state.thread, text)

    def event(self, state, direct, text):
        """An event of a frame that is no line's own."""
        if direct and self.recorder.left > 0:
            self.recorder.emit(state.thread, text)
        else:
            self.recorder.hold((state.info.number, 0), state.thread, text)

    def leave(self, state, frame, kind, value=missing):
        """The frame ends (`return`, `unwind`) or rests (`yield`)."""
        if self.has_values and state.line and not state.failed:
            self.finish(state, frame)
        if kind != 'yield':
            self.states.pop(id(frame), None)
            way = (state.line, state.info.end)
            state.info.ways[way] = state.info.ways.get(way, 0) + 1
        if not self.has_events:
            return
        text = '"e":"%s","f":%d' % (kind, state.number)
        if state.told and state.dirty and self.recorder.left > 0:
            self.say_all(state, frame)
        if value is not missing and self.has_values:
            self.values.begin()
            text += ',"to":%s' % (self.values.of(value) if state.told else self.brief(value))
            self.say_objects(state)
        self.event(state, state.told, text)
        if state.caller is not None and (state.dirty or not state.told):
            state.caller.dirty = True
        if kind == 'yield':
            state.failed = True  # what it wrote is told

    def resume(self, state):
        if self.has_events:
            self.event(state, state.told, '"e":"resume","f":%d' % state.number)

    def failing(self, state, frame, error):
        """An exception came up in this frame. What the statement had stored before is not known to be stored."""
        if not self.has_events:
            return
        if self.has_values and not state.failed and state.direct:
            statement = state.info.statements.get(state.line)
            if statement is not None and statement.touched:
                held = frame.f_locals
                self.values.begin()
                for name in statement.touched:
                    value = held[name] if name in held else frame.f_globals.get(name)
                    if not self.values.is_plain(value):
                        self.values.of(value)
                self.say_objects(state)
        state.failed = True
        text = '"e":"raise","f":%d,"l":%d,"t":%s,"m":%s' % (
            state.number, state.line, quoted(name_of(type(error))), quoted(self.message(error)))
        self.event(state, state.direct and state.told, text)

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
        state = self.running()
        if len(text) > OUTPUT:
            text = text[:OUTPUT] + '…'
        number = state.number if state is not None else 0
        said = '"e":"output","f":%d,"s":"%s","text":%s' % (number, stream, quoted(text))
        if state is not None and not state.direct and state.row is not None:
            state.row[2] += '}\n{' + said
        else:
            self.recorder.emit(state.thread if state is not None else self.thread(), said)

    def note(self, about, text):
        state = self.running()
        self.recorder.always('"e":"note","f":%d,"about":"%s","text":%s' % (state.number if state is not None else 0, about, quoted(text)))

    def running(self):
        frame = getframe(1)
        state = self.states.get(id(frame))
        return state if state is not None else self.caller_of(frame)


RANGE = tuple([0] * 200)
#: Characters of one output event; the streams themselves have it all.
OUTPUT = 10_000
NO_STATIC = {'first': {}, 'blocks': (), 'texts': ()}
