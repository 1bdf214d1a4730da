/**
 * Programs that fail, in several languages, and what their tools printed when they were run: stack traces as they really are.
 *
 * The sources stand beside the traces, so that a test can ask where they lead. Only the folder they ran in was changed.
 */

/** Path → source. */
export const failingPrograms: Readonly<Record<string, string>> = {
  'basket.rb': `module Shop
  class Basket
    def self.build
      [1].each { |x| new.add(x) }
    end
    def add(x)
      price(x)
    rescue TypeError
      raise "no price"
    end
    def price(x)
      x + nil
    end
  end
end
Shop::Basket.build
`,
  'basket.php': `<?php
namespace Shop;
class Basket {
  public function __construct(int $n) { $this->add($n); }
  public function add($n) { array_map(function ($x) { return $this->price($x); }, [$n]); }
  public static function price($x) { try { return intdiv($x, 0); } catch (\\DivisionByZeroError $e) { throw new \\RuntimeException('no price', 0, $e); } }
}
function main() { new Basket(3); }
main();
`,
  'basket.cs': `using System; using System.Threading.Tasks; using System.Collections.Generic;
namespace Shop {
  class Basket<T> {
    public Basket(int n) { Count = n; }
    public int Count { get { return 1; } set { Add(value); } }
    public void Add(int n) { var xs = new List<int> { n }; xs.ForEach(x => Price(x)); }
    static void Price(int x) { try { throw new ArgumentException("bad"); } catch (Exception e) { throw new InvalidOperationException("no price", e); } }
  }
  class Program {
    static async Task RunAsync() { await Task.Delay(1); new Basket<string>(3); }
    static void Main() { RunAsync().Wait(); }
  }
}
`,
  'basket.go': `package main

type Basket[T any] struct{ items []T }

func (b *Basket[T]) Price(i int) T { return b.items[i] }

type Shop struct{ b *Basket[int] }

func (s *Shop) Add(i int) {
	func() { _ = s.b.Price(i) }()
}

func main() {
	done := make(chan int)
	go func() { (&Shop{&Basket[int]{}}).Add(3); done <- 1 }()
	<-done
}
`,
  'com/acme/Basket.java': `package com.acme;
import java.util.*;
public class Basket {
  static class Item { int price() { return Integer.parseInt("x"); } }
  Basket(int n) { add(n); }
  void add(int n) { List.of(n).forEach(x -> check(x)); }
  void check(int x) { try { new Item().price(); } catch (NumberFormatException e) { IllegalStateException f = new IllegalStateException("no price", e); f.addSuppressed(new RuntimeException("also")); throw f; } }
  public static void main(String[] a) { new Basket(3); }
}
`,
  'basket.mjs': `class Basket {
  #items = null;
  constructor(n) { this.add(n); }
  add(n) { [n].forEach((x) => this.price(x)); }
  price(x) { return this.#items[x].value; }
  static async load() { await null; return new Basket(3); }
}
async function main() { await Basket.load(); }
try { eval('(function m() { Basket.nope(); })()'); } catch (e) { console.error(e.stack); }
await main();
`,
  'basket.rs': `mod shop {
    pub struct Basket { pub items: Vec<u32> }
    impl Basket { pub fn price(&self, i: usize) -> u32 { self.items[i] } }
    pub trait Add { fn add(&self, i: usize) -> u32; }
    impl Add for Basket { fn add(&self, i: usize) -> u32 { let f = |x| self.price(x); f(i) } }
}
use shop::Add;
fn main() { let b = shop::Basket { items: vec![] }; println!("{}", b.add(3)); }
#[test]
fn adds() { assert_eq!(shop::Basket { items: vec![1] }.add(0), 2); }
`,
  'basket.cpp': `#include <vector>
#include <cassert>
#include <string>
namespace shop {
template <class T> struct Box { T *p; T get(int i) const { return p[i]; } };
class Basket { public: Basket(int n); int price(const std::string &s, int i); int *items = nullptr; };
Basket::Basket(int n) { price("x", n); }
__attribute__((noinline)) int Basket::price(const std::string &s, int i) { Box<int> b{items}; return b.get(i) + s.size(); }
}
int main(int c, char **v) { if (c > 1) assert(c == 99 && "count"); shop::Basket b(3); return b.items == nullptr; }
`,
  'basket.py': `class Basket:
    def add(self, x):
        try:
            return self.price(x)
        except KeyError as e:
            raise ValueError("no price") from e
    def price(self, x):
        return {}[x] + (lambda: 1)()
def main():
    Basket().add(3)
def group():
    try:
        main()
    except Exception as e:
        raise ExceptionGroup("many", [e, TypeError("x")])
import sys
(group if len(sys.argv) > 1 else main)()
`,
  'basket.ts': `export class Basket { items: number[][] = []; price(i: number): number { return this.items[i][0]; } add(i: number) { return [i].map((x) => this.price(x)); } }
`,
};

