"""How much of a program one run can cover, by its text alone: the bound beside `winnow bench partial`.

A run takes one way at each condition outside of loops. Turns of a loop go all ways that come back to it; one way at most leaves it by `return`, `exit` or `raise`, and then nothing behind it
runs. Functions of the program count where it calls them by name (once), or all of them, several times each, as level 3 does. Handlers count where asked: the body of a `try` then fails
behind its last statement. Whether conditions can hold together is not looked at, so less may be possible.

    python3 perf/partial-bound.py functions.jsonl

Lines of the file are `{"id", "code"}`. Statements count as LExecutor has them: `raise`, `break` and `continue` are in the denominator and never run; a definition counts when its body is entered.
"""

import ast
import json
import sys

NEVER = (ast.Raise, ast.Break, ast.Continue)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BLOCKS = ('body', 'orelse', 'finalbody')
# Ways to leave a block; what cannot be is worth this.
ENDS, NONE = ('on', 'turn', 'out'), -10**6


def is_doc(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def is_exit(node):
    func = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
    return isinstance(func, ast.Name) and func.id in ('exit', 'quit') or isinstance(func, ast.Attribute) and func.attr in ('exit', '_exit')


def statements(body):
    """How many there are; a handler and a `finally` are one each, a `match` is none."""
    count = 0
    for node in body:
        if is_doc(node):
            continue
        inner = [getattr(node, field, []) for field in BLOCKS] + [part.body for field in ('handlers', 'cases') for part in getattr(node, field, [])]
        count += (type(node).__name__ != 'Match') + sum(map(statements, inner)) + len(getattr(node, 'handlers', [])) + bool(getattr(node, 'finalbody', []))
    return count


class Bound:
    def __init__(self, tree, handlers, calls):
        self.handlers, self.calls = handlers, calls
        self.called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}

    def block(self, body, seen):
        """The most statements that are not among the seen ones, by how the block is left."""
        best = {'on': 0, 'turn': NONE, 'out': NONE}
        for node in body:
            if is_doc(node) or best['on'] <= NONE / 2:
                continue
            one = self.one(node, seen)
            for end in ('turn', 'out'):
                best[end] = max(best[end], best['on'] + one[end])
            best['on'] += one['on']
        return best

    def one(self, node, seen):
        own = int(node not in seen and not isinstance(node, NEVER))
        ways = dict.fromkeys(ENDS, NONE)
        if isinstance(node, (ast.Raise, ast.Return)) or is_exit(node):
            return dict(ways, out=own)
        if isinstance(node, (ast.Break, ast.Continue)):
            return dict(ways, turn=0)
        if isinstance(node, ast.If):
            yes, no = self.block(node.body, seen), self.block(node.orelse, seen)
            return {end: max(own + yes[end], no[end]) for end in ENDS}
        if isinstance(node, LOOPS):
            return self.loop(node, seen, own)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            return {end: own + worth for end, worth in self.block(node.body, seen).items()}
        if type(node).__name__ in ('Try', 'TryStar'):
            return {end: own + worth for end, worth in self.attempt(node, seen).items()}
        if isinstance(node, ast.ClassDef):
            return dict(ways, on=own + max(0, self.block(node.body, seen)['on']))
        if isinstance(node, FUNCTIONS):
            if self.calls:
                return dict(ways, on=own + statements(node.body) - sum(isinstance(part, NEVER) for part in ast.walk(node)))
            return dict(ways, on=own + max(self.block(node.body, seen).values()) if node.name in self.called else 0)
        if type(node).__name__ == 'Match':
            cases = [self.block(case.body, seen) for case in node.cases]
            return {end: max([case[end] for case in cases] + [0] * (end == 'on')) for end in ENDS}
        return dict(ways, on=own)

    def loop(self, node, seen, own):
        inside = set()
        ends = self.staying(node.body, inside)
        turns = own + sum(one not in seen for one in inside)
        behind, leaving = self.block(node.orelse, seen), self.block(node.body, seen | inside)
        if not ends:
            # Its first turn is its last, if there is one.
            return dict(behind, out=max(behind['out'], own + self.block(node.body, seen)['out']))
        found = {end: turns + behind[end] for end in ENDS}
        found['out'] = max(found['out'], turns + leaving['out'])
        found['on'] = max(found['on'], turns)
        return found

    def attempt(self, node, seen):
        best = self.block(node.body + node.orelse, seen)
        if self.handlers:
            most = max(0, *self.block(node.body, seen).values())
            for handler in node.handlers:
                best = {end: max(best[end], most + int(handler not in seen) + worth) for end, worth in self.block(handler.body, seen).items()}
        if node.finalbody:
            final, most = self.block(node.finalbody, seen), max(best.values())
            best = {end: 1 + worth + final['on'] for end, worth in best.items()}
            best = {end: max(worth, 1 + most + final[end]) if end != 'on' else worth for end, worth in best.items()}
        return best

    def staying(self, body, into):
        """Adds what turns that come back to their loop can run. -> how such a turn may leave the block: 'on', 'turn'."""
        ends, found = set(), set()
        for node in body:
            if is_doc(node):
                continue
            inner = set()
            one = self.stays(node, inner)
            if 'turn' in one:
                ends.add('turn')
                into |= found | inner
            if 'on' not in one:
                return ends
            found |= inner
        into |= found
        return ends | {'on'}

    def stays(self, node, into):
        if isinstance(node, (ast.Raise, ast.Return)) or is_exit(node):
            return set()
        if isinstance(node, (ast.Break, ast.Continue)):
            return {'turn'}
        if isinstance(node, ast.If):
            yes, no = self.staying(node.body, into), self.staying(node.orelse, into)
            if yes:
                into.add(node)
            return yes | no
        if isinstance(node, FUNCTIONS) and not self.calls and node.name not in self.called:
            return {'on'}
        into.add(node)
        blocks = [node.body + node.orelse] if isinstance(node, LOOPS) or hasattr(node, 'handlers') else [getattr(node, 'body', [])]
        blocks += [case.body for case in getattr(node, 'cases', [])]
        ends = set().union(*(self.staying(block, into) for block in blocks))
        for handler in getattr(node, 'handlers', []) if self.handlers else []:
            found = self.staying(handler.body, into)
            if found:
                into.add(handler)
            ends |= found
        if getattr(node, 'finalbody', []) and ends:
            # It is one beside its statements.
            into.add(('finally', node))
            self.staying(node.finalbody, into)
        return {'on'} if isinstance(node, LOOPS) or not isinstance(getattr(node, 'body', None), list) or isinstance(node, FUNCTIONS) else ends


def share(code, handlers, calls):
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return 0
    count = statements(tree.body)
    most = max(Bound(tree, handlers, calls).block(tree.body, frozenset()).values())
    return 100 * min(most, count) / count if count else 0


def main(paths):
    if not paths:
        sys.exit('usage: partial-bound.py FILE…')
    for path in paths:
        with open(path) as file:
            programs = [json.loads(line)['code'] for line in file if line.strip()]
        print(path, len(programs), 'programs')
        for text, handlers, calls in (('conditions alone', False, False), ('and one handler of each try', True, False), ('and all functions called', True, True)):
            print('  %-28s %.1f' % (text, sum(share(code, handlers, calls) for code in programs) / len(programs)))


if __name__ == '__main__':
    main(sys.argv[1:])
