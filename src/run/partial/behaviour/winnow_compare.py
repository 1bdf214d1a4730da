"""Two versions of a function on the same inputs: each in a process that has loaded it, each input in a process of its own forked from there, and what came of both side by side.

A difference counts when it is there again in a second run of both, in the other order, and both agree with their first run. It is then made small: places are given their first
value, one after another, for as long as the difference stays.
"""

import json
import os
import re
import sys
import time
from collections import Counter

from winnow_forked import HERE, ROOT, Zygote
from winnow_callers import look
from winnow_versions import changed, extra, function_of, handled, needed, parsable, renamed, told

# Inputs that share a process: starting one costs as much as some calls.
TOGETHER = 8
# Inputs on which neither version ends, and no more are tried: each costs as much as a hundred others.
ENDLESS = 4
# Inputs that are drawn before any learns from them; rounds in which calls are stood in for, then in which tests are decided, as the last resort.
DRAWN = 16
MENDINGS = 6
FORCINGS = 8
# Rounds in which methods of the class give what their use tells, where nothing differs otherwise.
HELPINGS = 3
STAND = re.compile('\u2039[^\u203a]*\u203a')

# Calls of which each counts.
PILES = re.compile(r'(^enter |^exit |^sleep|^del )|(write|append|add|put|send|push|print|emit|extend|insert|inc|increment|echo|next|pop|notify|log|save|count|read|release|acquire)\w*$')

FIELDS = ('value', 'effects', 'writes', 'state', 'out', 'err', 'globals', 'files')
WORDS = {'value': 'result', 'effects': 'calls', 'writes': 'writes', 'state': 'arguments', 'out': 'standard output', 'err': 'standard error', 'globals': 'globals', 'files': 'files'}


def masked(value):
    return STAND.sub('\u2039\u203a', json.dumps(value, sort_keys=True, ensure_ascii=False))


def difference(one, other):
    """-> (how sure, what differs) or None. `strong`: in values that are there; `weak`: only in which stand-in stands where."""
    kinds = {one['kind'], other['kind']}
    if 'lost' in kinds:
        return None
    if 'endless' in kinds:
        return ('strong', 'end') if kinds != {'endless'} else None
    if one.get('refused') != other.get('refused'):
        return 'strong', 'signature'
    if one.get('soft') or other.get('soft'):
        return None
    if kinds == {'returned', 'raised'}:
        return 'strong', 'exception'
    if kinds == {'raised'}:
        if one['value'] != other['value']:
            return 'strong', 'exception'
        # What was done until then is worth telling where nothing injected can be to blame.
    weak = None
    for field in FIELDS:
        if field == 'value' and kinds == {'raised'}:
            continue
        if one[field] == other[field] or field == 'effects' and repeats(one[field], other[field]):
            continue
        if masked(one[field]) != masked(other[field]):
            return 'strong', WORDS[field]
        weak = weak or ('weak', WORDS[field])
    return weak


def repeats(one, other):
    """Whether two lists of calls differ only in calls that one of them repeats: of most, done twice is done. What piles up, or is entered and left, counts each time."""
    if list(dict.fromkeys(one)) != list(dict.fromkeys(other)):
        return False
    counts = Counter(one), Counter(other)
    return not any(PILES.search(text.partition('(')[0]) for text in counts[0] if counts[0][text] != counts[1][text])


def same(one, other):
    return {key: one.get(key) for key in FIELDS + ('kind',)} == {key: other.get(key) for key in FIELDS + ('kind',)}


