"""Inputs that learn from what earlier ones reached.

An input is a turn, which decides by chance, with some of its decisions made anew (`salt`), demands on values that stand on the way to a statement that differs (`wish`), and calls that
raise what a handler there waits for (`failing`). The next input starts from the one that came furthest on the way to such a statement; where all are reached, from one that reached it.

The last resort decides a test itself, or lets a `try` fail (`force`): one more decision at a time, the one at which the best input left the way, and only tests that both versions
have. What differs then is told with the decisions that were taken.
"""

import ast
import builtins
import random
import re

from winnow_near import tail
from winnow_ways import Ways, atoms, call_key, handlers, key_of_test, other_arguments, own_calls, targets, told_of, try_key

# Inputs that are kept to start from, and decisions of one that are made anew at most.
KEPT = 60
SALTS = 4
# Failures after which a type is no longer given at a place; and how errors name types.
FAILS = 3
TYPE = re.compile(r"'(\w+)' object")
TYPES = {'str': 'text', 'bytes': 'bytes', 'int': 'integer', 'float': 'float', 'bool': 'boolean', 'list': 'list', 'tuple': 'tuple', 'set': 'set', 'dict': 'mapping'}
# Values of a type that were compared, and are remembered.
NEAR = 60
# Inputs that one decision more is tried on.
TRIES = 3


class Target:
    def __init__(self, version, node, guards, way, tests):
        self.version, self.node, self.guards, self.way, self.tests = version, node, guards, way, tests
        # A handler's head runs when any error passes by.
        self.line = node.body[0].lineno if isinstance(node, ast.ExceptHandler) else node.lineno
        self.reached = False

    def progress(self, lines):
        return sum(line in lines for line in self.way)


