/**
 * What documentation files teach: the words before a piece of code, and that code.
 *
 * Guides, notebooks and collections of recipes say what people want to do ("Read a file line by line") where documentation comments
 * say what a function is for. Each block of code is asked for by the sentence before it, and the first one below a heading by that heading too.
 * A folder that holds one piece of code beside a README is a recipe: its title asks for the code. Only blocks whose
 * language is told are taken: of the others many are output or a shell's.
 */
import { notebookCells } from '../../code/mod.ts';
import { tells, withoutMarkup } from './prose.ts';

export interface Guide {
  /** What asks, at least one. */
  readonly asks: readonly string[];
  /** What else is said right before the code. */
  readonly rest: string;
  readonly body: string;
  readonly language: string;
}

const guideFile = /\.(md|markdown|rst|ipynb)$/i;
/** Says what changed or how to behave, not how something is done. */
const otherFile =
  /(^|\/)(change|history|news|release|contribut|code.of.conduct|licen[cs]e|security|authors|roadmap)[^/]*$/i;
/** Folders and endings of translations. */
const translated =
  /(^|[/._-])(zh|ja|jp|ko|kr|fr|es|de|pt|ru|it|pl|tr|uk|vi|fa|ar|he|cn|tw|translations?|i18n|locales?)([-_](\w\w|han[st]))?([/.]|$)/i;

export const mayGuide = (path: string): boolean =>
  guideFile.test(path) && !otherFile.test(path) && !translated.test(path);

const languages: Readonly<Record<string, string>> = {
  ...{ python: 'python', python3: 'python', py: 'python', pycon: 'python', ipython: 'python', ipython3: 'python' },
  ...{ javascript: 'javascript', js: 'javascript', jsx: 'javascript', typescript: 'typescript', ts: 'typescript' },
  ...{ tsx: 'tsx', java: 'java', go: 'go', golang: 'go', rust: 'rust', rs: 'rust', c: 'c', cpp: 'cpp', 'c++': 'cpp' },
  ...{ csharp: 'csharp', cs: 'csharp', 'c#': 'csharp', ruby: 'ruby', rb: 'ruby', php: 'php' },
};

/** @param path tells the format; @param text of the file */
export function guidesOf(path: string, text: string): Guide[] {
  if (/\.ipynb$/i.test(path)) return guidesAmong(notebookParts(text));
  return guidesAmong(/\.rst$/i.test(path) ? restructuredParts(text) : markdownParts(text));
}

/** @returns null when the README's title or what follows it asks for nothing */
export function recipeOf(readme: string, code: string, language: string): Guide | null {
  const said = markdownParts(readme).filter((part) => part.kind !== 'code');
  const title = said.find(({ kind }) => kind === 'heading')?.text ?? '';
  const rest = said.filter(({ kind }) => kind === 'prose').map(({ text }) => text);
  const about = rest.filter((text) => !/^(originally published|last updated|author)\b/i.test(text)).join(' ');
  const asks = [plainOf(title), sentencesOf(about)[0] ?? ''].filter(tells);
  return asks.length === 0 || !isTaught(code) ? null : { asks, rest: about, body: code, language };
}

interface Part {
  readonly kind: 'heading' | 'prose' | 'code';
  readonly text: string;
  /** Of code; empty when it is not told. */
  readonly language: string;
}

const heading = (text: string): Part => ({ kind: 'heading', text, language: '' });
const prose = (text: string): Part => ({ kind: 'prose', text, language: '' });

function guidesAmong(parts: readonly Part[]): Guide[] {
  const found: Guide[] = [];
  let title = '';
  let paragraph = '';
  for (const { kind, text, language } of parts) {
    if (kind === 'heading') [title, paragraph] = [plainOf(text), ''];
    else if (kind === 'prose') paragraph = text;
    else {
      const known = languages[language.toLowerCase()];
      const body = withoutPrompts(text);
      // The sentence right before the code speaks of it; what comes earlier leads there.
      const sentences = sentencesOf(paragraph);
      const asks = [sentences.at(-1) ?? '', title].filter(tells);
      const rest = sentences.slice(0, -1).join(' ');
      if (known !== undefined && asks.length > 0 && isTaught(body)) found.push({ asks, rest, body, language: known });
      [title, paragraph] = ['', ''];
    }
  }
  return found;
}

const shortestUnits = 40;
const longestLines = 150;
const longestUnits = 8_000;

const isTaught = (body: string): boolean =>
  body.length >= shortestUnits && body.length <= longestUnits && body.split('\n').length <= longestLines;

/** A session at a prompt as what was typed there. */
function withoutPrompts(code: string): string {
  const lines = code.split('\n');
  const typed = /^\s*(?:>>>|\.\.\.|In \[\d*\]:) ?/;
  const kept = lines.some((line) => /^\s*(>>>|In \[\d*\]:)/.test(line))
    ? lines.filter((line) => typed.test(line))
    : lines;
  return kept
    .map((line) => line.replace(typed, ''))
    .filter((line) => !/^\s*[%!]/.test(line))
    .join('\n')
    .trim();
}

