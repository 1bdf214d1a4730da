/**
 * A Python program as its functions at the left margin: taken apart, put together again, and which calls which.
 *
 * By lines and names, as MGDebugger's and FunCoder's released code have it: a function begins at its decorators and ends before the next line at the margin; it depends on another where it names it.
 */

export interface TopFunction {
  readonly name: string;
  readonly text: string;
  /** Lines from 0, half-open. */
  readonly from: number;
  readonly to: number;
}

export function functionsOf(source: string): readonly TopFunction[] {
  const lines = source.split('\n');
  const found: TopFunction[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, name] = /^(?:async\s+)?def\s+(\w+)/.exec(lines[at] ?? '') ?? [];
    if (name === undefined) continue;
    let from = at;
    while (from > 0 && lines[from - 1]?.startsWith('@') === true) from--;
    let to = at + 1;
    let quote = openQuote(lines[at] ?? '', null);
    while (to < lines.length && (quote !== null || !/^[^\s#)\]}]/.test(lines[to] ?? ''))) {
      quote = openQuote(lines[to] ?? '', quote);
      to++;
    }
    while (to > at + 1 && (lines[to - 1] ?? '').trim() === '') to--;
    found.push({ name, from, to, text: `${lines.slice(from, to).join('\n')}\n` });
    at = to - 1;
  }
  return found;
}

/** The triple quote that is open behind a line. @param quote the one that is open before it */
export function openQuote(line: string, quote: string | null): string | null {
  let open = quote;
  // Short texts and comments hold quotes that open nothing.
  for (const [token] of line.matchAll(/\\.|"""|'''|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|#.*/g)) {
    if (open === null ? token === '"""' || token === "'''" : token === open) open = open === null ? token : null;
    else if (open !== null && token !== '"""' && token !== "'''" && token.includes(open)) open = null;
  }
  return open;
}

/** The program with one function in another's place. Unchanged where there is none of the name. */
export function withFunction(source: string, name: string, text: string): string {
  const old = functionsOf(source).findLast((one) => one.name === name);
  if (old === undefined) return source;
  const lines = source.split('\n');
  return [...lines.slice(0, old.from), ...text.replace(/\n+$/, '').split('\n'), ...lines.slice(old.to)].join('\n');
}

/** Names of functions that `root` needs, itself last: what is called stands before who calls it. Each once, cycles cut. */
export function postOrder(source: string, root: string): readonly string[] {
  const functions = new Map(functionsOf(source).map((one) => [one.name, one]));
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const one = functions.get(name);
    if (one === undefined || seen.has(name)) return;
    seen.add(name);
    for (const other of functions.keys())
      if (other !== name && new RegExp(`\\b${other}\\b`).test(one.text)) visit(other);
    order.push(name);
  };
  visit(root);
  return order;
}

/** Whether a function is a name and a documentation without a body: what a model leaves for later. */
export function isStub({ text }: TopFunction): boolean {
  const body = text
    .replace(/^(?:@.*\n)*(?:async\s+)?def[^\n]*(?:\n(?!\s*(?:"""|'''|\S))[^\n]*)*?:\s*(?:#[^\n]*)?\n/, '')
    .replace(/^\s*[rRuU]?("""|''')[\s\S]*?\1/, '')
    .replace(/^\s*#[^\n]*$/gm, '')
    .trim();
  return body === '' || /^(pass|\.\.\.|raise NotImplementedError(\([^)]*\))?)$/.test(body);
}

/** What stands above the first function at the margin: imports and constants. */
export function headOf(source: string): string {
  const [first] = functionsOf(source);
  const head = source
    .split('\n')
    .slice(0, first?.from ?? 0)
    .join('\n')
    .trim();
  return head === '' ? '' : `${head}\n\n`;
}
