"""Rewrites a file so that its functions tell what they work with.

Sites are what partial execution fills in: a name, an attribute, an item that is read, what a call gives, an argument. Functions are those of a module and
of its classes; what is nested in one is a part of it. `x.y(z)` becomes `value(3, value(2, value(0, x).y)(value(1, z)))`, with the places of the source, so that errors and
frames are as they were.

Left alone: what the language looks at by its name (`super`, `locals`), names of built-ins, annotations, decorators and defaults of the function itself, patterns.
"""
import ast
import builtins

LEFT = frozenset(dir(builtins)) | {'__class__', '__debug__'}
FRAMED = frozenset(('super', 'locals', 'vars', 'dir', 'eval', 'exec', 'globals'))
Functions = (ast.FunctionDef, ast.AsyncFunctionDef)
MATCH_CASE = getattr(ast, 'match_case', ())
TEXT = 200


class Rewriter(ast.NodeTransformer):
    def __init__(self, path, functions, sites):
        self.path = path
        self.first_function, self.first_site = functions, sites
        self.functions, self.sites = [], []
        self.depth = 0

    def rewrite(self, source):
        tree = ast.parse(source)
        self.lines = source.splitlines(True)
        self.statements(tree.body, '')
        return tree

    def statements(self, body, prefix):
        """Functions of a module or a class; conditions and `try` around them are looked through."""
        for node in body:
            if isinstance(node, Functions):
                self.function(node, prefix)
            elif isinstance(node, ast.ClassDef):
                self.statements(node.body, prefix + node.name + '.')
            else:
                for field in ('body', 'orelse', 'finalbody'):
                    self.statements(getattr(node, field, None) or [], prefix)
                for handler in getattr(node, 'handlers', None) or []:
                    self.statements(handler.body, prefix)

    def function(self, node, prefix):
        self.number = self.first_function + len(self.functions)
        body = node.body
        told = body[1:] if is_docstring(body[0]) else body
        begin = told[0] if told else None
        inside = list(within(body))
        parameters = node.args.posonlyargs if hasattr(node.args, 'posonlyargs') else []
        parameters = parameters + node.args.args + [node.args.vararg, node.args.kwarg] + node.args.kwonlyargs
        parameters = [one for one in parameters if one is not None]
        generator = any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in inside)
        asynchronous = isinstance(node, ast.AsyncFunctionDef)
        self.functions.append({
            'path': self.path, 'name': prefix + node.name,
            'line': min([node.lineno] + [one.lineno for one in node.decorator_list]), 'end': node.end_lineno,
            'body': begin and [begin.lineno, self.column(begin.lineno, begin.col_offset)],
            'parameters': [one.arg for one in parameters],
            'returns': sorted(self.place(one) for one in inside if isinstance(one, ast.Return)),
            'plain': not generator and not asynchronous and not any(isinstance(one, (ast.Nonlocal, ast.Global)) for one in inside),
        })
        probes = [self.statement(self.call('__winnow_enter__', self.number, None, node), node)]
        for one in parameters:
            probes.append(self.statement(self.wrapped('argument', one.arg, one, ast.Name(one.arg, ast.Load())), node))
        self.bare = generator and asynchronous
        kept = [self.visit(one) for one in told]
        flat = [part for one in kept for part in (one if isinstance(one, list) else [one])]
        if not told or not isinstance(told[-1], (ast.Return, ast.Raise)):
            flat.append(self.statement(self.call('__winnow_leave__', self.number, ast.Constant(None), body[-1]), body[-1]))
        node.body = body[:len(body) - len(told)] + probes + flat

    def visit_Return(self, node):
        if self.depth:
            return self.generic_visit(node)
        if self.bare:
            return [self.statement(self.call('__winnow_leave__', self.number, ast.Constant(None), node), node), node]
        given = ast.copy_location(ast.Constant(None), node) if node.value is None else self.visit(node.value)
        node.value = self.call('__winnow_leave__', self.number, given, node)
        return node

    def nested(self, node):
        self.depth += 1
        for field in ('decorator_list', 'bases', 'keywords', 'body'):
            part = getattr(node, field, None)
            if isinstance(part, list):
                part[:] = [each for one in part for each in as_list(self.visit(one))]
            elif part is not None:
                setattr(node, field, self.visit(part))
        if hasattr(node, 'args'):
            node.args.defaults = [self.visit(one) for one in node.args.defaults]
            node.args.kw_defaults = [one and self.visit(one) for one in node.args.kw_defaults]
        self.depth -= 1
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = nested

    def visit_Name(self, node):
        if not isinstance(node.ctx, ast.Load) or node.id in LEFT:
            return node
        return self.wrapped('name', node.id, node, node)

    def visit_Attribute(self, node):
        what = self.text(node)
        self.generic_visit(node)
        return self.wrapped('attribute', what, node, node) if isinstance(node.ctx, ast.Load) else node

    def visit_Subscript(self, node):
        what = self.text(node)
        self.generic_visit(node)
        return self.wrapped('item', what, node, node) if isinstance(node.ctx, ast.Load) else node

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id in FRAMED:
            return self.generic_visit(node)
        what = self.text(node)
        self.generic_visit(node)
        return self.wrapped('call', what, node, node)

    def visit_AnnAssign(self, node):
        node.target = self.visit(node.target)
        node.value = node.value and self.visit(node.value)
        return node

    def visit_TypeAlias(self, node):
        return node

    def generic_visit(self, node):
        if isinstance(node, MATCH_CASE):
            node.guard = node.guard and self.visit(node.guard)
            node.body = [each for one in node.body for each in as_list(self.visit(one))]
            return node
        return super().generic_visit(node)

    def wrapped(self, kind, what, node, given):
        line, column, end_line, end_column = self.place(node)
        number = self.first_site + len(self.sites)
        self.sites.append((self.number, {'kind': kind, 'what': what[:TEXT], 'at': [line, column, end_line, end_column]}))
        return self.call('__winnow_value__', number, given, node)

    def call(self, name, number, given, near):
        at = {field: getattr(near, field) for field in ('lineno', 'col_offset', 'end_lineno', 'end_col_offset')}
        arguments = [ast.Constant(number)] + ([] if given is None else [given])
        for one in arguments:
            if not hasattr(one, 'lineno'):
                for field, found in at.items():
                    setattr(one, field, found)
        return ast.Call(ast.Name(name, ast.Load(), **at), arguments, [], **at)

    def statement(self, call, near):
        return ast.copy_location(ast.Expr(call), near)

    def place(self, node):
        """Line and column of beginning and end; columns in characters from 1, the end behind the last."""
        return [
            node.lineno, self.column(node.lineno, node.col_offset),
            node.end_lineno, self.column(node.end_lineno, node.end_col_offset),
        ]

    def column(self, line, offset):
        text = self.lines[line - 1]
        return 1 + (offset if text.isascii() else len(text[:offset].decode('utf-8', 'replace')))

    def text(self, node):
        first, last = self.lines[node.lineno - 1], self.lines[node.end_lineno - 1]
        if node.lineno == node.end_lineno:
            found = first[node.col_offset:node.end_col_offset]
        else:
            found = first[node.col_offset:] + b''.join(self.lines[node.lineno:node.end_lineno - 1]) + last[:node.end_col_offset]
        return ' '.join(found.decode('utf-8', 'replace').split())


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def as_list(one):
    return one if isinstance(one, list) else [one]


def within(body):
    """Nodes of a function's own body: not of functions, classes and lambdas in it."""
    queue = list(body)
    while queue:
        node = queue.pop()
        yield node
        if not isinstance(node, Functions + (ast.ClassDef, ast.Lambda)):
            queue.extend(ast.iter_child_nodes(node))
