/**
 * JavaScript and TypeScript rewritten so that they report which function calls which.
 *
 * The idea: a function says its number when it begins, and a call says its number when its arguments are
 * evaluated and nothing is left to do but to call. What begins next, if anything of the project does, was called there; the runtime
 * makes sure with a look at the stack, once per pair. So nothing has to be undone at an end, and it does not matter whether a function
 * returns, throws, waits or is never resumed.
 *
 * `f(a, b)` becomes `f(a, $ws(7, b))`, `f()` becomes `f(...$wz(7))`, `new C()` becomes `new ($wn(8, C))(...$wz(8))`; a body begins with
 * `$we(3);`. Everything is put in between, on the line where it belongs, and the tables stand after the end, in functions, which exist
 * before the first statement runs. So lines stay true, and types, directives and the names that functions get from where
 * they stand are as before. Columns move, and so does what `toString` gives of a function.
 *
 * What is not rewritten: what does not parse, default values of parameters (they run before the function begins), calls by
 * template, `require` and `import()`, and calls that test runners move before imports (`vi.mock`).
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import { afterDirectives, endOf, nameNode, plainName } from './ecmascriptnodes.ts';
import { Insertions } from './insertions.ts';

/** Names put into files. Short, and unlikely to be a program's. */
export const reporterNames = {
  enter: '$we',
  call: '$ws',
  bareCall: '$wz',
  construct: '$wn',
  classMade: '$wk',
  open: '$wr',
} as const;

/** Line and name of a function or class, and where its report stands in the rewritten file (line, column from 1; 0: none). */
export type FunctionRow = [
  line: number,
  name: string,
  kind: FunctionKind,
  endLine: number,
  atLine: number,
  atColumn: number,
];

export type FunctionKind = 'function' | 'accessor' | 'generator' | 'constructor' | 'class';

/** The function whose call it is (-1: the file), line and byte column of the called name, line and column of the call when rewritten (column 0: not known). */
export type CallRow = [from: number, line: number, column: number, atLine: number, atColumn: number];

const functionKinds = new Set([
  'function_declaration',
  'generator_function_declaration',
  'function_expression',
  'generator_function',
  'arrow_function',
  'method_definition',
]);
const classKinds = new Set(['class_declaration', 'abstract_class_declaration', 'class']);

/** Calls that tools find by their text: module loaders, and what test runners hoist. */
const leftAlone = /^(require|import|vi|vitest|jest)\b|^import\.meta\b/;

/** @param runtime path of the module that the rewritten file loads, as a program can require it */
export function instrumentEcmascript(tree: SyntaxTree, path: string, runtime: string): string {
  const { text } = tree;
  const put = new Insertions(text);
  const functions: FunctionRow[] = [];
  const calls: CallRow[] = [];
  /** Where rows' reports and calls come to stand is known when everything is put in. */
  const marks: { readonly row: FunctionRow; readonly piece: number; readonly skip: number }[] = [];
  const callMarks: { readonly row: CallRow; readonly at: number }[] = [];
  const open: { readonly end: number; readonly row: number; readonly name: string }[] = [];
  /** First node after the parameters that are being walked. */
  let parametersEnd = 0;

  const enclosing = (): number => open.at(-1)?.row ?? -1;
  const qualified = (name: string): string =>
    [...open.map((one) => one.name), name].filter((part) => part !== '').join('.');

  const begin = (node: number, kind: FunctionKind): number => {
    const named = nameNode(tree, node);
    const name = named < 0 ? '' : plainName(tree.textOf(named));
    const row = functions.length;
    const line = put.lineOf(tree.start(named < 0 ? node : Math.min(node, named)));
    functions.push([line, qualified(name || '<anonymous>'), kind, put.lineOf(tree.end(node)), 0, 0]);
    open.push({ end: tree.next(node), row, name });
    return row;
  };

  const enterFunction = (node: number): void => {
    const body = tree.field(node, 'body');
    if (body < 0) return;
    const row = begin(node, kindOf(tree, node));
    const report = `${reporterNames.enter}(${row})`;
    const block = tree.kind(body) === 'statement_block';
    const at = block ? afterDirectives(tree, body) : tree.start(body);
    const piece = block
      ? put.open(at, `${report};`)
      : put.around(tree.start(body), endOf(tree, body), `(${report},(`, '))');
    marks.push({ row: functions[row] as FunctionRow, piece, skip: block ? 0 : 1 });
  };

  const enterClass = (node: number): void => {
    const body = tree.field(node, 'body');
    if (body < 0 || isAmbient(tree, node)) return;
    const row = begin(node, 'class');
    put.open(tree.start(body) + 1, `static{${reporterNames.classMade}(${row},this)}`);
  };

  const call = (node: number, callee: number, isNew: boolean): void => {
    const args = tree.field(node, 'arguments');
    if (callee < 0 || node < parametersEnd) return;
    if (args >= 0 && tree.kind(args) !== 'arguments') return;
    if (!isNew && leftAlone.test(text.slice(tree.start(callee), tree.start(callee) + 40))) return;
    const name = calledName(tree, callee);
    const at = tree.start(name);
    const number = calls.length;
    const row: CallRow = [enclosing(), put.lineOf(at), put.byteColumnOf(at), put.lineOf(at), 0];
    calls.push(row);
    if (isNew || isName(tree.kind(name))) callMarks.push({ row, at: isNew ? tree.start(node) : at });
    const bare = `...${reporterNames.bareCall}(${number})`;
    if (isNew) {
      const after = args < 0 ? `))(${bare})` : '))';
      put.around(tree.start(callee), endOf(tree, callee), `(${reporterNames.construct}(${number},`, after);
    }
    const last = args < 0 ? none : lastArgument(tree, args);
    if (args < 0) return;
    if (last < 0) put.open(tree.start(args) + 1, bare);
    else {
      const value = tree.kind(last) === 'spread_element' ? tree.start(last) + 3 : tree.start(last);
      put.around(value, endOf(tree, last), `${reporterNames.call}(${number},`, ')');
    }
  };

  for (let node = 0; node < tree.size; node++) {
    while (open.length > 0 && node >= (open.at(-1)?.end ?? 0)) open.pop();
    const kind = tree.kind(node);
    if (kind === 'ERROR') {
      node = tree.next(node) - 1;
      continue;
    }
    if (kind === 'formal_parameters') parametersEnd = Math.max(parametersEnd, tree.next(node));
    if (functionKinds.has(kind)) enterFunction(node);
    else if (classKinds.has(kind) && tree.isNamed(node)) enterClass(node);
    else if (kind === 'call_expression') call(node, tree.field(node, 'function'), false);
    else if (kind === 'new_expression') call(node, tree.field(node, 'constructor'), true);
  }

  const places = put.finish();
  for (const { row, piece, skip } of marks) {
    const { line, column } = places.ofPiece(piece);
    row[4] = line;
    row[5] = column + skip;
  }
  for (const { row, at } of callMarks) {
    const { line, column } = places.ofSource(at);
    row[3] = line;
    row[4] = column;
  }
  return `${places.text}\n${reporters({ path, runtime, functions, calls, line: put.lineOf(text.length) + 1 })}\n`;
}

