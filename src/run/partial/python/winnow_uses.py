"""How each value of a file is used: from the syntax tree to a pool for each expression.

The tree is walked once. An expression gets a pool; operators, attributes, calls, loops, comparisons, formats, names and annotations vote on what it is. A variable that
is assigned once is what it is assigned; one that is assigned often is only near to it, since a name may stand for one thing after another. Functions' parameters are near
to what the file passes to them.

Nothing is run here, and nothing is followed into other files.
"""

import ast
import re

from winnow_calls import Calls
from winnow_conditions import Conditions
from winnow_pools import Pool, merge
from winnow_roles import note_roles
from winnow_scopes import Scopes
from winnow_words import ANNOTATIONS, METHOD_TYPES, by_call, by_name

KNOWN = {
    ast.List: 'list', ast.ListComp: 'list', ast.Tuple: 'tuple', ast.Set: 'set', ast.SetComp: 'set', ast.Dict: 'mapping', ast.DictComp: 'mapping', ast.JoinedStr: 'text',
    ast.GeneratorExp: 'iterator', ast.Lambda: 'callable',
}
CONSTANTS = {bool: 'boolean', int: 'integer', float: 'float', str: 'text', bytes: 'bytes', type(None): 'none', complex: 'float'}
ARTICLES = {'integer': 'an integer', 'iterator': 'an iterator', 'instance': 'an instance', 'error': 'an error', 'none': 'None'}


def a(kind):
    return ARTICLES.get(kind) or 'a ' + kind