class Guide:
    def __init__(self, trees, sides, places, base, rng=None):
        self.base = base
        self.random = rng or random.Random(base['seed'])
        self.ways = [Ways(tree, place) for tree, place in zip(trees, places)]
        self.targets = []
        for version, (tree, side) in enumerate(zip(trees, sides)):
            for found in targets(tree, side['lines']) + handlers(tree, set(side['differ'])):
                self.targets.append(Target(version, *found))
        self.kept, self.known, self.texts, self.own = [], {}, [side['text'] for side in sides], sides[0]['function'].rpartition('.')[2]
        self.statements = [{node.lineno: node for node in ast.walk(tree) if isinstance(node, ast.stmt)} for tree in trees]
        self.sources = [{}, {}]
        for ways, known, tree in zip(self.ways, self.sources, trees):
            for node in ast.walk(tree):
                for target in getattr(node, 'targets', ()) if isinstance(node, ast.Assign) else [node.target] if isinstance(node, (ast.For, ast.AsyncFor)) else ():
                    short = ways.places.short(node.value if isinstance(node, ast.Assign) else node.iter)
                    if isinstance(target, ast.Name) and short is not None:
                        known.setdefault(target.id, set()).add(short if isinstance(node, ast.Assign) else short + '[]')
        self.arguments = other_arguments(trees, [frozenset(side['differ']) for side in sides])
        self.helpers = own_calls(trees, [frozenset(side['differ']) for side in sides], places)
        # Values that were compared with others, by type: an input is near to one of them on every other occasion.
        self.near = {}
        # How often a value of a type at a place failed, and was there when a call came to its end.
        self.bad, self.good = {}, {}
        self.keys, self.differ = [], [frozenset(side['differ']) for side in sides]
        self.calls = set.intersection(*[{call_key(node) for node in ast.walk(tree) if isinstance(node, ast.Call) and node.lineno not in differ} for tree, differ in zip(trees, self.differ)])
        # Tests that both have, none of them in a line that differs.
        self.shared = set.intersection(*[{guard.text for target in self.targets if target.version == version for guard in target.guards} | tests_of(tree) for version, tree in enumerate(trees)])

    def learn(self, spec, outcomes):
        lines = [frozenset(outcome.get('lines', ())) for outcome in outcomes]
        for target in self.targets:
            target.reached = target.reached or target.line in lines[target.version]
        self.kept.append((spec, lines, [list(outcome.get('chances', ())) for outcome in outcomes], [outcome.get('at', 0) for outcome in outcomes]))
        self.missed(outcomes)
        for version, outcome in enumerate(outcomes):
            self.blame(version, outcome)
            for kind, values in outcome.get('compared', {}).items():
                known = self.near.setdefault(kind, [])
                known += [value for value in values if value not in known][:NEAR - len(known)]
        if len(self.kept) > KEPT:
            # What went furthest to some target stays; of the rest the oldest goes.
            best = {id(self.best(target)) for target in self.targets}
            for index, one in enumerate(self.kept):
                if id(one) not in best:
                    del self.kept[index]
                    break

    def blame(self, version, outcome):
        """A value of a type that fails wherever it comes to is of another type."""
        kinds = outcome.get('kinds', {})
        if outcome['kind'] == 'returned':
            for one in kinds.items():
                self.good[one] = self.good.get(one, 0) + 1
        statement = self.statements[version].get(outcome.get('at')) if outcome.get('soft') else None
        if statement is None:
            return
        parts = [part for name in ('test', 'iter') for part in [getattr(statement, name, None)] if part is not None] or [item.context_expr for item in getattr(statement, 'items', ())] or ([] if hasattr(statement, 'body') else [statement])
        shorts = {self.ways[version].places.short(node) for part in parts for node in ast.walk(part) if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))}
        # A name that is assigned several times is any of what it is assigned.
        shorts |= {short for part in parts for node in ast.walk(part) if isinstance(node, ast.Name) for short in self.sources[version].get(node.id, ())}
        # What a class is begun with lies in attributes of the same names.
        shorts = {part for short in shorts if short for part in (tail(short), tail(short) + '[]', short.rpartition('.')[2])}
        told = TYPE.match(outcome.get('message', ''))
        for one in kinds.items():
            if one[0] in shorts and (told is None or TYPES.get(told.group(1), one[1]) == one[1]):
                self.bad[one] = self.bad.get(one, 0) + 1

    def avoid(self):
        made = {}
        for one, count in self.bad.items():
            if count >= FAILS and count > self.good.get(one, 0):
                made.setdefault(one[0], []).append(one[1])
        return made

    def missed(self, outcomes):
        """Keys that a mapping was asked for and had not."""
        for outcome in outcomes:
            if outcome.get('value') == 'KeyError':
                try:
                    key = ast.literal_eval(outcome.get('message', ''))
                except (ValueError, SyntaxError):
                    continue
                if isinstance(key, (str, int)) and key not in self.keys and len(self.keys) < 20:
                    self.keys.append(key)

    def best(self, target):
        return max(reversed(self.kept), key=lambda one: target.progress(one[1][target.version]), default=None)

    def one_of_best(self, target):
        scores = [target.progress(one[1][target.version]) for one in self.kept]
        top = max(scores)
        return self.random.choice([one for one, score in zip(self.kept, scores) if score == top])

    def next(self, mends=False):
        """-> an input, or None where nothing is to be learned. `mends`: what fails on the way is stood in for."""
        if not self.targets or not self.kept:
            return None
        rng = self.random
        open_ = [one for one in self.targets if not one.reached]
        target = rng.choice(open_ if open_ and rng.random() < 0.8 else self.targets)
        item = self.one_of_best(target) if rng.random() < 0.8 else rng.choice(self.kept)
        spec, lines, chances, at = item
        ways, version = self.ways[target.version], target.version
        made = dict(self.base, turn=spec['turn'] if rng.random() < 0.6 else rng.randrange(1000), salt=dict(spec.get('salt', {})), mend=dict(spec.get('mend', {})))
        wish, failing = [], []
        if rng.random() < 0.8:
            for guard in target.guards:
                demands, raised = ways.demands(guard, rng.choice)
                wish, failing = wish + demands, failing + (raised if len(raised) < 2 or rng.random() < 0.3 else [rng.choice(raised)])
        failed = self.statements[version].get(at[version])
        if failed is not None and failed.lineno != target.line:
            if rng.random() < 0.8:
                wish = wish + ways.working(failed)
        if mends:
            call = self.call_in_the_way(target, lines[version], failed)
            if call is not None:
                made['mend'][call[0]] = call[1]
        tests = target.tests
        if tests and rng.random() < 0.6:
            test, wanted = rng.choice(tests), rng.random() < 0.5
            for atom in atoms(test, wanted, rng.choice):
                wish = wish + ways.of_atom(*atom)
        wish = [one for one in wish if self.means_the_same(one[1])]
        made['wish'], made['failing'], made['keys'] = wish, failing, list(self.keys)
        made['near'] = spec['near'] if 'near' in spec and rng.random() < 0.5 else {kind: list(values) for kind, values in self.near.items()}
        made['avoid'] = self.avoid()
        made['state'] = rng.random() < 0.3
        keys = chances[version]
        for key in rng.sample(keys, min(len(keys), rng.randrange(SALTS))) if keys else ():
            made['salt'][key] = rng.randrange(1, 1000)
        if failing and rng.random() < 0.5:
            made['salt']['raised'] = rng.randrange(4)
        return made

    def means_the_same(self, text):
        """Whether all names of a demand are there in both versions: a value that meets it in one alone would be another input."""
        if text not in self.known:
            names = {node.id for node in ast.walk(ast.parse(text, mode='eval')) if isinstance(node, ast.Name)} - {'_v', '_o', '_e'}
            self.known[text] = all(all(re.search(r'\b%s\b' % name, one) for one in self.texts) or hasattr(builtins, name) for name in names) and self.own not in names
        return self.known[text]

    def call_in_the_way(self, target, lines, failed):
        """A call that both versions have, in what failed or in the test at which an input left the way."""
        parts = []
        if failed is not None and not isinstance(failed, ast.Raise):
            parts += [getattr(failed, name) for name in ('value', 'iter', 'test', 'exc') if isinstance(getattr(failed, name, None), ast.expr)] + [item.context_expr for item in getattr(failed, 'items', ())]
        guard = self.frontier(target, lines)
        if guard is not None and guard.kind in ('test', 'loop'):
            parts.append(guard.node)
        found = [one for part in parts for one in self.ways[target.version].calls(part, self.differ[target.version]) if one[0] in self.calls]
        return self.random.choice(found) if found else None

    def forced(self):
        """-> inputs with one decision more than the one that came furthest, or [] where there is none to take."""
        made = []
        for target in self.open():
            spec, lines, _, _ = self.best(target)
            guard = self.frontier(target, lines[target.version])
            if guard is None or guard.text not in self.shared or guard.text in spec.get('force', {}) or guard.kind == 'loop':
                continue
            value = guard.wanted
            if guard.kind == 'handler':
                handler = guard.node[1]
                value = told_of(handler.type) if handler.type is not None else 'Exception'
            force = dict(spec.get('force', {}), **{guard.text: value})
            for number in range(TRIES):
                made.append(dict(spec, force=force, turn=spec['turn'] if number == 0 else self.random.randrange(1000)))
        return made[:16]

    def others(self):
        """-> inputs on which functions that get other arguments than before are stood in for, from those that reached them."""
        made = []
        for key, place in self.arguments.items():
            for spec, lines, _, _ in self.arrived()[-6:]:
                made.append(dict(spec, others=True, mend=dict(spec.get('mend', {}), **{key: place})))
        return made[:16]

    def arrived(self):
        return [one for one in self.kept if any(target.line in one[1][target.version] for target in self.targets)]

    def helped(self):
        """-> an input on which methods of its own give what their use tells, from one that arrived; None where there are none."""
        arrived, rng = self.arrived(), self.random
        if not arrived or not self.helpers:
            return None
        spec = rng.choice(arrived)[0]
        keys = rng.sample(list(self.helpers), rng.randrange(1, len(self.helpers) + 1))
        wish = list(spec.get('wish', ()))
        target = rng.choice(self.targets)
        for test in rng.sample(target.tests, min(1, len(target.tests))):
            for atom in atoms(test, rng.random() < 0.5, rng.choice):
                wish += [one for one in self.ways[target.version].of_atom(*atom) if self.means_the_same(one[1])]
        return dict(spec, others=True, wish=wish, turn=spec['turn'] if rng.random() < 0.5 else rng.randrange(1000), mend=dict(spec.get('mend', {}), **{key: self.helpers[key] for key in keys}))

    def open(self):
        """Targets of versions of which none was reached."""
        return [target for target in self.targets if self.kept and not any(one.reached for one in self.targets if one.version == target.version)]

    def frontier(self, target, lines):
        """The condition at which an input left the way."""
        for at, line in enumerate(target.way):
            if line not in lines:
                before = [guard for guard in target.guards if guard.line in target.way[:at]]
                return before[-1] if before else None
        return target.guards[-1] if target.guards and target.guards[-1].kind == 'handler' else None


def tests_of(tree):
    made = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.If, ast.While, ast.Assert)):
            made.add(key_of_test(node))
        elif isinstance(node, ast.Try):
            made.add(try_key(node))
    return made