/** Functions at the end of the file: they are there before its first statement, whatever imports it in a circle. */
function reporters(file: {
  readonly path: string;
  readonly runtime: string;
  readonly functions: readonly FunctionRow[];
  readonly calls: readonly CallRow[];
  /** The line on which these functions stand. */
  readonly line: number;
}): string {
  const { open, enter, call, bareCall, construct, classMade } = reporterNames;
  const at = JSON.stringify(file.runtime);
  const head = `function ${open}(){return ${open}.r??=(process.getBuiltinModule?process.getBuiltinModule("module").createRequire(${at}):require)(${at}).`;
  // Where engines say that the call of `open` is: when they do not, something else has rewritten the file as well.
  const here = JSON.stringify([file.line, head.length + 1]);
  const tables = `${JSON.stringify(file.path)},${here},${JSON.stringify(file.functions)},${JSON.stringify(file.calls)}`;
  return [
    `${head}open(${tables})}`,
    `function ${enter}(f){${open}().enter(f)}`,
    `function ${call}(c,v){${open}().call(c);return v}`,
    `function ${bareCall}(c){${open}().call(c);return []}`,
    `function ${construct}(c,k){${open}().construct(c,k);return k}`,
    `function ${classMade}(f,k){${open}().made(f,k)}`,
  ].join('');
}

function kindOf(tree: SyntaxTree, node: number): FunctionKind {
  const kind = tree.kind(node);
  if (kind.startsWith('generator')) return 'generator';
  if (kind !== 'method_definition') return tree.child(node, "'*'") >= 0 ? 'generator' : 'function';
  if (tree.child(node, "'*'") >= 0) return 'generator';
  if (tree.child(node, "'get'") >= 0 || tree.child(node, "'set'") >= 0) return 'accessor';
  const name = tree.field(node, 'name');
  return name >= 0 && tree.textOf(name) === 'constructor' ? 'constructor' : 'function';
}

const isName = (kind: string): boolean =>
  kind === 'identifier' || kind === 'property_identifier' || kind === 'private_property_identifier';

/** The last name of what is called: `c` of `a.b!.c<T>`. */
function calledName(tree: SyntaxTree, callee: number): number {
  let at = callee;
  for (;;) {
    const kind = tree.kind(at);
    if (kind === 'member_expression') return Math.max(tree.field(at, 'property'), at);
    const isWrapper =
      kind === 'non_null_expression' || kind === 'instantiation_expression' || kind === 'parenthesized_expression';
    const inner = isWrapper ? (tree.namedChildren(at)[0] ?? none) : none;
    if (inner < 0) return at;
    at = inner;
  }
}

function lastArgument(tree: SyntaxTree, args: number): number {
  return tree.namedChildren(args).findLast((child) => tree.kind(child) !== 'comment') ?? none;
}

/** `declare class` is a type only. */
function isAmbient(tree: SyntaxTree, node: number): boolean {
  for (let at = tree.parent(node); at >= 0; at = tree.parent(at)) {
    if (tree.kind(at) === 'ambient_declaration') return true;
  }
  return false;
}
