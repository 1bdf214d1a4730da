/**
 * The risk of a file: its findings, and those of all code that stands in its texts.
 *
 * A program in Python that has a shell run text holds a program in Bash; that may start Python again. Each text is read by its own
 * language and its findings are told at the place where the text is used.
 */
import type { Span } from '../../base/mod.ts';
import { createSyntaxReader, encodeUtf8, type LoadFile, type SyntaxReader } from '../../code/mod.ts';
import { ecmascriptProgram } from './ecmascript/program.ts';
import { type ImportedPath, importedPaths } from './imported.ts';
import { pathFor, type RiskLanguage } from './nested.ts';
import { type ProgramReading, readProgram } from './program.ts';
import { pythonProgram } from './python/program.ts';
import { RiskTree } from './risktree.ts';
import { readShell } from './shell/read.ts';
import { type RiskFinding, type RiskReport, type RiskUnknown, type StartedFile, worstOf } from './types.ts';
import { hole, shown } from './values.ts';

export interface RiskReader {
  /**
   * Never throws for what the bytes are.
   *
   * @param name only this function, by its name or `Class.name`, and the functions of the file that it calls
   * @returns null when there is no function of that name
   * @throws what `load` throws when a grammar cannot be read
   */
  assess(language: RiskLanguage, bytes: Uint8Array): Promise<RiskReport>;
  assess(language: RiskLanguage, bytes: Uint8Array, name?: string): Promise<RiskReport | null>;
}

/** Texts in texts in texts: deeper ones are told as unread. */
const mostDepth = 4;
/** All texts of one file that are read as code. */
const mostTexts = 300;
/** From here on a file is read without its flow of data, which takes three times as long; a name may then be anything that is ever written to it. */
const mostFlowBytes = 300_000;
/** Code that is larger is not read: its tree alone would take gigabytes. */
const mostBytes = 8_000_000;

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createRiskReader(load: LoadFile): Promise<RiskReader> {
  const reader = await createSyntaxReader(load);
  async function assess(language: RiskLanguage, bytes: Uint8Array): Promise<RiskReport>;
  async function assess(language: RiskLanguage, bytes: Uint8Array, name?: string): Promise<RiskReport | null>;
  async function assess(language: RiskLanguage, bytes: Uint8Array, name?: string): Promise<RiskReport | null> {
    const found = await assessText(reader, language, bytes, [], { texts: mostTexts }, name ?? null);
    if (found === null) return null;
    const inOrder = <Row extends { span: Span }>(rows: readonly Row[]): Row[] =>
      [...rows].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
    const { findings, unknowns, started, imports } = found;
    return {
      language,
      findings: inOrder(
        distinct(findings, ({ category, act, severity, target, reason, within }) => [
          category,
          act,
          severity,
          target,
          reason,
          within,
        ]),
      ),
      unknowns: inOrder(distinct(unknowns, ({ reason }) => [reason])),
      started: inOrder(started),
      imports,
      severity: worstOf(findings),
    };
  }
  return { assess };
}

interface Found {
  readonly findings: RiskFinding[];
  readonly unknowns: RiskUnknown[];
  readonly started: StartedFile[];
  readonly imports: readonly ImportedPath[];
}

/** A place that is read again by other ways says the same. */
function distinct<Row extends { readonly span: Span; readonly runs: boolean }>(
  rows: readonly Row[],
  said: (row: Row) => unknown,
): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify([row.span.start, row.span.end, said(row)]);
    const known = found.get(key);
    found.set(key, known === undefined ? row : { ...known, runs: known.runs || row.runs });
  }
  return [...found.values()];
}

