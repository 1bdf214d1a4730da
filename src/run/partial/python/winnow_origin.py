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
# After so many an error that is not genuine is not looked into any further: what is told of it names twenty values at most.
ENOUGH = 300
# What is missing outside the program causes these: files, modules, the network, memory.
OUTSIDE = (ImportError, OSError, EOFError, MemoryError)
NAMES = (NameError,)
# They write or read what no text says.
WRITING = frozenset(('setattr', 'delattr', 'vars', '__dict__', '__setattr__', '__delattr__'))
NAMING = frozenset(('globals', 'locals', 'exec', 'eval', 'vars', '__dict__'))
READING = frozenset(('getattr', 'vars', 'globals', 'locals', 'eval', 'exec', '__dict__', '__getattribute__'))
LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)
HEADED = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.Return, ast.Raise, ast.Assert)
# They count as run when their body does, which says nothing of when their decorators did.
DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef)
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
    origins.steps, origins.decided = 0, set()
    origins.come, origins.wanted = set(), 20
    try:
        nothing = nothing_in(node, str(error))
        origins.nothing = (operand_of(node) if nothing is None else nothing) if "'NoneType'" in str(error) else None
        found = origins.of(node if nothing is None else nothing, None)
        # That a condition led there is all that is still asked where a value did.
        origins.come, origins.wanted = set(), 1 if found else None
        path = origins.path(node) | origins.decided
        if isinstance(error, RecursionError):
            found |= path | origins.around(error)
    except RecursionError:
        found, path = {UNKNOWN}, {UNKNOWN}
    because = set(found)
    if id(error) in round.raised or isinstance(error, AssertionError) or isinstance(error, NAMES):
        because |= path
    # What a condition would have kept out, no value of the program's own can be blamed for.
    because |= path & set(source.forced.values())
    if isinstance(error, OUTSIDE) or is_threadless(error):
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


def operand_of(node):
    """What an operation with one operand works on."""
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return node.value
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return node.iter
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords and node.func.id in builtins.__dict__:
        return node.args[0]
    return None


