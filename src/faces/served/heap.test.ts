/** What a process that answers keeps of its heap. Flags of V8 are of a whole process, so the try has one of its own. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('answers that leave much alive for a while do not grow the young generation without end', () => {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { holdHeap } from ${JSON.stringify(new URL('./heap.ts', import.meta.url).href)};
    const kept = [];
    for (let round = 0; round < 200; round++) {
      holdHeap();
      kept.push(Array.from({ length: 10_000 }, (_, n) => ({ n, list: [n] })));
      if (kept.length > 12) kept.shift();
    }
    console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size);
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  // Without it, 134 MB.
  expect(Number(stdout), stderr).toBeLessThanOrEqual(67_108_864);
  expect(Number(stdout), stderr).toBeGreaterThan(1_048_576);
});
