/** Search calls: read out of a reply in whatever form models write them, and carried out over the project alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenView, openView } from '../../../test/graph-view.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { openProject } from './project.ts';
import { callsIn, callText, carryOut } from './searchcalls.ts';
import type { Project } from './types.ts';

const texts = (reply: string): string[] => callsIn(reply).map((call) => callText(call));
const problems = (reply: string): (string | null)[] => callsIn(reply).map(({ problem }) => problem);

describe('calls in a reply', () => {
  test.each([
    ['search_class("App")', ['search_class("App")']],
    ["- `search_method('run')`", ['search_method("run")']],
    ['2. search_method_in_class(class_name="App", method_name="run"),', ['search_method_in_class("run", "App")']],
    ['get_code_around_line("a.py", 12)', ['get_code_around_line("a.py", "12")']],
    [
      'search_code_in_file("if x == \\"a\\", b:\\n", src/a.py)',
      ['search_code_in_file("if x == \\"a\\", b:\\n", "src/a.py")'],
    ],
    ['search_class("A")\nsearch_class(\'A\')', ['search_class("A")']],
    ['I would call search_class("App") next.\nprint("App")', []],
  ])('%j', (reply, expected) => {
    expect(texts(reply)).toEqual(expected);
    expect(problems(reply).every((problem) => problem === null)).toBe(true);
  });

  test.each([
    ['search_clas("App")', 'there is no such call'],
    ['search_class("App", "a.py")', 'expected search_class(class_name)'],
    ['search_class()', 'expected search_class(class_name)'],
    ['search_class("")', 'expected search_class(class_name)'],
    ['search_class("a" + "b")', 'expected search_class(class_name)'],
    ['search_class("unclosed)', 'expected search_class(class_name)'],
    ['search_method_in_class(x="run", y="App")', 'expected search_method_in_class(method_name, class_name)'],
    ['get_code_around_line("a.py", -1)', 'expected get_code_around_line(file_name, line_number)'],
    ['get_code_around_line("a.py", "1e9")', 'expected get_code_around_line(file_name, line_number)'],
  ])('%s is told what was expected', (reply, expected) => {
    expect(problems(reply)).toEqual([expect.stringContaining(expected)]);
  });
});

describe('what calls find', () => {
  const tree = {
    'app/main.py': 'class App:\n    def run(self):\n        return 1\n',
    'app/left.py': 'def left():\n    return "kept out"\n',
    'beside/other.py': 'class App:\n    def hidden(self):\n        return 2\n',
  };
  let opened: OpenView;
  let project: Project;
  beforeAll(async () => {
    opened = await openView(tree);
    project = await openProject(
      {
        files: [{ path: 'main.py', bytes: new TextEncoder().encode(tree['app/main.py']) }],
        suite: null,
        isLink: () => false,
        located: [],
        graph: async (use) => use({ view: opened.view, prefix: 'app' }),
      },
      loadGrammarFile,
    );
  });
  afterAll(() => opened.close());
  const found = async (reply: string): Promise<string> => {
    const answers = await carryOut(project, callsIn(reply), new AbortController().signal);
    return answers.map(({ text }) => text).join('\n');
  };

  test('paths are those of the project, and lines are those that are shown', async () => {
    const [answer] = await carryOut(
      project,
      callsIn('search_method_in_class("run", "App")'),
      new AbortController().signal,
    );
    expect(answer?.text).toContain('<file>main.py</file>');
    expect(answer?.text).toContain('return 1');
    expect(answer?.lines).toEqual([{ path: 'main.py', first: 2, last: 3 }]);
  });

  test('what is beside the project, or left out of it, is not there', async () => {
    expect(await found('search_class("App")')).toContain('Found 1 classes');
    for (const call of [
      'search_method("hidden")',
      'search_method("left")',
      'search_code("kept out")',
      'search_code("return 2")',
      'get_file_content("other.py")',
      'get_file_content("left.py")',
    ])
      expect(await found(call)).toMatch(/^Could not find/);
  });

  test('a call that is none is told, and the others are carried out', async () => {
    expect(await found('search_clas("App")\nsearch_method("run")')).toMatch(
      /not carried out: there is no such call[\s\S]*return 1/,
    );
  });
});
