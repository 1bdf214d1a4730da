/** Verdicts as a person sees them: a row for each submission, tests as they come, then what went wrong first. */
import type { JudgeOutput, JudgeResult, JudgeTestResult } from '../operations/judge-schemas.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, harmless, harmlessLines, type Paint, painter } from '../paint.ts';
import { durationText, sizeText } from '../units.ts';

type Kind = JudgeResult['kind'];

/** One character a test. */
const marks: Readonly<Record<Kind, string>> = {
  accepted: '.',
  'wrong-answer': 'W',
  'time-limit': 'T',
  'memory-limit': 'M',
  'output-limit': 'O',
  'runtime-error': 'R',
  'compile-error': 'C',
  unjudged: '?',
  skipped: '-',
};

/** Columns of `wrong-answer`, the longest but for the two that are rare. */
const kindColumns = 13;
/** Tests that are drawn one by one; of more a row has the count. */
const drawnTests = 40;
/** Lines of a compiler's complaint; `--json` has more. */
const compilerLines = 12;

/** What a row shows before there is a verdict. */
interface RowRound {
  readonly name: string;
  readonly problem: { readonly name: string; readonly tests: readonly unknown[] };
}

interface RowSettings {
  readonly list: boolean;
  readonly terminal: boolean;
  readonly settings: Settings;
}

/** The rows of a batch while it runs: one is drawn again and again on a terminal, and all others are whole. */
export class JudgeRows {
  readonly #rounds: readonly RowRound[];
  readonly #how: RowSettings;
  readonly #paint: Paint;
  readonly #columns: { readonly name: number; readonly problem: number };
  /** Tests of rounds that are not told yet. */
  readonly #seen = new Map<number, Map<number, Kind>>();
  #told = 0;

