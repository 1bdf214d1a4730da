"""Which name belongs to which scope of a file: who binds it, how often, and which names nobody binds.

As Python itself resolves names (Language Reference, 4.2.2), read off the syntax tree. Comprehensions have scopes of their own; a class's names are seen in its body only.
"""

import ast
import builtins

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# Names that the interpreter gives a module or a function without a binding.
GIVEN = frozenset(('__name__', '__file__', '__doc__', '__builtins__', '__class__', '__package__', '__spec__', '__loader__', '__annotations__', '__debug__', '__dict__', '__module__',
                   '__qualname__', 'exit', 'quit'))


class Scope:
    def __init__(self, kind, parent, node=None):
        self.kind, self.parent, self.node = kind, parent, node
        self.counts, self.pools = {}, {}
        # Names that are read before anything binds them: they are missing first.
        self.early = set()
        self.globals, self.nonlocals = set(), set()

    def bind(self, name):
        if name in self.globals:
            scope = self
            while scope.parent is not None:
                scope = scope.parent
            scope.counts[name] = scope.counts.get(name, 0) + 2
        else:
            self.counts[name] = self.counts.get(name, 0) + 1


class Scopes:
    def __init__(self, tree):
        self.of = {}
        self.imported = {}
        self.imports = {}
        self.stars = False
        self.module = Scope('module', None)
        self.loads = []
        for statement in tree.body:
            self.walk(statement, self.module)
        self.of[tree] = self.module

    def walk(self, node, scope):
        self.of[node] = scope
        if isinstance(node, FUNCTIONS):
            inner = Scope('function', scope, node)
            if not isinstance(node, ast.Lambda):
                scope.bind(node.name)
                for part in node.decorator_list + ([node.returns] if node.returns is not None else []):
                    self.walk(part, scope)
            self.arguments(node.args, scope, inner)
            body = [node.body] if isinstance(node, ast.Lambda) else node.body
            self.declarations(body, inner)
            for part in body:
                self.walk(part, inner)
        elif isinstance(node, ast.ClassDef):
            scope.bind(node.name)
            for part in node.decorator_list + node.bases + node.keywords:
                self.walk(part, scope)
            inner = Scope('class', scope, node)
            self.declarations(node.body, inner)
            for part in node.body:
                self.walk(part, inner)
        elif isinstance(node, COMPREHENSIONS):
            inner = Scope('comprehension', scope, node)
            self.walk(node.generators[0].iter, scope)
            for index, part in enumerate(node.generators):
                self.of[part] = inner
                self.walk(part.target, inner)
                if index > 0:
                    self.walk(part.iter, inner)
                for test in part.ifs:
                    self.walk(test, inner)
            for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
                self.walk(part, inner)
        else:
            self.plain(node, scope)

    def plain(self, node, scope):
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                scope.bind(node.id)
            elif isinstance(node.ctx, ast.Load):
                self.loads.append(node)
                if scope.kind == 'module' and node.id not in scope.counts:
                    scope.early.add(node.id)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.For, ast.AsyncFor)):
            # What is assigned is worked out before it has a name.
            first = node.iter if isinstance(node, (ast.For, ast.AsyncFor)) else node.value
            for child in ([first] if first is not None else []) + [child for child in ast.iter_child_nodes(node) if child is not first]:
                self.walk(child, scope)
            return
        elif isinstance(node, ast.NamedExpr):
            outer = scope
            while outer.kind == 'comprehension':
                outer = outer.parent
            outer.bind(node.target.id)
            self.of[node.target] = outer
            self.walk(node.value, scope)
            return
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if alias.name == '*':
                    self.stars = True
                    continue
                name = alias.asname or (alias.name.split('.')[0] if isinstance(node, ast.Import) else alias.name)
                scope.bind(name)
                if isinstance(node, ast.Import):
                    self.imported[name] = alias.name if alias.asname else name
                elif node.module:
                    self.imported[name] = node.module + '.' + alias.name
        elif isinstance(node, ast.ExceptHandler) and node.name:
            scope.bind(node.name)
        elif type(node).__name__ in ('MatchAs', 'MatchStar') and node.name:
            scope.bind(node.name)
        elif type(node).__name__ == 'MatchMapping' and node.rest:
            scope.bind(node.rest)
        for child in ast.iter_child_nodes(node):
            self.walk(child, scope)

    def arguments(self, args, outer, inner):
        self.of[args] = inner
        for argument in args.posonlyargs + args.args + args.kwonlyargs + [extra for extra in (args.vararg, args.kwarg) if extra is not None]:
            # Two, since what is passed may be anything: a parameter is never only what it is assigned.
            inner.counts[argument.arg] = 2
            self.of[argument] = inner
            if argument.annotation is not None:
                self.walk(argument.annotation, outer)
        for default in args.defaults + args.kw_defaults:
            if default is not None:
                self.walk(default, outer)

    def declarations(self, body, scope):
        """`global` and `nonlocal` hold for the whole scope, wherever they stand in it."""
        work = list(body)
        while work:
            node = work.pop()
            if isinstance(node, ast.Global):
                scope.globals.update(node.names)
            elif isinstance(node, ast.Nonlocal):
                scope.nonlocals.update(node.names)
            elif not isinstance(node, FUNCTIONS + (ast.ClassDef,)):
                work.extend(ast.iter_child_nodes(node))

    def inside(self, function):
        """A node in whose scope a function's parameters are."""
        return function.args

    def where(self, name, node):
        scope = self.of.get(node, self.module)
        first = scope
        while scope is not None:
            if name in scope.globals:
                return self.module
            if name in scope.counts and name not in scope.nonlocals and (scope.kind != 'class' or scope is first):
                return scope
            scope = scope.parent
        return self.module

    def has_outer(self, name, node):
        """Whether a function around the one that a `nonlocal` stands in has the name."""
        scope = self.of.get(node, self.module).parent
        while scope is not None:
            if scope.kind == 'function' and name in scope.counts:
                return True
            scope = scope.parent
        return False

    def once(self, target):
        if not isinstance(target, ast.Name):
            return False
        scope = self.where(target.id, target)
        return scope.counts.get(target.id) == 1 and target.id not in scope.early

    def binds(self, name):
        return name in self.module.counts

    def missing(self):
        """Loads of names that no scope binds and Python does not give."""
        known = builtins.__dict__
        return [node for node in self.loads if node.id not in known and node.id not in GIVEN and node.id not in self.where(node.id, node).counts]
