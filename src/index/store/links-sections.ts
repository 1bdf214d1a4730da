/**
 * The sections of packed links: how scopes, bindings, expressions, symbols and uses are written and read back.
 *
 * Numbers that mostly grow (symbols, expressions, offsets) are written as differences to the item before; operands of
 * expressions as how far back they lie, 0 for none. Kinds and flags share a byte, so that a plain name is two bytes.
 */
import {
  type Binding,
  bindingKinds,
  type Expression,
  elementKinds,
  type FileLinks,
  type Scope,
  type SymbolLinks,
  scopeKinds,
  type Use,
  useKinds,
} from '../../code/mod.ts';
import { type ByteReader, type ByteWriter, CutShort } from './packing.ts';
import { entry, type StringTable } from './records.ts';

const scopeFlag = { hasSymbol: 8 } as const;
const bindingFlag = { sameScope: 8, hasSymbol: 16, hasImport: 32, hasValue: 64, hasType: 128 } as const;
const useFlag = { sameFrom: 8, plainSpan: 16 } as const;
const symbolFlag = {
  static: 1,
  accessor: 2,
  hasReceiver: 4,
  hasScope: 8,
  hasBases: 16,
  hasResults: 32,
  hasTakes: 64,
} as const;

/** Order is the number in the format: append only. */
const expressionKinds = [
  'name',
  'member',
  'call',
  'new',
  'instance',
  'self',
  'self-type',
  'super',
  'applied',
  'element',
  'collection',
  'either',
  'first',
  'literal',
  'object',
] as const satisfies readonly Expression['kind'][];
const kindBits = 15;
const sameNameScope = 16;
const elementShift = 4;
const hasIndex = 64;

export function writeScopes(out: ByteWriter, scopes: readonly Scope[]): void {
  out.varint(scopes.length);
  let lastSymbol = 0;
  let lastStart = 0;
  scopes.forEach(({ kind, parent, symbol, span }, index) => {
    out.byte(scopeKinds.indexOf(kind) | (symbol < 0 ? 0 : scopeFlag.hasSymbol));
    out.signed(index - parent);
    if (symbol >= 0) out.signed(symbol - lastSymbol);
    out.signed(span.start - lastStart);
    out.signed(span.end - span.start);
    if (symbol >= 0) lastSymbol = symbol;
    lastStart = span.start;
  });
}

export function readScopes(from: ByteReader): Scope[] {
  const scopes: Scope[] = [];
  const count = from.varint();
  let lastSymbol = 0;
  let lastStart = 0;
  for (let index = 0; index < count; index++) {
    const flags = from.byte();
    const kind = entry(scopeKinds, flags & 7);
    const parent = index - from.signed();
    let symbol = -1;
    if (flags & scopeFlag.hasSymbol) {
      symbol = lastSymbol + from.signed();
      lastSymbol = symbol;
    }
    const start = lastStart + from.signed();
    scopes.push({ kind, parent, symbol, span: { start, end: start + from.signed() } });
    lastStart = start;
  }
  return scopes;
}

export function writeBindings(out: ByteWriter, bindings: readonly Binding[], strings: StringTable): void {
  out.varint(bindings.length);
  const last = { scope: 0, symbol: 0, import: 0, value: 0, type: 0 };
  for (const binding of bindings) {
    const { kind, name, scope, symbol, value, type } = binding;
    out.byte(
      bindingKinds.indexOf(kind) |
        (scope === last.scope ? bindingFlag.sameScope : 0) |
        (symbol < 0 ? 0 : bindingFlag.hasSymbol) |
        (binding.import < 0 ? 0 : bindingFlag.hasImport) |
        (value < 0 ? 0 : bindingFlag.hasValue) |
        (type < 0 ? 0 : bindingFlag.hasType),
    );
    out.varint(strings.number(name));
    if (scope !== last.scope) out.signed(scope - last.scope);
    last.scope = scope;
    for (const key of ['symbol', 'import', 'value', 'type'] as const) {
      if (binding[key] < 0) continue;
      out.signed(binding[key] - last[key]);
      last[key] = binding[key];
    }
  }
}

export function readBindings(from: ByteReader, strings: readonly string[]): Binding[] {
  const bindings: Binding[] = [];
  const last = { scope: 0, symbol: 0, import: 0, value: 0, type: 0 };
  const next = (key: 'symbol' | 'import' | 'value' | 'type', isThere: number): number => {
    if (isThere === 0) return -1;
    last[key] += from.signed();
    return last[key];
  };
  for (let left = from.varint(); left > 0; left--) {
    const flags = from.byte();
    const kind = entry(bindingKinds, flags & 7);
    const name = entry(strings, from.varint());
    if (!(flags & bindingFlag.sameScope)) last.scope += from.signed();
    const symbol = next('symbol', flags & bindingFlag.hasSymbol);
    const imported = next('import', flags & bindingFlag.hasImport);
    const value = next('value', flags & bindingFlag.hasValue);
    const type = next('type', flags & bindingFlag.hasType);
    bindings.push({ kind, name, scope: last.scope, symbol, import: imported, value, type });
  }
  return bindings;
}

