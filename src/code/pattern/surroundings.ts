/**
 * Where code may stand that is no program by itself.
 *
 * `http.$A` is no Go file, and `List<$A>` no Java file; each is code all the same. A pattern that does not parse alone is tried between these texts, and means whatever it is in
 * those that parse: an expression, a type, a member. ast-grep keeps the parser's error node and lets it stand for any kind, which finds much the same
 * and takes any other language's code as well; see docs/patterns.md.
 */

export interface Surrounding {
  readonly before: string;
  readonly after: string;
}

const between = (...texts: string[]): readonly Surrounding[] =>
  texts.map((text) => {
    const [before = '', after = ''] = text.split('…');
    return { before, after };
  });

const javascript = between('class C {…}', '(class {…})', 'v = {…}', 'switch (v) {…}', 'async function* f() {…}');
const typescript = [...javascript, ...between('type T = …;', 'interface I {…}', 'enum E {…}', 'function f(…) {}')];
const c = between('void f() {…}', 'int v = …;', 'void f() { switch (v) {…} }', 'struct S {…};', '… v;', 'enum E {…};');

const surroundings: ReadonlyMap<string, readonly Surrounding[]> = new Map([
  ['javascript', javascript],
  ['typescript', typescript],
  ['tsx', typescript],
  [
    'go',
    between(
      'package p\nfunc f() {\n…\n}\n',
      'package p\nvar v …\n',
      'package p\nvar v = …\n',
      'package p\ntype T struct {\n…\n}\n',
      'package p\ntype T interface {\n…\n}\n',
      'package p\nfunc f() {\nswitch v {\n…\n}\n}\n',
      'package p\nfunc f() {\nselect {\n…\n}\n}\n',
    ),
  ],
  [
    'java',
    between(
      'class C { void f() {…} }',
      'class C {…}',
      'class C { Object v = …; }',
      'class C { … v; }',
      'class C { void f() { switch (v) {…} } }',
      'enum E {…}',
    ),
  ],
  [
    'csharp',
    between(
      'class C { void F() {…} }',
      'class C {…}',
      'class C { object v = …; }',
      'class C { … v; }',
      'class C { void F() { switch (v) {…} } }',
    ),
  ],
  ['c', c],
  ['cpp', [...c, ...between('class C {…};')]],
  [
    'rust',
    between(
      'fn f() {…}',
      'impl T {…}',
      'fn f() { match v {…} }',
      'type T = …;',
      'fn f() { let v = …; }',
      'fn f() { let … = v; }',
      'struct S {…}',
    ),
  ],
  ['php', between('class C {…}', '$v = …;', 'switch ($v) {…}', '$v = match ($v) {…};')],
  ['ruby', between('case v\n…\nend', 'v(…)')],
  ['python', between('try:\n    pass\n…', 'match v:\n    …', 'v(…)', 'def f(v: …): pass')],
]);

export const surroundingsOf = (language: string): readonly Surrounding[] => surroundings.get(language) ?? [];
