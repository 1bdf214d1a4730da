/**
 * How exact answers about execution are: places of a set of questions (REval's) are asked of our traces and of an independent recorder on `sys.settrace`,
 * which evaluates each expression in the frame itself, and outputs are compared with those that the set has.
 *
 * node perf/execution-exact.ts DATA.jsonl TASKS.jsonl [native|embedded]
 *
 * DATA: `task_id`, `code`, `entry_point`, `inputs`, `outputs`, `test`. TASKS: for an input of a program pairs of line and expression. Classes have statements as
 * inputs, written as the body of a test method: they run with the `setUp` of the test class that they come from. Exit code 1: something differs.
 */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keyOf, type Literal, literalText, readLiteral } from '../src/bench/execution/literal.ts';
import { heldIn, literalOf, lookUp, typeOf } from '../src/bench/execution/lookup.ts';
import { eachMoment, runnableLines } from '../src/bench/execution/points.ts';
import { inCase, type Program, type Start } from '../src/bench/execution/programs.ts';
import { codeFile, jobOf, traced } from '../src/bench/execution/traced.ts';
import { openRunner } from '../src/run/mod.ts';

/**
 * A statement is named by its first line, as our traces do. Its lines in a row are one execution, and so are the rounds of a comprehension, which since Python 3.12
 * have no frame of their own and tell the line each time.
 */
const recorder = `
import ast, json, sys
places = json.loads(PLACES)
source = open('program.py').read()
first, many = {}, set()
for node in ast.walk(ast.parse(source)):
    if isinstance(node, ast.stmt):
        body = getattr(node, 'body', None)
        end = node.end_lineno if not isinstance(body, list) else max(node.lineno, body[0].lineno - 1)
        if isinstance(body, list):
            end = min(end, max([getattr(part, 'end_lineno', node.lineno) for name, part in ast.iter_fields(node) if isinstance(part, ast.expr)] + [node.lineno]))
        for line in range(node.lineno, end + 1):
            first[line] = node.lineno
        inside = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        if end > node.lineno or any(isinstance(part, ast.comprehension) for one in inside for part in ast.walk(one)):
            many.add(node.lineno)
ran, states, nexts, before, raised = set(), {}, {}, {}, {}
def told(expression, frame):
    try:
        value = eval(expression, frame.f_globals, frame.f_locals)
    except Exception as error:
        return ['none', type(error).__name__]
    return [type(value).__name__, repr(value)]
def close(frame, next):
    line = before.pop(id(frame), None)
    if line is None:
        return
    nexts.setdefault(line, []).append(next)
    for expression in places.get(str(line), ()):
        states.setdefault('%d %s' % (line, expression), []).append(told(expression, frame))
def local(frame, event, argument):
    if event == 'line':
        line = first.get(frame.f_lineno, frame.f_lineno)
        raised.pop(id(frame), None)
        ran.add(line)
        if before.get(id(frame)) == line and line in many:
            return local
        close(frame, line)
        before[id(frame)] = line
    elif event == 'exception':
        raised[id(frame)] = True
    elif event == 'return':
        close(frame, -1 if raised.pop(id(frame), False) else 0)
    return local
def called(frame, event, argument):
    code = frame.f_code
    if code.co_filename.endswith('program.py') and code.co_name not in ('<listcomp>', '<setcomp>', '<dictcomp>', '<genexpr>', '<lambda>'):
        return local
start = compile(open('winnow_start.py').read(), 'winnow_start.py', 'exec')
sys.settrace(called)
try:
    exec(start, {'__name__': '__main__'})
finally:
    sys.settrace(None)
    with open('truth.json', 'w') as file:
        json.dump({'ran': sorted(ran), 'states': states, 'nexts': nexts}, file)
`;

interface Task {
  readonly input_idx: number;
  readonly task: readonly { readonly lineno: number; readonly var: string }[];
}
interface Truth {
  readonly ran: readonly number[];
  readonly states: Readonly<Record<string, readonly (readonly [type: string, text: string])[]>>;
  readonly nexts: Readonly<Record<string, readonly number[]>>;
}

const { positionals } = parseArgs({ allowPositionals: true });
const [data, tasks, backend = 'native'] = positionals;
if (data === undefined || tasks === undefined || (backend !== 'native' && backend !== 'embedded'))
  throw new Error('usage: node perf/execution-exact.ts DATA.jsonl TASKS.jsonl [native|embedded]');
const rows = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const programs = new Map(rows(data).map((row) => [row.task_id as string, row]));
const runner = openRunner({ cacheDir: join(tmpdir(), 'winnow-perf'), path: (process.env.PATH ?? '').split(':') });
const how = { runner, backend, signal: undefined, wallMs: 60_000 } as const;
const counts = { runs: 0, failed: 0, outputs: 0, places: 0, coverage: 0, states: 0, paths: 0, times: 0, mostEvents: 0 };
const differ = { outputs: 0, coverage: 0, states: 0, paths: 0 };
const unsaid = new Map<string, number>();
const say = (id: string, text: string): void => console.log(`${id}: ${text}`);
const key = (literal: Literal | null): string => (literal === null ? '?' : keyOf(literal, 'exact'));

