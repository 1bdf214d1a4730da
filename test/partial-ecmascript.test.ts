/** `winnow run --partial` and `trace --partial` of JavaScript and TypeScript: files with elements (JSX), and calls that go to the graph. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();

const files = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  'web/App.tsx': `import React from 'react';
import { total } from './cart';
import './app.css';

export function App({ items }: { items: { price: number }[] }) {
  const sum = total(items);
  if (sum > 1000) {
    return <Big.Cart sum={sum} />;
  }
  return (
    <ul title="all">
      {items.map((item) => <li>{item.price * 2}</li>)}
    </ul>
  );
}
`,
  'web/cart.ts': `export const price = (item: { price: number }): number => item.price;

export function total(items: { price: number }[]): number {
  return items.reduce((sum, item) => sum + price(item), 0);
}
`,
  'web/app.css': 'ul {}\n',
};

beforeAll(() => writeFiles(dir, files));
afterAll(remove);

const told = (...words: string[]) => {
  const ran = winnow(words, { home, cwd: dir });
  if (ran.stdout === '') throw new Error(ran.stderr);
  return JSON.parse(ran.stdout);
};

test('a component runs with the files around it, and what makes its elements is told', () => {
  const { partial } = told('run', 'web/App.tsx:App', '--partial', '--level', '2', '--json');
  expect([partial.entry, partial.language, partial.called[0]]).toEqual(['App.tsx', 'typescript', 'App']);
  expect(partial.coverage.files).toEqual([expect.objectContaining({ path: 'App.tsx', missed: [10] })]);
  const injected = partial.injections.map(({ kind, what, line }: Record<string, unknown>) => `${kind} ${what} ${line}`);
  expect(injected).toEqual(expect.arrayContaining(['module ./app.css 3', 'call React.createElement() 8']));
  expect(injected.join()).not.toContain('./cart');
  expect([partial.failures, partial.gaps]).toEqual([[], []]);
});

test('calls of the program itself go to the graph, marked, also between files', () => {
  const { partial } = told('run', 'web/App.tsx:App', '--partial', '--level', '2', '--observe', '--json');
  expect(partial.observed).toEqual({ kept: 2, unknown: 0 });
  const asked = 'MATCH (a)-[r:CALLS]->(b) WHERE r.partial RETURN a.name, b.name ORDER BY a.name';
  expect(told('query', asked, '--json').rows).toEqual([
    ['App', 'total'],
    ['total', 'price'],
  ]);
});
