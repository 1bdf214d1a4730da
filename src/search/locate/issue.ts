/**
 * An issue taken apart: title, prose, code, error messages, places, names.
 *
 * The input may be an issue as written in a tracker, a stack trace, a failing test's output, or all of these pasted
 * together; the parts are recognised by themselves. Each part becomes queries and signals of its own, because a title
 * says more than a line of pasted output. Prose in any language is read for the code names in it.
 */
import { stem, stopWords, termsOf } from '../../code/mod.ts';
import { type Frame, framesIn, type PathMention, pathsIn } from './frames.ts';

export interface Issue {
  readonly title: string;
  readonly prose: string;
  readonly code: string;
  /** Lines that state an error. */
  readonly errors: string;
  /** All of it, cleaned. */
  readonly text: string;
  readonly frames: readonly Frame[];
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

/** Longer lines are data; in pieces they cost patterns nothing. */
const longLine = /[^\n]{1000}/g;

export function parseIssue(given: string): Issue {
  const whole = given.replaceAll('\r\n', '\n').replaceAll('\0', ' ');
  const cut = whole.length > keptCharacters * 2;
  const kept = cut ? `${whole.slice(0, keptCharacters)}\n${whole.slice(-keptCharacters)}` : whole;
  const raw = kept.replace(longLine, '$&\n');
  const text = cleaned(raw);
  const { code, prose } = divide(text);
  const errors = text
    .split('\n')
    .filter((line) => errorLine.test(line))
    .slice(0, mostErrors)
    .join('\n');
  return {
    title: titleOf(text, errors),
    prose,
    code,
    errors,
    text,
    // Traces stand in what cleaning takes out as well, as in a folded section.
    frames: framesIn(raw),
    paths: pathsIn(raw),
    namesInProse: namesInProse(prose, titleOf(text, errors)),
    namesInCode: namesInCode(code),
    cut,
  };
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
  return opensTrace ? (errors.split('\n').at(-1) ?? first) : first.slice(0, 300);
}

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

function namesInProse(prose: string, title: string): Map<string, number> {
  const names = new Map<string, number>();
  const add = (name: string, weight: number): void => {
    if (names.has(name) || names.size < mostNames) names.set(name, (names.get(name) ?? 0) + weight);
  };
  for (const [, quoted] of prose.matchAll(/`([^`\n]+)`/g))
    for (const [name] of (quoted ?? '').matchAll(dotted)) add(name, 3);
  for (const [name] of title.matchAll(dotted)) add(name, 2);
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
