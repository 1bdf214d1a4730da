"""What statements tell of values: assignments, loops, blocks, definitions with their defaults and annotations, imports."""

import ast

from winnow_pools import Pool, merge
from winnow_words import ANNOTATIONS, a


class Statements:
    def visit_Assign(self, node):
        self.pool(node.value)
        for target in node.targets:
            self.assign(target, node.value, node.lineno)

    def assign(self, target, value, line):
        source = self.pool(value)
        if isinstance(target, (ast.Tuple, ast.List)):
            if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
                for one, other in zip(target.elts, value.elts):
                    if not isinstance(one, ast.Starred) and not isinstance(other, ast.Starred):
                        self.assign(one, other, line)
                return
            return self.unpack(target, source, line)
        pool = self.pool(target)
        kind = self.type_of(value)
        if isinstance(value, ast.Constant) or isinstance(target, (ast.Attribute, ast.Subscript)) or not self.scopes.once(target):
            pool.toward(source, 0.4 if kind == 'none' else 0.9, 'it is assigned at line %d' % line)
            if kind is None:
                source.toward(pool, 0.5, 'it is assigned to it at line %d' % line)
        else:
            merge(source, pool)

    def unpack(self, target, source, line):
        count = len(target.elts)
        starred = any(isinstance(element, ast.Starred) for element in target.elts)
        source.vote('tuple', 2.5, 'use', 'it is unpacked into %d at line %d' % (count, line))
        source.vote('list', 1.5 if starred else 1, 'use', 'it is unpacked into %d at line %d' % (count, line))
        source.arity = source.arity or count
        for index, element in enumerate(target.elts):
            if isinstance(element, (ast.Tuple, ast.List)):
                self.unpack(element, source.part(('k', index)), line)
            elif not isinstance(element, ast.Starred):
                merge(source.part(('k', index)), self.pool(element))
            else:
                self.pool(element.value).vote('list', 3, 'use', 'it takes the rest at line %d' % line)

    def visit_AnnAssign(self, node):
        self.annotate(node.annotation, self.pool(node.target))
        if node.value is not None:
            if not isinstance(node.value, ast.Constant):
                self.annotate(node.annotation, self.pool(node.value))
            self.assign(node.target, node.value, node.lineno)

    def visit_AugAssign(self, node):
        pool = self.pool(node.target)
        self.pool(node.value)
        self.operate(node.target, node.op, node.value, Pool(), node.lineno)
        if isinstance(node.op, ast.Add) and self.type_of(node.value) is None:
            pool.vote('integer', 0.6, 'use', 'it is added to at line %d' % node.lineno)

    def loop(self, target, iterated, line):
        pool = self.pool(iterated)
        for kind, weight in (('list', 2), ('tuple', 0.4), ('set', 0.4), ('mapping', 0.4)):
            pool.vote(kind, weight, 'use', 'it is iterated over at line %d' % line)
        pool.excluded |= {'integer', 'float', 'boolean', 'none'}
        element = pool.part('[]')
        if isinstance(target, (ast.Tuple, ast.List)):
            self.unpack(target, element, line)
        else:
            merge(element, self.pool(target))

    def visit_For(self, node):
        self.loop(node.target, node.iter, node.lineno)
        self.block(node.body)
        self.block(node.orelse)

    visit_AsyncFor = visit_For

    def block(self, statements):
        for statement in statements:
            self.visit(statement)

    def visit_With(self, node):
        for item in node.items:
            pool = self.pool(item.context_expr)
            pool.vote('instance', 1.5, 'use', 'it is entered by with at line %d' % node.lineno)
            pool.excluded |= {'integer', 'float', 'boolean', 'none', 'text', 'list', 'mapping', 'tuple', 'set', 'bytes'}
            if item.optional_vars is not None:
                if isinstance(item.optional_vars, (ast.Tuple, ast.List)):
                    self.unpack(item.optional_vars, pool.part('enter'), node.lineno)
                else:
                    merge(pool.part('enter'), self.pool(item.optional_vars))
        self.block(node.body)

    visit_AsyncWith = visit_With

    def visit_Raise(self, node):
        if node.exc is not None:
            self.say(node.exc, 'error', 3, 'it is raised')
            if isinstance(node.exc, ast.Call):
                self.say(node.exc.func, 'class', 3, 'what it gives is raised')
        if node.cause is not None:
            self.say(node.cause, 'error', 3, 'it is raised from')

    def visit_ExceptHandler(self, node):
        for kind in node.type.elts if isinstance(node.type, ast.Tuple) else [node.type] if node.type is not None else []:
            self.say(kind, 'class', 5, 'it is caught')
        if node.name:
            self.variable(node.name, node).vote('error', 6, 'use', 'it was caught at line %d' % node.lineno)
        self.block(node.body)

    def function(self, node):
        for decorator in node.decorator_list:
            self.say(decorator, 'callable', 3, 'it decorates a function')
        pool = self.variable(node.name, node)
        pool.known = 'callable'
        args = node.args
        ordered = args.posonlyargs + args.args
        params = [self.variable(argument.arg, self.scopes.inside(node)) for argument in ordered]
        self.known_functions[pool] = params
        for argument, default in zip(ordered[len(ordered) - len(args.defaults):], args.defaults):
            self.default(argument, default, node)
        for argument, default in zip(args.kwonlyargs, args.kw_defaults):
            if default is not None:
                self.default(argument, default, node)
        for argument in ordered + args.kwonlyargs:
            if argument.annotation is not None:
                self.annotate(argument.annotation, self.variable(argument.arg, self.scopes.inside(node)))
        if node.returns is not None and not isinstance(node, ast.AsyncFunctionDef):
            self.annotate(node.returns, pool.part('()'))
        self.block(node.body)

    visit_FunctionDef = visit_AsyncFunctionDef = function

    def default(self, argument, default, node):
        kind = self.type_of(default)
        pool = self.variable(argument.arg, self.scopes.inside(node))
        if kind is not None:
            pool.vote(kind, 0.8 if kind == 'none' else 3, 'default', 'its default is %s' % a(kind))
        self.pool(default)

    def visit_ClassDef(self, node):
        for base in node.bases:
            self.say(base, 'class', 5, 'a class is derived from it')
        for keyword in node.keywords:
            self.pool(keyword.value)
        for decorator in node.decorator_list:
            self.say(decorator, 'callable', 3, 'it decorates a class')
        self.variable(node.name, node).known = 'class'
        self.block(node.body)

    def visit_Import(self, node):
        for alias in node.names:
            self.variable(alias.asname or alias.name.split('.')[0], node).vote('module', 8, 'use', 'it is imported at line %d' % node.lineno)

    def visit_ImportFrom(self, node):
        for alias in node.names:
            if alias.name != '*':
                self.scopes.imports[(node.module or '', alias.name)] = self.variable(alias.asname or alias.name, node)

    def annotate(self, node, pool):
        """Votes of an annotation, with those for its elements."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode='eval').body
            except (SyntaxError, ValueError, RecursionError):
                return
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            for side in (node.left, node.right):
                self.annotate(side, pool)
            return
        if isinstance(node, ast.Subscript):
            inner = node.slice.value if type(node.slice).__name__ == 'Index' else node.slice
            elements = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            name = getattr(node.value, 'attr', None) or getattr(node.value, 'id', '')
            if name in ('Optional', 'Union', 'Final', 'ClassVar', 'Annotated', 'Required', 'NotRequired'):
                for element in elements[:1] if name == 'Annotated' else elements:
                    self.annotate(element, pool)
                return
            kind = ANNOTATIONS.get(name)
            if kind is not None:
                pool.vote(kind, 8, 'annotation', 'it is annotated as %s' % name)
                if kind in ('list', 'set', 'iterator') or kind == 'tuple' and len(elements) == 2 and isinstance(elements[1], ast.Constant):
                    self.annotate(elements[0], pool.part('[]'))
                elif kind == 'mapping' and len(elements) == 2:
                    self.annotate(elements[0], pool.part('key'))
                    self.annotate(elements[1], pool.part('[]'))
                elif kind == 'tuple':
                    pool.arity = pool.arity or len(elements)
                    for index, element in enumerate(elements):
                        self.annotate(element, pool.part(('k', index)))
                return
            pool.vote('instance', 5, 'annotation', 'it is annotated')
            return
        if isinstance(node, ast.Constant) and node.value is None:
            pool.vote('none', 1, 'annotation', 'it is annotated as None')
            return
        name = getattr(node, 'attr', None) or getattr(node, 'id', None)
        if name in ANNOTATIONS:
            if ANNOTATIONS[name] is not None:
                pool.vote(ANNOTATIONS[name], 8, 'annotation', 'it is annotated as %s' % name)
        elif name is not None:
            pool.vote('instance', 4, 'annotation', 'it is annotated as %s' % name)
