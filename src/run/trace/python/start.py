"""Runs a program as `python3 ENTRY` would, watched. What to look at stands in `plan.json` beside this file.

The program gets a `__main__` of its own, its arguments and its path; of this file it finds a frame at the bottom of the stack, the modules of the tracer
behind the functions that the interpreter calls, and an audit hook.
"""

# What the program puts in their place is not used here.
from builtins import (
    BaseException, SyntaxError, ValueError, compile, exec, frozenset, getattr, hasattr, id, len, min, open, range, set, setattr, str, type,
)


def begin():
    import io
    import json
    import os
    import sys

    here = os.path.dirname(os.path.abspath(__file__))
    root = os.path.dirname(here)
    with open(os.path.join(here, 'plan.json'), 'rb') as file:
        plan = json.loads(file.read().decode('utf-8'))
    for static in plan['static'].values():
        static['first'] = {line: first for first, last in static['first'] for line in range(first, last + 1)}
        static['blocks'] = frozenset(static['blocks'])
        static['texts'] = frozenset(static['texts'])
    entry = plan['entry']
    path = os.path.join(root, entry)
    sys.path[0] = here
    before = set(sys.modules)
    import winnow_hooks
    from winnow_recorder import Recorder
    from winnow_tracer import Tracer
    from winnow_values import Values
    rewrite = None
    if plan['level'] == 'coverage' and not hasattr(sys, 'monitoring'):
        import winnow_rewrite as rewrite

    # A program's own module of such a name is its own affair, and so is whether it has imported `dis`.
    for name in set(sys.modules) - before:
        if name.startswith('winnow_') or name in ('dis', 'opcode', '_opcode', '_opcode_metadata'):
            del sys.modules[name]
    sys.path[0] = os.path.dirname(path)
    sys.argv[0] = entry
    recorder = Recorder(os.path.join(here, 'trace.jsonl'), plan['limits'])
    tracer = Tracer(plan, root, recorder, Values(plan['limits'], plan['askObjects']))
    implementation = 'CPython' if sys.implementation.name == 'cpython' else sys.implementation.name
    recorder.always('"format":"winnow.recording/1","language":"python","runtime":"%s %d.%d.%d","level":"%s","limits":%s' % (
        implementation, sys.version_info[0], sys.version_info[1], sys.version_info[2], plan['level'], json.dumps(plan['limits'])))
    hooks = winnow_hooks.install(tracer, rewrite)
    rewrites = hasattr(hooks, 'rewritten')
    own = os.getpid()
    told = set()
    exit_now = os._exit

    def finish():
        """At the very end: after the program, its threads and what it registered to be done."""
        if os.getpid() != own or not recorder.on:
            return
        if hooks.lost():
            tracer.note('tracer', OWN_TRACER if 'sys.settrace' in told else hooks.why_lost())
        recorder.on = False
        hooks.stop()
        for stream in tees:
            stream.tracer = None
        tracer.write_counts()
        recorder.always('"e":"end","skip":%d,"dropped":%d' % (tracer.skipped(), recorder.dropped))
        recorder.flush(final=True)

    def leave_now(status):
        finish()
        exit_now(status)

    def audit(event, arguments):
        if event == 'exec':
            code = arguments[0]
            if type(code) is Code and recorder.on and not (rewrites and hooks.knows(code)):
                found = tracer.register(code)
                hooks.watch(found)
                if not found and code.co_filename[:1] == '<' and event not in told and by_program(tracer):
                    told.add(event)
                    tracer.note('syntax', 'the program ran code made by exec or eval, which is not looked into')
        elif event in NOTES and recorder.on and event not in told and (event != 'sys.settrace' or not (rewrites and not hooks.watching) and by_program(tracer)):
            told.add(event)
            tracer.note('tracer' if event in ('sys.settrace', 'sys.monitoring.register_callback') else 'process', NOTES[event])
            recorder.flush()

    def by_program(tracer):
        """Whether it was called in traced code: `threading` sets tracers as well."""
        frame = getframe(2)
        if frame is not None and frame.f_code.co_filename == os.path.join(here, 'winnow_rewrite.py'):
            frame = frame.f_back
        return frame is not None and (id(frame.f_code) in tracer.infos or rewrites and hooks.knows(frame.f_code))

    getframe = sys._getframe

    class Tee(io.TextIOWrapper):
        """Standard output that tells what goes through it. Named as what it stands for."""

        tracer = None
        stream = ''

        def write(self, text):
            if self.tracer is not None and type(text) is str and text:
                self.tracer.output(self.stream, text)
            return write_text(self, text)

    write_text = io.TextIOWrapper.write
    Tee.__name__ = Tee.__qualname__ = 'TextIOWrapper'
    Tee.__module__ = '_io'
    tees = []

    def tee(name):
        stream = getattr(sys, name)
        if type(stream) is not io.TextIOWrapper:
            return
        settings = (stream.encoding, stream.errors, stream.line_buffering, stream.write_through)
        made = Tee(stream.detach(), encoding=settings[0], errors=settings[1], line_buffering=settings[2], write_through=settings[3])
        made.mode = 'w'
        made.stream = name
        made.tracer = tracer
        tees.append(made)
        setattr(sys, name, made)
        setattr(sys, '__%s__' % name, made)

    Code = type(begin.__code__)
    shown = sys.excepthook
    with_traceback = BaseException.with_traceback

    def excepthook(kind, error, trace):
        # Nobody wrote the frames of this file.
        while trace is not None and trace.tb_frame.f_code.co_filename.startswith(here):
            trace = trace.tb_next
        # What is shown is the exception's own; an empty one would be shown as the one it has.
        if trace is not None:
            with_traceback(error, trace)
        shown(kind, error, trace)

    import atexit
    import builtins
    import importlib.machinery

    main = type(sys)('__main__')
    main.__builtins__ = builtins
    main.__loader__ = importlib.machinery.SourceFileLoader('__main__', path)
    main.__file__ = path
    main.__annotations__ = {}
    sys.excepthook = excepthook
    if tracer.has_events:
        tee('stdout')
        tee('stderr')
    atexit.register(finish)
    if hasattr(os, 'register_at_fork'):
        def child():
            recorder.on = False
            recorder.pending = []
            hooks.stop()
        os.register_at_fork(after_in_child=child)
    os._exit = leave_now
    with open(path, 'rb') as file:
        source = file.read()
    recorder.flush()
    hooks.start()
    sys.addaudithook(audit)
    sys.modules['__main__'] = main
    return source, path, main.__dict__, tracer, hooks.rewritten if rewrites else None


