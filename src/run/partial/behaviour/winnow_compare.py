"""Two versions of a function on the same inputs: each in a process that has loaded it, each input in a process of its own forked from there, and what came of both side by side.

A difference counts when it is there again in a second run of both, in the other order, and both agree with their first run. It is then made small: places are given their first
value, one after another, for as long as the difference stays.
"""

import ast
import difflib
import json
import os
import re
import select
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
# Elapsed time that a call has beyond its own, seconds: a busy machine.
SLACK = 3.0
# Elapsed time in which a version is loaded, and in which some inputs run, seconds; on a machine with other work both take many times what they need.
LOAD, RUN = 60, 180
MOST_BYTES = 200_000
# Inputs that share a process: starting one costs as much as some calls.
TOGETHER = 8
# Looks, 0.2 s apart, at which a process was found waiting: nobody comes to what it waits for.
IDLE = 10
# Inputs on which neither version ends, and no more are tried: each costs as much as a hundred others.
ENDLESS = 4
# Inputs that are drawn before any learns from them, and decisions that are forced one after another.
DRAWN = 16
FORCINGS = 8
MENDINGS = 6
STAND = re.compile('\u2039[^\u203a]*\u203a')


class Zygote:
    """A process that has loaded a version and forks for each input."""

    def __init__(self, about, facts):
        ask, self.ask = os.pipe()
        self.answer, answer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.ask)
                os.close(self.answer)
                serve(about, facts, ask, answer)
            finally:
                os._exit(0)
        os.close(ask)
        os.close(answer)
        self.rest = b''
        self.lost = False
        self.about = self.read(LOAD)

    def read(self, seconds):
        end = time.monotonic() + seconds
        while b'\n' not in self.rest:
            ready, _, _ = select.select([self.answer], [], [], max(0, end - time.monotonic()))
            if not ready:
                self.lost = True
                return None
            part = os.read(self.answer, 65536)
            if not part:
                self.lost = True
                return None
            self.rest += part
        line, _, self.rest = self.rest.partition(b'\n')
        try:
            return json.loads(line)
        except ValueError:
            return None

    def run(self, specs):
        """-> what came of each input, or None where the process is lost."""
        if self.lost:
            return None
        try:
            send(self.ask, json.dumps(specs).encode() + b'\n')
        except OSError:
            self.lost = True
            return None
        return self.read(RUN)

    def close(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except OSError:
            pass


def serve(about, facts, ask, answer):
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.setpgid(0, 0)
    from winnow_side import CALL, Side
    try:
        side = Side(about, facts)
        told = {'gap': side.gap if side.raw is None else None, 'parameters': parameters(side)}
    except BaseException as error:
        side, told = None, {'gap': '%s: %s' % (type(error).__name__, str(error)[:200]), 'parameters': []}
    os.write(answer, json.dumps(told).encode() + b'\n')
    reader = os.fdopen(ask, 'rb')
    for line in reader:
        made = together(side, json.loads(line), CALL)
        send(answer, made + b'\n')


def parameters(side):
    import inspect
    if side.raw is None:
        return []
    made = [[one.name, str(one.kind.name), one.default is not one.empty] for one in inspect.signature(side.raw, follow_wrapped=False).parameters.values()]
    return made


def together(side, specs, seconds):
    """-> what came of each, as JSON. Where the process they share is lost, each gets its own."""
    made = forked(side, specs, seconds)
    if made is None and len(specs) > 1:
        parts = [forked(side, [spec], seconds) for spec in specs]
        return b'[%s]' % b', '.join(b'{"kind": "endless", "value": ""}' if part is None else part[1:-1] for part in parts)
    return b'[{"kind": "endless", "value": ""}]' if made is None else made


def attempt(side, spec, number):
    """In a directory of its own."""
    where = os.path.join(ROOT, 'w', str(number))
    os.makedirs(where, exist_ok=True)
    os.chdir(where)
    with open('a', 'w') as made:
        made.write('a\n1\n')
    try:
        result = side.call(spec)
        text = json.dumps(result)
        if len(text) < MOST_BYTES:
            return text
        result = {'kind': 'lost', 'value': 'too much to tell'}
    except BaseException as error:
        result = {'kind': 'lost', 'value': '%s: %s' % (type(error).__name__, str(error)[:200])}
    return json.dumps(result)


def forked(side, specs, seconds):
    """-> a JSON list, or None where it did not end."""
    source, sink = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(source)
            send(sink, ('[%s]' % ', '.join(attempt(side, spec, number) for number, spec in enumerate(specs))).encode())
        finally:
            os._exit(0)
    os.close(sink)
    # A call ends itself after its time; what does not let it is ended from here.
    seconds *= 1 + len(specs)
    data, end, ended, idle = b'', time.monotonic() + SLACK + seconds * 20, False, 0
    # CPU time decides what does not end: on a busy machine a second passes without anything done.
    while True:
        ready, _, _ = select.select([source], [], [], 0.2)
        if ready:
            part = os.read(source, 65536)
            if not part:
                ended = True
                break
            data += part
        else:
            spent, sleeps = used(pid)
            idle = idle + 1 if sleeps else 0
            if spent > seconds or idle >= IDLE or time.monotonic() > end:
                break
    os.close(source)
    if not ended:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    os.waitpid(pid, 0)
    where = os.path.join(ROOT, 'w')
    import shutil
    shutil.rmtree(where, ignore_errors=True)
    if not ended:
        return None
    return data or b'[%s]' % b', '.join([b'{"kind": "lost", "value": "nothing was told"}'] * len(specs))


def used(pid):
    """-> (CPU time in seconds, whether it waits for something)."""
    try:
        with open('/proc/%d/stat' % pid) as file:
            parts = file.read().rpartition(')')[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf('SC_CLK_TCK'), parts[0] == 'S'
    except (OSError, ValueError, IndexError):
        return 0, False


def send(sink, data):
    while data:
        data = data[os.write(sink, data):]


# What differs.

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
        if one[field] == other[field]:
            continue
        if masked(one[field]) != masked(other[field]):
            return 'strong', WORDS[field]
        weak = weak or ('weak', WORDS[field])
    return weak


def same(one, other):
    return {key: one.get(key) for key in FIELDS + ('kind',)} == {key: other.get(key) for key in FIELDS + ('kind',)}


class Comparison:
    def __init__(self, plan, write):
        self.plan, self.write = plan, write
        self.deadline = time.monotonic() + plan['wallMs'] / 1000
        self.inputs = 0
        self.reached = [False, False]
        self.soft = self.flaky = self.lost = self.equal = self.endless = 0
        self.weak = None
        self.differed = []

    def run(self):
        one, other = self.plan['versions']
        trees = [function_of(side) for side in (one, other)]
        for side, tree in zip((one, other), trees):
            if tree is None:
                return self.end('undecided', 'there is no function %s in %s' % (side['function'], side['path']))
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
        if not hasattr(os, 'fork'):
            return self.end('undecided', 'this interpreter cannot fork')
        self.zygotes = [Zygote(one, facts), Zygote(other, facts)]
        try:
            for zygote, side in zip(self.zygotes, (one, other)):
                if zygote.about is None or zygote.about['gap']:
                    return self.end('undecided', '%s: %s' % (side['path'], zygote.about['gap'] if zygote.about else 'it could not be loaded'))
            self.guide = Guide(trees, (one, other), places, {'seed': self.plan['seed'], 'alone': extra(trees, names), 'handled': self.handled, 'needed': self.needed})
            self.compare(names, extra(trees, names), examples(self.plan, one, other), bool(one['lines']), bool(other['lines']))
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
        self.write({'e': 'end', 'behaviour': behaviour, 'why': why, 'inputs': self.inputs, 'reached': self.reached, 'equal': self.equal, 'failed': self.soft, 'flaky': self.flaky, 'lost': self.lost, 'difference': difference})


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


def function_of(side):
    from winnow_side import definition
    try:
        return definition(ast.parse(side['text']), side['function'])
    except (SyntaxError, ValueError):
        return None


class Bare(ast.NodeTransformer):
    """Without what is told to people and type checkers alone."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.returns = None
        if isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
            node.body = node.body[1:] or [ast.Pass()]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_arg(self, node):
        node.annotation = None
        return node


def told(tree):
    return ast.dump(Bare().visit(ast.parse(ast.unparse(tree)).body[0]))


def changed(one, other, trees):
    """Lines of statements that stand in one of the two alone, for each."""
    rows = [side['text'].splitlines()[tree.lineno - 1:tree.end_lineno] for side, tree in zip((one, other), trees)]
    made = [set(), set()]
    plain = [[re.sub(r'\s+', ' ', row).strip() for row in part] for part in rows]
    for kind, a, b, c, d in difflib.SequenceMatcher(None, plain[0], plain[1], autojunk=False).get_opcodes():
        if kind != 'equal':
            made[0].update(range(trees[0].lineno + a, trees[0].lineno + b))
            made[1].update(range(trees[1].lineno + c, trees[1].lineno + d))
    result = []
    for tree, lines in zip(trees, made):
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt) and node is not tree:
                last = node.body[0].lineno - 1 if getattr(node, 'body', None) else node.end_lineno
                span = range(node.lineno, max(last, node.lineno) + 1)
                if lines & set(span) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                    found.update(span)
        result.append(sorted(found))
    return result + [sorted(lines) for lines in made]


def handled(trees):
    """Exceptions that one of the two looks out for more often than the other: its writer knows that they come."""
    counts = []
    for tree in trees:
        found = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                for part in ast.walk(node.type) if node.type is not None else ():
                    if isinstance(part, ast.Name):
                        found[part.id] = found.get(part.id, 0) + 1
        counts.append(found)
    return sorted(name for name in set(counts[0]) | set(counts[1]) if counts[0].get(name, 0) != counts[1].get(name, 0))


def positional(tree):
    return [one.arg for one in tree.args.posonlyargs + tree.args.args]


def renamed(trees):
    """Names of parameters as the first version has them, by position."""
    return {}, {mine: its for its, mine in zip(positional(trees[0]), positional(trees[1])) if its != mine and its not in positional(trees[1]) and mine not in positional(trees[0])}


def extra(trees, names):
    """Parameters that can be passed by name to one of the two alone."""
    named = [{one.arg for one in tree.args.args + tree.args.kwonlyargs} for tree in trees]
    return sorted(named[0] ^ named[1])


def needed(trees):
    """Parameters of both that only one of them can do without."""
    free = []
    for tree in trees:
        args = positional(tree)
        free.append(set(args[len(args) - len(tree.args.defaults):] if tree.args.defaults else ()) | {one.arg for one, default in zip(tree.args.kwonlyargs, tree.args.kw_defaults) if default is not None})
    named = [set(positional(tree)) | {one.arg for one in tree.args.kwonlyargs} for tree in trees]
    return sorted((free[0] ^ free[1]) & named[0] & named[1])


def examples(plan, one, other):
    """Calls of the function with arguments that can be worked out: in its own examples, and in the files that were given for them."""
    name = one['function'].rpartition('.')[2]
    if '.' in one['function']:
        return []
    found = []
    texts = []
    for side in (one, other):
        tree = function_of(side)
        doc = ast.get_docstring(tree) or ''
        texts += [line for line in re.findall(r'^\s*(?:>>>|\.\.\.) (.*)$', doc, re.M)]
    for text in texts + plan.get('callers', []):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, 'attr', getattr(node.func, 'id', '')) == name and not any(isinstance(one, ast.Starred) for one in node.args):
                spec = {'args': [ast.unparse(one) for one in node.args], 'keywords': {one.arg: ast.unparse(one.value) for one in node.keywords if one.arg}}
                if spec not in found and all(closed(one) for one in node.args) and all(closed(one.value) for one in node.keywords):
                    found.append(spec)
    return found[:30]


def closed(node):
    """Whether an expression names nothing but what is built in: it can be worked out anywhere."""
    import builtins
    own = {one.arg for part in ast.walk(node) if isinstance(part, ast.Lambda) for one in part.args.args}
    own |= {one.id for part in ast.walk(node) if isinstance(part, ast.comprehension) for one in ast.walk(part.target) if isinstance(one, ast.Name)}
    return all(part.id in own or hasattr(builtins, part.id) for part in ast.walk(node) if isinstance(part, ast.Name)) and not any(isinstance(part, (ast.Attribute, ast.Await)) for part in ast.walk(node))


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
