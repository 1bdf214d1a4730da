/**
 * A benchmark's corpus as a directory of files, so that the engine indexes it like any
 * repository.
 *
 * Names give nothing away: a counter and an extension, never the document's id, which in
 * some sets holds the answer's words. The extension decides how a document is parsed.
 * A title goes first: as a comment in code, as a paragraph of its own in text.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WinnowError } from '../base/mod.ts';
import { type CorpusDocument, readCorpus } from './beir.ts';

/** Extension and start of a line comment, by the names that corpora use. */
const languages: Readonly<Record<string, readonly [extension: string, comment: string]>> = {
  c: ['c', '//'],
  'c++': ['cpp', '//'],
  cpp: ['cpp', '//'],
  'c#': ['cs', '//'],
  csharp: ['cs', '//'],
  go: ['go', '//'],
  java: ['java', '//'],
  javascript: ['js', '//'],
  js: ['js', '//'],
  json: ['json', ''],
  markdown: ['md', ''],
  php: ['php', '//'],
  py: ['py', '#'],
  python: ['py', '#'],
  ruby: ['rb', '#'],
  rust: ['rs', '//'],
  text: ['txt', ''],
  toml: ['toml', '#'],
  ts: ['ts', '//'],
  tsx: ['tsx', '//'],
  typescript: ['ts', '//'],
  yaml: ['yaml', '#'],
};

/** Documents in one folder; more make some file systems slow. */
const perFolder = 1000;

function formOf(document: CorpusDocument, forced: string | null): readonly [string, string] {
  const asked = forced ?? document.language ?? 'text';
  const form = languages[asked];
  if (form !== undefined) return form;
  if (forced === null) return ['txt', '']; // a language we do not know is still text
  throw new WinnowError(
    'bad-usage',
    `Expected one of ${Object.keys(languages).join(', ')} as language; came ${JSON.stringify(forced)}.`,
  );
}

/** Extension of files in a language by the names that corpora use; `null` for others. */
export const extensionOf = (language: string): string | null => languages[language.toLowerCase()]?.[0] ?? null;

/** What the engine and a baseline both see of a document. */
export const fullText = (document: CorpusDocument): string =>
  document.title === '' ? document.text : `${document.title}\n\n${document.text}`;

function fileText(document: CorpusDocument, extension: string, comment: string): string {
  const text = document.title === '' || comment === '' ? fullText(document) : commented(document, comment);
  // Without it the text would be HTML.
  return extension === 'php' && !/^<\?php\b/m.test(document.text) ? `<?php\n${text}` : text;
}

const commented = ({ title, text }: CorpusDocument, comment: string): string =>
  `${title.replace(/^/gm, `${comment} `)}\n${text}`;

/**
 * Writes the corpus of `dir` below `into`.
 *
 * @param language of every document; `null`: what each document's metadata says, else text
 * @param visit called with each document once it is written
 * @returns document id by path relative to `into`, forward slashes
 * @throws WinnowError `bad-usage` for an unknown language, and as `readCorpus`
 */
export async function writeCorpus(
  dir: string,
  into: string,
  language: string | null,
  visit: (document: CorpusDocument) => void,
): Promise<Map<string, string>> {
  const idOfPath = new Map<string, string>();
  for await (const document of readCorpus(dir)) {
    const [extension, comment] = formOf(document, language);
    const number = idOfPath.size;
    const path = `d${Math.floor(number / perFolder)}/x${number % perFolder}.${extension}`;
    if (number % perFolder === 0) mkdirSync(join(into, dirname(path)), { recursive: true });
    writeFileSync(join(into, path), fileText(document, extension, comment));
    idOfPath.set(path, document.id);
    visit(document);
  }
  if (idOfPath.size === 0)
    throw new WinnowError('bad-data', `Expected documents in ${join(dir, 'corpus.jsonl')}; it has none.`);
  return idOfPath;
}
