"""From which injected values an expression was computed.

The text says what each statement computes its targets from (`winnow_written.py`); the round says which statements ran, and when each ran last. So of several assignments to a variable the one that
reached the operation is known, and only that is followed; where it is not sure, all that may have reached it are. Containers and attributes are made of all that was put
into them, parameters of all that was passed, results of all that was returned. What cannot be followed counts as injected: an error is genuine only where every way back
ends in the program itself.
"""

import ast
import builtins

from winnow_contradiction import key_of
from winnow_decided import Decided
from winnow_written import HEADED, NAMING, READING, UNKNOWN, WRITING, Written, implicit

# Expressions that are looked at for one error; beyond it what is left is not followed.
STEPS = 4_000
# After so many an error that is not genuine is not looked into any further: what is told of it names twenty values at most.
ENOUGH = 300
# They count as run when their body does, which says nothing of when their decorators did.
DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef)
MUTATING = (ast.Store, ast.Del)


class Origins(Written, Decided):
    """Of one file: what it says, what decided what in it, and the way back through both."""

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
            if not self.is_called(node):
                # A property: reading it calls it.
                for function in self.functions.get(node.attr, ()):
                    if function.decorator_list:
                        found |= self.returned(function, seen)
            if node.attr in READING and self.source.injected:
                found.add(UNKNOWN)
            return found
        if isinstance(node, ast.alias):
            return found | self.module(node.name)
        if isinstance(node, ast.ImportFrom):
            return found | ({UNKNOWN} if node.level else self.module(node.module or '', [alias.name for alias in node.names]))
        if isinstance(node, ast.ExceptHandler):
            return found | {UNKNOWN}
        if isinstance(node, DECORATED):
            found |= self.returned(node, seen)
        if isinstance(node, ast.Yield) and ('sent', node) not in seen:
            # What a generator's `yield` gives is what it is sent.
            for call in self.calls.get('send', ()):
                for value in call.args:
                    found |= self.of(value, None, seen | {('sent', node)})
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
                return found | set().union(*[self.of(one, time, seen) for one in parent.bases + implicit(parent)])
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
            found |= self.returned(function, seen)
        return found

    def returned(self, function, seen):
        """What a function returned and yielded."""
        found = set()
        if function in seen:
            return found
        for node in ast.walk(function):
            if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom)):
                decided = self.path(node, seen | {function})
                self.decided |= decided
                found |= decided
                # A generator that gave a value and was not asked again has not completed the statement.
                when = self.last(self.statement(node)) or (0 if isinstance(node, ast.Return) else self.round.steps + 1)
                if node.value is not None and when:
                    found |= self.of(node.value, when, seen | {function})
        return found

    def is_called(self, node):
        call = self.parents.get(node)
        return isinstance(call, ast.Call) and call.func is node

    # The way there.


