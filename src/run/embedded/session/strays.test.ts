/** A signal that comes as a cell ends is not the next one's. In processes of their own, since signals are for whole processes. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const rounds = 60;
const file = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

/** Ends a program at the moment at which it gets a signal, and runs another one, again and again. @returns how many of those were ended */
function hits(clear: string): number {
  const program = `
    import { interruptibly } from ${file('../interruptible.ts')};
    import { openStrays } from ${file('./strays.ts')};
    const strays = openStrays();
    let hits = 0;
    const ends = (body) => { try { interruptibly(true, body); return 0; } catch { return 1; } };
    for (let round = 1; round <= ${rounds}; round++) {
      ends(() => process.kill(process.pid, 'SIGINT'));
      ${clear}
      hits += ends(() => { const until = performance.now() + 3; while (performance.now() < until); });
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log(hits);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }));
}

test('a signal that is late for one cell does not end the next', () => {
  expect(hits('await strays.clear(round);')).toBe(0);
});

test('without clearing it does, so clearing is not for nothing', () => {
  expect(hits('')).toBeGreaterThan(0);
});
