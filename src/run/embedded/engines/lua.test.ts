import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runnerOf } from '../testjob.ts';
import { luaEngine } from './lua.ts';

const run = runnerOf(luaEngine, 'main.lua');
const exited = (code: number) => ({ kind: 'exited', code });

test('prints, reads, takes arguments and exits', async () => {
  const ran = await run(
    'for l in io.lines() do print(l, #l) end print(arg[0], arg[1], ...) io.stderr:write("e") os.exit(3)',
    {
      stdin: 'a\nbc\n',
      args: ['one', 'two'],
    },
  );
  expect([ran.stdout, ran.stderr, ran.ending]).toEqual(['a\t1\nbc\t2\nmain.lua\tone\tone\ttwo\n', 'e', exited(3)]);
});

test('files and modules are those of the job', async () => {
  const ran = await run(
    `local m = require('lib.m') print(m.f(2))
     local f = assert(io.open('new', 'w')) f:write('x', 1, '\\n') f:close() f = io.open('old', 'a') f:write('!') f:close()
     os.remove('gone') os.rename('a', 'b') for l in io.lines('new') do print(l) end print(io.open('nope'))
     f = io.open('big', 'w') print(select(2, f:write(('x'):rep(2000000))))`,
    { files: { 'lib/m.lua': 'return { f = function(x) return x * 2 end }', old: 'old', gone: '', a: 'a' } },
  );
  expect(ran.stdout).toMatch(/^4\nx1\nnil\tnope: No such file or directory\t\d+\nNo space left on device/);
  expect(ran.files).toMatchObject({ new: 'x1\n', old: 'old!', gone: 'removed', a: 'removed', b: 'a' });
});

test.each([
  ['an error', 'error("bad")', 1, /^lua: main\.lua:1: bad\nstack traceback:\n[\s\S]*in main chunk\n\t\[C\]: in \?\n$/],
  ['an error value', 'error({})', 1, /^lua: \(error object is a table value\)/],
  ['a wrong syntax', 'x = = 1', 1, /^lua: main\.lua:1: unexpected symbol near '='\n$/],
  ['a recursion without end', 'local function f() return 1 + f() end f()', 1, /stack overflow/],
])('%s ends the program', async (_name, program, code, stderr) => {
  const ran = await run(program);
  expect(ran.ending).toEqual(exited(code));
  expect(ran.stderr).toMatch(stderr);
});

test('limits end a program in the way they are called', async () => {
  expect((await run('while true do end', { limits: { fuel: 50_000_000 } })).ending).toEqual({ kind: 'out-of-fuel' });
  expect(
    (await run('pcall(function() while true do end end) print("caught")', { limits: { fuel: 50_000_000 } })).stdout,
  ).toBe('');
  const memory = await run(
    'local t = {} pcall(function() while true do t[#t + 1] = ("x"):rep(1000) .. #t end end) print("caught")',
    { limits: { fuel: null } },
  );
  expect([memory.ending, memory.stdout]).toEqual([{ kind: 'out-of-memory' }, '']);
  const flood = await run('io.write("first ") while true do print(("x"):rep(1000)) end');
  expect(flood.ending).toEqual({ kind: 'output-limit', stream: 'stdout' });
  expect((await run('io.write("kept") while true do end', { limits: { fuel: 50_000_000 } })).stdout).toBe('kept');
});

test('clock, chance and the order of tables are those of the job', async () => {
  const program = `print(os.time(), os.date('%F %T'), math.random(1000000), tostring({}))
    local t = {} for i = 1, 20 do t['k' .. i] = i end for k in pairs(t) do io.write(k, ' ') end`;
  const [a, b] = [await run(program, { seed: 3 }), await run(program, { seed: 3 })];
  expect(a).toEqual(b);
  expect(a.stdout).toMatch(/^1700000000\t2023-11-14 22:13:20\t/);
  expect((await run(program, { seed: 4 })).stdout).not.toBe(a.stdout);
  expect((await run(program, { timeZone: 'Asia/Tokyo' })).stdout).toContain('2023-11-15 07:13:20');
});

test('what a program leaves is gone in the next, and its count is its own', async () => {
  const program = 'print(leaked, string.left, io.open("/tmp/left"), ("").x)';
  const before = await run(program);
  await run(
    'leaked = 1 string.left = 1 io.open("/tmp/left", "w"):close() getmetatable("").__index = nil print = nil collectgarbage("stop") error(1)',
  );
  expect(await run(program)).toEqual(before);
});

test.each([
  ['a shell', 'print(os.execute(), (os.execute("id")))', 'false\tnil\n'],
  ['pipes', 'print((pcall(io.popen, "id")))', 'false\n'],
  ['C libraries', 'print(package.loadlib, (pcall(require, "x")), #package.cpath)', 'nil\tfalse\t0\n'],
  ['files of the machine', 'print((io.open("/etc/passwd")))', 'nil\n'],
  ['the environment', 'print(os.getenv("PATH"), os.getenv("HOME"))', 'nil\tnil\n'],
  ['a bridge', 'print(js, wasmoon, window, process)', 'nil\tnil\tnil\tnil\n'],
])('%s lead nowhere', async (_name, program, stdout) => {
  expect((await run(program)).stdout).toBe(stdout);
});

test('code as bytes, even wrong, harms nobody but itself', async () => {
  const ran = await run(`local d = string.dump(function() return 1 end)
    for i = 5, #d do local s = d:sub(1, i - 1) .. string.char(255) .. d:sub(i + 1) local f = load(s, 'x', 'b') if f then pcall(f) end end print('done')`);
  expect(['exited', 'crashed', 'out-of-fuel', 'out-of-memory']).toContain(ran.ending.kind);
  expect((await run('print(1)')).stdout).toBe('1\n');
});

const lua = spawnSync('lua5.4', ['-v']).status === 0;
const programs = [
  'print(1, 1.0, 1e15, 2^53, 10//3, 10.0/3, -7%3, 1//0.0, 0/0 ~= 0/0, math.mininteger, "10"+5)',
  'print(string.format("%5.2f|%-5s|%05d|%q|%x", 3.14159, "ab", 42, "a\\nb", 255), ("x"):rep(3, ","))',
  'for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do io.write(k, v, ";") end print(("abc"):gsub("b", "%0%0"))',
  'local t = setmetatable({}, {__index = function(_, k) return k * 2 end, __call = function(_, x) return x end}) print(t[4], t(5))',
  'local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) print(b) return "end" end) print(co(1)) print(co(2))',
  'goto e; print(1) ::e:: print(utf8.char(228, 8364), utf8.len("äb"), #"ä", table.concat({1, 2, 3}, "-"), select(-1, 1, 2))',
  'local t = {5, 2, 8, 1} table.sort(t, function(a, b) return a > b end) print(table.unpack(t)) print(pcall(error, {code = 1}))',
  'print(os.date("!%c", 0), os.time({year = 2000, month = 1, day = 1, hour = 12}), tostring(nil), tonumber("0x1p4"), math.type(1))',
];
test.skipIf(!lua)('it is the Lua of this machine (skipped where lua5.4 is not installed)', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'winnow-lua-'));
  try {
    for (const program of programs) {
      writeFileSync(join(directory, 'main.lua'), program);
      const real = spawnSync('lua5.4', ['main.lua'], { cwd: directory, encoding: 'utf8', env: { TZ: 'UTC' } });
      const ours = await run(program);
      expect(ours.stdout.replace(/table: 0x\w+/g, 'table')).toBe(real.stdout.replace(/table: 0x\w+/g, 'table'));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
