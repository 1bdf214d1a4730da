/**
 * `tests` edges by naming convention: `test_load` for `load`, `TestParser` and `ParserTest` for `Parser`, `test_parser.py` for
 * `parser.py`. Names prove nothing, so these are ambiguous.
 */
import type { FileLinker } from './link-file.ts';

/** More definitions of one name than this say that the name is a common word. */
const maxNamesakes = 4;

export function linkTestNames(linker: FileLinker): void {
  const { unit, context, evaluator } = linker;
  for (const [symbol, { name }] of unit.symbols.entries()) {
    const tested = testedName(name) ?? (unit.language === 'php' ? testedMethod(name) : null);
    const from = context.nodes.nodeOf(unit.file, symbol);
    if (tested === null || from < 0) continue;
    const found = evaluator
      .named(tested, unit.language)
      // In PHP also what has the name in other capitals, which here would mix classes with methods.
      .filter(({ qualifiedName }) => qualifiedName === tested || qualifiedName.endsWith(`.${tested}`))
      .map((one) => context.nodes.nodeOf(one.file, one.symbol))
      .filter((node) => node >= 0 && !context.isTest(context.nodes.columns.file[node] as number));
    if (found.length > maxNamesakes) continue;
    const rule = found.length === 1 ? 'unique-name' : 'same-name';
    const { start, end } = unit.symbol(symbol).nameSpan;
    for (const to of found) linker.tests(from, to, start, { ambiguous: true, rule, length: end - start });
  }
}

/** Attributes of xUnit, NUnit and MSTest that make a method a test. */
const testAttribute = /(^|\.)(Fact|Theory|Test|TestCase|TestCaseSource|TestMethod|DataTestMethod)(Attribute)?$/;

/** Whether a file of C# has tests, wherever it lies. */
export const hasTestAttribute = (
  language: string,
  symbols: readonly { readonly decorators: readonly string[] }[],
): boolean =>
  language === 'csharp' && symbols.some(({ decorators }) => decorators.some((name) => testAttribute.test(name)));

/** What a test says by its name that it tests, or `null`. */
export function testedName(name: string): string | null {
  const match = /^(?:test_(\w+)|Test([A-Z]\w*)|([A-Z]\w*?)(?:Tests?|TestCase|Spec))$/.exec(name);
  return match === null ? null : (match[1] ?? match[2] ?? match[3] ?? null);
}

/** PHPUnit: `testAddRecord` for `addRecord`. */
function testedMethod(name: string): string | null {
  const match = /^test([A-Z]\w*)$/.exec(name)?.[1];
  return match === undefined ? null : match.charAt(0).toLowerCase() + match.slice(1);
}
