/** Programs whose running is measured: candidates with a hundred asserts, and work for the processor in three languages. */

/** A candidate solution with 100 asserts, each printed: what a judge of generated code runs most. */
export function candidate(number: number): string {
  const asserts = Array.from({ length: 100 }, (_, at) => `assert solve(${at}) == ${at * at + (at % 7)}\nprint(${at})`);
  return `def solve(n):\n    # candidate ${number}\n    return sum(n for _ in range(n)) + n % 7\n\n${asserts.join('\n')}\n`;
}

export interface Work {
  readonly name: string;
  readonly language: 'python' | 'javascript' | 'c';
  readonly source: string;
}

const python: Readonly<Record<string, string>> = {
  fibonacci: 'def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\nprint(f(27))\n',
  sieve:
    'n = 2000000\ns = bytearray([1]) * n\nfor i in range(2, int(n ** .5) + 1):\n    if s[i]:\n        s[i * i::i] = bytes(len(range(i * i, n, i)))\nprint(sum(s) - 2)\n',
  matrix:
    'n = 100\na = [[i * j % 7 for j in range(n)] for i in range(n)]\nprint(sum(map(sum, [[sum(x * y for x, y in zip(r, c)) for c in zip(*a)] for r in a])))\n',
  queens:
    'def q(n, r=0, c=0, d=0, e=0):\n    if r == n:\n        return 1\n    t = 0\n    for i in range(n):\n        if not (c >> i & 1 or d >> (r + i) & 1 or e >> (r - i + n) & 1):\n            t += q(n, r + 1, c | 1 << i, d | 1 << (r + i), e | 1 << (r - i + n))\n    return t\nprint(q(8))\n',
  strings:
    'a = []\nfor i in range(300000):\n    a.append(f"{i:x}-{i}")\ns = "".join(a)\nprint(len(s.replace("1", "22").split("7")), s.count("ab"))\n',
  dictionary:
    'd = {}\nfor i in range(400000):\n    d[i * 7919 % 100003] = d.get(i % 1000, 0) + i\nprint(len(d), sum(d.values()) % 1000007)\n',
  sorting:
    'x = 1\na = []\nfor _ in range(200000):\n    x = x * 1103515245 + 12345 & 0x7fffffff\n    a.append(x)\na.sort()\nprint(a[1000], sorted(a, key=lambda v: -v % 1001)[0])\n',
  floats: 's = 0.0\nfor i in range(1, 1500000):\n    s += 1.0 / (i * i)\nprint(round(s, 9))\n',
  bignum: 'a, b = 0, 1\nfor _ in range(30000):\n    a, b = b, a + b\nprint(len(str(a % 10 ** 4000)))\n',
  regex:
    'import re\nt = "lorem ipsum 123 dolor 4567 " * 8000\nprint(sum(map(int, re.findall(r"\\b\\d+\\b", t))), len(re.sub(r"[aeiou]+", "", t)))\n',
};

const javascript: Readonly<Record<string, string>> = {
  fibonacci: 'const f = (n) => (n < 2 ? n : f(n - 1) + f(n - 2));\nconsole.log(f(27));\n',
  sieve:
    'const n = 1000000, s = new Uint8Array(n).fill(1);\nfor (let i = 2; i * i < n; i++) if (s[i]) for (let j = i * i; j < n; j += i) s[j] = 0;\nlet c = 0;\nfor (let i = 2; i < n; i++) c += s[i];\nconsole.log(c);\n',
  matrix:
    'const n = 100, a = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i * j) % 7));\nlet t = 0;\nfor (let i = 0; i < n; i++) for (let j = 0; j < n; j++) { let s = 0; for (let k = 0; k < n; k++) s += a[i][k] * a[k][j]; t += s; }\nconsole.log(t);\n',
  objects:
    'const d = new Map();\nfor (let i = 0; i < 300000; i++) d.set((i * 7919) % 100003, (d.get(i % 1000) ?? 0) + i);\nconsole.log(d.size);\n',
  sorting:
    'let x = 1;\nconst a = Array.from({ length: 100000 }, () => (x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff));\na.sort((p, q) => p - q);\nconsole.log(a[1000]);\n',
};

const c: Readonly<Record<string, string>> = {
  fibonacci:
    '#include <stdio.h>\nint f(int n) { return n < 2 ? n : f(n - 1) + f(n - 2); }\nint main(void) { printf("%d\\n", f(38)); }\n',
  sieve:
    '#include <stdio.h>\nstatic char s[20000000];\nint main(void) { int n = sizeof s, c = 0; for (int i = 2; (long)i * i < n; i++) if (!s[i]) for (int j = i * i; j < n; j += i) s[j] = 1; for (int i = 2; i < n; i++) c += !s[i]; printf("%d\\n", c); }\n',
  matrix:
    '#include <stdio.h>\nstatic double a[500][500], b[500][500];\nint main(void) { for (int i = 0; i < 500; i++) for (int j = 0; j < 500; j++) a[i][j] = i * j % 7; for (int i = 0; i < 500; i++) for (int k = 0; k < 500; k++) for (int j = 0; j < 500; j++) b[i][j] += a[i][k] * a[k][j]; printf("%.0f\\n", b[99][77]); }\n',
  hashing:
    '#include <stdio.h>\nint main(void) { unsigned h = 1; for (unsigned i = 0; i < 200000000; i++) h = (h ^ i) * 16777619u; printf("%u\\n", h); }\n',
};

export const work: readonly Work[] = Object.entries({ python, javascript, c }).flatMap(([language, programs]) =>
  Object.entries(programs).map(([name, source]) => ({ name, language: language as Work['language'], source })),
);
