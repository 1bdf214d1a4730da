import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits, seededRandom } from '../base/mod.ts';
import { classifierOf } from './detect.ts';
import { encodeUtf8 } from './encoding.ts';

const classifier = classifierOf([
  { name: 'python', extensions: ['py'], fileNames: ['sconstruct'], interpreters: ['python'], code: true },
  { name: 'javascript', extensions: ['js'], interpreters: ['node'], code: true },
  { name: 'c', extensions: ['c', 'h'], code: true },
  { name: 'cpp', extensions: ['cc'], code: true },
  { name: 'json', extensions: ['json'], code: false },
  { name: 'php', extensions: ['php'], interpreters: ['php'], openings: ['<?php'], code: true },
]);

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? encodeUtf8(content) : content;

/** Language, or reason in brackets. */
const classify = (path: string, content: string | Uint8Array): string => {
  const found = classifier.classify(path, bytesOf(content));
  return found.kind === 'parse' ? found.language : `(${found.reason})`;
};

const random = seededRandom(1);
const noise = Uint8Array.from({ length: 500 }, () => random.int(256));
const row = `${Array.from({ length: 400 }, (_, at) => `${at}.5`).join(', ')},\n`;
const minified = `/* licence */\n${'function a(b){return b(c),d.e.f[g]};if(h){i.j=k?l:m}'.repeat(60)}\n`;

describe('classify', () => {
  it.each([
    ['a/b.py', 'x = 1', 'python'],
    ['A.PY', 'x = 1', 'python'],
    ['SConstruct', 'x = 1', 'python'],
    ['bin/tool', '#!/usr/bin/env python3\nx = 1', 'python'],
    ['bin/tool', '#!/usr/bin/env -S FOO=1 python3.12 -u\nx = 1', 'python'],
    ['bin/tool', '#! /usr/local/bin/node --x\nx', 'javascript'],
    ['bin/tool', '#!/bin/sh\nls', 'text'],
    ['bin/tool', '#!', 'text'],
    ['.py', 'x', 'python'],
    ['.gitignore', 'x', 'text'],
    ['Makefile', 'all:', 'text'],
    ['a.rb', 'puts 1', 'text'],
    ['a.h', '#include <stdio.h>\nint f(void);\n/* a\n * class of its own */', 'c'],
    ['a.h', '#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);', 'c'],
    ['a.h', '#include <vector>\nint f(void);', 'cpp'],
    ['a.h', 'namespace a { int f(); }', 'cpp'],
    ['a.h', 'inline int f() { return std::min(1, 2); }', 'cpp'],
    ['bin/console', '#!/usr/bin/env php\n<?php', 'php'],
    ['hooks.module', '\ufeff<?php\n', 'php'],
    ['hooks.module', ' <?php\n', 'text'],
    ['a.py', '<?php', 'python'],
    ['a.py', '', '(empty)'],
    ['a.py', ' \r\n\t\n', '(empty)'],
    ['a.py', '\ufeff\n', '(empty)'],
    ['a.py', 'x = "\0"', '(binary)'],
    ['a.bin', noise, '(binary)'],
    ['a.py', 'x = 1 # caf\xe9', 'python'],
    ['a.py', Buffer.from('# caf\xe9 noir\nx = 1', 'latin1'), 'python'],
    ['a.txt', Buffer.from('\ufeffhello', 'utf16le'), 'text'],
    ['a.js', minified, '(minified)'],
    ['a.json', minified, 'json'],
    ['a.js.map', '{"version":3}', '(minified)'],
    ['table.py', `rows = [\n${row.repeat(5)}]\n`, 'python'],
    ['a.py', ' '.repeat(limits.parseFileBytes + 1).replace(' ', 'x'), '(too-large)'],
    ['a.txt', 'x '.repeat(limits.parseFileBytes), 'text'],
  ] as const)('%s %#', (path, content, expected) => expect(classify(path, content)).toBe(expected));

  it('always answers', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 300 }), (path, bytes) => {
        expect(classify(path, bytes)).toMatch(/^(python|javascript|c|cpp|json|php|text|\((empty|binary|minified)\))$/);
      }),
    );
  });
});
