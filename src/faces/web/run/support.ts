/** What the editor knows of a language: colours and indentation. */
import { LanguageSupport, StreamLanguage } from '@codemirror/language';
import { loadMode } from '../shell/modes.ts';

/** Python and JavaScript have grammars of their own; the other languages the tokenisers that the search page uses too. */
export async function supportOf(language: string): Promise<LanguageSupport | null> {
  if (language === 'python') return (await import('@codemirror/lang-python')).python();
  if (language === 'javascript' || language === 'typescript')
    return (await import('@codemirror/lang-javascript')).javascript({ typescript: language === 'typescript' });
  const mode = await loadMode(language);
  return mode === null ? null : new LanguageSupport(StreamLanguage.define(mode));
}

/** What stands in the editor at first. */
export const samples: Readonly<Record<string, string>> = {
  python: `def largest_gap(numbers):
    numbers = sorted(numbers)
    best = 0
    for before, after in zip(numbers, numbers[1:]):
        gap = after - before
        if gap > best:
            best = gap
    return best * scale

print(largest_gap([3, 9, 4, 1]))
`,
  javascript: `function collatz(n) {
  let steps = 0;
  while (n !== 1) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    steps++;
  }
  return steps;
}

console.log(collatz(6));
`,
};
