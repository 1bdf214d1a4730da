"""What decided that a statement ran, or that an assignment did and not another: the conditions, loops and earlier leavings on the way to it, with the injected values that they rest on."""

import ast

from winnow_contradiction import key_of
from winnow_written import UNKNOWN

LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)


class Decided:
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

    def deciding(self, ancestor, inner, seen):
        """Injected values by which the block of a statement was entered, and how often."""
        if isinstance(ancestor, (ast.If, ast.While, ast.IfExp)) and inner is not ancestor.test:
            return self.test(ancestor, seen)
        if isinstance(ancestor, (ast.For, ast.AsyncFor)) and inner is not ancestor.iter:
            return self.of(ancestor.iter, None, seen)
        if isinstance(ancestor, ast.ExceptHandler) and (self.source.path, ancestor.lineno, ancestor.col_offset) in self.round.lacking:
            return {UNKNOWN}
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
