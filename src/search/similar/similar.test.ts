import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeTree, type Tree } from '../../../test/trees.ts';
import { seededRandom } from '../../base/mod.ts';
import { openRepository, type Repository, type Snapshot } from '../../index/mod.ts';
import { askCode } from './asked.ts';
import { copyKinds, type DuplicatesAnswer, type DuplicatesOptions, findDuplicates } from './duplicates.ts';
import { codeOfId } from './place.ts';
import { findSimilar, likenessGroups, type SimilarAnswer, type SimilarOptions } from './similar.ts';

function open(tree: Tree): Repository {
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  return repository;
}

async function inSnapshot<T>(repository: Repository, use: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  await repository.refresh();
  const snapshot = repository.snapshot();
  try {
    return await use(snapshot);
  } finally {
    snapshot.close();
  }
}

const duplicates = (repository: Repository, options: Partial<DuplicatesOptions> = {}): Promise<DuplicatesAnswer> =>
  inSnapshot(repository, (snapshot) =>
    findDuplicates(snapshot, { minLines: 3, minTokens: 30, kinds: copyKinds, limit: 100, admits: null, ...options }),
  );

const similar = (repository: Repository, id: string, options: Partial<SimilarOptions> = {}): Promise<SimilarAnswer> =>
  inSnapshot(repository, async (snapshot) =>
    findSimilar(snapshot, await askCode(codeOfId(snapshot, id)), {
      limit: 100,
      groups: likenessGroups,
      admits: null,
      openMeaning: null,
      ...options,
    }),
  );

/** What each class says: kind and places. */
const told = ({ classes }: DuplicatesAnswer): string[] =>
  classes.map(({ kind, places }) => `${kind} ${places.map(({ id }) => id).join(' ')}`);
const hitsOf = ({ hits }: SimilarAnswer): string[] => hits.map(({ group, id }) => `${group} ${id}`);

const total = `export function totalOf(orders: Order[]): number {
  let total = 0;
  for (const order of orders) {
    if (order.cancelled) continue;
    total += order.price * order.count;
    if (total > 10_000) total -= discount(order);
  }
  return total;
}
`;
const renamed = total
  .replaceAll('total', 'sum')
  .replaceAll('orders', 'items')
  .replaceAll('order', 'item')
  .replaceAll('10_000', '500');
const edited = total.replace('    total += order.price', '    log(order);\n    total += order.price');
const other = `export function openDoor(key: string): Door {
  const found = doors.get(key);
  if (found === undefined) throw new Error(key);
  try {
    return found.open();
  } finally {
    release(key);
  }
}
`;

