/** Cloning with the real git, from files and from a server on this machine: what comes, what cannot be talked into it, what is left behind. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { WinnowError } from '../../base/mod.ts';
import { isGitAddress, readGitAddress } from './address.ts';
import { cloneRepository, updateClone } from './clone.ts';
import type { GitSettings } from './git.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-git-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const path = (process.env.PATH ?? '').split(delimiter);
const home = join(dir, 'home');
mkdirSync(home);
const settings: GitSettings = { path, variable: (name) => (name === 'HOME' ? home : undefined) };
const hasGit = spawnSync('git', ['--version']).status === 0;
const withGit = hasGit ? test : test.skip;
const need = hasGit ? '' : ' (skipped: no git here)';
const backend = hasGit
  ? join(spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim(), 'git-http-backend')
  : '';
const withBackend = hasGit && existsSync(backend) ? test : test.skip;
const needBackend = hasGit && existsSync(backend) ? '' : ' (skipped: no git http-backend here)';

function git(cwd: string, ...words: string[]): string {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: join(dir, 'author'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
  };
  const { status, stdout, stderr } = spawnSync('git', words, { cwd, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
  return stdout;
}

let made = 0;

/** A repository with two commits. */
function upstream(files: Readonly<Record<string, string>> = { 'a.py': 'def two():\n    pass\n' }): string {
  const at = join(dir, `upstream-${++made}`);
  mkdirSync(at);
  git(at, 'init', '-q', '-b', 'main');
  writeFileSync(join(at, 'a.py'), 'def one():\n    pass\n');
  git(at, 'add', '.');
  git(at, 'commit', '-qm', 'one');
  for (const [file, content] of Object.entries(files)) writeFileSync(join(at, file), content);
  git(at, 'add', '.');
  git(at, 'commit', '-qm', 'two');
  return at;
}

const clones = (): string => join(dir, `clones-${++made}`);

async function failing(work: Promise<unknown>): Promise<WinnowError> {
  try {
    await work;
  } catch (cause) {
    if (cause instanceof WinnowError) return cause;
    throw cause;
  }
  throw new Error('nothing was thrown');
}

