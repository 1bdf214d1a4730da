"""New inputs from those that tests hold: calls whose arguments are literals, changed a little.

Each new call comes from one that is known by one to three changes of its literals: numbers move and flip, texts and lists lose, repeat, swap and reverse parts, and take values that other calls hold.
Types stay what they were, so that what a function was written for is kept.
"""

import ast
import json
import os
import random

here = os.path.dirname(os.path.abspath(__file__))


def known(probes, entry):
    """Argument lists of calls, as values."""
    found = []
    for source in probes:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == entry and not node.keywords:
                try:
                    found.append([ast.literal_eval(one) for one in node.args])
                except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                    continue
    return [one for one in found if one]


def changed(value, pool, dice):
    """The value with one change."""
    kind = type(value)
    others = [one for one in pool if type(one) is kind and one != value]
    if others and dice.random() < 0.3:
        return dice.choice(others)
    if kind is bool:
        return not value
    if kind is int:
        return dice.choice([value + 1, value - 1, -value, 0, 1, value * 2, value // 2, value + 10])
    if kind is float:
        return dice.choice([value + 1, value - 0.5, -value, 0.0, value * 2, value / 3])
    if kind is str:
        if not value:
            return dice.choice(['a', ' ', 'A1', 'aba'])
        at = dice.randrange(len(value))
        return dice.choice([value[:at] + value[at + 1:], value[:at] + value[at] + value[at:], value[::-1], value.swapcase(), value + value[:1], value[:at] + ' ' + value[at:], '', value + value])
    if kind is list or kind is tuple:
        if not value:
            return kind([dice.choice(pool)]) if pool else value
        at = dice.randrange(len(value))
        inner = list(value)
        inner[at] = changed(value[at], pool, dice)
        return kind(dice.choice([inner, inner, value[:at] + value[at + 1:], list(value[: at + 1]) + list(value[at:]), value[::-1], [], sorted(value, key=repr), list(value) + list(value[:1])]))
    if kind is dict and value:
        key = dice.choice(list(value))
        return dice.choice([{one: part for one, part in value.items() if one != key}, {**value, key: changed(value[key], pool, dice)}])
    return value


def parts(value):
    yield value
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from parts(one)


def made(calls, count, seed):
    dice = random.Random(seed)
    pool = [part for args in calls for value in args for part in parts(value)]
    seen = {repr(args) for args in calls}
    fresh = []
    for _ in range(count * 20):
        if len(fresh) >= count:
            break
        args = list(dice.choice(calls))
        for _ in range(dice.choice([1, 1, 2, 3])):
            at = dice.randrange(len(args))
            args[at] = changed(args[at], pool, dice)
        text = repr(args)
        if text not in seen and len(text) < 2000:
            seen.add(text)
            fresh.append(args)
    return fresh


with open(os.path.join(here, 'task.json'), 'rb') as file:
    task = json.load(file)
calls = known(task['probes'], task['entryPoint'])
fresh = made(calls, task['count'], task['seed']) if calls else []
with open(os.path.join(here, 'inputs.json'), 'w') as out:
    json.dump(['%s(%s)' % (task['entryPoint'], ', '.join(map(repr, args))) for args in fresh], out)
