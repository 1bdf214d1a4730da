/**
 * How the tools of each language print a stack trace: one row per way.
 *
 * A row finds frames and reads their path, line and name; it says which end is the innermost, and how one trace of a chain
 * relates to the one before it. Patterns are bounded, and anchored at what is rare, so that any text is read in linear time.
 */
import {
  cppName,
  csharpAround,
  csharpName,
  goName,
  javaName,
  javascriptName,
  phpName,
  pythonName,
  rubyName,
  rustModules,
  rustName,
} from './framenames.ts';

export interface PrintedFrame {
  /** `null` where only a name is printed. */
  readonly path: string | null;
  readonly line: number | null;
  readonly name: string | null;
  /** What stands before the name, outermost first. */
  readonly around?: readonly string[];
}

/** What a trace is to the one before it: another, what led to it, or what followed from it. */
export type Relation = 'other' | 'cause' | 'effect';

export interface TraceForm {
  readonly pattern: RegExp;
  /** `null`: what matched is no frame. */
  readonly read: (groups: readonly (string | undefined)[]) => PrintedFrame | null;
  /** Whether the innermost frame comes last. */
  readonly innermostLast?: boolean;
  /** What the text between two frames says; `null` when they are of one trace. */
  readonly between?: (text: string, next: string) => Relation | null;
  /** Ends of the paths that its language's sources have, for frames that print no path. */
  readonly sources?: RegExp;
  /** The name printed is what was called at the place, so it belongs to the frame further in. */
  readonly namesCallee?: boolean;
}

const lineOf = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text));
const relation =
  (rows: readonly (readonly [RegExp, Relation])[]) =>
  (text: string): Relation | null =>
    rows.find(([pattern]) => pattern.test(text))?.[1] ?? null;