OWN_TRACER = 'the program set a tracer of its own, which takes the place of this one: what it did after that is not told'
NOTES = {
    'sys.settrace': OWN_TRACER,
    'subprocess.Popen': 'the program started another process, which is not looked into',
    'os.system': 'the program started a shell, which is not looked into',
    'os.fork': 'the program forked; the child is not looked into',
    'os.exec': 'the program became another program, which is not looked into',
    'os.posix_spawn': 'the program started another process, which is not looked into',
    'os.spawn': 'the program started another process, which is not looked into',
}


def compiled(source, path, tracer):
    """Of a program that does not parse, the statements before the place where it stops to."""
    try:
        return compile(source, path, 'exec', dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, 'lineno', None)
        lines = source.decode('utf-8', 'replace').splitlines(True)
        for end in range(min(line or 0, len(lines)), 0, -1):
            if lines[end - 1:end] and lines[end - 1][:1] not in ' \t\r\n#)]}' or end == len(lines):
                try:
                    code = compile(''.join(lines[:end - 1]), path, 'exec', dont_inherit=True)
                except (SyntaxError, ValueError):
                    continue
                if code.co_consts != (None,):
                    tracer.note('syntax', 'line %d: %s; ran what stands before line %d' % (line or 0, error.args[0], end))
                    tracer.broken = error
                    return code
        raise


source, path, names, tracer, rewritten = begin()
tracer.broken = None
code = compiled(source, path, tracer)
if rewritten is not None:
    code = rewritten(code)
del source, path, rewritten
exec(code, names)
if tracer.broken is not None:
    raise tracer.broken
