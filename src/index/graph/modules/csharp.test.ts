/** What a `using` of C# means, in small worlds. */
import { describe, expect, it } from 'vitest';
import { World } from '../world.ts';
import { csharp, saidBy } from './csharp.ts';

/** Paths with what their files say of themselves. */
type Packages = Readonly<Record<string, string | null>>;

const openIn = (packages: Packages) =>
  csharp.open(
    new World({ paths: Object.keys(packages).sort(), read: () => null, packageOf: (path) => packages[path] ?? null }),
  );

const tree: Packages = {
  'src/App/App.csproj': null,
  'src/App/Usings.cs': 'using A.C',
  'src/App/Main.cs': null,
  'src/App/Deep/Down.cs': 'A.B.D',
  'src/Lib/Foo.cs': 'A.B',
  'src/Lib/Two.cs': 'A.B\nA.C',
  'Script.csx': null,
};

function meaning(module: string, name = '*'): string {
  const target = openIn(tree).resolve('src/App/Main.cs', module, name);
  if (target.kind === 'directory') return `namespace ${target.path}`;
  if (target.kind !== 'files') return target.kind;
  return [...target.paths, ...(target.inside ?? []).map((type) => `in ${type}`)].join(' ');
}

describe('a using means', () => {
  it.each([
    ['A.B', '*', 'namespace A.B'],
    ['A', '*', 'namespace A'],
    ['A', 'B', 'namespace A.B'],
    ['A.B', 'Foo', 'src/Lib/Foo.cs'],
    ['A.B.Foo', 'Inner', 'src/Lib/Foo.cs in Foo in Inner'],
    ['A.B.Foo', '*', 'src/Lib/Foo.cs'],
    ['A.B', 'Generated', 'missing'],
    ['System.Linq', '*', 'external'],
    ['', 'System', 'external'],
  ])('%s, %s: %s', (module, name, expected) => expect(meaning(module, name)).toBe(expected));
});

it('a namespace has namespaces in it', () => {
  const modules = openIn(tree);
  expect(modules.child('', 'A')).toEqual({ kind: 'directory', path: 'A' });
  expect(modules.child('A', 'C')).toEqual({ kind: 'directory', path: 'A.C' });
  expect(modules.child('A.C', 'B')).toBeNull();
});

it('a file uses what its project does', () => {
  const texts: Readonly<Record<string, string>> = {
    'src/App/App.csproj': '<ItemGroup><Using Include="A.D" /><Using Static="true" Include="A.E; A.F" /></ItemGroup>',
    'src/Directory.Build.props': '<Using Remove="A" />\n<Using Include="A.G"/>',
  };
  const paths = Object.keys(tree).sort();
  const world = new World({ paths, read: (path) => texts[path] ?? null, packageOf: (path) => tree[path] ?? null });
  const modules = csharp.open(world);
  expect(modules.uses?.('src/App/Deep/Down.cs')).toEqual(['A.C', 'A.D', 'A.E', 'A.F', 'A.G']);
  expect(modules.uses?.('src/App/Deep/Down.cs')).toBe(modules.uses?.('src/App/Main.cs'));
  expect(modules.uses?.('src/Lib/Foo.cs')).toEqual([]);
});

it('a project uses what its kit implies, without what it removes', () => {
  const uses = (project: string, props = ''): readonly string[] | undefined => {
    const texts: Readonly<Record<string, string>> = { 'App.csproj': project, 'Directory.Build.props': props };
    const world = new World({
      paths: ['A.cs', 'App.csproj'],
      read: (path) => texts[path] ?? null,
      packageOf: () => null,
    });
    return csharp.open(world).uses?.('A.cs');
  };
  const enabled = '<ImplicitUsings>enable</ImplicitUsings>';
  expect(uses(`<Project Sdk="Microsoft.NET.Sdk">${enabled}<Using Remove="System.IO" /></Project>`)).toEqual([
    'System',
    'System.Collections.Generic',
    'System.Linq',
    'System.Net.Http',
    'System.Threading',
    'System.Threading.Tasks',
  ]);
  expect(uses('<Project Sdk="Microsoft.NET.Sdk.Web" />', enabled)).toContain('Microsoft.AspNetCore.Builder');
  expect(uses('<ImplicitUsings>disable</ImplicitUsings>', enabled)).toEqual([]);
  expect(uses('<Project Sdk="Microsoft.NET.Sdk" />')).toEqual([]);
});

it('a file without a namespace is in the outermost', () => {
  expect(saidBy(null)).toEqual({ namespaces: [''], uses: [] });
  expect(saidBy('using A')).toEqual({ namespaces: [''], uses: ['A'] });
  expect(saidBy('A\nusing B\nC')).toEqual({ namespaces: ['A', 'C'], uses: ['B'] });
});
