"""Records which function called which, for every Python process below one command.

Python imports this module, by its name, at the end of its start, when its directory is on PYTHONPATH; so children record
as well. Where to look and where to write stand in WINNOW_CALLS_ROOT and WINNOW_CALLS_OUT.

The idea: from 3.12 on, `sys.monitoring` tells of each call the place and the thing called, before it happens, and of each
function that begins. A place is remembered with the code that it called; a function that begins without a call of the
project having named it was entered by a library or by the language itself, and belongs to the nearest frame of the project. Code
outside the root is told once and then never again, so libraries run at full speed. Older versions have `sys.setprofile`, which
tells of beginnings and of built-in functions only, for all code, and costs more.

No code of the program is ever called: what is called is looked at by its type and by the slots of `type`, never by its
attributes, its comparison or its `repr`.
"""
import os
import sys

ROOT = os.path.join(os.path.realpath(os.environ['WINNOW_CALLS_ROOT']), '')
OUT = os.environ['WINNOW_CALLS_OUT']
#: Distinct rows; more are counted and dropped. The largest suite measured has 30,000; a row takes about 150 bytes in a file.
LIMIT = int(os.environ.get('WINNOW_CALLS_LIMIT', '200000'))
#: Seconds between writings while new rows come, so that a process that is killed leaves most of what it did.
WRITE_EVERY = 2.0

#: Bits of `co_flags`: a body with fast locals is a function's; the others make generators and coroutines.
OPTIMIZED, RESUMABLE = 0x1, 0x20 | 0x80 | 0x200
#: What the language makes of pieces of a function; callers in them are the function, and entering them is no call.
PIECES = frozenset(('<listcomp>', '<setcomp>', '<dictcomp>', '<genexpr>', '<lambda>'))

#: Bytes from a call to where 3.12 says that the frame is while a function written in Python runs: its three caches.
PAST_CALL = 6
#: CALL_FUNCTION, CALL_FUNCTION_KW, CALL_FUNCTION_EX, CALL_METHOD (to 3.10), PRECALL and CALL (3.11), CALL (3.12).
CALL_OPCODES = frozenset((131, 141, 142, 161, 166, 171))

Function = type(lambda: None)
Method = type(type('', (), {'m': lambda self: None})().m)
Code = type((lambda: None).__code__)
mro_of = type.__dict__['__mro__'].__get__
dict_of = type.__dict__['__dict__'].__get__
module_of = type.__dict__['__module__'].__get__
qualname_of = type.__dict__['__qualname__'].__get__
is_class = type.__subclasscheck__

here = os.path.dirname(os.path.realpath(__file__))
start_dir = os.getcwd()
paths = {}  # co_filename → path below the root, or None
codes = {}  # id → code, kept alive so that ids stay true
parents = {}  # id of a nested code → the code around it
classes = {}  # (module, qualified name) → (path, line)
rows = {}  # (id of caller's code, offset, target, how) → count; target: id of a code, class key, or None
direct = set()  # ids of codes that a call of the project named
dropped = 0
last_written = 0.0


def ours(filename):
    try:
        return paths[filename]
    except KeyError:
        pass
    path = None
    full = os.path.realpath(os.path.join(start_dir, filename))
    if full.startswith(ROOT) and not full.startswith(here) and filename[:1] != '<':
        path = full[len(ROOT):].replace(os.sep, '/')
        if {'site-packages', 'dist-packages', 'node_modules'} & set(path.split('/')):
            path = None
    paths[filename] = path
    return path


def know(code):
    number = id(code)
    if number not in codes:
        codes[number] = code
        for constant in code.co_consts:
            if type(constant) is Code:
                parents[id(constant)] = code
    return number


def count(caller, offset, target, how):
    global dropped
    key = (know(caller), offset, target, how)
    seen = rows.get(key)
    if seen is not None:
        rows[key] = seen + 1
    elif len(rows) < LIMIT:
        rows[key] = 1
        if clock() - last_written > WRITE_EVERY:
            write()
    else:
        dropped += 1


def target_of(called, depth=0):
    """The code that calling this enters, a class of the project, or None for what is not the project's."""
    kind = type(called)
    if kind is Function:
        code = called.__code__
        return code if ours(code.co_filename) is not None else None
    if kind is Method:
        return target_of(called.__func__, depth + 1) if depth < 4 else None
    if is_class(type, kind):
        module, name = module_of(called), qualname_of(called)
        key = (module, name) if type(module) is str else None
        return key if key in classes else None
    for base in mro_of(kind):
        found = dict_of(base).get('__call__')
        if type(found) is Function:
            return found.__code__ if ours(found.__code__.co_filename) is not None else None
        if found is not None:
            return None
    return None


