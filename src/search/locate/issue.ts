/**
 * An issue taken apart: title, prose, code, error messages, places, names.
 *
 * The input may be an issue as written in a tracker, a stack trace, a failing test's output, or all of these pasted
 * together; the parts are recognised by themselves. Each part becomes queries and signals of its own, because a title
 * says more than a line of pasted output. Prose in any language is read for the code names in it.
 */
import { stem, stopWords, termsOf } from '../../code/mod.ts';
import { type Frame, type PathMention, pathsIn, type Traces, tracesIn } from './frames.ts';

export interface Issue {
  readonly title: string;
  readonly prose: string;
  readonly code: string;
  /** Lines that state an error. */
  readonly errors: string;
  /** All of it, cleaned. */
  readonly text: string;
  readonly frames: readonly Frame[];
  /** A trace and hardly a word beside it. */
  readonly traceOnly: boolean;
  readonly paths: readonly PathMention[];
  /** Dotted names → how much they are marked as names, ≥ 1. */
  readonly namesInProse: ReadonlyMap<string, number>;
  readonly namesInCode: ReadonlyMap<string, number>;
  /** The middle of a very long text was left out. */
  readonly cut: boolean;
}

/** Of each end of a longer text; a trace of a thousand frames says everything within it. */
const keptCharacters = 60_000;

/** Lines of errors kept; a test run that fails everywhere repeats itself. */
const mostErrors = 40;
const errorLine = /^E {2,}|\w(?:Error|Exception|Warning|Panic)\b|\b(?:Error|FAILED|panicked|fatal)\b/;

/** What terminals are told between the words. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the control character that is looked for.
const colours = /\x1b\[[\d;]{0,20}m/g;

/** A frame may name an exception’s class; it does not tell of one. */
const frameLine = /^\s*(?:at |from |#\d+ |File "|\d+: )/;

/** Longer lines are data; in pieces they cost patterns nothing. */
const longLine = /[^\n]{1000}/g;

export function parseIssue(given: string): Issue {
  const whole = given.replaceAll('\r\n', '\n').replaceAll('\0', ' ').replace(colours, '');
  const cut = whole.length > keptCharacters * 2;
  const kept = cut ? `${whole.slice(0, keptCharacters)}\n${whole.slice(-keptCharacters)}` : whole;
  const raw = kept.replace(longLine, '$&\n');
  const text = cleaned(raw);
  const printed = asPrinted(raw);
  const traces = tracesIn(printed);
  const { code, prose } = divide(text);
  const errors = text
    .split('\n')
    .filter((line) => errorLine.test(line) && !frameLine.test(line))
    .slice(0, mostErrors)
    .join('\n');
  return {
    title: titleOf(text, errors),
    prose,
    code,
    errors,
    text,
    // Traces stand in what cleaning takes out as well, as in a folded section.
    frames: traces.frames,
    traceOnly: isTraceOnly(printed, traces),
    paths: pathsIn(raw),
    namesInProse: namesInProse(prose, titleOf(text, errors)),
    namesInCode: namesInCode(code),
    cut,
  };
}

/** Traces out of logs: without the names of services before lines, and with the lines of one that was written into JSON. */
function asPrinted(text: string): string {
  return text.replace(/^[\w.-]{1,40} +\| /gm, '').replace(/^.*\\n(?:\\t| {2}).*$/gm, (line) =>
    line
      .replace(/(?<!\\)"/g, '\n')
      .replaceAll('\\n', '\n')
      .replaceAll('\\t', '\t')
      .replaceAll('\\"', '"'),
  );
}

/**
 * Words of three letters and more beside a trace that are still no description: what went wrong, banners and counts of a test
 * run. Recorded outputs of gdb, AddressSanitizer, IPython, Node’s and Rust’s test runners and groups of Python’s exceptions hold 35 to 64.
 */
const wordsBeside = 70;

function isTraceOnly(text: string, { frames, spans }: Traces): boolean {
  if (frames.length === 0) return false;
  const inTrace = new Uint8Array(text.length);
  for (const { start, end } of spans) inTrace.fill(1, start, end);
  let beside = 0;
  for (const { index } of text.matchAll(/\p{L}{3,}/gu))
    if (inTrace[index] === 0 && ++beside > wordsBeside) return false;
  return true;
}

/** Without what trackers' templates add and tools print about machines. */
function cleaned(text: string): string {
  return withoutComments(text)
    .replace(
      /^#* *(?:INSTALLED VERSIONS|(?:Your )?Environment|Versions?|System (?:details|info)\w*)\s*\n[\s\S]*?(?=<\/details>|\n#|$(?![\s\S]))/gim,
      '\n',
    )
    .replace(/<\/?[a-z][^>\n]{0,200}>/gi, ' ')
    .replace(/!\[[^\]\n]*\]\([^)\n]*\)/g, ' ')
    .replace(/https?:\/\/\S+/g, ' ');
}

