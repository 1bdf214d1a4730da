/**
 * Takes a program out of a model's reply, or tells why there is none.
 *
 * Replies come as one block, as several, as bare code, as the rest of a function that the prompt began, in prose, in another language, cut at the limit of tokens, or without end. Each is told.
 * Whether the program is any good is not asked here; a program that does not parse is a program, and running it says so.
 */
import type { ReplyEnding } from '../../model/mod.ts';
import { runLanguages } from '../../run/mod.ts';
import type { Task } from '../types.ts';
import { methodAtMargin } from './methods.ts';

export type Extracted =
  | { readonly kind: 'program'; readonly source: string; readonly told: string | null }
  | { readonly kind: 'none'; readonly reason: NoProgram };

/** Why there is none. `wrong-language`: only blocks in others. `cut`: the limit of tokens came before the function's end. `endless`: it repeats itself to the limit. */
export const noPrograms = ['empty', 'prose', 'wrong-language', 'cut', 'endless'] as const;
export type NoProgram = (typeof noPrograms)[number];

interface Block {
  readonly tag: string;
  readonly text: string;
  readonly closed: boolean;
}

type Wanted = Pick<Task, 'language' | 'entry' | 'stub' | 'method'>;

export function extractProgram(reply: string, ending: ReplyEnding, task: Wanted): Extracted {
  const text = reply.replaceAll('\r\n', '\n');
  if (text.trim() === '') return { kind: 'none', reason: 'empty' };
  const cut = ending === 'length';
  if (cut && repeats(text)) return { kind: 'none', reason: 'endless' };
  const isMethod = task.method != null && task.entry !== null;
  const atMargin = (one: string): string => (isMethod ? methodAtMargin(one, task.entry ?? '') : one);
  const blocks = blocksOf(text).map((block) => ({ ...block, text: atMargin(block.text) }));
  if (blocks.length > 0) return ofBlocks(blocks, cut, task);
  const bare = atMargin(text);
  if (defines(bare, task)) {
    const source = withoutProse(bare, task.language);
    return cut ? { kind: 'none', reason: 'cut' } : { kind: 'program', source, told: 'bare code, without a block' };
  }
  // What begins indented goes on where the stub ends.
  if (task.stub !== null && /^[ \t]+\S/.test(text.replace(/^\n+/, '')))
    return {
      kind: 'program',
      source: task.stub + cutCompletion(text),
      told: 'the rest of the function that the task began',
    };
  return { kind: 'none', reason: cut ? 'cut' : 'prose' };
}

function ofBlocks(blocks: readonly Block[], cut: boolean, task: Wanted): Extracted {
  const ours = blocks.filter(({ tag }) => tag === '' || isLanguage(tag, task.language));
  if (ours.length === 0) return { kind: 'none', reason: 'wrong-language' };
  const defining = ours.filter(({ text }) => defines(text, task));
  const chosen = defining.at(-1) ?? (task.entry === null || task.stub !== null ? ours.at(-1) : undefined);
  if (chosen === undefined) return { kind: 'none', reason: cut ? 'cut' : 'prose' };
  if (!chosen.closed && cut) return { kind: 'none', reason: 'cut' };
  if (defining.length === 0 && task.entry !== null) {
    const rest = /^[ \t]+\S/.test(chosen.text.replace(/^\n+/, ''));
    return rest && task.stub !== null
      ? { kind: 'program', source: task.stub + chosen.text, told: 'the rest of the function that the task began' }
      : { kind: 'none', reason: 'prose' };
  }
  // A helper that stands in a block of its own belongs to the program that calls it.
  const helpers = ours.filter(
    (block) =>
      block !== chosen && !defines(block.text, task) && namesOf(block.text).some((name) => uses(chosen.text, name)),
  );
  const source = [...helpers.map(({ text }) => text), chosen.text].join('\n');
  const told = [
    ...(blocks.length > 1 ? [`the last of ${blocks.length} blocks that defines it`] : []),
    ...(helpers.length > 0 ? [`with helpers from ${helpers.length} other blocks`] : []),
    ...(chosen.closed ? [] : ['its block is not closed']),
  ];
  return { kind: 'program', source, told: told.length === 0 ? null : told.join(', ') };
}

/** Blocks between fences of three or more backticks; one that is not closed goes to the end. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { readonly fence: string; readonly tag: string; readonly lines: string[] } | null = null;
  for (const line of text.split('\n')) {
    const [, fence = '', tag = ''] = /^\s*(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/.exec(line) ?? [];
    if (open === null) {
      if (fence !== '') open = { fence, tag: tag.toLowerCase(), lines: [] };
    } else if (fence.startsWith(open.fence) && tag === '') {
      blocks.push({ tag: open.tag, text: `${open.lines.join('\n')}\n`, closed: true });
      open = null;
    } else open.lines.push(line);
  }
  if (open !== null) blocks.push({ tag: open.tag, text: `${open.lines.join('\n')}\n`, closed: false });
  return blocks;
}

/** A completion ends where something new begins at the left margin. Chen et al. 2021 and CodeT's released code (postprocess.py) stop at these. */
export const cutCompletion = (text: string): string =>
  ['\nclass', '\ndef', '\n#', '\nif', '\nprint'].reduce((left, end) => left.split(end)[0] as string, text);

const isLanguage = (tag: string, language: string): boolean =>
  runLanguages.some(({ name, aliases, extensions }) =>
    name === language ? [name, ...aliases, ...extensions.map((one) => one.slice(1))].includes(tag) : false,
  );

function defines(text: string, { language, entry }: Wanted): boolean {
  if (entry === null) return language !== 'python' || /^(import|from|def|class|print|for|while|if|\w+\s*=)/m.test(text);
  const name = entry.replace(/[^\w]/g, '\\$&');
  if (language === 'python') return new RegExp(`^(async\\s+)?def\\s+${name}\\s*\\(|^${name}\\s*=`, 'm').test(text);
  return new RegExp(`\\b${name}\\b`).test(text) && /[{}=;]|\bend\b/.test(text);
}

const namesOf = (text: string): string[] =>
  [...text.matchAll(/^(?:async\s+)?(?:def|class|function|const|let|var)\s+(\w+)/gm)].map(([, name]) => name as string);

const uses = (text: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);

/** Bare code with a sentence before or behind it. Python alone has lines that tell. */
function withoutProse(text: string, language: string): string {
  if (language !== 'python') return text;
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^(import |from \w[\w.]* import|def |async def |class |@\w)/.test(line));
  const kept = lines.slice(Math.max(first, 0));
  const last = kept.findLastIndex((line) =>
    /^[ \t]+\S|^(import|from|def|async|class|@|\w+\s*[=([])|^[)\]}]/.test(line),
  );
  return `${kept.slice(0, last + 1).join('\n')}\n`;
}

/** The last lines came before, in the same order, again and again: the sampler is in a loop. */
function repeats(text: string): boolean {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, -1);
  if (lines.length < 12) {
    const tail = text.slice(-60);
    return text.length > 600 && text.split(tail).length > 8;
  }
  for (let period = 1; period <= 6; period++) {
    const tail = lines.slice(-period * 6);
    if (tail.length === period * 6 && tail.every((line, at) => line === tail[at % period])) return true;
  }
  return false;
}
