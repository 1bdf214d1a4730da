/** `winnow completions SHELL`: the CLI's verbs and flags as a script for a shell. */
import { z } from 'zod';
import type { Operation } from './types.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

const input = z.strictObject({
  shell: z.enum(shells).describe('The shell to complete in'),
});

const output = z.strictObject({
  schema: z.literal('winnow.completions/1'),
  shell: z.enum(shells),
  script: z.string(),
});

export const completions: Operation<typeof input, typeof output> = {
  name: 'completions',
  summary: 'a completion script for bash, zsh or fish',
  description:
    'Prints a script that completes verbs, flags, their values and paths. It is made from the same table as the help, so it knows exactly what this version knows.',
  examples: [
    {
      command: 'source <(winnow completions bash)',
      does: 'complete in this bash; put the line in ~/.bashrc to keep it',
    },
    { command: 'winnow completions zsh > ~/.zfunc/_winnow', does: 'for zsh, with ~/.zfunc in $fpath before compinit' },
    { command: 'winnow completions fish > ~/.config/fish/completions/winnow.fish', does: 'for fish' },
  ],
  input,
  output,
  positional: [{ property: 'shell', label: 'SHELL' }],
  run: async ({ shell }) => {
    const { completionScript } = await import('../cli/completions/mod.ts');
    return { schema: 'winnow.completions/1', shell, script: await completionScript(shell) };
  },
  render: ({ script }) => script,
  exit: () => 0,
};
