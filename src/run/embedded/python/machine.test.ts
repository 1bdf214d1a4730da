/**
 * What `machine.ts` claims about the module in use: which state an instance has, so that putting it back is complete.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { Op, skipImmediates } from '../../wasm/instructions.ts';
import { parseImports, parseModule, Reader, readSection } from '../../wasm/module.ts';

const wasm = readFileSync(createRequire(import.meta.url).resolve('pyodide/pyodide.asm.wasm'));
const sections = parseModule(wasm);
const section = (id: number) => readSection(sections.find((other) => other.id === id) as (typeof sections)[number]);

function exportedFunctions(): Map<number, string[]> {
  const names = new Map<number, string[]>();
  const reader = section(7);
  for (let left = reader.u32(); left > 0; left--) {
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.u32();
    if (kind === 0) names.set(index, [...(names.get(index) ?? []), name]);
  }
  return names;
}

/** Who sets which global or table, by name of an exported function. */
function writers(): Set<string> {
  const names = exportedFunctions();
  const imported = parseImports(sections.find(({ id }) => id === 2)).filter(({ kind }) => kind === 'function').length;
  const found = new Set<string>();
  const reader = section(10);
  const count = reader.u32();
  for (let i = 0; i < count; i++) {
    const size = reader.u32();
    const body = new Reader(reader.bytes, { at: reader.at, end: reader.at + size });
    reader.skip(size);
    for (let groups = body.u32(); groups > 0; groups--) {
      body.u32();
      body.skipValueType();
    }
    const name = names.get(imported + i)?.[0] ?? 'a function without a name';
    while (!body.done) {
      const op = body.byte();
      const immediate = new Reader(body.bytes, { at: body.at, end: body.end });
      skipImmediates(body, op);
      // 280 is the stack pointer, which nearly every function sets.
      if (op === Op.globalSet) {
        const global = immediate.u32();
        if (global !== 280) found.add(`global ${global} by ${name}`);
      }
      // table.set, and of the 0xfc group: init 12, copy 14, grow 15, fill 17.
      if (op === 0x26) found.add(`table ${immediate.u32()} by ${name}`);
      if (op === 0xfc) {
        const sub = immediate.u32();
        if ([12, 14, 15, 17].includes(sub)) found.add(`table ${immediate.u32()} by ${name}`);
      }
    }
  }
  return found;
}

test('the module sets no global or table but those that are put back or can hold nothing', () => {
  expect([...writers()].sort()).toEqual([
    'global 281 by emscripten_stack_init',
    'global 281 by emscripten_stack_set_limits',
    'global 282 by emscripten_stack_init',
    'global 282 by emscripten_stack_set_limits',
    'global 283 by _emscripten_tempret_set',
    'table 1 by _hiwire_immortal_add',
    'table 2 by _hiwire_delete',
    'table 2 by _hiwire_immortal_table_init',
    'table 2 by _hiwire_set',
  ]);
});
