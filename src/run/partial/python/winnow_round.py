"""What the hooks of a rewritten program do: they let the program be where it is whole, and give values where it is not.

A round knows its sites (expressions whose value can be missing), leaves (conditions) and definitions by number. Each site has one guess, made when it is first needed; what is
made later at the same site is of the same type. Whatever a hook does not know it leaves as it is, and every error but those that a missing thing causes goes on to the program.
What is called is in `winnow_callees.py`, how conditions go in `winnow_decisions.py`, errors in `winnow_raised.py`; here are values, members, items, loops and what is taken apart.
"""

import sys
import time
import types

from winnow_callees import Callees
from winnow_decisions import Decisions
from winnow_failures import Own
from winnow_instance import Facts, Instance, facts
from winnow_known import PYTHON2
from winnow_mapping import OWN, Mapping
from winnow_names import REAL, Names
from winnow_paths import TURNS
from winnow_pools import guess
from winnow_raised import Raising
from winnow_values import Maker


class Spent(BaseException):
    """The round has run long enough."""


class Site:
    __slots__ = ('source', 'node', 'kind', 'pool', 'what', 'line', 'column', 'index', 'count', 'loops', 'nodes', 'turns')

    def __init__(self, source, node, kind, loops, statement):
        self.source, self.node, self.kind, self.loops = source, node, kind, loops
        # Turns of a loop that are planned to come here; none where all do.
        self.turns = source.uses.conditions.planned.get(statement)
        self.pool = source.uses.pool(node)
        self.what = source.text(node)
        self.line, self.column = source.place(node)
        self.index, self.count = None, 0


