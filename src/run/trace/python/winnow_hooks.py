"""Two ways to be told what the interpreter does: `sys.monitoring` from 3.12 on, `sys.settrace` before; a third, for coverage before 3.12: `winnow_rewrite.py`.

Codes are known before they run: the interpreter announces each `exec` (audit event), which is how modules are executed too. So only
traced code has events of its own, and libraries run at full speed under monitoring.

Most lines of a long run are executions of lines that have run often. They are counted here, in as few steps as can be, and nothing else.
"""
import dis
import sys
import threading
from builtins import hasattr, id, len, next, set, sum

from winnow_codes import Ways, turns_of

getframe = sys._getframe
SUSPENDS = set(dis.opmap[name] for name in ('YIELD_VALUE', 'YIELD_FROM', 'ASYNC_GEN_WRAP', 'SEND') if name in dis.opmap)
RETURNS = set(dis.opmap[name] for name in ('RETURN_VALUE', 'RETURN_CONST') if name in dis.opmap)
RESUMABLE = 0x20 | 0x80 | 0x200


def nothing(_code, _offset):
    pass


def install(tracer, rewrite):
    """@returns what hooks it, with `start()`, `watch(codes)`, `lost()` and `stop()`"""
    if hasattr(sys, 'monitoring'):
        return Monitoring(tracer)
    settrace = Settrace(tracer)
    return rewrite.Rewriting(tracer, settrace) if rewrite is not None and rewrite.can_rewrite() else settrace