async function serve(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('addresses', () => {
  test('that are understood', () => {
    const read = (text: string) => {
      const { protocol, label } = readGitAddress(text);
      return [protocol, label];
    };
    expect(read('https://github.com/pallets/flask')).toEqual(['https', 'flask']);
    expect(read('https://github.com/pallets/flask.git/')).toEqual(['https', 'flask']);
    expect(read('git@github.com:pallets/flask.git')).toEqual(['ssh', 'flask']);
    expect(read('ssh://git@host:2222/~/my%20code.git')).toEqual(['ssh', 'my code']);
    expect(read('file:///srv/flask/.git')).toEqual(['file', 'flask']);
    expect(read('http://127.0.0.1:8080/x')).toEqual(['http', 'x']);
  });

  test.each([
    'ext::sh',
    'ext::sh -c touch% /tmp/x',
    'fd::17',
    'ftp://host/x',
    'git://host/x',
    'http://example.com/x',
    'http://127.0.0.1.example.com/x',
    'https://user:secret@host/x',
    'https://token@host/x',
    'https:///x',
    'https://host/a b',
    'https://host/a\nb',
    'ssh://-oProxyCommand=touch/x',
    '--upload-pack=touch',
    '-oProxyCommand=x:y',
    '',
  ])('that are refused, without a word of them that may be a secret: %j', (text) => {
    try {
      readGitAddress(text);
    } catch (cause) {
      expect(cause).toMatchObject({ code: 'bad-usage' });
      expect((cause as Error).message).not.toContain('secret');
      return;
    }
    throw new Error('it was accepted');
  });

  test('are told from paths', () => {
    expect(['https://h/x', 'git@h:x', 'ext::sh', 'host.org:x'].map(isGitAddress)).toEqual([true, true, true, true]);
    expect(['../x', '/a/b', 'src', 'C:\\code', 'a/b:c'].map(isGitAddress)).toEqual([false, false, false, false, false]);
  });
});

describe('cloning', () => {
  withGit(`brings the newest commit alone, and an update what is new, whatever lies in the clone${need}`, async () => {
    const from = upstream();
    const address = readGitAddress(`file://${from}`);
    const parent = clones();
    const labels = new Set<string>();
    const clone = await cloneRepository(address, parent, settings, { onProgress: (label) => labels.add(label) });
    expect(readFileSync(join(clone, 'a.py'), 'utf8')).toContain('def two');
    expect(git(clone, 'rev-list', '--count', 'HEAD').trim()).toBe('1');
    expect([...labels].join()).toMatch(/receiving objects/);
    writeFileSync(join(from, 'b.py'), 'def three():\n    pass\n');
    git(from, 'rm', '-q', 'a.py');
    git(from, 'add', '.');
    git(from, 'commit', '-qm', 'three');
    git(from, 'commit', '-q', '--amend', '-m', 'three anew');
    writeFileSync(join(clone, 'a.py'), 'somebody wrote here');
    writeFileSync(join(clone, 'left.py'), 'and here');
    writeFileSync(join(clone, '.git/index.lock'), '');
    await updateClone(address, clone, settings);
    expect(readdirSync(clone).sort()).toEqual(['.git', 'b.py']);
  });

  withGit(`runs nothing that comes with a repository or stands in the user's configuration${need}`, async () => {
    const proof = join(dir, 'proof');
    const touch = `touch ${proof}`;
    const from = upstream({
      '.gitattributes': '*.py filter=evil diff=evil merge=evil\n',
      '.lfsconfig': '[lfs]\n\turl = http://127.0.0.1:9/\n',
      '.gitmodules': `[submodule "m"]\n\tpath = m\n\turl = file://${dir}/none\n\tupdate = !${touch}\n`,
      'b.py': 'x = 1\n',
    });
    spawnSync('ln', ['-s', '/etc/passwd', join(from, 'link')]);
    git(from, 'add', '.');
    git(from, 'commit', '-qm', 'link');
    const hooks = join(dir, 'hooks');
    mkdirSync(hooks);
    for (const hook of ['post-checkout', 'reference-transaction', 'post-merge'])
      writeFileSync(join(hooks, hook), `#!/bin/sh\n${touch}\n`, { mode: 0o755 });
    const configured = join(dir, 'configured');
    mkdirSync(configured);
    writeFileSync(
      join(configured, '.gitconfig'),
      `[core]\n\thooksPath = ${hooks}\n\tfsmonitor = ${touch}\n[filter "evil"]\n\tsmudge = ${touch}\n\tclean = ${touch}\n[init]\n\ttemplateDir = ${hooks}\n[url "ext::${touch} "]\n\tinsteadOf = file://\n`,
    );
    const variable = (name: string) => (name === 'HOME' ? configured : undefined);
    const clone = await cloneRepository(readGitAddress(`file://${from}`), clones(), { path, variable });
    await updateClone(readGitAddress(`file://${from}`), clone, { path, variable });
    expect(existsSync(proof)).toBe(false);
    expect(lstatSync(join(clone, 'link')).isFile()).toBe(true);
    expect(existsSync(join(clone, 'm'))).toBe(false);
  });

  withGit(`that fails leaves nothing, and takes away what a killed one left${need}`, async () => {
    const parent = clones();
    mkdirSync(join(parent, '.new-999999999-1'), { recursive: true });
    const none = await failing(cloneRepository(readGitAddress(`file://${dir}/none`), parent, settings));
    expect(none).toMatchObject({ code: 'git-failed', message: expect.stringContaining('does not appear to be a git') });
    expect(readdirSync(parent)).toEqual([]);
  });

  test('without git says what to install', async () => {
    const none = { path: [join(dir, 'no-such-bin')], variable: () => undefined };
    const failure = await failing(cloneRepository(readGitAddress('https://host/x'), clones(), none));
    expect(failure).toMatchObject({ code: 'toolchain-missing', message: expect.stringContaining('Install git') });
  });
});

describe('over http, on this machine', () => {
  withBackend(`from a server that speaks git${needBackend}`, async () => {
    const from = upstream();
    const base = await serve((request, response) => {
      const [pathInfo = '', query = ''] = (request.url ?? '').split('?');
      const env = {
        PATH: process.env.PATH ?? '',
        GIT_PROJECT_ROOT: from,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: pathInfo,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'safe.directory',
        GIT_CONFIG_VALUE_0: '*',
        ...(request.headers['content-encoding'] === 'gzip' ? { HTTP_CONTENT_ENCODING: 'gzip' } : {}),
      };
      const cgi = spawn(backend, [], { env });
      request.pipe(cgi.stdin);
      const parts: Buffer[] = [];
      cgi.stdout.on('data', (part: Buffer) => parts.push(part));
      cgi.on('close', () => {
        const all = Buffer.concat(parts);
        const end = all.indexOf('\r\n\r\n');
        for (const line of all.subarray(0, end).toString().split('\r\n')) {
          const [name = '', value = ''] = line.split(/: (.*)/);
          if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
          else response.setHeader(name, value);
        }
        response.end(all.subarray(end + 4));
      });
    });
    const clone = await cloneRepository(readGitAddress(`${base}/.git`), clones(), settings);
    expect(readFileSync(join(clone, 'a.py'), 'utf8')).toContain('def two');
    expect(git(clone, 'rev-list', '--count', 'HEAD').trim()).toBe('1');
  });

  withGit(`from a server of plain files${need}`, async () => {
    const from = upstream();
    git(from, 'update-server-info');
    const base = await serve((request, response) => {
      const file = join(from, decodeURIComponent((request.url ?? '').split('?')[0] ?? ''));
      if (!existsSync(file) || !lstatSync(file).isFile()) response.statusCode = 404;
      response.end(response.statusCode === 404 ? '' : readFileSync(file));
    });
    const clone = await cloneRepository(readGitAddress(`${base}/.git`), clones(), settings);
    expect(readFileSync(join(clone, 'a.py'), 'utf8')).toContain('def two');
  });

  withGit(`a server that wants a password is told, without a question${need}`, async () => {
    const base = await serve((_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    const failure = await failing(cloneRepository(readGitAddress(`${base}/x`), clones(), settings));
    expect(failure).toMatchObject({ code: 'git-failed', message: expect.stringContaining('clone it yourself') });
  });

  withGit(`a server that leads elsewhere is not followed${need}`, async () => {
    const asked: string[] = [];
    const other = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    const base = await serve((request, response) => {
      response.writeHead(302, { location: `${other}${request.url}` }).end();
    });
    expect(await failing(cloneRepository(readGitAddress(`${base}/x`), clones(), settings))).toMatchObject({
      code: 'git-failed',
    });
    expect(asked).toEqual([]);
  });

  withGit(`a silent server is left when it is cancelled, and nothing stays${need}`, async () => {
    const controller = new AbortController();
    const base = await serve(() => controller.abort());
    const parent = clones();
    const failure = await failing(
      cloneRepository(readGitAddress(`${base}/x`), parent, settings, { signal: controller.signal }),
    );
    expect(failure).toMatchObject({ code: 'cancelled' });
    expect(readdirSync(parent)).toEqual([]);
  });
});
