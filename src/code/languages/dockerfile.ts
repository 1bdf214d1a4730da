/**
 * Dockerfiles: stages with their instructions, arguments and variables. A stage without a name is called as its image is, without
 * registry and tag. A stage that is built on or copied from is used; an image is imported. Lines go on behind a backslash, and here-documents are passed over.
 */
import { Definitions } from '../text/definitions.ts';
import { forEachLine } from '../text/outline.ts';
import type { TextLanguage } from './language.ts';

const instruction = /^\s*([A-Za-z]+)\s+/;
/** `web` of `ghcr.io/shop/web:1.2`, `BASE` of `${BASE}`. */
const imageName = /[A-Za-z0-9][\w.-]*(?=[^/]*$)/;
const variable = /^[A-Za-z_]\w*$/;

export const dockerfile: TextLanguage = {
  form: 'text',
  code: false,
  name: 'dockerfile',
  displayName: 'Dockerfile',
  extensions: ['dockerfile', 'containerfile'],
  fileNames: ['dockerfile', 'containerfile'],
  fileNameStarts: ['dockerfile.', 'containerfile.'],
  read: (text) => {
    const found = new Definitions(text);
    const stages = new Set<string>();
    let stage = -1;
    let stageHead = 0;
    let last = 0;
    let word = '';
    let continues = false;
    let heredoc = '';
    const defineAt = (line: string, start: number, at: number, name: string, lineStart: number): void => {
      const nameStart = start + at;
      const index = found.open({
        kind: 'variable',
        nameStart,
        nameEnd: nameStart + name.length,
        start: lineStart,
        qualifier: '',
        parent: stage,
      });
      found.close(index, start + line.trimEnd().length);
    };
    const from = (line: string, start: number): void => {
      const parts = /^(\s*FROM\s+(?:--\S+\s+)*)(\S+)(?:(\s+AS\s+)(\S+))?/i.exec(line);
      if (parts === null) return;
      if (stage >= 0) found.close(stage, last, stageHead);
      stage = -1;
      const image = parts[2] as string;
      const imageStart = start + (parts[1] as string).length;
      const isStage = stages.has(image.toLowerCase());
      if (!isStage) found.import(image, imageStart, imageStart + image.length);
      const given = parts[4];
      const own = imageName.exec(image);
      const end = start + line.trimEnd().length;
      const nameStart =
        given === undefined ? imageStart + (own?.index ?? 0) : imageStart + image.length + (parts[3] as string).length;
      const nameEnd = nameStart + (given ?? own?.[0] ?? '').length;
      const indent = (/^\s*/.exec(line) as RegExpExecArray)[0].length;
      stage = found.open({ kind: 'section', nameStart, nameEnd, start: start + indent, parent: -1 });
      if (given !== undefined) stages.add(given.toLowerCase());
      stageHead = end;
      found.close(stage, end, end);
      if (isStage) found.refer('inherit', imageStart, imageStart + image.length);
    };
    forEachLine(text, (start, end) => {
      const line = text.slice(start, Math.min(end, start + 4000));
      if (heredoc !== '') {
        if (line.trim() === heredoc) heredoc = '';
        last = end;
        return;
      }
      if (/^\s*#/.test(line)) {
        if (!continues) found.comment(start + line.search(/#/), end);
        return;
      }
      if (/^\s*$/.test(line)) return;
      const begun = continues ? null : instruction.exec(line);
      if (begun !== null) word = (begun[1] as string).toUpperCase();
      const rest = begun === null ? 0 : begun[0].length;
      if (word === 'FROM' && begun !== null) from(line, start);
      const lineStart = start + (/^\s*/.exec(line) as RegExpExecArray)[0].length;
      if (word === 'ARG' && begun !== null) {
        const name = /^[A-Za-z_]\w*/.exec(line.slice(rest))?.[0];
        if (name !== undefined) defineAt(line, start, rest, name, lineStart);
      }
      if (word === 'ENV') {
        const written = line.slice(rest);
        const pairs = [...written.matchAll(/(?<=^|\s)([A-Za-z_]\w*)=/g)];
        for (const pair of pairs) defineAt(line, start, rest + pair.index, pair[1] as string, lineStart);
        const old = /^\S+/.exec(written)?.[0] ?? '';
        if (pairs.length === 0 && begun !== null && variable.test(old)) defineAt(line, start, rest, old, lineStart);
      }
      if (word === 'COPY' || word === 'RUN') {
        const source = /--(?:from=|mount=\S*\bfrom=)([A-Za-z][\w.-]*)(?=[\s,]|$)/.exec(line);
        const name = source?.[1] ?? '';
        if (source !== null && stages.has(name.toLowerCase())) {
          const at = start + source.index + source[0].length - name.length;
          found.refer('use', at, at + name.length);
        }
      }
      heredoc = (word === 'RUN' || word === 'COPY' ? /<<-?["']?([A-Za-z_]\w*)["']?/.exec(line)?.[1] : undefined) ?? '';
      continues = /[\\`]\s*$/.test(line);
      last = end;
    });
    if (stage >= 0) found.close(stage, last, stageHead);
    return found.facts();
  },
};
