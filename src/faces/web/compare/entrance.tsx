/** Compare before there is a matrix: a file to open, or programs and tests to run. */
import { useState } from 'preact/hooks';

interface Props {
  readonly programs: string;
  readonly tests: string;
  readonly language: string;
  readonly repo: string;
  begin(values: Record<string, string>): void;
}

const example = {
  programs: `def mean(xs):
    return sum(xs) / len(xs)
---
def mean(xs):
    return sum(xs) / len(xs) if xs else 0
---
def mean(xs):
    xs = sorted(xs)
    return xs[len(xs) // 2]
`,
  tests: `assert mean([1, 2, 3]) == 2
assert mean([]) == 0
assert mean([1, 2, 6]) == 3
mean([5, 6])
`,
};

/** An address can hold no more in every browser and server. */
const most = 6000;

export function Entrance({ programs, tests, language, begin }: Props) {
  const [path, setPath] = useState('');
  const [run, setRun] = useState('');
  const [source, setSource] = useState(programs || example.programs);
  const [probes, setProbes] = useState(tests || example.tests);
  const isLong = source.length + probes.length > most;
  return (
    <div class="compare-entrance">
      <section>
        <h2>Programs and tests</h2>
        <p class="dim">
          Programs for one task, parted by lines of <code>---</code>, and tests, one on a line. Each program runs on
          each test in the sandbox; what it gives is compared where no program has run. Python.
        </p>
        <label>
          Programs
          <textarea
            rows={14}
            value={source}
            spellcheck={false}
            onInput={({ currentTarget }) => setSource(currentTarget.value)}
          />
        </label>
        <label>
          Tests, or calls without an expectation
          <textarea
            rows={6}
            value={probes}
            spellcheck={false}
            onInput={({ currentTarget }) => setProbes(currentTarget.value)}
          />
        </label>
        {isLong && (
          <p class="notices">
            This is longer than the {most} characters that an address holds. Put it into files, run{' '}
            <code>winnow check --out</code>, and open the matrix.
          </p>
        )}
        <button
          type="button"
          class="primary"
          disabled={isLong || source.trim() === '' || probes.trim() === ''}
          onClick={() => begin({ programs: source, tests: probes, lang: language === 'python' ? '' : language })}
        >
          Run and compare
        </button>
      </section>
      <section>
        <h2>A matrix</h2>
        <p class="dim">
          A file that <code>winnow check --out</code> wrote, by its path in this repository.
        </p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (path.trim() !== '') begin({ matrix: path.trim() });
          }}
        >
          <label>
            Path
            <input
              type="text"
              value={path}
              placeholder="matrix.jsonl"
              spellcheck={false}
              onInput={({ currentTarget }) => setPath(currentTarget.value)}
            />
          </label>
          <button type="submit">Open</button>
        </form>
        <h2>A run of a benchmark</h2>
        <p class="dim">
          A folder that <code>winnow bench … --out</code> wrote, by its path in this repository.
        </p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (run.trim() !== '') begin({ run: run.trim() });
          }}
        >
          <label>
            Folder
            <input
              type="text"
              value={run}
              placeholder="runs/humaneval"
              spellcheck={false}
              onInput={({ currentTarget }) => setRun(currentTarget.value)}
            />
          </label>
          <button type="submit">Open</button>
        </form>
      </section>
    </div>
  );
}
