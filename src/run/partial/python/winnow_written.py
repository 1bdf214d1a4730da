"""What the text of a file says of where values come from: which statements define a variable, an attribute or a function, from what, and who is given it."""

import ast
import builtins

from winnow_contradiction import key_of
from winnow_scopes import Scopes

# What was not followed; it stands for any injected value.
UNKNOWN = -1
# They write or read what no text says.
WRITING = frozenset(('setattr', 'delattr', 'vars', '__dict__', '__setattr__', '__delattr__'))
NAMING = frozenset(('globals', 'locals', 'exec', 'eval', 'vars', '__dict__'))
READING = frozenset(('getattr', 'vars', 'globals', 'locals', 'eval', 'exec', '__dict__', '__getattribute__'))
HEADED = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.Return, ast.Raise, ast.Assert)


class Written:
    def __init__(self, round, source):
        self.round, self.source = round, source
        self.tree = source.clean
        self.scopes = Scopes(self.tree)
        self.injected = {}
        self.steps = 0
        self.index = {key_of(node): index for node, index in source.statement_of.items()}
        self.parents, self.definitions, self.functions, self.calls, self.attributes = {}, {}, {}, {}, {}
        # Calls that were given a function or class of the file, by its name; statements that reflect; `import *`.
        self.given, self.reflected, self.stars = {}, [], []
        # Injected values that decided which of several values a variable or result has.
        self.decided = set()
        # The operand that is None, where that is the error.
        self.nothing = None
        # What was come to since the question was asked, and how many values answer it; None: all.
        self.come, self.wanted = set(), None
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
        for node in ast.walk(self.tree):
            self.collect(node)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                self.hand(node)
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
            if name in WRITING or name in NAMING:
                self.reflected.append((name, self.statement(node)))
            if isinstance(node, ast.ImportFrom) and any(alias.name == '*' for alias in node.names):
                self.stars.append(node)

    def hand(self, call):
        """What a call is given, its callee may change, and call."""
        if isinstance(call.func, ast.Name) and call.func.id in builtins.__dict__:
            return
        statement = self.statement(call)
        for argument in call.args + [keyword.value for keyword in call.keywords]:
            for part in ast.walk(argument):
                if isinstance(part, ast.Name):
                    self.given.setdefault(part.id, []).append(call.func)
                    scope = self.scopes.where(part.id, part)
                    self.definitions.setdefault((scope, part.id), []).append((statement, None, [call]))
                elif isinstance(part, ast.Attribute):
                    self.given.setdefault(part.attr, []).append(call.func)
                    self.attributes.setdefault(part.attr, []).append((statement, None, [call]))

    def define(self, target, values, statement, strong=True):
        if isinstance(target, ast.Starred):
            target = target.value
        if isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self.define(element, values, statement, strong)
        elif isinstance(target, ast.Name):
            scope = self.scopes.where(target.id, target)
            self.definitions.setdefault((scope, target.id), []).append((statement, strong, values))
            if scope.kind == 'class':
                # Its instances, and classes derived from it, have it as an attribute.
                self.attributes.setdefault(target.id, []).append((statement, False, values))
        elif isinstance(target, ast.Attribute):
            self.attributes.setdefault(target.attr, []).append((statement, False, values))
            self.define(target.value, values, statement, False)
        elif isinstance(target, (ast.Subscript, ast.Call)):
            self.define(target.value if isinstance(target, ast.Subscript) else target.func, values, statement, False)

    def name(self, name, node, values, statement):
        self.definitions.setdefault((self.scopes.where(name, node), name), []).append((statement, True, values))

    def collect(self, node):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, (ast.Tuple, ast.List)) and isinstance(node.value, (ast.Tuple, ast.List)) and len(target.elts) == len(node.value.elts):
                    for one, value in zip(target.elts, node.value.elts):
                        self.define(one, [value], node)
                else:
                    self.define(target, [node.value], node)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self.define(node.target, [node.value], node)
        elif isinstance(node, ast.AugAssign):
            # It is made of what it was, so what it was still reaches: no strong definition.
            self.define(node.target, [node.value], node, False)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self.define(node.target, [node.iter], node)
        elif isinstance(node, ast.comprehension):
            self.define(node.target, [node.iter], None)
        elif isinstance(node, ast.NamedExpr):
            self.define(node.target, [node.value], self.statement(node))
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    self.define(item.optional_vars, [item.context_expr], node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.functions.setdefault(node.name, []).append(node)
            self.name(node.name, node, node.decorator_list, node)
        elif isinstance(node, ast.ClassDef):
            self.name(node.name, node, node.decorator_list + node.bases + [keyword.value for keyword in node.keywords] + implicit(node), node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                self.name(alias.asname or alias.name.split('.')[0], node, [alias if isinstance(node, ast.Import) else node], node)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            self.name(node.name, node, [node], None)
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else None
            if called is not None:
                self.calls.setdefault(called, []).append(node)
            given = node.args + [keyword.value for keyword in node.keywords]
            statement = self.statement(node)
            if isinstance(node.func, ast.Attribute) and given:
                self.define(node.func.value, given, statement, False)
            if len(given) > 1 and isinstance(node.func, ast.Name) and called not in builtins.__dict__:
                for argument in given:
                    if isinstance(argument, ast.Name):
                        self.define(argument, [other for other in given if other is not argument], statement, False)

    def statement(self, node):
        while node is not None and not isinstance(node, ast.stmt):
            node = self.parents.get(node)
        return node

    def is_constant(self, known, function, name):
        """Whether a variable only ever is a text, a number or None, which nobody can change."""
        if function is not None and self.is_parameter(function, name):
            return False
        plain = (ast.Constant, ast.JoinedStr, ast.Compare)
        values = [value for statement, strong, given in known if strong for value in (given or [statement])]
        return bool(values) and all(isinstance(value, plain) and not isinstance(statement, HEADED) for statement, strong, given in known if strong for value in (given or [statement]))

    def functions_around(self, node):
        found = set()
        while node is not None:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found.add(node)
            node = self.parents.get(node)
        return found

    @staticmethod
    def is_parameter(function, name):
        args = function.args
        return any(argument is not None and argument.arg == name for argument in args.posonlyargs + args.args + args.kwonlyargs + [args.vararg, args.kwarg])

    def ancestors(self, node):
        node = self.parents.get(node)
        while node is not None and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield node
            node = self.parents.get(node)

    def bases_around(self, node):
        """What the class that a method stands in is derived from."""
        while node is not None and not isinstance(node, ast.ClassDef):
            node = self.parents.get(node)
        return node.bases if node is not None else ()


def implicit(node):
    """Methods of a class that operators, loops, subscripts, `with` and missing attributes call, though nothing in the text names them."""
    return [one for one in node.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)) and one.name.startswith('__') and one.name != '__init__']
