/**
 * Localisation as Agentless does it: files, then elements of them, then places to edit, each a question to the model over a smaller and more detailed view.
 *
 * Where the paper finds further files by embeddings, `locate` ranks them here; its order fills up what the model leaves empty. Where a test fails, functions that it runs and passing ones do not are told too, and their
 * files come before those of `locate`. A question whose reply names nothing falls back to what was known.
 */
import { decodeUtf8 } from '../../code/mod.ts';
import type { Kit } from '../frame/kit.ts';
import { codeAt, cut, mostShown, type Places, pathsIn, placesIn, symbolsOf, wholeFiles } from './places.ts';
import { elementsPrompt, filesPrompt, linesPrompt } from './prompts.ts';
import { isOfTests } from './suite.ts';
import { suspectsText } from './suspects.ts';
import type { Project, Suspect } from './types.ts';

export interface Localized {
  readonly files: readonly string[];
  /** One for each sample; never empty where there are files. */
  readonly places: readonly Places[];
}

export async function localize(kit: Kit, project: Project, suspects: readonly Suspect[]): Promise<Localized> {
  const files = await kit.step('search', 'files', (inner) => chooseFiles(inner, project, suspects));
  if (files.length === 0) return { files, places: [] };
  const elements = await kit.step('search', 'elements', (inner) => chooseElements(inner, project, files, suspects));
  const places = await kit.step('search', 'places to edit', (inner) => chooseLines(inner, project, files, elements));
  return { files, places };
}

async function chooseFiles(kit: Kit, project: Project, suspects: readonly Suspect[]): Promise<readonly string[]> {
  const count = kit.number('files');
  const sources: string[] = [];
  for (const path of project.paths()) {
    const content = project.bytes(path);
    if (content === null || !/\.\w+$/.test(path)) continue;
    const parsed = await project.parser.parse(path, content);
    if (parsed.kind !== 'facts' || parsed.facts.symbols.length === 0) continue;
    if (!(await isOfTests(project.parser, path, content))) sources.push(path);
  }
  const tree = cut(sources.join('\n'), mostShown.tree);
  const [reply] = await kit.ask(
    'files',
    filesPrompt(kit.task.text, tree, project.located.slice(0, 20).join('\n'), suspectsText(suspects), count),
    {
      temperature: 0,
    },
  );
  const named = pathsIn(reply?.text ?? '', project);
  if (named.length === 0) kit.note('the reply names no file of the project; files are those of the ranking');
  const ranked = [...suspects.map(({ path }) => path), ...project.located].filter((path) => sources.includes(path));
  const known = [...new Set([...named, ...ranked])];
  // In a project of a few files nothing need be found to look into them.
  if (known.length === 0)
    kit.note('neither the model nor the ranking names a file; the first of the project are taken');
  const files = (known.length === 0 ? sources : known).slice(0, count);
  kit.note(`files: ${files.join(', ') || 'none'}`);
  return files;
}

async function chooseElements(
  kit: Kit,
  project: Project,
  files: readonly string[],
  suspects: readonly Suspect[],
): Promise<Places> {
  const skeletons: string[] = [];
  for (const path of files) {
    const content = project.bytes(path) ?? new Uint8Array(0);
    const symbols = await symbolsOf(project, path);
    skeletons.push(
      `### ${path}`,
      ...symbols.map(({ signature, qualifiedName }) => {
        const indent = '    '.repeat(qualifiedName.split('.').length - 1);
        return indent + decodeUtf8(content.subarray(signature.start, signature.end)).replace(/\s*\n\s*/g, ' ');
      }),
    );
  }
  const [reply] = await kit.ask(
    'elements',
    elementsPrompt(kit.task.text, cut(skeletons.join('\n'), mostShown.skeletons), suspectsText(suspects)),
    {
      temperature: 0,
    },
  );
  const places = await placesIn(reply?.text ?? '', project, files, 0);
  noteUnknown(kit, places);
  return places.lines.size > 0 ? places : wholeFiles(project, files);
}

async function chooseLines(
  kit: Kit,
  project: Project,
  files: readonly string[],
  elements: Places,
): Promise<readonly Places[]> {
  const code = codeAt(project, elements, { numbered: true, most: mostShown.code });
  const replies = await kit.ask('places to edit', linesPrompt(kit.task.text, code), {
    count: Math.max(1, kit.number('placeSamples')),
    temperature: kit.number('temperature'),
  });
  const around = kit.number('around');
  const made: Places[] = [];
  for (const { text } of replies) {
    const places = await placesIn(text, project, files, around);
    noteUnknown(kit, places);
    made.push(places.lines.size > 0 ? places : elements);
  }
  return made;
}

function noteUnknown(kit: Kit, { lines, unknown }: Places): void {
  if (unknown > 0) kit.note(`${unknown} places of the reply are not in the project`);
  if (lines.size === 0) kit.note('the reply names no place; what was shown is kept whole');
}
