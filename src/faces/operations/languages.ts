/** `winnow languages`: what `code` has a file for. */
import { z } from 'zod';
import { knownLanguages } from '../../code/mod.ts';
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
      extensions: z.array(z.string()).describe('Lower case, without the dot'),
      fileNames: z.array(z.string()).describe('Whole file names, lower case'),
    }),
  ),
});

export const languages: Operation<typeof input, typeof output> = {
  name: 'languages',
  summary: 'the languages that are parsed, and how their files are recognised',
  description:
    'Lists the languages by the names that lang: takes. Those with a grammar give symbols, references and imports; the others are read by their structure (headings, keys). Any text file that no other language claims is searched as plain text, lang:text.',
  examples: [{ command: 'winnow languages', does: 'names, extensions and file names' }],
  input,
  output,
  positional: [],
  run: async () => ({
    schema: 'winnow.languages/1',
    languages: (await knownLanguages()).map(({ name, displayName, form, extensions, fileNames }) => ({
      name,
      displayName,
      parsed: form === 'grammar',
      extensions: [...extensions],
      fileNames: [...(fileNames ?? [])],
    })),
  }),
  render: ({ languages }, settings) => {
    const paint = painter(settings);
    const width = Math.max(...languages.map(({ name }) => name.length));
    const lines = languages.map(({ name, parsed, extensions, fileNames }) => {
      const files = [...extensions.map((extension) => `.${extension}`), ...fileNames].join(' ');
      const how = parsed ? 'parsed' : name === 'text' ? 'text' : 'structure';
      const rest = name === 'text' ? ' and any other text file' : '';
      return `${paint.cyan(name.padEnd(width))}  ${how.padEnd(9)}  ${paint.dim(files + rest)}`;
    });
    return `${lines.join('\n')}\n`;
  },
  exit: () => 0,
};
