/**
 * The person's view of `winnow trace`: source in the margin, what each line did beside it, calls indented, rounds of loops folded.
 */
import { effectTexts, type Folded, foldSteps, type Step, type Trace, traceTree, type Visit } from '../../run/mod.ts';
import type { TraceOutput } from '../operations/trace-schemas.ts';
import type { Settings } from '../operations/types.ts';
import { cut, grouped, harmless, harmlessLines, painter } from '../paint.ts';
import { endingText } from './run.ts';
import { partialLines } from './run-partial.ts';

/** Rounds of a loop that are shown before the last. */
const rounds = 2;
const columnOfEffects = 48;

export function traceView(output: TraceOutput, settings: Settings): string {
  if (output.coverage !== null) return output.coverage;
  const { outcome, traces, written, notices, monologue, partial } = output;
  const parts =
    monologue !== null
      ? [harmlessLines(monologue).trimEnd()]
      : traces[0]?.level === 'coverage' || traces[0]?.level === 'counts'
        ? [countsText(output, settings)]
        : traces.map((trace) => runText(trace as unknown as Trace, output, settings));
  const end = endingText(outcome) ?? 'exit code 0';
  const paint = painter(settings);
  const last = [
    paint.dim(`${end} (${traces[0]?.runtime ?? outcome.language}, ${outcome.backend})`),
    ...written.map((path) => `wrote ${harmless(path)}`),
    ...notices.map((text) => paint.yellow(harmless(text))),
    ...(partial === null ? [] : ['', ...partialLines(partial, paint, settings.columns)]),
  ];
  return `${[...parts, last.join('\n')].filter((part) => part !== '').join('\n')}\n`;
}

/** Source with how often each line ran. */
function countsText({ files, traces }: TraceOutput, settings: Settings): string {
  const paint = painter(settings);
  const exact = traces[0]?.level === 'counts';
  return files
    .flatMap(({ path, source, lines }) => {
      const counts = new Map(lines);
      const rows = source
        .replace(/\r?\n$/, '')
        .split(/\r\n|\r|\n/)
        .map((text, at) => {
          const count = counts.get(at + 1);
          const shown = count === undefined ? '' : count === 0 ? '-' : exact ? `${grouped(count)}×` : '✓';
          const line = `${String(at + 1).padStart(5)} ${shown.padStart(10)}  `;
          return `${count === 0 ? paint.red(line) : paint.dim(line)}${harmless(text.replaceAll('\t', '  '))}`.trimEnd();
        });
      return files.length > 1 ? [paint.bold(harmless(path)), ...rows] : rows;
    })
    .join('\n');
}

interface Row {
  readonly depth: number;
  readonly margin: string;
  readonly text: string;
  /** Indices of events whose texts stand beside it. */
  readonly effects: readonly number[];
  readonly kind: 'line' | 'call' | 'end' | 'note';
}

function runText(trace: Trace, output: TraceOutput, settings: Settings): string {
  const roots = traceTree(trace);
  if (roots.length === 0) return '';
  const rows = new Rows(trace, output);
  const { function: only, limit, width } = output.shown;
  // Who asks for one function asks what its calls do; what the module around it does while it loads tells only where there were none.
  const lone = only === null ? (output.partial?.function ?? null) : null;
  const calls =
    lone === null ? [] : visitsOf(roots, trace, lone).filter(({ code }) => trace.codes[code]?.kind !== 'class');
  const chosen = only !== null ? visitsOf(roots, trace, only) : calls.length > 0 ? calls : roots;
  if (chosen.length === 0) return `No function named ${harmless(only ?? '')} was called among what was recorded.`;
  for (const visit of chosen) rows.visit(visit, 0, limit);
  const wanted = new Set(rows.rows.flatMap(({ effects }) => effects));
  const texts = effectTexts(trace, wanted, { depth: 3, length: width });
  const paint = painter(settings);
  const lines = rows.rows.map(({ depth, margin, text, effects, kind }) => {
    const told = toldOf(effects, trace, texts);
    const head = `${margin.padStart(5)}  ${'  '.repeat(depth)}`;
    if (kind === 'note') return paint.dim(`${head}${harmless(text)}`);
    if (kind === 'call') return `${paint.dim(head)}${paint.cyan(harmless(text))}${paint.dim(`(${harmless(told)})`)}`;
    if (kind === 'end') return `${paint.dim(head)}${paint.dim(text)} ${harmless(told)}`.trimEnd();
    const source = cut(text, 200);
    const pad = ' '.repeat(Math.max(2, columnOfEffects - 2 * depth - source.length));
    return `${paint.dim(head)}${harmless(source)}${told === '' ? '' : `${pad}${paint.green(harmless(told))}`}`;
  });
  if (calls.length > 0 && roots.some((visit) => !calls.includes(visit)))
    lines.push(paint.dim(`… calls of ${harmless(lone ?? '')} alone; --json and --html have what ran around them`));
  if (rows.hidden > 0)
    lines.push(paint.dim(`… ${grouped(rows.hidden)} more lines; --limit shows more, --function less`));
  return lines.join('\n');
}

/** Texts of a step's effects, one after the other; what it printed in several pieces is one. */
function toldOf(effects: readonly number[], { events }: Trace, texts: ReadonlyMap<number, string>): string {
  const parts: string[] = [];
  let printed = '';
  for (const at of effects) {
    const text = texts.get(at) ?? '';
    const kind = events[at]?.kind;
    if (kind === 'output') printed += text;
    else if (text !== '') parts.push(kind === 'raise' ? `raises ${text}` : text);
  }
  if (printed !== '') parts.push(`prints ${cut(JSON.stringify(printed), 100)}`);
  return parts.join('  ');
}

