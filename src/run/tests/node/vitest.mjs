// A reporter of vitest. Tests run in workers, so nothing that they do reaches this module.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { plan, write, start, end, cut, short, placeOf, told, NAME, MESSAGE, DETAILS } = createRequire(import.meta.url)(
  './rows.cjs',
);

const late = /timed out in \d+ms/;

export default class Reporter {
  onInit(vitest) {
    write({ e: 'runtime', name: 'Node.js', version: process.versions.node });
    write({ e: 'runner', name: 'vitest', version: vitest.version ?? '' });
    // Workers are given the settings later. The first of all setup files, so that nothing of the project is loaded before.
    if (plan.coverage)
      for (const { config } of vitest.projects ?? [vitest])
        config.setupFiles.unshift(fileURLToPath(new URL('vitestlines.mjs', import.meta.url)));
  }

  /** Vitest 3 and later tell of each file when it has ended. */
  onTestModuleEnd(module) {
    this.ends = true;
    this.file(module.task ?? module);
  }

  /** Older ones tell of all at the end. */
  onFinished(files = [], errors = []) {
    if (!this.ends) for (const file of files) this.file(file);
    this.finish(files, errors);
  }

  onTestRunEnd(modules = [], errors = []) {
    this.finish(
      modules.map((module) => module.task ?? module),
      errors,
    );
  }

  finish(files, errors) {
    if (this.over) return;
    this.over = true;
    for (const error of errors) {
      const { message, stack } = told(error);
      write({
        e: 'broken',
        name: 'outside of tests',
        message: cut(message, MESSAGE),
        details: cut(stack, DETAILS),
        at: placeOf(stack),
      });
    }
    const failed = errors.length > 0 || files.some((file) => file.result?.state === 'fail');
    write({ e: 'end', code: failed ? 1 : 0 });
  }

  file(file) {
    const path = file.filepath ?? file.moduleId;
    const error = file.result?.errors?.[0];
    if (file.result?.state === 'fail' && error !== undefined) {
      const { message, stack } = told(error);
      write({
        e: 'broken',
        name: cut(short(path), NAME),
        message: cut(message, MESSAGE),
        details: cut(stack, DETAILS),
        at: placeOf(stack),
      });
    }
    this.tasks(file.tasks ?? [], [short(path)], path);
  }

  tasks(tasks, names, path) {
    for (const task of tasks) {
      const inside = [...names, task.name];
      if (task.type === 'suite') {
        this.tasks(task.tasks, inside, path);
        continue;
      }
      const error = task.result?.errors?.[0];
      const state = task.result?.state;
      const n = start(inside.join(' > '), path, task.location?.line ?? 0);
      const shown =
        state === 'pass'
          ? 'passed'
          : state === 'fail'
            ? late.test(error?.message ?? '')
              ? 'timed-out'
              : 'failed'
            : task.mode === 'skip' || task.mode === 'todo' || state === 'skip'
              ? 'skipped'
              : 'not-run';
      end(n, shown, task.result?.duration, error);
    }
  }
}
