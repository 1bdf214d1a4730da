"""What operators, comparisons and formats tell of what they are given, and of what they give."""

import ast
import re

from winnow_pools import Pool
from winnow_words import CONSTANTS, a


class Operations:
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
