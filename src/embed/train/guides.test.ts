/** What documentation files ask for: sentences and headings before code, recipes, notebooks; and what is left alone. */
import { expect, test } from 'vitest';
import { guidesOf, mayGuide, recipeOf } from './guides.ts';

const code = ['with open(path) as file:', '    for line in file:', '        print(line)'].join('\n');
const fence = (language: string, body = code): string => `\`\`\`${language}\n${body}\n\`\`\``;

test('the sentence before a block asks for it, and so does the heading that it is the first below', () => {
  const text = `# Files\n\n## How to read a file line by line\n\nFiles are iterators. Loop over the [file](x.html) to get its \`lines\`:\n\n${fence('python')}\n\nShorter, with a list of all lines:\n\n${fence('py')}\n`;
  const [first, second, ...others] = guidesOf('docs/files.md', text);
  expect(others).toEqual([]);
  expect(first).toEqual({
    asks: ['Loop over the file to get its lines', 'How to read a file line by line'],
    rest: 'Files are iterators',
    body: code,
    language: 'python',
  });
  expect(second?.asks).toEqual(['Shorter, with a list of all lines']);
});

test('blocks of a shell, of no told language, of one word, or without words before them are left out', () => {
  const before = 'This is how the program is started:\n\n';
  for (const language of ['', 'bash', 'text', 'yaml']) expect(guidesOf('a.md', before + fence(language))).toEqual([]);
  expect(guidesOf('a.md', before + fence('python', 'run()'))).toEqual([]);
  expect(guidesOf('a.md', fence('python'))).toEqual([]);
  expect(guidesOf('a.md', `Usage:\n\n${fence('python')}`)).toEqual([]);
});

test('reStructuredText: directives, options of them left out, and sessions at a prompt without what they print', () => {
  const block = code.replace(/^/gm, '   ');
  const text = `Reading all lines\n=================\n\n.. code-block:: python\n   :linenos:\n\n${block}\n\nAdd the numbers of a list together::\n\n    >>> numbers = [1, 2, 3, 4, 5, 6, 7, 8]\n    >>> sum(numbers)\n    36\n`;
  expect(guidesOf('docs/a.rst', text)).toEqual([
    { asks: ['Reading all lines'], rest: '', body: code, language: 'python' },
    {
      asks: ['Add the numbers of a list together'],
      rest: '',
      body: 'numbers = [1, 2, 3, 4, 5, 6, 7, 8]\nsum(numbers)',
      language: 'python',
    },
  ]);
});

test('a notebook: cells of text and comments that begin a cell ask; broken files say nothing', () => {
  const notebook = {
    metadata: { kernelspec: { language: 'python' } },
    cells: [
      { cell_type: 'markdown', source: ['## Load the table from disk\n', '\n', 'A table is a file.'] },
      { cell_type: 'code', source: ['%matplotlib inline\n', code] },
      { cell_type: 'code', source: `# Print every line of it\n${code}` },
      { cell_type: 'code', source: code },
      null,
    ],
  };
  const found = guidesOf('a.ipynb', JSON.stringify(notebook));
  expect(found.map(({ asks }) => asks)).toEqual([
    ['A table is a file', 'Load the table from disk'],
    ['Print every line of it'],
  ]);
  expect(found.map(({ body }) => body)).toEqual([code, code]);
  for (const broken of ['', '{', 'null', '[]', '{"cells": 3}', '{"cells": [{"cell_type": "code", "source": 7}]}'])
    expect(guidesOf('a.ipynb', broken)).toEqual([]);
});

test('a recipe is asked for by the title of the README beside it', () => {
  const readme = '## Read a big file line by line\nOriginally published: 2003-08-11\n\nWorks for files of any size.\n';
  expect(recipeOf(readme, code, 'python')?.asks).toEqual([
    'Read a big file line by line',
    'Works for files of any size',
  ]);
  expect(recipeOf('# reader', code, 'python')).toBeNull();
});

test('lists of changes and translations are no guides', () => {
  const taken = ['README.md', 'docs/guide/files.rst', 'a/b.ipynb'];
  const left = [
    'CHANGELOG.md',
    'docs/news.rst',
    'LICENSE.md',
    'docs/zh/files.md',
    'README.fr.md',
    'docs/zh-hans/a.md',
    'a.py',
  ];
  expect([...taken, ...left].filter(mayGuide)).toEqual(taken);
});
