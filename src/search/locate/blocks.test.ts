import { describe, expect, it } from 'vitest';
import { backgroundOf, blocksOf, importable } from './blocks.ts';

const fence = (label: string, ...lines: string[]): string => ['```'.concat(label), ...lines, '```'].join('\n');

describe('pieces of an issue that can run', () => {
  it('takes a fence of Python as a program', () => {
    expect(blocksOf(`Wrong\n\n${fence('python', 'import shop', 'shop.price(1)')}`)).toEqual([
      { kind: 'source', text: 'import shop\nshop.price(1)' },
    ]);
  });

  it('takes what stands behind prompts, and leaves what is printed', () => {
    const text = fence(
      '',
      '>>> a = 1',
      '>>> def f():',
      '...     return a',
      '>>> f()',
      '1',
      '>>> f(2)',
      'Traceback',
      '  no',
    );
    expect(blocksOf(text)).toEqual([
      { kind: 'session', statements: ['a = 1', 'def f():\n    return a', 'f()', 'f(2)'] },
    ]);
  });

  it('reads prompts of IPython', () => {
    const text = fence('', 'In [1]: a = 1', 'In [2]: for i in (1,):', '   ...:     print(i)', '', 'Out[2]: 1');
    expect(blocksOf(text)).toEqual([{ kind: 'session', statements: ['a = 1', 'for i in (1,):\n    print(i)'] }]);
  });

  it('finds prompts without a fence, and indented programs', () => {
    expect(blocksOf('Wrong:\n>>> f(1)\n2\n\nRight is 1.')).toEqual([{ kind: 'session', statements: ['f(1)'] }]);
    expect(blocksOf('Wrong:\n\n    import a\n    a.b()\n\nyes')).toEqual([
      { kind: 'source', text: 'import a\na.b()\n' },
    ]);
  });

  it('gives a file its name', () => {
    expect(blocksOf(`Put this into \`pkg/test_a.py\`:\n${fence('python', 'def test(): pass')}`)).toEqual([
      { kind: 'file', path: 'pkg/test_a.py', text: 'def test(): pass' },
    ]);
  });

  it('splits commands into words, up to what the shell would do', () => {
    expect(blocksOf(fence('', '$ pytest "a b" -k x | head', 'collected 1 item'))).toEqual([
      { kind: 'command', words: ['pytest', 'a b', '-k', 'x'] },
    ]);
  });

  it('joins what quotes touch, and takes a stated version for no command', () => {
    expect(blocksOf(fence('shell', 'lint a.py --notes="YES,???"', 'lint 2.12.2'))).toEqual([
      { kind: 'command', words: ['lint', 'a.py', '--notes=YES,???'] },
    ]);
  });

  it('makes a program the file that a command names', () => {
    expect(blocksOf(`${fence('python', '# YES: yes')}\n\n${fence('shell', 'lint a.py')}`)).toEqual([
      { kind: 'file', path: 'a.py', text: '# YES: yes' },
      { kind: 'command', words: ['lint', 'a.py'] },
    ]);
    expect(blocksOf(fence('shell', 'lint ../../a.py'))).toHaveLength(1);
  });

  it('reads names of files in a first comment, and a test as pytest lists it', () => {
    expect(blocksOf(`Try\n${fence('', '# in conf.py', "a = 'none'")}`)).toEqual([
      { kind: 'file', path: 'conf.py', text: "# in conf.py\na = 'none'" },
    ]);
    expect(blocksOf(`Try\n${fence('', '# in index.rst', '.. automodule:: a')}`)).toEqual([
      { kind: 'file', path: 'index.rst', text: '.. automodule:: a' },
    ]);
    expect(blocksOf(fence('', '    def test_b():', '>       assert b"" == b"42"', 'E       Full diff:'))).toEqual([
      { kind: 'source', text: 'def test_b():\n    assert b"" == b"42"' },
    ]);
  });

  it('does not take traces, other languages and words for programs', () => {
    const trace = fence(
      '',
      'Traceback (most recent call last):',
      '  File "a.py", line 1, in f',
      '    g(1)',
      'ValueError: no',
    );
    expect(blocksOf([trace, fence('json', '{"a": [1]}'), fence('', 'hello'), 'prose'].join('\n\n'))).toEqual([]);
  });

  it('stays bounded, and never throws', () => {
    expect(blocksOf('```\nf()\n```\n'.repeat(500)).length).toBe(60);
    for (const odd of ['', '```', '>>>', '$ ', '```python', '    ']) expect(blocksOf(odd)).toBeInstanceOf(Array);
  });
});

describe('where a repository is imported from', () => {
  const paths = ['src/shop/__init__.py', 'src/shop/a.py', 'tests/test_a.py', 'setup.py', 'till.py'];

  it('prefers packages that the issue imports', () => {
    expect(importable(paths, 'import till').packages).toEqual(['till']);
    expect(importable(paths, 'nothing')).toEqual({ roots: ['src', ''], packages: ['shop'] });
  });

  it('has no package where there is none', () => {
    expect(importable(['a.ts', 'docs/conf.py'], '').packages).toEqual([]);
  });

  it('spreads the background over the files of tests', () => {
    const many = Array.from({ length: 100 }, (_, at) => `tests/test_${at}.py`);
    expect(backgroundOf(many).length).toBeLessThanOrEqual(40);
    expect(backgroundOf(paths)).toEqual(['tests/test_a.py']);
  });
});