export function writeExpressions(out: ByteWriter, expressions: readonly Expression[], strings: StringTable): void {
  out.varint(expressions.length);
  let lastScope = 0;
  expressions.forEach((expression, index) => {
    const kind = expressionKinds.indexOf(expression.kind);
    const operand = (at: number): void => out.varint(at < 0 ? 0 : index - at);
    const operands = (list: readonly number[]): void => {
      out.varint(list.length);
      for (const at of list) operand(at);
    };
    switch (expression.kind) {
      case 'name':
        out.byte(kind | (expression.scope === lastScope ? sameNameScope : 0));
        out.varint(strings.number(expression.name));
        if (expression.scope !== lastScope) out.signed(expression.scope - lastScope);
        lastScope = expression.scope;
        return;
      case 'member':
        out.byte(kind);
        out.varint(strings.number(expression.name));
        operand(expression.object);
        return;
      case 'element': {
        const { how, index: place } = expression;
        out.byte(kind | (elementKinds.indexOf(how) << elementShift) | (place < 0 ? 0 : hasIndex));
        operand(expression.object);
        if (place >= 0) out.varint(place);
        return;
      }
      case 'self':
      case 'self-type':
      case 'super':
      case 'object':
        out.byte(kind);
        out.varint(expression.scope);
        return;
      case 'literal':
        out.byte(kind);
        out.varint(strings.number(expression.type));
        return;
      case 'collection':
        out.byte(kind);
        out.varint(strings.number(expression.type));
        operands(expression.elements);
        return;
      case 'applied':
        out.byte(kind);
        operand(expression.base);
        operands(expression.args);
        return;
      case 'either':
      case 'first':
        out.byte(kind);
        operands(expression.options);
        return;
      default:
        out.byte(kind);
        operand(expression.kind === 'instance' ? expression.type : expression.callee);
    }
  });
}

export function readExpressions(from: ByteReader, strings: readonly string[]): Expression[] {
  const expressions: Expression[] = [];
  const count = from.varint();
  let lastScope = 0;
  for (let index = 0; index < count; index++) {
    const flags = from.byte();
    const kind = entry(expressionKinds, flags & kindBits);
    const operand = (): number => {
      const back = from.varint();
      if (back > index) throw new CutShort(`expression ${index} of packed links points before the first`);
      return back === 0 ? -1 : index - back;
    };
    const operands = (): number[] => {
      const list: number[] = [];
      for (let left = from.varint(); left > 0; left--) list.push(operand());
      return list;
    };
    switch (kind) {
      case 'name': {
        const name = entry(strings, from.varint());
        if (!(flags & sameNameScope)) lastScope += from.signed();
        expressions.push({ kind, name, scope: lastScope });
        break;
      }
      case 'member': {
        const name = entry(strings, from.varint());
        expressions.push({ kind, object: operand(), name });
        break;
      }
      case 'element': {
        const how = entry(elementKinds, (flags >> elementShift) & 3);
        const object = operand();
        expressions.push({ kind, object, how, index: flags & hasIndex ? from.varint() : -1 });
        break;
      }
      case 'self':
      case 'self-type':
      case 'super':
      case 'object':
        expressions.push({ kind, scope: from.varint() });
        break;
      case 'literal':
        expressions.push({ kind, type: entry(strings, from.varint()) });
        break;
      case 'collection': {
        const type = entry(strings, from.varint());
        expressions.push({ kind, type, elements: operands() });
        break;
      }
      case 'applied': {
        const base = operand();
        expressions.push({ kind, base, args: operands() });
        break;
      }
      case 'either':
      case 'first':
        expressions.push({ kind, options: operands() });
        break;
      case 'instance':
        expressions.push({ kind, type: operand() });
        break;
      default:
        expressions.push({ kind, callee: operand() });
    }
  }
  return expressions;
}

