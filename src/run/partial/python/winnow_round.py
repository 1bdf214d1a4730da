"""What the hooks of a rewritten program do: they let the program be where it is whole, and give values where it is not.

A round knows its sites (expressions whose value can be missing), leaves (conditions) and definitions by number. Each site has one guess, made when it is first needed; what is
made later at the same site is of the same type. Whatever a hook does not know it leaves as it is, and every error but those that a missing thing causes goes on to the program.
"""

import sys
import time
import types

from winnow_failures import Own, tell
from winnow_conditions import MIRROR
from winnow_instance import COMPARISONS, Facts, Instance, facts
from winnow_known import NETWORK, PYTHON2
from winnow_names import FRAME, REAL, Names
from winnow_paths import TURNS
from winnow_pools import Pool, guess
from winnow_values import Maker, worth



class Spent(BaseException):
    """The round has run long enough."""


class Stop(Exception):
    """An error that is raised to get into a handler, where the handler's own type cannot be made."""


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


class Mapping(dict):
    """A mapping that has the keys that it is asked for."""

    def __missing__(self, key):
        own = OWN[id(self)]
        value = own[0].maker.make(own[1].part('[]'), own[2] + '[]', own[3])[1]
        self[key] = value
        return value


OWN = {}


class Round:
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
        self.failed, self.passed = set(), {}
        self.ran = bytearray()
        self.safe = {name: REAL[name] for name in ('Exception', 'ValueError', 'TypeError', 'KeyError', 'object', 'range', 'list', 'dict', 'set', 'tuple', 'str', 'int', 'float', 'bytes', 'bool', 'type')}
        self.names = Names(self)
        self.names.update(REAL)
        self.names.update({'_winnow_' + name: getattr(self, 'on_' + name) for name in 'acitulmdfxrphgnwkysqo'})
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

    def error_class(self, name):
        if name in REAL and isinstance(REAL[name], type):
            return REAL[name]
        if name not in self.errors:
            self.errors[name] = type(name, (Exception,), {'__init__': lambda self, *args, **keywords: self.__dict__.update(keywords), '__getattr__': missing_attribute(self, name), '__module__': '__main__'})
        return self.errors[name]

    def base_class(self, own):
        """What a class is derived from whose base is missing."""
        round = self

        class Base:
            def __init__(self, *args, **keywords):
                pass

            def __init_subclass__(cls, **keywords):
                pass

            __getattr__ = missing_attribute(round, own.name, own)

        Base.__name__ = Base.__qualname__ = own.name.rsplit('.', 1)[-1].strip('()') or 'Base'
        return Base

    def truth(self):
        return self.plan['truth'] != 'false'

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

    def on_c(self, number, callee):
        own = facts(callee)
        if own is None:
            if type(callee) is types.FunctionType and callee in self.world:
                self.open_site = self.sites[number]
                return callee
            if type(callee) is types.BuiltinFunctionType and type(callee.__self__) is Mapping and callee.__name__ == 'get':
                return self.looked_up(self.sites[number], callee.__self__)
            if callee is getattr:
                return self.asked_for(self.sites[number])
            if type(callee) is types.MethodType and type(callee.__self__) is Instance and callee.__name__ == '__init__':
                # Of a class that is missing: it takes what it is given.
                return lambda *args, **keywords: None
            guarded = NETWORK.get(getattr(callee, '__name__', None)) if type(callee) in CALLABLE else None
            if guarded is not None and getattr(callee, '__module__', None) in guarded:
                return self.outside(number, callee)
            return callee
        site = self.sites[number]

        def call(*args, **keywords):
            if len(args) == 1 and not keywords and self.is_own_code(args[0]):
                kind, source, _ = guess(site.pool)
                if kind in ('instance', 'callable', 'class'):
                    return args[0]
            name = own.name.rsplit('.', 1)[-1]
            if name.endswith(ERRORS):
                made = self.error_class(name)(*args, **keywords)
                self.raised.add(id(made))
                self.kept.append(made)
                return made
            value = self.inject(site)
            if type(value) is Instance and own.label == 'class':
                facts(value).kind = callee
            return value

        return call

    def looked_up(self, site, mapping):
        """`get` of an injected mapping: whether it has a key is as free as what is in it, so that something is there where something is done with it."""
        def get(key, default=None):
            if key in mapping:
                return mapping[key]
            pool = site.pool.root()
            gained = worth(pool, default, site.count)
            if gained > 0 or gained == 0 and not (pool.attributes or pool.called or pool.conditions):
                return default
            value = mapping[key] = self.inject(site)
            return value

        return get

    def asked_for(self, site):
        """`getattr` with a default: an instance of which nothing is known may lack what it is asked for, where more runs without."""
        def get(value, name, *default):
            if default and facts(value) is not None and name not in value.__dict__ and worth(site.pool.root(), default[0], site.count) > 0:
                return default[0]
            return getattr(value, name, *default)

        return get

    def outside(self, number, callee):
        """A call into the network, or of a program that is not there: its own answer where it has one."""
        def call(*args, **keywords):
            if callee.__name__ == 'sleep':
                return None
            try:
                return callee(*args, **keywords)
            except (OSError, EOFError) as error:
                if isinstance(error, FileNotFoundError) and callee.__module__ != 'subprocess':
                    raise
                site = self.sites[number]
                return self.inject(site, 'call' if callee.__module__ == 'subprocess' else 'network')
        return call

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

    def on_t(self, number, value):
        source, leaf, seen = self.leaves[number]
        want = leaf.next_way()
        leaf.visits += 1
        if self.asking:
            self.asked.add(number)
        if leaf.other and (self.plan['truth'] == 'false' or self.plan['truth'] == 'alternate' and number % 2 or self.plan['truth'] == 'alternate-late' and not number % 2):
            want = not want
        if type(leaf.branch).__name__ == 'While':
            want = want if leaf.visits % (TURNS + 1) else not want
        elif leaf.other and self.calling and not leaf.loops and leaf.visits % 2 == 0:
            want = not want
        elif self.calling and not leaf.loops and leaf.visits % 3 == 0:
            want = not want
        if type(value) is Instance:
            source.decided[leaf.node] = self.index_of(value)
            seen.add(want)
            return want
        result = bool(value)
        # A real condition is decided against itself where something is gained by it, and no loop is kept from its end.
        if self.level >= 3 and result != want and self.matters(source, leaf.branch) and (leaf.visits == 1 or leaf.visits <= 4 and want not in seen) and leaf.worth > 0.4 and not (type(leaf.branch).__name__ == 'While' and leaf.visits > 1):
            self.force(source, leaf.node, want)
            result = want
        seen.add(result)
        return result

    def on_o(self, number, left, right):
        """Two values that are compared: where it goes the worse way, what a guess would have to be is told to the next round."""
        source, leaf, _ = self.leaves[number]
        node = leaf.compared
        result = COMPARISONS[node[1]](left, right)
        if node[1] in ('Is', 'IsNot'):
            # Of two values that were both guessed, nothing tells whether they are one.
            known = left is right or left is None or right is None or facts(left) is None and facts(right) is None
            if known or self.index_of(left) is None or self.index_of(right) is None:
                return result
            return self.instance(Pool(), self.index_of(left), 'is', 'instance')
        if leaf.asks and type(result) is bool and result != leaf.next_way() and leaf.worth > 0.5 and type(left) in NUMBERS and type(right) in NUMBERS:
            leaf.asks -= 1
            for side, other, name in ((node[2], left, MIRROR.get(node[1], node[1])), (node[0], right, node[1])):
                wanted = next((one for one in (other, other + 1, other - 1) if COMPARISONS[name](one, other) != result), None)
                if wanted is not None and source.uses.of[side].root().chosen is not None:
                    line, column = source.place(side)
                    self.rows.want(source.path, line, column, 'name', source.text(side), 'integer' if type(wanted) is int else 'float', repr(wanted), 'more runs where it is so', 'forced')
                    break
        return result

    def on_m(self, number, value, holder, negated):
        """Whether something is in what was injected is as free as what is in it: what is asked for is put there where that is the better way."""
        leaf = self.leaves[number][1]
        index = self.undecided(value, holder)
        if index is not NOTHING:
            return self.instance(Pool(), index, 'in', 'instance')
        found = value in holder
        if found or leaf.next_way() == negated or leaf.visits >= TURNS or id(holder) not in self.identity:
            return found != negated
        try:
            if type(holder) is Mapping:
                holder[value]
            elif type(holder) is list:
                holder.append(value)
            elif type(holder) is set:
                holder.add(value)
        except TypeError:
            pass
        return (value in holder) != negated

    def undecided(self, value, holder):
        """Which injection decides whether a value is in a collection: an instance of which nothing is known may equal any other value. `NOTHING` where all is known."""
        if facts(holder) is not None:
            return facts(holder).index
        if type(holder) not in (set, frozenset, tuple, list, dict, Mapping) or len(holder) > LOOKED_AT:
            return NOTHING
        own = facts(value)
        if own is not None and (holder or self.index_of(holder) is not None):
            return NOTHING if any(one is value for one in holder) else own.index
        others = [facts(one) for one in holder if facts(one) is not None]
        if not others or any(facts(one) is None and one == value for one in holder):
            return NOTHING
        return others[0].index

    def matters(self, source, branch):
        """Whether what is asked for may hang on a statement: it has begun, or stands in there."""
        return self.asking or source is self.wanted[0] and branch.lineno <= self.wanted[1] <= branch.end_lineno

    def force(self, source, node, way):
        if node not in source.forced:
            line, column = source.place(node)
            index = self.rows.reserve()
            source.forced[node] = index
            source.injected[node] = index
            self.rows.injected(index, source.path, line, column, 'branch', source.text(node), 'boolean', way, 'forced', ['the other way had run or ends here'])

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

    def on_f(self, module, level, names, line):
        """What `from module import names` will miss in a module that is there is put into it."""
        if level:
            return
        try:
            found = __import__(module, None, None, ['*'] if '.' in module else [])
            found = sys.modules.get(module, found)
        except Exception:
            return
        if type(found).__name__ == 'MissingModule':
            return
        for name in names:
            if not hasattr(found, name):
                try:
                    __import__(module + '.' + name)
                except Exception:
                    asking = [source.path for source in self.sources if (module, name) in source.uses.scopes.imports]
                    setattr(found, name, self.imported(module, name, (asking or [self.sources[0].path])[0], line))

    def imported(self, module, name, path, line):
        for source in self.sources:
            pool = source.uses.scopes.imports.get((module, name))
            if pool is not None:
                break
        else:
            pool = Pool()
        index = self.patched[module, name] = self.rows.reserve()
        named, value = self.maker.make(pool, name, index)
        _, reason, why = guess(pool)
        self.rows.injected(index, path, line, 1, 'attribute', '%s.%s' % (module, name), named, value, reason, why)
        return self.keep(value, index)

    def on_x(self, kind):
        if isinstance(kind, tuple):
            return tuple(self.on_x(one) for one in kind)
        own = facts(kind)
        return self.error_class(own.name.rsplit('.', 1)[-1]) if own is not None else kind

    def on_r(self, error):
        own = facts(error)
        if own is not None:
            error = self.error_class(own.name.rsplit('.', 1)[-1].strip('()') or 'Error')()
        if isinstance(error, type) and issubclass(error, BaseException):
            error = error()
        if isinstance(error, BaseException):
            self.raised.add(id(error))
            self.kept.append(error)
        return error

    def on_h(self, error):
        """An error behind which the round goes on, or does not."""
        if id(error) in self.raised or isinstance(error, RecursionError) and is_deep():
            raise error
        if not self.failure(error, 'resumed'):
            raise error

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

    def on_y(self, number, kinds, early):
        """At the end of what is tried: the error that gets into a handler, once. In rounds of another truth at its beginning, for what is never left by its end."""
        attempt = self.attempts[number]
        source, node, position = attempt
        truth = self.plan['truth']
        if position >= len(node.handlers) or early != (truth in ('false', 'alternate')) or not self.matters(source, node):
            return
        if early:
            position = 0 if truth == 'alternate' else len(node.handlers) - 1
            attempt[2] = len(node.handlers)
        else:
            attempt[2] += 1
        handler = node.handlers[position]
        if not early and not self.calling and source.uses.conditions.paths.end(handler.body) != 'on':
            return
        kind = kinds()[position]
        kind = kind[0] if isinstance(kind, tuple) and kind else kind
        error = self.sample(kind)
        if error is None:
            return
        line, column = source.place(handler)
        index = self.rows.reserve()
        source.injected[handler] = index
        self.rows.injected(index, source.path, line, column, 'branch', source.text(handler.type) if handler.type is not None else 'except', 'error', error, 'forced', ['nothing had got into the handler'])
        self.raised.add(id(error))
        self.kept.append(error)
        error._winnow_index = index
        raise error

    def sample(self, kind):
        if kind is None:
            return Stop('a')
        if not isinstance(kind, type) or not issubclass(kind, Exception):
            return None
        for args in ((), ('a',), (1, 'a'), ('utf-8', b'a', 0, 1, 'a')):
            try:
                return kind(*args)
            except Exception:
                pass
        return None

    def failure(self, error, after):
        return tell(self, error, after)


def is_deep():
    """Whether so many calls stand open that little can be done here."""
    try:
        FRAME(SHALLOW)
    except ValueError:
        return False
    return True


# Calls that stand open where an endless recursion may be passed over; each of them may begin it anew.
SHALLOW = 40
# What `undecided` tells where nothing is.
NOTHING = object()
# Elements of a collection that are looked at for being injected.
LOOKED_AT = 50
ERRORS = ('Error', 'Exception', 'Warning')
CALLABLE = (types.FunctionType, types.BuiltinFunctionType, type, types.MethodType)
ENDS = {'text': '', 'bytes': b'', 'integer': 0, 'float': 0.0, 'boolean': False}
NUMBERS = (int, float)
# Statements of a round: a loop that ends comes to thousands.
BUDGET = 200_000


def missing_attribute(round, name, own=None):
    def __getattr__(self, attribute):
        if attribute.startswith('__') and attribute.endswith('__'):
            raise AttributeError(attribute)
        holder = own or Facts(round, Pool(), None, name, 'instance')
        value = round.of_part(holder, ('a', attribute), attribute)
        try:
            self.__dict__[attribute] = value
        except Exception:
            pass
        return value
    return __getattr__