def note_class(code, frame):
    module = frame.f_globals.get('__name__')
    if type(module) is str:
        classes[(module, getattr(code, 'co_qualname', code.co_name))] = (paths[code.co_filename], code.co_firstlineno)


def entered(code, frame):
    """A function of the project begins, and no call of the project is known to have named it."""
    if not code.co_flags & OPTIMIZED:
        know(code)
        if code.co_name != '<module>':
            note_class(code, frame)
        return
    if code.co_name in PIECES and code.co_name != '<lambda>':
        know(code)
        return
    back = frame.f_back
    near = back is not None and ours(back.f_code.co_filename) is not None
    number = know(code)
    if near and (
        (id(back.f_code), back.f_lasti, number, 'direct') in rows
        or (id(back.f_code), back.f_lasti - PAST_CALL, number, 'direct') in rows
    ):
        return
    if code.co_flags & RESUMABLE and (near or number in direct):
        return  # begun by whoever asks for its first value, which is no call of it
    how = 'through'
    if near:
        how = 'entered'  # settled when written: by then it is known whether a call stands there
    while back is not None and ours(back.f_code.co_filename) is None:
        back = back.f_back
    if back is not None:
        count(back.f_code, back.f_lasti, number, how)


def monitor(monitoring):
    tool = next(number for number in (4, 3, 5, 2, 1, 0) if monitoring.get_tool(number) is None)
    disable = monitoring.DISABLE

    def on_call(code, offset, called, _first):
        if ours(code.co_filename) is None:
            return disable
        target = target_of(called)
        if type(target) is Code:
            target = know(target)
            direct.add(target)
        count(code, offset, target, 'direct')

    def on_start(code, _offset):
        if ours(code.co_filename) is None:
            return disable
        entered(code, sys._getframe(1))

    monitoring.use_tool_id(tool, 'winnow')
    events = monitoring.events
    monitoring.register_callback(tool, events.CALL, on_call)
    monitoring.register_callback(tool, events.PY_START, on_start)
    monitoring.set_events(tool, events.CALL | events.PY_START)


def profile(frame, event, called):
    """For versions without monitoring. A generator's every step looks like a call; only its first is taken."""
    if event == 'call':
        code = frame.f_code
        if ours(code.co_filename) is not None:
            if code.co_flags & RESUMABLE and id(code) in codes:
                return
            entered(code, frame)
    elif event == 'c_call' and ours(frame.f_code.co_filename) is not None:
        count(frame.f_code, frame.f_lasti, None, 'direct')


def start():
    monitoring = getattr(sys, 'monitoring', None)
    if monitoring is not None:
        monitor(monitoring)
        return
    import threading
    threading.setprofile(profile)
    sys.setprofile(profile)


def named_calls(path):
    """End of each call → line and column of the last name called, as `(line, column)`, both from 1."""
    try:
        with open(ROOT + path, 'rb') as file:
            tree = compile(file.read(), path, 'exec', 0x400)  # PyCF_ONLY_AST
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    names, queue = {}, [tree]
    while queue:
        node = queue.pop()
        for field in node._fields:
            value = getattr(node, field, None)
            for part in value if type(value) is list else (value,):
                if hasattr(part, '_fields'):
                    queue.append(part)
        if type(node).__name__ != 'Call':
            continue
        name = node.func
        at = (name.lineno, name.col_offset + 1)
        if type(name).__name__ == 'Attribute':
            at = (name.end_lineno, name.end_col_offset - len(name.attr.encode()) + 1)
        names[(node.end_lineno, node.end_col_offset)] = at
    return names


