/** What `winnow grep` takes and gives. Flags are named as ripgrep names them. */
import { z } from 'zod';
import { typeNames } from '../../search/mod.ts';

const most = 1_000_000_000;
const lines = (what: string) => z.int().min(0).max(most).optional().describe(what);

export const grepInput = z.strictObject({
  pattern: z
    .string()
    .optional()
    .describe('A regular expression in the syntax of ripgrep; with -e or -f none is expected, and this is a path'),
  paths: z.array(z.string()).default([]).describe('Directories and files to search; default: the current directory'),
  repos: z
    .string()
    .optional()
    .describe('A set of repositories, as `winnow add` makes them, instead of PATH; paths are shown whole'),
  regexp: z.array(z.string()).default([]).describe('A pattern; may be given several times, and may start with a dash'),
  fixedStrings: z.boolean().default(false).describe('Patterns are texts, not regular expressions'),
  ignoreCase: z.boolean().default(false).describe('Upper and lower case are the same'),
  smartCase: z.boolean().default(false).describe('Ignore case when a pattern has no upper case letter'),
  caseSensitive: z.boolean().default(false).describe('Heed case, whatever else is said'),
  wordRegexp: z.boolean().default(false).describe('Matches that have word boundaries around them'),
  lineRegexp: z.boolean().default(false).describe('Matches that are whole lines'),
  invertMatch: z.boolean().default(false).describe('Lines without a match'),
  multiline: z.boolean().default(false).describe('Matches may go across lines'),
  multilineDotall: z.boolean().default(false).describe('With -U a dot matches line ends too'),
  glob: z
    .array(z.string())
    .default([])
    .describe(
      'Only files that fit this glob, relative to the current directory; with ! before it all but those. Counts before all ignore files',
    ),
  iglob: z.array(z.string()).default([]).describe('A glob that ignores case'),
  type: z
    .array(z.string().meta({ examples: [...typeNames] }))
    .default([])
    .describe('Only files of this type: js, py, rust and so on'),
  typeNot: z.array(z.string()).default([]).describe('No files of this type'),
  hidden: z.boolean().default(false).describe('Hidden files and directories too'),
  ignore: z.boolean().default(true).describe('Search what .gitignore, .ignore and .rgignore leave out, too'),
  unrestricted: z
    .array(z.boolean())
    .max(3)
    .default([])
    .describe('Search more: once as --no-ignore, twice with --hidden, three times with --binary'),
  binary: z.boolean().default(false).describe('Search binary files to their end, and only say that they match'),
  text: z.boolean().default(false).describe('Binary files are searched as text'),
  context: lines('Lines before and after each match'),
  beforeContext: lines('Lines before each match'),
  afterContext: lines('Lines after each match'),
  filesWithMatches: z.boolean().default(false).describe('Only the paths of files with a match'),
  filesWithoutMatch: z.boolean().default(false).describe('Only the paths of files without a match'),
  count: z.boolean().default(false).describe('Only how many lines match in each file that has any'),
  countMatches: z.boolean().default(false).describe('Only how many matches each file has that has any'),
  maxCount: lines('Leave a file after so many matching lines'),
  onlyMatching: z.boolean().default(false).describe('Only the parts of lines that match'),
  lineNumber: z.boolean().optional().describe('Line numbers; on a terminal they are shown without asking'),
  noLineNumber: z.boolean().default(false).describe('No line numbers, where -n does not come behind it'),
  column: z.boolean().default(false).describe('The column of the first match of each line, in bytes, and line numbers'),
  withFilename: z.boolean().default(false).describe('Paths even where one file is searched'),
  filename: z.boolean().default(true).describe('Lines without paths'),
  quiet: z.boolean().default(false).describe('Print nothing; the exit code tells'),
  threads: z.int().min(1).max(64).optional().describe('Threads that search at most'),
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

export type GrepInput = z.output<typeof grepInput>;

const whole = z.int().min(0);

export const grepOutput = z.strictObject({
  schema: z.literal('winnow.grep/1'),
  files: z.array(
    z.strictObject({
      path: z.string(),
      count: whole.describe('Matching lines, or matches where these were to be counted'),
      binary: z.boolean().describe('A NUL byte ended the search of it'),
      lines: z.array(
        z.strictObject({
          kind: z.enum(['match', 'context']),
          line: z.int().min(1).describe('Of its first line'),
          text: z.string().describe('Without its line end; bytes that are no UTF-8 as U+FFFD'),
          marks: z
            .array(z.strictObject({ start: whole, end: whole }))
            .describe('Half-open ranges of UTF-16 units in `text` that matched'),
        }),
      ),
    }),
  ),
  truncated: z.boolean().describe('There was more than is given here'),
  partial: z.boolean().describe('Some repository of the set is not at its place'),
  missing: z
    .array(z.strictObject({ name: z.string(), root: z.string(), reason: z.string() }))
    .describe('Repositories of the set that are not at their places; the others answered'),
  searched: z.strictObject({
    files: whole.describe('Files that the search covers'),
    read: whole.describe('Files of these that had to be read'),
  }),
  failures: z.array(z.string()).describe('What could not be read'),
  elapsedMs: z.strictObject({ look: z.number(), select: z.number(), search: z.number() }),
});

export type GrepOutput = z.output<typeof grepOutput>;