export interface RecordedTrace {
  readonly tool: string;
  readonly text: string;
  readonly path: string;
  /** The function that the innermost frame of the repository names. */
  readonly name: string;
}

export const recordedTraces: readonly RecordedTrace[] = [
  {
    tool: 'Ruby 3.1',
    path: 'basket.rb',
    name: 'Shop.Basket.price',
    text: `basket.rb:9:in \`rescue in add': no price (RuntimeError)
	from basket.rb:6:in \`add'
	from basket.rb:4:in \`block in build'
	from basket.rb:4:in \`each'
	from basket.rb:4:in \`build'
	from basket.rb:16:in \`<main>'
basket.rb:12:in \`+': nil can't be coerced into Integer (TypeError)
	from basket.rb:12:in \`price'
	from basket.rb:7:in \`add'
	from basket.rb:4:in \`block in build'
	from basket.rb:4:in \`each'
	from basket.rb:4:in \`build'
	from basket.rb:16:in \`<main>'

`,
  },
  {
    tool: 'PHP 8.2',
    path: 'basket.php',
    name: 'Basket.price',
    text: `PHP Fatal error:  Uncaught DivisionByZeroError: Division by zero in /home/u/shop/basket.php:6
Stack trace:
#0 /home/u/shop/basket.php(6): intdiv()
#1 /home/u/shop/basket.php(5): Shop\\Basket::price()
#2 [internal function]: Shop\\Basket->Shop\\{closure}()
#3 /home/u/shop/basket.php(5): array_map()
#4 /home/u/shop/basket.php(4): Shop\\Basket->add()
#5 /home/u/shop/basket.php(8): Shop\\Basket->__construct()
#6 /home/u/shop/basket.php(9): Shop\\main()
#7 {main}

Next RuntimeException: no price in /home/u/shop/basket.php:6
Stack trace:
#0 /home/u/shop/basket.php(5): Shop\\Basket::price()
#1 [internal function]: Shop\\Basket->Shop\\{closure}()
#2 /home/u/shop/basket.php(5): array_map()
#3 /home/u/shop/basket.php(4): Shop\\Basket->add()
#4 /home/u/shop/basket.php(8): Shop\\Basket->__construct()
#5 /home/u/shop/basket.php(9): Shop\\main()
#6 {main}
  thrown in /home/u/shop/basket.php on line 6
`,
  },
  {
    tool: 'Mono 6.8 with debug information',
    path: 'basket.cs',
    name: 'Basket.Price',
    text: `
Unhandled Exception:
System.AggregateException: One or more errors occurred. (no price) ---> System.InvalidOperationException: no price ---> System.ArgumentException: bad
  at Shop.Basket\`1[T].Price (System.Int32 x) [0x00007] in /home/u/shop/basket.cs:7 
   --- End of inner exception stack trace ---
  at Shop.Basket\`1[T].Price (System.Int32 x) [0x00015] in /home/u/shop/basket.cs:7 
  at Shop.Basket\`1[T].<Add>m__0 (System.Int32 x) [0x00001] in /home/u/shop/basket.cs:6 
  at System.Collections.Generic.List\`1[T].ForEach (System.Action\`1[T] action) [0x0002c] in <12b418a7818c4ca0893feeaaf67f1e7f>:0 
  at Shop.Basket\`1[T].Add (System.Int32 n) [0x0002e] in /home/u/shop/basket.cs:6 
  at Shop.Basket\`1[T].set_Count (System.Int32 value) [0x00003] in /home/u/shop/basket.cs:5 
  at Shop.Basket\`1[T]..ctor (System.Int32 n) [0x00009] in /home/u/shop/basket.cs:4 
  at Shop.Program.RunAsync () [0x0006d] in /home/u/shop/basket.cs:10 
   --- End of inner exception stack trace ---
  at System.Threading.Tasks.Task.ThrowIfExceptional (System.Boolean includeTaskCanceledExceptions) [0x00014] in <12b418a7818c4ca0893feeaaf67f1e7f>:0 
  at System.Threading.Tasks.Task.Wait (System.Int32 millisecondsTimeout, System.Threading.CancellationToken cancellationToken) [0x00052] in <12b418a7818c4ca0893feeaaf67f1e7f>:0 
  at System.Threading.Tasks.Task.Wait () [0x00000] in <12b418a7818c4ca0893feeaaf67f1e7f>:0 
  at Shop.Program.Main () [0x00006] in /home/u/shop/basket.cs:11 
`,
  },
  {
    tool: 'Mono 6.8 without, which prints no places',
    path: 'basket.cs',
    name: 'Basket.Price',
    text: `
Unhandled Exception:
System.AggregateException: One or more errors occurred. (no price) ---> System.InvalidOperationException: no price ---> System.ArgumentException: bad
  at Shop.Basket\`1[T].Price (System.Int32 x) [0x00002] in <f7ed0600ec464ae785584a6e6823373b>:0 
   --- End of inner exception stack trace ---
  at Shop.Basket\`1[T].Price (System.Int32 x) [0x0001a] in <f7ed0600ec464ae785584a6e6823373b>:0 
  at Shop.Basket\`1[T].<Add>m__0 (System.Int32 x) [0x00000] in <f7ed0600ec464ae785584a6e6823373b>:0 
  at System.Collections.Generic.List\`1[T].ForEach (System.Action\`1[T] action) [0x0002c] in <12b418a7818c4ca0893feeaaf67f1e7f>:0 
  at Shop.Basket\`1[T].Add (System.Int32 n) [0x00010] in <f7ed0600ec464ae785584a6e6823373b>:0 
  at Shop.Basket\`1[T].set_Count (System.Int32 value) [0x00001] in <f7ed0600ec464ae785584a6e6823373b>:0 
  at Shop.Basket\`1[T]..ctor (System.Int32 n) [0x00007] in <f7ed0600ec464ae785584a6e6823373b>:0 
  at Shop.Program.RunAsync () [0x0006c] in <f7ed0600ec464ae785584a6e6823373b>:0 
   --- End of inner exception stack trace ---
  at System.Threading.Tasks.Task.ThrowIfExceptional (System.Boolean includeTaskCanceledExceptions) [0x00014] in <12b418a7818c4ca0893feeaaf67f1e7f>:0 
  at System.Threading.Tasks.Task.Wait (System.Int32 millisecondsTimeout, System.Threading.CancellationToken cancellationToken) [0x00052] in <12b418a7818c4ca0893feeaaf67f1e7f>:0 
  at System.Threading.Tasks.Task.Wait () [0x00000] in <12b418a7818c4ca0893feeaaf67f1e7f>:0 
  at Shop.Program.Main () [0x00006] in <f7ed0600ec464ae785584a6e6823373b>:0 
`,
  },
  {
    tool: 'Go 1.26',
    path: 'basket.go',
    name: 'Basket.Price',
    text: `panic: runtime error: index out of range [3] with length 0

goroutine 17 [running]:
main.(*Basket[...]).Price(...)
	/home/u/shop/basket.go:5
main.main.func1.(*Shop).Add.1(...)
	/home/u/shop/basket.go:10
main.(*Shop).Add(...)
	/home/u/shop/basket.go:10
main.main.func1()
	/home/u/shop/basket.go:15 +0xc
created by main.main in goroutine 1
	/home/u/shop/basket.go:15 +0x5f
exit status 2
`,
  },
  {
    tool: 'go test',
    path: 'basket.go',
    name: 'Basket.Price',
    text: `--- FAIL: TestAdd (0.00s)
panic: runtime error: index out of range [3] with length 0 [recovered, repanicked]

goroutine 6 [running]:
testing.tRunner.func1.2({0x574440, 0x137c3183a0a8})
	/usr/local/go/src/testing/testing.go:1974 +0x232
testing.tRunner.func1()
	/usr/local/go/src/testing/testing.go:1977 +0x349
panic({0x574440?, 0x137c3183a0a8?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
example.com/shop.(*Basket[...]).Price(...)
	/home/u/shop/basket.go:5
example.com/shop.TestAdd.(*Shop).Add.func1(...)
	/home/u/shop/basket.go:10
example.com/shop.(*Shop).Add(...)
	/home/u/shop/basket.go:10
example.com/shop.TestAdd(0x137c318386c8?)
	/home/u/shop/basket_test.go:5 +0xc
testing.tRunner(0x137c318386c8, 0x592e28)
	/usr/local/go/src/testing/testing.go:2036 +0xea
created by testing.(*T).Run in goroutine 1
	/usr/local/go/src/testing/testing.go:2101 +0x4c5
FAIL	example.com/shop	0.005s
FAIL
`,
  },
  {
    tool: 'Java 17, a cause and something suppressed',
    path: 'com/acme/Basket.java',
    name: 'Basket.Item.price',
    text: `Exception in thread "main" java.lang.IllegalStateException: no price
	at com.acme.Basket.check(Basket.java:7)
	at com.acme.Basket.lambda$add$0(Basket.java:6)
	at java.base/java.lang.Iterable.forEach(Iterable.java:75)
	at com.acme.Basket.add(Basket.java:6)
	at com.acme.Basket.<init>(Basket.java:5)
	at com.acme.Basket.main(Basket.java:8)
	Suppressed: java.lang.RuntimeException: also
		... 6 more
Caused by: java.lang.NumberFormatException: For input string: "x"
	at java.base/java.lang.NumberFormatException.forInputString(NumberFormatException.java:67)
	at java.base/java.lang.Integer.parseInt(Integer.java:668)
	at java.base/java.lang.Integer.parseInt(Integer.java:786)
	at com.acme.Basket$Item.price(Basket.java:4)
	... 6 more
`,
  },
  {
    tool: 'Node 24, eval and async',
    path: 'basket.mjs',
    name: 'Basket.price',
    text: `TypeError: Basket.nope is not a function
    at m (eval at <anonymous> (file:///home/u/shop/basket.mjs:9:7), <anonymous>:1:24)
    at eval (eval at <anonymous> (file:///home/u/shop/basket.mjs:9:7), <anonymous>:1:34)
    at file:///home/u/shop/basket.mjs:9:7
    at ModuleJob.run (node:internal/modules/esm/module_job:561:25)
    at async node:internal/modules/esm/loader:647:26
    at async asyncRunEntryPointWithESMLoader (node:internal/modules/run_main:101:5)
file:///home/u/shop/basket.mjs:5
  price(x) { return this.#items[x].value; }
                               ^

TypeError: Cannot read properties of null (reading '3')
    at Basket.price (file:///home/u/shop/basket.mjs:5:32)
    at file:///home/u/shop/basket.mjs:4:36
    at Array.forEach (<anonymous>)
    at Basket.add (file:///home/u/shop/basket.mjs:4:16)
    at new Basket (file:///home/u/shop/basket.mjs:3:25)
    at Basket.load (file:///home/u/shop/basket.mjs:6:44)
    at async main (file:///home/u/shop/basket.mjs:8:25)
    at async file:///home/u/shop/basket.mjs:10:1

Node.js v24.21.0
`,
  },
  {
    tool: 'Vitest 4, in colours',
    path: 'basket.ts',
    name: 'Basket.price',
    text: `\x1b[31m⎯⎯⎯⎯⎯⎯⎯\x1b[39m\x1b[1m\x1b[41m Failed Tests 1 \x1b[49m\x1b[22m\x1b[31m⎯⎯⎯⎯⎯⎯⎯\x1b[39m

\x1b[41m\x1b[1m FAIL \x1b[22m\x1b[49m basket.test.ts\x1b[2m > \x1b[22madds
\x1b[31m\x1b[1mTypeError\x1b[22m: Cannot read properties of undefined (reading '0')\x1b[39m
\x1b[36m \x1b[2m❯\x1b[22m Basket.price basket.ts:\x1b[2m1:94\x1b[22m\x1b[39m
    \x1b[90m  1|\x1b[39m export class Basket { items: number[][] = []; price(i: number): number…
    \x1b[90m   |\x1b[39m                                                                                              \x1b[31m^\x1b[39m
    \x1b[90m  2|\x1b[39m
\x1b[90m \x1b[2m❯\x1b[22m basket.ts:\x1b[2m1:145\x1b[22m\x1b[39m
\x1b[90m \x1b[2m❯\x1b[22m Basket.add basket.ts:\x1b[2m1:129\x1b[22m\x1b[39m
\x1b[90m \x1b[2m❯\x1b[22m basket.test.ts:\x1b[2m2:35\x1b[22m\x1b[39m

\x1b[31m\x1b[2m⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[2/2]⎯\x1b[22m\x1b[39m


\x1b[2m Test Files \x1b[22m \x1b[1m\x1b[31m2 failed\x1b[39m\x1b[22m\x1b[90m (2)\x1b[39m
\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m\x1b[90m (1)\x1b[39m
\x1b[2m   Start at \x1b[22m 12:52:56
\x1b[2m   Duration \x1b[22m 543ms\x1b[2m (transform 62ms, setup 0ms, import 105ms, tests 6ms, environment 0ms)\x1b[22m

`,
  },
  {
    tool: 'Rust 1.95',
    path: 'basket.rs',
    name: 'shop.Basket.price',
    text: `
thread 'main' (19259) panicked at basket.rs:3:68:
index out of bounds: the len is 0 but the index is 3
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:80:14
   2: core::panicking::panic_bounds_check
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:271:5
   3: <usize as core::slice::index::SliceIndex<[T]>>::index
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/slice/index.rs:272:10
   4: core::slice::index::<impl core::ops::index::Index<I> for [T]>::index
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/slice/index.rs:19:15
   5: <alloc::vec::Vec<T,A> as core::ops::index::Index<I>>::index
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/alloc/src/vec/mod.rs:3804:9
   6: basket::shop::Basket::price
             at ./basket.rs:3:68
   7: <basket::shop::Basket as basket::shop::Add>::add::{{closure}}
             at ./basket.rs:5:77
   8: <basket::shop::Basket as basket::shop::Add>::add
             at ./basket.rs:5:87
   9: basket::main
             at ./basket.rs:8:70
  10: core::ops::function::FnOnce::call_once
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ops/function.rs:250:5
note: Some details are omitted, run with \`RUST_BACKTRACE=full\` for a verbose backtrace.
`,
  },
  {
    tool: 'gdb',
    path: 'basket.cpp',
    name: 'shop.Box.get',
    text: `[Thread debugging using libthread_db enabled]
Using host libthread_db library "/lib/x86_64-linux-gnu/libthread_db.so.1".

Program received signal SIGSEGV, Segmentation fault.
shop::Box<int>::get (this=0x7fffffffe5e8, i=3) at basket.cpp:5
5	template <class T> struct Box { T *p; T get(int i) const { return p[i]; } };
#0  shop::Box<int>::get (this=0x7fffffffe5e8, i=3) at basket.cpp:5
#1  0x000055555555531c in shop::Basket::price (this=0x7fffffffe688, s="x", i=3) at basket.cpp:8
#2  0x00005555555552a1 in shop::Basket::Basket (this=0x7fffffffe688, n=3) at basket.cpp:7
#3  0x0000555555555386 in main (c=1, v=0x7fffffffe7a8) at basket.cpp:10
`,
  },
  {
    tool: 'AddressSanitizer',
    path: 'basket.cpp',
    name: 'shop.Box.get',
    text: `AddressSanitizer:DEADLYSIGNAL
=================================================================
==19302==ERROR: AddressSanitizer: SEGV on unknown address 0x00000000000c (pc 0x557c75791a1e bp 0x7ffce64d8e90 sp 0x7ffce64d8e80 T0)
==19302==The signal is caused by a READ memory access.
==19302==Hint: address points to the zero page.
    #0 0x557c75791a1e in shop::Box<int>::get(int) const /home/u/shop/basket.cpp:5
    #1 0x557c75791586 in shop::Basket::price(std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > const&, int) /home/u/shop/basket.cpp:8
    #2 0x557c75791414 in shop::Basket::Basket(int) /home/u/shop/basket.cpp:7
    #3 0x557c757916a1 in main /home/u/shop/basket.cpp:10
    #4 0x7ffba5a45249 in __libc_start_call_main ../sysdeps/nptl/libc_start_call_main.h:58
    #5 0x7ffba5a45304 in __libc_start_main_impl ../csu/libc-start.c:360
    #6 0x557c75791240 in _start (/home/u/shop/basket_asan+0x2240)

AddressSanitizer can not provide additional info.
SUMMARY: AddressSanitizer: SEGV /home/u/shop/basket.cpp:5 in shop::Box<int>::get(int) const
==19302==ABORTING
`,
  },
  {
    tool: 'Valgrind',
    path: 'basket.cpp',
    name: 'shop.Box.get',
    text: `==19303== Memcheck, a memory error detector
==19303== Copyright (C) 2002-2022, and GNU GPL'd, by Julian Seward et al.
==19303== Using Valgrind-3.19.0 and LibVEX; rerun with -h for copyright info
==19303== Command: ./basket_cpp
==19303== 
==19303== Invalid read of size 4
==19303==    at 0x1094F3: shop::Box<int>::get(int) const (basket.cpp:5)
==19303==    by 0x10931B: shop::Basket::price(std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > const&, int) (basket.cpp:8)
==19303==    by 0x1092A0: shop::Basket::Basket(int) (basket.cpp:7)
==19303==    by 0x109385: main (basket.cpp:10)
==19303==  Address 0xc is not stack'd, malloc'd or (recently) free'd
==19303== 
==19303== 
`,
  },
  {
    tool: 'assert of C',
    path: 'basket.cpp',
    name: 'main',
    text: `basket_cpp: basket.cpp:10: int main(int, char**): Assertion \`c == 99 && "count"' failed.
`,
  },
  {
    tool: 'Python 3.11, a chain',
    path: 'basket.py',
    name: 'Basket.price',
    text: `Traceback (most recent call last):
  File "/home/u/shop/basket.py", line 4, in add
    return self.price(x)
           ^^^^^^^^^^^^^
  File "/home/u/shop/basket.py", line 8, in price
    return {}[x] + (lambda: 1)()
           ~~^^^
KeyError: 3

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/home/u/shop/basket.py", line 17, in <module>
    (group if len(sys.argv) > 1 else main)()
  File "/home/u/shop/basket.py", line 10, in main
    Basket().add(3)
  File "/home/u/shop/basket.py", line 6, in add
    raise ValueError("no price") from e
ValueError: no price
`,
  },
  {
    tool: 'Python 3.11, a group',
    path: 'basket.py',
    name: 'Basket.price',
    text: `Traceback (most recent call last):
  File "/home/u/shop/basket.py", line 4, in add
    return self.price(x)
           ^^^^^^^^^^^^^
  File "/home/u/shop/basket.py", line 8, in price
    return {}[x] + (lambda: 1)()
           ~~^^^
KeyError: 3

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/home/u/shop/basket.py", line 13, in group
    main()
  File "/home/u/shop/basket.py", line 10, in main
    Basket().add(3)
  File "/home/u/shop/basket.py", line 6, in add
    raise ValueError("no price") from e
ValueError: no price

During handling of the above exception, another exception occurred:

  + Exception Group Traceback (most recent call last):
  |   File "/home/u/shop/basket.py", line 17, in <module>
  |     (group if len(sys.argv) > 1 else main)()
  |   File "/home/u/shop/basket.py", line 15, in group
  |     raise ExceptionGroup("many", [e, TypeError("x")])
  | ExceptionGroup: many (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/home/u/shop/basket.py", line 13, in group
    |     main()
    |   File "/home/u/shop/basket.py", line 10, in main
    |     Basket().add(3)
    |   File "/home/u/shop/basket.py", line 6, in add
    |     raise ValueError("no price") from e
    | ValueError: no price
    +---------------- 2 ----------------
    | TypeError: x
    +------------------------------------
`,
  },
  {
    tool: 'IPython, in colours',
    path: 'basket.py',
    name: 'Basket.price',
    text: `\x1b[0;31m---------------------------------------------------------------------------\x1b[0m
\x1b[0;31mKeyError\x1b[0m                                  Traceback (most recent call last)
File \x1b[0;32m/home/u/shop/basket.py:4\x1b[0m, in \x1b[0;36mBasket.add\x1b[0;34m(self, x)\x1b[0m
\x1b[1;32m      3\x1b[0m \x1b[38;5;28;01mtry\x1b[39;00m:
\x1b[0;32m----> 4\x1b[0m     \x1b[38;5;28;01mreturn\x1b[39;00m \x1b[38;5;28;43mself\x1b[39;49m\x1b[38;5;241;43m.\x1b[39;49m\x1b[43mprice\x1b[49m\x1b[43m(\x1b[49m\x1b[43mx\x1b[49m\x1b[43m)\x1b[49m
\x1b[1;32m      5\x1b[0m \x1b[38;5;28;01mexcept\x1b[39;00m \x1b[38;5;167;01mKeyError\x1b[39;00m \x1b[38;5;28;01mas\x1b[39;00m e:

File \x1b[0;32m/home/u/shop/basket.py:8\x1b[0m, in \x1b[0;36mBasket.price\x1b[0;34m(self, x)\x1b[0m
\x1b[1;32m      7\x1b[0m \x1b[38;5;28;01mdef\x1b[39;00m\x1b[38;5;250m \x1b[39m\x1b[38;5;21mprice\x1b[39m(\x1b[38;5;28mself\x1b[39m, x):
\x1b[0;32m----> 8\x1b[0m     \x1b[38;5;28;01mreturn\x1b[39;00m \x1b[43m{\x1b[49m\x1b[43m}\x1b[49m\x1b[43m[\x1b[49m\x1b[43mx\x1b[49m\x1b[43m]\x1b[49m \x1b[38;5;241m+\x1b[39m (\x1b[38;5;28;01mlambda\x1b[39;00m: \x1b[38;5;241m1\x1b[39m)()

\x1b[0;31mKeyError\x1b[0m: 3

The above exception was the direct cause of the following exception:

\x1b[0;31mValueError\x1b[0m                                Traceback (most recent call last)
File \x1b[0;32m/home/u/shop/basket.py:17\x1b[0m
\x1b[1;32m     15\x1b[0m         \x1b[38;5;28;01mraise\x1b[39;00m ExceptionGroup(\x1b[38;5;124m"\x1b[39m\x1b[38;5;124mmany\x1b[39m\x1b[38;5;124m"\x1b[39m, [e, \x1b[38;5;167;01mTypeError\x1b[39;00m(\x1b[38;5;124m"\x1b[39m\x1b[38;5;124mx\x1b[39m\x1b[38;5;124m"\x1b[39m)])
\x1b[1;32m     16\x1b[0m \x1b[38;5;28;01mimport\x1b[39;00m\x1b[38;5;250m \x1b[39m\x1b[38;5;21;01msys\x1b[39;00m
\x1b[0;32m---> 17\x1b[0m \x1b[43m(\x1b[49m\x1b[43mgroup\x1b[49m\x1b[43m \x1b[49m\x1b[38;5;28;43;01mif\x1b[39;49;00m\x1b[43m \x1b[49m\x1b[38;5;28;43mlen\x1b[39;49m\x1b[43m(\x1b[49m\x1b[43msys\x1b[49m\x1b[38;5;241;43m.\x1b[39;49m\x1b[43margv\x1b[49m\x1b[43m)\x1b[49m\x1b[43m \x1b[49m\x1b[38;5;241;43m>\x1b[39;49m\x1b[43m \x1b[49m\x1b[38;5;241;43m1\x1b[39;49m\x1b[43m \x1b[49m\x1b[38;5;28;43;01melse\x1b[39;49;00m\x1b[43m \x1b[49m\x1b[43mmain\x1b[49m\x1b[43m)\x1b[49m\x1b[43m(\x1b[49m\x1b[43m)\x1b[49m

File \x1b[0;32m/home/u/shop/basket.py:10\x1b[0m, in \x1b[0;36mmain\x1b[0;34m()\x1b[0m
\x1b[1;32m      9\x1b[0m \x1b[38;5;28;01mdef\x1b[39;00m\x1b[38;5;250m \x1b[39m\x1b[38;5;21mmain\x1b[39m():
\x1b[0;32m---> 10\x1b[0m     \x1b[43mBasket\x1b[49m\x1b[43m(\x1b[49m\x1b[43m)\x1b[49m\x1b[38;5;241;43m.\x1b[39;49m\x1b[43madd\x1b[49m\x1b[43m(\x1b[49m\x1b[38;5;241;43m3\x1b[39;49m\x1b[43m)\x1b[49m

File \x1b[0;32m/home/u/shop/basket.py:6\x1b[0m, in \x1b[0;36mBasket.add\x1b[0;34m(self, x)\x1b[0m
\x1b[1;32m      4\x1b[0m     \x1b[38;5;28;01mreturn\x1b[39;00m \x1b[38;5;28mself\x1b[39m\x1b[38;5;241m.\x1b[39mprice(x)
\x1b[1;32m      5\x1b[0m \x1b[38;5;28;01mexcept\x1b[39;00m \x1b[38;5;167;01mKeyError\x1b[39;00m \x1b[38;5;28;01mas\x1b[39;00m e:
\x1b[0;32m----> 6\x1b[0m     \x1b[38;5;28;01mraise\x1b[39;00m \x1b[38;5;167;01mValueError\x1b[39;00m(\x1b[38;5;124m"\x1b[39m\x1b[38;5;124mno price\x1b[39m\x1b[38;5;124m"\x1b[39m) \x1b[38;5;28;01mfrom\x1b[39;00m\x1b[38;5;250m \x1b[39m\x1b[38;5;21;01me\x1b[39;00m

\x1b[0;31mValueError\x1b[0m: no price
`,
  },
];
