/** A run of tests as a person sees it: what did not pass and why, then what was slow, then lines, then one line of counts. */
import type { TestOutput } from '../operations/test-schemas.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, grouped, harmless, harmlessLines, type Paint, painter } from '../paint.ts';
import { durationText } from '../units.ts';

type Result = TestOutput['tests'][number];

/** Of the slowest tests, when they take more than 0.1 s. */
const shownSlowest = 3;

/** Lines of a failure's details that are shown; `--json` has more. */
const shownLines = 12;

/** Frames of packages, of Node and Java themselves and of JUnit, which say nothing of the failure. */
const ofRunner =
  /^\s+at (?:.*(?:\/node_modules\/|\(?node:)|java\.base\/|org\.(?:junit|opentest4j|hamcrest)\.|junit\.|winnow\.)/;

const quiet: readonly Result['state'][] = ['passed', 'skipped', 'expected-failure'];

export function testView(output: TestOutput, settings: Settings): string {
  const paint = painter(settings);
  const bad = output.tests.filter(({ state }) => !quiet.includes(state));
  const notRun = bad.filter(({ state }) => state === 'not-run');
  const parts = [
    ...output.broken.map((file) => block('not loaded', file.name, file, paint, settings)),
    ...bad.filter((one) => one.state !== 'not-run').map((one) => block(one.state, one.name, one, paint, settings)),
  ];
  const lines = parts.flatMap((part) => [...part, '']);
  if (notRun.length > 0)
    lines.push(
      `${paint.yellow('not run')}  ${count(notRun.length, 'test')}, the first is ${harmless(notRun[0]?.name ?? '')}`,
      '',
    );
  lines.push(...slowest(output, paint), ...coverageLines(output, paint, settings), ...callLines(output));
  return `${[...lines, ...endLines(output, paint)].join('\n')}\n`;
}

function block(
  state: string,
  name: string,
  { message, failedAt, details }: Pick<Result, 'message' | 'failedAt' | 'details'>,
  paint: Paint,
  { columns }: Settings,
): string[] {
  const at = failedAt === null ? '' : `  ${paint.cyan(`${harmless(failedAt.path)}:${failedAt.line}`)}`;
  const lines = [`${paint.red(state.replaceAll('-', ' '))}  ${paint.bold(harmless(name))}${at}`];
  const said = harmlessLines(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  lines.push(...said.slice(0, shownLines).map((line) => `    ${cut(line, columns - 4)}`));
  const more = harmlessLines(details)
    .split('\n')
    .filter((line) => line.trim() !== '' && !ofRunner.test(line));
  const tail = more.slice(-shownLines).filter((line) => !said.includes(line.trim()));
  lines.push(...tail.map((line) => `    ${paint.dim(cut(line, columns - 4))}`));
  return lines;
}

function slowest({ tests }: TestOutput, paint: Paint): string[] {
  const slow = [...tests]
    .sort((a, b) => b.ms - a.ms)
    .slice(0, shownSlowest)
    .filter(({ ms }) => ms >= 100);
  return slow.length === 0
    ? []
    : [
        paint.bold('Slowest'),
        ...slow.map(({ name, ms }) => `  ${durationText(ms).padStart(7)}  ${harmless(name)}`),
        '',
      ];
}

function coverageLines({ coverage }: TestOutput, paint: Paint, { columns }: Settings): string[] {
  if (coverage === null) return [];
  const share = (ran: number, able: number): string => (able === 0 ? '–' : `${((100 * ran) / able).toFixed(1)}%`);
  const width = Math.max(0, ...coverage.files.map(({ path }) => path.length));
  const rows = [...coverage.files]
    .sort((a, b) => b.able - b.ran - (a.able - a.ran))
    .slice(0, shownFiles)
    .map(({ path, able, ran, missed }) =>
      cut(
        `  ${share(ran, able).padStart(6)}  ${harmless(path).padEnd(Math.min(width, 60))}  ${missed === '' ? '' : `not run: ${missed}`}`,
        columns,
      ),
    );
  const rest = coverage.files.length - rows.length;
  return [
    paint.bold(
      `Lines ${share(coverage.ran, coverage.able)}: ${grouped(coverage.ran)} of ${grouped(coverage.able)} in ${count(coverage.files.length, 'file')}`,
    ),
    ...rows,
    ...(rest > 0 ? [`          and ${count(rest, 'file')} more; --json has all`] : []),
    ...(coverage.saved === null ? [] : [`  Lines of each test are in ${harmless(coverage.saved)}.`]),
    '',
  ];
}

/** Files that most lines of did not run. */
const shownFiles = 15;

function callLines({ calls }: TestOutput): string[] {
  if (calls === null) return [];
  const { observed, file, rows } = calls;
  return [
    ...(file === null ? [] : [`${grouped(rows)} calls are in ${harmless(file)}.`]),
    ...(observed === null
      ? []
      : [
          `${grouped(observed.kept)} calls were added to the graph; of ${grouped(observed.unknown)} one end is no definition of it.`,
        ]),
    ...(calls.notRecorded.length === 0
      ? []
      : [`Not recorded, since it cannot be rewritten: ${calls.notRecorded.map(harmless).join(', ')}`]),
    '',
  ];
}

function endLines(output: TestOutput, paint: Paint): string[] {
  const { ending, counts, passed, broken, unsealed, code } = output;
  const lines: string[] = [];
  if (ending.kind === 'stopped') lines.push(`${paint.red('stopped')}: ${limits[ending.limit] ?? ending.limit}`);
  if (ending.kind === 'crashed')
    lines.push(`${paint.red('the runner’s process ended early')}: ${harmless(ending.reason)}`);
  if (ending.kind === 'runner-failed')
    lines.push(`${paint.red('the runner failed')}: ${harmlessLines(ending.reason).trim()}`);
  if (ending.kind === 'runner-failed' || ending.kind === 'crashed') lines.push(...lastWords(output));
  if (ending.kind === 'no-tests')
    lines.push(
      'No tests were found. --runner names another runner, PATH other files; what follows -- goes to the runner.',
    );
  if (unsealed > 0)
    lines.push(paint.yellow(`${count(unsealed, 'row')} of the report missing or not written by the runner`));
  lines.push(...output.notes.map((note) => harmless(note)));
  const said = Object.entries(counts).flatMap(([state, number]) =>
    number === 0 ? [] : [`${grouped(number)} ${state.replaceAll('-', ' ')}`],
  );
  if (broken.length > 0) said.push(`${grouped(broken.length)} not loaded`);
  if (
    !passed &&
    ending.kind === 'finished' &&
    broken.length === 0 &&
    !Object.entries(counts).some(([state, number]) => number > 0 && !quiet.includes(state as Result['state']))
  )
    said.push(`but the runner ended with code ${code}`);
  const head = said.length === 0 ? 'no tests' : said.join(', ');
  const tail = `${harmless(output.version ?? output.runner)}, ${output.interpreter.chosen}; ${durationText(output.usage.wallMs)}`;
  lines.push(`${(passed ? paint.green : paint.red)(head)}  (${tail})`);
  return lines;
}

const limits: Readonly<Record<string, string>> = {
  wall: 'no elapsed time left; --wall sets how much it has',
  cpu: 'no CPU time left; --cpu sets how much it has',
  memory: 'no memory left; --memory sets how much it has',
  stdout: 'too much on standard output; --output sets how much it may write',
  stderr: 'too much on standard error; --output sets how much it may write',
};

function lastWords({ stdout, stderr }: TestOutput): string[] {
  const text = harmlessLines(`${stdout}\n${stderr}`)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return text.slice(-shownLines).map((line) => `    ${line}`);
}
