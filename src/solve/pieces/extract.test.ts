import { expect, test } from 'vitest';
import type { Task } from '../types.ts';
import { extractProgram } from './extract.ts';

const wanted: Pick<Task, 'language' | 'entry' | 'stub'> = {
  language: 'python',
  entry: 'f',
  stub: 'def f(x):\n    """Twice x."""\n',
};
const told = (text: string, ending: 'stop' | 'length' = 'stop', task = wanted): string => {
  const found = extractProgram(text, ending, task);
  return found.kind === 'none' ? `none: ${found.reason}` : `${found.source}|${found.told}`;
};
const program = 'def f(x):\n    return 2 * x\n';
const block = (source: string, tag = 'python'): string => `\`\`\`${tag}\n${source}\`\`\`\n`;

test.each([
  ['one block', `Here it is:\n${block(program)}Good luck.`, `${program}|null`],
  ['a block without a language', block(program, ''), `${program}|null`],
  [
    'two blocks, of which the last defines it',
    block('def f(x):\n    pass\n') + block(program),
    `${program}|the last of 2 blocks that defines it`,
  ],
  [
    'a block of tests behind the program',
    block(program) + block('assert f(1) == 2\n'),
    `${program}|the last of 2 blocks that defines it`,
  ],
  [
    'a helper in a block of its own',
    block('def twice(x):\n    return 2 * x\n') + block('def f(x):\n    return twice(x)\n'),
    'def twice(x):\n    return 2 * x\n\ndef f(x):\n    return twice(x)\n|the last of 2 blocks that defines it, with helpers from 1 other blocks',
  ],
  ['bare code in prose', `Sure!\n${program}\nThis doubles x.`, `${program}|bare code, without a block`],
  [
    'the rest of the stub',
    '    return 2 * x\n\nprint(f(1))',
    'def f(x):\n    """Twice x."""\n    return 2 * x\n|the rest of the function that the task began',
  ],
  [
    'a longer fence around a shorter one',
    '````python\ndef f(x):\n    """\n```\n"""\n    return x\n````',
    'def f(x):\n    """\n```\n"""\n    return x\n|null',
  ],
  ['a block that is not closed', `\`\`\`python\n${program}`, `${program}\n|its block is not closed`],
  ['lines that end as on Windows', block(program).replaceAll('\n', '\r\n'), `${program}|null`],
  ['nothing', ' \n', 'none: empty'],
  ['prose', 'I cannot help with that.', 'none: prose'],
  ['another function', block('def g(x):\n    return 1\n'), 'none: prose'],
  ['another language', block('function f(x) { return 2 * x }\n', 'javascript'), 'none: wrong-language'],
])('%s', (_, text, expected) => {
  expect(told(text)).toBe(expected);
});

test('what the limit of tokens ended is told apart', () => {
  expect(told(`\`\`\`python\n${program}    # and`, 'length')).toBe('none: cut');
  expect(told('Let me think about', 'length')).toBe('none: cut');
  expect(told(`\`\`\`python\n${program}${'    x = x + 1\n'.repeat(200)}`, 'length')).toBe('none: endless');
  expect(told(`${'and so on '.repeat(100)}`, 'length')).toBe('none: endless');
  // A whole block before the cut is a program.
  expect(told(`${block(program)}It works because`, 'length')).toBe(`${program}|null`);
});

test('a whole program and other languages', () => {
  expect(told(block('console.log(1)\n', 'js'), 'stop', { language: 'javascript', entry: null, stub: null })).toBe(
    'console.log(1)\n|null',
  );
  expect(
    told(block('const f = (x) => 2 * x;\n', 'ts'), 'stop', { language: 'typescript', entry: 'f', stub: null }),
  ).toBe('const f = (x) => 2 * x;\n|null');
});