class Monitoring:
    def __init__(self, tracer):
        self.tracer = tracer
        self.monitoring = sys.monitoring
        self.tool = next((number for number in (4, 3, 5, 2, 1, 0) if sys.monitoring.get_tool(number) is None), None)
        self.local = 0
        self.tables = {}  # id of a code → counts of its file, and from which on they matter
        self.turns = {}  # id of a code → jumps back within a line: offset → line
        self.taken = {}  # id of a code → branches that were taken: offset and target

    def start(self):
        monitoring, tracer = self.monitoring, self.tracer
        events = monitoring.events
        monitoring.use_tool_id(self.tool, 'winnow')
        counts = tracer.level == 'counts'
        calls = {events.LINE: self.covered() if tracer.level == 'coverage' else self.counted() if counts else self.traced()}
        if hasattr(events, 'BRANCH_LEFT'):
            calls[events.BRANCH_LEFT] = calls[events.BRANCH_RIGHT] = self.branch(counts, True)
        else:
            calls[events.BRANCH] = self.branch(counts, False)
        if tracer.has_events:
            calls.update(self.frames())
        else:
            # CPython 3.13 tells no line of a function on one line without it.
            calls[events.PY_START] = nothing if counts else lambda _code, _offset: monitoring.DISABLE
        if tracer.level != 'coverage':
            calls[events.JUMP] = self.turned(calls[events.LINE])
        every = 0
        for event, call in calls.items():
            monitoring.register_callback(self.tool, event, call)
            if event in (events.PY_THROW, events.RAISE, events.PY_UNWIND):
                every |= event
            elif event == events.JUMP:
                pass
            else:
                self.local |= event
        if every:
            monitoring.set_events(self.tool, every)

    def covered(self):
        infos, disable, tracer = self.tracer.infos, self.monitoring.DISABLE, self.tracer

        def on_line(code, raw):
            info = infos[id(code)]
            file = info.file
            line = file.first.get(raw, raw)
            file.places.add((id(code), getframe(1).f_lasti))
            if not file.hits[line]:
                file.hits[line] = 1
                tracer.ran(info, line)
            return disable

        return on_line

    def counted(self):
        tracer, disable = self.tracer, self.monitoring.DISABLE
        infos = tracer.infos
        due = tracer.due

        def on_line(code, raw, depth=1):
            nonlocal due
            info = infos[id(code)]
            file = info.file
            if raw in file.first:
                if depth == 1 and getframe(1).f_lasti not in info.entries:
                    return disable
                raw = file.first[raw]
            count = file.hits[raw] = file.hits[raw] + 1
            if count >= due:
                due = 2 * count
                tracer.checkpoint()

        return on_line

    def traced(self):
        """Most executions end after the first two lines."""
        tracer, disable = self.tracer, self.monitoring.DISABLE
        infos, states = tracer.infos, tracer.states
        tables = self.tables

        def on_line(code, raw, depth=1):
            hits, gate = tables[id(code)]
            count = hits[raw] = hits[raw] + 1
            if count < gate[raw]:
                return None
            info = infos[id(code)]
            file = info.file
            if raw in file.first:
                at = file.first[raw]
                if depth == 1 and getframe(1).f_lasti not in info.entries:
                    hits[raw] -= 1
                    return disable
                if at != raw:
                    hits[raw] -= 1
                    raw = at
                    count = hits[raw] = hits[raw] + 1
            if raw in file.texts:
                # A text does nothing that was unseen.
                hits[raw] -= 1
            frame = getframe(depth)
            state = states.get(id(frame))
            if raw not in file.can or raw in file.texts or (tracer.has_blocks and raw not in file.leaders) or not tracer.is_event(info, raw, count):
                if state is not None and state.pending:
                    tracer.finish(state, frame)
                return disable if raw in info.hot and tracer.may_rest(info, raw, frame.f_lasti) else None
            if state is None:
                state = tracer.start(info, frame)
            tracer.line(state, frame, raw, count)
            return None

        return on_line

    def turned(self, on_line):
        turns, disable = self.turns, self.monitoring.DISABLE

        def on_jump(code, offset, _target):
            line = turns[id(code)].get(offset)
            if line is None:
                return disable
            on_line(code, line, 2)
            return None

        return on_jump

    def frames(self):
        tracer, events, disable = self.tracer, self.monitoring.events, self.monitoring.DISABLE
        infos, states = tracer.infos, tracer.states

        def on_start(code, _offset):
            info = infos[id(code)]
            info.calls += 1
            if info.calls > tracer.first:
                return disable
            tracer.start(info, getframe(1))
            return None

        ends = events.PY_RETURN
        idle = tracer.idle
        tracer.listen = self.listen

        def on_return(code, _offset, value):
            frame = getframe(1)
            state = states.get(id(frame))
            if state is not None:
                tracer.leave(state, frame, 'return', value)
            elif idle and id(code) in idle:
                # Nobody waits for an end, until a line of it is an event again.
                idle.discard(id(code))
                infos[id(code)].quiet = True
                self.monitoring.set_local_events(self.tool, code, self.monitoring.get_local_events(self.tool, code) & ~ends)

        def on_yield(code, _offset, value):
            frame = getframe(1)
            state = states.get(id(frame))
            if state is not None:
                tracer.leave(state, frame, 'yield', value)
            return disable if infos[id(code)].rests > tracer.first else None

        def on_resume(code, _offset):
            state = states.get(id(getframe(1)))
            if state is not None:
                tracer.resume(state)
            return disable if infos[id(code)].rests > tracer.first else None

        def on_throw(code, _offset, _error):
            if id(code) in infos:
                state = states.get(id(getframe(1)))
                if state is not None:
                    tracer.resume(state)

        def on_raise(code, _offset, error):
            info = infos.get(id(code))
            if info is None:
                return
            frame = getframe(1)
            state = states.get(id(frame))
            if state is None and info.raises < tracer.first:
                state = tracer.start(info, frame)
            if state is not None:
                tracer.failing(state, frame, error)

        def on_unwind(code, _offset, _error):
            if id(code) in infos:
                frame = getframe(1)
                state = states.get(id(frame))
                if state is not None:
                    tracer.leave(state, frame, 'unwind')

        return {
            events.PY_START: on_start, events.PY_RETURN: on_return, events.PY_YIELD: on_yield, events.PY_RESUME: on_resume,
            events.PY_THROW: on_throw, events.RAISE: on_raise, events.PY_UNWIND: on_unwind,
        }

    def branch(self, counts, each):
        """@param each both directions can be switched off by themselves (3.14)"""
        infos, disable = self.tracer.infos, self.monitoring.DISABLE
        covers = self.tracer.level == 'coverage'
        taken = self.taken
        ways = {}
        found = {}

        def way_of(code, offset, target):
            info = infos[id(code)]
            table = found.get(id(code))
            if table is None:
                table = found[id(code)] = Ways(info)
            line = table.line_of(offset)
            to = None if line is None else table.of(target, line)
            return info.file.ways, None if to is None else (line, to)

        def on_branch(code, offset, target):
            """A branch that always goes the same way, as that of a loop over a long list, comes here each time before 3.14."""
            seen = taken[id(code)]
            if (offset, target) in seen:
                return None
            seen.add((offset, target))
            into, way = way_of(code, offset, target)
            if way is not None:
                into[way] = 1
            if each:
                return disable
            end = found[id(code)].end_of_loop(offset) if covers else None
            if end is not None:
                place, way = end
                infos[id(code)].file.ends.add(((id(code), place), way))
                return disable
            return disable if sum(1 for other, _ in seen if other == offset) > 1 else None

        def on_counted(code, offset, target):
            key = (id(code), offset, target)
            known = ways.get(key)
            if known is None:
                known = ways[key] = way_of(code, offset, target)
            into, way = known
            if way is not None:
                into[way] = into.get(way, 0) + 1

        return on_counted if counts else on_branch

    def listen(self, info):
        info.quiet = False
        known = self.monitoring.get_local_events(self.tool, info.code)
        self.monitoring.set_local_events(self.tool, info.code, known | self.monitoring.events.PY_RETURN)

    def watch(self, codes):
        for code in codes:
            file = self.tracer.infos[id(code)].file
            self.tables[id(code)] = (file.hits, file.gate)
            self.taken[id(code)] = set()
            turns = self.turns[id(code)] = {} if self.tracer.level == 'coverage' else turns_of(code)
            more = self.monitoring.events.JUMP if turns else 0
            self.monitoring.set_local_events(self.tool, code, self.local | more)

    def lost(self):
        return self.monitoring.get_tool(self.tool) != 'winnow'

    def why_lost(self):
        return 'the program replaced the tracer: what it did after that is not told'

    def stop(self):
        if self.lost():
            return
        self.monitoring.set_events(self.tool, 0)
        self.monitoring.free_tool_id(self.tool)


