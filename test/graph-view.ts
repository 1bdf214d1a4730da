/** The graph of a small tree, as the graph's verbs see it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGraph, openRepository } from '../src/index/mod.ts';
import { GraphView } from '../src/search/graph/view.ts';
import { writeFiles } from './program.ts';

export interface OpenView {
  readonly view: GraphView;
  /** Closes it and removes the tree. */
  readonly close: () => void;
}

export async function openView(files: Readonly<Record<string, string>>): Promise<OpenView> {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-graph-'));
  writeFiles(join(dir, 'tree'), files);
  const repository = openRepository(join(dir, 'tree'), { home: join(dir, 'home') });
  const graph = await openGraph(repository);
  const snapshot = repository.snapshot();
  const close = (): void => {
    snapshot.close();
    repository.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { view: new GraphView(graph, snapshot), close };
}
