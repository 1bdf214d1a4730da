/**
 * What LDB and MGDebugger show of real wrong programs, held against an independent execution.
 *
 * Programs are first answers of three models on HumanEval with the visible tests of LDB's released data (repair_seeds). The scripted model gives the seed as its program and nothing after, so each strategy makes one round: what it traced and what it sent are looked at. The other side is a few lines of Python under
 * `sys.settrace` (solve-repair-truth.py), in the sandbox as well: it runs the same test on the same program, and tells lines, variables and results by `repr`.
 *
 * `node perf/solve-repair.ts FOLDER [count]`, FOLDER with humaneval_MODEL.jsonl
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGrammarFile } from '../src/index/mod.ts';
import { type Asked, openModel, startScripted } from '../src/model/mod.ts';
import { openRunner, openSessions } from '../src/run/mod.ts';
import { beginFolder, humanEvalTask, readFolder, solve, strategyNamed } from '../src/solve/mod.ts';
import { linesAbove, programText } from '../src/solve/pieces/program.ts';
import type { TracedTest } from '../src/solve/pieces/traced.ts';
import type { TestRun } from '../src/solve/types.ts';

const [folder = '', count = '1000'] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), 'winnow-repair-'));
const settings = { cacheDir: dir, path: (process.env.PATH ?? '').split(':') };
const [runner, sessions] = [openRunner(settings), openSessions(settings)];
const { signal } = new AbortController();
const truthFile = { path: 'truth.py', bytes: readFileSync(new URL('solve-repair-truth.py', import.meta.url)) };

let seed = '';
let sent: Asked[] = [];
const server = await startScripted(
  ({ last }) => ({
    text: last.includes('in one block') && sent.length <= 1 ? `\`\`\`\`\`\`python\n${seed}\n\`\`\`\`\`\`` : 'No.',
  }),
  { onAsked: (asked) => sent.push(asked) },
);

const tally: Record<string, number> = {};
const add = (what: string, number = 1): void => {
  tally[what] = (tally[what] ?? 0) + number;
};
const wrong: string[] = [];

const seeds = readdirSync(folder)
  .filter((one) => /^humaneval_(?!problems|visible)/.test(one))
  .flatMap((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').trim().split('\n').slice(0, Number(count));
    return lines.map((line, at) => ({ name, line, at }));
  })
  .sort((one, other) => one.at - other.at);
for (const { name, line, at: nth } of seeds) {
  if (nth > 0 && nth % 10 === 0 && name === seeds[0]?.name) console.log(`the first ${nth} of each model`, tally);
  const row = JSON.parse(line) as { task_id: string; solution: string };
  const task = humanEvalTask(row as never);
  if (typeof task === 'string') throw new Error(`${name} ${row.task_id}: ${task}`);
  add('seeds');
  if (task.visible.length === 0) {
    add('seeds without a visible test');
    continue;
  }
  seed = row.solution;
  for (const strategyName of ['ldb', 'mgdebugger']) {
    sent = [];
    const path = join(dir, `${name}-${row.task_id.replace('/', '-')}-${strategyName}`);
    const strategy = strategyNamed(strategyName);
    const model = await openModel({ id: 'scripted/seed', url: server.url });
    const parameters = strategyName === 'ldb' ? { rounds: 1 } : { restarts: 1, tries: 1 };
    await solve(
      { task, strategy, parameters, seed: 1, journal: beginFolder(path, { task }) },
      { model, runner, sessions, load: loadGrammarFile, signal },
    );
    const saved = readFolder(path);
    const results = <Made>(what: string): Made[] =>
      saved.steps.flatMap(({ execution }) =>
        execution?.what === what ? [JSON.parse(saved.text(execution.result) ?? 'null') as Made] : [],
      );
    const [run] = results<TestRun>('tests');
    if (run === undefined) {
      if (strategyName === 'ldb') add('seeds that are no program');
      continue;
    }
    if (strategyName === 'ldb')
      add(run.passed === run.results.length ? 'seeds that pass the visible tests' : 'seeds that fail a visible test');
    // Every test's verdict, by plain execution.
    const tests = task.visible.map(({ source }) => source);
    const truth = await truthOf(programText(task, seed.endsWith('\n') ? seed : `${seed}\n`), tests, task.entry ?? '');
    if (truth === null) {
      add('programs that the other side could not run');
      continue;
    }
    if (strategyName === 'ldb')
      for (const [at, { state }] of run.results.entries()) {
        const same = (state === 'passed') === (truth.passed[at] ?? false);
        add(same ? 'verdicts of tests that agree' : 'verdicts of tests that differ');
        if (!same) wrong.push(`${name} ${row.task_id}: ${tests[at]} is ${state} here`);
      }
    const [traced] = results<TracedTest>('trace');
    if (traced === undefined) continue;
    add(`${strategyName}: traces`);
    const shown = sent.find(({ last }) => /failing test, as data:|calls of it were seen|does not call it/.test(last));
    // LDB takes one of the failing tests by chance and shows it; MGDebugger takes the first.
    const block = /^failing test, as data:\n`{3,}\w*\n([\s\S]*?)\n`{3,}$/m.exec(shown?.last ?? '')?.[1] ?? '';
    const failing = tests.findIndex(
      (test, at) =>
        run.results[at]?.state !== 'passed' && (strategyName === 'mgdebugger' || block.startsWith(`${test}\n`)),
    );
    if (failing < 0) {
      add(`${strategyName}: no failing test in the prompt`);
      wrong.push(`${name} ${row.task_id}: no failing test in the prompt (${traced.missing})`);
      continue;
    }
    const above = linesAbove(task);
    const lines = (truth.lines[failing] ?? [])
      .map((one) => ({ ...one, line: one.line - above }))
      .filter(({ line }) => line > 0);
    if (strategyName === 'ldb') holdBlocks(`${name} ${row.task_id}`, traced, lines, shown as Asked);
    else holdCalls(`${name} ${row.task_id}`, traced, truth.calls[failing] ?? [], truth.cut[failing] ?? false);
  }
}

console.log(tally);
for (const one of wrong.slice(0, 40)) console.log(one);
await Promise.all([server.close(), runner.close(), sessions.close()]);
rmSync(dir, { recursive: true });

interface Truth {
  readonly passed: readonly boolean[];
  readonly cut: readonly boolean[];
  /** By test: line of the program, and variables before it by `repr`. */
  readonly lines: readonly (readonly { line: number; frame: number; values: Record<string, string> }[])[];
  readonly calls: readonly (readonly { name: string; given: Record<string, string>; result: string | null }[])[];
}

