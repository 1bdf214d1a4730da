"""Tests are taken apart: into calls of the function that is tested, and what is then asked of their values.

`assert f([1, 2]) == 3` is the call `f([1, 2])` and the question `_0 == 3`. Candidates get the calls; the question is answered where no candidate has ever run.
"""

import ast
import builtins

OUTSIDE, INSIDE, INPUT, INVALID = 'outside', 'inside', 'input', 'invalid'
BINDING = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.NamedExpr)


def split(source, entry, known):
    """-> (way, calls as texts, the question as a text). @param known names that the question may use"""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return INVALID, [], None
    if len(tree.body) != 1 or not isinstance(tree.body[0], (ast.Assert, ast.Expr)):
        return INSIDE, [], None
    statement = tree.body[0]
    if isinstance(statement, ast.Expr):
        return INPUT, [ast.unparse(statement.value)], None
    calls = []
    try:
        question = Calls(entry, calls).visit(statement.test)
    except Inside:
        return INSIDE, [], None
    names = {node.id for node in ast.walk(question) if isinstance(node, ast.Name)}
    own = {'_%d' % index for index in range(len(calls))}
    bound = {node.id for node in ast.walk(question) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(question) if isinstance(node, ast.arg)}
    if not calls or names - own - bound - known - set(dir(builtins)):
        return INSIDE, [], None
    ast.fix_missing_locations(question)
    return OUTSIDE, calls, ast.unparse(question)


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