class Comparison:
    def __init__(self, plan, write):
        self.plan, self.write = plan, write
        self.inputs = 0
        self.reached = [False, False]
        self.soft = self.flaky = self.lost = self.equal = self.endless = 0
        self.weak = None
        self.differed = []

    def run(self):
        one, other = self.plan['versions']
        for side in (one, other):
            parsable(side)
        trees, gaps = zip(*(function_of(side) for side in (one, other)))
        for gap in gaps:
            if gap is not None:
                return self.end('undecided', gap)
        if told(trees[0]) == told(trees[1]):
            return self.end('preserved', 'the two are the same but for comments, docstrings and annotations')
        one['lines'], other['lines'], one['differ'], other['differ'] = changed(one, other, trees)
        names = renamed(trees)
        self.handled = handled(trees)
        self.needed = needed(trees)
        from winnow_guide import Guide
        from winnow_places import Places, both
        places = [Places(one['text'], one['function'], {}), Places(other['text'], other['function'], names[1])]
        facts = both(places[0].facts, places[1].facts)
        examples, facts['given'], facts['seen'] = look(self.plan, (one, other), trees, names)
        if not hasattr(os, 'fork'):
            return self.end('undecided', 'this interpreter cannot fork')
        self.zygotes = [Zygote(one, facts), Zygote(other, facts)]
        try:
            for zygote, side in zip(self.zygotes, (one, other)):
                if zygote.about is None or zygote.about['gap']:
                    return self.end('undecided', '%s: %s' % (side['path'], zygote.about['gap'] if zygote.about else 'it could not be loaded'))
            self.guide = Guide(trees, (one, other), places, {'seed': self.plan['seed'], 'alone': extra(trees, names), 'handled': self.handled, 'needed': self.needed})
            self.compare(names, extra(trees, names), examples, bool(one['lines']), bool(other['lines']))
        finally:
            for zygote in self.zygotes:
                zygote.close()

    def both(self, spec, turned=False):
        made = [None, None]
        for index in (1, 0) if turned else (0, 1):
            found = self.zygotes[index].run([dict(spec, names=self.names[index])])
            made[index] = found[0] if found else None
        return made

    def several(self, specs):
        """-> pairs of outcomes."""
        made = [self.zygotes[index].run([dict(spec, names=self.names[index]) for spec in specs]) for index in (0, 1)]
        return [] if None in made or len(made[0]) != len(specs) or len(made[1]) != len(specs) else list(zip(*made))

    def compare(self, names, extra, examples, has_one, has_other):
        self.names = names
        self.deadline = time.monotonic() + self.plan['wallMs'] / 1000
        turn = 0
        while turn < self.plan['inputs'] and time.monotonic() < self.deadline:
            specs = [self.planned(number, extra, examples) for number in range(turn, min(turn + TOGETHER, self.plan['inputs']))]
            turn += len(specs)
            state = self.tried(specs)
            if state is None:
                return
            if not state or self.endless >= ENDLESS or turn > DRAWN and self.guide.open() and time.monotonic() > self.deadline - self.plan['wallMs'] / 2000:
                break
        for turn in range(MENDINGS + FORCINGS):
            if self.weak is not None or not self.guide.open() or time.monotonic() > self.deadline:
                break
            specs = [one for one in (self.guide.next(True) for _ in range(TOGETHER)) if one is not None] if turn < MENDINGS else self.guide.forced()
            state = self.tried(specs) if specs else False
            if state is None:
                return
            if not state:
                break
        specs = self.guide.others() if self.weak is None and time.monotonic() < self.deadline else []
        if specs and self.tried(specs) is None:
            return
        for _ in range(HELPINGS):
            specs = [one for one in (self.guide.helped() for _ in range(TOGETHER)) if one is not None] if self.weak is None and time.monotonic() < self.deadline else []
            if specs and self.tried(specs) is None:
                return
        if self.weak is not None:
            return self.changed(self.weak[0], self.weak[1], ('weak', self.weak[2]))
        reached = (self.reached[0] or not has_one) and (self.reached[1] or not has_other)
        if self.inputs == 0:
            return self.end('undecided', 'no input could be run')
        if not reached:
            return self.end('undecided', 'the lines that differ were never reached')
        if self.equal == 0:
            return self.end('undecided', 'on every input an injected value failed in an operation, a call was lost or the difference did not come again')
        return self.end('preserved', 'no difference')

    def tried(self, specs):
        """-> None where a difference was found and told; False where nothing came of it."""
        made = self.several(specs)
        for spec, outcomes in zip(specs, made):
            self.guide.learn(spec, outcomes)
            if self.look(spec, outcomes):
                return None
        return bool(made)

    def planned(self, number, extra, examples):
        """The first inputs are drawn; of the rest, every other one learns from those before."""
        learned = self.guide.next() if number >= DRAWN and number % 2 else None
        return learned if learned is not None else self.spec(number if number < DRAWN else DRAWN + (number - DRAWN) // 2, extra, examples)

    def spec(self, number, extra, examples):
        spec = {'seed': self.plan['seed'], 'turn': number, 'alone': extra, 'handled': self.handled, 'needed': self.needed}
        if number >= TOGETHER and self.guide.keys:
            spec['keys'] = list(self.guide.keys)
        if number >= TOGETHER and self.guide.bad:
            spec['avoid'] = self.guide.avoid()
        if number >= DRAWN and self.guide.near:
            spec['near'] = {kind: list(values) for kind, values in self.guide.near.items()}
        if examples and number % 2 == 0 and number // 2 < len(examples):
            spec['example'] = examples[number // 2]
        elif self.needed and number % 7 == 5:
            spec['omit'] = [self.needed[number // 7 % len(self.needed)]]
        elif extra and number % 5 == 4:
            spec['extra'] = [extra[number // 5 % len(extra)]]
        return spec

    def look(self, spec, outcomes):
        """-> whether a difference was found that counts."""
        self.inputs += 1
        for index, outcome in enumerate(outcomes):
            self.reached[index] = self.reached[index] or bool(outcome.get('ran'))
        if any(outcome['kind'] == 'lost' for outcome in outcomes):
            self.lost += 1
            return False
        if outcomes[0].get('input') != outcomes[1].get('input') and 'example' not in spec and not any(outcome.get('refused') for outcome in outcomes):
            self.flaky += 1
            return False
        found = difference(*outcomes)
        if found is None:
            if outcomes[0]['kind'] == 'endless':
                self.endless += 1
            elif any(outcome.get('soft') for outcome in outcomes):
                self.soft += 1
            else:
                self.equal += 1
            return False
        # Which stand-in stands where is told by values that were asked for, not by those that a wish put there.
        if found[0] == 'weak' and (self.weak is not None or spec.get('wish') and not spec.get('others')):
            self.equal += 1
            return False
        # Once more in processes of their own, the other one first: what inputs before left behind, or what changes by itself, is no difference.
        first, second = self.both(spec, True), self.both(spec)
        if None in first + second or difference(*first) != found or not all(same(one, other) for one, other in zip(first, second)):
            self.flaky += 1
            return False
        if found[0] == 'weak':
            self.weak = (spec, first, found[1])
            return False
        self.changed(spec, first, found)
        return True

    def changed(self, spec, outcomes, found):
        """Smaller for as long as the same thing differs."""
        asked = [name for name in outcomes[0].get('input', {})] + [name for name in outcomes[1].get('input', {})]
        plain = []
        # What was decided only because it might have to be is not needed.
        for kind in ('mend', 'force'):
            for key in list(spec.get(kind, ())):
                trial = dict(spec, **{kind: {name: value for name, value in spec[kind].items() if name != key}})
                made = self.both(trial) if time.monotonic() < self.deadline else [None]
                if None not in made and difference(*made) == found:
                    spec, outcomes = trial, made
        # Each trial of what does not end costs as much as a hundred others.
        if 'example' not in spec and found[1] != 'end':
            for place in dict.fromkeys(asked):
                if len(plain) > 12 or time.monotonic() > self.deadline:
                    break
                trial = dict(spec, plain=plain + [place])
                made = self.both(trial)
                if None not in made and difference(*made) == found:
                    plain, outcomes = plain + [place], made
        self.end('changed', found[1], {'sure': found[0], 'input': outcomes[0].get('input') or outcomes[1].get('input') or {}, 'turn': spec['turn'], 'assumed': assumed(spec),
                                       'one': shown(outcomes[0], outcomes[1]), 'other': shown(outcomes[1], outcomes[0])})

    def end(self, behaviour, why, difference=None):
        self.write({'e': 'end', 'behaviour': behaviour, 'why': why, 'inputs': self.inputs, 'reached': self.reached, 'equal': self.equal, 'failed': self.soft, 'flaky': self.flaky, 'lost': self.lost, 'difference': difference,
                    'gaps': [gap for side in self.plan['versions'] for gap in side.get('gaps', [])]})


def assumed(spec):
    """What was decided for an input, in words."""
    told = []
    for key, value in sorted(spec.get('force', {}).items()):
        told.append('what begins with `%s` fails with %s' % (key[4:], value) if key.startswith('try ') else '`%s` %s' % (key[6:] if key.startswith('while ') else key, 'holds' if value else 'does not hold'))
    for key in sorted(spec.get('mend', {})):
        told.append('`%s` is stood in for' % key[5:])
    return [one[:300] for one in told[:20]]


def shown(outcome, other):
    """An outcome for a person: how it ended, and of the rest what differs."""
    parts = [['ends', {'returned': 'returns ', 'raised': 'raises ', 'endless': 'does not end', 'lost': 'is lost'}[outcome['kind']] + str(outcome['value'])[:400]]]
    for field in FIELDS[1:]:
        if field in outcome and outcome[field] != other.get(field):
            value, rest = outcome[field], other.get(field)
            if isinstance(value, list):
                at = next((index for index, (mine, its) in enumerate(zip(value, rest or [])) if mine != its), min(len(value), len(rest or [])))
                text = '%d in all; %s' % (len(value), ', '.join(value[at:at + 3]) or 'no more')
            elif isinstance(value, dict):
                text = ', '.join('%s: %s' % (key, value[key]) for key in sorted(value) if not isinstance(rest, dict) or rest.get(key) != value[key]) or 'none'
            else:
                text = json.dumps(value)
            parts.append([WORDS[field], text[:400]])
    return parts


def main():
    with open(os.path.join(HERE, 'compare.json'), 'rb') as file:
        plan = json.loads(file.read().decode('utf-8'))
    for side in plan['versions']:
        side['root'] = os.path.join(ROOT, side['tree'])
        side['packages'] = plan.get('packages', [])
    sys.dont_write_bytecode = True
    sys.setrecursionlimit(600)

    def write(row):
        with open(os.path.join(HERE, 'behaviour.jsonl'), 'w', encoding='utf-8', errors='backslashreplace') as made:
            made.write(json.dumps(row))
    Comparison(plan, write).run()


if __name__ == '__main__':
    main()
