"""How many statements the ways through a text lead to: the longest path, and what several turns of a loop leave out for each other.

A statement counts as one, those that never count as run as none. What turns of a loop before this one ran, if all went as planned, counts little, so that the next is planned for the
rest. Nothing is run, and no value is looked at: which ways can be taken together is not asked.
"""

import ast

LOOPS = (ast.For, ast.AsyncFor, ast.While)
TRIES = tuple(kind for kind in (ast.Try, getattr(ast, 'TryStar', None)) if kind is not None)
NEVER = (ast.Raise, ast.Break, ast.Continue)
# Turns of a loop that are planned: as many as the ways through most of them.
TURNS = 4
# What a statement is worth that ran before, and one of a function that somebody may call.
AGAIN, UNCALLED = 0.15, 0.3


class Paths:
    def __init__(self):
        # Statements in loops that the turns before this one ran; those on the best path of this one; the ways of its conditions.
        self.ran, self.path, self.chosen = set(), set(), {}

    def end(self, body):
        """How a block ends whatever its conditions do: 'on', 'turn' for break and continue, 'out'."""
        for statement in body:
            found = self.end_one(statement)
            if found != 'on':
                return found
        return 'on'

    def end_one(self, statement):
        if isinstance(statement, (ast.Raise, ast.Return)) or is_exit(statement):
            return 'out'
        if isinstance(statement, (ast.Break, ast.Continue)):
            return 'turn'
        if isinstance(statement, ast.If):
            ends = {self.end(statement.body), self.end(statement.orelse)}
            return 'on' if 'on' in ends else 'turn' if 'turn' in ends else 'out'
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            return self.end(statement.body)
        if isinstance(statement, TRIES):
            ends = {self.end(statement.body + statement.orelse)} | {self.end(handler.body) for handler in statement.handlers}
            return self.end(statement.finalbody) if 'on' in ends else 'turn' if 'turn' in ends else 'out'
        return 'on'

    # How much a block leads to: the most statements that a path through it has, with those behind it.

    def best(self, body, on, turn, loops):
        """`on`: what the block's end leads to, `turn`: what `break` and `continue` lead to."""
        for statement in reversed(body):
            on = self.through(statement, on, turn, loops)
        return on

    def through(self, statement, on, turn, loops):
        own = self.own(statement)
        if isinstance(statement, ast.Raise):
            return 0
        if isinstance(statement, ast.Return) or is_exit(statement):
            return own
        if isinstance(statement, (ast.Break, ast.Continue)):
            return turn
        if isinstance(statement, ast.If):
            return max(own + self.best(statement.body, on, turn, loops), self.best(statement.orelse, on, turn, loops))
        if isinstance(statement, LOOPS):
            behind = self.best(statement.orelse, on, turn, loops)
            return own + (self.best(statement.body, behind, behind, True) if self.end(statement.body) == 'out' else self.inside(statement.body) + behind)
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            return own + self.best(statement.body, on, turn, loops)
        if isinstance(statement, TRIES):
            return own + self.best(statement.body + statement.orelse + statement.finalbody, on, turn, loops)
        if isinstance(statement, ast.ClassDef):
            return own + self.best(statement.body, 0, 0, False) + on
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return UNCALLED * (own + self.best(statement.body, 0, 0, False)) + on
        if type(statement).__name__ == 'Match':
            return max(self.best(case.body, on, turn, loops) for case in statement.cases)
        return own + on

    def inside(self, body):
        """Statements of a loop's body: several turns go several ways."""
        return sum(self.own(node) for statement in body for node in ast.walk(statement) if isinstance(node, ast.stmt) and not isinstance(node, NEVER))

    def take(self, body, loops, on):
        """Notes what a turn runs; of what is not in a loop both ways, for other turns see none of it. `on`: whether the best path comes here."""
        for statement in body:
            if on:
                self.path.add(statement)
            if loops:
                self.ran.add(statement)
            if isinstance(statement, ast.If):
                chosen = self.chosen.get(statement)
                for way, inner in ((True, statement.body), (False, statement.orelse)):
                    if not loops or chosen == way:
                        self.take(inner, loops, on and chosen == way)
                if loops and self.end(statement.body if chosen else statement.orelse) != 'on':
                    return
            elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self.take(statement.body, False, on)
            elif type(statement).__name__ == 'Match':
                for case in statement.cases:
                    self.take(case.body, loops, on)
            else:
                for field in ('body', 'orelse', 'finalbody'):
                    self.take(getattr(statement, field, []), loops or field == 'body' and isinstance(statement, LOOPS), on)
                for handler in getattr(statement, 'handlers', []):
                    self.take(handler.body, loops, False)

    def own(self, statement):
        return AGAIN if statement in self.ran else 1


def is_exit(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and (
        isinstance(statement.value.func, ast.Name) and statement.value.func.id in ('exit', 'quit')
        or isinstance(statement.value.func, ast.Attribute) and statement.value.func.attr in ('exit', '_exit'))
