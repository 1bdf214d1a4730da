/**
 * Agentless: localise, draw patches, and choose by regression and reproduction tests; no agent decides what comes next.
 *
 * Xia et al. 2024, arXiv:2407.01489, and its released code, version 1.5. Beside the paper: files beyond the model's come from `locate` instead of embeddings, reproduction tests are tests of the
 * project's runner, patches of one normal form are one, where a test fails its lines are a clue, and what is chosen is run again before it is believed.
 */
import type { Kit } from '../frame/kit.ts';
import { localize } from './localize.ts';
import { exclusionPrompt } from './prompts.ts';
import { proposePatches } from './propose.ts';
import { majorityReproduction } from './reproduce.ts';
import { rerank } from './rerank.ts';
import { baseRun, rerunsParameter } from './steady.ts';
import { suspectsOf, suspectsParameter } from './suspects.ts';
import {
  type Mended,
  nothingKnown,
  type PatchCandidate,
  type Project,
  type RepositoryStrategy,
  type SuiteRun,
} from './types.ts';
import { type Against, confirmed, evidenceOf, rejectedBy } from './weigh.ts';

const released = 'released code, version 1.5';

export const agentless: RepositoryStrategy = {
  name: 'agentless',
  title: 'Agentless',
  paper: 'Xia et al. 2024, arXiv:2407.01489',
  summary: 'localises files, elements and lines, draws patches, and chooses by regression and reproduction tests',
  defaults: {
    files: { value: 3, what: 'files to look into', source: released },
    placeSamples: { value: 4, what: 'samples of the places to edit', source: '§4: 4 sets of edit locations' },
    patches: {
      value: 10,
      what: 'patches for each of them, the first greedy',
      source: '§4: 10 for each set, 40 in all',
    },
    around: { value: 10, what: 'lines shown before and after a place', source: released },
    temperature: { value: 0.8, what: 'of places, patches and tests', source: '§4' },
    reproductions: { value: 40, what: 'samples of the reproduction test; 0: none', source: '§4: 40' },
    exclude: { value: 1, what: '1: the model may say which passing tests the change may break', source: '§3.3' },
    suites: {
      value: 40,
      what: 'patches that are run at most, the most drawn first',
      source: 'ours: as many as are drawn',
    },
    preferMended: {
      value: 1,
      what: '1: more failing tests mended comes before the reproduction test; 0: as published',
      source: 'ours',
    },
    ...suspectsParameter,
    ...rerunsParameter,
  },
  mend: async (kit, project, told) => {
    let known: Mended = nothingKnown;
    const tell = (more: Partial<Mended>): void => {
      known = { ...known, ...more };
      told(known);
    };
    const { run: base, flaky } = await kit.step('test', 'the suite as it is', (inner) => baseRun(inner, project));
    tell({ base, flaky });
    const suspects = await suspectsOf(kit, project, base);
    tell({ suspects });
    const { files, places } = await kit.step('search', 'localise', (inner) => localize(inner, project, suspects));
    tell({ files });
    const { patches, refused } = await kit.step('repair', 'patches', (inner) => proposePatches(inner, project, places));
    tell({ candidates: patches, refused });
    if (patches.length === 0) return known;
    const reproduction = await kit.step('test', 'reproduction tests', (inner) => majorityReproduction(inner, project));
    tell({ reproduction });
    const excluded =
      base === null
        ? new Set<string>()
        : await kit.step('rank', 'tests that may break', (inner) => mayBreak(inner, base));
    const against: Against = { base, flaky: new Set(flaky), reproduction, excluded };
    const tellPatches = (candidates: readonly PatchCandidate[]): void => tell({ candidates });
    const weighed = await kit.step('test', 'patches on tests', (inner) =>
      weigh(inner, project, patches, against, tellPatches),
    );
    await kit.step('test', 'the best once more', (inner) => believed(inner, project, weighed, against, tellPatches));
    return known;
  },
};

/** Characters of names in a prompt; the rest is told as left out. */
const mostNames = 40_000;

async function mayBreak(kit: Kit, { passed }: SuiteRun): Promise<ReadonlySet<string>> {
  if (kit.number('exclude') === 0 || passed.length === 0) return new Set();
  const shown: string[] = [];
  let length = 0;
  for (const name of passed) {
    length += name.length + 1;
    if (length > mostNames) break;
    shown.push(name);
  }
  if (shown.length < passed.length)
    kit.note(`${shown.length} of ${passed.length} names of tests are shown to the model`);
  const [reply] = await kit.ask('tests that the change may break', exclusionPrompt(kit.task.text, shown.join('\n')), {
    temperature: 0,
  });
  const known = new Set(passed);
  const named = (reply?.text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => known.has(line));
  // A model that names most tests would leave nothing that a patch could be held against.
  const most = Math.floor(passed.length / 2);
  if (named.length > most) {
    kit.note(`the reply names ${named.length} of ${passed.length} tests; more than half are not left out, so none is`);
    return new Set();
  }
  if (named.length > 0)
    kit.note(`not counted as regressions: ${named.slice(0, 10).join(', ')}${named.length > 10 ? ', …' : ''}`);
  return new Set(named);
}

async function weigh(
  kit: Kit,
  project: Project,
  patches: readonly PatchCandidate[],
  against: Against,
  told: (patches: readonly PatchCandidate[]) => void,
): Promise<readonly PatchCandidate[]> {
  const order = [...patches].sort((one, other) => other.drawn - one.drawn || one.sample - other.sample);
  const most = kit.number('suites');
  const made: PatchCandidate[] = [...order];
  for (const [at, patch] of order.entries()) {
    if (at >= most || (against.base === null && against.reproduction === null)) break;
    made[at] = { ...patch, evidence: await evidenceOf(kit, project, patch, against, `patch ${patch.sample + 1}`) };
    told(made);
  }
  if (order.length > most) kit.note(`${order.length - most} patches were not run: at most ${most} are`);
  return made;
}

/** The first in rank is run again, and ranked anew with what that told, until it is one that was. */
async function believed(
  kit: Kit,
  project: Project,
  weighed: readonly PatchCandidate[],
  against: Against,
  told: (patches: readonly PatchCandidate[]) => void,
): Promise<readonly PatchCandidate[]> {
  const rank = (patches: readonly PatchCandidate[]): PatchCandidate[] =>
    rerank(patches, { preferMended: kit.number('preferMended') > 0 });
  const known = new Set<string>();
  let ranked = rank(weighed);
  for (;;) {
    told(ranked);
    const best = ranked.find((one) => isRun(one) && rejectedBy(one, against) === null);
    if (best === undefined || known.has(best.form)) return ranked;
    known.add(best.form);
    const evidence = await confirmed(kit, project, best, against, `patch ${best.sample + 1}`);
    ranked = rank(ranked.map((one) => (one === best ? { ...one, evidence } : one)));
  }
}

const isRun = ({ evidence }: PatchCandidate): boolean =>
  evidence.regressions !== null || evidence.reproduction !== null;
