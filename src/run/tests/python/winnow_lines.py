"""Which lines each test ran: line events of the interpreter, collected between one test's end and the next one's.

The interpreter is watched as for a trace at level `coverage` (`winnow_hooks.py`): from 3.12 on each line tells of itself once and is then
silent; between two tests all lines are made to speak again. A statement on several lines is its first line.
"""
import os
import sys

import winnow_hooks
from winnow_codes import lines_in, nested

Code = type((lambda: None).__code__)
restart = getattr(getattr(sys, 'monitoring', None), 'restart_events', None)


class Info:
    """What the hooks look for in a code: `hits` is shared by all codes of a file."""

    __slots__ = ('code', 'file', 'hits', 'ways', 'first', 'end')

    def __init__(self, code, file, hits, first):
        self.code = code
        self.file = file
        self.hits = hits
        self.ways = {}
        self.first = first
        self.end = 0


class Lines:
    level = 'coverage'

    def __init__(self, root, files, rows):
        self.files = {os.path.join(root, path): path for path in files}
        self.rows = rows
        self.infos = {}
        self.hits = {}  # path → lines since the last test
        self.shapes = {}  # path → (first line of each line, lines of texts)
        self.able = {}  # path → lines that can run
        self.numbers = {}
        self.on = False

    def start(self):
        self.hooks = winnow_hooks.install(self)
        self.hooks.start()
        if hasattr(sys, 'monitoring'):
            # Which way a branch went is not asked. That a function starts is nothing here either, but CPython 3.13 tells of no line in a function that
            # stands on one line unless it is to tell of the start as well.
            monitoring = sys.monitoring
            monitoring.register_callback(self.hooks.tool, monitoring.events.PY_START, lambda *_: monitoring.DISABLE)
            self.hooks.events = monitoring.events.LINE | monitoring.events.PY_START
        self.on = True
        sys.addaudithook(self.executed)

    def executed(self, event, arguments):
        if event == 'exec' and self.on:
            code = arguments[0]
            if type(code) is Code:
                self.register(code)

    def register(self, code):
        file = self.files.get(code.co_filename) or self.files.get(os.path.abspath(code.co_filename))
        if file is None:
            return
        if file not in self.shapes:
            self.shapes[file] = shape(code.co_filename)
            self.hits[file] = {}
            self.able[file] = set()
        first, texts = self.shapes[file]
        hits, able, found = self.hits[file], self.able[file], []
        for one in nested(code):
            if id(one) in self.infos:
                continue
            self.infos[id(one)] = Info(one, file, hits, first)
            able.update(first.get(line, line) for line in lines_in(one))
            found.append(one)
        able -= texts
        self.hooks.watch(found)

    def take(self, test):
        """What ran since the last time belongs to this test; to None: to the loading of files."""
        files = {}
        for path, hits in self.hits.items():
            if hits:
                # A line that none of a file's codes has is no line of it: where a module resumes.
                files[self.number(path)] = ranges(set(hits) & self.able[path])
                hits.clear()
        if files:
            self.rows.write(e='lines', n=test, files=files)
            if restart is not None:
                restart()

    def number(self, path):
        number = self.numbers.get(path)
        if number is None:
            number = self.numbers[path] = len(self.numbers)
            self.rows.write(e='file', n=number, path=path)
        return number

    def finish(self):
        if not self.on:
            return
        self.on = False
        self.take(None)
        if self.hooks.lost():
            self.rows.write(e='note', text='a test put a tracer of its own in the place of the one that counts lines: what ran after that is not counted')
        self.hooks.stop()
        for path, lines in sorted(self.able.items()):
            self.rows.write(e='able', n=self.number(path), lines=ranges(lines))


def ranges(lines):
    """`1-3,7`"""
    parts = []
    start = last = 0
    for line in sorted(lines):
        if line == last + 1 and parts:
            last = line
            parts[-1] = '%d-%d' % (start, last)
        else:
            start = last = line
            parts.append('%d' % line)
    return ','.join(parts)


def shape(path):
    """Of a file: which lines belong to a statement that began before, and which lines are texts and no statements."""
    first, texts = {}, set()
    try:
        with open(path, 'rb') as file:
            tree = compile(file.read(), path, 'exec', 0x400)  # PyCF_ONLY_AST
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return first, texts
    queue = [tree]
    while queue:
        node = queue.pop(0)
        body = getattr(node, 'body', None)
        inside = body if type(body) is list else None
        for field in ('body', 'orelse', 'finalbody', 'handlers', 'cases'):
            below = getattr(node, field, None)
            if type(below) is list:
                queue.extend(below)
        if inside and type(inside[0]).__name__ == 'Expr' and type(getattr(inside[0], 'value', None)).__name__ in ('Constant', 'Str'):
            if type(getattr(inside[0].value, 'value', getattr(inside[0].value, 's', None))) is str:
                texts.add(inside[0].lineno)
        for decorator in getattr(node, 'decorator_list', ()):
            span(first, decorator.lineno, getattr(decorator, 'end_lineno', None))
        line = getattr(node, 'lineno', None)
        if line is None:
            continue
        if inside is None:
            span(first, line, getattr(node, 'end_lineno', None))
        elif inside:
            starts = [inside[0].lineno] + [one.lineno for one in getattr(inside[0], 'decorator_list', ())]
            span(first, line, min(starts) - 1)
    return first, texts


def span(first, line, end):
    for inside in range(line + 1, (end or line) + 1):
        first[inside] = line
