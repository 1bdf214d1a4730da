/** A PostgreSQL server of the machine's own packages, in a directory and on a port of its own, for tests; null where there is none. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestServer {
  readonly port: number;
  /** It has a certificate that it signed itself; not where there is no openssl. */
  readonly isEncrypted: boolean;
  readonly directory: string;
  /** Runs statements as psql would, outside of any session; gives what it prints. */
  psql(sql: string): string;
  /** Ends at once, as a crash would. */
  crash(): void;
  start(): void;
  stop(): void;
}

const places = ['/usr/lib/postgresql', '/usr/local/pgsql', '/opt/homebrew/opt/postgresql'];

/** Where initdb and its like are; null: nowhere. */
export function serverPrograms(): string | null {
  for (const place of places.filter((path) => existsSync(path)))
    for (const version of ['', ...readdirSync(place)]) {
      const bin = join(place, version, 'bin');
      if (existsSync(join(bin, 'initdb'))) return bin;
    }
  return null;
}

export const testPassword = 'pa ss/wörd';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server that asks for a password by SCRAM over loopback and for none over its socket. */
export async function startServer(): Promise<TestServer> {
  const bin = serverPrograms();
  if (bin === null) throw new Error('there is no PostgreSQL server on this machine');
  const directory = mkdtempSync(join(tmpdir(), 'winnow-pg-'));
  const data = join(directory, 'data');
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const passwd = isRoot ? spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).stdout.trim() : '';
  if (isRoot) chownSync(directory, Number(passwd), -1);
  const command = (program: string, ...words: string[]): string => {
    const argv = [join(bin, program), ...words];
    const all = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', ...argv] : argv;
    const { stdout, stderr, status } = spawnSync(all[0] as string, all.slice(1), {
      encoding: 'utf8',
      cwd: directory,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (status !== 0) throw new Error(`${program}: ${stdout}${stderr}`);
    return stdout;
  };
  const log = join(directory, 'log');
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${directory} -c fsync=off -c max_connections=20`;
  command(
    'initdb',
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '--auth-host=scram-sha-256',
    '--no-sync',
    '-E',
    'UTF8',
  );
  const isEncrypted = encrypt(data, isRoot ? Number(passwd) : null);
  const start = (): void => void command('pg_ctl', '-D', data, '-l', log, '-o', options, '-w', 'start');
  start();
  const psql = (sql: string): string =>
    command('psql', '-h', directory, '-p', String(port), '-U', 'postgres', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', sql);
  psql(`ALTER USER postgres PASSWORD '${testPassword}'`);
  return {
    port,
    isEncrypted,
    directory,
    psql,
    start,
    crash: () => void command('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop'),
    stop: () => {
      try {
        command('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop');
      } catch {
        // It was stopped before.
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function encrypt(data: string, owner: number | null): boolean {
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')];
  const words = [
    'req',
    '-new',
    '-x509',
    '-days',
    '2',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    key,
    '-out',
    certificate,
  ];
  if (spawnSync('openssl', words, { stdio: 'ignore' }).status !== 0) return false;
  for (const file of [key, certificate]) {
    chmodSync(file, 0o600);
    if (owner !== null) chownSync(file, owner, -1);
  }
  appendFileSync(join(data, 'postgresql.conf'), '\nssl = on\n');
  return true;
}
