import { describe, expect, test } from 'vitest';
import {
  cppName,
  csharpAround,
  csharpName,
  goName,
  javaName,
  javascriptName,
  phpName,
  rubyName,
  rustModules,
  rustName,
} from './framenames.ts';
import { pathsIn, tracesIn } from './frames.ts';
import { parseIssue } from './issue.ts';

describe('frames, innermost first', () => {
  const check = (
    name: string,
    text: string,
    expected: readonly (readonly [string | null, number | null, string | null])[],
  ) =>
    test(name, () => expect(tracesIn(text).frames.map(({ path, line, name }) => [path, line, name])).toEqual(expected));

  check(
    'Python',
    'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\n  File "/usr/lib/a/b.py", line 12, in solve\n    x\nValueError: no',
    [
      ['/usr/lib/a/b.py', 12, 'solve'],
      ['<stdin>', 1, null],
    ],
  );
  check('pytest', 'tests/test_a.py:3: in test_a\n    f()\nsrc/a.py:40: ValueError\n', [
    ['src/a.py', 40, null],
    ['tests/test_a.py', 3, 'test_a'],
  ]);
  check('IPython', '~/x/core.py in run(self, a)\n     10 def', [['~/x/core.py', null, 'run']]);
  check(
    'JavaScript',
    'TypeError: x\n    at Parser.parse (/app/src/parse.js:10:5)\n    at async file:///app/main.mjs:2:1\n    at new Foo (src/foo.ts:3:9)',
    [
      ['/app/src/parse.js', 10, 'Parser.parse'],
      ['file:///app/main.mjs', 2, null],
      ['src/foo.ts', 3, 'Foo.<init>'],
    ],
  );
  check('Java', '\tat com.google.gson.Gson.fromJson(Gson.java:932)\n\tat com.google.gson.A$B.c(A.java:1)', [
    ['com/google/gson/Gson.java', 932, 'Gson.fromJson'],
    ['com/google/gson/A.java', 1, 'A.B.c'],
  ]);
  check('Go', 'goroutine 1 [running]:\nmain.(*T).Run(0x1, 0x2)\n\t/src/app/t.go:17 +0x1d\n', [
    ['/src/app/t.go', 17, 'T.Run'],
  ]);
  check(
    'Rust',
    "thread 'main' panicked at src/lib.rs:10:5:\n   3: ripgrep::search::run\n             at ./crates/core/search.rs:44:9",
    [
      ['src/lib.rs', 10, null],
      ['./crates/core/search.rs', 44, 'run'],
    ],
  );

  check(
    'Rust without places, as release builds print',
    'stack backtrace:\n   0: rust_begin_unwind\n   1: core::panicking::panic_fmt\n   2: shop::basket::price::{{closure}}\n   3: <shop::cart::Basket<T> as shop::Add>::add\n   4: 0x55d0 - shop::run::<u8>::h0123456789abcdef\n   5: shop::main\n             at ./src/main.rs:3:5\n',
    [
      [null, null, 'panic_fmt'],
      [null, null, 'price'],
      [null, null, 'Basket.add'],
      [null, null, 'run'],
      ['./src/main.rs', 3, 'main'],
    ],
  );
  test('prose in numbered lines is no frame of Rust', () => {
    expect(tracesIn('1: call the shop\n2: see a::b in the book: it is\n3: <b>no</b>\n').frames).toEqual([]);
  });

  check(
    'PHP',
    'PHP Fatal error:  Uncaught TypeError: f() in /app/src/Foo.php:12\nStack trace:\n#0 /app/src/Bar.php(33): App\\Foo->go(1)\n#1 C:\\app\\x.php(4): {closure}()\n#2 {main}\n  thrown in /app/src/Foo.php on line 12',
    [
      ['/app/src/Foo.php', 12, 'Foo.go'],
      ['/app/src/Bar.php', 33, null],
      ['C:\\app\\x.php', 4, null],
    ],
  );

  test('endless recursion is bounded', () => {
    const one = (at: number) => `  File "a.py", line ${at}, in f\n`;
    const text = Array.from({ length: 20_000 }, (_, at) => one(at)).join('');
    const frames = tracesIn(text).frames;
    expect(frames.length).toBeLessThanOrEqual(60);
    expect(frames[0]).toMatchObject({ line: 19_999, depth: 0 });
  });
});

test('traces in logs: behind the names of services, and within JSON', () => {
  const namesOf = (text: string) => parseIssue(text).frames.map(({ name }) => name);
  expect(namesOf('web-1  | Error: no\nweb-1  |     at Basket.price (/app/basket.js:5:32)\n')).toEqual(['Basket.price']);
  expect(
    namesOf('{"stack":"Error: no\\n    at Basket.price (/app/basket.js:5:32)\\n    at main (/app/m.js:1:2)"}'),
  ).toEqual(['Basket.price', 'main']);
  expect(namesOf('{"trace":"main.f\\n\\t/app/a.go:3\\nmain.main\\n\\t/app/a.go:9"}')).toEqual(['f', 'main']);
  expect(namesOf('{"exc":"Traceback:\\n  File \\"/app/a.py\\", line 3, in f\\n    x\\nKeyError"}')).toEqual(['f']);
  expect(parseIssue('C:\\new\\test.py fails').text).toContain('C:\\new\\test.py');
});

