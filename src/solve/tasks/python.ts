/**
 * What the documentation of a Python function gives a solver: examples become visible tests.
 *
 * Lines behind `>>>` up to the next one or a blank line are an example; its value is what a test compares with. Examples whose value nothing can be compared with (an exception, printed text) are left out and counted.
 */
import type { Task, VisibleTest } from '../types.ts';

export interface Examples {
  readonly tests: readonly VisibleTest[];
  /** Examples that make no test. */
  readonly left: number;
}

export function examplesOf(documentation: string, entry: string): Examples {
  const tests: VisibleTest[] = [];
  let left = 0;
  for (const { call, value } of typed(documentation)) {
    const isTest = call.includes(entry) && !call.includes('\n') && isExpression(call) && isValue(value);
    if (isTest) tests.push({ source: `assert ${call} == ${value}`, expected: null });
    else left++;
  }
  return { tests, left };
}

/**
 * Examples of a method: each goes on where those before it ended, so a test is what was typed until then with the comparison behind it.
 *
 * A test that nothing can be compared with is still done for what follows, but for one that raises.
 */
export function sessionExamplesOf(documentation: string): Examples {
  const tests: VisibleTest[] = [];
  const before: string[] = [];
  let left = 0;
  for (const { call, value } of typed(documentation)) {
    if (value.startsWith('Traceback')) left++;
    else if (value !== '' && isValue(value) && isExpression(call))
      tests.push({ source: [...before, `assert (${call}) == ${value}`].join('\n'), expected: null });
    else if (value !== '') left++;
    if (!value.startsWith('Traceback')) before.push(call);
  }
  return { tests, left };
}

/** Examples of a task's documentation that make no test. */
export function leftExamples({ stub, entry, method }: Pick<Task, 'stub' | 'entry' | 'method'>): number {
  if (stub === null || entry === null) return 0;
  return (method == null ? examplesOf(stub, entry) : sessionExamplesOf(stub)).left;
}

/** What stands behind each prompt, and what came. */
function typed(documentation: string): readonly { readonly call: string; readonly value: string }[] {
  const lines = documentation.split('\n').map((line) => line.trim());
  const found: { call: string; value: string }[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]?.startsWith('>>>') !== true) continue;
    let call = lines[at]?.slice(3).trim() ?? '';
    while (lines[at + 1]?.startsWith('...') === true) call += `\n${lines[++at]?.slice(4)}`;
    const value: string[] = [];
    for (let next = at + 1; next < lines.length; next++) {
      const line = lines[next] ?? '';
      if (line === '' || line.startsWith('>>>') || line.startsWith('"""') || line.startsWith("'''")) break;
      value.push(line.replace(/("""|''').*$/, ''));
    }
    found.push({ call, value: value.join(' ').trim() });
  }
  return found;
}

/** What a comparison can name: a literal, a container of them, a call. Printed text, `<class 'int'>` and `…` are none. */
const isValue = (text: string): boolean =>
  /^(?:[-+]?\.?\d|(?:True|False|None)\b|[bru]?['"[({]|[A-Za-z_][\w.]*\()/.test(text) && !/<\w[^>]*>|\.\.\./.test(text);

/** What a comparison can be made of: no statement (a loop prints values too), no two of them on a line, nothing that prints. */
const isExpression = (call: string): boolean =>
  !/^(?:print|assert|async|class|def|del|for|from|if|import|raise|try|while|with)\b|^@/.test(call) &&
  !call.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|#.*$/gm, '').includes(';');

/** A source parted at the definition of a function: what stands above it, and it. Null: it defines none of this name at the left margin. */
export function partedAt(
  source: string,
  entry: string,
): { readonly above: string; readonly definition: string } | null {
  const found = [...source.matchAll(new RegExp(`^(?:@.*\\n)*(?:async\\s+)?def\\s+${entry}\\s*\\(`, 'gm'))].at(-1);
  if (found === undefined) return null;
  return { above: source.slice(0, found.index).trimEnd(), definition: source.slice(found.index) };
}
