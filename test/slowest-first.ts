/** The order of test files: those that take longest first, so that no worker is left with one of them at the end. */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Beginnings of paths, slowest first, by the processor time of each file and all it starts (control groups, all toolchains): from 195 s with nothing
 * kept, 117, 76 to 15. Elapsed time would follow whatever else runs. A file that is not here comes after, as vitest orders it.
 */
const slowest = [
  'src/run/conformance/',
  'test/escapes/escapes',
  'test/run.test',
  'src/run/session/conformance/',
  'test/session.test',
  'test/repos',
  'test/graph.test',
  'test/judge',
  'perf/run-harnesses',
  'test/train',
  'src/code/links/conformance',
  'test/search',
  'src/run/native/backend',
  'src/run/embedded/backend',
  'test/trace',
  'src/run/embedded/engines/',
  'test/meaning-faults',
  'src/embed/train/train',
  'src/code/languages/conformance',
  'test/undo',
  'test/syntax',
  'test/patterns',
];

export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const path = relative(this.ctx.config.root, moduleId).replaceAll('\\', '/');
      const at = slowest.findIndex((beginning) => path.startsWith(beginning));
      return at < 0 ? slowest.length : at;
    };
    const usual = await super.sort(files);
    // A process is shared with the next file only if that may share one too, so those come in a row.
    const shared = ({ project }: TestSpecification): number => Number(project.config.isolate === false);
    return usual.toSorted((a, b) => rank(a) - rank(b) || shared(a) - shared(b));
  }
}
