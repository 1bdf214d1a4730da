/**
 * Places that a text names outright: frames of stack traces, paths of files, lines of test reports.
 *
 * One pattern per way that a language's tools print a place. What is found is only text: whether the repository has
 * such a file is asked later (`places.ts`). Order is that of the text; which end of a trace is the innermost
 * is the pattern's to say.
 */

export interface Frame {
  /** As printed; may be absolute, of another machine, or of a library. */
  readonly path: string;
  /** 1-based. */
  readonly line: number | null;
  /** Function or method as printed, without arguments: `solve`, `Foo.bar`, `com.acme.Foo.bar`. */
  readonly name: string | null;
  /** How far from where it went wrong: 0 is the innermost frame of its trace. */
  readonly depth: number;
}

interface FramePattern {
  readonly pattern: RegExp;
  readonly read: (groups: readonly (string | undefined)[]) => Omit<Frame, 'depth'>;
  /** Whether the innermost frame comes last. */
  readonly innermostLast: boolean;
}

const lineOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

const patterns: readonly FramePattern[] = [
  // Python: File "a/b.py", line 3, in f
  {
    pattern: /File "([^"\n]{1,400})", line (\d{1,7})(?:, in ([^\s,]{1,200}))?/g,
    read: ([path, line, name]) => ({
      path: path ?? '',
      line: lineOf(line),
      name: name?.startsWith('<') ? null : (name ?? null),
    }),
    innermostLast: true,
  },
  // pytest: a/b.py:3: in f · a/b.py:3: ValueError
  {
    pattern:
      /^[ \t]*([\w./\\~-]{1,400}\.\w{1,4}):(\d{1,7}):(?: in (\w{1,200}))?(?: ?\w*(?:Error|Exception|Warning)?)?[ \t]*$/gm,
    read: ([path, line, name]) => ({ path: path ?? '', line: lineOf(line), name: name ?? null }),
    innermostLast: true,
  },
  // IPython: a/b.py in f(args)
  {
    pattern: /^[ \t]*(\S{1,400}\.\w{1,4}) in (\w{1,200})\(/gm,
    read: ([path, name]) => ({ path: path ?? '', line: null, name: name ?? null }),
    innermostLast: true,
  },
  // JavaScript: at f (a/b.js:3:5) · at a/b.js:3:5
  {
    pattern:
      /^[ \t]*at (?:async )?(?:(?:new )?([\w$.<>[\] ]{1,200}?) \()?(?:file:\/\/)?([^\s()]{1,400}?\.(?:[cm]?[jt]sx?|vue|svelte)):(\d{1,7}):\d{1,6}\)?/gm,
    read: ([name, path, line]) => ({ path: path ?? '', line: lineOf(line), name: name ?? null }),
    innermostLast: false,
  },
  // Java, Kotlin, Scala: at com.acme.Foo.bar(Foo.java:3)
  {
    pattern: /^[ \t]*at ([\w$.<>/]{1,300})\.([\w$<>]{1,200})\(([\w$-]{1,200}\.(?:java|kt|scala|groovy)):(\d{1,7})\)/gm,
    read: ([owner, name, file, line]) => {
      const type = (owner ?? '').replace(/^.*\//, '').replace(/\$.*$/, '');
      const folder = type.split('.').slice(0, -1).join('/');
      return {
        path: folder === '' ? (file ?? '') : `${folder}/${file}`,
        line: lineOf(line),
        name: `${type.split('.').at(-1)}.${name}`,
      };
    },
    innermostLast: false,
  },
  // Go: main.f(0x1)\n\t/a/b.go:3 +0x1d
  {
    pattern: /^(?:([\w./*()[\]-]{1,300})\(.{0,400}\)\n)?[ \t]+(\S{1,400}\.go):(\d{1,7})(?: \+0x[0-9a-f]+)?$/gm,
    read: ([name, path, line]) => ({
      path: path ?? '',
      line: lineOf(line),
      name: name === undefined ? null : (name.split('.').at(-1) ?? null),
    }),
    innermostLast: false,
  },
  // Rust: 3: krate::module::f\n at a/b.rs:3:5 · panicked at a/b.rs:3:5
  {
    pattern: /(?:\d+:[ \t]+([\w:<> ]{1,300})\n[ \t]+at |panicked at (?:'[^'\n]*', )?)(\S{1,400}\.rs):(\d{1,7})/g,
    read: ([name, path, line]) => ({
      path: path ?? '',
      line: lineOf(line),
      name: name === undefined ? null : (name.trim().split('::').at(-1) ?? null),
    }),
    innermostLast: false,
  },
  // PHP: thrown in a/b.php:3 · in a/b.php on line 3 · #0 a/b.php(3): Foo->bar(), which names what is called there
  {
    pattern:
      /(?:^[ \t]*#\d{1,3}[ \t]+|\bin )([\w.\\/~:-]{1,400}\.(?:php|phtml|inc|module))(?:\((\d{1,7})\)|:(\d{1,7})| on line (\d{1,7}))/gm,
    read: ([path, called, thrown, told]) => ({ path: path ?? '', line: lineOf(called ?? thrown ?? told), name: null }),
    innermostLast: false,
  },
];

/** A trace of infinite recursion repeats itself; this many frames from its inner end say all. */
const mostFrames = 60;

/** Frames of all traces in a text, innermost first. */
export function framesIn(text: string): Frame[] {
  const frames: Frame[] = [];
  for (const { pattern, read, innermostLast } of patterns) {
    const found = [...text.matchAll(pattern)].map((match) => read(match.slice(1)));
    if (innermostLast) found.reverse();
    const seen = new Set<string>();
    for (const frame of found) {
      const key = `${frame.path}:${frame.line}:${frame.name}`;
      if (frame.path === '' || seen.has(key)) continue;
      seen.add(key);
      frames.push({ ...frame, depth: seen.size - 1 });
      if (seen.size >= mostFrames) break;
    }
  }
  return frames;
}

export interface PathMention {
  readonly path: string;
  /** 1-based, where the text gives one: `b.py#L3`, `b.py:3`. */
  readonly line: number | null;
}

/** Words with a slash or a name with an extension of source code. */
const mention =
  /(?:[\w.~-]+[\\/])*[\w-]+\.(?:py|pyx|pyi|js|mjs|cjs|jsx|ts|tsx|mts|vue|svelte|java|kt|go|rs|c|cc|cpp|cxx|h|hh|hpp|cs|rb|php|scala|swift)\b(?:#L(\d{1,7})|:(\d{1,7}))?/g;

const mostMentions = 200;

export function pathsIn(text: string): PathMention[] {
  const found: PathMention[] = [];
  const seen = new Set<string>();
  for (const match of text.matchAll(mention)) {
    if (seen.has(match[0])) continue;
    seen.add(match[0]);
    found.push({
      path: match[0].replace(/(?:#L|:)\d+$/, '').replaceAll('\\', '/'),
      line: lineOf(match[1] ?? match[2]),
    });
    if (found.length >= mostMentions) break;
  }
  return found;
}