describe('copies of a repository', () => {
  test('exact, renamed and near ones are classes with all their places', async () => {
    const tree = makeTree({
      'a.ts': `${other}\n${total}`,
      'b.ts': total,
      'c.ts': `// A comment.\n${total.replaceAll('\n', '\r\n').replace('let total', 'let   total /* inside */')}`,
    });
    expect(told(await duplicates(open(tree)))).toEqual(['exact a.ts:11-19 b.ts:1-9 c.ts:2-10']);
    tree.write('c.ts', renamed);
    const { classes } = await duplicates(open(tree));
    expect(classes[0]).toMatchObject({ kind: 'renamed', common: 1 });
    expect(classes[0]?.places.map(({ path, consistent }) => [path, consistent])).toEqual([
      ['a.ts', true],
      ['b.ts', true],
      ['c.ts', true],
    ]);
    expect(classes[0]?.places[2]?.asWritten).toBeLessThan(1);
    expect(told(await duplicates(open(tree), { kinds: ['exact'] }))).toEqual(['exact a.ts:11-19 b.ts:1-9']);
    tree.remove('c.ts');
    tree.write('b.ts', edited);
    const near = await duplicates(open(tree));
    expect(told(near)).toEqual(['near a.ts:11-19 b.ts:1-10']);
    expect(near.classes[0]?.common).toBeGreaterThan(0.8);
    expect(near.classes[0]?.common).toBeLessThan(1);
  });

  test('what is planted is found, wherever it stands and however the rest looks', async () => {
    const statement = (random: ReturnType<typeof seededRandom>): string => {
      const name = (): string => `n${random.int(200)}`;
      const forms = [
        () => `${name()} = ${name()}(${name()}, ${random.int(99)})`,
        () => `if (${name()} > ${name()}) ${name()}.${name()}()`,
        () => `${name()}[${name()}] += ${name()} * ${random.int(9)}`,
        () => `return ${name()} ? ${name()} : [${name()}, '${name()}']`,
      ];
      return `${(forms[random.int(forms.length)] as () => string)()};`;
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 8, max: 30 }), async (seed, length) => {
        const random = seededRandom(seed);
        const lines = (count: number): string[] => Array.from({ length: count }, () => statement(random));
        const planted = lines(length);
        const files: Record<string, string> = {};
        const wanted: { path: string; first: number; last: number }[] = [];
        for (const file of ['a.js', 'b.js', 'c/d.js']) {
          const before = lines(random.int(20));
          files[file] = `${[...before, ...planted, ...lines(random.int(20))].join('\n')}\n`;
          wanted.push({ path: file, first: before.length + 1, last: before.length + length });
        }
        const { classes } = await duplicates(open(makeTree(files)), { kinds: ['exact'], minTokens: 25 });
        const found = classes.find(({ places }) =>
          wanted.every((place) =>
            places.some(
              ({ path, lines }) => path === place.path && lines.first <= place.first && lines.last >= place.last,
            ),
          ),
        );
        expect(found).toBeDefined();
      }),
      // Of these, two agree in a token more than all three do.
      {
        numRuns: 8,
        examples: [
          [12, 8],
          [13, 8],
          [26, 8],
          [27, 8],
        ],
      },
    );
  });

  test('follow edits, renames and deletions; what is kept damaged is made anew', async () => {
    const tree = makeTree({ 'a.ts': total, 'b.ts': total, 'c.ts': other });
    const repository = open(tree);
    const made: number[] = [];
    const onProgress = (_: number, count: number): number => made.push(count);
    const ask = () => duplicates(repository, { onProgress });
    expect(told(await ask())).toEqual(['exact a.ts:1-9 b.ts:1-9']);
    expect(new Set(made.splice(0))).toEqual(new Set([3]));
    await ask();
    expect(made).toEqual([]);
    tree.write('b.ts', other);
    expect(told(await ask())).toEqual(['exact b.ts:1-9 c.ts:1-9']);
    tree.remove('c.ts');
    expect(told(await ask())).toEqual([]);
    tree.write('sub/e.ts', total);
    expect(told(await ask())).toEqual(['exact a.ts:1-9 sub/e.ts:1-9']);
    const data = path.join(repository.storeDir, 'data');
    for (const name of readdirSync(data).filter((one) => one.endsWith('.vectors'))) {
      const bytes = readFileSync(path.join(data, name));
      bytes[bytes.length - 20] = (bytes[bytes.length - 20] as number) ^ 0xff;
      writeFileSync(path.join(data, name), bytes);
    }
    expect(told(await ask())).toEqual(['exact a.ts:1-9 sub/e.ts:1-9']);
    await repository.tidy();
    expect(told(await ask())).toEqual(['exact a.ts:1-9 sub/e.ts:1-9']);
  });

  test('imports and enumerations are none, and copies in tests are lowered', async () => {
    const imports = Array.from({ length: 30 }, (_, i) => `import { a${i} } from './m${i}.ts';`).join('\n');
    const names = `export const names = [\n${Array.from({ length: 60 }, (_, i) => `  'n${i}',`).join('\n')}\n];\n`;
    const tree = makeTree({ 'a.ts': `${imports}\n${names}`, 'b.ts': `${imports}\n${names.replaceAll("'n", "'m")}` });
    expect(told(await duplicates(open(tree)))).toEqual([]);
    const second = makeTree({ 'a.test.ts': total, 'b.test.ts': total, 'c.ts': other, 'd.ts': other });
    const { classes } = await duplicates(open(second));
    expect(classes.map(({ lowered, places }) => [lowered, places[0]?.path])).toEqual([
      [false, 'c.ts'],
      [true, 'a.test.ts'],
    ]);
  });

  test('files, lines and tokens are narrowed', async () => {
    const tree = makeTree({ 'a.ts': total, 'b.ts': total, 'x/c.ts': total, 'notes.md': '# Notes\n' });
    const repository = open(tree);
    expect(told(await duplicates(repository, { admits: (file) => file.path.startsWith('x/') }))).toEqual([]);
    expect(told(await duplicates(repository, { minLines: 10 }))).toEqual([]);
    expect(told(await duplicates(repository, { minTokens: 100 }))).toEqual([]);
    expect((await duplicates(repository)).leftOut).toEqual({ noGrammar: 1, tooSmall: 0 });
  });

  test('places within one file never overlap', async () => {
    const line = 'call(first, second, third);\n';
    const { classes } = await duplicates(open(makeTree({ 'a.js': `${line.repeat(60)}${total}${line}${total}` })));
    for (const { places } of classes)
      for (const [i, { lines }] of places.entries())
        if (i > 0) expect(lines.first).toBeGreaterThan(places[i - 1]?.lines.last as number);
    expect(classes.some(({ places }) => places.length === 2)).toBe(true);
  });

  test('nobody waits for one that was cancelled', async () => {
    const repository = open(makeTree({ 'a.ts': total }));
    await expect(duplicates(repository, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('code like a piece', () => {
  const go = `package p

func TotalOf(orders []Order) float64 {
	total := 0
	for _, order := range orders {
		if order.Cancelled {
			continue
		}
		total += order.Price * order.Count
		if total > 10000 {
			total -= discount(order)
		}
	}
	return total
}
`;
  const tree = () =>
    makeTree({
      'a.ts': `${total}\n${other}`,
      'exact.ts': `const x = 1;\n${total}`,
      'renamed.ts': renamed,
      'near.ts': edited,
      'total.go': go,
      'door.go':
        'package p\n\nfunc Door(k string) (*D, error) {\n\td, err := find(k)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\treturn d.Open(), nil\n}\n',
    });

  test('is grouped by how it is alike, itself left out, in any language', async () => {
    const answer = await similar(open(tree()), 'a.ts:totalOf');
    expect(hitsOf(answer)).toEqual([
      'exact exact.ts:totalOf',
      'renamed renamed.ts:sumOf',
      'near near.ts:totalOf',
      'related total.go:TotalOf',
    ]);
    const [exact, , near, related] = answer.hits;
    expect(exact?.why).toMatchObject({ tokens: 1, renamedTokens: 1, fingerprints: 1 });
    expect(near?.why.tokens).toBeGreaterThan(0.8);
    expect(near?.why.tokens).toBeLessThan(1);
    expect(related?.why).toMatchObject({ tokens: null, meaning: null });
    expect(related?.why.flow).toBeGreaterThan(0.5);
    expect(answer.notices).toEqual(['What words say was not compared.']);
  });

  test('and which of many that are equally alike are told does not depend on when they were indexed', async () => {
    const many = makeTree({ 'a.ts': total });
    const related = (repository: Repository) =>
      similar(repository, 'a.ts:totalOf', { groups: ['related'], limit: 20 }).then(hitsOf);
    const followed = open(many);
    await related(followed);
    for (const [folder, copies] of [
      ['q', 105],
      ['p', 15],
    ] as const) {
      for (let at = 0; at < copies; at++) many.write(`${folder}${at}/total.go`, go);
      await related(followed);
    }
    const anew = openRepository(many.root, { home: path.join(many.home, 'anew') });
    onTestFinished(() => anew.close());
    const told = await related(followed);
    expect(told).toHaveLength(20);
    expect(told).toEqual(await related(anew));
  });

  test('lines are found inside of larger pieces', async () => {
    const repository = open(tree());
    const answer = await similar(repository, 'a.ts:2-6', { groups: ['exact', 'renamed'] });
    expect(hitsOf(answer)).toEqual(['exact exact.ts:3-7', 'renamed renamed.ts:2-6']);
  });

  test('only groups and files that are asked for', async () => {
    const repository = open(tree());
    expect(hitsOf(await similar(repository, 'a.ts:totalOf', { groups: ['near'] }))).toEqual(['near near.ts:totalOf']);
    const inGo = await similar(repository, 'a.ts:totalOf', { admits: (file) => file.language === 'go' });
    expect(new Set(inGo.hits.map(({ language }) => language))).toEqual(new Set(['go']));
  });

  test('what was not compared is said', async () => {
    const repository = open(
      makeTree({
        'a.kt':
          'fun f(xs: List<Int>): Int {\n  var acc = 0\n  for (x in xs) {\n    if (x % 2 == 0) acc += x * 3\n  }\n  return acc\n}\n',
        'b.ts': 'x();\n',
      }),
    );
    expect((await similar(repository, 'a.kt:f')).notices).toContain(
      'The flow of kotlin is not known; shapes were compared by their trees alone.',
    );
    expect((await similar(repository, 'b.ts:1-1')).notices[0]).toMatch(/^The piece has too few tokens/);
  });

  test('a piece without code is refused', async () => {
    const repository = open(makeTree({ 'a.ts': '\n\n\nx();\n' }));
    await expect(similar(repository, 'a.ts:1-2')).rejects.toMatchObject({ code: 'bad-query' });
    await expect(similar(repository, 'nowhere.ts:f')).rejects.toMatchObject({ code: 'unknown-id' });
  });
});