class Uses(Calls, ast.NodeVisitor):
    """`of` gives the pool of an expression, by its node."""

    def __init__(self, tree, ways):
        self.of = {}
        self.scopes = Scopes(tree)
        self.conditions = Conditions(self, ways)
        self.known_functions = {}
        self.preserved = []
        self.visit(tree)
        note_roles(tree, self)
        self.conditions.read(tree)

    # Pools.

    def pool(self, node):
        found = self.of.get(node)
        if found is None:
            self.visit(node)
            found = self.of.get(node)
            if found is None:
                found = self.of[node] = Pool()
        return found.root()

    def variable(self, name, node):
        scope = self.scopes.where(name, node)
        pool = scope.pools.get(name)
        if pool is None:
            pool = scope.pools[name] = Pool()
            for kind, weight in by_name(name):
                pool.vote(kind, weight, 'name', 'it is called %s' % name)
        return pool.root()

    def say(self, node, kind, weight, why, source='use'):
        at = getattr(node, 'lineno', None)
        self.pool(node).vote(kind, weight, source, '%s at line %d' % (why, at) if at else why)

    def type_of(self, node):
        """The type of an expression that does not have to be guessed; None."""
        if isinstance(node, ast.Constant):
            return CONSTANTS.get(type(node.value))
        kind = KNOWN.get(type(node))
        return kind or self.pool(node).known

    def dotted(self, node):
        """What a name or chain of attributes is called where it was made: `os.path.join`; None."""
        if isinstance(node, ast.Name):
            return self.scopes.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return None if base is None else base + '.' + node.attr
        return None

    # Expressions.

    def visit_Constant(self, node):
        self.of[node] = Pool(CONSTANTS.get(type(node.value)))

    def visit_Name(self, node):
        self.of[node] = self.variable(node.id, node)

    def visit_Attribute(self, node):
        base = self.pool(node.value)
        if not (node.attr.startswith('__') and node.attr.endswith('__')):
            base.attributes[node.attr] = True
        self.of[node] = pool = base.part(('a', node.attr))
        if not pool.votes:
            for kind, weight in by_name(node.attr):
                pool.vote(kind, weight, 'name', 'it is called %s' % node.attr)
        if node.attr[:1].isupper() and isinstance(node.value, ast.Name) and node.value.id.islower() and node.value.id not in ('self', 'cls'):
            base.vote('module', 2, 'use', 'its %s is read at line %d' % (node.attr, node.lineno))
        kind = METHOD_TYPES.get(node.attr)
        if kind is not None:
            base.vote(kind, 0.4, 'use', 'its %s is read at line %d' % (node.attr, node.lineno))

    def visit_Subscript(self, node):
        base, index = self.pool(node.value), node.slice
        if type(index).__name__ == 'Index':
            index = index.value
        at = 'at line %d' % node.lineno
        if isinstance(index, ast.Slice):
            self.generic_visit(index)
            for kind in ('list', 'text'):
                base.vote(kind, 1.5, 'use', 'it is sliced %s' % at)
            self.of[node] = result = Pool()
            result.toward(base, 0.9, 'it is a slice of it')
            base.toward(result, 0.6, 'a slice of it is used %s' % at)
            result.parts['[]'] = base.part('[]')
            return
        found = self.pool(index)
        number = index.operand if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub) else index
        literal = getattr(number, 'value', None) if isinstance(number, ast.Constant) else None
        if isinstance(literal, str):
            base.vote('mapping', 3, 'use', 'its key %r is read %s' % (literal, at))
            self.of[node] = base.part(('k', literal))
            for kind, weight in by_name(literal) if literal.isidentifier() else ():
                base.part(('k', literal)).vote(kind, weight, 'name', 'its key is %s' % literal)
            return
        if isinstance(literal, int) and not isinstance(literal, bool):
            base.vote('list', 2, 'use', 'its element %d is read %s' % (literal, at))
            base.vote('tuple', 1, 'use', 'its element %d is read %s' % (literal, at))
            base.vote('text', 0.3, 'use', 'its element %d is read %s' % (literal, at))
            base.condition('length', literal + 1 if number is index else literal, None)
            self.of[node] = base.part('[]')
            return
        named = index.id if isinstance(index, ast.Name) else index.attr if isinstance(index, ast.Attribute) else ''
        kinds = [kind for kind, _ in by_name(named)] if named else []
        is_number = found.known == 'integer' or 'integer' in kinds or isinstance(index, ast.BinOp)
        base.vote('list' if is_number else 'mapping', 1.5, 'use', 'it is indexed %s' % at)
        found.vote('integer', 0.4, 'use', 'it is an index %s' % at)
        found.vote('text', 0.3, 'use', 'it is a key %s' % at)
        base.part('key').toward(found, 0.8, 'it is a key %s' % at)
        self.of[node] = base.part('[]')

    def visit_BinOp(self, node):
        self.of[node] = result = Pool()
        self.operate(node.left, node.op, node.right, result, node.lineno)

    def operate(self, left, op, right, result, line):
        sides = [(left, right), (right, left)]
        at = 'at line %d' % line
        if isinstance(op, ast.Mod) and self.type_of(left) == 'text':
            result.known = 'text'
            return self.formatted(left, right, at)
        for side, other in sides:
            kind, mine = self.type_of(other), self.pool(side)
            if isinstance(op, ast.Add):
                if kind in ('text', 'bytes', 'list', 'tuple'):
                    mine.vote(kind, 3.5, 'use', 'it is added to %s %s' % (a(kind), at))
                    result.known = result.known or kind
                elif kind in ('integer', 'float', 'boolean'):
                    mine.vote('integer' if kind != 'float' else 'float', 3, 'use', 'it is added to a number %s' % at)
                    result.vote('integer', 2, 'use', 'it is a sum %s' % at)
                else:
                    for one, weight in (('integer', 0.8), ('text', 0.7), ('list', 0.2)):
                        mine.vote(one, weight, 'use', 'it is added %s' % at)
                    mine.toward(self.pool(other), 0.5, 'it is added to it %s' % at)
                mine.excluded |= {'none', 'mapping', 'set'}
            elif isinstance(op, ast.Div) and self.type_of(right) in (None, 'text') and (self.type_of(right) == 'text' or any(kind == 'path' for kind, *_ in mine.votes)):
                if side is left:
                    mine.vote('path', 4, 'use', 'it is joined to a text by / %s' % at)
                    result.vote('path', 4, 'use', 'it is joined by / %s' % at)
            elif isinstance(op, (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)):
                if isinstance(op, ast.Mult) and kind in ('text', 'list'):
                    mine.vote('integer', 3, 'use', '%s is repeated by it %s' % (a(kind), at))
                    result.known = kind
                else:
                    mine.vote('float' if kind == 'float' else 'integer', 2, 'use', 'it is calculated with %s' % at)
                    mine.vote('float', 0.7, 'use', 'it is calculated with %s' % at)
                    result.vote('integer', 1.5, 'use', 'it is calculated %s' % at)
                    mine.toward(self.pool(other), 0.4, 'it is calculated with it %s' % at)
                    # A path takes a text at its right.
                    mine.excluded |= {'none', 'mapping'} if isinstance(op, ast.Div) and side is right else {'none', 'mapping', 'text'}
            elif isinstance(op, ast.Mod):
                if side is left and isinstance(right, (ast.Tuple, ast.Dict)):
                    mine.vote('text', 3, 'use', 'it is filled in by %% %s' % at)
                else:
                    mine.vote('integer', 1.5, 'use', 'it is calculated with %s' % at)
            elif isinstance(op, (ast.BitOr, ast.BitAnd, ast.BitXor)):
                mine.vote(kind if kind in ('set', 'mapping') else 'integer', 3 if kind else 1.0, 'use', 'its bits or elements are joined %s' % at)
                mine.vote('set', 0.7, 'use', 'its elements are joined %s' % at)
                mine.toward(self.pool(other), 0.5, 'it is joined with it %s' % at)
            elif isinstance(op, (ast.LShift, ast.RShift)):
                mine.vote('integer', 2, 'use', 'it is shifted %s' % at)
        result.toward(self.pool(left), 0.6, 'it is calculated from it %s' % at)

    def formatted(self, left, right, at):
        parts = right.elts if isinstance(right, ast.Tuple) else [right]
        codes = []
        if isinstance(left, ast.Constant) and isinstance(left.value, str):
            codes = re.findall(r'%[-+ #0]*[\d.]*([a-zA-Z])', left.value.replace('%%', ''))
        for index, part in enumerate(parts):
            code = codes[index] if index < len(codes) else 's'
            kind, weight = {'d': ('integer', 2.5), 'i': ('integer', 2.5), 'x': ('integer', 2.5), 'f': ('float', 2.5), 'g': ('float', 2.5)}.get(code, ('text', 0.6))
            self.pool(part).vote(kind, weight, 'use', 'it is formatted by %%%s %s' % (code, at))
            if kind != 'text':
                self.pool(part).excluded |= {'text', 'none', 'list', 'mapping'}

    def visit_UnaryOp(self, node):
        pool = self.pool(node.operand)
        if isinstance(node.op, ast.Not):
            pool.vote('boolean', 0.4, 'use', 'it is negated at line %d' % node.lineno)
            self.of[node] = Pool('boolean')
        else:
            pool.vote('integer', 2, 'use', 'it is calculated with at line %d' % node.lineno)
            self.of[node] = Pool('integer') if pool.known == 'integer' else pool

    def visit_BoolOp(self, node):
        self.of[node] = result = Pool()
        for value in node.values:
            result.toward(self.pool(value), 0.6, 'it is one of several at line %d' % node.lineno)
            if isinstance(node.op, ast.Or) and value is not node.values[-1]:
                kind = self.type_of(node.values[-1])
                if kind not in (None, 'none', 'boolean'):
                    self.say(value, kind, 2, '%s takes its place' % a(kind), 'default')

    def visit_IfExp(self, node):
        self.pool(node.test)
        self.of[node] = result = Pool()
        for value in (node.body, node.orelse):
            result.toward(self.pool(value), 0.7, 'it is one of two at line %d' % node.lineno)

    def visit_Compare(self, node):
        self.of[node] = Pool('boolean')
        left = node.left
        for op, right in zip(node.ops, node.comparators):
            self.compare(left, op, right, 'at line %d' % node.lineno)
            left = right

    def compare(self, left, op, right, at):
        one, other = self.pool(left), self.pool(right)
        if isinstance(op, (ast.In, ast.NotIn)):
            kind = self.type_of(left)
            weights = (('text', 1.2), ('mapping', 1.2), ('list', 1.2)) if kind == 'text' else (('list', 1.5), ('mapping', 0.9), ('set', 0.7))
            for name, weight in weights:
                other.vote(name, weight, 'use', 'it is looked into %s' % at)
            other.excluded |= {'integer', 'float', 'boolean', 'none'}
            other.part('[]').toward(one, 0.6, 'it is compared with it %s' % at)
            if isinstance(right, (ast.Tuple, ast.List, ast.Set)):
                for element in right.elts:
                    one.toward(self.pool(element), 0.8, 'it is compared with it %s' % at)
                kinds = {self.type_of(element) for element in right.elts}
                if len(kinds) == 1 and kinds <= set(CONSTANTS.values()) - {'none'}:
                    one.vote(next(iter(kinds)), 2.5, 'use', 'it is looked for among %ss %s' % (next(iter(kinds)), at))
            elif self.type_of(right) == 'text':
                one.vote('text', 3, 'use', 'it is looked for in a text %s' % at)
            return
        if isinstance(op, (ast.Is, ast.IsNot)):
            for pool, side in ((one, right), (other, left)):
                if isinstance(side, ast.Constant) and isinstance(side.value, bool):
                    pool.vote('boolean', 2.5, 'use', 'it is compared with %s %s' % (side.value, at))
                elif not isinstance(left, ast.Constant) and not isinstance(right, ast.Constant):
                    pool.vote('instance', 2, 'use', 'it is compared by identity %s' % at)
            return
        ordered = not isinstance(op, (ast.Eq, ast.NotEq))
        for pool, side in ((one, right), (other, left)):
            kind = self.type_of(side)
            if kind in ('integer', 'float', 'text', 'bytes', 'list', 'tuple', 'boolean', 'set', 'mapping'):
                pool.vote(kind, 3 if ordered else 2.5, 'use', 'it is compared with %s %s' % (a(kind), at))
            elif ordered:
                pool.vote('integer', 1.2, 'use', 'it is compared by order %s' % at)
                pool.vote('float', 0.4, 'use', 'it is compared by order %s' % at)
            if ordered:
                pool.excluded |= {'none', 'mapping'}
        one.toward(other, 0.6, 'it is compared with it %s' % at)
        other.toward(one, 0.6, 'it is compared with it %s' % at)

    def visit_JoinedStr(self, node):
        self.of[node] = Pool('text')
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                pool = self.pool(value.value)
                spec = value.format_spec.values[-1].value if value.format_spec is not None and value.format_spec.values and isinstance(value.format_spec.values[-1], ast.Constant) else ''
                kind = {'d': 'integer', 'x': 'integer', 'f': 'float', '%': 'float', 'e': 'float', 'g': 'float'}.get(str(spec)[-1:])
                pool.vote(kind or 'text', 3 if kind else 0.6, 'use', 'it is formatted at line %d' % node.lineno)
                if value.format_spec is not None:
                    self.visit(value.format_spec)

    def visit_List(self, node):
        self.of[node] = pool = Pool(KNOWN[type(node)])
        for index, element in enumerate(node.elts[:50]):
            inner = element.value if isinstance(element, ast.Starred) else element
            found = self.pool(inner)
            if inner is element:
                pool.part('[]').toward(found, 0.8, 'it is an element at line %d' % node.lineno)
            else:
                found.vote('list', 2, 'use', 'its elements are taken at line %d' % node.lineno)
        for element in node.elts[50:]:
            self.visit(element)

    visit_Tuple = visit_Set = visit_List

    def visit_Dict(self, node):
        self.of[node] = pool = Pool('mapping')
        for key, value in zip(node.keys, node.values):
            if key is None:
                self.say(value, 'mapping', 4, 'it is spread into a mapping')
                continue
            self.pool(key)
            found = self.pool(value)
            pool.part('[]').toward(found, 0.5, 'it is a value at line %d' % node.lineno)
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and not isinstance(value, ast.Constant):
                for kind, weight in by_name(key.value):
                    found.vote(kind, weight * 0.6, 'name', 'it stands at the key %s' % key.value)

    def comprehension(self, node):
        self.of[node] = pool = Pool(KNOWN[type(node)])
        for part in node.generators:
            self.loop(part.target, part.iter, part.iter.lineno)
            for test in part.ifs:
                self.pool(test)
        if isinstance(node, ast.DictComp):
            self.pool(node.key)
            merge(pool.part('[]'), self.pool(node.value))
        else:
            merge(pool.part('[]'), self.pool(node.elt))

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = comprehension

    def visit_Lambda(self, node):
        self.of[node] = Pool('callable')
        self.visit(node.args)
        self.pool(node.body)

    def visit_Await(self, node):
        pool = self.pool(node.value)
        pool.vote('awaitable', 5, 'use', 'it is awaited at line %d' % node.lineno)
        self.of[node] = pool.part('await')
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, (ast.Attribute, ast.Name)):
            for kind, weight in by_call(getattr(node.value.func, 'attr', None) or node.value.func.id):
                self.of[node].vote(kind, weight, 'name', 'it is what is awaited')

    def visit_NamedExpr(self, node):
        self.of[node] = self.pool(node.value)
        self.assign(node.target, node.value, node.lineno)

    def visit_Starred(self, node):
        self.of[node] = self.pool(node.value)

    def visit_Yield(self, node):
        if node.value is not None:
            self.pool(node.value)
        self.of[node] = Pool()

    def visit_YieldFrom(self, node):
        self.say(node.value, 'list', 2, 'its elements are given on')
        self.of[node] = Pool()

    # Statements.

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