/** Rows in the order of the run, up to a number of them. */
class Rows {
  readonly rows: Row[] = [];
  hidden = 0;
  readonly #trace: Trace;
  readonly #sources: ReadonlyMap<string, readonly string[]>;

  constructor(trace: Trace, { files }: TraceOutput) {
    this.#trace = trace;
    this.#sources = new Map(files.map(({ path, source }) => [path, source.split(/\r\n|\r|\n/)]));
  }

  /** Characters before the code of the frame at hand. */
  #indent = 0;

  #put(row: Row, limit: number): void {
    if (this.rows.length < limit) this.rows.push(row);
    else this.hidden++;
  }

  visit(visit: Visit, depth: number, limit: number): void {
    const { events, codes } = this.#trace;
    const code = codes[visit.code];
    const begin = events[visit.begin];
    const name = code?.name ?? '?';
    const file = this.#sources.size > 1 ? `  ${code?.file ?? ''}` : '';
    const isModule = code?.kind === 'module' || code?.kind === 'class';
    // A function of a bundle that goes on in the lines of another file is named again, as a module is.
    if ((isModule && begin !== undefined) || begin?.kind === 'line' || begin?.kind === 'block')
      this.#put({ depth, margin: '', text: `${name}${file}`, effects: [], kind: 'note' }, limit);
    else if (begin?.kind === 'resume')
      this.#put({ depth, margin: '', text: `${name} goes on`, effects: [], kind: 'note' }, limit);
    else
      this.#put(
        { depth, margin: '', text: `${name}`, effects: begin === undefined ? [] : [visit.begin], kind: 'call' },
        limit,
      );
    const around = this.#indent;
    this.#indent = Math.min(
      ...visit.steps.map(({ line }) => indentOf(this.#sources.get(code?.file ?? '')?.[line - 1])),
    );
    if (!Number.isFinite(this.#indent)) this.#indent = 0;
    this.#folded(foldSteps(visit.steps, rounds), code?.file ?? '', depth + 1, limit);
    this.#indent = around;
    const end = events[visit.end];
    if ((end?.kind === 'return' && isModule) || end?.kind === 'line' || end?.kind === 'block') return;
    if (end?.kind === 'return' || end?.kind === 'yield') {
      const says = this.#trace.level === 'values';
      const text = end.kind === 'return' ? '→' : '⇢';
      if (says) this.#put({ depth: depth + 1, margin: '', text, effects: [visit.end], kind: 'end' }, limit);
    } else if (end?.kind === 'unwind')
      this.#put({ depth: depth + 1, margin: '', text: '↯ left by the exception', effects: [], kind: 'note' }, limit);
    else
      this.#put({ depth: depth + 1, margin: '', text: '… its end was not recorded', effects: [], kind: 'note' }, limit);
  }

  #folded(folded: readonly Folded[], file: string, depth: number, limit: number): void {
    for (const one of folded) {
      if (one.kind === 'step') this.#step(one.step, file, depth, limit);
      else {
        for (const round of one.first) this.#folded(round, file, depth, limit);
        if (one.left > 0)
          this.#put(
            {
              depth,
              margin: '⋮',
              text: `${grouped(one.left)} more ${one.left === 1 ? 'round' : 'rounds'} of line ${one.line}`,
              effects: [],
              kind: 'note',
            },
            limit,
          );
        this.#folded(one.last, file, depth, limit);
      }
    }
  }

  /** Without the indentation that all of its function has. */
  #sourceOf(file: string, line: number): string {
    return (this.#sources.get(file)?.[line - 1] ?? '').trimEnd().slice(this.#indent).replaceAll('\t', '  ');
  }

  #step(step: Step, file: string, depth: number, limit: number): void {
    const { line, skipped, effects, visits } = step;
    if (skipped > 0)
      this.#put(
        { depth, margin: '⋮', text: `${grouped(skipped)} executions of lines not recorded`, effects: [], kind: 'note' },
        limit,
      );
    const source = this.#sourceOf(file, line);
    const shown = visits.filter((visit) => !isQuiet(visit, this.#trace));
    const isSplit = shown.length > 0;
    this.#put({ depth, margin: String(line), text: source, effects: isSplit ? [] : effects, kind: 'line' }, limit);
    if (!isSplit) return;
    for (const visit of shown) this.visit(visit, depth + 1, limit);
    if (effects.length > 0) this.#put({ depth: depth + 1, margin: '', text: '⇒', effects, kind: 'end' }, limit);
  }
}

const indentOf = (line: string | undefined): number => line?.search(/\S/) ?? 0;

/** A comprehension's own frame says nothing that the line does not. */
const isQuiet = (visit: Visit, { codes }: Trace): boolean =>
  (codes[visit.code]?.kind === 'part' || codes[visit.code]?.kind === 'class') &&
  visit.steps.every(({ visits }) => visits.length === 0);

/** Visits of functions of a name, wherever they are. */
function visitsOf(roots: readonly Visit[], { codes }: Trace, name: string): Visit[] {
  return roots.flatMap((visit) => {
    const own = codes[visit.code]?.name ?? '';
    if (own === name || own.endsWith(`.${name}`)) return [visit];
    return visitsOf(
      visit.steps.flatMap(({ visits }) => visits),
      { codes } as Trace,
      name,
    );
  });
}
