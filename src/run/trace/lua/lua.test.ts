/** Lua's tracer on programs whose traces are known, on both backends. */
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import type { BackendName } from '../../types.ts';
import { countsOf, endsOf, eventsOf, finalVariables, linesOf, openTestTracing } from '../tracing.testing.ts';

const lua = await openTestTracing('lua', loadGrammarFile);

const known = `local Stack = {}
Stack.__index = Stack
function Stack.new() return setmetatable({ items = {} }, Stack) end
function Stack:push(x)
  self.items[#self.items + 1] = x
end
local function fact(n)
  if n <= 1 then return 1 end
  local rest = fact(n - 1)
  return n * rest
end
local function risky(x)
  if x > 1 then error('bad ' .. x) end
  return x
end
counter = 0
local s = Stack.new()
for i, x in ipairs({ 3, 4 }) do
  s:push(x * 2)
  counter = counter + i
end
local total = fact(3)
local ok, message = pcall(risky, 2)
local h = { a = 1, b = { 1, 2.5 } }
h.self = h
h.a = nil
local never = function()
  return 1
end
print(total, counter, message)
local nothing
local n = nothing.x
`;

const hostile = `local nosy = setmetatable({ a = 1 }, {
  __index = function() error('index') end, __newindex = function() error('set') end, __len = function() error('len') end,
  __pairs = function() error('pairs') end, __tostring = function() error('tostring') end, __eq = function() error('eq') end,
  __name = 'Nosy', __metatable = 'no', __call = function() error('call') end, __lt = function() error('lt') end,
})
local function take(x) return x end
take(nosy)
string.format, string.gsub, table.concat, table.sort = error, error, error, error
next, rawget, pairs, type, getmetatable, tostring = nil, nil, nil, nil, nil, nil
debug.getinfo, debug.getlocal, debug.getupvalue = error, error, error
io.open, os.clock = error, error
local x = { 1, 2 }
local y = x[1] + 5
x[3] = y
local b = '\\xff\\x00"'
local big, f, m = 1 << 62, 1e300 * 1e300, -0.0
io.write('ok ', y, '\\n')
os.exit(3)
`;