class Origins:
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

    def takers(self, statement, seen):
        """What the function that a statement stands in was given to: it may have called it, or not."""
        found = set()
        inner = statement
        while inner is not None:
            inner = self.parents.get(inner)
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                for func in self.given.get(inner.name, []) + inner.decorator_list:
                    if ('taker', func) not in seen:
                        found |= self.of(func, None, seen | {('taker', func)})
        return found

    def changed(self, call, seen):
        """What could change the values that a call was given: its callee where that was injected, and injected ones that a function of the file hands them to."""
        key = ('changed', call)
        if key in seen:
            return set()
        seen = seen | {key}
        index = self.mark(call)
        found = set() if index is None else {index}
        found |= self.of(call.func, None, seen)
        called = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else None
        for function in self.functions.get(called, ()):
            names = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
            for part in ast.walk(function):
                if isinstance(part, ast.Call) and any(isinstance(one, ast.Name) and one.id in names for argument in part.args + [keyword.value for keyword in part.keywords] for one in ast.walk(argument)):
                    if not (isinstance(part.func, ast.Name) and part.func.id in builtins.__dict__):
                        found |= self.changed(part, seen)
        return found

    def reflections(self, kinds, seen):
        """Where the file writes what no text says, and an injected value has a part in it, that is not followed."""
        for name, statement in self.reflected:
            if name in kinds and statement is not None and ('reflected', statement) not in seen:
                if any(self.of(part, None, seen | {('reflected', statement)}) for part in ast.iter_child_nodes(statement) if isinstance(part, ast.expr)):
                    return {UNKNOWN}
        return set()

    def around(self, error):
        """Injected values in the functions that called each other."""
        lines, trace = set(), error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.source.name and trace.tb_frame.f_code.co_name != '<module>':
                lines.add(trace.tb_lineno)
            trace = trace.tb_next
        found = set()
        for functions in self.functions.values():
            for function in functions:
                if any(function.lineno <= line <= function.end_lineno for line in lines):
                    for part in ast.walk(function):
                        index = self.mark(part) if hasattr(part, 'lineno') else None
                        if index is not None:
                            found.add(index)
                        if isinstance(part, (ast.If, ast.While, ast.IfExp)):
                            found |= self.test(part, frozenset())
        return found

    # What the round says.

    def last(self, statement, definite=True):
        """When a statement ran last; 0: never. One that was never completed may still have begun."""
        if statement is None:
            return 1
        index = self.index.get(key_of(statement))
        if not definite and isinstance(statement, HEADED):
            # Its block may not have been entered, its header was worked out all the same.
            return self.round.steps + 1
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
        if self.steps > STEPS or len(seen) > 100:
            return {UNKNOWN}
        if self.steps > ENOUGH and self.wanted is not None and (UNKNOWN in self.come or len(self.come) >= self.wanted):
            return set()
        found = self.origin(node, time, seen)
        self.come |= found
        return found

    def origin(self, node, time, seen):
        found = set()
        index = self.mark(node)
        if index is not None:
            found.add(index)
        if isinstance(node, ast.Name):
            return found | self.variable(node, time, seen)
        if isinstance(node, ast.Attribute):
            found |= self.of(node.value, time, seen)
            if node.attr not in seen:
                inner = seen | {node.attr}
                for statement, strong, values in self.attributes.get(node.attr, ()):
                    if strong is None:
                        found |= self.changed(values[0], inner)
                        continue
                    found |= self.takers(statement, inner) if statement is not None else set()
                    found |= self.choosing(statement, node, inner)
                    if self.last(statement):
                        for value in values:
                            found |= self.of(value, self.last(statement), inner)
                found |= self.reflections(WRITING, inner)
            if node.attr in READING and self.source.injected:
                found.add(UNKNOWN)
            return found
        if isinstance(node, ast.alias):
            return found | self.module(node.name)
        if isinstance(node, ast.ImportFrom):
            return found | ({UNKNOWN} if node.level else self.module(node.module or '', [alias.name for alias in node.names]))
        if isinstance(node, ast.ExceptHandler):
            return found | {UNKNOWN}
        if isinstance(node, ast.Call):
            found |= self.results(node, time, seen)
            if isinstance(node.func, ast.Name) and node.func.id in READING and self.source.injected:
                found.add(UNKNOWN)
            if isinstance(node.func, ast.Name) and node.func.id == 'super':
                for base in self.bases_around(node):
                    found |= self.of(base, time, seen)
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
        known = self.definitions.get(key, ())
        if scope is self.scopes.module:
            found |= self.reflections(NAMING, seen)
            if not any(strong for _, strong, _ in known):
                for star in self.stars:
                    found |= self.module(star.module or '')
        handed = [values[0] for statement, strong, values in known if strong is None and self.last(statement, False)]
        if handed and not self.is_constant(known, function, node.id):
            for call in handed:
                found |= self.changed(call, seen)
        # Nobody changes None: it is there because it was assigned.
        known = [one for one in known if one[1] is not None and (one[1] or node is not self.nothing)]
        for statement, _, _ in known:
            if statement is not None:
                found |= self.takers(statement, seen)
                # What was not assigned was not by the same decision.
                if len(known) > 1:
                    found |= self.choosing(statement, node, seen)
        definitions = [(self.round.steps + 1, statement, False, values) if isinstance(statement, DECORATED) else (self.last(statement), statement, strong, values)
                       for statement, strong, values in known]
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
        return found

    def is_constant(self, known, function, name):
        """Whether a variable only ever is a text, a number or None, which nobody can change."""
        if function is not None and self.is_parameter(function, name):
            return False
        plain = (ast.Constant, ast.JoinedStr, ast.Compare)
        values = [value for statement, strong, given in known if strong for value in (given or [statement])]
        return bool(values) and all(isinstance(value, plain) and not isinstance(statement, HEADED) for statement, strong, given in known if strong for value in (given or [statement]))

    def choosing(self, statement, use, seen):
        """Injected values that decided for an assignment, and not for the use as well."""
        key = ('chosen', statement)
        if statement is None or key in seen:
            return set()
        seen = seen | {key}
        found = set()
        shared = set(self.ancestors(use))
        inner = statement
        for ancestor in self.ancestors(statement):
            if ancestor not in shared:
                found |= self.deciding(ancestor, inner, seen)
            found |= self.leaving(ancestor, inner, seen)
            inner = ancestor
        function = self.parents.get(inner)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and function not in self.functions_around(use):
            found |= self.leaving(function, inner, seen)
            for call in self.calls.get(function.name, ()):
                found |= self.path(call, seen | {('called', function)}) if ('called', function) not in seen else set()
        self.decided |= found
        return found

    def functions_around(self, node):
        found = set()
        while node is not None:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found.add(node)
            node = self.parents.get(node)
        return found

    def deciding(self, ancestor, inner, seen):
        """Injected values by which the block of a statement was entered, and how often."""
        if isinstance(ancestor, (ast.If, ast.While, ast.IfExp)) and inner is not ancestor.test:
            return self.test(ancestor, seen)
        if isinstance(ancestor, (ast.For, ast.AsyncFor)) and inner is not ancestor.iter:
            return self.of(ancestor.iter, None, seen)
        if isinstance(ancestor, (ast.Try, ast.With, ast.AsyncWith)) or type(ancestor).__name__ in ('Match', 'TryStar'):
            return {index for part in ast.walk(ancestor) if hasattr(part, 'lineno') for index in (self.mark(part),) if index is not None}
        return set()

    def leaving(self, ancestor, inner, seen):
        """Injected values of conditions in a block that could have left it earlier."""
        found = set()
        for block in (getattr(ancestor, field, None) for field in ('body', 'orelse', 'finalbody')):
            if isinstance(block, list) and inner in block:
                for before in block[:block.index(inner)]:
                    if isinstance(before, (ast.If, ast.For, ast.While)) and any(isinstance(part, LEAVING) or is_exit(part) for part in ast.walk(before)):
                        for part in ast.walk(before):
                            if isinstance(part, (ast.If, ast.While)):
                                found |= self.test(part, seen)
                            elif isinstance(part, ast.For):
                                found |= self.of(part.iter, None, seen)
        return found

    def test(self, branch, seen):
        key = ('test', branch)
        if key in seen:
            return set()
        seen = seen | {key}
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
                if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom)):
                    decided = self.path(node, seen | {function})
                    self.decided |= decided
                    found |= decided
                if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom)) and node.value is not None and self.last(self.statement(node)):
                    found |= self.of(node.value, self.last(self.statement(node)), seen | {function})
        return found

    # The way there.

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

    def path(self, node, seen=frozenset()):
        """Injected values of conditions that decided that this place was reached."""
        found = set()
        inner = node
        for ancestor in self.ancestors(node):
            if isinstance(ancestor, (ast.If, ast.While, ast.IfExp)) and inner is not ancestor.test:
                found |= self.test(ancestor, seen)
            elif isinstance(ancestor, ast.Try):
                found |= {index for handler in ancestor.handlers if handler is inner for index in (self.mark(handler), UNKNOWN) if index is not None}
            elif isinstance(ancestor, (ast.For, ast.AsyncFor)) and inner is not ancestor.iter:
                found |= self.of(ancestor.iter, None, seen)
            elif isinstance(ancestor, ast.ExceptHandler):
                found.add(UNKNOWN)
            for block in (getattr(ancestor, field, None) for field in ('body', 'orelse', 'finalbody')):
                if isinstance(block, list) and inner in block:
                    for before in block[:block.index(inner)]:
                        if isinstance(before, ast.If) and any(isinstance(part, LEAVING) or is_exit(part) for part in ast.walk(before)):
                            found |= self.test(before, seen)
            inner = ancestor
        function = self.parents.get(inner)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            index = next((self.mark(argument) for argument in function.args.args if self.mark(argument) is not None), None)
            if index is not None:
                found.add(index)
            if inner in function.body:
                for before in function.body[:function.body.index(inner)]:
                    if isinstance(before, ast.If) and any(isinstance(part, LEAVING) or is_exit(part) for part in ast.walk(before)):
                        found |= self.test(before, seen)
        return found


def is_exit(node):
    return isinstance(node, ast.Call) and (getattr(node.func, 'id', None) or getattr(node.func, 'attr', None)) in ('exit', 'quit', '_exit', 'abort')
