"""How conditions go: where an injected value decides them, the better way; where the program's own does, its own way, and from level 3 on the other one where something is gained by it."""

from winnow_conditions import MIRROR
from winnow_instance import COMPARISONS, Instance, facts
from winnow_mapping import Mapping
from winnow_paths import TURNS
from winnow_pools import Pool

# What `undecided` tells where nothing is.
NOTHING = object()
# Elements of a collection that are looked at for being injected.
LOOKED_AT = 50
NUMBERS = (int, float)


class Decisions:
    def truth(self):
        return self.plan['truth'] != 'false'

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