function withoutComments(text: string): string {
  let out = '';
  for (let at = 0; ; ) {
    const start = text.indexOf('<!--', at);
    const end = start < 0 ? -1 : text.indexOf('-->', start);
    if (end < 0) return out + text.slice(at);
    out += `${text.slice(at, start)} `;
    at = end + 3;
  }
}

/** The first line, or what went wrong when the text begins with a trace. */
function titleOf(text: string, errors: string): string {
  const first =
    /\S.*/
      .exec(text)?.[0]
      .replace(/^#+\s*/, '')
      .trim() ?? '';
  const opensTrace = /^(?:Traceback|Exception in|panic:|thread '|goroutine|=+ |-+$|_+ |E {2}|\s*at |FAIL)/.test(first);
  const told = opensTrace ? errors.split('\n').at(-1) || first : first;
  return told.replace(announced, '').slice(0, 300);
}

/** How interpreters begin to tell of an error: these words name nothing of the program. */
const announced =
  /^(?:(?:PHP )?(?:Fatal|Parse|Recoverable fatal|Compile) error: +(?:Uncaught )?|PHP (?:Warning|Notice|Deprecated): +|Uncaught (?:\(in promise\) )?|Unhandled exception[.:] *|Exception in thread "[^"\n]*" )/i;

function divide(text: string): { code: string; prose: string } {
  const code: string[] = [];
  const prose: string[] = [];
  let fenced = false;
  for (const line of text.split('\n')) {
    if (/^\s*(```|~~~)/.test(line)) {
      if (line.split('```').length === 3) code.push(line.replaceAll('```', ' '));
      else fenced = !fenced;
    } else if (fenced || /^(?:\s*(?:>>>|\.\.\. |In ?\[\d+\]|Out\[\d+\])| {4}|\t)/.test(line)) code.push(line);
    else prose.push(line);
  }
  return { code: code.join('\n'), prose: prose.join('\n') };
}

const dotted = /[A-Za-z_$][\w$]*(?:(?:\.|::|#)[A-Za-z_$][\w$]*)*/g;
/** Distinct names looked up; an issue of a person has fewer, a pasted file more. */
const mostNames = 400;

/** Words by which programs tell of errors. Only marked as names they are names. */
const announcers: ReadonlySet<string> = new Set(
  'error errors exception fatal uncaught unhandled warning notice failed failure fails crash panic panicked traceback caused thread'.split(
    ' ',
  ),
);

function namesInProse(prose: string, title: string): Map<string, number> {
  const names = new Map<string, number>();
  const add = (name: string, weight: number): void => {
    if (names.has(name) || names.size < mostNames) names.set(name, (names.get(name) ?? 0) + weight);
  };
  for (const [, quoted] of prose.matchAll(/`([^`\n]+)`/g))
    for (const [name] of (quoted ?? '').matchAll(dotted)) add(name, 3);
  for (const [name] of title.matchAll(dotted)) if (!announcers.has(name.toLowerCase())) add(name, 2);
  for (const [, name] of prose.matchAll(/\b([A-Za-z_]\w*)\(/g)) add(name as string, 2);
  for (const [name] of prose.matchAll(dotted)) if (/[._#:]|[a-z][A-Z]/.test(name)) add(name, 2);
  return names;
}

function namesInCode(code: string): Map<string, number> {
  const names = new Map<string, number>();
  for (const [name] of code.matchAll(dotted)) {
    if (names.has(name) || names.size < mostNames) names.set(name, (names.get(name) ?? 0) + 1);
  }
  for (const [, name] of code.matchAll(/([A-Za-z_]\w*)\(/g))
    names.set(name as string, (names.get(name as string) ?? 0) + 1);
  return names;
}

/** Words of programs and trackers that say nothing of where. */
const commonWords: ReadonlySet<string> = new Set(
  `import def return self class none true false null else elif raise try except pass lambda print http https com www github
   issue bug fix just using used also any all some my then i you we var let const function new this public static void int string`
    .split(/\s+/)
    .map(stem),
);

/** How often each term comes, without the words that everybody uses. */
export function termCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of termsOf(text)) {
    if (term.length < 2 || stopWords.has(term) || commonWords.has(term)) continue;
    counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return counts;
}
