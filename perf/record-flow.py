"""Records, of one Python program, which line followed which within a frame, and which write each read of a local saw.

Usage: python3 record-flow.py PROGRAM RESULT.json [STDIN]

Lines on which nothing is decided (`try:`, `while True:`, `else:`, `finally:`) are passed over, and so are ways into and out of
`with`, where Python visits the head again. Reads and writes are those of the interpreter's own instructions (3.11 or later).
"""
import dis
import io
import json
import re
import signal
import sys

path, result, *rest = sys.argv[1:]
source = open(path, encoding='utf-8').read()
program = compile(source, path, 'exec')
lines = source.split('\n')
quiet = {i + 1 for i, line in enumerate(lines) if re.match(r'\s*(try|while\s+(True|1)|else|finally)\s*:\s*(#.*)?$', line)}
withs = {i + 1 for i, line in enumerate(lines) if re.match(r'\s*(async\s+)?with\b', line)}
steps, pairs, tables = {}, {}, {}
RESUMABLE = 0x20 | 0x80 | 0x200


def table(code):
    if code not in tables:
        wanted = ('LOAD_FAST', 'STORE_FAST', 'DELETE_FAST', 'LOAD_FAST_CHECK')
        found = (one for one in dis.get_instructions(code) if one.opname in wanted)
        tables[code] = {one.offset: (one.opname[0], one.argval, one.positions.lineno) for one in found}
    return tables[code]


def trace(frame, event, argument):
    code = frame.f_code
    if code.co_filename != path or (code.co_name.startswith('<') and code.co_name != '<module>'):
        return None
    key = f'{code.co_name}:{code.co_firstlineno}'
    mine = steps.setdefault(key, {})
    read = pairs.setdefault(key, {})
    is_function = code.co_flags & 1
    frame.f_trace_opcodes = bool(is_function)
    names = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    written = {name: 0 for name in code.co_varnames[:names]}
    state = [0, False]

    def local(frame, event, argument):
        if event == 'line':
            line = frame.f_lineno
            if line in quiet:
                return local
            if state[0] and state[0] not in withs and line not in withs:
                mine[f'{state[0]},{line}'] = True
            state[:] = line, False
        elif event == 'exception':
            state[1] = True
        elif event == 'return':
            if state[0] and not state[1] and not code.co_flags & RESUMABLE and state[0] not in withs:
                mine[f'{state[0]},-1'] = True
        elif event == 'opcode':
            found = table(code).get(frame.f_lasti)
            if found is not None:
                how, name, line = found
                if how != 'L':
                    written[name] = line
                elif name in written:
                    read[f'{name},{written[name]},{line}'] = True
        return local
    return local


def late(*_):
    raise TimeoutError


sys.argv = [path]
if rest:
    sys.stdin = open(rest[0])
sys.stdout = io.StringIO()
signal.signal(signal.SIGALRM, late)
signal.alarm(10)
sys.settrace(trace)
try:
    exec(program, {'__name__': '__main__', '__file__': path})
except BaseException:
    pass
sys.settrace(None)
with open(result, 'w') as file:
    json.dump({'steps': {key: list(found) for key, found in steps.items()}, 'pairs': {key: list(found) for key, found in pairs.items()}}, file)
