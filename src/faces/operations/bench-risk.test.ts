/** A measurement of nothing is refused. */
import { expect, test } from 'vitest';
import { benchRiskOperation } from './bench-risk.ts';

test('without programs there is nothing to measure', async () => {
  const given = benchRiskOperation.input.parse({});
  await expect(benchRiskOperation.run(given, {} as never)).rejects.toMatchObject({ code: 'bad-usage' });
});
