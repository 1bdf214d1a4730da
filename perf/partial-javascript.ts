/**
 * How much of functions cut out of JavaScript and TypeScript projects runs, by level.
 *
 * `node perf/partial-javascript.ts --draw 25 --half dev DIRECTORY…` reads the projects' sources, draws as many functions from each by a seed, half of them for
 * development and half to be held out, and runs each alone, as a file of its own whose function is called with guessed arguments. A method stands there as a function; what it
 * calls `this` is then missing too. Functions of fewer than 4 statements, longer than 100 lines, in tests, or with `super` are not drawn.
 *
 * With `--elements` functions that have elements (JSX) are drawn, arrow functions with a name too, from files `.jsx` and `.tsx`, and no others.
 *
 * Coverage is that of docs/methods.md: a simple statement counts when it completes, a compound one when its block is entered; `throw`, `break` and `continue`
 * never count. Level 1 calls the function without arguments.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/base/mod.ts';
import { estimate } from '../src/bench/interval.ts';
import { createParser } from '../src/code/mod.ts';
import { loadGrammarFile } from '../src/index/mod.ts';
import { openRunner } from '../src/run/mod.ts';
import { runPartial } from '../src/run/partial/partial.ts';
import { type PartialReport, partialLevels } from '../src/run/partial/types.ts';

interface Drawn {
  readonly project: string;
  readonly path: string;
  readonly name: string;
  readonly language: 'javascript' | 'typescript';
  readonly source: string;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    draw: { type: 'string', default: '25' },
    half: { type: 'string', default: 'dev' },
    seed: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '24' },
    backend: { type: 'string', default: 'embedded' },
    show: { type: 'string' },
    rows: { type: 'boolean', default: false },
    elements: { type: 'boolean', default: false },
  },
});

/** Functions that one file may give: a file of a thousand small ones would be half the draw. */
const mostOfFile = 5;
const [leastLines, mostLines] = [5, 100];
const leastSemicolons = 3;

const parser = await createParser(loadGrammarFile);

