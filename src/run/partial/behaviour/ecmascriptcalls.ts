/**
 * What the texts around a function of JavaScript tell of its arguments: calls in tests whose arguments are literals, literals near where tests name it, and what constants of its file
 * hold that it uses. No text that is put together by rule is as near to a format as one that somebody wrote for it.
 */

export interface CallFacts {
  /** Arguments of calls, as they are written between the parentheses: literals alone. */
  readonly calls: readonly string[];
  /** Texts and numbers beside its name in tests. */
  readonly seen: { readonly text: readonly string[]; readonly integer: readonly number[] };
  /** Sources of regular expressions that it matches. */
  readonly patterns: readonly string[];
}

const most = { calls: 30, seen: 80, patterns: 20 };
const longest = 400;
/** Lines behind a name in a test that belong to it. */
const near = 25;
const quoted = String.raw`'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\`(?:[^\`\\$]|\\.)*\``;
const pattern = String.raw`\/(?![*\/])(?:[^\/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*`;

/** @param name the last part of its name @param tests texts of files @param texts of the function's versions @param files whole files of both */
export function callFacts(
  name: string,
  tests: readonly string[],
  texts: readonly string[],
  files: readonly string[],
): CallFacts {
  const calls = new Set<string>();
  const seen = { text: new Set<string>(), integer: new Set<number>() };
  const named = new RegExp(String.raw`(?<![\w$])${name.replace(/[^\w]/g, '\\$&')}(?![\w$])`, 'g');
  for (const test of tests)
    for (const { index } of test.matchAll(named)) {
      const from = index + name.length;
      const inside = test[from] === '(' ? insideOf(test, from) : null;
      if (inside !== null && calls.size < most.calls && isClosed(inside)) calls.add(inside);
      for (const [found] of test
        .slice(from)
        .split('\n', near)
        .join('\n')
        .matchAll(new RegExp(`${quoted}|(?<![\\w$.])\\d+(?:\\.\\d+)?`, 'g')))
        if (/^\d/.test(found) && seen.integer.size < most.seen) seen.integer.add(Number(found));
        else if (found.length < longest && seen.text.size < most.seen) seen.text.add(plain(found));
    }
  const patterns = new Set<string>();
  const take = (found: string): void => {
    if (patterns.size < most.patterns) patterns.add(found.slice(1, found.lastIndexOf('/')));
  };
  for (const text of texts)
    for (const [, found] of text.matchAll(new RegExp(String.raw`(?:[(,=:!&|?[]|return)\s*(${pattern})`, 'g')))
      take(found as string);
  for (const text of files)
    for (const [, constant, found] of text.matchAll(
      new RegExp(String.raw`(?:const|let|var)\s+([\w$]+)\s*=\s*(${pattern})`, 'g'),
    ))
      if (texts.some((one) => one.includes(constant as string))) take(found as string);
  return {
    calls: [...calls],
    seen: { text: [...seen.text], integer: [...seen.integer] },
    patterns: [...patterns],
  };
}

/** What stands between this parenthesis and the one that closes it; null where that is far. */
function insideOf(text: string, open: number): string | null {
  let depth = 0;
  const parts = new RegExp(`${quoted}|[()\\[\\]{}]`, 'g');
  parts.lastIndex = open;
  for (let found = parts.exec(text); found !== null && found.index < open + longest; found = parts.exec(text)) {
    if ('([{'.includes(found[0])) depth += 1;
    else if (')]}'.includes(found[0])) depth -= 1;
    if (depth === 0) return text.slice(open + 1, found.index).trim();
  }
  return null;
}

/** Whether it is made of literals alone: it can be worked out anywhere. */
function isClosed(text: string): boolean {
  const bare = text.replace(new RegExp(quoted, 'g'), '0').replace(/[\w$]+\s*:/g, '');
  return (
    text !== '' &&
    !/=>|\.\.\.|[;=`+*/]/.test(bare) &&
    (bare.match(/[A-Za-z_$][\w$]*/g) ?? []).every((word) => /^(true|false|null|undefined|NaN|Infinity)$/.test(word))
  );
}

function plain(found: string): string {
  return found.slice(1, -1).replace(/\\(n|t|r|.)/g, (_, sign: string) => ({ n: '\n', t: '\t', r: '\r' })[sign] ?? sign);
}
