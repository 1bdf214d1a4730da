import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readTask } from '../tasks/read.ts';
import type { Task } from '../types.ts';
import { extractProgram } from './extract.ts';
import { methodsOf } from './methods.ts';
import { programText } from './program.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-methods-'));
afterAll(() => rmSync(dir, { recursive: true }));

const file = `import functools

def push(things):
    return 'the function'

class Base:
    def size(self):
        return 100

@functools.total_ordering
class Queue(Base):
    """Waiting things.
def none(self): pass
    """

    def __init__(self, items=(),
                 most=9):
        self.__items = list(items)

    def push(self, item):
        """Add one.

        >>> q = Queue()
        >>> q.push(3)
        >>> q.size()
        101
        >>> q.push(4)
        2
        """
        BODY = 1
        return BODY

    def size(self):
        return super().size() + len(self.__items)

    @property
    def first(self):
        """
        >>> Queue([5]).first
        5
        """
        return None

    @first.setter
    def first(self, value):
        self.__items[0] = value

    @staticmethod
    def double(x):
        return None

    def __eq__(self, other):
        return False

    def __lt__(self, other):
        return True

    class Inner:
        async def deep(self): return 1

print('loaded')
`;
const path = join(dir, 'queue.py');
writeFileSync(path, file);
const taskOf = (part: string, tests: readonly string[] = []): Task =>
  readTask({ path, part, language: null, entry: null, tests });

test('methods are found with their classes, and what only looks like one is not', () => {
  expect(methodsOf(file).map(({ owner, name }) => `${owner}.${name}`)).toEqual([
    'Base.size',
    'Queue.__init__',
    'Queue.push',
    'Queue.size',
    'Queue.first',
    'Queue.first',
    'Queue.double',
    'Queue.__eq__',
    'Queue.__lt__',
    'Queue.Inner.deep',
  ]);
});

test('a method is a task with its class, without its body, and its examples go on from one to the next', () => {
  const task = taskOf('Queue.push');
  expect(task).toMatchObject({ id: 'queue.py:Queue.push', entry: 'push', method: { owner: 'Queue' } });
  expect(task.text).toMatch(/^def push\(self, item\):\n {4}"""Add one\./);
  expect(task.visible.map(({ source }) => source)).toEqual([
    'q = Queue()\nq.push(3)\nassert (q.size()) == 101',
    'q = Queue()\nq.push(3)\nq.size()\nassert (q.push(4)) == 2',
  ]);
  expect(task.context.map(({ label }) => label)).toEqual([
    'the class Queue, in which push is wanted, of queue.py',
    'the rest of queue.py',
  ]);
  expect(JSON.stringify(task)).not.toContain('BODY');
  expect(taskOf('Queue.first').text).toMatch(/^@property\n/);
});

test.each([
  ['pop', /no method of a class/],
  ['size', /Did you mean Base\.size or Queue\.size\?/],
  ['Queue.pusch', /Did you mean .*Queue\.push/],
])('%s is no method', (part, message) => {
  expect(() => taskOf(part)).toThrow(
    expect.objectContaining({ code: 'unknown-id', message: expect.stringMatching(message) }),
  );
});

test('a reply with the class, or with the method as it stands in it, is the method at the margin', () => {
  const task = taskOf('Queue.push');
  const sourceOf = (reply: string): string => {
    const found = extractProgram(reply, 'stop', task);
    return found.kind === 'program' ? found.source.trim() : found.reason;
  };
  const method = 'def push(self, item):\n    """A\n  b"""\n    return rank(item)';
  const indented = '    def push(self, item):\n        """A\n  b"""\n        return rank(item)';
  const wanted = `import bisect\ndef rank(x):\n    return x\n\n${method}`;
  const whole = `import bisect\n\ndef rank(x):\n    return x\n\nclass Queue(Base):\n    def other(self):\n        pass\n\n${indented}\n`;
  expect(sourceOf(`\`\`\`python\n${whole}\`\`\``)).toBe(wanted);
  expect(sourceOf(`\`\`\`python\n${indented}\n\`\`\``)).toBe(method);
  expect(sourceOf(indented)).toBe(method);
  expect(sourceOf(`\`\`\`python\n${method}\n\`\`\``)).toBe(method);
});

const canRun = spawnSync('python3', ['--version']).status === 0;
describe.skipIf(!canRun)(`in their class${canRun ? '' : ' (skipped: python3 is not installed)'}`, () => {
  test.each([
    [
      'Queue.push',
      'import math\ndef push(self, item):\n    self.__items.append(math.floor(item))\n    return len(self.__items)\n',
      'q = Queue()\nassert q.push(1.5) == 1 and q.push(2) == 2 and q.size() == 102\nassert push(1) == "the function"',
    ],
    ['Queue.size', 'def size(me):\n    return super().size() - len(me.__items)\n', 'assert Queue([1, 2]).size() == 98'],
    [
      'Queue.first',
      'def first(self):\n    return self.__items[0]\n',
      'q = Queue([5])\nq.first = 6\nassert q.first == 6',
    ],
    ['Queue.double', '@staticmethod\ndef double(x):\n    return 2 * x\n', 'assert Queue.double(4) == 8'],
    ['Queue.double', 'def double(x):\n    return 2 * x\n', 'assert Queue().double(4) == 8'],
    ['Queue.__lt__', 'def __lt__(self, other):\n    return False\n', 'assert Queue() > Queue()'],
    [
      'Queue.Inner.deep',
      'async def deep(self):\n    return 7\n',
      'import asyncio\nassert asyncio.run(Queue.Inner().deep()) == 7',
    ],
  ])('%s', (part, source, behind) => {
    const text = programText(taskOf(part), source, behind);
    expect(spawnSync('python3', ['-'], { input: text, encoding: 'utf8' })).toMatchObject({ stderr: '', status: 0 });
  });
});
