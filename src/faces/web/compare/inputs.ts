/** Programs and tests as people write them, as the files that `winnow compare` takes. */

/** Programs stand one after the other, parted by lines of dashes; tests one on a line. */
export function inputsOf(programs: string, tests: string, language: string): Record<string, unknown> {
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const sources = programs.split(/^-{3,}[ \t]*$/m).map((text) => text.replace(/^\n+|\s+$/g, ''));
  const probes = tests.split('\n').map((text) => text.trim());
  return {
    $files: {
      'candidates.jsonl': lines(
        sources.filter((source) => source !== '').map((source, index) => ({ id: `program ${index + 1}`, source })),
      ),
      'probes.jsonl': lines(
        probes
          .filter((text) => text !== '')
          .map((text, index) => ({ id: `test ${index + 1}`, [/^assert\b/.test(text) ? 'test' : 'input']: text })),
      ),
    },
    candidates: 'candidates.jsonl',
    probes: 'probes.jsonl',
    lang: language,
  };
}