def position(code, offset, positions, names):
    """Line and column of the called name; the line of the instruction and 0 where that is not known."""
    if code not in positions:
        if hasattr(code, 'co_positions'):
            positions[code] = list(code.co_positions())
        else:
            positions[code] = None
    table = positions[code]
    if table is None:
        line = code.co_firstlineno
        for start, end, at in lines_of(code):
            if start <= offset < end and at is not None:
                line = at
        return line, 0, True
    line, end_line, _column, end_column = table[offset // 2]
    path = paths[code.co_filename]
    if path not in names:
        names[path] = named_calls(path)
    at = names[path].get((end_line, end_column))
    return (at[0], at[1], True) if at is not None else (line or code.co_firstlineno, 0, False)


def is_call_at(instructions, offset):
    while offset > 0 and instructions[offset] == 0:  # a call's caches, past which a frame is while the called function runs
        offset -= 2
    return instructions[offset] in CALL_OPCODES


def lines_of(code):
    if hasattr(code, 'co_lines'):
        return code.co_lines()
    import dis
    starts = list(dis.findlinestarts(code)) + [(len(code.co_code), None)]
    return [(starts[i][0], starts[i + 1][0], starts[i][1]) for i in range(len(starts) - 1)]


def place(code):
    """The function a code belongs to: path, line and qualified name. A file's own code has line 0."""
    while code.co_name in PIECES and id(code) in parents:
        code = parents[id(code)]
    return place_exactly(code)


def place_exactly(code):
    path = paths[code.co_filename]
    if code.co_name == '<module>':
        return path, 0, '<module>'
    name = getattr(code, 'co_qualname', code.co_name).replace('.<locals>', '')
    return path, code.co_firstlineno, name


def quoted(text):
    safe = ''.join(
        letter if ' ' <= letter < '\x7f' and letter not in '"\\' else '\\u%04x' % min(ord(letter), 0xffff)
        for letter in text
    )
    return '"%s"' % safe


def place_text(place):
    return '{"path":%s,"line":%d,"name":%s}' % (quoted(place[0]), place[1], quoted(place[2]))


def row_text(key, number, called_sites, positions, names):
    caller_id, offset, target, how = key
    caller = codes[caller_id]
    line, column, is_call = position(caller, offset, positions, names)
    if how == 'entered':
        targets = called_sites.get((caller_id, offset))
        if targets is None:
            # 3.12 does not tell of calls with `*arguments`, and versions before it of none.
            how = 'direct' if sys.version_info < (3, 13) and is_call_at(caller.co_code, offset) else 'implicit'
        elif any(type(one) is tuple for one in targets) and codes[target].co_name in ('__init__', '__new__'):
            how = 'construct'
        else:
            how = 'through'
    elif how == 'direct' and not is_call:
        how = 'implicit'  # a decorator, the making of a class
    if target is None:
        if how == 'implicit':
            return ''
        callee = 'null'
    elif type(target) is tuple:
        callee, how = place_text(classes[target] + (target[1].replace('.<locals>', ''),)), 'class'
    else:
        callee = place_text(place_exactly(codes[target]))
    return '{"caller":%s,"callee":%s,"callLine":%d,"callColumn":%d,"count":%d,"how":"%s"}\n' % (
        place_text(place(caller)), callee, line, column, number, how)


def write():
    global last_written
    positions, names, called_sites = {}, {}, {}
    all_rows = list(rows.items())
    for caller, offset, target, how in list(rows):
        if how == 'direct':
            called_sites.setdefault((caller, offset), []).append(target)
    name = os.path.join(OUT, '%d.py.jsonl' % os.getpid())
    try:
        with open(name + '~', 'w') as file:
            for key, number in all_rows:
                file.write(row_text(key, number, called_sites, positions, names))
            file.write('{"dropped":%d}\n' % dropped)
        os.replace(name + '~', name)
    except OSError:
        pass  # The directory is gone or full: a recording must not be what a program fails by.
    last_written = clock()


def after_fork():
    global dropped
    dropped = 0
    rows.clear()


def begin():
    """Everything that leaves a process by a way of its own must write first."""
    global clock, last_written
    import atexit
    from time import monotonic as clock
    last_written = clock()
    atexit.register(write)
    os.register_at_fork(after_in_child=after_fork)
    leave = os._exit

    def _exit(status):
        write()
        leave(status)

    os._exit = _exit
    sys.addaudithook(lambda event, _args: write() if event == 'os.exec' else None)
    start()


def hand_over():
    """Loads the module of this name that this one hides, if there is one."""
    own = sys.modules.pop('sitecustomize')
    kept = list(sys.path)
    sys.path[:] = [path for path in sys.path if os.path.realpath(path) != here]
    try:
        import sitecustomize
    except ImportError as problem:
        if problem.name != 'sitecustomize':
            raise
        sys.modules['sitecustomize'] = own
    finally:
        sys.path[:] = kept


hand_over()
begin()
