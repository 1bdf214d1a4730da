"""How each value of a file is used: from the syntax tree to a pool for each expression.

The tree is walked once. An expression gets a pool; operators, attributes, calls, loops, comparisons, formats, names and annotations vote on what it is. A variable that
is assigned once is what it is assigned; one that is assigned often is only near to it, since a name may stand for one thing after another. Functions' parameters are near
to what the file passes to them.

Calls are read in `winnow_calls.py`, operators in `winnow_operations.py`, statements in `winnow_statements.py`. Nothing is run here, and nothing is followed into other files.
"""

import ast

from winnow_calls import Calls
from winnow_conditions import Conditions
from winnow_operations import Operations
from winnow_pools import Pool, merge
from winnow_roles import note_roles
from winnow_scopes import Scopes
from winnow_statements import Statements
from winnow_words import CONSTANTS, METHOD_TYPES, by_call, by_name

KNOWN = {
    ast.List: 'list', ast.ListComp: 'list', ast.Tuple: 'tuple', ast.Set: 'set', ast.SetComp: 'set', ast.Dict: 'mapping', ast.DictComp: 'mapping', ast.JoinedStr: 'text',
    ast.GeneratorExp: 'iterator', ast.Lambda: 'callable',
}


class Uses(Calls, Operations, Statements, ast.NodeVisitor):
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
