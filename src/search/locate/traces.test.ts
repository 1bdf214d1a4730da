import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failingPrograms, recordedTraces } from '../../../test/recordedtraces.ts';
import { openRepository, type Repository, readHistory, type Snapshot } from '../../index/mod.ts';
import { locate } from './locate.ts';

/** Words of every message, so that words alone lead here. */
const distractor = `def no_price_error_out_of_range(index, basket, reading, undefined, properties):
    """Division by zero: cannot read properties of undefined reading, index out of range, no price, bad, count,
    runtime error with length, nil can't be coerced into Integer, for input string, segmentation fault, assertion failed."""
    raise ValueError("no price", "index out of range", "division by zero", "cannot read properties")
`;

describe('of a trace alone, the innermost function that the repository has comes first', () => {
  let repository: Repository;
  let snapshot: Snapshot;
  let base: string;

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'winnow-test-'));
    const root = join(base, 'tree');
    for (const [path, text] of Object.entries({ ...failingPrograms, 'shop/prices.py': distractor })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    repository = openRepository(root, { home: join(base, 'home') });
    await repository.refresh();
    snapshot = repository.snapshot();
  });
  afterAll(() => {
    snapshot.close();
    repository.close();
    rmSync(base, { recursive: true, force: true });
  });

  const check = (name: string, text: string, path: string, expected: string): void =>
    test(name, () => {
      const { functions } = locate(snapshot, text, readHistory(join(base, 'tree'), repository.storeDir));
      expect(`${functions[0]?.path}:${functions[0]?.name}`).toBe(`${path}:${expected}`);
    });

  describe('recorded', () => {
    for (const { tool, text, path, name } of recordedTraces) check(tool, text, path, name);
  });

  describe('written after what tools print', () => {
    check(
      'Ruby 2.7 on a terminal, the innermost last',
      "Traceback (most recent call last):\n\t2: from app.rb:16:in `<main>'\n\t1: from /home/u/basket.rb:7:in `add'\n/home/u/basket.rb:12:in `price': no price (TypeError)\n",
      'basket.rb',
      'Shop.Basket.price',
    );
    check(
      'Ruby 3.4',
      "/home/u/basket.rb:99:in 'Shop::Basket#price': no price (TypeError)\n\tfrom /home/u/basket.rb:7:in 'Shop::Basket#add'\n",
      'basket.rb',
      'Shop.Basket.price',
    );
    check(
      'RSpec',
      "  1) Basket adds\n     Failure/Error: x + nil\n     TypeError:\n       nil can't be coerced\n     # ./basket.rb:12:in `price'\n     # ./basket.rb:7:in `add'\n     # ./spec/basket_spec.rb:5:in `block (2 levels) in <top (required)>'\n",
      'basket.rb',
      'Shop.Basket.price',
    );
    check(
      '.NET, async and a lambda',
      'Unhandled exception. System.InvalidOperationException: no price\n   at Shop.Basket`1.<>c__DisplayClass3_0.<Add>b__0(Int32 x) in C:\\src\\basket.cs:line 99\n   at Shop.Program.<RunAsync>d__0.MoveNext() in C:\\src\\basket.cs:line 98\n--- End of stack trace from previous location ---\n   at Shop.Program.Main()\n',
      'basket.cs',
      'Basket.Add',
    );
    check(
      '.NET, a constructor, in German',
      'System.InvalidOperationException: Kein Preis.\n   bei Shop.Basket..ctor(Int32 n) in C:\\src\\basket.cs:Zeile 4.\n   bei Shop.Program.Main()\n',
      'basket.cs',
      'Basket.Basket',
    );
    check(
      'a browser with a bundler',
      'price@webpack-internal:///./basket.mjs?1a2b:5:32\nadd@http://localhost:8080/basket.mjs?v=3:4:16\n@http://localhost:8080/basket.mjs:10:1\n',
      'basket.mjs',
      'Basket.price',
    );
    check(
      'Jest',
      "● adds\n\n  TypeError: Cannot read properties of null (reading '3')\n\n    > 5 |   price(x) { return this.#items[x].value; }\n        |                               ^\n\n      at Basket.price (basket.mjs:5:32)\n      at Basket.add [as plus] (basket.mjs:4:16)\n      at new Basket (basket.mjs:3:25)\n      at Object.<anonymous> (basket.test.mjs:2:3)\n",
      'basket.mjs',
      'Basket.price',
    );
    check(
      'Go, an error with its stack',
      'no price\nmain.(*Shop).Add\n\t/home/u/basket.go:10\nmain.main\n\t/home/u/basket.go:15\nruntime.main\n\t/usr/local/go/src/runtime/proc.go:250\n',
      'basket.go',
      'Shop.Add',
    );
    check(
      'Rust before 1.73',
      "thread 'main' panicked at 'index out of bounds: the len is 0', basket.rs:3:68\nnote: run with `RUST_BACKTRACE=1`\n",
      'basket.rs',
      'shop.Basket.price',
    );
    check(
      'glibc, mangled names',
      './a.out(_ZN4shop6Basket5priceERKSsi+0x1d)[0x4005a6]\n./a.out(main+0x2a)[0x4005d1]\n/lib64/libc.so.6(__libc_start_main+0xf5)[0x7f9]\n',
      'basket.cpp',
      'shop.Basket.price',
    );
    check(
      'lldb',
      '* thread #1, stop reason = EXC_BAD_ACCESS\n  * frame #0: 0x0000000100003f2c a.out`shop::Basket::price(this=0x0, s="x", i=3) at basket.cpp:8:70\n    frame #1: 0x0000000100003e10 a.out`main at basket.cpp:10:12\n',
      'basket.cpp',
      'shop.Basket.price',
    );
    check(
      'Xdebug',
      'PHP Warning:  no price in /home/u/basket.php on line 6\nPHP Stack trace:\nPHP   1. {main}() /home/u/basket.php:0\nPHP   2. Shop\\Basket->add($n = 3) /home/u/basket.php:4\nPHP   3. Shop\\Basket::price($x = 3) /home/u/basket.php:5\n',
      'basket.php',
      'Basket.price',
    );
    check(
      'PHPUnit',
      '1) Shop\\BasketTest::testAdd\nDivisionByZeroError: Division by zero\n\n/home/u/basket.php:6\n/home/u/tests/BasketTest.php:12\n',
      'basket.php',
      'Basket.price',
    );
    check(
      'JUnit under Gradle',
      'BasketTest > adds() FAILED\n    java.lang.NumberFormatException at Basket.java:4\n        at app//com.acme.Basket$Item.price(Basket.java:44)\n        at app//com.acme.BasketTest.adds(BasketTest.java:12)\n',
      'com/acme/Basket.java',
      'Basket.Item.price',
    );
    check(
      'pytest, short',
      'tests/test_basket.py:5: in test_price\n    assert Basket().price(3) == 1\nbasket.py:8: in price\n    return {}[x]\nE   KeyError: 3\n=== short test summary info ===\nFAILED tests/test_basket.py::test_price - KeyError: 3\n',
      'basket.py',
      'Basket.price',
    );
  });
});