for (const row of rows(tasks)) {
  const program = programs.get(row.task_id as string) as Record<string, unknown>;
  const test = program.test as string | null;
  for (const { input_idx: at, task } of row.tasks as Task[]) {
    const id = `${row.task_id as string}#${at}`;
    const source = (program.inputs as string[])[at] as string;
    const start: Start = test === null ? { kind: 'call', source: `*${source}` } : inCase(test, source);
    const entry = test === null ? (program.entry_point as string) : null;
    const made: Program = { id, code: program.code as string, entry, starts: [{ start, output: null }] };
    counts.runs++;
    const found = await traced(made, start, how);
    const job = jobOf(made, start, how);
    const places: Record<string, string[]> = {};
    for (const { lineno, var: expression } of task) places[lineno] = [...(places[lineno] ?? []), expression];
    const text = recorder.replace('PLACES', () => JSON.stringify(JSON.stringify(places)));
    const watched = {
      ...job,
      files: [...job.files, { path: 'watch.py', bytes: Buffer.from(text) }],
      entry: 'watch.py',
    };
    const outcome = await runner.run(watched, { backend });
    const file = outcome.files.find(({ path }) => path === 'truth.json');
    if ('reason' in found || file === undefined || !('bytes' in file)) {
      counts.failed++;
      say(id, `not run: ${'reason' in found ? found.reason : Buffer.from(outcome.stderr.head).toString().slice(-300)}`);
      continue;
    }
    const truth = JSON.parse(Buffer.from(file.bytes).toString()) as Truth;
    const { trace, ran } = found;
    counts.mostEvents = Math.max(counts.mostEvents, trace.events.length);
    if (ran.came.kind === 'raised') say(id, `raises ${ran.came.type}`);
    if (trace.gaps.skippedLines + trace.gaps.droppedEvents > 0) say(id, 'its trace is not whole');
    const output = (program.outputs as string[])[at];
    if (test === null && output !== undefined) {
      counts.outputs++;
      const came = ran.came.kind === 'value' ? ran.came.text : ran.came.kind;
      if (key(readLiteral(came)) !== key(readLiteral(output))) {
        differ.outputs++;
        say(id, `the data says ${output}, came ${came}`);
      }
    }
    const lines = runnableLines(trace, codeFile, false);
    const states = new Map<string, { type: string; text: string; literal: Literal | null }[]>();
    const nexts = new Map<number, number[]>();
    const own = (code: number): boolean => {
      const { file: path, kind, name } = trace.codes[code] ?? { file: '', kind: 'part', name: '' };
      return path === codeFile && kind !== 'part' && name.split('.').at(-1) !== '<lambda>';
    };
    eachMoment(trace, own, made.code.split('\n'), ({ line, next, frame, states: held }) => {
      nexts.set(line, [...(nexts.get(line) ?? []), next ?? -2]);
      for (const expression of places[line] ?? []) {
        const place = `${line} ${expression}`;
        const seen = lookUp(expression, heldIn(frame, held, trace.codes));
        const literal = seen.kind === 'value' ? literalOf(seen.value, held.objects) : null;
        const type = seen.kind === 'value' ? (typeOf(seen.value, held.objects) ?? '?') : seen.kind;
        states.set(place, [
          ...(states.get(place) ?? []),
          { type, literal, text: literal === null ? '?' : literalText(literal) },
        ]);
      }
    });
    for (const { lineno: line, var: expression } of task) {
      counts.places++;
      counts.coverage++;
      const has = (lines.get(line) ?? 0) > 0;
      if (has !== truth.ran.includes(line)) {
        differ.coverage++;
        say(id, `line ${line}: ${has ? 'ran' : 'did not run'} by the trace`);
      }
      const really = truth.states[`${line} ${expression}`] ?? [];
      const ours = states.get(`${line} ${expression}`) ?? [];
      counts.states++;
      counts.times += really.length;
      const bad = really.findIndex(([type, text], time) => {
        const told = ours[time];
        if (told === undefined) return true;
        const literal = readLiteral(text);
        if (type === 'none' && told.type === 'none') return false;
        if (told.type === 'unknown' || told.literal === null || literal === null) {
          // Nothing is asked where there is no literal; what is known of it still must not be wrong.
          unsaid.set(
            told.type === 'unknown' ? `expression ${expression}` : type,
            (unsaid.get(told.type === 'unknown' ? `expression ${expression}` : type) ?? 0) + 1,
          );
          return told.type !== 'unknown' && told.type !== type;
        }
        return told.type !== type || key(told.literal) !== key(literal);
      });
      if (bad >= 0 || ours.length !== really.length) {
        differ.states++;
        say(
          id,
          `line ${line} ${expression}, ${ours.length} of ${really.length} times, time ${bad}: really ${JSON.stringify(really[bad])}, told ${ours[bad]?.type} ${ours[bad]?.text}`,
        );
      }
      counts.paths++;
      const [path, told] = [truth.nexts[line] ?? [], nexts.get(line) ?? []];
      if (JSON.stringify(path) !== JSON.stringify(told)) {
        differ.paths++;
        say(
          id,
          `after line ${line}: really ${JSON.stringify(path).slice(0, 200)}, told ${JSON.stringify(told).slice(0, 200)}`,
        );
      }
    }
  }
}
await runner.close();
console.log('not said, by type:', JSON.stringify(Object.fromEntries(unsaid)));
console.log(JSON.stringify({ counts, differ, backend }));
process.exitCode = Object.values(differ).some((count) => count > 0) ? 1 : 0;
