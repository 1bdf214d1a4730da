/** The piece of code that others are to be like: its tokens, fingerprints, shape and text. */
import { type LineRange, type Span, WinnowError } from '../../base/mod.ts';
import {
  createLikenessReader,
  decodeUtf8,
  gramHashes,
  gramTokens,
  knownLanguages,
  type Prints,
  printsOf,
  type Shape,
  shapeLength,
  type TokenColumns,
  tokensWithin,
} from '../../code/mod.ts';
import type { DocumentText } from '../../embed/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';

export interface AskedCode {
  readonly language: string;
  /** Of the piece alone; none for code that no grammar reads. */
  readonly tokens: TokenColumns;
  readonly prints: Prints;
  /** Hashes of all grams of the piece, names and literals replaced. */
  readonly grams: ReadonlySet<number>;
  /** All zero for a piece too small to have one. */
  readonly shape: Shape;
  readonly flow: boolean;
  readonly document: DocumentText;
  readonly lines: LineRange | null;
  /** Where it stands in the repository that is searched: not told as like itself. */
  readonly self: { readonly path: string; readonly span: Span } | null;
}

export interface CodeToAsk {
  /** Tells the language together with the bytes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly span: Span;
  /** Name, signature and documentation where they are known; else the piece is all body. */
  readonly document: DocumentText | null;
  readonly lines: LineRange | null;
  readonly self: AskedCode['self'];
}

const noTokens: TokenColumns = {
  count: 0,
  starts: new Uint32Array(0),
  ends: new Uint32Array(0),
  exact: new Uint32Array(0),
  blind: new Uint32Array(0),
};

/** @throws WinnowError `bad-query` for a piece without any code */
export async function askCode({ path, bytes, span, document, lines, self }: CodeToAsk): Promise<AskedCode> {
  const reader = await createLikenessReader(loadGrammarFile);
  const read = await reader.read(path, bytes, [span]);
  const text = decodeUtf8(bytes, span.start, Math.min(span.end, bytes.length));
  if (text.trim() === '')
    throw new WinnowError('bad-query', 'Expected code to compare others with; there is only white space.');
  const isRead = read.kind === 'read';
  const tokens = isRead ? tokensWithin(read.tokens, span.start, span.end) : noTokens;
  return {
    language: isRead ? read.language : 'text',
    tokens,
    prints: printsOf(tokens),
    grams: new Set(tokens.count < gramTokens ? [] : gramHashes(tokens.blind)),
    shape: (isRead ? read.shapes[0] : undefined) ?? { vector: new Float32Array(shapeLength), size: 0 },
    flow: isRead && read.flow,
    document: document ?? { name: '', signature: '', doc: '', body: text },
    lines,
    self,
  };
}

/** A path that tells a language. @throws WinnowError `bad-usage` for one that there is not */
export async function pathOfLanguage(name: string): Promise<string> {
  const languages = await knownLanguages();
  const wanted = name.toLowerCase();
  const found = languages.find(
    (language) =>
      language.name === wanted || language.displayName.toLowerCase() === wanted || language.extensions.includes(wanted),
  );
  const [extension] = found?.extensions ?? [];
  if (extension !== undefined) return `asked.${extension}`;
  throw new WinnowError('bad-usage', `There is no language ${name}; \`winnow languages\` lists them.`, {
    details: { language: name },
  });
}
