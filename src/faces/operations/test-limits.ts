/** Limits of `winnow test` as typed, checked by the names that were typed. */
import { WinnowError } from '../../base/mod.ts';
import { jobLimits, type Limits } from '../../run/mod.ts';
import { bytesIn, durationText, milliseconds, sizeText } from '../units.ts';
import type { Given } from './test-schemas.ts';

export function limitsOf(given: Given): { readonly limits: Partial<Limits>; readonly testMs: number | null } {
  return {
    limits: {
      wallMs: within('--wall', given.wall, milliseconds, 'wallMs', durationText),
      cpuMs: within('--cpu', given.cpu, milliseconds, 'cpuMs', durationText),
      memoryBytes: within('--memory', given.memory, bytesIn, 'memoryBytes', sizeText),
      outputBytes: within('--output', given.output, bytesIn, 'outputBytes', sizeText),
      fileBytes: within('--file-bytes', given.fileBytes, bytesIn, 'fileBytes', sizeText),
      processes: given.processes,
    },
    testMs:
      given.testWall === undefined ? null : within('--test-wall', given.testWall, milliseconds, 'wallMs', durationText),
  };
}

function within(
  flag: string,
  text: string,
  read: (text: string) => number,
  limit: keyof Limits,
  shown: (value: number) => string,
): number {
  const value = read(text);
  const [least, most] = jobLimits.ranges[limit];
  if (value >= least && value <= most) return value;
  throw new WinnowError(
    'bad-usage',
    `${flag} must be from ${shown(least)} to ${shown(most)}; it was ${text}. See \`winnow test --help\`.`,
    { details: { verb: 'test' } },
  );
}
