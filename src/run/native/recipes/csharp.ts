/**
 * C# by Mono: all `.cs` files of a job make one program. `dotnet` is not used: it builds projects, not files, and
 * takes seconds for each.
 */
import type { Recipe } from '../recipe.ts';
import { asArgument, built, prelude, sourcesOf, words, workDir } from '../recipe.ts';

const packages = { apt: 'mono-mcs', dnf: 'mono-core', apk: 'mono', pacman: 'mono' };
const version = /\b(\d+\.\d+[\d.]*)/;
const reads = ['/etc/mono'];

export const csharp: Recipe = {
  language: 'csharp',
  tools: [
    { name: 'mono', label: 'Mono', executables: ['mono'], versionArgs: ['--version'], version, reads, packages },
    { name: 'mcs', label: 'mcs', executables: ['mcs', 'csc'], versionArgs: ['--version'], version, reads, packages },
  ],
  // Random() is seeded by the time since start.
  unpinned: ['random'],
  counts: false,
  reservesMemory: true,
  plan(job, tool) {
    const sources = sourcesOf(job, ['.cs']).map(asArgument);
    const flags = ['-nologo', '-optimize+', '-warn:0', '-langversion:latest', ...words(job.env.CSFLAGS)];
    const program = `${built}/program.exe`;
    return {
      // The compiler makes no directories; Mono takes no offence at settings that say nothing.
      files: [...job.files, prelude('program.exe.config', '<configuration/>\n')],
      compile: { argv: [tool('mcs').path, ...flags, `-out:${program}`, ...sources] },
      run: { argv: [tool('mono').path, `${workDir}/${program}`, ...job.args] },
    };
  },
};
