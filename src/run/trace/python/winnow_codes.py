"""What is known of a code object before it runs: its lines, and which variables each statement writes and may change.

A statement is named by its first line: the plan has the first lines of statements that stand on several. Names come from the
instructions themselves, so that what is looked at is what the interpreter really stores.
"""
import dis
import types
from builtins import enumerate, frozenset, getattr, hasattr, isinstance, len, max, next, range, set, setattr, str, tuple, type

Code = types.CodeType
#: co_flags
OPTIMIZED, GENERATOR, COROUTINE, ASYNC_GENERATOR = 0x1, 0x20, 0x80, 0x200
#: Names that the compiler writes by itself.
MADE = frozenset((
    '__module__', '__qualname__', '__firstlineno__', '__static_attributes__', '__classdict__', '__classdictcell__', '__classcell__', '__doc__',
    '__conditional_annotations__', '__annotate__', '__annotate_func__', '__annotations__', '__type_params__',
))
PIECES = ('<listcomp>', '<setcomp>', '<dictcomp>', '<genexpr>')

#: What may change an object without a traced line: calls, stores into something, `with`. An operator in place stores its result as well.
CHANGES = ('CALL', 'STORE_SUBSCR', 'STORE_ATTR', 'STORE_SLICE', 'DELETE_SUBSCR', 'DELETE_ATTR', 'BEFORE_WITH', 'SETUP_WITH', 'LOAD_SPECIAL')


class Statement:
    """`locals`, `cells`, `globals`: names it writes or deletes. `touched`: names it reads, when it may change what they hold.

    `loops`: it writes only while there is a next element.
    """

    __slots__ = ('locals', 'cells', 'globals', 'touched', 'changes', 'busy', 'loops', 'deletes')

    def __init__(self):
        self.locals = []
        self.cells = []
        self.globals = []
        self.touched = []
        self.changes = False
        self.busy = False
        self.loops = False
        self.deletes = False


class FileLines:
    """What is counted of a file, by first line of statement.

    `hits`: how often. `gate`: an execution from this count on is looked at, those below are only counted. `ways`: (line, next line) → how often; a next line below
    0 is the end. `seen`: how often a line had run when it was last an event. `until`: executions between the first and these are no events.
    """

    __slots__ = ('name', 'first', 'leaders', 'texts', 'hits', 'gate', 'ways', 'seen', 'until', 'can', 'ends', 'places')

    def __init__(self, name, static, until):
        self.name = name
        self.first = static['first']
        self.leaders = static['blocks']
        self.texts = static['texts']
        self.hits = []
        self.gate = []
        self.ways = {}
        self.seen = {}
        self.until = until
        self.can = set()  # lines that can run
        self.ends = set()  # ways out of loops, each with the place in a code it leads to: taken if that ran, as nothing else leads there
        self.places = set()  # ids of codes with offsets at which a line began

    def add(self, lines):
        self.can.update(lines)
        # In place: the hooks hold on to these lists.
        # An empty file runs a line 0.
        more = max(lines, default=0) + 2 - len(self.hits)
        if more > 0:
            self.hits.extend([0] * more)
            self.gate.extend([0] * more)


class CodeInfo:
    """`pending`: frames whose last statement is an event and has not been told to its end. `hot`: lines that are only counted."""

    __slots__ = (
        'code', 'number', 'file', 'statements', 'calls', 'rests', 'raises', 'kind', 'arguments', 'end', 'pending', 'lines', 'entries', 'hot',
        'befores', 'open', 'quiet',
    )

    def __init__(self, code, number, file):
        self.code = code
        self.number = number
        self.file = file
        first = file.first
        lines = lines_in(code)
        self.entries = entries_of(code, first) if any_of(line in first for line in lines) else None
        self.lines = frozenset(first.get(line, line) for line in lines)
        file.add(lines | self.lines)
        self.statements = None
        self.calls = self.rests = self.raises = self.pending = 0
        self.open = 0  # frames with a State
        self.quiet = False  # the ends of its frames are not heard
        self.hot = set()
        self.befores = None
        flags = code.co_flags
        self.kind = (
            'module' if code.co_name == '<module>' else
            'part' if code.co_name in PIECES else
            'class' if not flags & OPTIMIZED else
            'coroutine' if flags & (COROUTINE | ASYNC_GENERATOR) else
            'generator' if flags & GENERATOR else
            'function'
        )
        count = code.co_argcount + code.co_kwonlyargcount + bool_of(flags & 0x4) + bool_of(flags & 0x8)
        self.arguments = code.co_varnames[:count] if self.kind not in ('module', 'class', 'part') else ()
        self.end = -code.co_firstlineno


