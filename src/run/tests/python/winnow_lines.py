"""Which lines each test ran: line events of the interpreter, collected between one test's end and the next one's.

From Python 3.12 on `sys.monitoring` lets each line tell of itself once and be silent then; between two tests all lines are made to speak again. Before,
`sys.settrace` tells of every line. Codes are known before they run: the interpreter announces each `exec`, which is how modules are executed too. A
statement on several lines is its first line. Branches, counts and values are the tracer's affair (`../trace/python`), which looks at one run and not at many.
"""
import os
import sys
import threading

Code = type((lambda: None).__code__)
monitoring = getattr(sys, 'monitoring', None)


class Lines:
    def __init__(self, root, files, rows):
        self.files = {os.path.join(root, path): path for path in files}
        self.rows = rows
        self.codes = {}  # id of a code → (itself, lines of its file that ran since the last test, first line of each line)
        self.hits = {}  # path → lines since the last test
        self.shapes = {}  # path → (first line of each line, lines of texts)
        self.able = {}  # path → lines that can run
        self.grown = set()  # paths of which `able` has lines that were not told
        self.numbers = {}
        self.on = False

    def start(self):
        self.on = True
        if monitoring is not None:
            self.tool = next(number for number in (4, 3, 5, 2, 1, 0) if monitoring.get_tool(number) is None)
            events = monitoring.events
            monitoring.use_tool_id(self.tool, 'winnow')
            monitoring.register_callback(self.tool, events.LINE, self.monitored())
            # Of a function on one line CPython 3.13 tells no line unless it is to tell of the start as well.
            monitoring.register_callback(self.tool, events.PY_START, lambda *_: monitoring.DISABLE)
            self.events = events.LINE | events.PY_START
        else:
            self.hook = self.traced()
            threading.settrace(self.hook)
            sys.settrace(self.hook)
        sys.addaudithook(self.executed)

    def monitored(self):
        codes, disable = self.codes, monitoring.DISABLE

        def on_line(code, line):
            _, hits, first = codes[id(code)]
            hits[first.get(line, line)] = 1
            return disable

        return on_line

    def traced(self):
        codes = self.codes

        def called(frame, _event, _argument):
            known = codes.get(id(frame.f_code))
            if known is None:
                return None
            _, hits, first = known

            def local(frame, event, _argument):
                if event == 'line':
                    line = frame.f_lineno
                    hits[first.get(line, line)] = 1
                return local

            return local

        return called

    def lost(self):
        return monitoring.get_tool(self.tool) != 'winnow' if monitoring is not None else sys.gettrace() is not self.hook

    def stop(self):
        if monitoring is None:
            threading.settrace(None)
            if not self.lost():
                sys.settrace(None)
        elif not self.lost():
            monitoring.set_events(self.tool, 0)
            monitoring.free_tool_id(self.tool)

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
        hits, able = self.hits[file], self.able[file]
        for one in nested(code):
            if id(one) in self.codes:
                continue
            self.codes[id(one)] = (one, hits, first)
            able.update(first.get(line, line) for line in lines_in(one))
            if monitoring is not None:
                monitoring.set_local_events(self.tool, one, self.events)
        able -= texts
        self.grown.add(file)

    def take(self, test):
        """What ran since the last time belongs to this test; to None: to the loading of files. All is told at once: the process may end in the next test."""
        while self.grown:
            path = self.grown.pop()
            self.rows.write(e='able', n=self.number(path), lines=ranges(self.able[path]))
        files = {}
        for path, hits in self.hits.items():
            if hits:
                # A line that none of a file's codes has is no line of it: where a module resumes.
                files[self.number(path)] = ranges(set(hits) & self.able[path])
                hits.clear()
        if files:
            self.rows.write(e='lines', n=test, files=files)
            if monitoring is not None:
                monitoring.restart_events()

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
        if self.lost():
            self.rows.write(e='note', text='a test put a tracer of its own in the place of the one that counts lines: what ran after that is not counted')
        self.stop()


def nested(code):
    """A code object and all that are made inside of it."""
    found = [code]
    for one in found:
        found.extend(constant for constant in one.co_consts if type(constant) is Code)
    return found


def lines_in(code):
    """Lines of a code object, without those of the codes inside. A module's start has line 0."""
    if hasattr(code, 'co_lines'):
        return set(line for _, _, line in code.co_lines() if line)
    import dis

    return set(line for _, line in dis.findlinestarts(code) if line)


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
        if inside and type(inside[0]).__name__ == 'Expr' and is_text(inside[0].value):
            texts.add(inside[0].lineno)
        for decorator in getattr(node, 'decorator_list', ()):
            span(first, decorator.lineno, getattr(decorator, 'end_lineno', None))
        # A case has no line of its own; its pattern has.
        line = getattr(node, 'lineno', getattr(getattr(node, 'pattern', None), 'lineno', None))
        cases = getattr(node, 'cases', None)
        if line is None:
            continue
        if cases:
            span(first, line, cases[0].pattern.lineno - 1)
        elif inside is None:
            span(first, line, getattr(node, 'end_lineno', None))
        elif inside:
            starts = [inside[0].lineno] + [one.lineno for one in getattr(inside[0], 'decorator_list', ())]
            span(first, line, min(starts) - 1)
    return first, texts


def is_text(node):
    kind = type(node).__name__
    # Version 3.7 has a node of its own for texts. Asking others for `s` warns, which some suites make an error of.
    return kind == 'Str' or (kind == 'Constant' and type(node.value) is str)


def span(first, line, end):
    for inside in range(line + 1, (end or line) + 1):
        first[inside] = line
