/** Patches are drawn for places, taken out of replies, applied in memory, and grouped by their normal form. What makes no patch is counted with its reason. */

import { applyEdits } from '../edits/apply.ts';
import { patchOf } from '../edits/patch.ts';
import { readEdits } from '../edits/read.ts';
import type { EditedFile } from '../edits/types.ts';
import type { Kit, Replied } from '../frame/kit.ts';
import { normalForm } from './normal.ts';
import { codeAt, mostShown, type Places } from './places.ts';
import { repairPrompt } from './prompts.ts';
import type { PatchCandidate, Project, RefusedReply } from './types.ts';
import { noEvidence } from './weigh.ts';

export async function proposePatches(
  kit: Kit,
  project: Project,
  places: readonly Places[],
): Promise<{ readonly patches: readonly PatchCandidate[]; readonly refused: readonly RefusedReply[] }> {
  const groups = new Map<string, { files: readonly EditedFile[]; drawn: number; sample: number }>();
  const refused = new Map<string, number>();
  let sample = 0;
  for (const [number, one] of places.entries()) {
    const replies = await kit.step('repair', `patches at places ${number + 1}`, (inner) => draw(inner, project, one));
    for (const { text } of replies) {
      const at = sample++;
      const made = await editedBy(project, text);
      if (typeof made === 'string') {
        refused.set(made, (refused.get(made) ?? 0) + 1);
        continue;
      }
      const form = await normalForm(project.syntax, made);
      const known = groups.get(form);
      groups.set(
        form,
        known === undefined ? { files: made, drawn: 1, sample: at } : { ...known, drawn: known.drawn + 1 },
      );
    }
  }
  for (const [reason, times] of refused) kit.note(`no patch${times === 1 ? '' : `, ${times} times`}: ${reason}`);
  return {
    patches: [...groups].map(([form, group]) => ({
      ...group,
      form,
      patch: patchOf(group.files),
      evidence: noEvidence,
      review: null,
    })),
    refused: [...refused].map(([reason, times]) => ({ reason, times })),
  };
}

async function draw(kit: Kit, project: Project, places: Places): Promise<readonly Replied[]> {
  const prompt = repairPrompt(kit.task.text, codeAt(project, places, { numbered: false, most: mostShown.code }));
  const samples = kit.number('patches');
  const greedy = samples >= 1 ? await kit.ask('the most likely patch', prompt, { temperature: 0 }) : [];
  if (samples <= 1) return greedy;
  const drawn = await kit.ask('more patches', prompt, { count: samples - 1, temperature: kit.number('temperature') });
  return [...greedy, ...drawn];
}

/** @returns why there is no patch */
export async function editedBy(project: Project, reply: string): Promise<readonly EditedFile[] | string> {
  const read = readEdits(reply, project.paths());
  if (read.kind === 'none') return read.reason;
  const edited = await applyEdits(project.parser, project, read.edits);
  return edited.kind === 'refused' ? edited.reason : edited.files;
}