const pythonBetween = relation([
  [/Exception Group Traceback/, 'effect'],
  [/direct cause of the following/, 'effect'],
  [/another exception occurred/, 'cause'],
  [/Traceback \(most|={10}|_{10}|^-{30}/m, 'other'],
]);
const errorBetween = relation([
  [/\[cause\]|Caused by/, 'cause'],
  [/\w(?:Error|Exception)\b|\bFAIL|●|✖/, 'other'],
]);

const javascriptPlace =
  /((?:[a-z-]{2,20}:)?[^\s()]{1,400}?\.(?:[cm]?[jt]sx?|vue|svelte)(?:\?[^\s():]{0,200})?):(\d{1,7}):\d{1,6}/;

export const traceForms: readonly TraceForm[] = [
  // Python: File "a/b.py", line 3, in f
  {
    pattern: /File "([^"\n]{1,400})", line (\d{1,7})(?:, in ([^\s,]{1,200}))?/g,
    read: ([path = '', line, name]) => ({
      path,
      line: lineOf(line),
      name: name === undefined ? null : pythonName(name),
    }),
    innermostLast: true,
    between: pythonBetween,
  },
  // pytest: a/b.py:3: in f · a/b.py:3: ValueError
  {
    pattern:
      /^[ \t]*([\w./\\~-]{1,400}\.\w{1,4}):(\d{1,7}):(?: in (\w{1,200}))?(?: ?\w*(?:Error|Exception|Warning)?)?[ \t]*$/gm,
    read: ([path = '', line, name]) => ({ path, line: lineOf(line), name: name ?? null }),
    innermostLast: true,
    between: pythonBetween,
  },
  // IPython: a/b.py in f(args) · File a/b.py:3, in f(args)
  {
    pattern: /^[ \t]*(?:File )?([^\s:]{1,400}\.\w{1,4})(?::(\d{1,7}),)? in ([\w.<>]{1,200})\(/gm,
    read: ([path = '', line, name = '']) => ({ path, line: lineOf(line), name: pythonName(name) }),
    innermostLast: true,
    between: pythonBetween,
  },
  // V8, Vitest: at f (a/b.js:3:5) · at new B (…) · at a/b.js:3:5 · at m (eval at f (a/b.js:3:5), <anonymous>:1:1) · ❯ f a/b.ts:3:5
  {
    pattern: /^[ \t|]*(?:at |[❯›] |(?=[\w$.<>]{1,200} \(\S{1,400}:\d+:\d+\)$))([^\n]{1,900})$/gm,
    read: ([rest = '']) => {
      const place = javascriptPlace.exec(rest);
      if (place === null) return null;
      const [, path = '', line] = place;
      const before = rest.slice(0, place.index);
      const evaluated = /eval at ([^()]*) \($/.exec(before)?.[1];
      // A path with spaces begins where the parenthesis does.
      const open = evaluated === undefined ? before.indexOf('(') : -1;
      const name = (evaluated ?? (open < 0 ? before : before.slice(0, open))).trim();
      return {
        path: open < 0 ? path : before.slice(open + 1) + path,
        line: lineOf(line),
        name: name === '' ? null : javascriptName(name),
      };
    },
    between: errorBetween,
  },
  // Firefox and Safari: f@http://host/a/b.js:3:5
  {
    pattern:
      /^[ \t]*([\w$./<*[\] -]{0,200})@((?:https?|file|webpack[\w-]*):[^\s()]{1,400}?):(\d{1,7}):\d{1,6}[ \t]*$/gm,
    read: ([name = '', path = '', line]) => ({
      path,
      line: lineOf(line),
      name: name === '' ? null : javascriptName(name),
    }),
    between: errorBetween,
  },
  // Java, Kotlin, Scala: at com.acme.Foo$Bar.m(Foo.java:3) · at com.acme.Foo.m(Unknown Source)
  {
    pattern:
      /^[ \t]*at ([\w$./@-]{1,300})\.([\w$<>-]{1,200})\((?:([\w$-]{1,200}\.(?:java|kt|scala|groovy))(?::(\d{1,7}))?|Unknown Source)\)/gm,
    sources: /\.(?:java|kt|scala|groovy)$/,
    read: ([owner = '', method = '', file, line]) => {
      const { folder, name } = javaName(owner, method);
      const path = file === undefined ? null : folder === '' ? file : `${folder}/${file}`;
      return { path, line: lineOf(line), name };
    },
    between: relation([
      [/Caused by:/, 'cause'],
      [/Suppressed:/, 'effect'],
      [/\w(?:Error|Exception)\b/, 'other'],
    ]),
  },
  // .NET and Mono: at Ns.Cls.M(String s) in /a/b.cs:line 3 · at Ns.Cls`1[T].M (System.Int32 x) [0x00002] in /a/b.cs:3
  {
    pattern:
      /^[ \t]*(?:at|bei|à|в|在) ([\p{L}_][\p{L}\p{N}_.`+<>|[\],]{2,400}) ?\(([^()\n]{0,600})\)(?: \[0x[0-9a-f]+\])?(?: (?:in|dans|в|在) ([^\n]{1,400}?):(?:\p{L}+ ?)?(\d{1,7}))?/gmu,
    sources: /\.cs$/,
    read: ([name = '', parameters = '', path, line]) => {
      if (
        /^<anonymous>$|^native|:\d|^(?:Native Method|Unknown Source|index \d+)$|\.(?:java|kt|scala|groovy)$/.test(
          parameters,
        )
      )
        return null;
      const file = path === undefined || path.startsWith('<') ? null : path;
      return {
        path: file,
        line: file === null ? null : lineOf(line),
        name: csharpName(name),
        around: csharpAround(name),
      };
    },
    between: relation([
      [/Inner Exception #|[\w.]Exception: /, 'other'],
      [/End of inner/, 'effect'],
    ]),
  },
  // Go: main.(*T).Run(0x1)\n\t/a/b.go:3 +0x1d
  {
    pattern:
      /^(?:(?:created by )?([\w./*()[\],…%~-]{1,300}?)(?:\([^()\n]{0,400}\)| in goroutine \d+)?\n)?[ \t]+(\S{1,400}\.go):(\d{1,7})(?: \+0x[0-9a-f]+)?[ \t]*$/gm,
    read: ([name, path = '', line]) => ({ path, line: lineOf(line), name: name === undefined ? null : goName(name) }),
    between: relation([[/^goroutine \d+|^panic:/m, 'other']]),
  },
  // Rust: 3: krate::module::f\n at a/b.rs:3:5 · panicked at a/b.rs:3:5 · panicked at 'message', a/b.rs:3:5 · a release build's 3: krate::module::f
  {
    pattern:
      /(?:\d+:[ \t]+(?:0x[0-9a-f]+ - )?([^\n]{1,300})\n[ \t]+at |panicked at (?:'[^'\n]*', )?)(\S{1,400}\.rs):(\d{1,7})|^[ \t]{0,20}\d{1,4}:[ \t]+(?:0x[0-9a-f]+ - )?((?=[^\n]{4,300}$)(?:<[^\n]*>|[a-z_]\w*)::[^\n]+)$(?!\n[ \t]+at )/gm,
    sources: /\.rs$/,
    read: ([name, path, line, bare]) => {
      const printed = name ?? bare;
      if (printed === undefined) return { path: path ?? null, line: lineOf(line), name: null };
      return { path: path ?? null, line: lineOf(line), name: rustName(printed), around: rustModules(printed) };
    },
    between: relation([[/^thread '/m, 'other']]),
  },
  // PHP: in a/b.php:3 · in a/b.php on line 3 · #0 a/b.php(3): Foo->bar() · #1 [internal function]: Foo->bar()
  {
    pattern:
      /(?:^[ \t]*#\d{1,3}[ \t]+(?:([\w.\\/~: -]{1,400}\.(?:php|phtml|inc|module))\((\d{1,7})\)|\[internal function\]): ([^\n(]{1,300}|\{closure[^}\n]{0,300}\}[^\n(]{0,40})\(|(?<!thrown |called )\bin ([\w.\\/~:-]{1,400}\.(?:php|phtml|inc|module))(?::(\d{1,7})| on line (\d{1,7})))/gm,
    sources: /\.(?:php|phtml|inc|module)$/,
    read: ([path, line, name, thrown, at, told]) =>
      thrown === undefined
        ? { path: path ?? null, line: lineOf(line), name: phpName(name ?? '') }
        : { path: thrown, line: lineOf(at ?? told), name: null },
    between: (_, next) => (/^[ \t]*#\d/.test(next) ? null : 'effect'),
    namesCallee: true,
  },
  // Xdebug: PHP   2. Shop\Basket->add($n = 3) /a/b.php:12, which is where it was called
  {
    pattern:
      /^(?:PHP)?[ \t]{1,6}\d{1,3}\. ([^\n(]{1,300})\([^\n]{0,600}?\) (\S{1,400}\.(?:php|phtml|inc|module)):(\d{1,7})$/gm,
    sources: /\.(?:php|phtml|inc|module)$/,
    read: ([name = '', path = '', line]) => ({ path, line: lineOf(line), name: phpName(name.trim()) }),
    innermostLast: true,
    namesCallee: true,
  },
  // Ruby: a/b.rb:3:in `m' · from a/b.rb:3:in 'Basket#add' · # ./a/b.rb:3:in `m'
  {
    pattern:
      /^(?<!\d: from [^\n]{0,500}\n)[ \t]*(?:# |from )?([^\s:][^\n:]{0,400}):(\d{1,7}):in [`'“]([^\n'”]{1,200})['”]/gm,
    read: ([path = '', line, name = '']) => ({ path, line: lineOf(line), name: rubyName(name) }),
    between: (_, next) => (/^[ \t]*(?:from |# )/.test(next) ? null : 'cause'),
  },
  // Ruby 2.5 to 2.7 on a terminal: 2: from a/b.rb:3:in `m', and the innermost last without a number
  {
    pattern:
      /^[ \t]*(?:\d{1,4}: from |(?<=\d: from [^\n]{0,500}\n))([^\s:][^\n:]{0,400}):(\d{1,7}):in [`'“]([^\n'”]{1,200})['”]/gm,
    read: ([path = '', line, name = '']) => ({ path, line: lineOf(line), name: rubyName(name) }),
    innermostLast: true,
    between: relation([[/Traceback \(most/, 'other']]),
  },
  // gdb and lldb: #1  0x00 in shop::Basket::add (this=0x0) at a/b.cpp:3 · AddressSanitizer: #0 0x4f in shop::f(int) /a/b.cpp:3:5
  {
    pattern:
      /^[ \t]*(?:#\d{1,4}|\d{1,4}#|(?:\* )?frame #\d{1,4}:)[ \t]+(?:0x[0-9a-f]+ (?:in )?)?([^\n]{1,600}?) (?:at )?([^\s()]{1,400}\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|m|mm|cu)):(\d{1,7})/gm,
    read: ([name = '', path = '', line]) => ({
      path,
      line: lineOf(line),
      name: cppName(name.replace(/^.*`/, '').replace(/ \([^()]*\)$/, '')),
    }),
    between: relation([[/ERROR: |^Thread \d+/m, 'other']]),
  },
  // Valgrind: at 0x1094F3: shop::f(int) (b.cpp:3)
  {
    pattern: /^==\d+==[ \t]+(?:at|by) 0x[0-9A-F]+: ([^\n]{1,600}) \(([\w.+-]{1,200}):(\d{1,7})\)$/gm,
    read: ([name = '', path = '', line]) => ({ path, line: lineOf(line), name: cppName(name) }),
    between: relation([[/==\d+== *\n|==\d+== \w/, 'other']]),
  },
  // assert of C: a.out: b.c:3: int f(int): Assertion `x' failed. · glibc's backtrace: ./a.out(_ZN4shop1fEv+0x12) [0x4]
  {
    pattern:
      /^\S{1,200}: ([^\s:]{1,400}):(\d{1,7}): ([^\n]{1,300}): Assertion |^\S{1,400}\(([\w$.]{2,300})\+0x[0-9a-f]+\) ?\[0x[0-9a-f]+\]/gm,
    sources: /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx)$/,
    read: ([path, line, name, symbol]) => ({
      path: path ?? null,
      line: lineOf(line),
      name: cppName(symbol ?? name ?? ''),
    }),
  },
];
