"""What calls of a function tell of its arguments: in its own examples, its file and tests.

A call whose arguments can all be worked out is an input (`examples`). Of other calls each argument that can be is a value of its parameter (`given`), and texts and numbers that stand
beside calls in tests are what such a function is fed (`seen`): no text that is put together by rule is as near to a format as those that somebody wrote for it.
"""

import ast
import re

from winnow_versions import function_of, positional

# Calls that are inputs, values of a parameter, and texts beside calls.
CALLS, VALUES, TEXTS = 30, 24, 80
LONGEST = 300


def called_name(function):
    """What a call of it is called; None where calls do not show it."""
    outer, _, name = function.rpartition('.')
    if name == '__init__':
        return outer.rpartition('.')[2]
    return None if name.startswith('__') and name.endswith('__') else name


def texts_of(plan, sides):
    """-> [(text, whether it is a test)]; examples in docstrings line by line."""
    made = []
    for side in sides:
        doc = ast.get_docstring(function_of(side)[0]) or ''
        made += [(line, False) for line in re.findall(r'^\s*(?:>>>|\.\.\.) (.*)$', doc, re.M)]
    made += [(text, True) for text in plan.get('callers', [])]
    return made + [(side['text'], False) for side in sides]


def look(plan, sides, trees, names):
    """-> (examples, facts: values by parameter, and texts and numbers beside calls)"""
    name = called_name(sides[0]['function'])
    examples, given, seen = [], {}, {'text': [], 'integer': []}
    if name is None:
        return examples, given, seen
    skip = 1 if '.' in sides[0]['function'] and not any(getattr(one, 'id', '') == 'staticmethod' for one in trees[0].decorator_list) else 0
    parameters = positional(trees[0])[skip:]
    for text, is_test in texts_of(plan, sides):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, 'attr', getattr(node.func, 'id', '')) == name]
        for node in calls:
            take(node, examples, given, parameters, names[1])
        if is_test and calls:
            for part in tree.body if not isinstance(tree, ast.ClassDef) else ():
                for test in [part] if not isinstance(part, ast.ClassDef) else part.body:
                    if any(node in calls for node in ast.walk(test)):
                        constants(test, seen)
    return examples, given, seen


def take(node, examples, given, parameters, names):
    if any(isinstance(one, ast.Starred) for one in node.args):
        return
    pairs = list(zip(parameters, node.args)) + [(names.get(one.arg, one.arg), one.value) for one in node.keywords if one.arg]
    for parameter, value in pairs:
        if closed(value):
            known, text = given.setdefault(parameter, []), ast.unparse(value)
            if text not in known and len(known) < VALUES and len(text) < 2_000:
                known.append(text)
    if len(examples) < CALLS and all(closed(one) for one in node.args) and all(closed(one.value) for one in node.keywords):
        spec = {'args': [ast.unparse(one) for one in node.args], 'keywords': {one.arg: ast.unparse(one.value) for one in node.keywords if one.arg}}
        if spec not in examples:
            examples.append(spec)


def constants(test, seen):
    for node in ast.walk(test):
        if isinstance(node, ast.Constant):
            kind = 'text' if isinstance(node.value, str) else 'integer' if type(node.value) is int else None
            if kind and node.value not in seen[kind] and len(seen[kind]) < TEXTS and len(str(node.value)) < LONGEST:
                seen[kind].append(node.value)


def closed(node):
    """Whether an expression names nothing but what is built in: it can be worked out anywhere."""
    import builtins
    own = {one.arg for part in ast.walk(node) if isinstance(part, ast.Lambda) for one in part.args.args}
    own |= {one.id for part in ast.walk(node) if isinstance(part, ast.comprehension) for one in ast.walk(part.target) if isinstance(one, ast.Name)}
    return all(part.id in own or hasattr(builtins, part.id) for part in ast.walk(node) if isinstance(part, ast.Name)) and not any(isinstance(part, (ast.Attribute, ast.Await, ast.Starred)) for part in ast.walk(node))
