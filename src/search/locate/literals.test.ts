import { expect, onTestFinished, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import { openRepository } from '../../index/mod.ts';
import { corpusOf } from './corpus.ts';
import { Evidence, symbolOfKey } from './evidence.ts';
import { parseIssue } from './issue.ts';
import { literalSignals } from './literals.ts';
import { reasonsFor } from './reasons.ts';

const cart = (comment: string): string => `# ${comment}
class Basket:
    kind = "basket of many articles"

    def add(self, count):
        if count < 0:
            raise ValueError("cannot add a negative number")
        raise KeyError("no such article here")


def other():
    return "of no interest at all"
`;

async function evidenceOf(
  comment: string,
  text: string,
): Promise<{ evidence: Evidence; nameOf: (key: number) => string }> {
  const tree = makeTree({ 'cart.py': cart(comment) });
  const repository = openRepository(tree.root, { home: tree.home });
  await repository.refresh();
  const snapshot = repository.snapshot();
  onTestFinished(() => {
    snapshot.close();
    repository.close();
  });
  const corpus = corpusOf(snapshot, '');
  const evidence = new Evidence(corpus);
  const { symbols } = corpus.facts(0);
  const answers = [...symbols.keys()].filter((at) => symbols[at]?.kind !== 'field');
  literalSignals(evidence, parseIssue(text), new Map([[0, answers]]));
  return { evidence, nameOf: (key) => symbols[symbolOfKey(key)]?.qualifiedName ?? '' };
}

async function holdersOf(comment: string, text: string): Promise<string[]> {
  const { evidence, nameOf } = await evidenceOf(comment, text);
  return [...evidence.symbols('literal').keys()].map(nameOf).sort();
}

test('what is noted of a message are the words that the issue has', async () => {
  const { evidence } = await evidenceOf('plain', 'It fails\n\nError: cannot add a negative amount');
  expect(evidence.noteOf('literal', 'file 0')).toBe('cannot add a negative');
  expect(reasonsFor(new Map([['literal', 1]]), evidence, 'file 0', [])).toEqual([
    { signal: 'literal', text: 'has a string with words of the issue: cannot add a negative' },
  ]);
});

test.each([['plain'], ['Körbe für „alle“, auch 🛒']])(
  'a message is its method’s, not its class’s (%s)',
  async (comment) => {
    expect(await holdersOf(comment, 'It says: ValueError: cannot add a negative number')).toEqual(['Basket.add']);
    expect(await holdersOf(comment, 'It prints of no interest')).toEqual(['other']);
  },
);

test('what stands in a class outside of its methods is the class’s', async () => {
  expect(await holdersOf('plain', 'A basket of many things')).toEqual(['Basket']);
});