async function truthOf(program: string, tests: readonly string[], entry: string): Promise<Truth | null> {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const outcome = await runner.run(
    {
      language: 'python',
      entry: 'truth.py',
      files: [truthFile, { path: 'task.json', bytes: bytes(JSON.stringify({ program, tests, entry })) }],
      limits: { wallMs: 60_000, cpuMs: 60_000, keepBytes: 16 * 2 ** 20 },
    },
    { backend: 'native', signal },
  );
  const made = outcome.files.find(({ path }) => path === 'truth.json');
  if (made === undefined || !('bytes' in made))
    throw new Error(`no truth: ${new TextDecoder().decode(outcome.stderr.head)}`);
  return JSON.parse(new TextDecoder().decode(made.bytes)) as Truth;
}

function holdBlocks(what: string, traced: TracedTest, lines: Truth['lines'][0], shown: Asked): void {
  add('ldb: blocks', traced.blocks.length);
  // Blocks in the middle are left out, so the first half is held against the beginning and the second against the end.
  const ours = traced.blocks.flatMap(({ lines: own, before }) =>
    own.map((line, at) => ({ line, before: at === 0 ? before : null })),
  );
  for (const [at, block] of traced.blocks.entries()) {
    const isShown = shown.last.includes(block.text) && shown.last.includes(`[BLOCK-${at}]`);
    add(isShown ? 'ldb: blocks that stand in the prompt' : 'ldb: blocks missing in the prompt');
    const [line] = block.lines;
    const places = lines.filter((one) => one.line === line);
    const found = places.some(({ values }) => sameValues(values, block.before));
    add(found ? 'ldb: blocks whose line ran with these values' : 'ldb: blocks whose values nobody saw');
    if (!found)
      wrong.push(
        `${what}: block ${at} at line ${line}: ${JSON.stringify(block.before).slice(0, 300)}, seen ${JSON.stringify(places.slice(0, 2)).slice(0, 400)}`,
      );
  }
  if (traced.omitted === 0) {
    const own = ours.map(({ line }) => line);
    const seen = new Set(lines.map(({ line }) => line));
    const same = own.every((line) => seen.has(line)) && [...seen].every((line) => own.includes(line));
    add(same ? 'ldb: whole traces with exactly the lines that ran' : 'ldb: whole traces with other lines');
    if (!same) wrong.push(`${what}: lines ${[...new Set(own)].join()} against ${[...seen].join()}`);
  }
}

function holdCalls(what: string, traced: TracedTest, calls: Truth['calls'][0], cut: boolean): void {
  for (const call of traced.calls) {
    const places = calls.filter(({ name }) => name === call.code.split('.').at(-1));
    const found = places.some(
      ({ given, result }) =>
        sameValues(given, call.arguments) && (call.result === result || sameText(call.result ?? '', result ?? '')),
    );
    add(
      found
        ? 'mgdebugger: calls that were seen'
        : cut
          ? 'mgdebugger: calls past what the other side keeps'
          : 'mgdebugger: calls that nobody saw',
    );
    if (!found && !cut)
      wrong.push(
        `${what}: ${JSON.stringify(call).slice(0, 300)}, seen ${JSON.stringify(places.slice(0, 2)).slice(0, 300)}`,
      );
  }
}

function sameValues(truth: Readonly<Record<string, string>>, ours: Readonly<Record<string, string>>): boolean {
  return Object.entries(ours).every(([name, text]) => truth[name] !== undefined && sameText(text, truth[name]));
}

/** Ours may be cut, and writes texts with other quotes; objects without a literal are told in other words, and only their presence counts. */
function sameText(ours: string, truth: string): boolean {
  const plain = (text: string): string =>
    text
      .replace(/\\?['"]/g, "'")
      .replace(/\\\\/g, '\\')
      .replace(/\s+/g, '');
  if (/[<…]/.test(ours) || /</.test(truth) || /\{[^:]+\}$/.test(truth)) {
    const [head = ''] = plain(ours).split(/[<…]/);
    return (
      plain(truth).startsWith(head.slice(0, 20)) ||
      /</.test(truth) ||
      ours.startsWith('<') ||
      /^[a-z]*[({[]/i.test(ours)
    );
  }
  return plain(ours) === plain(truth);
}
