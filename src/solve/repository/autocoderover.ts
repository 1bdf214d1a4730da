/**
 * AutoCodeRover: the model searches the code in rounds until it can name the places, then writes patches one after another, each told what came of those before.
 *
 * Zhang et al. 2024, arXiv:2404.05427, and its released code. Beside the paper: searches run over the graph, of any language that it has; a round and a review are one question each; `locate`'s ranking is
 * told with the issue; whether a patch is kept is said by the project's tests and by reproduction tests of its runner, and what a reviewer says comes after them.
 */
import { patchOf } from '../edits/patch.ts';
import type { Kit } from '../frame/kit.ts';
import { normalForm } from './normal.ts';
import { codeAt, cut, mostShown } from './places.ts';
import { patchPrompt } from './prompts.ts';
import { editedBy } from './propose.ts';
import { majorityReproduction } from './reproduce.ts';
import { rerank } from './rerank.ts';
import { type Retrieved, retrieve } from './retrieve.ts';
import { type Review, reviewed, testsTold } from './review.ts';
import { baseRun, rerunsParameter } from './steady.ts';
import { suspectsOf, suspectsParameter, suspectsText } from './suspects.ts';
import {
  type Mended,
  nothingKnown,
  type PatchCandidate,
  type Project,
  type RepositoryStrategy,
  type Suspect,
} from './types.ts';
import { type Against, confirmed, evidenceOf, noEvidence, rejectedBy } from './weigh.ts';

const released = 'released code, app/config.py';

/** Characters of a patch, and of a review, that later prompts are told. */
const mostTold = 6_000;

export const autocoderover: RepositoryStrategy = {
  name: 'autocoderover',
  title: 'AutoCodeRover',
  paper: 'Zhang et al. 2024, arXiv:2404.05427',
  summary: 'searches the code in rounds that the model chooses, then writes, runs and reviews patches in turn',
  defaults: {
    attempts: { value: 3, what: 'times that context is retrieved and patches are written for it', source: released },
    rounds: { value: 15, what: 'rounds of search calls in one attempt', source: released },
    retries: { value: 3, what: 'patches written in one attempt, until one is kept', source: 'released code' },
    ...suspectsParameter,
    reproductions: {
      value: 3,
      what: 'samples of the reproduction test; 0: none',
      source: 'released code: 3 tries at one',
    },
    review: { value: 1, what: '1: the model reviews a patch that no test rejects; 0: none', source: 'released code' },
    temperature: {
      value: 0.2,
      what: 'of searches, patches and tests',
      source: 'released code, conf/vanilla-lite.conf',
    },
    ...rerunsParameter,
  },
  mend: async (kit, project, told) => {
    let known: Mended = nothingKnown;
    const tell = (more: Partial<Mended>): void => {
      known = { ...known, ...more };
      told(known);
    };
    const base = await kit.step('test', 'the suite as it is', (inner) => baseRun(inner, project));
    tell({ base: base.run, flaky: base.flaky });
    const suspects = await suspectsOf(kit, project, base.run);
    tell({ suspects });
    const reproduction = await kit.step('test', 'reproduction tests', (inner) => majorityReproduction(inner, project));
    tell({ reproduction });
    const against: Against = { base: base.run, flaky: new Set(base.flaky), reproduction, excluded: new Set() };
    const state: Written = { patches: new Map(), refused: new Map(), history: [], sample: 0, against };
    const tellPatches = (): void =>
      tell({
        candidates: rerank([...state.patches.values()], { preferMended: true }),
        refused: [...state.refused].map(([reason, times]) => ({ reason, times })),
        reproduction: state.against.reproduction,
      });
    for (let attempt = 1; attempt <= kit.number('attempts'); attempt++) {
      const isDone = await kit.step('search', `attempt ${attempt}`, async (inner) => {
        const retrieved = await inner.step('search', 'context', (one) =>
          retrieve(one, project, suspects, historyOf(state)),
        );
        tell({ files: [...new Set([...known.files, ...retrieved.places.lines.keys()])] });
        return writePatches(inner, { project, suspects, retrieved, state, told: tellPatches });
      });
      if (isDone) break;
    }
    return known;
  },
};

/** What was written until now, in all attempts. */
interface Written {
  /** By normal form. */
  readonly patches: Map<string, PatchCandidate>;
  readonly refused: Map<string, number>;
  /** What the model is told of each reply that was not kept. */
  readonly history: string[];
  sample: number;
  against: Against;
}

/** The newest, where it is too much. */
const historyOf = ({ history }: Written): string => {
  const text = history.join('\n\n');
  return text.length <= mostShown.skeletons ? text : `...\n${text.slice(-mostShown.skeletons)}`;
};

interface Writing {
  readonly project: Project;
  readonly suspects: readonly Suspect[];
  readonly retrieved: Retrieved;
  readonly state: Written;
  readonly told: () => void;
}