class Settrace:
    def __init__(self, tracer):
        self.tracer = tracer
        self.hook = None

    def start(self):
        self.hook = self.traced() if self.tracer.has_events else self.counted(self.tracer.level == 'coverage')
        threading.settrace(self.hook)
        sys.settrace(self.hook)

    def traced(self):
        tracer = self.tracer
        infos, states = tracer.infos, tracer.states
        has_blocks = tracer.has_blocks

        def called(frame, _event, _argument):
            info = infos.get(id(frame.f_code))
            if info is None:
                return None
            state = states.get(id(frame))
            if state is not None:
                tracer.resume(state)
            else:
                info.calls += 1
                if info.calls <= tracer.first:
                    state = tracer.start(info, frame)
            file = info.file
            first, hits, gate, ways, entries = file.first, file.hits, file.gate, file.ways, info.entries
            raised = False
            before = 0

            def local(frame, event, argument):
                nonlocal raised, before, state
                if event == 'line':
                    line = frame.f_lineno
                    if line in first:
                        if frame.f_lasti not in entries:
                            return local
                        line = first[line]
                    count = hits[line] = hits[line] + 1
                    if (before, line) not in ways:
                        ways[(before, line)] = 1
                    before = line
                    if count < gate[line]:
                        return local
                    raised = False
                    if line in file.texts:
                        # A text does nothing that was unseen.
                        hits[line] -= 1
                    if line not in file.can or line in file.texts or (has_blocks and line not in file.leaders) or not tracer.is_event(info, line, count):
                        if state is not None and state.pending:
                            tracer.finish(state, frame)
                        return local
                    if state is None:
                        state = tracer.start(info, frame)
                    tracer.line(state, frame, line, count)
                elif event == 'exception':
                    raised = True
                    if state is None and info.raises < tracer.first:
                        state = tracer.start(info, frame)
                    if state is not None:
                        tracer.failing(state, frame, argument[1] if argument[1] is not None else argument[0])
                elif event == 'return':
                    code = frame.f_code
                    rests = code.co_flags & RESUMABLE and stands_at(code, frame.f_lasti, SUSPENDS) and not (raised and argument is None)
                    if not rests:
                        ways[(before, info.end)] = 1
                    if state is None:
                        return local
                    if rests:
                        tracer.leave(state, frame, 'yield', argument)
                    elif raised and argument is None and not stands_at(code, frame.f_lasti, RETURNS):
                        tracer.leave(state, frame, 'unwind')
                    else:
                        tracer.leave(state, frame, 'return', argument)
                return local

            return local

        return called

    def counted(self, once):
        infos, ran = self.tracer.infos, self.tracer.ran
        due, checkpoint = self.tracer.due, self.tracer.checkpoint

        def called(frame, _event, _argument):
            info = infos.get(id(frame.f_code))
            if info is None:
                return None
            file = info.file
            first, hits, ways, entries = file.first, file.hits, file.ways, info.entries
            before = 0

            def local(frame, event, _argument):
                nonlocal before, due
                if event == 'line':
                    line = frame.f_lineno
                    if line in first:
                        if frame.f_lasti not in entries:
                            return local
                        line = first[line]
                    count = hits[line] = hits[line] + 1
                    if count >= due:
                        due = 2 * count
                        checkpoint()
                    way = (before, line)
                    ways[way] = ways.get(way, 0) + 1
                    before = line
                elif event == 'return':
                    way = (before, info.end)
                    ways[way] = ways.get(way, 0) + 1
                return local

            def covers(frame, event, _argument):
                nonlocal before
                if event == 'line':
                    line = frame.f_lineno
                    line = first.get(line, line)
                    if (before, line) not in ways:
                        ways[(before, line)] = 1
                        if not hits[line]:
                            hits[line] = 1
                            ran(info, line)
                    before = line
                elif event == 'return':
                    ways[(before, info.end)] = 1
                return covers

            return covers if once else local

        return called

    def watch(self, codes):
        pass

    def lost(self):
        return sys.gettrace() is not self.hook

    def why_lost(self):
        return 'this Python stopped tracing, as it does after a RecursionError in the tracer: what the program did after that is not told'

    def stop(self):
        if not self.lost():
            sys.settrace(None)
        threading.settrace(None)


def stands_at(code, offset, instructions):
    """At the end of a frame: whether it only rests, or returns. Where an exception takes it away, it stands elsewhere."""
    text = code.co_code
    return 0 <= offset < len(text) and text[offset] in instructions
