"""From a plan to a run: sources are read and rewritten, the entry is run, what was never called is called, and all of it is told."""

import ast
import os
import sys
import threading
import traceback
import types


import winnow_finder
from winnow_failures import Own, back, keep
from winnow_call import Caller, drive
from winnow_observed import Observed
from winnow_round import Round, Spent
from winnow_rows import Rows
from winnow_source import Source
from winnow_watched import begin, run_exits

# Where frames of ours come from.
OURS = os.path.dirname((lambda: 0).__code__.co_filename) + os.sep
# What a thread of the program may go on after it, in seconds.
THREADS = 0.3
# Calls within each other while a file is looked into: three for each level of its tree.
DEEP = 5_000


def run(plan, here, root):
    # Who watches the program need not watch how it is prepared: that would take several times as long.
    watching = sys.gettrace()
    if watching is not None:
        sys.settrace(None)
    rows = Rows(os.path.join(here, 'rows.jsonl'), plan['level'])
    round = Round(plan, rows)
    codes, limit = {}, sys.getrecursionlimit()
    sys.path[1:1] = plan.get('packages', [])
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if round.level > 1 else 0
    for path in plan['files']:
        with open(os.path.join(root, path), 'rb') as file:
            text = decoded(file.read())
        source = Source(path, os.path.join(root, path), text, plan['function'] is not None)
        ways = {(one['line'], one['column'] - 1): one['way'] == 'true' for one in plan['forced'] if one['path'] == path}
        sys.setrecursionlimit(DEEP)
        source.look(ways)
        fix(source, plan['fixes'])
        round.sources.append(source)
    entry = None
    for source in round.sources:
        try:
            codes[source.name] = source.rewrite(round, flags)
        except SyntaxError as error:
            source.gap = 'line %d: %s' % (error.lineno or 0, error.msg)
        except (RecursionError, MemoryError) as error:
            source.gap = 'line %d: %s' % (1, error)
        if plan['function'] is not None and source.path == plan['entry'] and not source.only(plan['function']):
            rows.row(e='gap', text='there is no function %s' % plan['function'][:200])
        rows.statements(source)
        if source.gap:
            rows.row(e='gap', text='%s, %s' % (source.path, source.gap[:300]))
        if source.path == plan['entry']:
            entry = source
    sys.setrecursionlimit(limit)
    wanted = entry.function(plan['function']) if plan['function'] is not None else None
    if wanted is not None:
        round.wanted, round.asking = (entry, wanted.lineno), False
    if round.level > 1:
        winnow_finder.install(round, root)
        files(plan['fixes'])
    leave = os._exit
    observed = Observed(rows, here, root) if plan.get('calls') else None

    def finish(code):
        back()
        if observed is not None:
            observed.end()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        for row in round.passed.values():
            rows.row(**row)
        rows.end(round)
        leave(code)

    os._exit = finish
    code = 0
    if observed is not None:
        observed.begin()
    keep()
    round.begin()
    if watching is not None:
        sys.settrace(watching)
    begin(OURS, frozenset(source.name for source in round.sources), Spent, watching is not None, round.lacks)
    try:
        code = program(round, entry, codes.get(entry.name), plan, root)
    except Spent:
        pass
    except BaseException as error:
        code = 1
        rows.row(e='gap', text=('the program changed what watches it, which failed: %s' % type(error).__name__)[:300])
    back()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(THREADS)
    finish(code)


def program(round, entry, code, plan, root):
    if code is None:
        return 1
    wanted = plan['function']
    name = '__main__' if wanted is None else entry.path.rpartition('.')[0].replace('/', '.')
    package = package_of(entry) if wanted is not None or in_package(entry) else ''
    main = types.ModuleType(name)
    main.__file__ = entry.name
    main.__builtins__ = round.names
    main.__package__ = package if package or wanted is not None else '_package' if round.level > 1 and relative(entry) else None
    status = 0
    try:
        if package:
            sys.path[0] = root
            __import__(package)
        sys.modules[name] = sys.modules['__main__'] = main
        sys.argv[0] = plan['entry']
        made = eval(code, main.__dict__)
        if isinstance(made, types.CoroutineType):
            drive(made)
    except Spent:
        raise
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
    except BaseException as error:
        status = 1
        ended(round, error)
    run_exits(lambda error: ended(round, error))
    if wanted is not None:
        Caller(round).named(entry, wanted)
    elif round.level >= 3:
        Caller(round).everything()
    return status & 255


def ended(round, error):
    with Own():
        shown(error, round)
    round.failure(error, 'ended')


def shown(error, round):
    """As Python shows an error that nobody caught, without frames of ours, and without what a hook came upon where the stack was full anyway."""
    trace = error.__traceback__
    names = {source.name for source in round.sources}
    while trace is not None and trace.tb_frame.f_code.co_filename not in names:
        trace = trace.tb_next
    one = error
    while isinstance(one, RecursionError) and isinstance(one.__context__, RecursionError):
        one.__context__ = one.__context__.__context__
    try:
        told = traceback.TracebackException(type(error), error, trace)
        seen, open_ones = set(), [told]
        while open_ones:
            one = open_ones.pop()
            if one is None or id(one) in seen:
                continue
            seen.add(id(one))
            open_ones += one.__cause__, one.__context__
            one.stack[:] = theirs(one.stack)
        sys.stderr.write(''.join(told.format()))
    except Exception:
        pass


def theirs(frames):
    """Frames without those of ours: what is raised anew behind a statement (`on_h`) stands there twice."""
    kept = []
    for frame in frames:
        if not frame.filename.startswith(OURS):
            kept.append(frame)
        elif frame.name == 'on_h' and kept and frame is not frames[-1]:
            kept.pop()
    return kept


def package_of(source):
    return source.path.rpartition('/')[0].replace('/', '.')


def in_package(source):
    """Whether a file is one of a package: it says so itself, or what lies beside it."""
    return '/' in source.path and (relative(source) or os.path.exists(os.path.join(os.path.dirname(source.name), '__init__.py')))


def relative(source):
    return any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(source.tree))


def decoded(data):
    import io
    import tokenize
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding, 'replace').replace('\r\n', '\n').replace('\r', '\n')
    except SyntaxError:
        return data.decode('utf-8', 'replace')


def fix(source, fixes):
    """Pools get the types that earlier rounds, or somebody who knows, gave them."""
    mine = [one for one in fixes if one['path'] == source.path and one['kind'] not in ('file', 'branch')]
    if not mine:
        return
    wanted = {}
    for one in mine:
        wanted.setdefault((one['line'], one['column'], one['what']), one)
    for node, pool in list(source.uses.of.items()):
        if not hasattr(node, 'lineno'):
            continue
        found = wanted.get((*source.place(node), source.text(node)))
        if found is not None:
            pool.root().fix = found
    for node in ast.walk(source.tree):
        if isinstance(node, ast.arg):
            found = wanted.get((*source.place(node), node.arg))
            if found is not None:
                source.uses.variable(node.arg, node).fix = found


def files(fixes):
    """Files that earlier rounds missed."""
    for one in fixes:
        if one['kind'] == 'file':
            try:
                if one['type'] == 'list':
                    os.makedirs(one['what'], exist_ok=True)
                    continue
                if os.path.dirname(one['what']):
                    os.makedirs(os.path.dirname(one['what']), exist_ok=True)
                with open(one['what'], 'x') as made:
                    made.write(winnow_finder.CONTENT)
            except (OSError, ValueError):
                pass
