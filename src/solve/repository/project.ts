/** A project as strategies see it, made of the files that a face has read. Nothing of it is written. */
import { createHash } from 'node:crypto';
import { createParser, createSyntaxReader, type LoadFile } from '../../code/mod.ts';
import type { JobFile, TestRequest } from '../../run/mod.ts';
import type { OpenGraph, Project } from './types.ts';

interface ProjectSource {
  readonly files: readonly JobFile[];
  readonly suite: Omit<TestRequest, 'files'> | null;
  /** Whether a path is a symbolic link on the disk, whatever it leads to. */
  isLink(path: string): boolean;
  /** Paths, best first; those that are no files of the project are passed over. */
  readonly located: readonly string[];
  readonly graph: OpenGraph;
}

export async function openProject(
  { files, suite, isLink, located, graph }: ProjectSource,
  load: LoadFile,
): Promise<Project> {
  const byPath = new Map(files.map((file) => [file.path, file.bytes]));
  const hash = createHash('sha256').update(JSON.stringify(suite));
  for (const { path, bytes } of files) hash.update(`\0${path}\0${bytes.length}\0`).update(bytes);
  const paths = [...byPath.keys()];
  return {
    files,
    suite,
    digest: hash.digest('hex').slice(0, 32),
    located: located.filter((path) => byPath.has(path)),
    parser: await createParser(load),
    syntax: await createSyntaxReader(load),
    bytes: (path) => byPath.get(path) ?? null,
    isLink,
    graph,
    paths: () => paths,
  };
}
