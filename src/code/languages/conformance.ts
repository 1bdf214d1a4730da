/**
 * What must hold of the facts of any file in any language: the shared suite behind
 * `conformance.test.ts`, and a listing of facts for golden files.
 *
 * Written against the contract in `facts.ts` alone, without a look at how facts are made, and
 * slowly: it is the truth that fast code is held to. Used by tests only.
 */
import { contains, type Random, type Span, spanLength } from '../../base/mod.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding.ts';
import { chunkKinds, type FileFacts, referenceKinds, symbolKinds } from '../facts.ts';
import { decodeLatin1 } from '../source.ts';

/** Broken promises, in words; empty when all hold. The file must not be UTF-16. */
export function violations(bytes: Uint8Array, facts: FileFacts): string[] {
  const found: string[] = [];
  const check = (holds: boolean, what: () => string): void => {
    if (!holds) found.push(what());
  };
  const isLatin1 = facts.problems.some(({ kind }) => kind === 'wrong-encoding');
  const text = ({ start, end }: Span): string =>
    isLatin1 ? decodeLatin1(bytes.subarray(start, end)) : decodeUtf8(bytes, start, end);
  const inFile = ({ start, end }: Span): boolean => 0 <= start && start <= end && end <= bytes.length;

  facts.symbols.forEach((symbol, index) => {
    const label = `symbol ${index} ${symbol.qualifiedName}`;
    for (const span of [symbol.span, symbol.nameSpan, symbol.signature, symbol.doc]) {
      check(span === null || inFile(span), () => `${label}: span outside the file`);
    }
    check(symbolKinds.includes(symbol.kind), () => `${label}: kind ${symbol.kind}`);
    check(
      text(symbol.nameSpan) === symbol.name,
      () => `${label}: named ${symbol.name}, found ${text(symbol.nameSpan)}`,
    );
    check(symbol.name !== '', () => `${label}: no name`);
    check(symbol.qualifiedName.endsWith(symbol.name), () => `${label}: name is not the end of the qualified name`);
    check(contains(symbol.span, symbol.nameSpan), () => `${label}: name outside the definition`);
    check(contains(symbol.span, symbol.signature), () => `${label}: signature outside the definition`);
    check(spanLength(symbol.signature) > 0, () => `${label}: empty signature`);
    const { doc } = symbol;
    if (doc !== null) {
      check(spanLength(doc) > 0, () => `${label}: empty doc`);
      check(
        doc.end <= symbol.span.start || contains(symbol.span, doc),
        () => `${label}: doc across the definition's start`,
      );
    }
    check(symbol.parent >= -1 && symbol.parent < index, () => `${label}: parent ${symbol.parent} does not come before`);
    const parent = facts.symbols[symbol.parent];
    if (parent !== undefined) check(contains(parent.span, symbol.span), () => `${label}: outside its parent`);
    const before = facts.symbols[index - 1];
    check(before === undefined || before.span.start <= symbol.span.start, () => `${label}: not in order`);
  });

  facts.references.forEach((reference, index) => {
    const label = `reference ${index} ${reference.name}`;
    check(inFile(reference.span), () => `${label}: span outside the file`);
    check(referenceKinds.includes(reference.kind), () => `${label}: kind ${reference.kind}`);
    check(text(reference.span) === reference.name, () => `${label}: found ${text(reference.span)}`);
    check(reference.name !== '', () => `${label}: no name`);
    check(reference.from >= -1 && reference.from < facts.symbols.length, () => `${label}: from ${reference.from}`);
    const { receiver } = reference;
    check(
      receiver === null || (receiver !== '' && encodeUtf8(receiver).length <= 80),
      () => `${label}: receiver ${receiver}`,
    );
    check(reference.from === innermost(facts, reference.span), () => `${label}: not from the innermost symbol`);
  });

  for (const { module, name, span } of facts.imports) {
    check(inFile(span) && spanLength(span) > 0, () => `import ${module}: span`);
    check(name !== '', () => `import ${module}: no name`);
  }
  for (const problem of facts.problems)
    check(inFile(problem.span), () => `problem ${problem.kind}: span outside the file`);
  found.push(...chunkViolations(bytes, facts));
  return found;
}

/** Smallest symbol around the span; the later one of equals. */
function innermost(facts: FileFacts, span: Span): number {
  let best = -1;
  facts.symbols.forEach((symbol, index) => {
    if (!contains(symbol.span, span)) return;
    const held = facts.symbols[best];
    if (held === undefined || spanLength(symbol.span) <= spanLength(held.span)) best = index;
  });
  return best;
}

