"""Tests are taken apart: into calls of the function that is tested, and what is then asked of their values.

`assert f([1, 2]) == 3` is the call `f([1, 2])` and the question `_0 == 3`. Candidates get the calls; the question is answered where no candidate has ever run.

Loops over what stands in the test are written out first (`winnow_unroll.py`).

Statements that expect nothing are an input: nobody passes them. `x = f(1)` is the call of its value; of several, the last one is, after those before.
"""

import ast
import builtins

import winnow_unroll

OUTSIDE, INSIDE, INPUT, INVALID = 'outside', 'inside', 'input', 'invalid'
#: Names of what may fail by itself where there is no `assert`: `self.assertEqual(f(1), 2)`, `with pytest.raises(ValueError): f(-1)`.
EXPECTS = ('assert', 'raises', 'fail', 'check', 'expect')
BINDING = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.NamedExpr)


def split(source, entry, known):
    """-> (way, calls as texts, the question as a text, what runs before the calls). @param known names that the question may use"""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return INVALID, [], None, None
    if not tree.body:
        return INVALID, [], None, None
    statement = tree.body[-1]
    if len(tree.body) == 1 and isinstance(statement, ast.Expr) or not any(map(expects, ast.walk(tree))):
        return input_of(tree.body)
    calls = []
    try:
        if len(tree.body) == 1 and isinstance(statement, ast.Assert) and not loops(statement, entry):
            question = Calls(entry, calls).visit(statement.test)
        else:
            question = Calls(entry, calls).visit(winnow_unroll.unrolled(tree.body, entry))
    except (Inside, winnow_unroll.Unknown, RecursionError):
        return INSIDE, [], None, None
    names = {node.id for node in ast.walk(question) if isinstance(node, ast.Name)}
    own = {'_%d' % index for index in range(len(calls))}
    bound = {node.id for node in ast.walk(question) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(question) if isinstance(node, ast.arg)}
    if not calls or names - own - bound - known - set(dir(builtins)):
        return INSIDE, [], None, None
    ast.fix_missing_locations(question)
    return OUTSIDE, calls, ast.unparse(question), None


def loops(statement, entry):
    """Whether it calls the function for each of several values."""
    made = [node for node in ast.walk(statement) if isinstance(node, (ast.ListComp, ast.GeneratorExp))]
    return any(isinstance(node, ast.Name) and node.id == entry for one in made for node in ast.walk(one))


def expects(node):
    """Whether it may fail because something is not as it should be, and not because a call raises."""
    if isinstance(node, (ast.Assert, ast.Raise)):
        return True
    name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ''
    return name.lower().startswith(EXPECTS)


def input_of(body):
    *before, last = body
    value = getattr(last, 'value', None) if isinstance(last, (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)) else None
    if value is None:
        before, value = body, ast.Constant(None)
    return INPUT, [ast.unparse(value)], None, '\n'.join(map(ast.unparse, before)) or None


class Inside(Exception):
    """What is asked cannot be told apart from the calls."""


class Calls(ast.NodeTransformer):
    def __init__(self, entry, calls):
        self.entry, self.calls, self.bound = entry, calls, 0

    def generic_visit(self, node):
        if isinstance(node, BINDING):
            self.bound += 1
            made = super().generic_visit(node)
            self.bound -= 1
            return made
        # Whether the other side is called depends on what this one gives.
        if isinstance(node, ast.IfExp) or isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            if any(isinstance(part, ast.Name) and part.id == self.entry for part in ast.walk(node)):
                raise Inside
        return super().generic_visit(node)

    def visit_Call(self, node):
        if not (isinstance(node.func, ast.Name) and node.func.id == self.entry):
            return self.generic_visit(node)
        if self.bound:
            raise Inside
        self.calls.append(ast.unparse(node))
        return ast.copy_location(ast.Name('_%d' % (len(self.calls) - 1), ast.Load()), node)

    def visit_Name(self, node):
        if node.id == self.entry:
            raise Inside
        return node
