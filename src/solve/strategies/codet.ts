/**
 * CodeT and B4, end to end: programs and tests are drawn apart from each other, everything runs on everything, and agreement chooses.
 *
 * CodeT: Chen et al. 2022, arXiv:2207.10397, §2: programs that pass the same tests agree. B4: Chen et al. 2024, arXiv:2409.08692, §4: the same sets by their plausibility. Both over `select`'s matrix; ties
 * are broken by chance.
 */
import { type Method, methods } from '../../select/mod.ts';
import type { Kit } from '../frame/kit.ts';
import type { Parameter, Strategy } from '../frame/strategy.ts';
import { draftPrograms } from '../pieces/draft.ts';
import { generateTests } from '../pieces/gentests.ts';
import { taskParts } from '../pieces/prompts.ts';
import { counted, runMatrix } from '../pieces/testrun.ts';
import type { Candidate } from '../types.ts';

const code = 'CodeT, released code';
const defaults: Readonly<Record<string, Parameter>> = {
  samples: { value: 100, what: 'programs to draw', source: code },
  testSamples: { value: 100, what: 'replies with tests to draw', source: code },
  perSample: { value: 5, what: 'tests that count of each reply', source: code },
  temperature: { value: 0.8, what: 'of both samplings', source: code },
  topP: { value: 0.95, what: 'of both samplings', source: code },
  maxTokens: { value: 300, what: 'tokens of a reply', source: code },
  callMs: { value: 100, what: 'CPU time of one call, ms', source: code },
};

const dual = (name: string, title: string, paper: string, methodName: string): Strategy => ({
  name,
  title,
  paper,
  summary: `draws programs and tests, runs all on all, and takes what ${title} ranks first`,
  needs: { model: [], task: ['entry', 'python'], run: ['run'] },
  defaults,
  solve: (kit) => agreed(kit, methods.find((one) => one.name === methodName) as Method),
});

export const codet = dual('codet', 'CodeT', 'Chen et al. 2022, arXiv:2207.10397', 'codet');
/** The released preset that did best in docs/measurements/selection.md, on other problems than are reported there. */
export const b4 = dual('b4', 'B4', 'Chen et al. 2024, arXiv:2409.08692', 'b4-1e4');

async function agreed(kit: Kit, method: Method): Promise<readonly Candidate[]> {
  const sampling = {
    temperature: kit.number('temperature'),
    topP: kit.number('topP'),
    maxTokens: kit.number('maxTokens'),
  };
  const programs = await kit.step('draft', 'programs', (inner) =>
    draftPrograms(inner, 'programs', taskParts(kit.task, { tests: false }), {
      ...sampling,
      count: kit.number('samples'),
    }),
  );
  const tests = await kit.step('test', 'tests by the model', (inner) =>
    generateTests(inner, kit.number('perSample'), { ...sampling, count: kit.number('testSamples') }),
  );
  return kit.step('rank', method.title, async (inner) => {
    const candidates = counted(programs);
    if (candidates.length === 0) return [];
    const matrix = await runMatrix(
      inner,
      'all programs on all tests',
      candidates,
      counted(tests),
      kit.number('callMs'),
    );
    const ranking = method.rank(matrix);
    const known = new Set(ranking.groups.flatMap(({ rows }) => rows));
    const rest = candidates.map((_, row) => row).filter((row) => !known.has(row));
    const groups = [
      ...ranking.groups.map(({ rows, score }) => ({ rows, why: `${method.name} gives ${score.toPrecision(6)}` })),
    ];
    // What passes no test at all comes last; where nothing passes any, everything is equal.
    if (rest.length > 0) groups.push({ rows: rest, why: 'passes no test' });
    return groups.flatMap(({ rows, why }, group) =>
      inner.random
        .shuffle(rows)
        .map((row) =>
          inner.keep(candidates[row]?.source ?? '', null, why, { group, drawn: candidates[row]?.drawn ?? 1 }),
        ),
    );
  });
}
