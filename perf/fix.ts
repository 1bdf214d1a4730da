/**
 * `winnow fix` on real bugs, by each of its strategies: which of many scripted patches it chooses, and why it rejects the rest.
 *
 * `node perf/fix.ts MIRRORS PYTHON visible|hidden|reproduction [bugs]`: `bugs` are the first so many of the list, or numbers as `3,16-25`; MIRRORS holds bare git directories `OWNER+NAME/repo`; PYTHON is an environment with pytest and what the projects need. Each bug is a commit that changes
 * source and tests (`perf/fix-bugs.json`); the project is its parent. A scripted model gives, over HTTP, the commit's own patch, near misses made of it by rule (`nearMisses`) and nonsense. `visible`: the
 * commit's tests are in the project, as for somebody who wrote a failing test first. `hidden`: they are not, and the suite can only tell what breaks. `reproduction`: they are not, and the model gives the commit's file of tests as one of three samples of the reproduction test. Both strategies meet the same replies in the same order:
 * `agentless` draws all at once, `autocoderover` is given the next where the one before was not kept, and its reviewer says yes to all. Rows go to standard output as JSON lines.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Asked, startScripted } from '../src/model/mod.ts';

interface Bug {
  readonly repository: string;
  readonly commit: string;
}

interface Told {
  readonly name: string;
  readonly reply: string;
}

const [mirrors = '', python = '', mode = '', which = '1000'] = process.argv.slice(2);
const strategies = ['agentless', 'autocoderover'] as const;
type Strategy = (typeof strategies)[number];
const here = dirname(fileURLToPath(import.meta.url));
const bugs = JSON.parse(readFileSync(join(here, 'fix-bugs.json'), 'utf8')) as Bug[];
const dir = mkdtempSync(join(tmpdir(), 'winnow-fix-'));

function git(repository: string, words: readonly string[]): string {
  const ran = spawnSync('git', ['-C', join(mirrors, repository.replace('/', '+'), 'repo'), ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (ran.status !== 0) throw new Error(`git ${words.join(' ')} in ${repository}: ${ran.stderr}`);
  return ran.stdout;
}

const isTest = (path: string): boolean => /^tests?\//.test(path) && path.endsWith('.py');
const isSource = (path: string): boolean => /\.py$/.test(path) && !/^(tests?|docs|examples)\//.test(path);

/** The patch with one added line changed: a comparison, a word or a number turned, or the line left out. */
function nearMisses(patch: string): Told[] {
  const turns: readonly [RegExp, string][] = [
    [/ <= /, ' < '],
    [/ >= /, ' > '],
    [/ < /, ' <= '],
    [/ > /, ' >= '],
    [/ == /, ' != '],
    [/ != /, ' == '],
    [/ is not /, ' is '],
    [/ is None/, ' is not None'],
    [/\bif not /, 'if '],
    [/\bif (?!not )/, 'if not '],
    [/ and /, ' or '],
    [/ or /, ' and '],
    [/\bTrue\b/, 'False'],
    [/\bFalse\b/, 'True'],
    [/\b0\b/, '1'],
    [/\b1\b/, '2'],
    [/ \+ /, ' - '],
    [/ - /, ' + '],
  ];
  const lines = patch.split('\n');
  const made: Told[] = [];
  for (const [at, line] of lines.entries()) {
    if (!/^\+(?!\+\+)\s*\S/.test(line) || /^\+\s*(#|"""|\.\.|')/.test(line)) continue;
    const turn = turns.find(([from]) => from.test(line));
    if (turn === undefined) continue;
    const changed = line.replace(turn[0], turn[1]);
    made.push({
      name: `near: ${line.slice(1).trim()} -> ${changed.slice(1).trim()}`,
      reply: lines.with(at, changed).join('\n'),
    });
  }
  // Some of them, spread over the patch.
  const step = Math.max(1, Math.floor(made.length / 5));
  return made.filter((_, at) => at % step === 0).slice(0, 5);
}

/** Of a patch with several hunks each hunk alone: a fix that is half done. */
function halves(patch: string): Told[] {
  const [head = '', ...hunks] = patch.split(/^(?=@@ )/m);
  return hunks.length < 2 || /^diff --git/m.test(hunks.join(''))
    ? []
    : hunks.slice(0, 3).map((hunk, at) => ({ name: `half: hunk ${at + 1} of ${hunks.length}`, reply: head + hunk }));
}

/** The first breaks nothing and mends nothing. */
function nonsense(path: string, text: string): Told[] {
  const end = text.split('\n').length - 1;
  const appended = (line: string): string => `--- a/${path}\n+++ b/${path}\n@@ -${end},0 +${end + 1},1 @@\n+${line}\n`;
  return [
    { name: 'nonsense: a name that nobody reads', reply: appended('unused_name = 1') },
    { name: 'nonsense: prose', reply: 'The issue lies elsewhere; nothing has to be changed.' },
    { name: 'nonsense: broken syntax', reply: appended('def unfinished(:') },
    { name: 'nonsense: raises when it is loaded', reply: appended('raise RuntimeError("nonsense")') },
    { name: 'nonsense: a comment', reply: appended('# Mended.') },
    {
      name: 'nonsense: a file that is not there',
      reply: '--- a/no/such.py\n+++ b/no/such.py\n@@ -1,1 +1,1 @@\n-x = 1\n+x = 2\n',
    },
  ];
}

interface Case {
  readonly project: string;
  readonly hiddenLines: readonly string[];
  readonly tests: readonly string[];
  readonly issue: string;
  readonly replies: readonly Told[];
  readonly places: string;
  /** Calls of a search for what the commit changes, by the names that its hunks tell. */
  readonly searches: string;
  readonly located: string;
  /** The commit's own file of tests. */
  readonly reproduction: string;
}

function prepare({ repository, commit }: Bug, at: number): Case {
  const paths = git(repository, ['show', '--format=', '--name-only', commit]).trim().split('\n');
  const [sources, tests] = [paths.filter(isSource), paths.filter(isTest)];
  const project = join(dir, `bug-${at}`);
  mkdirSync(project, { recursive: true });
  const packed = spawnSync('sh', [
    '-c',
    `git -C "$0" archive "$1" | tar -x -C "$2"`,
    join(mirrors, repository.replace('/', '+'), 'repo'),
    `${commit}~1`,
    project,
  ]);
  if (packed.status !== 0) throw new Error(`${repository} ${commit}: ${packed.stderr}`);
  const patch = git(repository, ['diff', `${commit}~1`, commit, '--', ...sources]);
  const testDiff = git(repository, ['diff', `${commit}~1`, commit, '--', ...tests]);
  const [path = ''] = sources;
  const misses = [...nearMisses(patch), ...halves(patch)];
  const lines = [...patch.matchAll(/^@@ -(\d+)/gm)].map(([, line]) => `line: ${line}`);
  const names = [...patch.matchAll(/^@@ .*@@ .*?\b(def|class) (\w+)/gm)];
  return {
    project,
    searches: `\`\`\`\n${names.map(([, kind, name]) => `${kind === 'def' ? 'search_method' : 'search_class'}("${name}")`).join('\n')}\nget_code_around_line("${path}", ${/^@@ -(\d+)/m.exec(patch)?.[1]})\n\`\`\``,
    tests,
    issue: git(repository, ['log', '-1', '--format=%B', commit]),
    // The first is drawn twice, and of equals the earlier is taken, so neither a vote nor the order helps the right one.
    replies: [
      ...nonsense(path, readFileSync(join(project, path), 'utf8')),
      ...misses.slice(0, Math.ceil(misses.length / 2)),
      { name: 'the commit', reply: patch },
      ...misses.slice(Math.ceil(misses.length / 2)),
    ],
    places: `\`\`\`\n${path}\n${lines.join('\n')}\n\`\`\``,
    located: path,
    reproduction: git(repository, ['show', `${commit}:${tests[0]}`]),
    hiddenLines: [...testDiff.matchAll(/^\+(?!\+\+)(.{30,})$/gm)]
      .map(([, line = '']) => line.trim())
      .filter((line) => line.length >= 30),
  };
}

interface Answer {
  readonly verdict: string;
  readonly best: { readonly sample: number; readonly mended: readonly string[] } | null;
  readonly others: readonly { readonly sample: number; readonly rejected: string | null }[];
  readonly refused: readonly { readonly reason: string; readonly times: number }[];
  readonly base: {
    readonly passed: number;
    readonly failed: readonly unknown[];
    readonly broken: readonly unknown[];
  } | null;
  readonly flaky: readonly string[];
  readonly suspects: readonly { readonly path: string; readonly first: number; readonly last: number }[];
  readonly spent: { readonly calls: number; readonly replies: number; readonly executions: number };
  readonly elapsedMs: number;
  readonly localized: readonly string[];
}

async function fixed(
  strategy: Strategy,
  { project, tests, issue, replies, places, searches, reproduction }: Case,
  leaks: (asked: Asked) => void,
): Promise<Answer> {
  const server = await startScripted((asked) => {
    leaks(asked);
    if (asked.text.includes('by search/replace blocks')) {
      const next = asked.text.split(/^Reply \d+(?= could not|:| says)/m).length - 1;
      return {
        text: strategy === 'agentless' ? replies.map(({ reply }) => reply) : (replies[next]?.reply ?? 'No more.'),
      };
    }
    if (asked.text.includes('Does the patch resolve the issue')) return { text: 'resolved: yes' };
    if (asked.text.includes('You can search the code by these calls'))
      return { text: asked.text.includes('This is what you asked of the code') ? places : searches };
    if (asked.text.includes('Write a test that shows the fault'))
      return {
        text: [
          `\`\`\`python\n${reproduction}\`\`\`\n`,
          '```python\ndef test_any():\n    assert True\n```\n',
          'No test.',
        ],
      };
    // Of files the model says nothing: they are those of `locate`.
    return { text: asked.text.includes('Which places have to be changed') ? places : 'I cannot say.' };
  });
  try {
    const reproductions = mode === 'reproduction' ? 3 : 0;
    const numbers =
      strategy === 'agentless'
        ? { placeSamples: 1, patches: replies.length + 1, reproductions, suites: 100 }
        : { attempts: 1, retries: replies.length + 1, reproductions };
    const words = [
      ...[
        'fix',
        '--text',
        issue,
        project,
        '--json',
        '--strategy',
        strategy,
        '--python',
        python,
        '--test-wall',
        '20s',
        '--wall',
        '2m',
      ],
      ...['--model', 'scripted/any', '--model-url', server.url],
      ...tests.flatMap((path) => ['--tests', path]),
      ...Object.entries(numbers).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ];
    const child = spawn(process.execPath, [join(here, '../bin/winnow.js'), ...words], {
      env: { PATH: process.env.PATH ?? '', HOME: dir, WINNOW_HOME: join(dir, 'home') },
    });
    const [out, err]: Buffer[][] = [[], []];
    child.stdout.on('data', (bytes: Buffer) => out?.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => err?.push(bytes));
    await new Promise((resolve) => child.on('close', resolve));
    const text = Buffer.concat(out ?? []).toString('utf8');
    if (text === '')
      throw new Error(
        Buffer.concat(err ?? [])
          .toString('utf8')
          .slice(-500),
      );
    return JSON.parse(text) as Answer;
  } finally {
    await server.close();
  }
}

/** Sample numbers. Of `agentless` the greedy one is the first reply, and the drawn ones are all replies in turn. */
const nameOf = (strategy: Strategy, replies: readonly Told[], sample: number): string =>
  replies[strategy === 'agentless' && sample > 0 ? sample - 1 : sample]?.name ?? '?';

/** Lines of the parent that the commit changes or writes behind, by path. */
function changedLines(patch: string): [path: string, lines: number[]][] {
  return patch.split(/^(?=diff --git)/m).map((file) => {
    const path = /^--- a\/(.*)$/m.exec(file)?.[1] ?? '';
    const lines: number[] = [];
    let at = 0;
    for (const line of file.split('\n')) {
      const hunk = /^@@ -(\d+)/.exec(line)?.[1];
      if (hunk !== undefined) at = Number(hunk);
      else if (/^-(?!--)/.test(line)) lines.push(at++);
      else if (/^\+(?!\+\+)/.test(line)) lines.push(at - 1);
      else if (line.startsWith(' ')) at++;
    }
    return [path, lines];
  });
}

async function measure(bug: Bug, at: number): Promise<object> {
  const one = prepare(bug, at);
  const put = (paths: readonly string[], from: string): void => {
    for (const path of paths) {
      const shown = spawnSync('git', [
        '-C',
        join(mirrors, bug.repository.replace('/', '+'), 'repo'),
        'show',
        `${from}:${path}`,
      ]);
      if (shown.status === 0) {
        mkdirSync(dirname(join(one.project, path)), { recursive: true });
        writeFileSync(join(one.project, path), shown.stdout);
      }
    }
  };
  let leaked = 0;
  const known = one.tests.filter((path) => {
    try {
      return readFileSync(join(one.project, path)).length > 0;
    } catch {
      return false;
    }
  });
  const shown = new Set(
    known.flatMap((path) =>
      readFileSync(join(one.project, path), 'utf8')
        .split('\n')
        .map((line) => line.trim()),
    ),
  );
  const hiddenLines = one.hiddenLines.filter((line) => !shown.has(line) && !one.issue.includes(line));
  const told = { ...one, tests: mode === 'visible' ? one.tests : known };
  if (mode === 'visible') put(one.tests, bug.commit);
  const patch = one.replies.find(({ name }) => name === 'the commit')?.reply ?? '';
  const changed = changedLines(patch);
  const rows: Record<string, object> = {};
  for (const strategy of told.tests.length === 0 ? [] : strategies) {
    const answer = await fixed(strategy, told, (asked) => {
      if (mode === 'hidden') leaked += hiddenLines.filter((line) => asked.text.includes(line)).length;
    });
    const name = (sample: number): string => nameOf(strategy, one.replies, sample);
    rows[strategy] = {
      verdict: answer.verdict,
      chosen: answer.best === null ? null : name(answer.best.sample),
      survived: answer.others.filter(({ rejected }) => rejected === null).map(({ sample }) => name(sample)),
      rejected: answer.others.flatMap(({ sample, rejected }) => (rejected === null ? [] : [[name(sample), rejected]])),
      refused: answer.refused.map(({ reason, times }) => `${times} × ${reason}`),
      base: answer.base && [answer.base.passed, answer.base.failed.length, answer.base.broken.length],
      flaky: answer.flaky,
      mended: answer.best?.mended.length ?? 0,
      // Where the first function stands that holds a line of the commit; 0: not among those told.
      suspectAt:
        answer.suspects.findIndex(({ path, first, last }) =>
          changed.some(([of, lines]) => of === path && lines.some((line) => first <= line && line <= last)),
        ) + 1,
      suspects: answer.suspects.length,
      locatedAt: answer.localized.indexOf(one.located) + 1,
      calls: answer.spent.calls,
      replies: answer.spent.replies,
      runs: answer.spent.executions,
      seconds: Math.round(answer.elapsedMs / 100) / 10,
    };
  }
  rmSync(one.project, { recursive: true, force: true });
  return { ...bug, patches: one.replies.length, hiddenLines: hiddenLines.length, leaked, ...rows };
}

/** `12`: the first twelve. `3,16-25`: by number, from 1. */
function chosenBugs(): (readonly [at: number, bug: Bug])[] {
  const numbers = /[,-]/.test(which)
    ? which.split(',').flatMap((part) => {
        const [from = 0, to = from] = part.split('-').map(Number);
        return Array.from({ length: to - from + 1 }, (_, at) => from + at);
      })
    : bugs.slice(0, Number(which)).map((_, at) => at + 1);
  return numbers.flatMap((number) =>
    bugs[number - 1] === undefined ? [] : [[number, bugs[number - 1] as Bug] as const],
  );
}

try {
  for (const [at, bug] of chosenBugs()) {
    const row = await measure(bug, at).catch((error: unknown) => ({ ...bug, failed: String(error) }));
    process.stdout.write(`${JSON.stringify(row)}\n`);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
