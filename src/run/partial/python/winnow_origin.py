"""Whether an injected value could have caused an error: from what the failing operation worked on, back through what it was computed from.

The text says what each statement computes its targets from; the round says which statements ran, and when each ran last. So of several assignments to a variable the one that
reached the operation is known, and only that is followed; where it is not sure, all that may have reached it are. Containers and attributes are made of all that was put
into them, parameters of all that was passed, results of all that was returned. What cannot be followed counts as injected: an error is genuine only where every way back
ends in the program itself.
"""

import ast
import builtins

from winnow_contradiction import key_of
from winnow_scopes import Scopes

# What was not followed; it stands for any injected value.
UNKNOWN = -1
# Expressions that are looked at for one error; beyond it what is left is not followed.
STEPS = 4_000
# What is missing outside the program causes these: files, modules, the network, memory.
OUTSIDE = (ImportError, OSError, EOFError, MemoryError)
NAMES = (NameError,)
LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)
MUTATING = (ast.Store, ast.Del)


def certainty_of(round, source, node, line, error):
    """-> (certainty, indices of injected values, whether a condition over injected values led there)."""
    if round.level == 1:
        missing = isinstance(error, OUTSIDE + NAMES) or is_threadless(error)
        return 'possible' if missing else 'genuine', [], False
    own = getattr(error, '_winnow_index', None)
    if own is not None:
        return 'possible', [own], True
    if node is None:
        return 'possible', [], True
    if source.origins is None:
        source.origins = Origins(round, source)
    origins = source.origins
    origins.steps = 0
    try:
        nothing = nothing_in(node, str(error))
        found = origins.of(node if nothing is None else nothing, None)
        path = origins.path(node)
    except RecursionError:
        found, path = {UNKNOWN}, {UNKNOWN}
    because = set(found)
    if id(error) in round.raised or isinstance(error, AssertionError) or isinstance(error, NAMES):
        because |= path
    # What a condition would have kept out, no value of the program's own can be blamed for.
    because |= path & set(source.forced.values())
    if isinstance(error, OUTSIDE) or isinstance(error, RecursionError) or is_threadless(error):
        because.add(UNKNOWN)
    return 'possible' if because else 'genuine', sorted(index for index in because if index >= 0)[:20], bool(path)


def is_threadless(error):
    """Whether there are no threads here, or no more of them."""
    return type(error) is RuntimeError and error.args == ("can't start new thread",)


def nothing_in(node, message):
    """The operand that is None, of an operation that nothing allows with None: what the other is does not matter."""
    if isinstance(node, ast.BinOp) and not isinstance(node.op, (ast.BitOr, ast.BitAnd)):
        sides = node.left, node.right
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and not isinstance(node.ops[0], (ast.In, ast.NotIn)):
        sides = node.left, node.comparators[0]
    else:
        return None
    if message.endswith("and 'NoneType'"):
        # An injected left operand told of itself first, wherever None stood.
        return sides[0] if isinstance(sides[0], ast.Constant) and sides[0].value is None else sides[1]
    return sides[0] if "'NoneType' and" in message else None


