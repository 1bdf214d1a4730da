"""Conditions over what is worked out of missing values: `os.path.splitext(path)[1] == '.py'` asks something of `path`.

Names give way to what was assigned to them last before the condition, as far as one text tells it, until what is left are missing values and operations that are the same everywhere.
Whether a candidate meets the condition is then tried by working it out, which costs nothing that the program could notice. What several ways assign, loops change, or another
scope holds is not followed.
"""

import ast
import os.path

from winnow_pools import NOTHING_MADE

# Nodes of an expression that is worked out, and missing values in it.
LARGEST, MOST_ROOTS = 60, 3
METHODS = frozenset('lower upper strip lstrip rstrip casefold title capitalize split rsplit partition rpartition splitlines startswith endswith replace count find isupper islower isdigit isalpha isalnum isidentifier '
                    'index join encode decode keys values items get'.split())
BUILTINS = {function.__name__: function for function in (len, str, int, float, bool, abs, min, max, sum, sorted, list, tuple, set, repr, ord)}
PATHS = {'path_' + name: getattr(os.path, name) for name in ('basename', 'dirname', 'split', 'splitext', 'join', 'isabs', 'normpath')}
FUNCTIONS = dict(BUILTINS, **PATHS)
PLAIN = (ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Constant, ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.Set)
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Div, ast.Mod)


class Derived:
    """A condition over pools: `holds` says whether it is met where one of them has a value and the others what was made for them."""

    def __init__(self, code, roots, literals, plain):
        self.code, self.roots, self.literals = code, roots, literals
        # Whether nothing has to be worked out: such a condition is told as it stands.
        self.plain = plain

    def holds(self, pool, value):
        """True or False; None: it cannot be told. Raises what working it out raises."""
        values = {}
        for name, root in self.roots:
            root = root.root()
            values[name] = value if root is pool else root.made
            if values[name] is NOTHING_MADE or root is not pool and type(values[name]).__name__ == 'Instance':
                return None
        return bool(eval(self.code, dict(FUNCTIONS, __builtins__={}), values))

    def texts(self):
        """Texts that may meet it: the literals, alone and beside each other."""
        texts = [literal for literal in self.literals if isinstance(literal, str)][:4]
        found = list(texts)
        for text in texts:
            found += [text + 'a', 'a' + text, 'a/' + text, 'a' + text + 'a']
            found += [joint.join((text, other)) for other in texts if other is not text for joint in ('', '/')]
        return found + ['a' * (number + 1) for number in self.numbers() if 0 < number < LARGEST]

    def numbers(self):
        return [literal for literal in self.literals if isinstance(literal, (int, float)) and not isinstance(literal, bool)][:4]


class Definitions:
    """What names stand for at each condition: `{test: {name: expression}}`."""

    def __init__(self, tree):
        self.at = {}
        self.scope(tree.body, {})

    def scope(self, body, known):
        for statement in body:
            self.statement(statement, known)

    def statement(self, statement, known):
        if isinstance(statement, (ast.If, ast.While, ast.Assert)):
            if isinstance(statement, ast.While):
                self.forget([statement], known)
            names = {part.id for part in ast.walk(statement.test) if isinstance(part, ast.Name)}
            self.at[statement.test] = {name: known[name] for name in names if name in known}
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            self.bind(statement.targets[0], statement.value, known)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self.bind(statement.target, statement.value, known)
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            known.pop(statement.name, None)
            self.scope(statement.body, {})
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            self.forget(statement.items, known)
            self.scope(statement.body, known)
        elif hasattr(statement, 'body'):
            if not isinstance(statement, ast.If):
                self.forget([statement], known)
            for block in [getattr(statement, field, []) for field in ('body', 'orelse', 'finalbody')] + [part.body for field in ('handlers', 'cases') for part in getattr(statement, field, [])]:
                self.scope(block, dict(known))
            self.forget([statement], known)
        else:
            self.forget([statement], known)

    def bind(self, target, value, known):
        value = self.inlined(value, known)
        if isinstance(target, ast.Name):
            known[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)) and value is not None and all(isinstance(part, ast.Name) for part in target.elts):
            for index, part in enumerate(target.elts):
                known[part.id] = ast.copy_location(ast.Subscript(value, ast.copy_location(ast.Constant(index), value), ast.Load()), value)
        else:
            self.forget([target], known)
        for name in [name for name, one in known.items() if one is None]:
            del known[name]

    @staticmethod
    def forget(nodes, known):
        for node in nodes:
            for part in ast.walk(node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, (ast.Store, ast.Del)):
                    known.pop(part.id, None)

    def inlined(self, node, known):
        """The expression with names replaced, of the tree's own nodes wherever nothing was; None where it grows too large."""
        made = replaced(node, known)
        return made if sum(1 for _ in ast.walk(made)) <= LARGEST else None