  constructor(rounds: readonly RowRound[], how: RowSettings) {
    this.#rounds = rounds;
    this.#how = how;
    this.#paint = painter(how.settings);
    const widest = (names: readonly string[]): number =>
      Math.min(
        32,
        names.reduce((most, name) => Math.max(most, harmless(name).length), 0),
      );
    const isSeveral = new Set(rounds.map(({ problem }) => problem)).size > 1;
    this.#columns = {
      name: widest(rounds.map(({ name }) => name)),
      problem: isSeveral ? widest(rounds.map(({ problem }) => problem.name)) : 0,
    };
  }

  head(): string {
    return this.#live();
  }

  test(round: number, index: number, { kind }: JudgeTestResult): string {
    const seen = this.#seen.get(round) ?? new Map<number, Kind>();
    this.#seen.set(round, seen.set(index, kind));
    return round === this.#told ? this.#live() : '';
  }

  result(result: JudgeResult): string {
    this.#seen.delete(this.#told++);
    const { list, settings, terminal } = this.#how;
    const row = this.#row(result.kind, result.submission, result.problem, marksOf(result), usageText(result));
    const more = [...(list ? testLines(result, this.#paint) : []), ...whyLines(result, list, this.#paint, settings)];
    const clear = terminal ? '\r\x1b[2K' : '';
    return `${clear}${[row, ...more].join('\n')}\n${this.#live()}`;
  }

  end(output: JudgeOutput): string {
    return output.results.length > 1 ? `\n${countsLine(output, this.#paint)}\n` : '';
  }

  /** What is known of the round that is judged now. */
  #live(): string {
    const round = this.#rounds[this.#told];
    if (!this.#how.terminal || round === undefined) return '';
    const seen = this.#seen.get(this.#told) ?? new Map<number, Kind>();
    const total = round.problem.tests.length;
    const drawn =
      total > drawnTests
        ? `${seen.size} of ${total}`
        : Array.from({ length: total }, (_, index) => marks[seen.get(index) ?? 'skipped']).join('');
    const row = this.#row(null, round.name, round.problem.name, drawn.replaceAll('-', '·'), '');
    return `\r\x1b[2K${row}`;
  }

  #row(kind: Kind | null, name: string, problem: string, drawn: string, usage: string): string {
    const { columns } = this.#how.settings;
    const word = (kind ?? 'judging').padEnd(kindColumns);
    const plain = [
      ...(this.#columns.problem === 0 ? [] : [cut(harmless(problem), 32).padEnd(this.#columns.problem)]),
      cut(harmless(name), 32).padEnd(this.#columns.name),
      drawn,
      usage,
    ].join('  ');
    return `${paintOf(kind, this.#paint)(word)} ${cut(plain.trimEnd(), Math.max(20, columns - kindColumns - 2))}`;
  }
}

/** A finished answer, for faces that do not print as they go. */
export function judgeView(output: JudgeOutput, settings: Settings): string {
  const rounds = output.results.map(({ submission, problem, tests }) => ({
    name: submission,
    problem: { name: problem, tests },
  }));
  const rows = new JudgeRows(rounds, { list: output.results.length === 1, terminal: false, settings });
  return output.results.map((result) => rows.result(result)).join('') + rows.end(output);
}

function testLines({ tests }: JudgeResult, paint: Paint): string[] {
  const widest = Math.min(
    40,
    tests.reduce((most, { test }) => Math.max(most, harmless(test).length), 0),
  );
  return tests.map((test) => {
    const word = paintOf(test.kind, paint)(test.kind.padEnd(kindColumns));
    const more = [usageText(test), test.runs > 1 ? `${test.runs} runs` : '', test.isFlaky ? paint.yellow('flaky') : ''];
    return `  ${word} ${cut(harmless(test.test), 40).padEnd(widest)}  ${more.filter((one) => one !== '').join('  ')}`.trimEnd();
  });
}

/** Why the first test that is not accepted is not. */
function whyLines(result: JudgeResult, list: boolean, paint: Paint, { columns }: Settings): string[] {
  if (result.kind === 'accepted') {
    const near = result.tests.filter(({ isFlaky }) => isFlaky);
    return near.map((one) => `    ${harmless(one.test)}: ${harmless(one.reason ?? '')}`);
  }
  const first = result.tests.find(({ kind }) => kind !== 'accepted' && kind !== 'skipped');
  const reason = first?.reason ?? result.reason;
  const at =
    first === undefined || result.kind === 'compile-error'
      ? ''
      : `${harmless(first.test)}${reason === null ? '' : ': '}`;
  const lines = at === '' && reason === null ? [] : [`    ${at}${harmless(reason ?? '')}`];
  const { difference = null } = first ?? {};
  if (difference !== null) {
    const side = (text: string | null): string =>
      text === null ? paint.dim('nothing') : cut(harmless(text), columns - 16);
    lines.push(
      `    line ${difference.line}`,
      `      expected  ${side(difference.expected)}`,
      `      came      ${side(difference.actual)}`,
    );
  }
  const said = harmlessLines(result.compilerOutput ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  lines.push(...said.slice(0, compilerLines).map((line) => paint.dim(`    ${cut(line, columns - 4)}`)));
  if (said.length > compilerLines) lines.push(paint.dim(`    and ${count(said.length - compilerLines, 'more line')}`));
  return list && result.tests.length > 1 ? ['', ...lines] : lines;
}

function usageText(of: JudgeResult | JudgeTestResult): string {
  const points = 'points' in of && of.points !== null ? `${of.points} of ${of.maxPoints} points` : '';
  const fuel = 'instructions' in of && of.instructions !== null ? `${of.instructions} instructions` : '';
  const time = of.cpuMs ?? ('wallMs' in of ? of.wallMs : null);
  return [
    time === null ? '' : durationText(time),
    of.memoryBytes === null ? '' : sizeText(of.memoryBytes),
    fuel,
    points,
  ]
    .filter((one) => one !== '')
    .join('  ');
}

function marksOf({ tests }: JudgeResult): string {
  if (tests.length <= drawnTests) return tests.map(({ kind }) => marks[kind]).join('');
  return `${tests.filter(({ kind }) => kind === 'accepted').length} of ${tests.length}`;
}

function countsLine({ counts, elapsedMs }: JudgeOutput, paint: Paint): string {
  const parts = (Object.entries(counts) as [Kind, number][]).filter(([, number]) => number > 0);
  return `${parts.map(([kind, number]) => `${number} ${paintOf(kind, paint)(kind)}`).join(', ')} in ${durationText(elapsedMs)}`;
}

function paintOf(kind: Kind | null, paint: Paint): (text: string) => string {
  if (kind === null || kind === 'skipped') return paint.dim;
  return kind === 'accepted' ? paint.green : kind === 'unjudged' ? paint.yellow : paint.red;
}