function chunkViolations(bytes: Uint8Array, facts: FileFacts): string[] {
  const found: string[] = [];
  const owner = new Int32Array(bytes.length).fill(-1);
  const pieces = new Map<number, number>();
  let previous = -1;
  facts.chunks.forEach((chunk, index) => {
    const label = `chunk ${index}`;
    if (!chunkKinds.includes(chunk.kind)) found.push(`${label}: kind ${chunk.kind}`);
    if (chunk.parts.length === 0) found.push(`${label}: no parts`);
    if (chunk.symbol < -1 || chunk.symbol >= facts.symbols.length) found.push(`${label}: symbol ${chunk.symbol}`);
    const first = chunk.parts[0]?.start ?? 0;
    if (first < previous) found.push(`${label}: not in order`);
    previous = first;
    if (chunk.symbol >= 0) {
      const piece = pieces.get(chunk.symbol) ?? 0;
      if (chunk.piece !== piece) found.push(`${label}: piece ${chunk.piece}, expected ${piece}`);
      pieces.set(chunk.symbol, piece + 1);
    }
    let end = -1;
    for (const part of chunk.parts) {
      if (part.start < end || part.end <= part.start || part.end > bytes.length)
        found.push(`${label}: part ${part.start}`);
      end = part.end;
      for (let at = part.start; at < part.end && at < bytes.length; at++) {
        if (owner[at] !== -1) {
          found.push(`${label}: overlaps chunk ${owner[at]} at byte ${at}`);
          break;
        }
        owner[at] = index;
      }
    }
  });
  // Of notebooks outputs and metadata are left out.
  if (facts.language === 'jupyter') return found;
  const lost = owner.findIndex((chunk, at) => chunk === -1 && !isBlank(bytes, at));
  if (lost >= 0) found.push(`byte ${lost} is in no chunk`);
  return found;
}

/** White space, the byte order mark and no-break space included. */
function isBlank(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] as number;
  if (byte === 32 || (byte >= 9 && byte <= 13)) return true;
  if (byte === 0xef || byte === 0xbb || byte === 0xbf) return true;
  return byte === 0xc2 || byte === 0xa0;
}

const garbage = [
  '(',
  ')',
  '{',
  '}',
  '"',
  "'",
  '`',
  '/*',
  '#',
  '\0',
  '\\',
  '\n',
  '\t',
  'é',
  '🎉',
  '\ufeff',
  '<',
  '@',
  ':',
];

/** Source with one to four random injuries: cut off, bytes missing, garbage inside, parts swapped. */
export function injure(source: Uint8Array, random: Random): Uint8Array {
  let bytes = source;
  for (let round = random.int(4); round >= 0; round--) {
    const at = random.int(bytes.length + 1);
    const length = random.int(Math.min(200, bytes.length - at) + 1);
    const kind = random.int(4);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind === 1) bytes = join([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 2) {
      const inserted = encodeUtf8((garbage[random.int(garbage.length)] as string).repeat(1 + random.int(20)));
      bytes = join([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
    } else bytes = join([bytes.subarray(at), bytes.subarray(0, at)]);
  }
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Facts as text, one line each: what golden files hold. */
export function listing(bytes: Uint8Array, facts: FileFacts): string {
  const line = ({ start, end }: Span): string => decodeUtf8(bytes, start, end).replace(/\s+/g, ' ').trim();
  const named = (index: number): string => facts.symbols[index]?.qualifiedName ?? '·';
  const short = (text: string): string => (text.length > 100 ? `${text.slice(0, 97)}...` : text);
  const out: string[] = ['## symbols: kind, exported (+), qualified name, parent | signature | decorators | doc'];
  for (const symbol of facts.symbols) {
    const head = `${symbol.kind} ${symbol.exported ? '+' : '-'} ${symbol.qualifiedName} ^${named(symbol.parent)}`;
    const doc = symbol.doc === null ? '' : short(line(symbol.doc));
    out.push([head, short(line(symbol.signature)), symbol.decorators.join(' '), doc].join(' | ').trimEnd());
  }
  out.push('', '## imports: module, name, bound to');
  for (const { module, name, alias } of facts.imports) out.push(`${module} ${name} ${alias ?? '·'}`);
  out.push('', '## references: kind, name, from');
  for (const { kind, name, receiver, from } of facts.references) {
    out.push(
      `${kind} ${receiver === null ? '' : `${short(receiver.replace(/\s+/g, ' '))} . `}${name} <- ${named(from)}`,
    );
  }
  out.push('', '## chunks: kind, symbol, piece | start of each part');
  for (const chunk of facts.chunks) {
    const parts = chunk.parts.map((part) => line(part).slice(0, 40));
    out.push(`${chunk.kind} ${named(chunk.symbol)} ${chunk.piece} | ${parts.join(' | ')}`.trimEnd());
  }
  out.push('', '## problems');
  for (const { kind, span, message } of facts.problems) out.push(`${kind} ${span.start} ${message}`);
  return `${out.join('\n')}\n`;
}