class Round(Callees, Decisions, Raising):
    def __init__(self, plan, rows):
        self.plan, self.rows, self.level = plan, rows, plan['level']
        self.sites, self.leaves, self.definitions, self.attempts = [], [], [], []
        self.sources = []
        self.made = self.steps = 0
        self.kept, self.identity = [], {}
        self.errors, self.raised = {}, set()
        self.objects = {}
        self.patched = {}
        self.maker = Maker(self)
        self.calling = False
        # Where one function is asked for: its first and last line, and whether it has begun; what is decided before it has is not asked about.
        self.wanted, self.asking, self.asked = None, True, set()
        self.last = {}
        # Whether something that is missing has been an error yet, and where the handlers stand that caught such errors.
        self.lacked, self.lacking = False, set()
        self.failed, self.passed = set(), {}
        self.ran = bytearray()
        self.safe = {name: REAL[name] for name in ('Exception', 'ValueError', 'TypeError', 'KeyError', 'object', 'range', 'list', 'dict', 'set', 'tuple', 'str', 'int', 'float', 'bytes', 'bool', 'type')}
        self.names = Names(self)
        self.names.update(REAL)
        self.names.update({'_winnow_' + name: getattr(self, 'on_' + name) for name in 'acitulmdfxrphgnwkysqob'})
        self.names['_winnow_Exception'] = Exception
        self.clock = time.monotonic
        self.begin()

    def begin(self):
        """The program is about to run: its time begins."""
        self.deadline = self.clock() + self.plan.get('wallMs', 1500) / 1000

    # Numbers for the rewriter.

    def site(self, source, node, kind, loops, statement=None):
        self.sites.append(Site(source, node, kind, loops, statement))
        return len(self.sites) - 1

    def leaf(self, source, leaf):
        self.leaves.append((source, leaf, set()))
        return len(self.leaves) - 1

    def definition(self, source, node, probe):
        self.definitions.append((source, node, probe))
        return len(self.definitions) - 1

    def attempt(self, source, node):
        self.attempts.append([source, node, 0])
        return len(self.attempts) - 1

    # Values.

    def is_own_code(self, value):
        if type(value) is types.FunctionType:
            return any(value.__code__.co_filename == source.name for source in self.sources)
        return isinstance(value, type) and id(value) in self.objects

    def instance(self, pool, index, name, label):
        return Instance(Facts(self, pool, index, name, label))

    def keep(self, value, index):
        if type(value) not in (bool, int, float, type(None)) and type(value) is not Instance and id(value) not in self.identity:
            self.identity[id(value)] = index
            self.kept.append(value)
        return value

    def mapping(self, pool, name, index):
        made = Mapping()
        OWN[id(made)] = (self, pool, name, index)
        self.kept.append(made)
        return made

    def index_of(self, value):
        own = facts(value)
        return own.index if own is not None else self.identity.get(id(value))

    def inject(self, site, kind=None):
        visit = turn = site.count
        site.count += 1
        if site.turns:
            turn = site.turns[visit % len(site.turns)]
        if site.index is None:
            site.index = self.rows.reserve((site.source.path, site.line, site.column, kind or site.kind, site.what))
            with Own():
                named, value = self.maker.make(site.pool, site.what, site.index, turn)
            _, source, why = guess(site.pool)
            self.rows.injected(site.index, site.source.path, site.line, site.column, kind or site.kind, site.what, named, value, source, why)
            site.source.injected[site.node] = site.index
        else:
            named, value = self.maker.make(site.pool, site.what, site.index, turn)
            # A loop that goes on as long as a call gives something is to end.
            if site.loops and visit >= TURNS and kind != 'name':
                value = ENDS.get(named)
        return self.keep(value, site.index)

    def of_part(self, own, key, name):
        """What an instance gives that was not asked for by an expression of the file."""
        pool = own.pool.part(key)
        label, value = self.maker.make(pool, name if key == '()' else '%s.%s' % (own.name, name) if key[0] == 'a' else name, own.index)
        return self.keep(value, own.index)

    def elements(self, own):
        return [self.of_part(own, '[]', own.name + '[]') for _ in range(own.pool.root().arity or TURNS)]


    # Hooks.

    def on_p(self, index):
        self.ran[index] = 1
        self.steps += 1
        self.last[index] = self.steps
        # Often at first: what hangs in C, is killed or fills the memory has told what ran until then.
        if self.steps & 255 == 0 or self.steps < 256 and (self.steps & 15 == 0 or self.steps < 9) or self.steps > BUDGET:
            if self.steps > BUDGET or self.clock() > self.deadline:
                self.rows.spent = True
                raise Spent
            self.rows.flush()
            self.rows.ran(self)

    def on_a(self, number, base, name):
        own = facts(base)
        if own is None:
            try:
                return getattr(base, name)
            except AttributeError:
                if name in PYTHON2 and hasattr(base, PYTHON2[name]):
                    return self.renamed(self.sites[number], getattr(base, PYTHON2[name]))
                if type(base) is super and self.derives_from_injected(base.__self_class__):
                    return self.inject(self.sites[number])
                if not isinstance(base, types.ModuleType):
                    raise
                value = self.inject(self.sites[number])
                setattr(base, name, value)
                return value
        if name in base.__dict__:
            return base.__dict__[name]
        if name == '__class__' and own.kind is not None:
            return own.kind
        site = self.sites[number]
        value = self.inject(site)
        base.__dict__[name] = value
        return value

    def derives_from_injected(self, made):
        return any(self.index_of(base) is not None for one in made.__mro__ for base in one.__dict__.get('__orig_bases__', one.__bases__))

    def renamed(self, site, value):
        if site.index is None:
            site.index = self.rows.reserve()
            self.rows.injected(site.index, site.source.path, site.line, site.column, 'attribute', site.what, 'callable' if callable(value) else 'instance', value, 'library',
                               ['Python 2 had it; it has another name now'])
            site.source.injected[site.node] = site.index
        return value


    def on_i(self, number, base, key):
        own = facts(base)
        if own is not None:
            try:
                if key in own.items:
                    return own.items[key]
            except TypeError:
                return self.inject(self.sites[number])
            value = own.items[key] = self.inject(self.sites[number])
            return value
        try:
            return base[key]
        except IndexError:
            if base is not sys.argv:
                raise
            return self.inject(self.sites[number], 'argument')
        except KeyError:
            if type(base).__name__ != '_Environ':
                raise
            return self.inject(self.sites[number], 'argument')


    def on_l(self, number, value, count, star):
        own = facts(value)
        if own is not None:
            site = self.sites[number]
            if site.index is None:
                site.index = own.index
            value = [self.maker.make(site.pool.part('[]'), site.what + '[]', own.index, turn)[1] for turn in range(TURNS)]
        elif self.level >= 4:
            # What cannot be iterated over is to fail here, where it can be passed over.
            iter(value)
        if count == 0:
            return value
        return self.spread(value, number, count, star)

    def spread(self, values, number, count, star):
        for value in values:
            yield self.on_u(number, value, count, star, True)

    def on_u(self, number, value, count, star, inner=False):
        own = facts(value)
        if own is not None:
            site = self.sites[number]
            pool = site.pool.part('[]') if inner else site.pool
            return [self.maker.make(pool.part(('k', position)), site.what, own.index)[1] for position in range(count)]
        if value is sys.argv and count > len(value):
            site = self.sites[number]
            self.inject(site, 'argument')
            return list(value) + ['1'] * (count - len(value))
        return value

    def on_d(self, number):
        def register(made):
            self.objects[id(made)] = (number, made)
            self.kept.append(made)
            return made
        return register

    def on_g(self, number):
        return self.inject(self.sites[number], 'result')

    def on_q(self, number, count, star):
        site = self.sites[number]
        self.inject(site, 'result')
        values = [self.maker.make(site.pool.part('[]'), site.what + '[]', site.index, turn)[1] for turn in range(TURNS)]
        return self.spread(values, number, count, star) if count else values

    def on_n(self):
        return True

    def on_w(self):
        return True

    def on_s(self, number):
        return self.inject(self.sites[number])

    def on_k(self, meta):
        return type if facts(meta) is not None else meta


ENDS = {'text': '', 'bytes': b'', 'integer': 0, 'float': 0.0, 'boolean': False}
# Statements of a round: a loop that ends comes to thousands.
BUDGET = 200_000