/** @returns whether one is to be kept: nothing that was run speaks against it, and no review does */
async function writePatches(kit: Kit, { project, suspects, retrieved, state, told }: Writing): Promise<boolean> {
  const code = codeAt(project, retrieved.places, { numbered: false, most: mostShown.code });
  const clues = { code, suspects: suspectsText(suspects), found: retrieved.found };
  const { history } = state;
  let isKept = false;
  for (let retry = 1; retry <= kit.number('retries'); retry++) {
    const prompt = patchPrompt(kit.task.text, { ...clues, before: historyOf(state) });
    const [reply] = await kit.ask(`patch ${state.sample + 1}`, prompt, { temperature: kit.number('temperature') });
    const sample = state.sample++;
    const files = await editedBy(project, reply?.text ?? '');
    if (typeof files === 'string') {
      state.refused.set(files, (state.refused.get(files) ?? 0) + 1);
      kit.note(`no patch: ${files}`);
      history.push(`Reply ${sample + 1} could not be applied: ${files}.`);
      told();
      continue;
    }
    const form = await normalForm(project.syntax, files);
    const twin = state.patches.get(form);
    if (twin !== undefined) {
      state.patches.set(form, { ...twin, drawn: twin.drawn + 1 });
      history.push(`Reply ${sample + 1} says the same as reply ${twin.sample + 1}.`);
      told();
      continue;
    }
    const patch = { patch: patchOf(files), files, form, drawn: 1, sample, evidence: noEvidence, review: null };
    const speaksAgainst = await kit.step('test', `patch ${sample + 1}`, (inner) =>
      judge(inner, project, patch, state, told),
    );
    const left = speaksAgainst === null ? stillFailing(state, form) : '';
    if (speaksAgainst === null && left === '') return true;
    if (speaksAgainst === null) isKept = true;
    history.push(`Reply ${sample + 1}:\n${cut(patch.patch, mostTold)}\n${speaksAgainst ?? left}`);
  }
  return isKept;
}

/** Failing tests that a patch that is kept leaves; they may have nothing to do with the issue, so the tries that are left in this attempt are all that they are worth. */
function stillFailing({ patches, against }: Written, form: string): string {
  const mended = new Set(patches.get(form)?.evidence.mended);
  const left = (against.base?.failed ?? []).filter(({ name }) => !mended.has(name));
  return left.length === 0 || mended.size === 0
    ? ''
    : `It mends ${mended.size} of ${mended.size + left.length} failing tests. These still fail, if the issue is why:\n${left
        .slice(0, 5)
        .map(({ name, message }) => `${name}\n${message}`)
        .join('\n')}`;
}

/**
 * Runs a patch, runs it again where nothing speaks against it, and has it reviewed.
 *
 * @returns what speaks against it, for the model; null: it is kept
 */
async function judge(
  kit: Kit,
  project: Project,
  fresh: PatchCandidate,
  state: Written,
  told: () => void,
): Promise<string | null> {
  let patch = fresh;
  const know = (more: Partial<PatchCandidate>): void => {
    patch = { ...patch, ...more };
    state.patches.set(patch.form, patch);
    told();
  };
  const rejected = (): string | null => rejectedBy(patch, state.against);
  know({});
  know({ evidence: await evidenceOf(kit, project, patch, state.against, 'the patch') });
  let review: Review | null = null;
  if (kit.number('review') > 0 && isByReproductionAlone(patch, state.against)) {
    review = await reviewed(kit, patch, state.against.reproduction);
    if (review.isTestWrong) {
      kit.note('the reproduction test is left out from here on: the review calls it wrong');
      withoutReproduction(state);
      know({ evidence: { ...patch.evidence, reproduction: null } });
    }
  }
  if (rejected() === null) know({ evidence: await confirmed(kit, project, patch, state.against, 'the patch') });
  const why = rejected();
  if (why !== null)
    return `It is rejected: ${why}.\n${testsTold(patch.evidence)}${review === null ? '' : `\nA review says:\n${cut(review.text, mostTold)}`}`;
  if (kit.number('review') === 0) return null;
  const { resolves, text } = review ?? (await reviewed(kit, patch, null));
  know({ review: resolves });
  return resolves === 'no' ? `A review declines it:\n${cut(text, mostTold)}` : null;
}

const isByReproductionAlone = (patch: PatchCandidate, against: Against): boolean =>
  rejectedBy(patch, against) !== null && rejectedBy(patch, { ...against, reproduction: null }) === null;

function withoutReproduction(state: Written): void {
  state.against = { ...state.against, reproduction: null };
  for (const [form, patch] of state.patches)
    state.patches.set(form, { ...patch, evidence: { ...patch.evidence, reproduction: null } });
}
