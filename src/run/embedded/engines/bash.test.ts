import { expect, test } from 'vitest';
import { runnerOf } from '../testjob.ts';
import { bashEngine } from './bash.ts';

const run = runnerOf(bashEngine, 'main.sh');
const exited = (code: number) => ({ kind: 'exited', code });

test('prints, reads, takes arguments and exits', async () => {
  const ran = await run('read -r x; echo "$x $1 $# $0 $V"; cat | tr a-z A-Z; echo err >&2; exit 4', {
    stdin: 'first\nrest é\n',
    args: ['a b', '$(id)'],
    env: { V: 'v' },
  });
  expect([ran.stdout, ran.stderr, ran.ending]).toEqual(['first a b 2 main.sh v\nREST é\n', 'err\n', exited(4)]);
});

test('the shell and its tools do what they do elsewhere', async () => {
  const ran = await run(`set -e
    f() { local n=$1; if ((n < 2)); then echo $n; else local a=$(f $((n - 1))) b=$(f $((n - 2))); echo $((a + b)); fi; }
    f 10; declare -A m=([k]=v); echo "\${m[k]} \${#m[@]}"; [[ abc =~ b(.) ]] && echo "\${BASH_REMATCH[1]}"
    for i in 3 1 2; do echo $i; done | sort -rn | tr '\\n' ,; echo; printf '%05.1f|%s\\n' 3.14159 x
    x='a b'; echo "\${x// /_} \${x:2} \${x^^}"; case $x in a*) echo yes ;; esac; seq 5 | awk '{ s += $1 } END { print s }'
    echo '{"a":[1,{"b":2}]}' | jq -c '.a[1]'; echo hello | sed 's/l/L/g'; cat <<< "here"`);
  expect(ran.stdout.split('\n').slice(0, -1)).toEqual([
    '55',
    'v 1',
    'c',
    '3,2,1,',
    '003.1|x',
    'a_b b A B',
    'yes',
    '15',
    '{"b":2}',
    'heLLo',
    'here',
  ]);
});

test('files are read, changed and told of, byte for byte', async () => {
  const ran = await run(
    'cat in | tr a b > out; rm gone; mkdir d; cp in d/copy; chmod +x d/copy; ln -s in link; cat raw > raw2; wc -c < raw2',
    {
      files: { in: 'aXa', gone: '', raw: Uint8Array.of(0xff, 0, 0xe9) },
    },
  );
  expect(ran.stdout.trim()).toBe('3');
  expect(ran.files).toMatchObject({ out: 'bXb', gone: 'removed', 'd/copy': 'aXa', link: 'symlink' });
});

test('sleeping takes no time, and the clock shows it', async () => {
  const started = performance.now();
  const ran = await run('a=$(date +%s); sleep 3600; b=$(date +%s); echo $a $((b - a >= 3600))');
  expect(ran.stdout).toBe('1700000000 1\n');
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('chance is that of the job', async () => {
  const program = 'echo $RANDOM $RANDOM; shuf -i 1-100 -n 3 2>/dev/null | sort -R | head -1; date';
  expect(await run(program, { seed: 5 })).toEqual(await run(program, { seed: 5 }));
  expect((await run('echo $RANDOM $RANDOM', { seed: 6 })).stdout).not.toBe(
    (await run('echo $RANDOM $RANDOM', { seed: 5 })).stdout,
  );
});

test('a flood of output is stopped', async () => {
  const ran = await run('x=$(printf "%01000d" 0); while true; do echo $x; done', { limits: { outputBytes: 50_000 } });
  expect(ran.ending).toEqual({ kind: 'output-limit', stream: 'stdout' });
});

test('bytes that are no text come through commands as they were', async () => {
  const ran = await run(
    "{ printf '\\xff'; echo é Ã©; } > f; x=$(printf 'a\\xff'); printf '%s' \"$x\" | sed s/a/b/ > g; printf '\\xef\\xbb\\xbf' > h; od -An -tx1 f g h; echo Ã©",
  );
  expect(ran.stderr).toBe('');
  expect(ran.stdout.replaceAll(/\s+/g, ' ')).toBe(' 377 303 251 040 303 203 302 251 012 142 377 357 273 277 Ã© ');
});

test.each([
  [{ wallMs: 500 }, 'wall'],
  [{ wallMs: 20_000, cpuMs: 500 }, 'cpu'],
])('within %j all that was printed is handed on', async (limits, clock) => {
  const ran = await run('echo a; echo e >&2; f() { echo in; while :; do :; done; }; f', { limits });
  expect([ran.stdout, ran.stderr, ran.ending]).toEqual(['a\nin\n', 'e\n', { kind: 'timed-out', clock }]);
});

test('a script that fills its files is ended, and what it printed is kept', async () => {
  const ran = await run(`b=$(printf '%65536s' x); echo start; while :; do printf '%s' "$b" >> big; done; echo filled`, {
    // What is redirected to files counts as output.
    limits: { fileBytes: 1_048_576, outputBytes: 8_388_608 },
  });
  expect([ran.stdout, ran.stderr, ran.ending]).toEqual(['start\n', 'bash: No space left on device\n', exited(1)]);
});

test('what a script leaves is gone in the next, prototypes included', async () => {
  const probe = 'echo "$LEAKED" "$(type f 2>&1 | head -1)"; ls /tmp; echo "{}" | jq -c ".polluted"; alias';
  const before = await run(probe);
  await run(`export LEAKED=1; f() { :; }; echo x > /tmp/left; alias a=b; declare -A m; m[__proto__]=1; m[constructor]=2; m[polluted]=3
    echo '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}' | jq '. * {"__proto__":{"polluted":2}} | setpath(["__proto__","polluted"]; 1)'
    echo a | awk '{ a["__proto__"]["polluted"] = 1; x["__proto__"] = 1; x["constructor"] = 1 }'
    declare -n r=__proto__; __proto__=1; export __proto__; exit 9`);
  expect(await run(probe)).toEqual(before);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each([
  [
    'the network',
    'curl http://127.0.0.1; wget http://127.0.0.1; exec 3<>/dev/tcp/127.0.0.1/80',
    /curl: command not found/,
  ],
  [
    'other runtimes',
    'python3 -c "print(1)"; node -e "console.log(1)"; js-exec -c "console.log(1)"; sqlite3 :memory: "select 1"',
    /python3/,
  ],
  ['files of the machine', 'cat /etc/passwd /proc/self/environ /proc/1/cmdline', /No such file/],
  ['programs of the machine', '/usr/bin/id; /bin/busybox sh', /No such file|not found/],
])('%s leads nowhere', async (_name, program, stderr) => {
  const ran = await run(program);
  expect(ran.stdout).toBe('');
  expect(ran.stderr).toMatch(stderr);
});

test('the environment is the job’s own', async () => {
  const ran = await run('env | cut -d= -f1 | sort', { env: { MINE: '1' } });
  expect(ran.stdout).toContain('MINE');
  for (const name of Object.keys(process.env)) {
    if (/^(?:HOME|PATH|PWD|OLDPWD|SHELL|HOSTNAME|SHLVL|_)$/.test(name)) continue;
    expect(ran.stdout.split('\n')).not.toContain(name);
  }
});
