import { describe, expect, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import { openRepository, readHistory } from '../../index/mod.ts';
import { estimateTokens } from '../tokens.ts';
import type { LocateOptions } from './answer.ts';
import { parseCoverage } from './coverage.ts';
import { fileSignals, signalGroupNames, signalGroups, symbolSignals } from './evidence.ts';
import { fileColumns, symbolColumns } from './features.ts';
import { locatedText } from './fit.ts';
import { spellings } from './heldwords.ts';
import { locate } from './locate.ts';
import { shippedWeights } from './ranker.ts';

const files = {
  'shop/cart.py': `from shop.money import Money


class Basket:
    """Holds what a customer wants to buy."""

    def add_article(self, article, count):
        if count < 0:
            raise ValueError("cannot add a negative number of articles")
        self.articles.append((article, count))

    def total(self):
        return sum((Money.of(article) for article, count in self.articles), Money(0))


class GiftBasket(Basket):
    def wrap(self):
        return Ribbon(self)
`,
  'shop/money.py': `class Money:
    @staticmethod
    def of(article):
        return Money(article.price)

    def round_half_even(self):
        return Money(round(self.cents))
`,
  'shop/printing.py': `class InvoicePrinter:
    def _print_Basket(self, basket):
        return "\\n".join(self.line(article) for article in basket.articles)

    def _print_Money(self, money):
        return str(money.cents)
`,
  'shop/clock.py':
    'def tick_forever(seconds):\n    """Waits between the ticks of a clock."""\n    while True:\n        pass\n',
  'web/server.js': `export function startServer(port) {
  return listen(port, (request) => route(request.url));
}
`,
  'tests/test_money.py': `from shop.money import Money


def test_rounding_of_cents_is_bankers_rounding():
    assert Money(2.5).round_half_even().cents == 2
`,
  'README.md': '# Shop\n\nAdds articles to a basket.\n',
};

async function ask(text: string, options: LocateOptions = {}, tree = makeTree(files)) {
  const repository = openRepository(tree.root, { home: tree.home });
  await repository.refresh();
  const snapshot = repository.snapshot();
  try {
    return locate(snapshot, text, readHistory(tree.root, repository.storeDir), options);
  } finally {
    snapshot.close();
    repository.close();
  }
}

describe('what the issue gives away', () => {
  const check = (name: string, text: string, path: string, symbol: string | null, reason: RegExp | null = null) =>
    test(name, async () => {
      const answer = await ask(text);
      expect(answer.files[0]?.path).toBe(path);
      if (symbol !== null) expect(answer.functions.slice(0, 2).map((found) => found.name)).toContain(symbol);
      const said = [...(answer.files[0]?.reasons ?? []), ...answer.functions.flatMap((found) => found.reasons)];
      if (reason !== null) expect(said.map(({ text }) => text).join('\n')).toMatch(reason);
    });

  check(
    'its words',
    'The ticks of the clock stop\n\nIt waits forever between ticks.',
    'shop/clock.py',
    'tick_forever',
    /holds .*ticks/,
  );
  check(
    'a name',
    'Wrong result of `round_half_even`',
    'shop/money.py',
    'Money.round_half_even',
    /defines round_half_even/,
  );
  check(
    'a stack trace of another machine',
    'Traceback (most recent call last):\n  File "/opt/venv/lib/shop/cart.py", line 9, in add_article\nRuntimeError: what',
    'shop/cart.py',
    'Basket.add_article',
    /in the stack trace/,
  );
  check(
    'an error message',
    'Buying fails\n\nValueError: cannot add a negative number of articles',
    'shop/cart.py',
    'Basket.add_article',
  );
  check('a path', 'Please look at web/server.js', 'web/server.js', null, /the issue names web\/server\.js/);
  check('code names in Chinese prose', '启动失败：调用 `startServer` 时端口错误', 'web/server.js', 'startServer');
});

test('a name made of a verb and what the issue names, by convention', async () => {
  const answer = await ask('Printing a Basket prints the wrong articles');
  const found = answer.functions.find(({ name }) => name === 'InvoicePrinter._print_Basket');
  expect(found?.reasons.map(({ text }) => text).join()).toContain('by its name: _print_Basket');
  expect(answer.files.slice(0, 2).map(({ path }) => path)).toContain('shop/printing.py');
});

test('classes come with their reasons, tests and prose are not ranked', async () => {
  const answer = await ask('GiftBasket cannot be wrapped: rounding of cents in the basket');
  expect(answer.classes.slice(0, 2).map(({ name }) => name)).toContain('GiftBasket');
  const paths = answer.files.map(({ path }) => path);
  expect(paths).not.toContain('tests/test_money.py');
  expect(paths).not.toContain('README.md');
  expect(answer.files.reduce((sum, { score }) => sum + score, 0)).toBeLessThanOrEqual(1.000001);
});

describe('reasons say no more than is so', () => {
  const reasonsOf = async (text: string, name: string): Promise<string> => {
    const { classes, functions } = await ask(text, { limit: 100 });
    const found = [...classes, ...functions].find((one) => one.name === name);
    return found?.reasons.map((reason) => reason.text).join('\n') ?? 'not located';
  };
  test('of a sentence without spaces, the word that is held', async () => {
    const reasons = await reasonsOf('商店basket为空时崩溃', 'InvoicePrinter._print_Basket');
    expect(reasons).toContain('holds basket');
    expect(reasons).not.toMatch(/商店|崩溃/);
  });
  test('of a name of several parts, the part that is held', async () => {
    expect(await reasonsOf('basket_overflow happens', 'InvoicePrinter._print_Basket')).toMatch(/holds basket$/m);
    expect(await reasonsOf('add_article fails for an article', 'Basket.add_article')).toMatch(/holds add_article$/m);
  });
  test('terms are spelled as the text first writes what makes them', () => {
    const text = 'handleRetry retries HTTPServer2 naïve 会话cookie为空 会';
    const terms = ['handleretri', 'retri', 'handl', 'http', 'server', 'naiv', '会话', 'cooki', '会'];
    expect([...spellings(text, new Set(terms))].sort()).toEqual(
      [
        ['handleretri', 'handleRetry'],
        ['retri', 'Retry'],
        ['handl', 'handle'],
        ['http', 'HTTP'],
        ['server', 'Server'],
        ['naiv', 'naïve'],
        ['会话', '会话'],
        ['cooki', 'cookie'],
        ['会', '会'],
      ].sort(),
    );
  });
});

test('without history it says so', async () => {
  const { notices, history } = await ask('basket');
  expect(history.extent).toBe('none');
  expect(notices.join('\n')).toMatch(/no git history/);
});

test('nothing fits', async () => {
  const answer = await ask('zzyzx qwrtp');
  expect([answer.files, answer.functions, answer.classes]).toEqual([[], [], []]);
});

test('a text without words is refused', async () => {
  await expect(ask(' \n --- !!! ')).rejects.toThrow(/holds no word/);
});

test('below a folder only', async () => {
  const answer = await ask('start the server with the basket of articles', { under: 'web' });
  expect(answer.files.map(({ path }) => path)).toEqual(['web/server.js']);
});

test('coverage of failing tests decides', async () => {
  const tests = parseCoverage(
    JSON.stringify({
      tests: [
        { name: 'bad', passed: false, lines: { 'shop/printing.py': [3], 'shop/money.py': [4] } },
        { name: 'good', passed: true, lines: { 'shop/money.py': [4] } },
      ],
    }),
    [],
  );
  const answer = await ask('The clock is wrong', { coverage: { tests, formula: 'ochiai' } });
  expect(answer.files[0]?.path).toBe('shop/printing.py');
  expect(answer.functions[0]?.name).toBe('InvoicePrinter._print_Basket');
  expect(answer.functions[0]?.reasons[0]?.text).toMatch(/run by failing tests/);
});

test('a budget holds whatever it is', async () => {
  for (const budgetTokens of [50, 80, 120, 300, 2_000]) {
    const answer = await ask('Basket article Money total print server', { budgetTokens });
    expect(answer.tokens).toBe(estimateTokens(locatedText(answer)));
    expect(answer.tokens).toBeLessThanOrEqual(budgetTokens);
  }
  await expect(ask('basket', { budgetTokens: 10 })).rejects.toThrow(/budget/);
});

test('an explanation adds up, and leaving signals out takes them out of it', async () => {
  const whole = await ask('Wrong result of `round_half_even`', { explain: true });
  const tree = whole.functions[0]?.explanation;
  expect(tree?.value).toBeCloseTo(
    (tree?.children ?? []).reduce((sum, { value }) => sum + value, 0),
    9,
  );
  expect(tree?.value).toBeCloseTo(whole.functions[0]?.score ?? 0, 9);
  const bare = await ask('Wrong result of `round_half_even`', { explain: true, without: ['names'] });
  expect(JSON.stringify(bare.functions)).not.toMatch(/namesProse/);
});

test('answers are the same each time', async () => {
  const tree = makeTree(files);
  expect(await ask('basket total money', {}, tree)).toEqual(await ask('basket total money', {}, tree));
});

describe('the shipped weights', () => {
  test('cover every feature and nothing else', () => {
    const { files: ofFiles, symbols } = shippedWeights();
    expect(Object.keys(ofFiles).sort()).toEqual([...fileColumns].sort());
    expect(Object.keys(symbols).sort()).toEqual([...symbolColumns].sort());
  });
  test('every signal is in one group', () => {
    const grouped = signalGroupNames.flatMap((group) => [...signalGroups[group]]) as string[];
    expect([...grouped].sort()).toEqual([...new Set([...fileSignals, ...symbolSignals] as string[])].sort());
  });
});

test('the smallest budget still holds the first file', async () => {
  const deep = 'shop/baskets/of/customers/who/have/not/yet/paid/cart.py';
  const tree = { [deep]: files['shop/cart.py'], 'shop/money.py': files['shop/money.py'] };
  const answer = await ask('Adding an article to a basket fails', { budgetTokens: 50 }, makeTree(tree));
  expect(answer.files.map(({ path }) => path)).toEqual([deep]);
  expect(answer.tokens).toBeLessThanOrEqual(50);
});

test('what is found and too much for the budget is told', async () => {
  const deep = `${'baskets/'.repeat(40)}cart.py`;
  const answer = await ask(
    'Adding an article to a basket',
    { budgetTokens: 50 },
    makeTree({ [deep]: files['shop/cart.py'] }),
  );
  expect(answer).toMatchObject({ files: [], notices: ['Shortened to stay within 50 tokens.'] });
  const nothing = await ask('qqzzx', { budgetTokens: 50 }, makeTree({ 'a.md': '# A' }));
  expect(nothing.notices).not.toContain('Shortened to stay within 50 tokens.');
});