/** A title without its number and markup. */
const plainOf = (title: string): string => cleaned(title).replace(/^(\d+[.):]?)+\s+/, '');

/** The sentences of a paragraph, markup taken away. */
function sentencesOf(paragraph: string): string[] {
  return cleaned(paragraph)
    .split(/(?<=[\p{Ll}\p{N})\]"'])[.!?:]\s+(?=[\p{Lu}`])/u)
    .map((sentence) => sentence.replace(/[\s:.]+$/, ''));
}

const cleaned = (text: string): string =>
  withoutMarkup(
    text
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/`([^`<]*?)\s*<[^>]*>`_*/g, '$1')
      .replace(/(?<!\w)([*_]{1,3})(\S(?:[^*_]*\S)?)\1(?!\w)/g, '$2'),
  );

function markdownParts(text: string): Part[] {
  const parts: Part[] = [];
  const lines = text.split(/\r?\n/);
  let said: string[] = [];
  const flush = (): void => {
    if (said.length > 0) parts.push(prose(said.join(' ')));
    said = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    const fence = /^(\s*)(`{3,}|~{3,})\s*\{?\.?([\w+#]*)/.exec(line);
    if (fence !== null) {
      flush();
      const [, indent = '', mark = '', language = ''] = fence;
      const body: string[] = [];
      for (at++; at < lines.length && !(lines[at] as string).trimStart().startsWith(mark); at++) {
        const inner = lines[at] as string;
        body.push(inner.startsWith(indent) ? inner.slice(indent.length) : inner);
      }
      parts.push({ kind: 'code', text: body.join('\n'), language });
      continue;
    }
    const title = /^#{1,6}\s+(.+?)\s*#*\s*$/.exec(line);
    if (title !== null) {
      flush();
      parts.push(heading(title[1] as string));
    } else if (/^(={3,}|-{3,})\s*$/.test(line) && said.length === 1) {
      parts.push(heading(said.pop() as string));
    } else if (line.trim() === '') flush();
    else said.push(line.trim().replace(/^([-*+>]|\d+[.)])\s+/, ''));
  }
  flush();
  return parts;
}

/** Sections, paragraphs, `code-block`s, and sessions at a prompt. */
function restructuredParts(text: string): Part[] {
  const parts: Part[] = [];
  const lines = text.split(/\r?\n/);
  let said: string[] = [];
  const flush = (): void => {
    if (said.length > 0) parts.push(prose(said.join(' ').replace(/::$/, ':')));
    said = [];
  };
  const depthOf = (line: string): number => line.length - line.trimStart().length;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    const block = /^(\s*)\.\. (?:code-block|code|sourcecode|testcode|ipython|doctest)::\s*(\S*)/.exec(line);
    if (block !== null) {
      flush();
      const depth = (block[1] as string).length;
      const body: string[] = [];
      while (at + 1 < lines.length) {
        const next = lines[at + 1] as string;
        if (next.trim() !== '' && depthOf(next) <= depth) break;
        body.push(next);
        at++;
      }
      const inner = body.filter((row) => !/^\s+:[\w-]+:/.test(row));
      const least = Math.min(...inner.filter((row) => row.trim() !== '').map(depthOf));
      const code = inner.map((row) => row.slice(least)).join('\n');
      parts.push({ kind: 'code', text: code.trim(), language: block[2] || (code.includes('>>>') ? 'python' : '') });
    } else if (/^\s*>>> /.test(line)) {
      flush();
      const body: string[] = [];
      for (; at < lines.length && (lines[at] as string).trim() !== ''; at++) body.push((lines[at] as string).trim());
      parts.push({ kind: 'code', text: body.join('\n'), language: 'python' });
    } else if (/^([=\-~^"'#*+.])\1{2,}\s*$/.test(line)) {
      if (said.length === 1) parts.push(heading(said.pop() as string));
    } else if (line.trim() === '' || /^\s*\.\. /.test(line)) flush();
    else said.push(line.trim());
  }
  flush();
  return parts;
}

/** Nothing when it is no notebook. */
function notebookParts(text: string): Part[] {
  const notebook = notebookCells(text);
  if (notebook.kind === 'broken') return [];
  return notebook.cells.flatMap(({ kind, text }): Part[] => {
    if (kind === 'prose') return markdownParts(text);
    const { language } = notebook;
    // A comment that a cell begins with speaks of the cell.
    const lead = /^\s*# ?(.+)\n/.exec(text);
    if (lead === null) return [{ kind, text, language }];
    return [prose(lead[1] as string), { kind, text: text.slice(lead[0].length), language }];
  });
}
