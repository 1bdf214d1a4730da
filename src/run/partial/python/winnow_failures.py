"""An error of the program: where it came up, whether an injected value could have caused it, and what to guess instead."""

import ast
import builtins
import sys

import winnow_contradiction
from winnow_certainty import certainty_of


# Built-ins as they were before the program began, the module that reads trees, and those that the library may ask for.
KEPT, TREES, LOADED = {}, {}, {}


class Own:
    """The library that is used here looks names up where the program may have put something else: within this, they are what they were."""

    def __enter__(self):
        self.changed = []
        for now, kept in ((BUILTINS, KEPT), (READING, TREES), (MODULES, LOADED)):
            for name, value in kept.items():
                found = now.get(name, KEPT)
                if found is not value:
                    self.changed.append((now, name, found))
                    now[name] = value

    def __exit__(self, *_):
        for now, name, value in self.changed:
            if value is KEPT:
                del now[name]
            else:
                now[name] = value


BUILTINS, READING, MODULES = builtins.__dict__, ast.__dict__, sys.modules


def keep():
    """The program is about to run."""
    KEPT.update(BUILTINS)
    TREES.update((name, value) for name, value in READING.items() if name[:2] != '__')
    LOADED.update((name, value) for name, value in MODULES.items() if name != '__main__')


def back():
    """The program has run."""
    BUILTINS.update(KEPT)
    READING.update(TREES)
    for name, value in LOADED.items():
        MODULES.setdefault(name, value)


def tell(round, error, after):
    """Writes it down. -> whether an injected value may have caused it."""
    with Own():
        try:
            return told(round, error, after)
        except Exception as failed:
            # What the library stands on is no longer what it was: the error is told without its cause.
            round.rows.row(**round.rows.failure(round.sources[0].path, 1, 1, error, 'possible', (), True, after))
            round.rows.row(e='gap', text='the program changed what errors are traced back with: %s' % type(failed).__name__)
            return True


def told(round, error, after):
    source, node, line = place_of(round, error)
    certainty, because, guessed = certainty_of(round, source, node, line, error)
    key = (source.path, line, type(error).__name__)
    if key not in round.failed:
        column = source.place(node)[1] if node is not None and getattr(node, 'lineno', None) == line else 1
        row = round.rows.failure(source.path, line, column, error, certainty, because, guessed, after)
        if after == 'resumed' and certainty == 'genuine':
            # It goes on to the program, and where nothing is told of its end, the program caught it.
            row['after'] = 'caught'
            round.passed[key] = row
            return False
        round.failed.add(key)
        round.passed.pop(key, None)
        round.rows.flush()
        round.rows.row(**row)
        if certainty == 'possible' and id(error) not in round.raised:
            winnow_contradiction.want(round, source, node, error)
    return certainty == 'possible'


def place_of(round, error):
    """-> (source, node, line): the innermost place in a file that is looked into, as deep into the statement as this Python tells."""
    names = {source.name: source for source in round.sources}
    trace, found, before = error.__traceback__, None, None
    while trace is not None:
        source = names.get(trace.tb_frame.f_code.co_filename)
        if source is not None:
            found, before = (source, trace), found
        trace = trace.tb_next
    if before is not None and isinstance(error, RecursionError) and found[1].tb_lineno == found[1].tb_frame.f_code.co_firstlineno:
        # It came up in the hook at the beginning of a function: what called it is meant.
        found = before
    if found is None:
        return round.sources[0], None, 1
    source, trace = found
    clean(source)
    code, line = trace.tb_frame.f_code, trace.tb_lineno
    if hasattr(code, 'co_positions'):
        positions = list(code.co_positions())
        span = positions[trace.tb_lasti // 2] if trace.tb_lasti // 2 < len(positions) else (None,) * 4
        first, last, start, end = span
        nodes = source.spans.get((first, start, last, end), ())
        # What is unpacked or stored failed as a statement: its operands stand on the other side.
        if nodes and not isinstance(getattr(nodes[0], 'ctx', None), (ast.Store, ast.Del)):
            return source, nodes[0], first
        line = first or line
    statement = None
    for node in source.statements:
        if node.lineno <= line <= (node.end_lineno or node.lineno) and (statement is None or node.lineno >= statement.lineno):
            statement = node
    for handler in getattr(statement, 'handlers', ()):
        if handler.type is not None and handler.lineno <= line <= handler.type.end_lineno:
            return source, handler.type, line
    return source, statement, line


def clean(source):
    """The tree as it was before it was rewritten, by places; made when the first error is told."""
    if source.spans is not None:
        return
    source.spans, source.statements = {}, []
    source.clean = ast.parse(''.join(source.rows)) if source.gap is None else source.parse(''.join(source.rows))
    for node in ast.walk(source.clean):
        if isinstance(node, (ast.expr, ast.stmt)):
            source.spans.setdefault((node.lineno, node.col_offset, node.end_lineno, node.end_col_offset), []).append(node)
        if isinstance(node, ast.stmt):
            source.statements.append(node)
    for nodes in source.spans.values():
        # An expression statement has its expression's place, and the operation is the expression.
        nodes.sort(key=lambda node: isinstance(node, ast.stmt))