test('paths, with lines where they are given', () => {
  expect(pathsIn('see src/a/b.py#L12, c.ts:7 and C:\\x\\y.go, not a.b or 1.5')).toEqual([
    { path: 'src/a/b.py', line: 12 },
    { path: 'c.ts', line: 7 },
    { path: 'x/y.go', line: null },
  ]);
});

describe('names as the source writes them', () => {
  const check = (of: (name: string) => string | null, rows: readonly (readonly [string, string | null])[]): void => {
    for (const [printed, expected] of rows) expect(`${printed} ${of(printed)}`).toBe(`${printed} ${expected}`);
  };
  test('JavaScript', () =>
    check(javascriptName, [
      ['async Basket.load', 'Basket.load'],
      ['Foo.bar [as baz]', 'Foo.bar'],
      ['Object.<anonymous>', null],
      ['Object.parse', 'parse'],
      ['new Basket', 'Basket.<init>'],
      ['get count', 'count'],
      ['async*main', 'main'],
      ['render/</inner', 'render'],
    ]));
  test('Java, Kotlin, Scala', () =>
    check(
      (name) => javaName(name.replace(/\.[^.]*$/, ''), name.replace(/^.*\./, '')).name,
      [
        ['com.acme.Basket$Item.price', 'Basket.Item.price'],
        ['com.acme.Basket.lambda$add$0', 'Basket.add'],
        ['com.acme.Basket$load$2.invokeSuspend', 'Basket.load'],
        ['app//com.acme.Basket.<init>', 'Basket.<init>'],
        ['com.acme.MainKt.main', 'Main.main'],
        ['com.acme.Basket.$anonfun$add$1', 'Basket.add'],
      ],
    ));
  test('C#', () =>
    check(csharpName, [
      ['Ns.Basket`1[T].Price', 'Basket.Price'],
      ['Ns.Program.<RunAsync>d__5.MoveNext', 'Program.RunAsync'],
      ['Ns.Program.<Main>g__Go|0_1', 'Program.Main'],
      ['Ns.Basket.<>c__DisplayClass3_0.<Add>b__1', 'Basket.Add'],
      ['Ns.Basket..ctor', 'Basket.<init>'],
      ['Ns.Outer+Inner.get_Count', 'Inner.Count'],
      ['Ns.Basket.<AddAsync>d__38`1.MoveNext', 'Basket.AddAsync'],
      ['Ns.Basket.System.Collections.Generic.IEnumerable<System.String>.GetEnumerator', 'IEnumerable.GetEnumerator'],
      ['Program.<Main>$', null],
    ]));
  test('what stands around a name', () => {
    expect(csharpAround('Ns.Basket.Ns.IAdd.Add')).toEqual(['Ns', 'Basket', 'Ns']);
    expect(csharpAround('Ns.Basket`1[T].Price')).toEqual(['Ns']);
    expect(rustModules('<krate::shop::Basket as krate::Add>::add::{{closure}}')).toEqual(['krate', 'shop']);
    expect(rustModules('krate::shop::run::h0123456789abcdef')).toEqual(['krate', 'shop']);
  });
  test('Go', () =>
    check(goName, [
      ['main.(*Basket[...]).Price', 'Basket.Price'],
      ['main.main.func1.(*Shop).Add.1', 'Shop.Add'],
      ['example.com/shop.TestAdd.func1.2', 'TestAdd'],
      ['panic', null],
    ]));
  test('Rust', () =>
    check(rustName, [
      ['<basket::Basket as basket::Add>::add::{{closure}}', 'Basket.add'],
      ['krate::module::run::h0123456789abcdef', 'run'],
      ['krate::Basket<T>::price', 'Basket.price'],
    ]));
  test('PHP', () =>
    check(phpName, [
      ['Shop\\Basket->add', 'Basket.add'],
      ['Shop\\Basket->Shop\\{closure}', null],
      ['{closure:Shop\\Basket::add():12}', 'Basket.add'],
      ['Shop\\main', 'main'],
      ['Shop\\Basket->__construct', 'Basket.<init>'],
    ]));
  test('Ruby', () =>
    check(rubyName, [
      ['block (2 levels) in Shop::Basket#add', 'Basket.add'],
      ['rescue in add', 'add'],
      ['<main>', null],
      ['Shop::Basket.make', 'Basket.make'],
      ['empty?', 'empty?'],
    ]));
  test('C++', () =>
    check(cppName, [
      ['shop::Box<int>::get(int) const', 'Box.get'],
      ['shop::Basket::Basket(int)', 'Basket.<init>'],
      ['_ZN4shop6Basket5priceERKSsi', 'Basket.price'],
      ['int f(std::vector<int> const&)', 'f'],
      ['(anonymous namespace)::helper()', 'helper'],
    ]));
});
