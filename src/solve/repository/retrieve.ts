/**
 * Context retrieval as AutoCodeRover does it: in each round the model reads what was found and either asks for more by search calls or names the places to change.
 *
 * Zhang et al. 2024, arXiv:2404.05427, §4.2 (stratified search): the calls of one round are carried out together, and the next may build upon what they found. A round is one question here, since a prompt
 * is one turn: what was found before stands in it as data, and so does what the model said of it. It ends with places and no call, or after `rounds`.
 */
import type { Kit } from '../frame/kit.ts';
import { cut, mostShown, type Places, placesAt, placesIn, wholeFiles } from './places.ts';
import { retrievalPrompt } from './prompts.ts';
import { type AskedCall, callsIn, callText, carryOut, type Found } from './searchcalls.ts';
import { suspectsText } from './suspects.ts';
import type { Project, Suspect } from './types.ts';

/** Calls of one round that are carried out; a reply that asks for more is told so. */
const mostCalls = 10;
/** Rounds in a row without a new call and without a place, after which no more are asked for. */
const mostIdle = 3;
/** Characters of what a model said in a round that the next is shown. */
const mostSaid = 2_000;

export interface Retrieved {
  readonly places: Places;
  /** What the searches found, for the prompts that come; the last first where it is too much. */
  readonly found: string;
  readonly rounds: number;
}

/** @param before what came of earlier attempts; empty: this is the first */
export async function retrieve(
  kit: Kit,
  project: Project,
  suspects: readonly Suspect[],
  before: string,
): Promise<Retrieved> {
  const told: string[] = [];
  const asked = new Set<string>();
  const seen: Found['lines'][number][] = [];
  const rounds = Math.max(1, kit.number('rounds'));
  const clues = {
    suspects: suspectsText(suspects),
    ranking: project.located.slice(0, 10).join('\n'),
    before,
  };
  let named: Places | null = null;
  let idle = 0;
  let round = 0;
  while (round < rounds && idle < mostIdle) {
    round++;
    const prompt = retrievalPrompt(kit.task.text, { ...clues, found: newest(told), left: rounds - round });
    const [reply] = await kit.ask(`round ${round}`, prompt, { temperature: kit.number('temperature') });
    const text = reply?.text ?? '';
    const places = await placesIn(text, project, [], 0);
    const calls = callsIn(text);
    if (places.lines.size > 0) named = places;
    if (places.lines.size > 0 && calls.length === 0) break;
    idle = calls.every((call) => asked.has(callText(call))) ? idle + 1 : 0;
    told.push(`Round ${round}, you said:\n${cut(text.trim(), mostSaid)}`);
    if (calls.length === 0) {
      told.push(
        places.unknown > 0
          ? 'None of the places that you named is in the project. Check names and paths, by a search call where needed.'
          : 'There was no search call and no place in it.',
      );
      kit.note(`round ${round} has no search call and no place of the project`);
    } else {
      const { found, text: answers } = await search(kit, project, calls, asked);
      seen.push(...found.flatMap(({ lines }) => lines));
      told.push(answers);
    }
  }
  return { places: named ?? fallback(kit, project, suspects, seen), found: newest(told), rounds: round };
}

async function search(
  kit: Kit,
  project: Project,
  calls: readonly AskedCall[],
  asked: Set<string>,
): Promise<{ readonly found: readonly Found[]; readonly text: string }> {
  const fresh = calls.filter((call) => !asked.has(callText(call)));
  const taken = fresh.slice(0, mostCalls);
  for (const call of taken) asked.add(callText(call));
  const found = await carryOut(project, taken, kit.around.signal);
  kit.note(`searched: ${calls.map((call) => callText(call)).join('; ')}`);
  const lines = [
    ...found.map(({ call, text }) => `${callText(call)} gave:\n${text}`),
    ...(fresh.length < calls.length
      ? ['Calls that were made before are not made again: what they found stands above.']
      : []),
    ...(fresh.length > mostCalls ? [`Of ${fresh.length} calls the first ${mostCalls} were carried out.`] : []),
  ];
  return { found, text: lines.join('\n\n') };
}

/** The end of what was found, by whole pieces, as far as it fits. */
function newest(told: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const text of [...told].reverse()) {
    length += text.length + 2;
    if (length > mostShown.code) {
      kept.unshift(`(${told.length - kept.length} earlier pieces are left out)`);
      break;
    }
    kept.unshift(text);
  }
  return kept.join('\n\n');
}

/** Where no place was named: suspects, else what was looked at, else the file that `locate` ranks first. */
function fallback(kit: Kit, project: Project, suspects: readonly Suspect[], seen: Found['lines']): Places {
  const looked = seen.filter(({ path }) => project.bytes(path) !== null);
  const what =
    suspects.length > 0
      ? 'suspicious functions'
      : looked.length > 0
        ? 'what the searches found'
        : 'the file that is ranked first';
  kit.note(`no place was named in the rounds that there are; taken instead: ${what}`);
  if (suspects.length > 0 || looked.length > 0) return placesAt(project, suspects.length > 0 ? suspects : looked);
  return wholeFiles(project, project.located.slice(0, 1));
}
