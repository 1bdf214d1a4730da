/** Where frames lead that print a name and no place, or a place that has moved. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRepository, type Repository, readHistory, type Snapshot } from '../../index/mod.ts';
import { locate } from './locate.ts';

const partial = (name: string, body: string): Record<string, string> => ({
  [`Shop/${name}.cs`]: `namespace Shop {\n  public static partial class Till {\n${body}\n  }\n}\n`,
});

const tree: Readonly<Record<string, string>> = {
  'bench/Program.cs': 'class Program {\n  static void Main() { Till.Sell(); }\n  static void Sequence() { }\n}\n',
  ...partial('Till', '    static int SellRow(int n) { return n / 0; }\n    public class Row { }'),
  ...partial('Till.Async', '    static async Task<int> SellRowAsync(int n) { await Task.Yield(); return n; }'),
  ...partial('Till.IPrices', '    public interface IPrices {\n      void AddPrices(int n, Row row);\n    }'),
  ...partial('Till.A', '    class A { }'),
  ...partial('Till.B', '    class B { }'),
  ...partial('Till.C', '    class C { }'),
  ...partial('Till.D', '    class D { }'),
  'Shop/Prices.cs':
    'namespace Shop {\n  public partial class Prices : Till.IPrices {\n    public void AddPrices(object row) { }\n    void Till.IPrices.AddPrices(int n, Till.Row row) { AddPrices(row); }\n    IEnumerator<int> IEnumerable<int>.GetEnumerator() { yield break; }\n    public int GetEnumerator() { return 1; }\n  }\n}\n',
  'shop-core/src/eager/search.rs': 'pub fn find(n: usize) -> usize { n }\n',
  'shop-core/src/lazy/search.rs': 'pub fn find(n: usize) -> usize { n + 1 }\npub fn result(n: usize) -> usize { n }\n',
  'shop-core/src/cart.rs':
    'pub trait Add { fn add(&self); }\npub struct Core<T> { items: Vec<T> }\nimpl<T> Add for Core<T> { fn add(&self) {} }\n',
  'shop-core/src/main.rs': 'fn main() {}\nfn run() {}\n',
  'shop/sessions.py':
    'class Mixin:\n    def send(self, request: int) -> int: ...\n\n\nclass Session(Mixin):\n    def close(self):\n        pass\n\n    def send(self, request):\n        return self.open(request)\n',
};

let repository: Repository;
let snapshot: Snapshot;
let base: string;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'winnow-test-'));
  const root = join(base, 'tree');
  for (const [path, text] of Object.entries(tree)) {
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

/** Functions that a trace names, best first, with what their reason says. */
const inTrace = (text: string): string[] =>
  locate(snapshot, text, readHistory(join(base, 'tree'), repository.storeDir)).functions.flatMap(
    ({ path, lines, reasons }) =>
      reasons.filter(({ signal }) => signal === 'frame').map((reason) => `${path}:${lines.first} ${reason.text}`),
  );
const check = (name: string, text: string, expected: readonly string[]): void =>
  test(name, () => expect(inTrace(text)).toEqual(expected.map((place) => expect.stringContaining(place))));

describe('C#, without places', () => {
  const thrown = (frame: string): string =>
    `Unhandled exception. System.InvalidOperationException: Sequence contains no elements\n   at ${frame}\n   at Program.Main()\n`;
  const outermost = 'bench/Program.cs:2 ';
  check('a method of a partial class', thrown('Shop.Till.SellRow[T](IDbConnection cnn)'), [
    'Shop/Till.cs:3 ',
    outermost,
  ]);
  check('without its namespace', thrown('Till.SellRow(Int32 n)'), ['Shop/Till.cs:3 ', outermost]);
  check('an async one', thrown('Shop.Till.<SellRowAsync>d__38.MoveNext()'), ['Shop/Till.Async.cs:3 ', outermost]);
  check('a generic async one', thrown('Shop.Till.<SellRowAsync>d__38`1.MoveNext()'), [
    'Shop/Till.Async.cs:3 ',
    outermost,
  ]);
  check(
    'an implementation under the interface’s name',
    thrown('Shop.Prices.Shop.Till.IPrices.AddPrices(Int32 n, Row row)'),
    ['Shop/Prices.cs:4 ', outermost],
  );
  check(
    'of an interface that is not here',
    thrown('Shop.Prices.System.Collections.Generic.IEnumerable<System.Int32>.GetEnumerator()'),
    ['Shop/Prices.cs:5 ', outermost],
  );
  check('a method that is not here', thrown('Shop.Till.Nothing()'), [outermost]);
});

describe('Rust, without places', () => {
  const panicked = (...frames: string[]): string =>
    `thread 'main' panicked at 'no price', /rustc/src/x.rs:1:2\nstack backtrace:\n   0: rust_begin_unwind\n   1: core::panicking::panic_fmt\n${frames.map((frame, at) => `   ${at + 2}: ${frame}\n`).join('')}`;
  check('functions of one name, by their modules', panicked('shop_core::lazy::search::find', 'shop_core::main'), [
    'shop-core/src/lazy/search.rs:1 ',
    'shop-core/src/main.rs:1 ',
  ]);
  check('a method of a trait', panicked('<shop_core::cart::Core<T> as shop_core::cart::Add>::add'), [
    'shop-core/src/cart.rs:3 ',
  ]);
  check(
    'a closure, a hash and arguments',
    panicked('shop_core::eager::search::find::<u8>::{{closure}}::h0123456789abcdef'),
    ['shop-core/src/eager/search.rs:1 '],
  );
  check('of the standard library, or of another program', panicked('core::search::result', 'app::main'), []);
});

test('a declaration without a body is in no trace; a line that has moved is not claimed', () => {
  const at = (line: number): string[] =>
    inTrace(`Traceback (most recent call last):\n  File "shop/sessions.py", line ${line}, in send\nKeyError: 3\n`);
  expect(at(10)).toEqual(['shop/sessions.py:9 in the stack trace: shop/sessions.py:10']);
  expect(at(7)).toEqual(['shop/sessions.py:9 in the stack trace: shop/sessions.py, send']);
});