def replaced(node, known):
    if isinstance(node, ast.Name):
        return known.get(node.id, node)
    if not isinstance(node, PLAIN) and not isinstance(node, ast.Call):
        return node
    changed = {}
    for field, value in ast.iter_fields(node):
        if isinstance(value, list) and any(isinstance(part, ast.expr) for part in value):
            parts = [replaced(part, known) if isinstance(part, ast.expr) else part for part in value]
            if any(part is not old for part, old in zip(parts, value)):
                changed[field] = parts
        elif isinstance(value, ast.Attribute) and field == 'func':
            inner = replaced(value.value, known)
            if inner is not value.value:
                changed[field] = ast.copy_location(ast.Attribute(inner, value.attr, ast.Load()), value)
        elif isinstance(value, ast.expr) and field != 'func':
            inner = replaced(value, known)
            if inner is not value:
                changed[field] = inner
    if not changed or isinstance(node, ast.Call) and function_of(node) is None:
        # What a missing function gives is a missing value whatever it is given.
        return node
    return ast.copy_location(type(node)(**dict(ast.iter_fields(node), **changed)), node)


def function_of(call):
    """What is called, if it is the same everywhere: a name among `FUNCTIONS`, or a method with a dot before it; None."""
    func = call.func
    if call.keywords or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    if isinstance(func, ast.Name):
        return func.id if func.id in BUILTINS else None
    if isinstance(func, ast.Attribute):
        base = func.value
        if isinstance(base, ast.Attribute) and base.attr == 'path' and isinstance(base.value, ast.Name) and base.value.id == 'os':
            return 'path_' + func.attr if 'path_' + func.attr in PATHS else None
        return '.' + func.attr if func.attr in METHODS else None
    return None


def derived(test, pool):
    """-> a condition over what is missing in a test, or None where it is over too much, or over nothing that has to be worked out. `pool`: of an expression of the tree."""
    roots, literals = [], []

    def copy(node):
        if isinstance(node, ast.Constant):
            literals.append(node.value)
            return node
        if isinstance(node, ast.BinOp) and not isinstance(node.op, OPERATORS):
            return root(node)
        name = function_of(node) if isinstance(node, ast.Call) else None
        if not isinstance(node, PLAIN) and name is None:
            return root(node)
        if name is not None:
            func = ast.Name(name, ast.Load()) if name[0] != '.' else ast.Attribute(copy(node.func.value), name[1:], ast.Load())
            return ast.copy_location(ast.Call(ast.copy_location(func, node), [copy(argument) for argument in node.args], []), node)
        fields = {}
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                fields[field] = [copy(part) if isinstance(part, ast.expr) else part for part in value]
            else:
                fields[field] = copy(value) if isinstance(value, ast.expr) else copy(value.value) if type(value).__name__ == 'Index' else value
        return ast.copy_location(type(node)(**fields), node)

    def root(node):
        found = pool(node)
        for name, other in roots:
            if other.root() is found.root():
                break
        else:
            name = '_%d' % len(roots)
            roots.append((name, found))
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    made = copy(test)
    if not 0 < len(roots) <= MOST_ROOTS or isinstance(made, ast.Name):
        return None
    try:
        code = compile(ast.fix_missing_locations(ast.Expression(made)), '<condition>', 'eval')
    except (SyntaxError, ValueError, TypeError, RecursionError):
        return None
    return Derived(code, roots, literals, is_plain(made))


def is_plain(test):
    """Whether a test, its missing values being names, compares a value, its length or an end of it with a literal, or two values for being the same."""
    if isinstance(test, ast.Call):
        return isinstance(test.func, ast.Attribute) and test.func.attr in ('startswith', 'endswith') and isinstance(test.func.value, ast.Name)
    if not isinstance(test, ast.Compare):
        return False
    if len(test.ops) > 1:
        return False
    left, right = test.left, test.comparators[0]
    if isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id == 'len' or isinstance(left, ast.Subscript):
        left = left.args[0] if isinstance(left, ast.Call) else left.value
    sides = (isinstance(left, ast.Name), isinstance(right, ast.Name))
    if all(sides):
        return isinstance(test.ops[0], (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot))
    return any(sides) and not any(isinstance(part, ast.Name) for part in ast.walk(right if sides[0] else left))
