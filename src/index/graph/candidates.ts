/**
 * Candidates by name alone, for calls on something unknown. Never more than a guess, and said to be one.
 *
 * A name that one definition of the repository has is a good guess (`unique-name`), one that up to sixteen have a poor one
 * (`same-name`), and one that values of the language have as well (`append`) is none. What is local to a function is no
 * candidate for a bare name elsewhere and the last for a member; what tests define is the last for all that are none.
 */
import { extensionName, isCallableName, nameOfVariadic, plainName } from '../../code/mod.ts';
import { isBuiltinMethod } from './builtin-methods.ts';
import { maxCandidates } from './entities.ts';
import type { Definition } from './evaluate.ts';
import type { FileLinker, Target } from './link-file.ts';
import { isSignature } from './lookup.ts';
import { absent, type NodeTable } from './nodes.ts';
import type { NodeKind } from './types.ts';

/**
 * @param asked as it is looked up: the number of arguments chooses where it is told
 * @param member what is called is a member of something: methods are likelier than functions
 */
export function candidatesFor(linker: FileLinker, asked: string, member: boolean): readonly Target[] {
  const { unit, context, evaluator } = linker;
  const name = plainName(asked);
  if (isBuiltinMethod(unit.language, name) || /^__\w+__$/.test(name)) return [];
  const nodes = evaluator
    .named(name, unit.language)
    .filter((one, _, all) => all.length > namesakesRead || (takes(linker, one, asked) && isRun(linker, one, all)))
    .map(({ file, symbol }) => context.nodes.nodeOf(file, symbol))
    .filter((node) => node >= 0 && (member || (context.nodes.kind(node) !== 'method' && !isLocal(context.nodes, node))))
    .filter((node) => unit.language !== 'php' || context.nodes.kind(node) === phpKind(asked, member));
  // One more than can be shown means that the name says too little.
  if (nodes.length === 0 || nodes.length > maxCandidates) return [];
  const rule = nodes.length === 1 ? 'unique-name' : 'same-name';
  const imported = importedFiles(linker);
  const directory = directoryOf(unit.path);
  const isOfTest = (node: number): boolean => context.isTest(context.nodes.columns.file[node] as number);
  const nearness = (node: number): number => {
    const file = context.nodes.columns.file[node] as number;
    if (file === unit.file) return 0;
    if (imported.has(file)) return 1;
    return directoryOf(context.pathOf(file)) === directory ? 2 : 3;
  };
  return nodes
    .map((node) => {
      const far = Number(isLocal(context.nodes, node)) * 2 + Number(!unit.test && isOfTest(node));
      return { node, far, near: nearness(node), method: Number(context.nodes.kind(node) === 'method') };
    })
    .sort((a, b) => a.far - b.far || a.near - b.near || b.method - a.method || a.node - b.node)
    .map(({ node }) => ({ node, rule }));
}

/** What a name of PHP is of: without capitals a class, a function and a method may be called the same. */
const phpKind = (asked: string, member: boolean): NodeKind =>
  member ? 'method' : asked.startsWith('function ') ? 'function' : 'class';

/** Whether it is defined inside a function: by its name nobody else reaches it, though it may be hung on an object. */
export function isLocal(nodes: NodeTable, node: number): boolean {
  const parent = nodes.columns.parent[node] as number;
  const kind = parent === absent ? 'file' : nodes.kind(parent);
  return kind === 'function' || kind === 'method';
}

/** Of more namesakes than these the files are not read to compare numbers of arguments. */
const namesakesRead = 64;

/** Whether a callable can be called with as many arguments. */
function takes({ evaluator }: FileLinker, { file, symbol }: Definition, asked: string): boolean {
  if (!isCallableName(asked)) return true;
  const unit = evaluator.program.unit(file);
  // Ruby asks so for a method of either side, whatever it takes.
  if (unit.language === 'ruby' && asked.endsWith('(?)')) return true;
  const binding = unit.bindingOf(symbol);
  if (binding < 0) return false;
  const { scope } = unit.binding(binding);
  const names = [asked, nameOfVariadic(asked)];
  return [...names, ...names.map((name) => (name === null ? null : extensionName(name)))].some((name) => {
    if (name === null) return false;
    evaluator.consult(unit, unit.nameKey(scope, name));
    return unit.bindings(scope, name).some((one) => unit.binding(one).symbol === symbol);
  });
}

/** Whether it is more than the signature of what a namesake in its file does. */
function isRun({ evaluator }: FileLinker, { file, symbol }: Definition, all: readonly Definition[]): boolean {
  if (all.every((other) => other.file !== file || other.symbol === symbol)) return true;
  const unit = evaluator.program.unit(file);
  if (!isSignature(unit, symbol)) return true;
  const { scope, name } = unit.binding(unit.bindingOf(symbol));
  evaluator.consult(unit, unit.nameKey(scope, name));
  const { qualifiedName } = unit.symbol(symbol);
  return !all.some(
    (other) =>
      other.file === file &&
      unit.symbol(other.symbol).qualifiedName === qualifiedName &&
      !isSignature(unit, other.symbol),
  );
}

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

function importedFiles(linker: FileLinker): ReadonlySet<number> {
  const { unit, evaluator, context } = linker;
  return evaluator.remembered('imported', new Set<number>(), () => {
    const files = new Set<number>();
    for (const { module, name } of unit.imports) {
      const answer = context.program.modules.resolve(unit.path, unit.language, module, name);
      if (answer.kind === 'module') for (const file of answer.files) files.add(file);
    }
    return files;
  });
}