def bool_of(value):
    return 1 if value else 0


def any_of(values):
    for value in values:
        if value:
            return True
    return False


def places_of(code, first):
    """Each instruction with where control comes from: [(offset, statement or None, statements before it, without exceptions)].

    Some instructions have no line, as a jump back that several branches share (3.11 on): there the statement goes on that was left for them.
    Of what comes before a function's first statement, and stands on its first line, nothing is told.
    """
    steps = []
    comers = {}  # offset → places in `steps` of what leads there
    line = None
    falls = None
    for step in dis.get_instructions(code):
        positions = getattr(step, 'positions', None)
        line = positions.lineno if positions is not None else (step.starts_line or line)
        at = len(steps)
        steps.append((step.offset, None if line is None else first.get(line, line)))
        into = comers.setdefault(step.offset, [])
        if falls is not None:
            into.append(falls)
        if step.opcode in JUMPS:
            comers.setdefault(step.argval, []).append(at)
        falls = None if step.opname.startswith(ENDS) else at
    gaps = {at: set() for at, (_, owner) in enumerate(steps) if owner is None}

    def come_from(at):
        found = set()
        for comer in comers[steps[at][0]]:
            found.update(gaps[comer] if comer in gaps else (steps[comer][1],))
        return found

    changed = True
    while changed:
        changed = False
        for at, known in gaps.items():
            found = come_from(at)
            changed = changed or len(found) != len(known)
            known.update(found)
    return [(offset, owner, come_from(at)) for at, (offset, owner) in enumerate(steps)]


def entries_of(code, first):
    """Offsets at which a statement begins: where control comes from another, or from nowhere that is known.

    Of a statement on several lines the interpreter tells each line, also when it comes back to one.
    """
    return set(
        offset for offset, owner, befores in places_of(code, first)
        if owner is not None and (not befores or any_of([before != owner for before in befores])))


def befores_of(code, first):
    """Offset → lines of statements from which control may come there without an exception."""
    return {offset: befores for offset, _, befores in places_of(code, first)}


def lines_in(code):
    """Lines of a code object, without those of the codes inside."""
    if hasattr(code, 'co_lines'):
        return set(line for _, _, line in code.co_lines() if line)
    return set(line for _, line in dis.findlinestarts(code) if line)


def nested(code):
    """A code object and all that are made inside of it."""
    found = [code]
    for one in found:
        found.extend(constant for constant in one.co_consts if type(constant) is Code)
    return found


def statements_of(info):
    """First line → Statement."""
    code, first = info.code, info.file.first
    found = {}
    line = None
    outer = code.co_freevars
    reads = {}
    for step in dis.get_instructions(code):
        positions = getattr(step, 'positions', None)
        at = positions.lineno if positions is not None else (step.starts_line or line)
        if at is None:
            continue
        line = at
        at = first.get(at, at)
        statement = found.get(at)
        if statement is None:
            statement = found[at] = Statement()
            reads[at] = []
        name, argument = step.opname, step.argval
        names = argument if isinstance(argument, tuple) else (argument,)
        if name.startswith(('STORE_FAST', 'DELETE_FAST')):
            if name == 'STORE_FAST_LOAD_FAST':
                reads[at].append(names[1])
                names = names[:1]
            statement.locals.extend(names)
        elif name in ('STORE_NAME', 'DELETE_NAME'):
            statement.locals.append(argument)
        elif name in ('STORE_GLOBAL', 'DELETE_GLOBAL'):
            statement.globals.append(argument)
        elif name in ('STORE_DEREF', 'DELETE_DEREF'):
            (statement.cells if argument in outer else statement.locals).append(argument)
        elif name.startswith(('LOAD_FAST', 'LOAD_NAME', 'LOAD_GLOBAL', 'LOAD_DEREF', 'LOAD_CLASSDEREF', 'LOAD_FROM_DICT')):
            reads[at].extend(one for one in names if type(one) is str)
        if name.startswith('DELETE_'):
            statement.deletes = True
        if name == 'FOR_ITER':
            statement.loops = True
        if name.startswith(CHANGES):
            statement.changes = True
    for at, statement in found.items():
        for field in ('locals', 'cells', 'globals'):
            setattr(statement, field, unique(getattr(statement, field)))
        if statement.changes:
            written = set(statement.locals)
            statement.touched = [name for name in unique(reads[at]) if name not in written]
        statement.busy = bool_of(statement.locals or statement.cells or statement.globals or statement.touched) == 1
    return found


