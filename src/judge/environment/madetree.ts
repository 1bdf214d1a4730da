/**
 * A small tree of files for a command, made of what the command names, so that it has something to act on.
 *
 * For data sets of commands that come without the files they were written for. The same command gives the same tree: some twenty files of
 * usual kinds, beside them the relative paths and patterns that stand in the command, with words of the command in their text. What is
 * absolute lies outside of the work directory and is not made. The tree tells no more of the command than names that the question has too.
 */
import { createHash } from 'node:crypto';
import type { JobFile } from '../../run/mod.ts';

const usual: readonly string[] = [
  'notes.txt',
  'readme.md',
  'list.txt',
  'config.xml',
  'settings.ini',
  'index.html',
  'style.css',
  'main.c',
  'main.h',
  'app.js',
  'Main.java',
  'test.py',
  'data/table.csv',
  'data/numbers.txt',
  'docs/guide.txt',
  'docs/old/draft.doc',
  'logs/app.log',
  'logs/error.log.1',
  'images/photo.jpg',
  'scripts/build.sh',
  '.hidden',
];

/** Names that are made at most; commands with more are lists, and each name costs a file. */
const namesMost = 40;
const linesOfFile = 12;

/** Options whose next word is no path. */
const valued =
  /^-(?:type|perm|size|[acm]?min|[acm]time|user|group|uid|gid|maxdepth|mindepth|depth|links|inum|fstype|regextype|n|d|f|k|t|l|P|L|I|s)$/;
const keywords =
  /^(?:if|then|else|elif|fi|for|in|do|done|while|until|case|esac|function|true|false|and|or|not|print|echo|sudo|xargs|exec|bash|sh|-?\d+\w?)$/;

const makers = /^(?:mkdir|touch|mktemp|tee|alias|export|unset|set)$/;
/** Programs that stand behind others: `xargs grep`, `-exec rm`. */
const programs: ReadonlySet<string> = new Set(
  'awk basename bash cat chmod chown chgrp cp cut date diff dirname du echo egrep env fgrep file find grep gzip gunzip head hostname less ln ls md5sum mkdir mv nl od parallel perl printf python rename rev rm rmdir rsync sed seq sh sort split ssh stat su tac tail tar tee test time touch tr tree uniq wc wget which whoami xargs yes zcat zip'.split(
    ' ',
  ),
);

export function madeTree(command: string): readonly JobFile[] {
  const paths = new Set<string>(usual);
  const directories = new Set<string>();
  for (const { path, isDirectory } of namesIn(command).slice(0, namesMost)) {
    if (isDirectory) directories.add(path);
    else paths.add(path);
  }
  for (const directory of directories) {
    paths.add(`${directory}/inner.txt`);
    paths.add(`${directory}/below/deep.log`);
  }
  // A path cannot be a file and lead to another.
  const leading = new Set([...paths].flatMap((path) => parents(path)));
  const words = [...new Set(command.match(/[A-Za-z]{3,20}/g) ?? [])].slice(0, 30);
  return [...paths]
    .filter((path) => !leading.has(path))
    .sort()
    .map((path) => ({ path, bytes: contentOf(path, words), ...(path.endsWith('.sh') ? { mode: 0o755 } : {}) }));
}

function namesIn(command: string): { readonly path: string; readonly isDirectory: boolean }[] {
  const found: { path: string; isDirectory: boolean }[] = [];
  // What output goes to is not there yet either.
  for (const part of command.replace(/\d?>>?\s*[^\s;|&)]+/g, ' ').split(/[|;&\n]+|\$\(|`/)) {
    const words = [...part.matchAll(/"([^"]*)"|'([^']*)'|[^\s"'<>()]+/g)].map(
      ([all, double, single]) => double ?? single ?? all,
    );
    const [program = ''] = words;
    // What is to be made is not there yet.
    if (makers.test(program)) continue;
    for (const [at, word] of words.entries()) {
      if (
        at === 0 ||
        word.startsWith('-') ||
        valued.test(words[at - 1] ?? '') ||
        keywords.test(word) ||
        programs.has(word)
      )
        continue;
      const path = plainPath(word);
      if (path === null) continue;
      const isDirectory =
        word.endsWith('/') ||
        (!/\.\w{1,5}$/.test(path) &&
          (at === 1 || path.includes('/')) &&
          /^(?:find|cd|ls|du|tree|pushd|rsync|chmod|chown)$/.test(program));
      found.push({ path, isDirectory });
    }
  }
  return found;
}

/** A relative path that fits the word, patterns filled in; null: it is no path. */
function plainPath(word: string): string | null {
  const path = word
    // The home of a session is its work directory.
    .replace(/^(?:\.|~|\$HOME)\//, '')
    .replace(/\/+$/, '')
    .replaceAll('*', 'one')
    .replaceAll('?', 'x')
    .replace(/\[(?:\^|!)?([^\]])[^\]]*\]/g, '$1');
  if (path.length < 2 || path.length > 80) return null;
  if (!/^[\w.@+,-]+(?:\/[\w.@+,-]+)*$/.test(path)) return null;
  if (path.split('/').some((part) => part === '.' || part === '..' || part.startsWith('-'))) return null;
  return path;
}

function parents(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** Lines with numbers, separators and words of the command, the same for the same path. */
function contentOf(path: string, words: readonly string[]): Uint8Array {
  const digest = createHash('sha256').update(path).digest();
  const at = (index: number): number => digest[index % digest.length] ?? 0;
  const lines = Array.from({ length: linesOfFile }, (_, line) => {
    const word = words.length === 0 ? 'word' : words[at(line) % words.length];
    const other = words.length === 0 ? 'text' : words[at(line + 7) % words.length];
    return [
      `${word} ${other} ${at(line)}`,
      `${at(line)},${word},${at(line + 3)}`,
      `${other}:${at(line)}:${word}`,
      `${word}\t${at(line)}`,
    ][line % 4];
  });
  const head = path.endsWith('.sh') ? '#!/bin/sh\n' : path.endsWith('.py') ? '# ' : '';
  return Buffer.from(`${head}${lines.join('\n')}\n`, 'utf8');
}
