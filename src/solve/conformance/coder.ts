/**
 * The simulated coder: a script for the scripted model server that answers every prompt of every strategy, for tests of loops and for nothing else.
 *
 * It cannot program. Where a program is wanted, it draws one from a pool: from the wrong part, or, with a stated chance, from the right one; the chance is another one when the prompt names a failing behaviour (a failing test, a traceback, blocks with an opinion). Its draws follow from its seed, the request's own
 * seed and the prompt, so the same run gives the same replies in any order of arrival. With it one can see that loops converge, stop, keep budgets and never see hidden tests. A figure of its is a figure of its pool: it says nothing of a strategy's worth.
 */
import { seededRandom } from '../../base/mod.ts';
import type { Act, Asked, Script } from '../../model/mod.ts';
import { digest } from '../frame/step.ts';
import { functionsOf } from '../pieces/functions.ts';

export interface CoderPool {
  readonly right: readonly string[];
  readonly wrong: readonly string[];
  /** What it gives where tests are wanted; `assert …` lines. */
  readonly tests: readonly string[];
  /** Calls of the function. */
  readonly inputs: readonly string[];
}

export interface CoderOptions {
  readonly seed: number;
  /** Chance of a right program where nothing is known to fail, in [0, 1]. */
  readonly unprompted: number;
  /** Chance of a right program where the prompt names what fails, in [0, 1]. */
  readonly prompted: number;
}

/** How data that names a failing behaviour is labelled in a prompt. */
const feedback = /^(failing tests?|traceback|opinion|error|what is wrong), as data:$/m;

export function simulatedCoder(pool: CoderPool, options: CoderOptions): Script {
  return (asked) => {
    const random = seededRandom(Number.parseInt(digest(`${options.seed} ${asked.seed} ${asked.text}`).slice(0, 8), 16));
    const texts = Array.from({ length: asked.count }, () => replyTo(asked, pool, options, random));
    return { text: texts } satisfies Act;
  };
}

function replyTo(
  asked: Asked,
  pool: CoderPool,
  options: CoderOptions,
  random: ReturnType<typeof seededRandom>,
): string {
  const one = (items: readonly string[]): string => items[random.int(items.length)] ?? '';
  const wants = (text: string): boolean => asked.last.includes(text);
  const program = (): string => {
    const chance = feedback.test(asked.last) ? options.prompted : options.unprompted;
    return one(random.next() < chance ? pool.right : pool.wrong);
  };
  const alone = /Look at one function alone: (\w+)\./.exec(asked.last)?.[1];
  if (alone !== undefined) {
    const found = functionsOf(program()).findLast(({ name }) => name === alone)?.text;
    return found === undefined ? 'It is right as it is.' : block(found);
  }
  if (wants('<execute>'))
    return wants('output, as data:') ? `<solution>\n${block(program())}` : '<execute>\nprint(sorted([3, 1, 2]))\n';
  if (wants('that only you can answer for')) return 'True';
  // Every prompt for a program says how it is to be given, and no other does.
  if (wants('in one block that begins with')) return block(program());
  if (wants('Write tests for') || wants('Derive tests for it')) return pool.tests.join('\n');
  if (/Write \d+ calls of/.test(asked.last)) return pool.inputs.join('\n');
  const blocks = /For each of the (\d+) blocks/.exec(asked.last)?.[1];
  if (blocks !== undefined)
    return Array.from({ length: Number(blocks) }, (_, at) =>
      JSON.stringify({ block: `BLOCK-${at}`, correct: at > 0, explanation: 'values as expected' }),
    ).join('\n');
  if (wants('by lines of JSON: {"thought"'))
    return [1, 2, 3]
      .map((at) => JSON.stringify({ thought: `thought ${at}, ${random.int(1_000)}`, reasonableness: at / 4 }))
      .join('\n');
  if (wants('one a line as a list')) return [1, 2, 3].map((at) => `${at}. idea ${at}, ${random.int(1_000)}`).join('\n');
  if (wants('Answer with one number from 0 to 1')) return '1';
  if (wants('First give a score')) return wants('ACCEPT when') ? 'Score: 9\nACCEPT' : 'Score: 4\nREFINE';
  if (wants('"Correct analysis"')) return 'Correct analysis';
  if (wants('End with one word on a line of its own: A, B or tie')) return 'A';
  return `Step 1: look at the input. Step 2: compute. (${random.int(1_000)})`;
}

const block = (source: string): string => `\`\`\`python\n${source.replace(/\n*$/, '\n')}\`\`\`\n`;
