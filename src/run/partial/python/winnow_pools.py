"""What is known of a value that a program lacks: votes for its type, conditions it is to meet, and what is taken out of it.

A pool stands for all values that one expression, or several that must be the same, can have. Expressions are joined by merging their pools; what is only likely to be
of one type is `near`. A guess is the type with most votes among those that have every attribute that is asked of the value, so one attribute that no known type has
makes it an instance.
"""

import io
import pathlib
import re
import datetime

from winnow_roles import by_role
from winnow_words import ATTRIBUTES, COMMON

ATTRIBUTES = dict(ATTRIBUTES, path=frozenset(dir(pathlib.PosixPath)), regex=frozenset(dir(re.compile(''))), time=frozenset(dir(datetime.datetime)),
                  file=frozenset(dir(io.StringIO)), iterator=frozenset(dir(iter([]))))
# What can be added up by arithmetic, called, and so on; an operation that a type lacks excludes it.
NUMBERS = frozenset(('integer', 'float', 'boolean'))
# Votes below this are no better than nothing, and an instance takes what comes.
LEAST = 0.9
SOURCES = ('contradiction', 'annotation', 'default', 'library', 'use', 'neighbour', 'name', 'model', 'forced', 'nothing')
# What `made` is where nothing was made yet.
NOTHING_MADE = object()


class Pool:
    __slots__ = ('up', 'votes', 'parts', 'near', 'conditions', 'arity', 'attributes', 'called', 'excluded', 'known', 'fix', 'chosen', 'roles', 'made')

    def __init__(self, known=None):
        self.up = None
        self.votes = []
        self.parts = {}
        self.near = []
        self.conditions = []
        self.arity = None
        self.attributes = {}
        self.called = False
        self.excluded = set()
        self.known = known
        self.fix = None
        self.chosen = None
        self.roles = set()
        self.made = NOTHING_MADE

    def root(self):
        pool = self
        while pool.up is not None:
            pool = pool.up
        if pool is not self:
            self.up = pool
        return pool

    def part(self, key):
        pool = self.root()
        found = pool.parts.get(key)
        if found is None:
            found = pool.parts[key] = Pool()
        return found.root()

    def vote(self, kind, weight, source, why):
        pool = self.root()
        if len(pool.votes) < 400:
            pool.votes.append((kind, weight, source, why))

    def toward(self, other, weight, why):
        pool, other = self.root(), other.root()
        if pool is not other and len(pool.near) < 60:
            pool.near.append((other, weight, why))

    def condition(self, kind, literal, leaf):
        pool = self.root()
        if len(pool.conditions) < 60:
            pool.conditions.append((kind, literal, leaf))


def merge(one, other):
    """Both are the same from now on. Parts that both have are merged in turn."""
    work = [(one, other)]
    while work:
        one, other = work.pop()
        one, other = one.root(), other.root()
        if one is other:
            continue
        other.up = one
        one.votes.extend(other.votes[:200])
        one.near.extend(other.near)
        one.conditions.extend(other.conditions)
        one.attributes.update(other.attributes)
        one.excluded |= other.excluded
        one.called = one.called or other.called
        one.roles |= other.roles
        one.arity = one.arity or other.arity
        one.known = one.known or other.known
        one.fix = one.fix or other.fix
        for key, pool in other.parts.items():
            mine = one.parts.get(key)
            if mine is None:
                one.parts[key] = pool
            else:
                work.append((mine, pool))


def tally(pool):
    """-> votes of a pool with those of what is near it, one step away."""
    pool = pool.root()
    votes = list(pool.votes)
    for other, weight, why in pool.near:
        other = other.root()
        if other is pool:
            continue
        if other.known:
            votes.append((other.known, 3 * weight, 'neighbour', why))
        for kind, worth, source, reason in other.votes:
            votes.append((kind, min(worth, 3) * weight, source if source != 'use' else 'neighbour', why))
    return votes


def possible(pool, kind):
    """Whether a value of the type has what is asked of this one."""
    if kind in pool.excluded:
        return False
    asked = ATTRIBUTES.get(kind)
    if asked is None:
        return True
    if pool.called or not all(name in asked or name in COMMON for name in pool.attributes):
        return False
    return True


def guess(pool):
    """-> (type, source, reasons) of a pool."""
    pool = pool.root()
    if pool.fix is not None:
        return pool.fix['type'], pool.fix['source'], list(pool.fix['why'])
    if pool.chosen is not None:
        return pool.chosen
    scores, reasons = {}, {}
    for kind, weight, source, why in tally(pool):
        if kind is None or not possible(pool, kind):
            continue
        scores[kind] = scores.get(kind, 0) + weight
        reasons.setdefault(kind, []).append((weight, source, why))
    best, most = 'instance', 0
    for kind in scores:
        if scores[kind] > most:
            best, most = kind, scores[kind]
    if most < LEAST:
        best = 'callable' if pool.called else 'instance'
        role = None if pool.called or pool.attributes or pool.parts else by_role(pool)
        if role is not None:
            pool.chosen = role
            return role
    told = sorted(reasons.get(best, ()), key=lambda reason: (-reason[0], SOURCES.index(reason[1])))
    words = []
    for _, _, why in told:
        if why not in words:
            words.append(why)
    source = told[0][1] if told else ('use' if pool.attributes or pool.called else 'nothing')
    if not words and pool.attributes:
        words = ['its attribute %s is used' % name for name in list(pool.attributes)[:3]]
    pool.chosen = (best, source, words[:4])
    return pool.chosen
