"""What happens in traced code, frame by frame: counts, events, and the values that each statement wrote.

The hooks of the interpreter (`winnow_hooks.py`) count, and call these methods for what is to be an event: the first executions of each line, and the last
where their number is known from a run before. A statement's writes are read once it is over, at the next event of its frame; what it may
have written is known before (`winnow_codes.py`), so that a frame's variables are never looked through. Where executions in between were no
events, the variables that may have changed unseen are told before the next event of the frame.
"""
import os
import sys
import threading
from builtins import KeyError, TypeError, ValueError, enumerate, getattr, id, len, list, min, set, sorted, str, sum, tuple, type

from winnow_codes import CodeInfo, FileLines, befores_of, nested, statements_of
from winnow_recorder import hits_text, quoted
from winnow_values import arguments_of, name_of

get_ident = threading.get_ident
getframe = sys._getframe
nothing = getattr  # no value of a program's


class State:
    """A frame of traced code that has begun, has events, and has not ended.

    `line`: the statement that runs, where that is an event; `pending`: what it wrote is to be told.
    `mark`: how many executions of lines were no events when all its variables were last told.
    """

    __slots__ = ('number', 'info', 'line', 'thread', 'caller', 'pending', 'told', 'last', 'mark')

    def __init__(self, number, info, thread, caller):
        self.number = number
        self.info = info
        self.line = 0
        self.thread = thread
        self.caller = caller
        self.pending = False
        self.told = True  # its call is an event
        self.last = {}  # of statements that loop: the texts of what they wrote
        self.mark = 0


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
        self.lines = 0  # executions of lines that are events
        self.due = 1000  # executions at which what is known is written
        self.lists = {}  # path → FileLines
        self.exact = self.last > 0  # how often lines run is wanted beyond the first executions
        self.uncounted = {}  # path → lines that run on without being counted
        self.looks = 0
        self.idle = set()  # ids of codes that ran often and have no frame with a State
        self.listen = None  # hears the ends of a code's frames again
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
        lines = self.lists.get(file)
        if lines is None:
            totals = self.totals.get(file)
            until = {} if totals is None else {line: count - self.last for line, count in totals}
            lines = self.lists[file] = FileLines(file, self.static.get(file, NO_STATIC), until)
        found = []
        for one in nested(code):
            if id(one) in self.infos:
                continue
            info = self.infos[id(one)] = CodeInfo(one, len(self.infos), lines)
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
        info.open += 1
        self.idle.discard(id(info.code))
        if info.quiet:
            self.listen(info)
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
        state.mark = self.unseen()
        self.recorder.emit(state.thread, text)
        return state

    def is_event(self, info, at, count):
        """Whether this execution of a line is one. Where it is not, the next of its executions are only counted."""
        file = info.file
        if count <= self.first:
            return True
        until = file.until.get(at)
        if until is not None and count > until:
            return True
        info.hot.add(at)
        self.cool(info, at)
        if sum(file.hits) > self.due:
            self.due = 2 * sum(file.hits)
            self.checkpoint()
        return False

    def may_rest(self, info, at, offset):
        """Whether a place in the code need not be looked at again: nothing that comes before it can have an event."""
        if self.exact:
            return False
        if info.befores is None:
            info.befores = befores_of(info.code, info.file.first)
        for line in info.befores.get(offset, NO_LINES):
            if line not in info.hot:
                return False
        uncounted = self.uncounted.setdefault(info.file.name, set())
        if at not in uncounted:
            uncounted.add(at)
            # It may be the last that is heard of a program that is killed.
            if len(uncounted) & (len(uncounted) - 1) == 0:
                self.write_counts()
            self.recorder.flush()
        return True

    def checkpoint(self):
        """What is known so far, because the program may be killed."""
        self.write_counts()
        self.recorder.flush()

    def cool(self, info, at):
        """From which count on an execution is looked at again: when it is among the last, or has doubled."""
        file = info.file
        count = file.hits[at]
        # Now and then, since it may be one of several places on the line that need not be looked at.
        again = 2 * count if self.exact else count + 64
        until = file.until.get(at)
        file.gate[at] = again if until is None or until < count else min(again, until + 1)

    def line(self, state, frame, at, count):
        """A line that is an event begins. `count`: how often it has run, with this time."""
        if state.pending:
            self.finish(state, frame)
        info = state.info
        file = info.file
        recorder = self.recorder
        if recorder.left <= 0:
            # From now on everything is only counted.
            self.first = -1
            file.until.clear()
        gap = count - file.seen.get(at, 0) - 1
        file.seen[at] = count
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
        if info.pending == 1:
            # Whatever runs next in this frame ends the statement.
            gate = file.gate
            for hot in info.hot:
                gate[hot] = 0
        text = '"e":"%s","f":%d,"l":%d' % (self.line_kind, state.number, at)
        if not state.told:
            text += ',"c":%d' % info.number
        if gap > 0:
            text += ',"skip":%d' % gap
        recorder.emit(state.thread, text)

    def ended(self, state):
        info = state.info
        state.pending = False
        info.pending -= 1
        if info.pending == 0:
            for hot in info.hot:
                self.cool(info, hot)

    def ran(self, info, line):
        """At once, because a program that is killed later has run it all the same."""
        self.recorder.always('"e":"hits","file":%s,"lines":[[%d,1]],"ways":[],"more":true' % (quoted(info.file.name), line))
        self.recorder.flush()

    def write_counts(self):
        exact = self.level == 'counts'
        for name, file in sorted(self.lists.items()):
            lines = {line: file.hits[line] for line in file.can if line not in file.texts and file.first.get(line, line) == line}
            if self.level == 'coverage':
                lines = {line: 1 if count else 0 for line, count in lines.items()}
            for place, way in file.ends:
                if place in file.places:
                    file.ways[way] = 1
            ways = {way: count if exact else 1 for way, count in list(file.ways.items()) if way[0]}
            self.recorder.always(hits_text(name, lines, ways, self.uncounted.get(name)))

    def skipped(self):
        """Executions of lines since each was last an event."""
        if not self.has_events:
            return 0
        return sum(
            file.hits[line] - file.seen.get(line, 0)
            for file in self.lists.values() for line in file.can
            if line not in file.texts and file.first.get(line, line) == line and (not self.has_blocks or line in file.leaders))

    def unseen(self):
        """Executions of lines that are no events: changes when there was one."""
        if self.uncounted:
            self.looks += 1
            return -self.looks
        total = -self.lines
        for file in self.lists.values():
            total += sum(file.hits)
        return total

    def finish(self, state, frame):
        """What the statement that is over wrote."""
        self.ended(state)
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
            texts.append(self.write_text(state, name, '', held, statement.deletes))
        for name in statement.cells:
            texts.append(self.write_text(state, name, ',"in":"closure"', held, statement.deletes))
        for name in statement.globals:
            texts.append(self.write_text(state, name, ',"in":"global"', frame.f_globals, statement.deletes))
        self.touch(statement, frame, held)
        self.say_objects(state)
        # A variable of a comprehension is gone, and was never there.
        texts = [text for text in texts if text is not None]
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

    def say_touched(self, state, frame):
        """Objects that a statement may have changed before it rests or fails."""
        statement = state.info.statements.get(state.line) if self.has_values else None
        if statement is not None and statement.touched:
            self.values.begin()
            self.touch(statement, frame, frame.f_locals)
            self.say_objects(state)

    def write_text(self, state, name, scope, held, deletes=False):
        try:
            value = held[name]
        except (KeyError, ValueError):
            if not deletes:
                return None
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
        if kind == 'yield':
            # The statement goes on when the frame does.
            if state.pending:
                self.say_touched(state, frame)
            state.info.rests += 1
            if state.info.rests > self.first:
                self.recorder.dropped += 1
                return
        else:
            if state.pending:
                self.finish(state, frame)
            if self.states.pop(id(frame), None) is not None:
                info = state.info
                info.open -= 1
                if info.open == 0 and info.calls >= self.first and not self.exact:
                    self.idle.add(id(info.code))
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
            self.ended(state)
            self.say_touched(state, frame)
        info.raises += 1
        if info.raises > self.first:
            self.recorder.dropped += 1
            return
        line = frame.f_lineno
        self.recorder.emit(state.thread, '"e":"raise","f":%d,"l":%d,"t":%s,"m":%s' % (
            state.number, info.file.first.get(line, line), quoted(name_of(type(error))), quoted(self.message(error))))

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
        if frame is None:
            self.recorder.emit(self.thread(), '"e":"output","f":0,"s":"%s","text":%s' % (stream, quoted(text[:OUTPUT])))
            return
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
NO_LINES = (None,)
NO_STATIC = {'first': {}, 'blocks': (), 'texts': ()}
