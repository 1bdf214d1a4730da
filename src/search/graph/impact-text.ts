/** What a change may affect, as lines of text. */
import type { Affected, ImpactAnswer, TestFile } from './impact.ts';
import { type Ink, nodeText, plainInk, unresolvedText } from './text.ts';

const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** Of a hub nearly all tests are to be run; a reader sees by this many that it is so. */
const shownFiles = 30;
const shownTests = 8;

export function impactText(answer: ImpactAnswer, ink: Ink = plainInk): string {
  const { changed, candidates, affected, total, tests, outside } = answer;
  if (candidates.length > 0)
    return `${['Several definitions fit. Ask about one of these:', '', ...candidates.map((one) => `  ${nodeText(one, ink)}`)].join('\n')}\n`;
  const lines = [
    `${ink.name('changed')} ${ink.aside(`(${changed.length})`)}`,
    ...changed.map((one) => `  ${nodeText(one, ink)}`),
  ];
  for (const path of outside) lines.push(`  ${ink.path(path)}  ${ink.aside('not in the index')}`);
  const all = total.resolved + total.ambiguous;
  const inTests = tests.length > 0 ? ', tests included' : '';
  const doubt = total.ambiguous > 0 ? `, ${total.ambiguous} of them by a way that is ambiguous somewhere` : '';
  lines.push('', `${ink.name('may be affected')} ${ink.aside(`(${all}${inTests}${doubt})`)}`);
  for (const { node, state, nearer, partial, ...way } of affected) {
    const parts = [nodeText(node, ink), ink.aside(wayText(way))];
    if (state === 'ambiguous') parts.push(ink.doubt('ambiguous'));
    if (partial) parts.push(ink.doubt('observed in partial runs'));
    if (nearer !== null) parts.push(ink.aside(`or ${wayText(nearer)}`), ink.doubt('ambiguous'));
    lines.push(`  ${parts.join('  ')}`);
  }
  const number = tests.reduce((sum, one) => sum + one.tests.length, 0);
  // Where only files are known to reach the change, a count of their tests would read as none.
  const runs =
    number > 0 ? `${counted(number, 'test')} in ${counted(tests.length, 'file')}` : counted(tests.length, 'test file');
  lines.push('', `${ink.name('tests to run')} ${ink.aside(`(${runs})`)}`);
  for (const file of tests.slice(0, shownFiles)) lines.push(...testLines(file, ink));
  const more = tests.length - shownFiles;
  if (more > 0) lines.push(`  ${ink.aside(`${counted(more, 'more file')}; --json has them all`)}`);
  lines.push('', ...missing(answer).map(ink.aside));
  return `${lines.join('\n')}\n`;
}

/** Callers that may be missing above. Of files that are not in the index no name is known, so nothing can be denied of them. */
function missing({ changed, unresolved, outside }: ImpactAnswer): string[] {
  const lines = unresolved.map(unresolvedText);
  if (lines.length === 0 && changed.length > 0)
    lines.push('No call site of the names that changed is ambiguous or unresolved.');
  if (outside.length > 0) {
    const files = outside.length === 1 ? 'the file that is' : `the ${outside.length} files that are`;
    lines.push(`What depends on ${files} not in the index is not known.`);
  }
  return lines.length > 0 ? lines : ['The diff changes no file.'];
}

const stepText = {
  calls: 'calls',
  uses: 'uses',
  inherits: 'inherits from',
  implements: 'implements',
  overrides: 'overrides',
  imports: 'imports',
  tests: 'tests',
  dispatch: 'calls what is overridden by',
} as const;

function wayText({ distance, step, from }: Pick<Affected, 'distance' | 'step' | 'from'>): string {
  const how = `${stepText[step]} ${distance === 1 ? '' : from.slice(from.lastIndexOf('/') + 1)}`.trim();
  return `${counted(distance, 'step')}, ${how}`;
}

function testLines({ path, tests, distance, state }: TestFile, ink: Ink): string[] {
  const doubt = (one: string): string => (one === 'ambiguous' ? `  ${ink.doubt('ambiguous')}` : '');
  const steps = (one: number): string => (one === 0 ? 'changed itself' : counted(one, 'step'));
  if (tests.length === 0) return [`  ${ink.path(path)}  ${ink.aside(steps(distance))}${doubt(state)}`];
  return [
    `  ${ink.path(path)}`,
    ...tests
      .slice(0, shownTests)
      .map((test) => `    ${ink.name(test.node.name)}  ${ink.aside(steps(test.distance))}${doubt(test.state)}`),
    ...(tests.length > shownTests ? [`    ${ink.aside(`${tests.length - shownTests} more`)}`] : []),
  ];
}
