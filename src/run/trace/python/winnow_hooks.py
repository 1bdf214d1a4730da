"""Two ways to be told what the interpreter does: `sys.monitoring` from 3.12 on, `sys.settrace` before.

Codes are known before they run: the interpreter announces each `exec` (audit event), which is how modules are executed too. So only
traced code has events of its own, and libraries run at full speed under monitoring.

Most lines of a long run are executions of lines that have run often. They are counted here, in as few steps as can be, and nothing else.
"""
import dis
import sys
import threading
from builtins import hasattr, id, len, next, set

from winnow_codes import Ways

getframe = sys._getframe
SUSPENDS = set(dis.opmap[name] for name in ('YIELD_VALUE', 'YIELD_FROM', 'ASYNC_GEN_WRAP', 'SEND') if name in dis.opmap)
RETURNS = set(dis.opmap[name] for name in ('RETURN_VALUE', 'RETURN_CONST') if name in dis.opmap)
RESUMABLE = 0x20 | 0x80 | 0x200
NEVER = 1 << 62


def install(tracer):
    """@returns what hooks it, with `start()`, `watch(codes)`, `lost()` and `stop()`"""
    return Monitoring(tracer) if hasattr(sys, 'monitoring') else Settrace(tracer)


class Monitoring:
    def __init__(self, tracer):
        self.tracer = tracer
        self.monitoring = sys.monitoring
        self.tool = next((number for number in (4, 3, 5, 2, 1, 0) if sys.monitoring.get_tool(number) is None), None)
        self.local = 0

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
        every = 0
        for event, call in calls.items():
            monitoring.register_callback(self.tool, event, call)
            if event in (events.PY_THROW, events.RAISE, events.PY_UNWIND):
                every |= event
            else:
                self.local |= event
        if every:
            monitoring.set_events(self.tool, every)

    def covered(self):
        infos, disable, tracer = self.tracer.infos, self.monitoring.DISABLE, self.tracer

        def on_line(code, raw):
            info = infos[id(code)]
            line = info.first.get(raw, raw)
            if not info.hits[line]:
                info.hits[line] = 1
                tracer.ran(info, line)
            return disable

        return on_line

    def counted(self):
        infos = self.tracer.infos

        def on_line(code, raw):
            info = infos[id(code)]
            if raw in info.first:
                if getframe(1).f_lasti not in info.entries:
                    return
                raw = info.first[raw]
            info.hits[raw] += 1

        return on_line

    def traced(self):
        tracer = self.tracer
        infos, states = tracer.infos, tracer.states
        quiet, due = 0, 1000

        def on_line(code, raw):
            nonlocal quiet, due
            info = infos[id(code)]
            if raw in info.first:
                if getframe(1).f_lasti not in info.entries:
                    return
                raw = info.first[raw]
            hits = info.hits
            count = hits[raw] = hits[raw] + 1
            if count > tracer.first and count <= info.until.get(raw, NEVER):
                quiet += 1
                if quiet == due:
                    due = tracer.pulse(quiet)
                if info.pending:
                    frame = getframe(1)
                    state = states.get(id(frame))
                    if state is not None and state.pending:
                        tracer.finish(state, frame)
                return
            if raw in info.texts:
                return
            frame = getframe(1)
            state = states.get(id(frame))
            if tracer.has_blocks and raw not in info.leaders:
                return
            if state is None:
                state = tracer.start(info, frame)
            tracer.line(state, frame, raw, count)

        tracer.unseen = lambda: quiet
        return on_line

    def frames(self):
        tracer, events = self.tracer, self.monitoring.events
        infos, states = tracer.infos, tracer.states

        def on_start(code, _offset):
            info = infos[id(code)]
            info.calls += 1
            if info.calls <= tracer.first:
                tracer.start(info, getframe(1))

        def on_return(_code, _offset, value):
            frame = getframe(1)
            state = states.get(id(frame))
            if state is not None:
                tracer.leave(state, frame, 'return', value)

        def on_yield(_code, _offset, value):
            frame = getframe(1)
            state = states.get(id(frame))
            if state is not None:
                tracer.leave(state, frame, 'yield', value)

        def on_resume(_code, _offset):
            state = states.get(id(getframe(1)))
            if state is not None:
                tracer.resume(state)

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
        tables = {}
        known = {}
        seen = {}

        def way_of(code, offset, target):
            info = infos[id(code)]
            table = tables.get(id(code))
            if table is None:
                table = tables[id(code)] = Ways(info)
            line = table.line_of(offset)
            to = None if line is None else table.of(target, line)
            return info, None if to is None else (line, to)

        def on_branch(code, offset, target):
            key = (id(code), offset, target)
            found = known.get(key)
            if found is None:
                found = known[key] = way_of(code, offset, target)
            info, way = found
            if way is not None:
                info.ways[way] = info.ways.get(way, 0) + 1
            if counts:
                return None
            if each:
                return disable
            targets = seen.setdefault((id(code), offset), set())
            targets.add(target)
            return disable if len(targets) > 1 else None

        return on_branch

    def watch(self, codes):
        for code in codes:
            self.monitoring.set_local_events(self.tool, code, self.local)

    def lost(self):
        return self.monitoring.get_tool(self.tool) != 'winnow'

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
        quiet, due = 0, 1000

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
            first, hits, ways, entries = info.first, info.hits, info.ways, info.entries
            raised = False
            before = 0

            def local(frame, event, argument):
                nonlocal raised, before, state, quiet, due
                if event == 'line':
                    raised = False
                    line = frame.f_lineno
                    if line in first:
                        if frame.f_lasti not in entries:
                            return local
                        line = first[line]
                    count = hits[line] = hits[line] + 1
                    way = (before, line)
                    if way not in ways:
                        ways[way] = 1
                    before = line
                    if count > tracer.first and count <= info.until.get(line, NEVER):
                        quiet += 1
                        if quiet == due:
                            due = tracer.pulse(quiet)
                        if state is not None and state.pending:
                            tracer.finish(state, frame)
                        return local
                    if line in info.texts or (has_blocks and line not in info.leaders):
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
                    rests = code.co_flags & RESUMABLE and not raised and stands_at(code, frame.f_lasti, SUSPENDS)
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

        tracer.unseen = lambda: quiet
        return called

    def counted(self, once):
        infos, ran = self.tracer.infos, self.tracer.ran

        def called(frame, _event, _argument):
            info = infos.get(id(frame.f_code))
            if info is None:
                return None
            first, hits, ways, entries = info.first, info.hits, info.ways, info.entries
            before = 0

            def local(frame, event, _argument):
                nonlocal before
                if event == 'line':
                    line = frame.f_lineno
                    if line in first:
                        if frame.f_lasti not in entries:
                            return local
                        line = first[line]
                    hits[line] += 1
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
                    way = (before, line)
                    if way not in ways:
                        ways[way] = 1
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

    def stop(self):
        if not self.lost():
            sys.settrace(None)
        threading.settrace(None)


def stands_at(code, offset, instructions):
    """At the end of a frame: whether it only rests, or returns. Where an exception takes it away, it stands elsewhere."""
    text = code.co_code
    return 0 <= offset < len(text) and text[offset] in instructions
