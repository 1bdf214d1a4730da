/**
 * Places that a text names outright: frames of stack traces, paths of files, lines of test reports.
 *
 * How each language prints a trace is a table (`traceforms.ts`). What is found is only text: whether the repository has
 * such a file or function is asked later (`places.ts`). Within a trace the innermost frame comes first; of a chain of
 * exceptions the one that led to the others.
 */
import { type PrintedFrame, type TraceForm, traceForms } from './traceforms.ts';

export interface Frame {
  /** As printed; may be absolute, of another machine, or of a library; `null` where only a name is printed. */
  readonly path: string | null;
  /** 1-based. */
  readonly line: number | null;
  /** Function or method without arguments, owners before it: `solve`, `Foo.bar`; `Foo.<init>` is a constructor. */
  readonly name: string | null;
  /** How far from where it went wrong: 0 is the innermost frame of its trace. */
  readonly depth: number;
  /** Number of its trace: 0 went wrong first. */
  readonly trace: number;
  /** Ends of the paths it can mean where none is printed. */
  readonly sources?: RegExp | undefined;
  /** What stands before the name where it is told: namespaces, crates, modules, types; outermost first. */
  readonly around?: readonly string[] | undefined;
}

export interface Traces {
  readonly frames: readonly Frame[];
  /** Where traces stand in the text, half-open, in characters; they may overlap. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** A trace is read no further than this: one of infinite recursion repeats itself, and says soon what it says. */
const mostFrames = 60;
/** Traces of one form; a test run that fails everywhere prints many. */
const mostTraces = 20;

interface Trace {
  readonly frames: PrintedFrame[];
  readonly start: number;
  end: number;
}

/** All traces of a text. */
export function tracesIn(text: string): Traces {
  const frames: Frame[] = [];
  const spans: Trace[] = [];
  for (const form of traceForms) {
    const found = tracesOf(form, text).slice(0, mostTraces);
    spans.push(...found);
    for (const [trace, { frames: printed }] of found.entries())
      for (const [depth, { path, line, name, around }] of distinct(innermostFirst(printed, form)).entries())
        frames.push({ path, line, name, depth, trace, sources: form.sources, around });
  }
  return { frames, spans };
}

/** Traces as printed, those of one chain from what went wrong first to what followed. */
function tracesOf(form: TraceForm, text: string): Trace[] {
  const chains: Trace[][] = [];
  let current: Trace | null = null;
  for (const match of text.matchAll(form.pattern)) {
    const frame = form.read(match.slice(1));
    if (frame === null || (frame.path === null && frame.name === null)) continue;
    const end = match.index + match[0].length;
    const relation =
      current === null ? 'other' : (form.between?.(text.slice(current.end, match.index), match[0]) ?? null);
    if (relation === null && current !== null) {
      current.frames.push(frame);
      current.end = end;
      continue;
    }
    if (chains.length > mostTraces) break;
    current = { frames: [frame], start: match.index, end };
    if (relation === 'cause') chains.at(-1)?.unshift(current);
    else if (relation === 'effect') chains.at(-1)?.push(current);
    else chains.push([current]);
  }
  return chains.flat();
}

function innermostFirst(
  printed: readonly PrintedFrame[],
  { innermostLast, namesCallee }: TraceForm,
): readonly PrintedFrame[] {
  const frames = innermostLast === true ? printed.toReversed() : printed;
  if (namesCallee !== true) return frames;
  // A place stands within what the next one further out calls; what the first one calls has no place of its own.
  const within = frames.map(({ path, line }, at) => ({ path, line, name: frames[at + 1]?.name ?? null }));
  const called = frames[0]?.name ?? null;
  return called === null ? within : [{ path: null, line: null, name: called }, ...within];
}

function distinct(frames: readonly PrintedFrame[]): PrintedFrame[] {
  const seen = new Map<string, PrintedFrame>();
  for (const frame of frames) {
    if (frame.path === '' || (frame.path === null && frame.name === null)) continue;
    const key = `${frame.path}:${frame.line}:${frame.name}:${frame.around ?? ''}`;
    if (!seen.has(key)) seen.set(key, frame);
    if (seen.size >= mostFrames) break;
  }
  return [...seen.values()];
}

const lineOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

export interface PathMention {
  readonly path: string;
  /** 1-based, where the text gives one: `b.py#L3`, `b.py:3`. */
  readonly line: number | null;
}

/** Words with a slash or a name with an extension of source code. */
const mention =
  /(?:[\w.~-]+[\\/])*[\w-]+\.(?:py|pyx|pyi|js|mjs|cjs|jsx|ts|tsx|mts|vue|svelte|java|kt|go|rs|c|cc|cpp|cxx|h|hh|hpp|cs|rb|php|scala|swift)\b(?:#L(\d{1,7})|:(\d{1,7}))?/g;

const mostMentions = 200;

export function pathsIn(text: string): PathMention[] {
  const found: PathMention[] = [];
  const seen = new Set<string>();
  for (const match of text.matchAll(mention)) {
    if (seen.has(match[0])) continue;
    seen.add(match[0]);
    found.push({
      path: match[0].replace(/(?:#L|:)\d+$/, '').replaceAll('\\', '/'),
      line: lineOf(match[1] ?? match[2]),
    });
    if (found.length >= mostMentions) break;
  }
  return found;
}
