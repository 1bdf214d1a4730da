/** Opening the graph of a repository around an operation, next to `withRepository`: the snapshot given is the one that the graph was built from. */
import { type Graph, openGraph, type Snapshot } from '../../index/mod.ts';
import { GraphView } from '../../search/mod.ts';
import { type Opened, progressOf, withRepository } from './repository.ts';
import type { Context } from './types.ts';

interface OpenedGraph extends Opened {
  readonly view: GraphView;
}

/** Another process may commit between the graph and the snapshot. */
const attempts = 3;

const unkeptNotice = (reason: string): string =>
  `The graph could not be kept beside the index (${reason}); the next question resolves names again.`;

/** @throws WinnowError of the path or the index, see `docs/errors.md` */
export function withGraph<Answer>(
  path: string,
  context: Context,
  how: { refresh: boolean },
  use: (opened: OpenedGraph) => Promise<Answer> | Answer,
): Promise<Answer> {
  return withRepository(path, context, { ...how, whole: true }, async (opened) => {
    const { repository } = opened;
    const unkept = new Set<string>();
    const options = {
      refresh: false,
      signal: context.signal,
      onProgress: progressOf(context),
      onUnkept: (reason: string) => unkept.add(unkeptNotice(reason)),
    };
    let { snapshot } = opened;
    for (let attempt = 1; ; attempt++) {
      const graph = await openGraph(repository, options);
      if (isOf(graph, snapshot) || attempt >= attempts) {
        try {
          const notices = [...opened.notices, ...unkept];
          return await use({ ...opened, snapshot, notices, view: new GraphView(graph, snapshot) });
        } finally {
          if (snapshot !== opened.snapshot) snapshot.close();
        }
      }
      if (snapshot !== opened.snapshot) snapshot.close();
      snapshot = repository.snapshot();
    }
  });
}

function isOf(graph: Graph, snapshot: Snapshot): boolean {
  const files = snapshot.files();
  return graph.files.length === files.length && graph.files.every(({ version }, at) => version === files[at]?.version);
}