class Origins:
    def __init__(self, round, source):
        self.round, self.source = round, source
        self.tree = source.clean
        self.scopes = Scopes(self.tree)
        self.injected = {}
        self.steps = 0
        self.index = {key_of(node): index for node, index in source.statement_of.items()}
        self.parents, self.definitions, self.functions, self.calls, self.attributes = {}, {}, {}, {}, {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
        for node in ast.walk(self.tree):
            self.collect(node)

    # What the text says.

    def define(self, target, values, statement, strong=True):
        if isinstance(target, ast.Starred):
            target = target.value
        if isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self.define(element, values, statement, strong)
        elif isinstance(target, ast.Name):
            scope = self.scopes.where(target.id, target)
            self.definitions.setdefault((scope, target.id), []).append((statement, strong, values))
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
            self.name(node.name, node, node.decorator_list + node.bases, node)
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

    # What the round says.

    def last(self, statement):
        """When a statement ran last; 0: never. One that was never completed may still have begun."""
        if statement is None:
            return 1
        index = self.index.get(key_of(statement))
        return self.round.last.get(self.source.base + index, 0) if index is not None else 0

    def mark(self, node):
        """The injected value that stands at an expression, if any."""
        if len(self.injected) != len(self.source.injected):
            self.injected = {key_of(found) if isinstance(found, ast.AST) else found: index for found, index in self.source.injected.items()}
        return self.injected.get(key_of(node))

    # The way back.

    def of(self, node, time, seen=frozenset()):
        """Injected values that an expression or the expressions of a statement were computed from."""
        self.steps += 1
        if self.steps > STEPS or len(seen) > 60:
            return {UNKNOWN}
        found = set()
        index = self.mark(node)
        if index is not None:
            found.add(index)
        if isinstance(node, ast.Name):
            return found | self.variable(node, time, seen)
        if isinstance(node, ast.Attribute):
            found |= self.of(node.value, time, seen)
            if node.attr not in seen:
                for statement, _, values in self.attributes.get(node.attr, ()):
                    if self.last(statement):
                        for value in values:
                            found |= self.of(value, self.last(statement), seen | {node.attr})
            return found
        if isinstance(node, ast.alias):
            return found | self.module(node.name)
        if isinstance(node, ast.ImportFrom):
            return found | ({UNKNOWN} if node.level else self.module(node.module or '', [alias.name for alias in node.names]))
        if isinstance(node, ast.ExceptHandler):
            return found | {UNKNOWN}
        if isinstance(node, ast.Call):
            found |= self.results(node, time, seen)
        children = ast.iter_child_nodes(node)
        if isinstance(node, (ast.If, ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.Try, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            children = [child for child in children if not isinstance(child, (ast.stmt, ast.ExceptHandler))]
        for child in children:
            if not isinstance(child, (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)):
                found |= self.of(child, time, seen)
        return found

    def module(self, name, parts=()):
        found = {index for key, index in self.source.injected.items() if isinstance(key, str) and (key == name or key.startswith(name + '.') or name.startswith(key + '.'))}
        found |= {index for (module, part), index in self.round.patched.items() if module == name and part in parts}
        return found

    def variable(self, node, time, seen):
        if isinstance(node.ctx, MUTATING) and not isinstance(self.parents.get(node), ast.AugAssign):
            return set()
        scope = self.scopes.where(node.id, node)
        key = (scope, node.id)
        if key in seen:
            return set()
        seen = seen | {key}
        found = set()
        function = scope.node if scope.kind == 'function' else None
        if function is not None and self.is_parameter(function, node.id):
            found |= self.parameter(function, node.id, time, seen)
        # A value that was put in the place of a name is at one of its reads, and stands for all of them.
        for read in self.scopes.loads:
            if read.id == node.id and self.scopes.where(read.id, read) is scope:
                index = self.mark(read)
                if index is not None:
                    found.add(index)
        definitions = [(self.last(statement), statement, strong, values) for statement, strong, values in self.definitions.get(key, ())]
        ran = [one for one in definitions if one[0]]
        reached = [one for one in ran if one[2] and (time is None or one[0] <= time)]
        newest = max(reached, key=lambda one: one[0])[0] if reached else 0
        for when, statement, strong, values in ran:
            # A strong definition that ran after this time may have run before it as well.
            if strong and when < newest:
                continue
            if not strong and when < newest:
                continue
            for value in values:
                found |= self.of(value, when, seen)
            # With one assignment alone the variable is that or nothing, whatever was decided.
            if statement is not None and strong and sum(1 for one in definitions if one[2]) > 1:
                found |= self.chosen(statement, node, seen)
        return found

    def chosen(self, statement, use, seen):
        """Conditions that decided for this assignment, and not for the use as well."""
        found = set()
        shared = set(self.ancestors(use))
        for ancestor in self.ancestors(statement):
            if ancestor in shared or not isinstance(ancestor, (ast.If, ast.While, ast.IfExp)):
                continue
            found |= self.test(ancestor, seen)
        return found

    def test(self, branch, seen):
        forced = [index for node, index in self.source.forced.items() if key_of(node)[1:3] >= (branch.test.lineno, branch.test.col_offset) and key_of(node)[1:3] <= (branch.test.end_lineno, branch.test.end_col_offset)]
        return self.of(branch.test, None, seen) | set(forced)

    @staticmethod
    def is_parameter(function, name):
        args = function.args
        return any(argument is not None and argument.arg == name for argument in args.posonlyargs + args.args + args.kwonlyargs + [args.vararg, args.kwarg])

    def parameter(self, function, name, time, seen):
        found = set()
        args = function.args
        for argument in args.posonlyargs + args.args + args.kwonlyargs + [extra for extra in (args.vararg, args.kwarg) if extra is not None]:
            if argument.arg == name:
                index = self.mark(argument)
                if index is not None:
                    found.add(index)
        for default in args.defaults + [one for one in args.kw_defaults if one is not None]:
            found |= self.of(default, time, seen)
        if isinstance(function, ast.Lambda):
            return found | {UNKNOWN}
        names = [function.name]
        parent = self.parents.get(function)
        if isinstance(parent, ast.ClassDef):
            if function.name in ('__init__', '__new__', '__call__') or function.name.startswith('__'):
                names.append(parent.name)
            if name == (args.args[0].arg if args.args else None) and not found:
                # The object itself: what it holds is followed by its attributes.
                return found | set().union(*[self.of(base, time, seen) for base in parent.bases])
        calls = [call for called in names for call in self.calls.get(called, ())]
        if not calls and not found or function.decorator_list:
            return found | {UNKNOWN}
        for call in calls:
            for value in call.args + [keyword.value for keyword in call.keywords]:
                found |= self.of(value, None, seen)
        return found

    def results(self, call, time, seen):
        """What functions of the file with this name return."""
        func = call.func
        called = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else None
        found = set()
        for function in self.functions.get(called, ()):
            if function in seen:
                continue
            for node in ast.walk(function):
                if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom)) and node.value is not None and self.last(self.statement(node)):
                    found |= self.of(node.value, self.last(self.statement(node)), seen | {function})
        return found

    # The way there.

    def ancestors(self, node):
        node = self.parents.get(node)
        while node is not None and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield node
            node = self.parents.get(node)

    def path(self, node):
        """Injected values of conditions that decided that this place was reached."""
        found = set()
        inner = node
        for ancestor in self.ancestors(node):
            if isinstance(ancestor, (ast.If, ast.While, ast.IfExp)) and inner is not ancestor.test:
                found |= self.test(ancestor, frozenset())
            elif isinstance(ancestor, ast.Try):
                found |= {index for handler in ancestor.handlers if handler is inner for index in (self.mark(handler), UNKNOWN) if index is not None}
            elif isinstance(ancestor, (ast.For, ast.AsyncFor)) and inner is not ancestor.iter:
                found |= self.of(ancestor.iter, None)
            elif isinstance(ancestor, ast.ExceptHandler):
                found.add(UNKNOWN)
            for block in (getattr(ancestor, field, None) for field in ('body', 'orelse', 'finalbody')):
                if isinstance(block, list) and inner in block:
                    for before in block[:block.index(inner)]:
                        if isinstance(before, ast.If) and any(isinstance(part, LEAVING) or is_exit(part) for part in ast.walk(before)):
                            found |= self.test(before, frozenset())
            inner = ancestor
        function = self.parents.get(inner)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            index = next((self.mark(argument) for argument in function.args.args if self.mark(argument) is not None), None)
            if index is not None:
                found.add(index)
            if inner in function.body:
                for before in function.body[:function.body.index(inner)]:
                    if isinstance(before, ast.If) and any(isinstance(part, LEAVING) or is_exit(part) for part in ast.walk(before)):
                        found |= self.test(before, frozenset())
        return found


def is_exit(node):
    return isinstance(node, ast.Call) and (getattr(node.func, 'id', None) or getattr(node.func, 'attr', None)) in ('exit', 'quit', '_exit', 'abort')