/** @returns null: there is no function of that name */
async function assessText(
  reader: SyntaxReader,
  language: RiskLanguage,
  bytes: Uint8Array,
  within: readonly string[],
  left: { texts: number },
  name: string | null,
): Promise<Found | null> {
  const whole = { start: 0, end: bytes.length };
  const unread = (reason: string): Found => ({
    findings: [],
    unknowns: [{ reason, span: whole, runs: true }],
    started: [],
    imports: [],
  });
  if (bytes.length > mostBytes) return unread(`it is larger than ${mostBytes / 1e6} MB and was not read`);
  const isFlowing = bytes.length <= mostFlowBytes && language !== 'bash';
  const read = await reader.read(pathFor[language], bytes, { flows: isFlowing });
  if (read.kind === 'skipped' && read.reason === 'empty')
    return { findings: [], unknowns: [], started: [], imports: [] };
  if (read.kind !== 'read')
    return unread(
      read.kind === 'skipped'
        ? `it was not read: ${read.reason}`
        : read.kind === 'failed'
          ? read.reason
          : 'it is no code',
    );
  const tree = new RiskTree(read.nodes, bytes);
  const reading: ProgramReading =
    language === 'bash'
      ? readShell(tree)
      : readProgram(tree, language === 'python' ? pythonProgram : ecmascriptProgram, read.flows);
  const functions = functionsOf(tree, reading);
  const wanted = name === null ? null : reached(tree, reading, name);
  if (wanted?.length === 0) return null;
  const isWanted = (node: number): boolean => wanted === null || wanted.some((one) => tree.holds(one, node));
  const spanOf = (node: number): Span => ({ start: tree.start(node), end: tree.end(node) });
  const found: Found = {
    findings: reading.found
      .filter(({ node }) => isWanted(node))
      .map(({ node, category, act, severity, target, reason }) => ({
        category,
        act,
        severity,
        target: target === undefined || target === null ? null : shown(target),
        reason,
        span: spanOf(node),
        ...functions(node),
        within,
      })),
    unknowns: reading.unread
      .filter(({ node }) => isWanted(node))
      .map(({ reason, node }) => ({ reason, span: spanOf(node), runs: functions(node).runs })),
    started: reading.started
      .filter(({ node }) => isWanted(node))
      .map(({ path, language, node }) => ({
        path: shown(path),
        isKnown: !path.includes(hole),
        language,
        span: spanOf(node),
        runs: functions(node).runs,
      })),
    imports: within.length === 0 && name === null ? importedPaths(tree, language) : [],
  };
  if (!read.sure && within.length === 0)
    found.unknowns.push({ reason: 'parts of it do not parse', span: whole, runs: true });
  if (reading.isExhausted)
    found.unknowns.push({ reason: 'it is too involved to be followed to the end', span: whole, runs: true });
  for (const { language: inner, text, what, node } of reading.texts) {
    if (!isWanted(node)) continue;
    const span = spanOf(node);
    if (within.length >= mostDepth || left.texts <= 0) {
      found.unknowns.push({ reason: `${what} was not read: there is too much of it`, span, runs: true });
      continue;
    }
    left.texts--;
    const deeper = await assessText(reader, inner, encodeUtf8(text), [...within, inner], left, null);
    if (deeper === null) continue;
    const place = functions(node);
    for (const one of deeper.findings) found.findings.push({ ...one, span, ...place });
    for (const one of deeper.started) found.started.push({ ...one, span, runs: place.runs });
    for (const one of deeper.unknowns)
      found.unknowns.push({ reason: `${what}: ${one.reason}`, span, runs: place.runs });
  }
  return found;
}

const definitions = new Set([
  'function_definition',
  'function_declaration',
  'generator_function_declaration',
  'method_definition',
  'function_expression',
  'arrow_function',
  'lambda',
]);
const named = new Set([...definitions, 'class_definition', 'class_declaration']);

/** The function of a name, and those that it reaches by calls within the file. */
function reached(tree: RiskTree, reading: ProgramReading, name: string): number[] {
  const nameOf = (node: number): string => {
    const own = tree.field(node, 'name');
    if (own >= 0) return tree.text(own);
    // `const f = () => …`
    const declared = tree.field(tree.parent(node), 'name');
    return declared >= 0 ? tree.text(declared) : '';
  };
  const qualified = (node: number): string => {
    const parts = [nameOf(node)];
    for (let at = tree.around(node, named); at >= 0; at = tree.around(at, named)) parts.unshift(nameOf(at));
    return parts.join('.');
  };
  const found: number[] = [];
  for (let node = 0; node < tree.size; node++)
    if (named.has(tree.kind(node)) && (qualified(node) === name || nameOf(node) === name)) found.push(node);
  for (let at = 0; at < found.length; at++)
    for (const { call, definition } of reading.links)
      if (tree.holds(found[at] as number, call) && !found.includes(definition)) found.push(definition);
  return found;
}

/** In which function a node stands, and whether the file ever calls it. */
function functionsOf(
  tree: RiskTree,
  reading: ProgramReading,
): (node: number) => { function: string | null; runs: boolean } {
  return (node) => {
    let name: string | null = null;
    let runs = true;
    for (let at = tree.parent(node); at >= 0; at = tree.parent(at)) {
      if (!definitions.has(tree.kind(at))) continue;
      const own = tree.field(at, 'name');
      if (name === null && own >= 0) name = tree.text(own);
      if (own >= 0 && !reading.isCalled(at)) runs = false;
    }
    return { function: name, runs };
  };
}
