/**
 * Tests that are statements: run behind a program, in languages whose programs are statements one after another.
 *
 * A line behind the test prints a word that only whoever came to the test's end can print. In a language of declarations (C, Java, Go, Rust, …) nothing can stand behind a program; its tests are what it reads and prints.
 */
import { WinnowError } from '../../base/mod.ts';
import { runLanguage } from '../../run/mod.ts';

const printed: Readonly<Record<string, (test: string, word: string) => string>> = {
  python: (test, word) => `${test}\nprint("\\n${word}")`,
  javascript: (test, word) => `${test}\n;console.log("\\n${word}");`,
  typescript: (test, word) => `${test}\n;console.log("\\n${word}");`,
  ruby: (test, word) => `${test}\nputs "\\n${word}"`,
  php: (test, word) => `${test.trimEnd().replace(/;?$/, ';')}\necho "\\n${word}\\n";`,
  perl: (test, word) => `${test.trimEnd().replace(/;?$/, ';')}\nprint "\\n${word}\\n";`,
  lua: (test, word) => `${test}\nprint("\\n${word}")`,
  // A command that fails ends nothing in a shell.
  bash: (test, word) => `{\n${test}\n} && printf '\\n${word}\\n'`,
  r: (test, word) => `${test}\ncat("\\n${word}\\n")`,
  tcl: (test, word) => `${test}\nputs "\\n${word}"`,
};

/** What stands behind a program: the test, and what prints the word once it has ended. */
export const statementTest = (language: string, test: string, word: string): string =>
  (printed[language] ?? ((text) => text))(test, word);

/** @throws WinnowError `bad-usage` where a statement cannot be a test */
export function checkStatements(language: string): void {
  if (printed[language] !== undefined) return;
  const names = Object.keys(printed).map((name) => runLanguage(name).label);
  throw new WinnowError(
    'bad-usage',
    `A test that is a statement runs behind programs in ${names.join(', ')}; the task is in ${runLanguage(language).label}. Give what a program reads and prints: a task in JSON with "examples": [{"input": "…", "output": "…"}].`,
    { details: { language, languages: Object.keys(printed) } },
  );
}
