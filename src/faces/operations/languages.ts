/** `winnow languages`: what `code` has a file for. */
import { z } from 'zod';
import { knownLanguages } from '../../code/mod.ts';
import { isInstalled } from '../../index/mod.ts';
import { painter } from '../paint.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({});

const output = z.strictObject({
  schema: z.literal('winnow.languages/1'),
  languages: z.array(
    z.strictObject({
      name: z.string().describe('As `lang:` takes it'),
      displayName: z.string(),
      parsed: z.boolean().describe('Has a grammar: symbols, references and imports, not structure alone'),
      package: z
        .string()
        .nullable()
        .describe('npm package with the grammar that is to be installed first; read as plain text until then'),
      extensions: z.array(z.string()).describe('Lower case, without the dot'),
      fileNames: z.array(z.string()).describe('Whole file names, lower case'),
    }),
  ),
});

export const languages: Operation<typeof input, typeof output> = {
  name: 'languages',
  summary: 'the languages that are parsed, and how their files are recognised',
  description:
    'Lists the languages by the names that lang: takes. Those with a grammar give symbols, references and imports; the others are read by their structure (headings, keys, declarations), and pages and notebooks by the languages in them. Some grammars come with an optional package, which is named; without it their files are plain text. Any text file that no other language claims is searched as plain text, lang:text.',
  examples: [{ command: 'winnow languages', does: 'names, extensions and file names' }],
  input,
  output,
  positional: [],
  run: async () => ({
    schema: 'winnow.languages/1',
    languages: (await knownLanguages()).map((language) => {
      const { name, displayName, form, extensions, fileNames, fileNameStarts } = language;
      const missing = (form === 'grammar' && !isInstalled(language.grammar) && language.optionalPackage) || null;
      return {
        name,
        displayName,
        parsed: form !== 'text' && missing === null,
        package: missing,
        extensions: [...extensions],
        fileNames: [...(fileNames ?? []), ...(fileNameStarts ?? []).map((start) => `${start}*`)],
      };
    }),
  }),
  render: ({ languages }, settings) => {
    const paint = painter(settings);
    const width = Math.max(...languages.map(({ name }) => name.length));
    const lines = languages.map(({ name, parsed, package: missing, extensions, fileNames }) => {
      const files = [...extensions.map((extension) => `.${extension}`), ...fileNames].join(' ');
      const how = parsed ? 'parsed' : name === 'text' || missing !== null ? 'text' : 'structure';
      const wanted = missing === null ? '' : ` (parsed after npm install --no-save ${missing})`;
      const rest = name === 'text' ? ' and any other text file' : wanted;
      return `${paint.cyan(name.padEnd(width))}  ${how.padEnd(9)}  ${paint.dim(files + rest)}`;
    });
    return `${lines.join('\n')}\n`;
  },
  exit: () => 0,
};
