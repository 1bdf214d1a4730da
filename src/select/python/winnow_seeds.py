"""What is known of a function's inputs before one is made: arguments of calls in tests and in docstrings, kinds of its parameters by annotations or by how they are used, literals of its programs.

How a parameter is used is told by what partial execution knows of a text (`winnow_places.py`). Nothing here is run.
"""

import ast
import json
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '.winnow-partial'))

PROGRAMS, EXAMPLES, LITERALS, PARTS = 40, 60, 40, 10_000
HINTS = {'int': 'integer', 'float': 'float', 'str': 'text', 'bytes': 'bytes', 'bool': 'boolean', 'list': 'list', 'tuple': 'tuple', 'set': 'set', 'frozenset': 'set', 'dict': 'mapping', 'List': 'list', 'Tuple': 'tuple',
         'Set': 'set', 'FrozenSet': 'set', 'Dict': 'mapping', 'Mapping': 'mapping', 'Iterable': 'list', 'Sequence': 'list', 'Collection': 'list', 'MutableSequence': 'list', 'None': 'none'}
KINDS = ('integer', 'float', 'text', 'bytes', 'boolean', 'list', 'tuple', 'set', 'mapping', 'none')


class Strange(Exception):
    """No literal, or more of it than an input has."""


def told(value, left):
    left[0] -= 1
    kind = type(value)
    if left[0] < 0:
        raise Strange
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        if value.bit_length() > 10_000:
            raise Strange
        return ['i', str(value)]
    if kind is float:
        return ['f', {'inf': 'Infinity', '-inf': '-Infinity', 'nan': 'NaN'}.get(repr(value), repr(value))]
    if kind is bytes:
        return ['y', list(value)]
    if kind in (list, tuple, set):
        return [{list: 'a', tuple: 'p', set: 't'}[kind], [told(part, left) for part in (sorted(value, key=repr) if kind is set else value)]]
    if kind is dict:
        return ['m', [[told(key, left), told(part, left)] for key, part in value.items()]]
    raise Strange


def literal(node):
    """A literal; also one that is repeated or joined, `[1] * 3`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Add)):
        one, other = literal(node.left), literal(node.right)
        if isinstance(node.op, ast.Mult) and isinstance(one, (str, list, tuple, int)) and isinstance(other, int) and abs(other) < 1_000:
            return one * other
        if isinstance(node.op, ast.Add) and type(one) is type(other):
            return one + other
        raise Strange
    return ast.literal_eval(node)


def calls(text, entry):
    """Argument lists of calls whose arguments are literals."""
    found = []
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == entry and node.args and not node.keywords:
            try:
                found.append([told(literal(one), [PARTS]) for one in node.args])
            except (Strange, ValueError, TypeError, SyntaxError, MemoryError, RecursionError, OverflowError):
                continue
    return found


def examples(text, entry):
    """Calls in docstrings and comments: `>>> f(1)`, `f(1) == 2`, `f(1) -> 2`."""
    made, at = [], 0
    try:
        lines = [ast.get_docstring(node) or '' for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return made
    said = '\n'.join(lines + [line[line.index('#'):] for line in text.split('\n') if '#' in line])
    while len(made) < EXAMPLES:
        at = said.find(entry + '(', at)
        if at < 0:
            break
        end = at
        for _ in range(40):
            end = said.find(')', end) + 1
            if end == 0 or end - at > 2_000:
                break
            found = calls(said[at:end], entry)
            if found:
                made += found[:1]
                break
        at += len(entry)
    return made


def kinds_of(node):
    """Kinds that an annotation names; [] where it names none that can be made."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode='eval').body
        except SyntaxError:
            return []
    if isinstance(node, ast.Constant) and node.value is None:
        return [{'kind': 'none'}]
    if isinstance(node, ast.BinOp):
        return kinds_of(node.left) + kinds_of(node.right)
    if isinstance(node, ast.Subscript):
        outer = getattr(node.value, 'id', getattr(node.value, 'attr', ''))
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if outer == 'Optional':
            return kinds_of(inner[0]) + [{'kind': 'none'}]
        if outer == 'Union':
            return [one for part in inner for one in kinds_of(part)]
        if outer == 'Literal':
            return [{'kind': 'text', 'values': [told(one.value, [PARTS]) for one in inner if isinstance(one, ast.Constant)]}]
        kind = HINTS.get(outer)
        if kind == 'mapping':
            return [{'kind': kind, 'keys': kinds_of(inner[0]), 'of': kinds_of(inner[-1])}]
        if kind == 'tuple' and not (len(inner) == 2 and isinstance(inner[1], ast.Constant) and inner[1].value is ...):
            return [{'kind': kind, 'parts': [kinds_of(part) for part in inner]}]
        return [{'kind': kind, 'of': kinds_of(inner[0])}] if kind else []
    kind = HINTS.get(getattr(node, 'id', getattr(node, 'attr', '')))
    return [{'kind': kind}] if kind else []


def used(facts, place, depth=0):
    """Kinds by how a parameter is used, the likeliest first."""
    made = []
    for kind in facts['types'].get(place, []):
        kind = 'list' if kind == 'iterator' else kind
        if kind in KINDS and not any(one['kind'] == kind for one in made):
            made.append({'kind': kind, 'of': used(facts, place + '[]', depth + 1)} if kind in ('list', 'tuple', 'set', 'mapping') and depth < 3 else {'kind': kind})
    return made[:2]


def parameters(text, entry):
    """-> [{name, from, kinds}] or None where the text has no such function"""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == entry), None)
    if node is None:
        return None
    facts = {'types': {}}
    try:
        from winnow_places import Places
        facts = Places(text, entry, {}).facts
    except Exception:
        # Without it, annotations and nothing are known.
        pass
    required = node.args.posonlyargs + node.args.args
    required = required[:len(required) - len(node.args.defaults)]
    made = []
    for one in required:
        kinds = kinds_of(one.annotation) if one.annotation is not None else []
        made.append({'name': one.arg, 'from': 'hint' if kinds else 'use', 'kinds': kinds or used(facts, one.arg)})
    return made


def constants(text):
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    said = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and node.body and isinstance(node.body[0], ast.Expr)}
    negative = [-node.operand.value for node in ast.walk(tree) if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant) and type(node.operand.value) in (int, float)]
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in said and type(node.value) in (int, float, str) and len(str(node.value)) < 60] + [one for one in negative if len(str(one)) < 60]


def main():
    with open(os.path.join(here, 'task.json'), 'rb') as file:
        task = json.load(file)
    entry, programs = task['entryPoint'], task['candidates'][:PROGRAMS]
    found = [{'by': 'test', 'of': index, 'args': args} for index, source in enumerate(task['probes']) for args in calls(source, entry)]
    for index, source in enumerate(programs):
        found += [{'by': 'example', 'of': index, 'args': args} for args in examples(source, entry)]
    votes = {}
    for source in programs:
        known = parameters(source, entry)
        if known is not None:
            votes.setdefault(len(known), []).append(known)
    lists = max(votes.values(), key=len) if votes else []
    hinted = [one for one in lists if all(part['from'] == 'hint' for part in one)]
    literals = []
    for source in programs:
        for value in constants(source):
            if len(literals) < LITERALS and not any(type(one) is type(value) and one == value for one in literals):
                literals.append(value)
    with open(os.path.join(here, 'seeds.json'), 'w') as out:
        json.dump({'calls': found, 'parameters': (hinted or lists or [[]])[0], 'literals': [told(one, [PARTS]) for one in literals]}, out)


main()