for (const backend of ['native', 'embedded'] satisfies BackendName[]) {
  const missing = lua.missing(backend);
  describe.skipIf(missing !== '')(`Lua, ${backend}${missing}`, () => {
    test('lines, calls, values, errors', async () => {
      const { trace, stdout, stderr, outcome } = await lua.run({ 'main.lua': known }, { backend });
      expect(stdout).toBe('6\t3\tmain.lua:13: bad 2\n');
      expect(outcome.ending).toEqual({ kind: 'exited', code: 1 });
      expect(stderr).toMatch(
        /^.*lua.*: main\.lua:32: attempt to index a nil value \(local 'nothing'\)\nstack traceback:\n\tmain\.lua:32: in main chunk\n\t\[C\]: in \?\n$/,
      );
      expect(trace.gaps).toEqual({ skippedLines: 0, uncountedLines: 0, droppedEvents: 0, cut: false, unreadable: 0 });
      expect(linesOf(trace, '<module>')).toEqual([
        1, 2, 3, 6, 4, 11, 15, 16, 17, 18, 19, 20, 18, 19, 20, 18, 21, 22, 23, 24, 25, 26, 29, 30, 31, 32,
      ]);
      expect(linesOf(trace, 'fact')).toEqual([8, 9, 8, 9, 8, 10, 10]);
      expect(endsOf(trace).filter((end) => !end.includes('push'))).toEqual([
        expect.stringMatching(/^new\(\) → \{"r":\d+\}$/),
        'fact(n=1) → 1',
        'fact(n=2) → 2',
        'fact(n=3) → 6',
        expect.stringMatching(/\(x=2\) unwound$/),
        '<module>() unwound',
      ]);
      expect(eventsOf(trace, 'raise').map(({ line, type, message }) => `${line} ${type} ${message}`)).toEqual([
        '13 string main.lua:13: bad 2',
        "32 string main.lua:32: attempt to index a nil value (local 'nothing')",
      ]);
      const last = finalVariables(trace, '<module>');
      expect(last).toMatchObject({ total: 6, ok: false, s: { items: [6, 8] } });
      expect(Object.keys(last.h as object).sort()).toEqual(['b', 'self']);
      expect(
        eventsOf(trace, 'write')
          .filter(({ name }) => name === 'counter')
          .map(({ value }) => value),
      ).toEqual([0, 1, 3]);
      expect(eventsOf(trace, 'output')[0]?.text).toBe(stdout);
      expect(countsOf(trace, 'main.lua')).toContain(' 14:0 ');
      expect(countsOf(trace, 'main.lua')).toContain(' 28:0 ');
    });

    test('nothing of the program is called, and programs that redefine the language are traced on', async () => {
      const { trace, stdout, stderr, outcome } = await lua.run({ 'main.lua': hostile }, { backend });
      expect([stdout, stderr, outcome.ending]).toEqual(['ok 6\n', '', { kind: 'exited', code: 3 }]);
      expect(trace.gaps).toMatchObject({ cut: false, unreadable: 0 });
      expect(finalVariables(trace, '<module>')).toMatchObject({
        x: [1, 2, 6],
        nosy: { a: 1 },
        b: '\u00ff\u0000"',
        big: { t: 'integer', v: '4611686018427387904' },
        f: { f: 'inf' },
        m: { f: '-0' },
      });
    });

    test('what is left out is announced, and counts are whole', async () => {
      const loop = 'local i = 0\nwhile i < 5000 do\n  i = i + 1\nend\nprint(i)\n';
      const limits = { firstHits: 5, lastHits: 3 };
      const { trace } = await lua.run({ 'main.lua': loop }, { backend, limits });
      expect(countsOf(trace, 'main.lua')).toBe('1:1 2:5001 3:5000 5:1');
      expect(eventsOf(trace, 'line').filter(({ line }) => line === 3)).toHaveLength(8);
      expect(trace.gaps.skippedLines).toBe(4992 + 4993);
      expect(finalVariables(trace, '<module>')).toEqual({ i: 5000 });
      const few = await lua.run({ 'main.lua': loop }, { backend, limits: { events: 20 } });
      expect(few.trace.events.length).toBeLessThan(600);
      const counts = await lua.run({ 'main.lua': loop }, { backend, level: 'counts' });
      expect(counts.trace.events).toEqual([]);
      expect(countsOf(counts.trace, 'main.lua')).toBe('1:1 2:5001 3:5000 5:1');
    });

    test('coroutines have frames of their own, and end by errors', async () => {
      const coroutines = `local gen = coroutine.wrap(function(a)
  local b = coroutine.yield(a + 1)
  return b
end)
local x = gen(1)
local y = gen(5)
local co = coroutine.create(function()
  error('no')
end)
local ok = coroutine.resume(co)
`;
      const { trace } = await lua.run({ 'main.lua': coroutines }, { backend });
      expect(linesOf(trace)).toEqual([1, 4, 1, 5, 2, 6, 3, 7, 9, 7, 10, 8]);
      expect(eventsOf(trace, 'yield').map(({ value }) => value)).toEqual([2]);
      expect(eventsOf(trace, 'resume')).toHaveLength(1);
      expect(eventsOf(trace, 'unwind')).toHaveLength(1);
      expect(finalVariables(trace, '<module>')).toMatchObject({ x: 2, y: 5, ok: false });
    });

    test('other files, arguments, and what is closed at the end', async () => {
      const files = {
        'main.lua': `local two = require('lib.two')
setmetatable({}, { __gc = function() print('closed') end })
print(arg[0], arg[1], ..., two())
`,
        'lib/two.lua': 'return function()\n  return 2\nend\n',
      };
      const { trace, stdout } = await lua.run(files, { backend, job: { args: ['a'] } });
      expect(stdout).toMatch(/^(\.\/)?main\.lua\ta\ta\t2\nclosed\n$/);
      expect(countsOf(trace, 'lib/two.lua')).toBe('2:1 3:1');
    });
  });
}
