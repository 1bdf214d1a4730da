/**
 * Rules in YAML, as ast-grep's users write them: `id`, `language`, `rule`, and optionally `constraints`, `utils`, `message`, `severity`, `note`, `files`, `ignores`.
 * Several stand in one file between lines of `---`.
 *
 * Nothing is ever changed by a rule: `fix`, and `transform` and `rewriters`, which serve it, are left aside with a notice.
 */
import type { Node } from 'yaml';
import type { RuleSpec } from '../../code/mod.ts';
import type { Languages } from './languages.ts';
import { fault, placeOf, RuleReader, type Source, type Value } from './rule-object.ts';
import type { AskedRule } from './types.ts';

/** A file of rules, in characters, and what may stand in it: parts counted with those that an alias repeats. */
const most = { characters: 4 * 1024 * 1024, parts: 200_000, depth: 100 };

const used = ['id', 'language', 'rule', 'constraints', 'utils', 'message', 'severity', 'files', 'ignores'];
/** Read by others, or about changing code. */
const aside = ['note', 'url', 'metadata', 'labels', 'fix', 'transform', 'rewriters'];

export interface ReadRules {
  readonly rules: readonly AskedRule[];
  readonly notices: readonly string[];
}

/** @param file as it is told in complaints @throws WinnowError `bad-data` with file and line */
export async function readRules(text: string, file: string, languages: Languages): Promise<ReadRules> {
  const source: Source = { file };
  if (text.length > most.characters)
    throw fault(source, { line: 1 }, `a file of rules has at most ${most.characters} characters.`);
  const notices: string[] = [];
  const rules: AskedRule[] = [];
  for (const value of documents(text, source, await import('yaml'))) {
    const rule = ruleOf(value, source, languages, rules.length, notices);
    const same = rules.find(({ id }) => id === rule.id);
    if (same !== undefined) throw fault(source, value, `two rules are named "${rule.id}".`);
    rules.push(rule);
  }
  if (rules.length === 0) throw fault(source, { line: 1 }, 'there is no rule in the file.');
  return { rules, notices };
}

function ruleOf(value: Value, source: Source, languages: Languages, index: number, notices: string[]): AskedRule {
  const reader = new RuleReader(source);
  const entries = reader.map(value, 'a file of rules', [...used, ...aside]);
  const rule = entries.get('rule');
  if (rule === undefined) throw fault(source, value, 'there is no `rule`.');
  const text = (name: string): string | null => {
    const given = entries.get(name);
    return given === undefined ? null : reader.text(given, `a text for \`${name}\``);
  };
  const byName = (name: string): Map<string, RuleSpec> => {
    const given = entries.get(name);
    if (given === undefined) return new Map();
    if (given.kind !== 'map') throw fault(source, given, `expected \`${name}\` by name.`);
    return new Map([...given.entries].map(([key, part]) => [key, reader.rule(part)]));
  };
  const texts = (name: string): string[] => {
    const given = entries.get(name);
    return given === undefined ? [] : reader.list(given, 'globs').map((part) => reader.text(part, 'a glob'));
  };
  const language = entries.get('language');
  const id = text('id') ?? `rule-${index + 1}`;
  for (const name of ['fix', 'transform', 'rewriters'])
    if (entries.has(name)) notices.push(`Rule ${id}: \`${name}\` is left aside; a search changes nothing.`);
  return {
    id,
    languages:
      language === undefined ? null : [languages.named(reader.text(language, 'a language'), placeOf(source, language))],
    message: text('message'),
    severity: text('severity'),
    files: texts('files'),
    ignores: texts('ignores'),
    set: { rule: reader.rule(rule), constraints: byName('constraints'), utils: byName('utils') },
  };
}

/** @param yaml loaded when there are rules to read: 72 modules, which other searches do without */
function documents(text: string, source: Source, yaml: typeof import('yaml')): Value[] {
  const { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } = yaml;
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter });
  if (!Array.isArray(parsed)) return [];
  const state = { parts: 0 };
  return parsed.flatMap((document) => {
    const error = document.errors[0];
    if (error !== undefined) {
      const line = error.linePos?.[0].line ?? 1;
      // The parser of YAML goes some hundred levels deeper than rules may.
      if (error.code === 'RESOURCE_EXHAUSTION')
        throw fault(source, { line }, `rules are nested at most ${most.depth} deep.`);
      throw fault(
        source,
        { line },
        `this is no YAML: ${(error.message.split('\n')[0] ?? '').replace(/ at line .*$/, '')}.`,
      );
    }
    if (document.contents === null) return [];
    const read = (node: Node | null, depth: number): Value => {
      const line = node?.range === undefined || node.range === null ? 1 : lineCounter.linePos(node.range[0]).line;
      if (++state.parts > most.parts) throw fault(source, { line }, `a file of rules has at most ${most.parts} parts.`);
      if (depth > most.depth) throw fault(source, { line }, `rules are nested at most ${most.depth} deep.`);
      if (isAlias(node)) return read(node.resolve(document) ?? null, depth + 1);
      if (isSeq<Node>(node)) return { kind: 'list', line, items: node.items.map((item) => read(item, depth + 1)) };
      if (isMap<Node, Node | null>(node)) {
        const entries = new Map<string, Value>();
        for (const { key, value } of node.items) {
          const name = isScalar(key) ? String(key.value) : '';
          const part = read(value, depth + 1);
          // A part that says nothing lies where its name is.
          const at = value === null && isScalar(key) && key.range ? lineCounter.linePos(key.range[0]).line : part.line;
          entries.set(name, { ...part, line: at });
        }
        return { kind: 'map', line, entries };
      }
      const value = isScalar(node) ? node.value : null;
      const plain = ['string', 'number', 'boolean'].includes(typeof value);
      return { kind: 'scalar', line, value: plain ? (value as string | number | boolean) : null };
    };
    return [read(document.contents, 0)];
  });
}