export function writeUses(out: ByteWriter, uses: readonly Use[], expressions: readonly Expression[]): void {
  out.varint(uses.length);
  let [lastExpression, lastFrom, lastStart] = [0, -1, 0];
  for (const { kind, expression, from, span } of uses) {
    // Nearly every span is as long as its name, which then says it.
    const plain = span.end - span.start === nameLength(expressions[expression]);
    out.byte(useKinds.indexOf(kind) | (from === lastFrom ? useFlag.sameFrom : 0) | (plain ? useFlag.plainSpan : 0));
    out.signed(expression - lastExpression);
    out.signed(span.start - lastStart);
    if (!plain) out.signed(span.end - span.start);
    if (from !== lastFrom) out.signed(from - lastFrom);
    [lastExpression, lastFrom, lastStart] = [expression, from, span.start];
  }
}

export function readUses(bytes: ByteReader, expressions: readonly Expression[]): Use[] {
  const uses: Use[] = [];
  let [expression, from, start] = [0, -1, 0];
  for (let left = bytes.varint(); left > 0; left--) {
    const flags = bytes.byte();
    const kind = entry(useKinds, flags & 7);
    expression += bytes.signed();
    start += bytes.signed();
    const length = flags & useFlag.plainSpan ? nameLength(expressions[expression]) : bytes.signed();
    if (!(flags & useFlag.sameFrom)) from += bytes.signed();
    uses.push({ kind, expression, from, span: { start, end: start + length } });
  }
  return uses;
}

const nameLength = (expression: Expression | undefined): number =>
  expression?.kind === 'name' || expression?.kind === 'member' ? expression.name.length : -1;

export function writeSymbolLinks(out: ByteWriter, symbols: readonly SymbolLinks[]): void {
  out.varint(symbols.length);
  const last = { symbol: 0, scope: 0, expression: 0 };
  const delta = (key: keyof typeof last, value: number): void => {
    out.signed(value - last[key]);
    last[key] = value;
  };
  for (const { symbol, scope, bases, results, receiver, takes, ...more } of symbols) {
    out.byte(
      (more.static ? symbolFlag.static : 0) |
        (more.accessor ? symbolFlag.accessor : 0) |
        (receiver < 0 ? 0 : symbolFlag.hasReceiver) |
        (scope < 0 ? 0 : symbolFlag.hasScope) |
        (bases.length === 0 ? 0 : symbolFlag.hasBases) |
        (results.length === 0 ? 0 : symbolFlag.hasResults) |
        (takes < 0 ? 0 : symbolFlag.hasTakes),
    );
    delta('symbol', symbol);
    if (scope >= 0) delta('scope', scope);
    if (receiver >= 0) delta('expression', receiver);
    for (const list of [bases, results]) {
      if (list.length === 0) continue;
      out.varint(list.length);
      for (const expression of list) delta('expression', expression);
    }
    if (takes >= 0) out.varint(takes);
  }
}

export function readSymbolLinks(from: ByteReader): SymbolLinks[] {
  const symbols: SymbolLinks[] = [];
  const last = { symbol: 0, scope: 0, expression: 0 };
  const next = (key: keyof typeof last): number => {
    last[key] += from.signed();
    return last[key];
  };
  const list = (isThere: number): number[] => {
    const found: number[] = [];
    if (isThere !== 0) for (let left = from.varint(); left > 0; left--) found.push(next('expression'));
    return found;
  };
  for (let left = from.varint(); left > 0; left--) {
    const flags = from.byte();
    const symbol = next('symbol');
    const scope = flags & symbolFlag.hasScope ? next('scope') : -1;
    const receiver = flags & symbolFlag.hasReceiver ? next('expression') : -1;
    const bases = list(flags & symbolFlag.hasBases);
    const results = list(flags & symbolFlag.hasResults);
    const takes = flags & symbolFlag.hasTakes ? from.varint() : -1;
    const isStatic = (flags & symbolFlag.static) !== 0;
    const accessor = (flags & symbolFlag.accessor) !== 0;
    symbols.push({ symbol, scope, bases, results, static: isStatic, accessor, receiver, takes });
  }
  return symbols;
}

export function writeExports(out: ByteWriter, exported: FileLinks['exports'], strings: StringTable): void {
  out.varint(exported.length);
  for (const { name, local } of exported) {
    out.varint(strings.number(name));
    out.varint(strings.number(local));
  }
}

export function readExports(from: ByteReader, strings: readonly string[]): FileLinks['exports'] {
  const exported: { name: string; local: string }[] = [];
  for (let left = from.varint(); left > 0; left--) {
    const name = entry(strings, from.varint());
    exported.push({ name, local: entry(strings, from.varint()) });
  }
  return exported;
}

export function writeIndices(out: ByteWriter, indices: readonly number[]): void {
  out.varint(indices.length);
  for (const index of indices) out.varint(index);
}

export function readIndices(from: ByteReader): number[] {
  const indices: number[] = [];
  for (let left = from.varint(); left > 0; left--) indices.push(from.varint());
  return indices;
}
