"""What a value probably is by where its expression stands, for those of which nothing else is known.

Counted over 14,000 values that the suites of five projects had at such places (docs/measurements/partial.md): what a call gives that is a statement by itself is None in 87 of
100, what is only tested is a boolean in 73 (attributes), 81 (names) and 95 (calls), and what is compared by size or equality with something as unknown is an integer in 76 (attributes)
and 67 (calls). What a name or call gives that is only passed on is a text in 31 and an instance in 17, and of that an attribute that is only passed on is in neither more often.
"""

import ast

# The first that a value has decides. A tested value that is also compared is a number whose size matters.
KINDS = (
    ('compared', 'integer', 'it is compared, and nothing else is known of it'),
    ('tested', 'boolean', 'it is tested, and nothing else is known of it'),
    ('statement', 'none', 'what it gives is not used'),
)
TESTS = (ast.If, ast.While, ast.IfExp, ast.Assert)
IDENTITY = (ast.Is, ast.IsNot, ast.In, ast.NotIn)


def note_roles(tree, uses):
    """Tells pools of names, attributes, items and calls where they stand."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Call, ast.Subscript)):
            uses.pool(node).roles.add('passed')
    for node, role in roles(tree):
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
            uses.pool(node).roles.add(role)


def roles(tree):
    tested = []
    for node in ast.walk(tree):
        if isinstance(node, TESTS):
            tested.append(node.test)
        elif isinstance(node, ast.comprehension):
            tested.extend(node.ifs)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            tested.append(node.operand)
        elif isinstance(node, ast.BoolOp):
            tested.extend(node.values[:-1])
        elif isinstance(node, ast.Expr):
            yield node.value, 'statement'
        elif isinstance(node, ast.Compare) and not any(isinstance(op, IDENTITY) for op in node.ops):
            for one in (node.left, *node.comparators):
                yield one, 'compared'
    while tested:
        node = tested.pop()
        if isinstance(node, ast.BoolOp):
            tested.append(node.values[-1])
        yield node, 'tested'


def by_role(pool):
    """-> (type, source, reasons) or None."""
    for role, kind, why in KINDS:
        if role in pool.roles and kind not in pool.excluded:
            return kind, 'use', [why]
    if 'passed' in pool.roles and 'text' not in pool.excluded:
        return 'text', 'nothing', []
    return None
