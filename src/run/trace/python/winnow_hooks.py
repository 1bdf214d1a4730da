"""Two ways to be told what the interpreter does: `sys.monitoring` from 3.12 on, `sys.settrace` before.

Codes are known before they run: the interpreter announces each `exec` (audit event), which is how modules are executed too. So only
traced code has events of its own, and libraries run at full speed under monitoring.
"""
import dis
import sys
import threading
from builtins import getattr, hasattr, id, len, next, set

from winnow_codes import Ways

getframe = sys._getframe
SUSPENDS = set(dis.opmap[name] for name in ('YIELD_VALUE', 'YIELD_FROM', 'ASYNC_GEN_WRAP', 'SEND') if name in dis.opmap)
RESUMABLE = 0x20 | 0x80 | 0x200


def install(tracer):
    """@returns what hooks it: `monitoring` or `settrace`, with `watch(codes)`, `start()`, `stop()` and `lost()`"""
    return Monitoring(tracer) if hasattr(sys, 'monitoring') else Settrace(tracer)


class Monitoring:
    def __init__(self, tracer):
        self.tracer = tracer
        self.monitoring = sys.monitoring
        self.tool = next((number for number in (4, 3, 5, 2, 1, 0) if sys.monitoring.get_tool(number) is None), None)
        self.events = None
        self.seen = {}  # (id of a code, offset) → targets of a branch

    def start(self):
        monitoring, tracer = self.monitoring, self.tracer
        events = monitoring.events
        monitoring.use_tool_id(self.tool, 'winnow')
        on = lambda event, call: monitoring.register_callback(self.tool, event, call)
        if tracer.level == 'coverage':
            self.events = events.LINE
            on(events.LINE, self.covered())
            if hasattr(events, 'BRANCH_LEFT'):
                self.events |= events.BRANCH_LEFT | events.BRANCH_RIGHT
                on(events.BRANCH_LEFT, self.branch(True))
                on(events.BRANCH_RIGHT, self.branch(True))
            else:
                self.events |= events.BRANCH
                on(events.BRANCH, self.branch(False))
            return
        self.events = events.PY_START | events.PY_RESUME | events.PY_RETURN | events.PY_YIELD | events.LINE
        infos, states = tracer.infos, tracer.states
        line, start, leave = tracer.line, tracer.start, tracer.leave

        def state_of(code):
            info = infos.get(id(code))
            if info is None:
                return None, None
            frame = getframe(2)
            return states.get(id(frame)) or start(info, frame), frame

        def on_line(code, raw):
            frame = getframe(1)
            state = states.get(id(frame))
            if state is None:
                state = start(infos[id(code)], frame)
            line(state, frame, raw)

        def on_start(code, _offset):
            start(infos[id(code)], getframe(1))

        def on_resume(code, _offset):
            state, _ = state_of(code)
            tracer.resume(state)

        def on_return(code, _offset, value):
            state, frame = state_of(code)
            leave(state, frame, 'return', value)

        def on_yield(code, _offset, value):
            state, frame = state_of(code)
            leave(state, frame, 'yield', value)

        def on_throw(code, _offset, _error):
            if id(code) in infos:
                state, _ = state_of(code)
                tracer.resume(state)

        def on_raise(code, _offset, error):
            if id(code) in infos:
                state, frame = state_of(code)
                tracer.failing(state, frame, error)

        def on_unwind(code, _offset, _error):
            if id(code) in infos:
                state, frame = state_of(code)
                state.failed = True
                leave(state, frame, 'unwind')

        on(events.LINE, on_line)
        on(events.PY_START, on_start)
        on(events.PY_RESUME, on_resume)
        on(events.PY_RETURN, on_return)
        on(events.PY_YIELD, on_yield)
        on(events.PY_THROW, on_throw)
        on(events.RAISE, on_raise)
        on(events.PY_UNWIND, on_unwind)
        monitoring.set_events(self.tool, events.PY_THROW | events.RAISE | events.PY_UNWIND)

    def covered(self):
        infos, disable = self.tracer.infos, self.monitoring.DISABLE

        def on_line(code, raw):
            info = infos[id(code)]
            info.hits[info.first.get(raw, raw)] = 1
            return disable

        return on_line

    def branch(self, each):
        """@param each both directions can be switched off by themselves (3.14)"""
        infos, disable, seen = self.tracer.infos, self.monitoring.DISABLE, self.seen
        tables = {}

        def on_branch(code, offset, target):
            info = infos[id(code)]
            table = tables.get(id(code))
            if table is None:
                table = tables[id(code)] = Ways(info)
            line = table.line_of(offset)
            to = None if line is None else table.of(target, line)
            if to is not None:
                info.ways[(line, to)] = 1
            if each:
                return disable
            key = (id(code), offset)
            targets = seen.setdefault(key, [])
            if target not in targets:
                targets.append(target)
            return disable if len(targets) > 1 else None

        return on_branch

    def watch(self, codes):
        for code in codes:
            self.monitoring.set_local_events(self.tool, code, self.events)

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
        self.hook = self.covered() if self.tracer.level == 'coverage' else self.traced()
        threading.settrace(self.hook)
        sys.settrace(self.hook)

    def traced(self):
        tracer = self.tracer
        infos, states = tracer.infos, tracer.states

        def called(frame, event, _argument):
            info = infos.get(id(frame.f_code))
            if info is None:
                return None
            state = states.get(id(frame))
            if state is None:
                state = tracer.start(info, frame)
            else:
                tracer.resume(state)
            raised = False
            line = tracer.line

            def local(frame, event, argument):
                nonlocal raised
                if event == 'line':
                    raised = False
                    line(state, frame, frame.f_lineno)
                elif event == 'exception':
                    raised = True
                    tracer.failing(state, frame, argument[1] if argument[1] is not None else argument[0])
                elif event == 'return':
                    code = frame.f_code
                    rests = code.co_flags & RESUMABLE and not raised and rests_at(code, frame.f_lasti)
                    if rests:
                        tracer.leave(state, frame, 'yield', argument)
                    elif raised and argument is None and not returns_at(code, frame.f_lasti):
                        tracer.leave(state, frame, 'unwind')
                    else:
                        tracer.leave(state, frame, 'return', argument)
                return local

            return local

        return called

    def covered(self):
        infos = self.tracer.infos

        def called(frame, event, _argument):
            info = infos.get(id(frame.f_code))
            if info is None:
                return None
            first, hits, ways = info.first, info.hits, info.ways
            before = 0

            def local(frame, event, _argument):
                nonlocal before
                if event == 'line':
                    line = frame.f_lineno
                    at = first.get(line, line)
                    hits[at] = 1
                    if before != at:
                        ways[(before, at)] = 1
                        before = at
                elif event == 'return':
                    ways[(before, info.end)] = 1
                return local

            return local

        return called

    def watch(self, codes):
        pass

    def lost(self):
        return sys.gettrace() is not self.hook

    def stop(self):
        if not self.lost():
            sys.settrace(None)
        threading.settrace(None)


def rests_at(code, offset):
    """Whether a frame that stops there only rests. Where it does, another instruction follows."""
    text = code.co_code
    return 0 <= offset < len(text) and text[offset] in SUSPENDS


RETURNS = set(dis.opmap[name] for name in ('RETURN_VALUE', 'RETURN_CONST') if name in dis.opmap)


def returns_at(code, offset):
    text = code.co_code
    return 0 <= offset < len(text) and text[offset] in RETURNS