def unique(names):
    found = []
    for name in names:
        if name not in found and name[:1] != '.' and name not in MADE:
            found.append(name)
    return found


class Ways:
    """Where a branch leads: from the offset of its target to the next statement.

    Instructions of the deciding statement that follow are passed over; where another of its branches follows, nothing is decided yet.
    """

    def __init__(self, info):
        self.end = info.end
        self.steps = {}
        self.info = info
        self.befores = None
        first = info.file.first
        line = None
        before = None
        for step in dis.get_instructions(info.code):
            positions = getattr(step, 'positions', None)
            at = positions.lineno if positions is not None else (step.starts_line or line)
            line = at
            name = step.opname
            jump = step.argval if step.opcode in JUMPS else None
            if before is not None:
                self.steps[before][3] = step.offset
            before = step.offset
            self.steps[before] = [None if at is None else first.get(at, at), name, jump, None]

    def line_of(self, offset):
        return self.steps[offset][0] if offset in self.steps else None

    def end_of_loop(self, offset):
        """Of a loop over elements, the place that follows it and the way there, when nothing else leads to that place; else None."""
        at, name, jump, _ = self.steps.get(offset, (None, '', None, None))
        if not name.startswith('FOR_ITER') or at is None:
            return None
        if self.befores is None:
            self.befores = befores_of(self.info.code, self.info.file.first)
        while jump in self.steps and self.steps[jump][0] == at and not self.steps[jump][1].startswith(('RETURN', 'JUMP')):
            jump = self.steps[jump][3]
        to = self.line_of(jump) if jump is not None else None
        return (jump, (at, to)) if to is not None and to != at and self.befores.get(jump, NOWHERE) <= {at} else None

    def of(self, offset, line):
        """The statement that runs next, `end`, or None when another branch of the same statement decides."""
        for _ in range(1000):
            step = self.steps.get(offset)
            if step is None:
                return None
            at, name, jump, following = step
            if at is not None and at != line:
                return at
            if name.startswith('RETURN'):
                return self.end
            if name.startswith(('POP_JUMP', 'JUMP_IF', 'FOR_ITER', 'RAISE', 'RERAISE', 'SEND')):
                return line if name == 'FOR_ITER' and at == line else None
            offset = jump if name.startswith('JUMP') and jump is not None else following
            if offset is None:
                return None
        return None


NOWHERE = frozenset((None,))
JUMPS = frozenset(dis.hasjrel + dis.hasjabs)
#: What stands behind is not come to from these; nor from what begins a frame.
ENDS = ('JUMP_BACKWARD', 'JUMP_FORWARD', 'JUMP_ABSOLUTE', 'RETURN', 'RAISE', 'RERAISE', 'RESUME', 'COPY_FREE', 'MAKE_CELL')


def turns_of(code):
    """Offsets of jumps back within one line, as of `while x: x -= 1`, which the interpreter tells as no new line. Comprehensions are none."""
    found = {}
    steps = [step for step in dis.get_instructions(code)]
    lines = {}
    line = None
    for step in steps:
        positions = getattr(step, 'positions', None)
        line = positions.lineno if positions is not None and positions.lineno is not None else line
        lines[step.offset] = line
    for step in steps:
        if not step.opname.startswith('JUMP_BACKWARD') or lines.get(step.argval) != lines[step.offset]:
            continue
        # A round that a condition leaves early jumps back from before the place where others append.
        end = next((one.argval for one in steps if one.offset == step.argval and one.opname == 'FOR_ITER'), step.offset)
        inside = [one.opname for one in steps if step.argval <= one.offset <= max(end, step.offset)]
        if not any_of(name in ('LIST_APPEND', 'SET_ADD', 'MAP_ADD', 'YIELD_VALUE', 'SEND', 'RESUME') for name in inside):
            found[step.offset] = lines[step.offset]
    return found
