import { describe, expect, test } from 'vitest';
import { changeSayings, LineOwners, sentencesOf } from './changed.ts';

describe('what a message says', () => {
  test.each<[string, string[]]>([
    ['Keep the port when it is empty', ['Keep the port when it is empty']],
    ['fix(url): keep the port when it is empty (#123)', ['keep the port when it is empty']],
    ['url/parse: keep the port when it is empty', ['keep the port when it is empty']],
    [
      'Keep the port when it is empty\n\nUsers of proxies saw requests go to port 80.\n\nSigned-off-by: A <a@b.c>',
      ['Keep the port when it is empty', 'Users of proxies saw requests go to port 80.'],
    ],
    ['Merge pull request #1 from a/b', []],
    ['Bump version to 1.2.3 for the release', []],
    ['Fix typo', []],
    ['Fixed it\n\nFixes #12 as was said there before', []],
    ['', []],
  ])('%j', (message, sentences) => {
    expect(sentencesOf(message)).toEqual(sentences);
  });
});

describe('which function a commit changed', () => {
  const change = (added: string[], path = 'a.py') => ({
    message: 'Keep the port when it is empty',
    files: [{ path, added }],
  });
  const told = (changes: ReturnType<typeof change>[]) => {
    const owners = new LineOwners(changes);
    owners.add('a.py', '  port = port or previous_port\n  return whole_of(port)', 7);
    owners.add('a.py', '  name = name_without_spaces(name)\n  return whole_of(port)', 8);
    return changeSayings(changes, owners);
  };

  test('the one that still holds a line that it added', () => {
    expect(told([change(['port = port or previous_port'])])).toEqual([
      { sentence: 'Keep the port when it is empty', of: 7 },
    ]);
  });
  test('none by a line of two, a line that is gone, a short line, or of another file', () => {
    expect(told([change(['return whole_of(port)'])])).toEqual([]);
    expect(told([change(['port = port or None or 0'])])).toEqual([]);
    expect(told([change(['x = 1'])])).toEqual([]);
    expect(told([change(['port = port or previous_port'], 'b.py')])).toEqual([]);
  });
  test('none when there are many', () => {
    const owners = new LineOwners([
      change(['line number 0 of all', 'line number 1 of all', 'line number 2 of all', 'line number 3 of all']),
    ]);
    for (let of = 0; of < 4; of++) owners.add('a.py', `line number ${of} of all`, of);
    const added = [0, 1, 2, 3].map((of) => `line number ${of} of all`);
    expect(changeSayings([change(added)], owners)).toEqual([]);
    expect(changeSayings([change(added.slice(1))], owners)).toHaveLength(3);
  });
});
