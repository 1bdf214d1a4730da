"""The program with hooks: where a value can be missing, where a condition is decided, and behind each statement.

Hooks are names in the program's built-ins, `_winnow_a` and so on; what each does stands in `winnow_round.py`. Positions of the source are kept, so errors point where they
should. A callee is wrapped and not its call, so that `super()` and what looks at its frame work as ever. At level 1 there are probes and nothing else.

Statements are counted as LExecutor does (methods.md in docs): a simple one when it is completed, a compound one when its block is entered; `raise`, `break` and `continue` never count as run.
"""

import ast
import copy

from winnow_paths import is_exit

COMPOUND = tuple(kind for kind in (ast.If, ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.With, ast.AsyncWith, ast.Try,
                                   getattr(ast, 'TryStar', None), getattr(ast, 'Match', None)) if kind is not None)
NEVER = (ast.Raise, ast.Break, ast.Continue)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# A statement whose body is copied behind it must not blow up.
LARGEST_COPY = 1500


def hook(name, args, at):
    return ast.copy_location(ast.Call(ast.copy_location(ast.Name('_winnow_' + name, ast.Load()), at), args, []), at)


def number(value, at):
    return ast.copy_location(ast.Constant(value), at)


class Rewriter(ast.NodeTransformer):
    def __init__(self, source, round):
        self.source, self.round, self.level = source, round, round.level
        self.lines = []
        self.probes = {}
        self.classes = []
        self.functions = 0
        self.loops = 0
        self.temporaries = 0
        self.in_class = False
        # What is being rewritten.
        self.statement = None
        # Names that are raised or caught.
        self.errors = set()

    def module(self, tree):
        for node in ast.walk(tree):
            wanted = node.exc if isinstance(node, ast.Raise) else node.type if isinstance(node, ast.ExceptHandler) else None
            if wanted is not None:
                self.errors.update(part.id for part in ast.walk(wanted) if isinstance(part, ast.Name))
        future = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == '__future__']
        tree.body = self.block(tree.body)
        rest = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.module == '__future__')]
        doc = 1 if rest and is_doc(rest[0]) else 0
        tree.body = rest[:doc] + future + rest[doc:]
        return ast.fix_missing_locations(tree)

    # Statements.

    def probe(self, statement, shared=None):
        index = len(self.lines) if shared is None else shared
        if shared is None:
            self.lines.append(statement.lineno)
            self.probes[index] = statement
        return index

    def probe_call(self, index, at):
        return ast.copy_location(ast.Expr(hook('p', [number(self.source.base + index, at)], at)), at)

    def block(self, statements):
        made = []
        for statement in statements:
            if is_doc(statement) or isinstance(statement, ast.ImportFrom) and statement.module == '__future__':
                made.append(statement)
            elif isinstance(statement, COMPOUND):
                made += self.compound(statement)
            else:
                made += self.simple(statement)
        return made

    def simple(self, statement):
        self.statement = statement
        index = self.probe(statement)
        self.source.statement_of[statement] = index
        if self.level > 1 and isinstance(statement, ast.Nonlocal) and not all(self.source.uses.scopes.has_outer(name, statement) for name in statement.names):
            # The function around it is missing; what it would have held is looked for among the missing names.
            statement = ast.copy_location(ast.Global(statement.names), statement)
        if isinstance(statement, NEVER):
            changed = self.visit(statement) if self.level > 1 else statement
            if self.level > 1 and isinstance(changed, ast.Raise) and changed.exc is not None:
                changed.exc = hook('r', [changed.exc], changed)
                if changed.cause is not None and not isinstance(changed.cause, ast.Constant):
                    changed.cause = hook('r', [changed.cause], changed)
            return [changed]
        before = self.imports(statement)
        targets = assigned(statement)
        if self.level > 1:
            statement = self.visit(statement)
        done = self.probe_call(index, statement)
        if isinstance(statement, ast.Return) or is_exit(statement):
            return before + self.leaving(statement, done)
        if self.level >= 4 and not isinstance(statement, (ast.Pass, ast.Global, ast.Nonlocal)):
            return [self.guarded(before + [statement, done], targets, statement, [])]
        return before + [statement, done]

    def leaving(self, statement, done):
        """The value is there before the statement counts, and the statement before the block is left."""
        at = statement
        if isinstance(statement, ast.Return) and not self.functions and self.level > 1:
            # The function around it is missing: it ends the program.
            leave = ast.copy_location(ast.Name('exit', ast.Load()), statement)
            statement = ast.copy_location(ast.Expr(ast.copy_location(ast.Call(leave, [statement.value or number(None, statement)], []), statement)), statement)
        is_return = isinstance(statement, ast.Return)
        if is_return:
            value = statement.value
        else:
            value = statement.value.args[0] if statement.value.args else None
        if value is None:
            return [done, statement]
        name = self.temporary()
        store = ast.copy_location(ast.Assign([ast.copy_location(ast.Name(name, ast.Store()), at)], value), at)
        load = ast.copy_location(ast.Name(name, ast.Load()), at)
        if is_return:
            statement.value = load
        else:
            statement.value.args[0] = load
        first = [store, done]
        if self.level >= 4:
            none = ast.copy_location(ast.Assign([ast.copy_location(ast.Name(name, ast.Store()), at)], number(None, at)), at)
            first = [none, self.guarded([store, done], [], at, [])]
        return first + [statement]

    def temporary(self):
        self.temporaries += 1
        return '_winnow_%d' % self.temporaries

    def guarded(self, body, targets, at, instead):
        """Level 4: an error in the body is passed over where an injected value may have caused it; targets then get values."""
        handler = [ast.copy_location(ast.Expr(hook('h', [ast.copy_location(ast.Name('_winnow_e', ast.Load()), at)], at)), at)]
        for target in targets:
            site = self.site(target, 'result')
            handler.append(ast.copy_location(ast.Assign([ast.copy_location(ast.Name(target.id, ast.Store()), at)], hook('g', [number(site, at)], at)), at))
        handler += instead
        caught = ast.copy_location(ast.ExceptHandler(ast.copy_location(ast.Name('_winnow_Exception', ast.Load()), at), '_winnow_e', handler), at)
        return ast.copy_location(ast.Try(body, [caught], [], []), at)

    def compound(self, statement):
        self.statement = statement
        kind = type(statement).__name__
        index = None if kind == 'Match' else self.probe(statement)
        if index is not None:
            self.source.statement_of[statement] = index
        if isinstance(statement, DEFINITIONS):
            return self.definition(statement, index)
        before = []
        if self.level > 1:
            before = self.header(statement)
        in_loop = kind in ('For', 'AsyncFor', 'While')
        self.loops += kind == 'While'
        for field in ('body', 'orelse', 'finalbody'):
            inner = getattr(statement, field, None)
            if inner:
                setattr(statement, field, self.block(inner))
        self.loops -= kind == 'While'
        if kind == 'Match':
            for case in statement.cases:
                if case.guard is not None and self.level > 1:
                    case.guard = self.visit(case.guard)
                case.body = self.block(case.body)
            return before + [statement]
        if kind in ('Try', 'TryStar'):
            self.attempt(statement)
        doc = 1 if is_doc(statement.body[0]) else 0
        statement.body.insert(doc, self.probe_call(index, statement))
        if self.level >= 4 and kind in ('While', 'With', 'AsyncWith', 'For', 'AsyncFor', 'If'):
            targets = [name for name in assigned(statement)]
            instead = []
            if kind in ('With', 'AsyncWith') and sum(1 for _ in ast.walk(statement)) < LARGEST_COPY:
                instead = [ast.copy_location(ast.If(hook('n', [], statement), copy.deepcopy(statement.body), []), statement)]
            return before + [self.guarded([statement], targets, statement, instead)]
        return before + [statement]

    def attempt(self, statement):
        for handler in statement.handlers:
            index = self.probe(handler)
            first = [self.probe_call(index, handler), ast.copy_location(ast.Expr(hook('b', [number(part, handler) for part in (self.source.path, handler.lineno, handler.col_offset)], handler)), handler)]
            if handler.type is not None and self.level > 1:
                handler.type = hook('x', [self.visit(handler.type)], handler.type)
            handler.body = first + self.block(handler.body)
        if statement.finalbody:
            index = self.probe(statement.finalbody[0])
            statement.finalbody.insert(0, self.probe_call(index, statement.finalbody[0]))
        if self.level >= 3 and statement.handlers:
            types = [handler.type for handler in statement.handlers]
            site = self.round.attempt(self.source, statement)
            thrown = ast.Tuple([copy.deepcopy(kind) if kind is not None else number(None, statement) for kind in types], ast.Load())
            body = ast.copy_location(ast.Lambda(ast.arguments([], [], None, [], [], None, []), ast.copy_location(thrown, statement)), statement)
            early, late = [ast.copy_location(ast.Expr(hook('y', [number(site, statement), copy.deepcopy(body), number(first, statement)], statement)), statement) for first in (True, False)]
            statement.body.insert(0, early)
            if not statement.orelse:
                statement.body.append(late)

    def header(self, statement):
        """Hooks of what stands before a block; at level 4 it is worked out apart, so that the block is entered whatever comes of it."""
        before = []
        kind = type(statement).__name__
        if kind in ('If', 'While'):
            statement.test = self.test(statement.test)
            if kind == 'If' and self.level >= 4:
                before, statement.test = self.apart(statement.test, statement, hook('w', [], statement))
        elif kind in ('For', 'AsyncFor'):
            count, star = arity(statement.target)
            site = self.site(statement.iter, 'call')
            statement.iter = self.visit(statement.iter)
            if kind == 'For':
                told = [number(site, statement), number(count, statement), number(star, statement)]
                statement.iter = hook('l', [told[0], statement.iter] + told[1:], statement.iter)
                if self.level >= 4:
                    before, statement.iter = self.apart(statement.iter, statement, hook('q', told, statement))
            statement.target = self.visit(statement.target)
        elif kind in ('With', 'AsyncWith'):
            for item in statement.items:
                item.context_expr = self.visit(item.context_expr)
                if item.optional_vars is not None:
                    item.optional_vars = self.visit(item.optional_vars)
        elif kind == 'Match':
            statement.subject = self.visit(statement.subject)
        return before

    def apart(self, value, at, instead):
        """A header's expression is worked out before the statement; an error in it gives way to what stands instead."""
        if self.in_class:
            return [], value
        name = self.temporary()
        target = [ast.copy_location(ast.Name(name, ast.Store()), at)]
        caught = [ast.copy_location(ast.Expr(hook('h', [ast.copy_location(ast.Name('_winnow_e', ast.Load()), at)], at)), at),
                  ast.copy_location(ast.Assign(copy.deepcopy(target), instead), at)]
        handler = ast.copy_location(ast.ExceptHandler(ast.copy_location(ast.Name('_winnow_Exception', ast.Load()), at), '_winnow_e', caught), at)
        attempt = ast.copy_location(ast.Try([ast.copy_location(ast.Assign(target, value), at)], [handler], [], []), at)
        return [attempt], ast.copy_location(ast.Name(name, ast.Load()), value)

    def definition(self, statement, index):
        outer, self.in_class = self.in_class, isinstance(statement, ast.ClassDef)
        is_class = self.in_class
        loops, self.loops = self.loops, 0
        if is_class:
            self.classes.append(statement.name)
        else:
            self.functions += 1
        body = self.block(statement.body)
        if is_class:
            self.classes.pop()
        else:
            self.functions -= 1
        self.in_class, self.loops = outer, loops
        doc = 1 if body and is_doc(body[0]) else 0
        body.insert(doc, self.probe_call(index, statement))
        statement.body = body
        if self.level > 1:
            for field in ('decorator_list', 'bases'):
                if getattr(statement, field, None):
                    setattr(statement, field, [self.visit(part) for part in getattr(statement, field)])
            if is_class and self.is_error(statement):
                statement.bases = [hook('x', [base], base) for base in statement.bases]
            if is_class:
                for keyword in statement.keywords:
                    keyword.value = hook('k', [self.visit(keyword.value)], keyword.value) if keyword.arg == 'metaclass' else self.visit(keyword.value)
            else:
                statement.args = self.visit(statement.args)
            registered = self.round.definition(self.source, statement, self.source.base + index)
            statement.decorator_list.append(hook('d', [number(registered, statement)], statement))
        return [statement]

    def is_error(self, statement):
        """Whether a class is one of errors: it is raised or caught, or what it is derived from is called one."""
        return statement.name in self.errors or any(self.source.text(base).endswith(('Error', 'Exception', 'Warning')) for base in statement.bases)

    def imports(self, statement):
        if self.level < 2 or not isinstance(statement, ast.ImportFrom) or statement.module == '__future__':
            return []
        if any(alias.name == '*' for alias in statement.names):
            return []
        names = ast.copy_location(ast.Tuple([number(alias.name, statement) for alias in statement.names], ast.Load()), statement)
        return [ast.copy_location(ast.Expr(hook('f', [number(statement.module or '', statement), number(statement.level, statement), names, number(statement.lineno, statement)], statement)), statement)]

    # Expressions.

    def site(self, node, kind):
        return self.round.site(self.source, node, kind, self.loops > 0, self.statement)

    def visit_Attribute(self, node):
        site = self.site(node, 'attribute') if isinstance(node.ctx, ast.Load) else None
        self.generic_visit(node)
        mangled = self.classes and node.attr.startswith('__') and not node.attr.endswith('__')
        if site is None or mangled or node.attr in OWN:
            return node
        return hook('a', [number(site, node), node.value, number(node.attr, node)], node)

    def visit_Call(self, node):
        plain = isinstance(node.func, ast.Name) and node.func.id in PLAIN
        if plain and node.func.id == 'super' and not self.classes and not node.args:
            # The class around it is missing: what it would have given is injected.
            return hook('s', [number(self.site(node, 'call'), node)], node)
        site = None if plain else self.site(node, 'call')
        self.generic_visit(node)
        if not plain:
            node.func = hook('c', [number(site, node), node.func], node.func)
        return node

    def visit_Subscript(self, node):
        index = node.slice
        site = self.site(node, 'item') if isinstance(node.ctx, ast.Load) else None
        self.generic_visit(node)
        if site is None or isinstance(index, ast.Slice) or type(index).__name__ == 'ExtSlice' or any(isinstance(part, (ast.Slice, ast.Starred)) for part in ast.walk(index)):
            return node
        value = node.slice.value if type(node.slice).__name__ == 'Index' else node.slice
        return hook('i', [number(site, node), node.value, value], node)

    def visit_Assign(self, node):
        unpacked = [arity(target) for target in node.targets if isinstance(target, (ast.Tuple, ast.List))]
        site = self.site(node.value, 'call') if unpacked and not isinstance(node.value, (ast.Tuple, ast.List)) else None
        self.generic_visit(node)
        if site is not None:
            count, star = unpacked[0]
            node.value = hook('u', [number(site, node), node.value, number(count, node), number(star, node)], node.value)
        return node

    def comprehension(self, node):
        for part in node.generators:
            count, star = arity(part.target)
            site = self.site(part.iter, 'call')
            part.target = self.visit(part.target)
            part.iter = self.visit(part.iter)
            if not part.is_async:
                part.iter = hook('l', [number(site, node), part.iter, number(count, node), number(star, node)], part.iter)
            part.ifs = [self.test(test) for test in part.ifs]
        for field in ('elt', 'key', 'value'):
            if hasattr(node, field) and getattr(node, field) is not None:
                setattr(node, field, self.test(getattr(node, field)))
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def visit_IfExp(self, node):
        node.test = self.test(node.test)
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        return node

    def visit_Assert(self, node):
        node.test = self.test(node.test)
        return node

    def visit_AnnAssign(self, node):
        node.target = self.visit(node.target)
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Yield(self, node):
        self.generic_visit(node)
        # The function around it is missing: what it would give is worked out.
        return node if self.functions or node.value is None else node.value

    def visit_JoinedStr(self, node):
        node.values = [self.visit(value) if isinstance(value, ast.FormattedValue) else value for value in node.values]
        return node

    def test(self, node):
        leaf = self.source.uses.conditions.leaves.get(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and leaf is None:
            node.operand = self.test(node.operand)
            return node
        if isinstance(node, ast.BoolOp) and leaf is None:
            node.values = [self.test(value) for value in node.values]
            return node
        if leaf is None:
            return self.visit(node)
        registered = number(self.round.leaf(self.source, leaf), node)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            negated = number(isinstance(node.ops[0], ast.NotIn), node)
            made = hook('m', [registered, self.visit(node.left), self.visit(node.comparators[0]), negated], node)
        elif leaf.compared is not None:
            made = hook('o', [registered, self.visit(node.left), self.visit(node.comparators[0])], node)
        else:
            made = self.visit(node)
        return hook('t', [registered, made], node)


# Every object has these.
OWN = frozenset(('__dict__', '__doc__', '__init__', '__init_subclass__', '__new__', '__setattr__', '__getattribute__', '__delattr__'))
# Their results are real whatever they are given, or they look at the frame they are called from.
PLAIN = frozenset(('super', 'locals', 'globals', 'vars', 'dir', 'eval', 'exec', 'exit', 'quit', 'print', 'type', 'id', 'isinstance', 'issubclass', 'callable', 'repr', 'hasattr'))


def is_doc(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


def arity(target):
    """-> (count, place of a starred target or -1) of what a value is unpacked into; (0, -1) for one name."""
    if not isinstance(target, (ast.Tuple, ast.List)):
        return 0, -1
    star = [index for index, element in enumerate(target.elts) if isinstance(element, ast.Starred)]
    return len(target.elts), star[0] if star else -1


def assigned(statement):
    """Names that a statement binds by its own targets."""
    found = []
    targets = []
    if isinstance(statement, ast.Assign):
        targets = [target for target in statement.targets if isinstance(target, (ast.Name, ast.Tuple, ast.List))]
    elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and isinstance(statement.target, ast.Name):
        targets = [statement.target]
    elif isinstance(statement, (ast.With, ast.AsyncWith)):
        targets = [item.optional_vars for item in statement.items if item.optional_vars is not None]
    for target in targets:
        found += [node for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return found