async function functionsOf(directory: string): Promise<Drawn[]> {
  const found: Drawn[] = [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const random = seededRandom(Number(values.seed));
  for (const path of random.shuffle(paths.sort())) {
    const told = relative(directory, path);
    if (
      !(values.elements ? /\.[jt]sx$/ : /\.[cm]?[jt]s$/).test(path) ||
      /\.d\.ts$|\.min\.|(^|\/)(__tests__|tests?|spec|dist|vendor|node_modules)(\/|$)|\.(test|spec)\./.test(told)
    )
      continue;
    const bytes = readFileSync(path);
    const parsed = await parser.parse(told, bytes);
    if (parsed.kind !== 'facts') continue;
    const language = /\.[cm]?tsx?$/.test(path) ? 'typescript' : 'javascript';
    const own: Drawn[] = [];
    for (const { kind, name, span } of parsed.facts.symbols) {
      if (kind !== 'function' && kind !== 'method') continue;
      const text = bytes.subarray(span.start, span.end).toString();
      const source = values.elements && !/<\/|\/>/.test(text) ? null : asFunction(text, name);
      if (source === null) continue;
      own.push({ project: directory.split('/').at(-1) ?? '', path: told, name, language, source });
    }
    found.push(...random.shuffle(own).slice(0, mostOfFile));
  }
  return random.shuffle(found);
}

/** The definition as a function of its own; null when it is not one that is drawn. */
function asFunction(text: string, name: string): string | null {
  const lines = text.split('\n').length;
  if (lines < leastLines || lines > mostLines || !/^[A-Za-z_$][\w$]*$/.test(name)) return null;
  if (
    /\bsuper\b|\.#|^\s*#|\b(get|set)\s+\w+\s*\(/.test(text) ||
    (text.match(/;|\n\s*(return|const|let|var|if|for)\b/g) ?? []).length < leastSemicolons
  )
    return null;
  if (/^(export\s+(default\s+)?)?(async\s+)?function\b/.test(text)) return text.replace(/^export\s+(default\s+)?/, '');
  if (values.elements && new RegExp(`^${name}\\b[^=]*=\\s*(async\\s*)?\\(`).test(text)) return `const ${text}`;
  const method =
    /^(?:(?:public|private|protected|static|override|readonly)\s+)*(async\s+)?(\*?)\s*([\w$]+)(?=\s*[(<])/.exec(text);
  if (method === null || method[3] !== name || name === 'constructor' || /^(if|for|while|switch|function)$/.test(name))
    return null;
  return `${method[1] ?? ''}function${method[2]} ${text.slice(method[0].length - name.length)}`;
}

const drawn: Drawn[] = [];
for (const directory of positionals) {
  const all = (await functionsOf(directory)).slice(0, 2 * Number(values.draw));
  drawn.push(...all.filter((_, at) => (at % 2 === 0) === (values.half === 'dev')));
}

const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-partial-'));
const runner = openRunner({ cacheDir, path: (process.env.PATH ?? '').split(':'), parallelism: 1 });
const percent = ({ statements, covered }: { statements: number; covered: number }): number =>
  statements === 0 ? 100 : (100 * covered) / statements;

const results: { drawn: Drawn; report: PartialReport; first: number[]; union: number[] }[] = [];
const began = process.cpuUsage();
const startedAt = performance.now();
for (const [at, one] of drawn.entries()) {
  if (values.show !== undefined && Number(values.show) !== at) continue;
  const entry = `main.${one.language === 'typescript' ? 'ts' : 'js'}${values.elements ? 'x' : ''}`;
  const report = await runPartial(
    { language: one.language, entry, files: [{ path: entry, bytes: new TextEncoder().encode(one.source) }] },
    { function: one.name, load: loadGrammarFile, budget: { rounds: Number(values.rounds), wallMs: 120_000 } },
    runner,
    { backend: values.backend as 'embedded' | 'native' },
  ).catch((error: unknown) => {
    process.stderr.write(`${one.project} ${one.path} ${one.name}: ${error}\n`);
    return null;
  });
  if (report === null) continue;
  const of = (level: number, what: 'coverage' | 'union'): number => {
    const last = report.levels.findLast((done) => done.level <= level);
    return last === undefined ? 0 : percent(last[what]);
  };
  const first = partialLevels.map((level) => of(level, 'coverage'));
  const union = partialLevels.map((level) => of(level, 'union'));
  results.push({ drawn: one, report, first, union });
  if (values.rows || values.show !== undefined)
    process.stdout.write(
      `${at} ${one.project} ${one.path} ${one.name} ${first.map((x) => x.toFixed(0)).join(' ')} | ${union.map((x) => x.toFixed(0)).join(' ')} | ${report.levels.at(-1)?.rounds} | ${report.failures
        .map((f) => `${f.certainty} ${f.after} ${f.line}: ${f.type} ${f.message}`)
        .join('; ')
        .slice(0, 160)} ${report.gaps.join('; ').slice(0, 200)}\n`,
    );
  if (values.show !== undefined)
    process.stdout.write(`${one.source}\n${JSON.stringify(report, null, 1).slice(0, 20_000)}\n`);
}
const cpu = process.cpuUsage(began);
await runner.close();
rmSync(cacheDir, { recursive: true, force: true });

const told = (of: readonly number[]): string => {
  if (of.length === 0) return '–';
  const { value, low, high } = estimate(of);
  return `${value.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`;
};
process.stdout.write(
  `\n${results.length} functions of ${positionals.length} projects, half ${values.half}, seed ${values.seed}, ${values.backend}\n`,
);
for (const language of ['javascript', 'typescript', 'both'] as const) {
  const of = results.filter(({ drawn: one }) => language === 'both' || one.language === language);
  for (const level of partialLevels)
    process.stdout.write(
      `${language} (${of.length}) level ${level}: best run ${told(of.map(({ first }) => first[level - 1] as number))}, all runs ${told(of.map(({ union }) => union[level - 1] as number))}\n`,
    );
}
const failures = results.flatMap(({ report }) => report.failures);
process.stdout.write(
  `failures told: ${failures.length}, genuine ${failures.filter(({ certainty }) => certainty === 'genuine').length}; no rows: ${results.filter(({ report }) => report.coverage.statements === 0).length}; rounds ${results.reduce((sum, { report }) => sum + (report.levels.at(-1)?.rounds ?? 0), 0)}; ${((performance.now() - startedAt) / 1000).toFixed(0)} s, CPU here ${((cpu.user + cpu.system) / 1e6).toFixed(0)} s\n`,
);
